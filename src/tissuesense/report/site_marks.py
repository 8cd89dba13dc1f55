"""What was found in a visit as marks of the body map: grades by hand, thresholds by the sensor."""

from tissuesense.core.quantity import Estimate
from tissuesense.core.site import BodySite
from tissuesense.record.visit import Block
from tissuesense.report import measures
from tissuesense.report.change_words import judge_in_visit
from tissuesense.report.comparison import (
    PAIN_THRESHOLD,
    change_in_visit,
    compare_thresholds,
    measured_twice,
    verdict_words,
)
from tissuesense.report.figures.body_marks import Mark, Scale, one_way, two_way
from tissuesense.report.quantities import measured, signed
from tissuesense.report.readings import SiteView, VisitView
from tissuesense.report.words import hand_words

_STEP = 0.15  # of the other side's threshold, for each step of the scale
_HIGHEST = 4.0

AGAINST_OTHER_SIDE: Scale = one_way(
    "Pain threshold against the other side", low="as high or higher", high="half or less"
)


AFTER_AGAINST_BEFORE: Scale = two_way(
    "Pain threshold after against before", low="half or less", high="twice or more"
)
_TWICE_PERCENT = 100.0
_HALF_PERCENT = -50.0


def marks_of(view: VisitView, block: Block) -> dict[BodySite, Mark]:
    """Return a mark for each site that was felt or whose pain threshold was measured."""
    found: dict[BodySite, Mark] = {}
    for pair in view.pairs(block):
        for here in pair.sides:
            there = next((s for s in pair.sides if s is not here), None)
            if here.hand is not None or here.ppt is not None:
                found[here.site] = _mark(here, there)
    return found


def _mark(here: SiteView, there: SiteView | None) -> Mark:
    compared = None if there is None else compare_thresholds(here, there)
    percent = None if compared is None else compared.percent
    level = None if percent is None else min(max(-percent / 100 / _STEP, 0.0), _HIGHEST)
    verdict = "" if compared is None else verdict_words(compared)
    return Mark(
        words=_words(here, verdict),
        level=level,
        within_error=verdict.startswith("within"),
        hand=None if here.hand is None else here.hand.tenderness,
        missing=here.ppt is not None and here.ppt.session(PAIN_THRESHOLD) is None,
    )


def _words(here: SiteView, verdict: str) -> str:
    said = [] if here.hand is None else [f"by hand {hand_words(here.hand)}"]
    if here.ppt is not None:
        found = here.ppt.session(PAIN_THRESHOLD)
        value = "no value"
        if found is not None and found.value is not None:
            value = str(measured(found.value, found.standard_uncertainty, "kPa"))
        said.append(f"pain threshold {value}")
    against = [f"against the other side {verdict}"] if verdict else []
    return ", ".join([*said, *against])


def changes_of(view: VisitView) -> dict[BodySite, Mark]:
    """Return a mark for each site whose pain threshold was measured before and after."""
    found: dict[BodySite, Mark] = {}
    for before, after in view.before_and_after():
        for measure, first, second in measured_twice(before, after):
            if measure is not measures.PAIN_THRESHOLD:
                continue
            effect = change_in_visit(measure, first, second)
            judged = judge_in_visit(effect)
            if not isinstance(effect.percent, Estimate):
                continue
            percent = effect.percent.value
            found[before.site] = Mark(
                words=f"{signed(percent)} % after treatment, {judged.words}",
                level=_level(percent),
                within_error=not judged.is_claimed,
            )
    return found


def _level(percent: float) -> float:
    """Return -1 for half, 0 for no change, 1 for twice as much."""
    whole = _TWICE_PERCENT if percent > 0 else -_HALF_PERCENT
    return min(max(percent / whole, -1.0), 1.0)
