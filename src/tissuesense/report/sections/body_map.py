"""Where things were found: the body from both sides, and what changed in the visit."""

from tissuesense.core.site import BodySite
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.report.document import Block, Figure, say
from tissuesense.report.figures.body_map import body_map
from tissuesense.report.figures.body_marks import Mark, Scale
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.site_marks import (
    AFTER_AGAINST_BEFORE,
    AGAINST_OTHER_SIDE,
    changes_of,
    marks_of,
)
from tissuesense.report.words import plural, when_words

_WIDTH = 0.85  # of the column: whole bodies are tall


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a map of what was found before treatment, and one where the visit changed anything."""
    block = VisitBlock.PRE if VisitBlock.PRE in view.blocks else VisitBlock.POST
    marks = marks_of(view, block)
    figures = []
    if marks:
        title = f"{plural(len(marks), 'place')} examined or measured"
        figures.append(_figure(marks, AGAINST_OTHER_SIDE, title + when_words(view.blocks, block)))
    changes = changes_of(view)
    if any(not mark.within_error for mark in changes.values()):
        title = f"{plural(len(changes), 'place')} measured again after treatment"
        figures.append(_figure(changes, AFTER_AGAINST_BEFORE, title))
    return tuple(figures)


def _figure(marks: dict[BodySite, Mark], scale: Scale, title: str) -> Figure:
    drawn = body_map(marks, scale=scale, title=title)
    return Figure(svg=drawn.svg, alt=drawn.alt, title=say(title), width=_WIDTH)


SECTION = Section(title="On the body", write=write)
