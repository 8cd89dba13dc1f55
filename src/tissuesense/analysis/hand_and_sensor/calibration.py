"""What is usually measured where the hand gave a grade: a therapist's own calibration curve.

For each grade the median, the quartiles and an interval of the median by order statistics, which
ask nothing of the shape; over all grades a line that may only go one way. Sites of one client are
alike, so that n of them say less than n of n clients: the ranks are those of a sample of
``n / (1 + (k - 1) r)``, with k the mean size of a client's share (weighted by itself) and r the
intraclass correlation of the logarithms, from a one-way analysis of variance.

Sources: order statistics after David and Nagaraja (2003); design effect after Kish (1965); isotonic
regression by pooling, Ayer and others (1955), as in `scipy.optimize.isotonic_regression`.
"""

import itertools
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrik

from tissuesense.analysis.hand_and_sensor.cases import FEWEST_GROUPS, Cases, IntArray, cases
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, Comparison
from tissuesense.analysis.numerics.order_statistics import quantiles
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag

FEWEST_IN_GRADE = 5
_TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeValues:
    """What was measured where the hand gave one grade.

    Attributes
    ----------
    median, quartiles
        None for fewer than five cases. A number equal to `bound` is at least that.
    interval95
        Of the median; None for fewer than six independent cases, or fewer than eight groups where
        some have several.
    fitted
        The line that only goes one way; None as the median.
    bound
        Lowest limit at which a press of the curve ended; infinite where none did.
    """

    grade: int
    n: int
    n_groups: int
    median: float | None
    quartiles: tuple[float, float] | None
    interval95: tuple[float, float] | None
    fitted: float | None
    bound: float
    comparison: Comparison
    flags: tuple[QualityFlag, ...] = ()

    @property
    def sentence(self) -> str:
        """The grade in plain words; "usually" is the middle half."""
        when = f"When you grade {self.comparison.hand} {self.grade}"
        if self.median is None or self.quartiles is None:
            cases_ = "1 site" if self.n == 1 else f"{self.n} sites"
            return f"{when}: not enough data ({cases_}, {FEWEST_IN_GRADE} are needed)."
        low, high = (self._told(value) for value in self.quartiles)
        sure = ""
        if self.interval95 is not None:
            first, last = (self._told(value) for value in self.interval95)
            sure = f", 95 % interval {first} to {last}"
        unit = f" {self.comparison.unit}" if self.comparison.unit else ""
        return (
            f"{when}, the {self.comparison.sensor} is usually {low} to {high}{unit} "
            f"(median {self._told(self.median)}{sure}, {self.n} sites)."
        )

    def _told(self, value: float) -> str:
        text = f"{value:.0f}" if value >= 100 else f"{value:.2g}"  # noqa: PLR2004 - three digits
        return f"at least {text}" if value >= self.bound else text


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibrationCurve:
    """Grade against measured value, for one therapist.

    Attributes
    ----------
    grades
        One entry for each grade of the scale, also for those never given.
    alike
        Neighbouring grades with the same fitted value: their medians do not go the expected way.
    """

    comparison: Comparison
    grades: tuple[GradeValues, ...]
    alike: tuple[tuple[int, int], ...]
    n: int
    n_groups: int
    n_missing: int
    flags: tuple[QualityFlag, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The curve in plain words, a sentence for each grade that was given."""
        way = "higher" if self.comparison.rising else "lower"
        return (
            *(row.sentence for row in self.grades if row.n),
            *(
                f"Between your grades {low} and {high} the {self.comparison.sensor} does not get "
                f"{way}."
                for low, high in self.alike
            ),
        )


def calibration_curve(
    grades: Sequence[int | None],
    values: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    at_least: ArrayLike | None = None,
    comparison: Comparison = TENDERNESS,
) -> CalibrationCurve:
    """Return what was measured at each grade.

    Parameters
    ----------
    grades
        Of one therapist; None: not examined.
    values
        Positive, shape (n,), in `comparison.unit` and comparable with one another; NaN: not
        measured.
    groups
        Whose case it is, one label each, usually the client.
    at_least
        True where a press ended at its limit; quantiles up there are then "at least" the lowest
        such limit.

    Raises
    ------
    UsageError
        When lengths differ, a grade is not on the scale or a value is not positive.
    """
    both = cases(grades, values, groups, at_least, comparison)
    fitted = fitted_medians(both.hand, both.sensor, comparison, _enough(both))
    known = sorted(fitted)
    return CalibrationCurve(
        comparison=comparison,
        grades=tuple(
            _row(both, grade, fitted.get(grade), comparison) for grade in comparison.grades
        ),
        alike=tuple(
            (low, high)
            for low, high in itertools.pairwise(known)
            if math.isclose(fitted[low], fitted[high])
        ),
        n=both.n,
        n_groups=both.n_groups,
        n_missing=both.n_missing,
        flags=both.flags,
    )


def fitted_medians(
    hand: IntArray, sensor: FloatArray, comparison: Comparison, grades: Sequence[int]
) -> dict[int, float]:
    """Return the medians of `grades`, made to go one way only.

    Neighbours that go the other way get the mean of their logarithms, weighted by their cases.
    """
    from scipy.optimize import isotonic_regression  # noqa: PLC0415 - a quarter second to import

    if not grades:
        return {}
    of_each = [sensor[hand == grade] for grade in grades]
    logs = [math.log(quantiles(values, 0.5)[0]) for values in of_each]
    weights = [values.size for values in of_each]
    line = isotonic_regression(logs, weights=weights, increasing=comparison.rising).x
    return dict(zip(grades, np.exp(line).tolist(), strict=True))


def _enough(both: Cases) -> list[int]:
    found, n = np.unique(both.hand, return_counts=True)
    return [int(grade) for grade in found[n >= FEWEST_IN_GRADE]]


def _row(both: Cases, grade: int, fitted: float | None, comparison: Comparison) -> GradeValues:
    chosen = both.hand == grade
    values, groups = both.sensor[chosen], both.groups[chosen]
    median, quartiles = None, None
    if fitted is not None:
        low, median, high = quantiles(values, 0.25, 0.5, 0.75)
        quartiles = (low, high)
    return GradeValues(
        grade=grade,
        n=values.size,
        n_groups=np.unique(groups).size,
        median=median,
        quartiles=quartiles,
        interval95=median_interval(values, groups),
        fitted=fitted,
        bound=both.bound,
        comparison=comparison,
        flags=(QualityFlag.TOO_FEW,) if fitted is None else (),
    )


def median_interval(values: FloatArray, groups: IntArray) -> tuple[float, float] | None:
    """Return the 95 % interval of the median of positive values, some of one group.

    None for fewer than six independent values, for fewer than eight groups where some have
    several values, and where these say too little.
    """
    n, sizes = values.size, np.unique(groups, return_counts=True)[1]
    if sizes.size < n and sizes.size < FEWEST_GROUPS:
        return None
    independent = n / _design_effect(np.log(values), groups) if n else 0.0
    if 0.5**independent > _TAIL:
        return None
    # The rank below which a sample of so many has its median in one case of forty, which need not
    # be a whole number, brought to the sample at hand.
    rank = float(bdtrik(_TAIL, independent, 0.5)) + 1
    place = math.floor(rank * (n + 1) / (independent + 1) + 1e-9)
    in_order = np.sort(values)
    return float(in_order[place - 1]), float(in_order[n - place])


def _design_effect(logs: FloatArray, groups: IntArray) -> float:
    """Return by how many times fewer cases would say as much, were they independent."""
    _, code, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    n, m = logs.size, sizes.size
    if m in {1, n}:
        return float(n / m)
    means = np.bincount(code, logs) / sizes
    within = float(np.square(logs - means[code]).sum()) / (n - m)
    between = float(sizes @ np.square(means - logs.mean())) / (m - 1)
    own_size = float(sizes @ sizes) / n
    usual_size = (n - own_size) / (m - 1)
    total = between + (usual_size - 1) * within
    alike = min(max((between - within) / total, 0.0), 1.0) if total > 0 else 0.0
    return 1 + (own_size - 1) * alike
