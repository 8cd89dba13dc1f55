"""Do hand and sensor find the same: site by site, against the other side."""

from tissuesense.analysis.hand_and_sensor.site_agreement import Agree, SiteAgreement
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.report.document import Block, Cell, Column, Row, Table, say
from tissuesense.report.hand_beside_sensor import agreements
from tissuesense.report.quantities import printed
from tissuesense.report.readings import SiteView, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side

_COLUMNS = (
    Column(title="Site", share=1.4),
    Column(title="Compared", share=1.3),
    Column(title="Same finding", share=0.9),
    Column(title="In words", share=5.0),
)
_WORDS = {Agree.AGREE: "yes", Agree.DISAGREE: "no", Agree.CANNOT_SAY: "cannot say"}


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a row for each site that was graded by hand and measured, on both sides."""
    rows = []
    for pair in view.pairs(VisitBlock.PRE):
        if pair.both is None:
            continue
        # Told of the side with the higher grade; from the other it says the same, mirrored.
        here, there = sorted(pair.both, key=_grade, reverse=True)
        rows += [_row(here, found) for found in agreements(here, there)]
    return (Table(columns=_COLUMNS, rows=tuple(rows)),) if rows else ()


def _grade(side: SiteView) -> int:
    return -1 if side.hand is None or side.hand.tenderness is None else side.hand.tenderness


def _row(here: SiteView, found: SiteAgreement) -> Row:
    return Row(
        (
            Cell(say(site_and_side(here.site)), heads=True),
            Cell(say(f"{found.comparison.hand}, {found.comparison.sensor}")),
            Cell(say(_WORDS[found.verdict])),
            Cell(say(printed(found.sentence))),
        )
    )


SECTION = Section(title="Hand beside sensor, against the other side", write=write)
