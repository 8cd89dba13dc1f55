"""Forces printed as decimal text, such as ``-18.78 lbF``."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from tissuesense.core.units import newton_per_unit
from tissuesense.devices.codec import Rejection

# ``float()`` would also take 1_0, nan, inf, blanks and the digits of other scripts.
DECIMAL = rb"[+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})"
# What printf and Arduino's Print say for a number that is none.
NOT_FINITE = rb"[+-]?(?:nan|inf(?:inity)?|ovf)"

_PRINTED = re.compile(
    rb"(?:(?P<number>" + DECIMAL + rb")|(?i:" + NOT_FINITE + rb"))[ \t]*(?P<unit>[A-Za-z]*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceText:
    """How a model prints forces.

    Attributes
    ----------
    units
        Units that the model prints, lower-case.
    assumed_newton_per_unit
        What a number without a unit counts; None refuses it.
    sign
        -1 turns the sign of the wire, so that pushing comes out positive.
    """

    units: Collection[str]
    assumed_newton_per_unit: float | None = None
    sign: float = 1.0

    def newtons(self, text: bytes) -> float | Rejection:
        """Return the force that `text` states, or why it states none."""
        match = _PRINTED.fullmatch(text)
        if match is None:
            return Rejection.MALFORMED
        if match["number"] is None:
            return Rejection.NOT_FINITE
        factor = self._newton_per(match["unit"].decode("ascii"))
        return Rejection.BAD_UNIT if factor is None else self.sign * factor * float(match["number"])

    def _newton_per(self, unit: str) -> float | None:
        if not unit:
            return self.assumed_newton_per_unit
        return newton_per_unit(unit) if unit.lower() in self.units else None
