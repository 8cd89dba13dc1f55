"""The sensor's value put on the hand's scale, so that the two can be compared grade by grade.

Where one grade ends and the next begins is taken from the therapist's own cases: half-way, in the
logarithm, between the fitted medians of neighbouring grades. A case takes no part in the cut points
that grade it, and neither does any other case of the same client (leave one out), since it would
otherwise agree with itself.
"""

import itertools
import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.hand_and_sensor.calibration import FEWEST_IN_GRADE, fitted_medians
from tissuesense.analysis.hand_and_sensor.cases import Cases, IntArray, cases
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, Comparison
from tissuesense.analysis.hand_and_sensor.weighted_kappa import (
    WeightedKappa,
    Weights,
    weighted_kappa,
)
from tissuesense.core.arrays import FloatArray

_FEWEST_GROUPS_IN_GRADE = 2
_TWO_WAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorGrades:
    """Agreement of the hand's grades with those that the sensor's values fall into.

    Attributes
    ----------
    kappa
        Over the grades that were given often enough.
    grades
        These: five cases or more, of two groups or more.
    cuts
        From all cases, between neighbours of `grades`, in the unit of the values.
    n_rare
        Cases of other grades, which are left out.
    """

    kappa: WeightedKappa
    grades: tuple[int, ...]
    cuts: tuple[float, ...]
    n_rare: int

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        said = self.kappa.sentence
        if self.n_rare:
            said += f" Left out: {self.n_rare} cases of grades that were given too seldom."
        return said


def graded_by_sensor(
    hand_grades: Sequence[int | None],
    sensor_values: ArrayLike,
    *,
    groups: Sequence[Hashable] | None = None,
    at_least: ArrayLike | None = None,
    comparison: Comparison = TENDERNESS,
    weights: Weights = "quadratic",
) -> SensorGrades:
    """Return how well the sensor, put on the hand's scale, agrees with the hand.

    A kappa near 0 says that the value does not tell the grades apart, and not which of the two is
    mistaken. Parameters are those of `rank_agreement`.

    Raises
    ------
    UsageError
        When lengths differ, a grade is not on the scale or a value is not positive.
    """
    both = cases(hand_grades, sensor_values, groups, at_least, comparison)
    grades = _given_often(both)
    kept = np.isin(both.hand, grades)
    hand, sensor, group = both.hand[kept], both.sensor[kept], both.groups[kept]
    put = np.zeros(hand.size, np.int64)
    if len(grades) >= _TWO_WAYS:
        for left_out in np.unique(group):
            own = group == left_out
            cuts = _cuts(fitted_medians(hand[~own], sensor[~own], comparison, grades))
            put[own] = _graded(sensor[own], cuts, comparison)
    scale = comparison.grades
    return SensorGrades(
        kappa=weighted_kappa(
            hand.tolist(),
            [grades[i] for i in put] if grades else [],
            scale,
            weights,
            groups=group.tolist(),
        ),
        grades=tuple(grades),
        cuts=tuple(_cuts(fitted_medians(hand, sensor, comparison, grades)).tolist()),
        n_rare=both.n - hand.size,
    )


def _given_often(both: Cases) -> list[int]:
    return [
        int(grade)
        for grade in np.unique(both.hand)
        if np.count_nonzero(both.hand == grade) >= FEWEST_IN_GRADE
        and np.unique(both.groups[both.hand == grade]).size >= _FEWEST_GROUPS_IN_GRADE
    ]


def _cuts(medians: dict[int, float]) -> FloatArray:
    line = list(medians.values())
    return np.array([math.sqrt(a * b) for a, b in itertools.pairwise(line)])


def _graded(values: FloatArray, cuts: FloatArray, comparison: Comparison) -> IntArray:
    """Return the place of each value on the scale; one on a cut goes to the lower grade."""
    sign = comparison.sign
    return np.asarray(np.searchsorted(sign * cuts, sign * values, side="left"), np.int64)
