"""One application of treatment, measured: levels, holds, travel, and what the client said."""

from collections.abc import Sequence

from tissuesense.analysis.dose.contacts import Application
from tissuesense.analysis.dose.course import DoseCourse, DoseSignal
from tissuesense.analysis.dose.levels import Levels, find_levels
from tissuesense.analysis.dose.result import Dose, Hold, Pattern, RatedPressure
from tissuesense.analysis.dose.side_car import DoseSideCar
from tissuesense.analysis.dose.travel import Travel
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

SHARES_OF_PPT = (0.5, 0.7, 1.0)
SHORTEST_HOLD_S = 3.0
_GLIDES_MM, _ALTERNATES, _MOSTLY = 10.0, 2, 0.5


def measure_dose(
    signal: DoseSignal,
    application: Application,
    told: DoseSideCar,
    marks_s: FloatArray,
    *,
    index: int,
) -> Dose:
    """Return everything that one application says.

    Parameters
    ----------
    marks_s
        When the client signalled, shape (m,).
    index
        From 1.
    """
    course = DoseCourse.of(signal, application)
    levels = find_levels(course.touches)
    ppt, mean_kpa, travel = told.site_ppt_kpa, course.mean_kpa(), course.travel()
    holds = _holds(course, levels, ppt)
    start_s, end_s = application.start_s, application.end_s
    return Dose(
        index=index,
        start_s=start_s,
        end_s=end_s,
        tare_n=application.tare.tare_at_n((start_s + end_s) / 2),
        contact_s=course.contact_s,
        levels_kpa=levels.kpa,
        mean_kpa=mean_kpa,
        highest_kpa=max(float(kpa.max()) for _, kpa in course.touches),
        holds=holds,
        alternations=levels.alternations,
        lifts=len(application.touches_s) - 1,
        rate_kpa_s=course.rate_kpa_s(levels.rises),
        travel=travel,
        seconds_above=None
        if ppt is None
        else {share: course.seconds_above(share * ppt.value) for share in SHARES_OF_PPT},
        mean_ppt_share=None if ppt is None else _share(mean_kpa, ppt),
        ratings=tuple(
            RatedPressure(
                rating=rating, kpa=course.kpa_at(rating.t_s), good_pain=told.is_good_pain(rating)
            )
            for rating in told.ratings
            if start_s <= rating.t_s <= end_s
        ),
        stop_signals_s=tuple(t for t in marks_s.tolist() if start_s <= t <= end_s),
        pattern=_pattern(levels, holds, travel, course.contact_s),
        flags=course.flags() if holds else (*course.flags(), QualityFlag.NO_HOLD),
    )


def _holds(course: DoseCourse, levels: Levels, ppt: Estimate | None) -> tuple[Hold, ...]:
    return tuple(
        Hold(
            stay=stay,
            mean_kpa=course.stay_kpa(stay.mean_kpa, stay.seconds),
            ppt_share=None if ppt is None else stay.mean_kpa / ppt.value,
        )
        for stay in levels.stays
        if stay.seconds >= SHORTEST_HOLD_S
    )


def _share(mean_kpa: Estimate, ppt: Estimate) -> Estimate:
    """Return a pressure over the threshold of the same place."""
    share = mean_kpa.value / ppt.value
    return Estimate.from_budget(
        share,
        {"pressure": mean_kpa.u / ppt.value, "threshold": share * ppt.u / ppt.value},
        unit="",
    )


def _pattern(
    levels: Levels, holds: Sequence[Hold], travel: Travel | None, contact_s: float
) -> Pattern:
    """Name what was done by rule: a suggestion, to be put right by whoever did it."""
    glides = travel is not None and travel.mm >= _GLIDES_MM
    alternates = levels.alternations >= _ALTERNATES
    if glides and not alternates:
        return "gliding"
    if alternates and not glides:
        return "alternating"
    longest_s = max((hold.stay.seconds for hold in holds), default=0.0)
    return "sustained" if not glides and longest_s >= _MOSTLY * contact_s else "mixed"
