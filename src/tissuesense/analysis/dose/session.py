"""All applications of a recording added up."""

import math
from collections.abc import Sequence

from tissuesense.analysis.dose.measure import SHARES_OF_PPT
from tissuesense.analysis.dose.result import Dose, DoseSession
from tissuesense.analysis.dose.side_car import DoseSideCar
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

# Of one tip and one gauge: an error of theirs is the same in every dose and does not average out.
_SHARED_SOURCES = ("probe area", "calibration")


def summarise(doses: Sequence[Dose], told: DoseSideCar) -> DoseSession:
    """Return the totals of a recording."""
    contact_s = sum(dose.contact_s for dose in doses)
    impulse = _impulse(doses)
    ratings = tuple(rated for dose in doses for rated in dose.ratings)
    return DoseSession(
        n_doses=len(doses),
        contact_s=contact_s,
        impulse_kpa_s=impulse,
        mean_kpa=impulse.scaled(1 / contact_s, "kPa") if isinstance(impulse, Estimate) else impulse,
        holds=sum(len(dose.holds) for dose in doses),
        longest_hold_s=max((dose.longest_hold_s for dose in doses), default=0.0),
        alternations=sum(dose.alternations for dose in doses),
        seconds_above=_seconds_above(doses, told),
        travel_mm=_travel_mm(doses),
        ratings=ratings,
        ratings_outside=len(told.ratings) - len(ratings),
        technique=told.technique,
        site_ppt_kpa=told.site_ppt_kpa,
        good_pain_band=told.good_pain_band,
    )


def _impulse(doses: Sequence[Dose]) -> Outcome:
    """Return the sum; what the doses share adds up, what is each one's own averages out."""
    if not doses:
        return NotEstimable(reason=QualityFlag.NO_PRESS, detail="Nobody pressed in this recording.")
    impulses = [dose.impulse_kpa_s for dose in doses]
    budget = {
        source: math.fsum(parts) if source in _SHARED_SOURCES else math.hypot(*parts)
        for source in impulses[0].budget
        if (parts := [impulse.budget[source] for impulse in impulses])
    }
    return Estimate.from_budget(sum(i.value for i in impulses), budget, unit="kPa s")


def _seconds_above(doses: Sequence[Dose], told: DoseSideCar) -> dict[float, float] | None:
    if told.site_ppt_kpa is None:
        return None
    return {
        share: sum(dose.seconds_above[share] for dose in doses if dose.seconds_above)
        for share in SHARES_OF_PPT
    }


def _travel_mm(doses: Sequence[Dose]) -> float | None:
    ways = [dose.travel.mm for dose in doses if dose.travel]
    return sum(ways) if ways else None
