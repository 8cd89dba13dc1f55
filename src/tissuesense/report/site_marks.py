"""What was found in a visit as marks of the body map: grades by hand, thresholds by the sensor."""

from tissuesense.core.site import BodySite
from tissuesense.record.visit import Block
from tissuesense.report.comparison import PAIN_THRESHOLD, compare_thresholds, verdict_words
from tissuesense.report.figures.body_marks import Mark, Scale, one_way
from tissuesense.report.quantities import measured
from tissuesense.report.readings import SiteView, VisitView
from tissuesense.report.words import hand_words

_STEP = 0.15  # of the other side's threshold, for each step of the scale
_HIGHEST = 4.0

AGAINST_OTHER_SIDE: Scale = one_way(
    "Pain threshold against the other side", low="as high or higher", high="half or less"
)


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
