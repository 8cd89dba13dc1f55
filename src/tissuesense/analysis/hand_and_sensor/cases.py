"""Cases in which both hand and sensor were at one site, and what some of them have in common."""

from collections.abc import Hashable, Sequence, Sized
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tissuesense.analysis.hand_and_sensor.comparison import Comparison
from tissuesense.core.arrays import FloatArray, vector
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import NotEstimable

IntArray = NDArray[np.int64]

# With fewer, the intervals are too wide to say anything, and hold the truth less often than they
# say; docs/reference/hand-and-sensor.md has the figures.
FEWEST_CASES = 20
FEWEST_GROUPS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Cases:
    """Pairs of a grade and a value; those with one voice missing are counted and left out.

    Attributes
    ----------
    hand, sensor, groups
        Grade, value and group from 0 of each case, shape (n,). Cases of one group are not
        independent of one another; where nobody stated groups, every case is its own.
    bound
        Lowest limit at which a press ended; higher values were lowered to it, which leaves every
        order below it as it was. Infinite where none did.
    """

    hand: IntArray
    sensor: FloatArray
    groups: IntArray
    n_missing: int
    bound: float

    @property
    def n(self) -> int:
        """How many cases have both voices."""
        return self.hand.size

    @property
    def n_groups(self) -> int:
        """How many groups they come from."""
        return np.unique(self.groups).size

    @property
    def flags(self) -> tuple[QualityFlag, ...]:
        """Whether something is missing, or only known to be at least so much."""
        missing = (QualityFlag.MISSING_VALUES,) if self.n_missing else ()
        return (*missing, QualityFlag.CENSORED) if np.isfinite(self.bound) else missing


def cases(
    hand: Sequence[int | None],
    sensor: ArrayLike,
    groups: Sequence[Hashable] | None,
    at_least: ArrayLike | None,
    comparison: Comparison,
) -> Cases:
    """Bring hand and sensor together.

    Parameters
    ----------
    hand
        Grades; None: not examined.
    sensor
        Positive values, shape (n,); NaN: not measured.
    groups
        Whose case it is, one label each, usually the client.
    at_least
        True where the press ended at its limit, so that the value is at least this.

    Raises
    ------
    UsageError
        When lengths differ, a grade is not on the scale or a value is not positive.
    """
    values = vector(sensor, "sensor")
    bounded = np.zeros(values.size, bool) if at_least is None else np.array(at_least, bool)
    _same_length(values.size, hand=hand, at_least=bounded)
    wrong = sorted({grade for grade in hand if grade is not None} - set(comparison.grades))
    if wrong:
        raise UsageError(f"There is no grade {wrong[0]} of {comparison.hand}.")
    if (np.isinf(values) | (values <= 0)).any():
        raise UsageError("A measured value is positive and finite, or NaN where there is none.")
    both = np.array([grade is not None for grade in hand], bool) & ~np.isnan(values)
    bound = float(values[both & bounded].min(initial=np.inf))
    return Cases(
        hand=np.array([grade for grade, has in zip(hand, both, strict=True) if has], np.int64),
        sensor=np.minimum(values[both], bound),
        groups=group_codes(groups, values.size)[both],
        n_missing=int(np.count_nonzero(~both)),
        bound=bound,
    )


def group_codes(groups: Sequence[Hashable] | None, n: int) -> IntArray:
    """Return a number from 0 for each of the `n` cases, the same for the same label.

    Raises
    ------
    UsageError
        When there are not `n` labels.
    """
    if groups is None:
        return np.arange(n)
    _same_length(n, groups=groups)
    code = {label: i for i, label in enumerate(dict.fromkeys(groups))}
    return np.array([code[label] for label in groups], np.int64)


def not_enough(n: int, n_groups: int) -> NotEstimable | None:
    """Return why so many cases say nothing yet, or None where they do."""
    if n < FEWEST_CASES:
        return _too_few(
            f"Not enough data: {n} cases have both findings, {FEWEST_CASES} are needed."
        )
    if n_groups < FEWEST_GROUPS:
        return _too_few(
            f"Not enough data: the {n} cases come from {n_groups} people or places, "
            f"{FEWEST_GROUPS} are needed."
        )
    return None


def one_kind_only(words: str) -> NotEstimable:
    """Return the refusal for cases that do not differ; `words` say in what."""
    return _too_few(f"Not enough data: {words}, so that there is nothing to compare.")


def _too_few(detail: str) -> NotEstimable:
    return NotEstimable(reason=QualityFlag.TOO_FEW, detail=detail)


def _same_length(n: int, **others: Sized) -> None:
    for name, values in others.items():
        if len(values) != n:
            raise UsageError(f"{name} has {len(values)} entries where there are {n} cases.")
