"""How ratings rise with pressure: slope, power exponent, and the pressure that is rated 40.

Three to five pressures above the pain threshold, held for some seconds in random order, each rated
0 to 100. Pressures are those that were delivered; their own error, some kilopascals against steps
of a hundred, is left out of the lines.

Sources: Stevens SS (1957), for the power law; Sen PK (1968) J Am Stat Assoc 63:1379-1389; Fieller
EC (1954) J R Stat Soc B 16:175-185.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.numerics.slope import theil_sen
from tissuesense.analysis.numerics.straight_line import FEWEST_POINTS, straight_line
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_SLOPE_UNIT = "points/kPa"
_ASKED_RATING = 40.0
_HIGHEST_RATING = 100.0
_TOO_FEW = NotEstimable(
    reason=QualityFlag.TOO_FEW,
    detail="Fewer than three painful stimuli at two pressures or more: no line can be drawn.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StimulusResponse:
    """A line and a power law through ratings.

    Attributes
    ----------
    slope
        By least squares, points of the scale for each kPa.
    slope_theil_sen
        Median of all pairwise slopes, with its rank interval.
    power_exponent
        Slope of ln rating over ln pressure, of ratings above 0.
    asked_rating, pressure_kpa
        The rating that was asked for (40) and the pressure where the line reaches it, with
        Fieller's interval; not estimable where that interval has no bounds.
    extrapolated
        Whether that pressure lies outside those delivered.
    n_used, n_zero
        Stimuli on the line; and stimuli rated 0.
    """

    slope: Outcome
    slope_theil_sen: Outcome
    power_exponent: Outcome
    asked_rating: float
    pressure_kpa: Outcome
    extrapolated: bool
    n_used: int
    n_zero: int
    flags: tuple[QualityFlag, ...]

    @property
    def verdict(self) -> str:
        """One sentence; what was found and nothing of what it may mean."""
        if isinstance(self.slope, NotEstimable):
            return self.slope.detail
        if isinstance(self.pressure_kpa, NotEstimable):
            return self.pressure_kpa.detail
        low, high = self.pressure_kpa.coverage_interval()
        outside = ", outside the pressures given" if self.extrapolated else ""
        return (
            f"Ratings rise by {100 * self.slope.value:.3g} points for each 100 kPa and reach "
            f"{self.asked_rating:g} at {self.pressure_kpa.value:.0f} kPa "
            f"(95 % interval {low:.0f} to {high:.0f}){outside}."
        )


def stimulus_response(
    pressures_kpa: ArrayLike, ratings: ArrayLike, *, asked_rating: float = _ASKED_RATING
) -> StimulusResponse:
    """Return how ratings rise with pressure.

    A rating of 0 below every painful pressure only says that pain had not begun: such are the foot
    of the curve and are left out of the lines, or they would flatten them. A 0 above a painful
    pressure is a rating like any other and stays, but has no logarithm.

    Parameters
    ----------
    pressures_kpa
        As delivered, shape (n,), above 0.
    ratings
        0 to 100, shape (n,).

    Raises
    ------
    UsageError
        When the lengths differ, a pressure is not positive or a rating is off its scale.
    """
    pressures, given = _checked(pressures_kpa, ratings, asked_rating)
    painful = given > 0
    threshold = float(pressures[painful].min()) if painful.any() else np.inf
    used = painful | (pressures > threshold)
    x, y = pressures[used], given[used]
    line = straight_line(x, y, unit=_SLOPE_UNIT)
    power = straight_line(np.log(pressures[painful]), np.log(given[painful]), unit="")
    asked = _reached(line.reaching(asked_rating, unit="kPa")) if line else _TOO_FEW
    inside = isinstance(asked, Estimate) and float(pressures.min()) <= asked.value <= float(
        pressures.max()
    )
    slope = line.slope if line else _TOO_FEW
    exponent = power.slope if power else _TOO_FEW
    reasons = [
        found.reason for found in (slope, exponent, asked) if isinstance(found, NotEstimable)
    ]
    zeros = [] if painful.all() else [QualityFlag.ZERO_RATING]
    return StimulusResponse(
        slope=slope,
        slope_theil_sen=_theil_sen(x, y) if line else _TOO_FEW,
        power_exponent=exponent,
        asked_rating=asked_rating,
        pressure_kpa=asked,
        extrapolated=isinstance(asked, Estimate) and not inside,
        n_used=int(used.sum()),
        n_zero=int((~painful).sum()),
        flags=tuple(dict.fromkeys([*zeros, *reasons])),
    )


def _checked(
    pressures_kpa: ArrayLike, ratings: ArrayLike, asked: float
) -> tuple[FloatArray, FloatArray]:
    pressures, given = column(pressures_kpa, "pressures_kpa"), column(ratings, "ratings")
    if pressures.size != given.size:
        raise UsageError(f"There are {given.size} ratings for {pressures.size} pressures.")
    if pressures.size and not pressures.min() > 0:
        raise UsageError(f"A delivered pressure is above 0, not {pressures.min()} kPa.")
    if given.size and (given.min() < 0 or given.max() > _HIGHEST_RATING):
        raise UsageError(f"Ratings lie from 0 to 100, not {given.min()} to {given.max()}.")
    if not 0 < asked <= _HIGHEST_RATING:
        raise UsageError(f"The rating that is asked for lies in 0 to 100, not at {asked}.")
    return pressures, given


def _theil_sen(x: FloatArray, y: FloatArray) -> Outcome:
    """Return the median pairwise slope; pressures given twice are averaged first."""
    places, which = np.unique(x, return_inverse=True)
    if places.size < FEWEST_POINTS:
        return _TOO_FEW
    means = np.bincount(which, weights=y) / np.bincount(which)
    return theil_sen(places, means, unit=_SLOPE_UNIT)


def _reached(found: Outcome) -> Outcome:
    """Refuse a pressure at or below 0: the line does not get there by pressing."""
    if isinstance(found, Estimate) and not found.value > 0:
        return NotEstimable(
            reason=QualityFlag.UNBOUNDED,
            detail="The line would reach that rating only without any pressure.",
        )
    return found
