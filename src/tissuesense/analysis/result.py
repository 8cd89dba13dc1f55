"""What every estimator gives back, so that stores, tables and reports need to know no estimator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import Recording, RecordingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One number of an analysis.

    Attributes
    ----------
    item
        What it is of: "trial", "press" or "session".
    index
        Which one, from 1; None for the session.
    quantity
        Name with unit, as in the contract: "threshold_kpa".
    value
        With uncertainty, or a bare number that has none, or why there is none.
    """

    item: str
    index: int | None
    quantity: str
    value: Estimate | NotEstimable | float
    accepted: bool = True
    flags: tuple[QualityFlag, ...] = ()


class Analysis(Protocol):
    """What an estimator found in one recording."""

    @property
    def flags(self) -> tuple[QualityFlag, ...]:
        """Flags of the recording as a whole."""
        ...

    def to_dict(self) -> dict[str, Any]:
        """Return the kind's part of the contract's document: plain data, null where unknown."""
        ...

    def findings(self) -> Sequence[Finding]:
        """Return every number, one row each."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimator:
    """One way to analyse a kind of recording.

    Attributes
    ----------
    version
        Of this estimator alone; raised when a number may change for the same trace.
    """

    name: str
    version: str
    kinds: frozenset[RecordingKind]
    analyse: Callable[[Recording], Analysis]
