"""A value that is only known to lie at or above what was reached: censored, and never a number."""

import math
from dataclasses import dataclass

from tissuesense.core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """What a press that ended at its limit says.

    It has no value and no uncertainty, so that nothing can average it by mistake.

    Raises
    ------
    UsageError
        When the bound is not finite.
    """

    bound: float
    unit: str

    def __post_init__(self) -> None:
        if not math.isfinite(self.bound):
            raise UsageError(f"A bound must be finite, not {self.bound}.")

    def __str__(self) -> str:
        return f"at least {self.bound:.4g} {self.unit}".rstrip()
