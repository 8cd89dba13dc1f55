"""How many of the 18 points of 1990 are painful at 4 kgf or less.

Four kilogram-force is a force. On the 1.77 cm2 tip of the time it was 222 kPa, on 1 cm2 it is
392 kPa; a count by pressure would depend on the tip. So points are counted on force, and the area
is only needed where a threshold is given as a pressure. The count is a count and no diagnosis; the
criteria of 2010 and 2016 no longer use it.

Sources: Wolfe F and others (1990) The American College of Rheumatology 1990 criteria for the
classification of fibromyalgia, Arthritis Rheum 33:160-172 (the points); Jensen OK, Callesen J,
Nielsen MG, Ellingsen T (2013) BMJ Open 3:e002532 (smallest detectable differences of 4 to 6 points
by thumb).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from tissuesense.analysis.sensory.at_least import AtLeast
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import NoProbeArea, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.site import BodySite, Side, parse_side
from tissuesense.core.units import NEWTON_PER_KGF

POINTS_1990 = tuple(
    BodySite(name, side)
    for name in (
        "occiput",
        "low_cervical",
        "trapezius_upper",
        "supraspinatus",
        "second_rib",
        "lateral_epicondyle",
        "gluteal",
        "greater_trochanter",
        "knee",
    )
    for side in (Side.LEFT, Side.RIGHT)
)
LIMIT_N = 4 * NEWTON_PER_KGF
DETECTABLE_POINTS = (4, 6)
_AREA = "probe area"

PointThreshold = Estimate | AtLeast | NotEstimable
Point = BodySite | tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TenderPoints:
    """A count.

    Attributes
    ----------
    count
        Points whose threshold is 4 kgf or less.
    n_measured
        Points whose threshold is known to lie on one side of it.
    lowest, highest
        What the count could be, were undecided and unmeasured points all on the other side.
    undecided
        Points whose 95 % interval holds 4 kgf.
    missing
        Points that were not measured, or whose threshold could not be estimated.
    tip
        As stated; None where only forces were given.
    detectable_points
        Differences between two counts of one person up to this, from the best rater to the worst,
        are what counting twice gives anyway.
    """

    count: int
    n_measured: int
    lowest: int
    highest: int
    undecided: tuple[BodySite, ...]
    missing: tuple[BodySite, ...]
    tip: ContactTip | None
    detectable_points: tuple[int, int] = DETECTABLE_POINTS
    flags: tuple[QualityFlag, ...] = ()

    @property
    def limit_kpa(self) -> float:
        """What 4 kgf is on this tip.

        Raises
        ------
        NoProbeArea
            When its area was not stated.
        """
        if self.tip is None:
            raise NoProbeArea
        return LIMIT_N * self.tip.kpa_per_n

    @property
    def verdict(self) -> str:
        """One sentence; a count and no diagnosis."""
        of = f"{self.count} of {len(POINTS_1990)} points have a threshold of 4 kgf or less"
        if self.missing:
            of = f"{self.count} of the {self.n_measured} points measured"
            of += f" ({len(self.missing)} of {len(POINTS_1990)} were not)"
            of += " have a threshold of 4 kgf or less"
        low, high = self.detectable_points
        return (
            f"{of}; it could be {self.lowest} to {self.highest}, and two counts of one person "
            f"differ by up to {low} to {high} points anyway."
        )


def tender_points(
    thresholds: Mapping[Point, PointThreshold], *, tip_area_cm2: float | None = None
) -> TenderPoints:
    """Count the points of 1990 with a pressure pain threshold of 4 kgf or less.

    Parameters
    ----------
    thresholds
        Point, such as ``("occiput", "left")``, to its threshold in N; in kPa only with the area of
        the tip. A press that ended at its limit without pain is an `AtLeast`.

    Raises
    ------
    UsageError
        When a point is none of the 18, or a threshold is neither in N nor in kPa.
    NoProbeArea
        When a threshold is a pressure and the area is not stated.
    """
    tip = None if tip_area_cm2 is None else ContactTip(area_cm2=tip_area_cm2)
    by_point = {_point(point): _in_newton(value, tip) for point, value in thresholds.items()}
    held = {point: _is_painful(by_point.get(point)) for point in POINTS_1990}
    painful = {point for point, answer in held.items() if answer}
    missing = tuple(point for point, answer in held.items() if answer is None)
    undecided = tuple(point for point in POINTS_1990 if _holds_limit(by_point.get(point)))
    return TenderPoints(
        count=len(painful),
        n_measured=len(POINTS_1990) - len(missing),
        lowest=len(painful.difference(undecided)),
        highest=len(painful.union(undecided, missing)),
        undecided=undecided,
        missing=missing,
        tip=tip,
        flags=(QualityFlag.MISSING_VALUES,) if missing else (),
    )


def _point(point: Point) -> BodySite:
    site = point if isinstance(point, BodySite) else BodySite(point[0], parse_side(point[1]))
    if site not in POINTS_1990:
        names = ", ".join(dict.fromkeys(known.name for known in POINTS_1990))
        raise UsageError(
            f"'{site.words}' is none of the 18 points.", hint=f"They are, left and right: {names}."
        )
    return site


def _holds_limit(force: PointThreshold | None) -> bool:
    """Tell whether the limit lies in the 95 % interval of a threshold."""
    if not isinstance(force, Estimate):
        return False
    low, high = force.coverage_interval()
    return low <= LIMIT_N <= high


def _is_painful(force: PointThreshold | None) -> bool | None:
    """Return whether a point is painful at the limit; None where that is not known."""
    if isinstance(force, Estimate):
        return force.value <= LIMIT_N
    if isinstance(force, AtLeast) and force.bound > LIMIT_N:
        return False
    return None


def _in_newton(value: PointThreshold, tip: ContactTip | None) -> PointThreshold:
    if isinstance(value, NotEstimable) or value.unit == "N":
        return value
    if value.unit != "kPa":
        raise UsageError(f"A threshold is in N or kPa, not in {value.unit or 'no unit'}.")
    if tip is None:
        raise NoProbeArea
    if isinstance(value, AtLeast):
        return AtLeast(bound=value.bound / tip.kpa_per_n, unit="N")
    # The force was measured; the area, and with it its error, only came in with the pressure.
    budget = {name: u for name, u in value.budget.items() if name != _AREA}
    force = value if len(budget) == len(value.budget) else _without_area(value, budget)
    return force.scaled(1 / tip.kpa_per_n, "N")


def _without_area(value: Estimate, budget: Mapping[str, float]) -> Estimate:
    u = math.sqrt(math.fsum(part * part for part in budget.values()))
    # Only repeats have few degrees of freedom, and they are all still there.
    dof = value.dof * (u / value.standard_uncertainty) ** 4 if u > 0 else math.inf
    return Estimate(
        value=value.value, standard_uncertainty=u, unit=value.unit, dof=dof, budget=budget
    )
