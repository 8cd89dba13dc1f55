"""Where things were found: the body from both sides, and what changed in the visit."""

from tissuesense.core.quantity import Estimate
from tissuesense.core.site import BodySite
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.report.change_words import judge_in_visit
from tissuesense.report.comparison import change_in_visit, measured_twice
from tissuesense.report.document import Block, Figure, say
from tissuesense.report.figures.body_map import body_map
from tissuesense.report.figures.body_marks import Mark, Scale, two_way
from tissuesense.report.measures import PAIN_THRESHOLD
from tissuesense.report.quantities import signed
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.site_marks import AGAINST_OTHER_SIDE, marks_of
from tissuesense.report.words import plural, when_words

_CHANGE: Scale = two_way(
    "Pain threshold after against before", low="half or less", high="twice or more"
)
_WIDTH = 0.85  # of the column: whole bodies are tall
_TWICE_PERCENT = 100.0
_HALF_PERCENT = -50.0


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a map of what was found before treatment, and one where the visit changed anything."""
    block = VisitBlock.PRE if VisitBlock.PRE in view.blocks else VisitBlock.POST
    marks = marks_of(view, block)
    figures = []
    if marks:
        title = f"{plural(len(marks), 'place')} examined or measured"
        figures.append(_figure(marks, AGAINST_OTHER_SIDE, title + when_words(view.blocks, block)))
    changes = _changes(view)
    if any(not mark.within_error for mark in changes.values()):
        title = f"{plural(len(changes), 'place')} measured again after treatment"
        figures.append(_figure(changes, _CHANGE, title))
    return tuple(figures)


def _figure(marks: dict[BodySite, Mark], scale: Scale, title: str) -> Figure:
    drawn = body_map(marks, scale=scale, title=title)
    return Figure(svg=drawn.svg, alt=drawn.alt, title=say(title), width=_WIDTH)


def _changes(view: VisitView) -> dict[BodySite, Mark]:
    found: dict[BodySite, Mark] = {}
    for before, after in view.before_and_after():
        for measure, first, second in measured_twice(before, after):
            if measure is not PAIN_THRESHOLD:
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


SECTION = Section(title="On the body", write=write)
