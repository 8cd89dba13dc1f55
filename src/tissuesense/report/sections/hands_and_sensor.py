"""The table of sites: what hands found beside what the sensor measured, and side against side."""

from tissuesense.analysis.sides.asymmetry import Asymmetry
from tissuesense.core.site import Side
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.report.comparison import (
    PAIN_THRESHOLD,
    STIFFNESS,
    amount,
    compare_stiffness,
    compare_thresholds,
    direction,
    verdict_words,
)
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Paragraph,
    Row,
    Run,
    Table,
    Voice,
    Words,
    say,
)
from tissuesense.report.quantities import NOTHING, bare
from tissuesense.report.readings import Reading, SitePair, SiteView, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import (
    block_words,
    hand_details,
    hand_words,
    site_and_side,
    site_words,
)

_COLUMNS = (
    Column(title="Site", share=1.25),
    Column(title="Side", share=0.7),
    Column(title="By hand", voice=Voice.HAND, share=2.5),
    Column(title="Pain threshold", unit="kPa", voice=Voice.SENSOR, numeric=True, share=1.5),
    Column(title="Stiffness", unit="N/mm", voice=Voice.SENSOR, numeric=True, share=1.35),
    Column(title="Left against the other side", share=3.6),
)
_NOTE = (
    "Pain threshold: the pressure at which the client first calls it painful, mean of the presses "
    "that count. Stiffness: the rise of force for each millimetre, median of the presses that "
    "count. ± is one standard uncertainty of this visit's presses; placing the gauge anew adds "
    "to it."
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one table for each block of the visit, and the notes made by hand."""
    if not view.record.sites:
        return (Paragraph(say("No site was examined or measured.")),)
    tables = (_table(view, block) for block in view.blocks)
    return (*(table for table in tables if table.rows), *_notes(view))


def _table(view: VisitView, block: VisitBlock) -> Table:
    pairs = (pair for pair in view.pairs(block) if any(map(_is_here, pair.sides)))
    return Table(
        caption=block_words(block).capitalize() if len(view.blocks) > 1 else "",
        columns=_COLUMNS,
        rows=tuple(row for pair in pairs for row in _rows(pair)),
        note=say(_NOTE),
    )


def _is_here(side: SiteView) -> bool:
    """Tell whether this table has anything to show of a side."""
    return bool(side.hand or side.ppt or side.indentation)


def _rows(pair: SitePair) -> tuple[Row, ...]:
    spanned = len(pair.sides)
    opening = Cell(say(site_words(pair.name)), rows=spanned, heads=True)
    closing = Cell(_against(pair), rows=spanned)
    first, *others = pair.sides
    return (
        Row((opening, *_side(first), closing)),
        *(Row(_side(other), opens=False) for other in others),
    )


def _side(view: SiteView) -> tuple[Cell, ...]:
    return (
        Cell(say(str(view.site.side)), heads=True),
        Cell(_by_hand(view)),
        Cell(_value(view.ppt, PAIN_THRESHOLD, "kPa")),
        Cell(_value(view.indentation, STIFFNESS, "N/mm")),
    )


def _by_hand(view: SiteView) -> Words:
    details = "" if view.hand is None else hand_details(view.hand)
    return say(hand_words(view.hand) + (f"; {details}" if details else ""))


def _value(reading: Reading | None, quantity: str, unit: str) -> Words:
    found = None if reading is None else reading.session(quantity)
    if found is None or found.value is None:
        return say(Run(NOTHING if reading is None else "no value", Voice.MUTED))
    return say(bare(found.value, found.standard_uncertainty, unit))


def _against(pair: SitePair) -> Words:
    if pair.both is None:
        alone = pair.sides[0].site.side
        return say(
            "No other side." if alone is Side.MIDLINE else f"The {alone.other} was not examined."
        )
    threshold, stiffness = compare_thresholds(*pair.both), compare_stiffness(*pair.both)
    lines = [
        _compared(name, found)
        for name, found in (("Threshold", threshold), ("Stiffness", stiffness))
        if found is not None
    ]
    if not lines:
        return say("Not measured on both sides.")
    return say(*lines[0], *(piece for line in lines[1:] for piece in say("\n", *line)))


def _compared(name: str, found: Asymmetry) -> Words:
    verdict = verdict_words(found)
    if found.percent is None:
        return say(f"{name}: {verdict}.")
    return say(f"{name} ", amount(found), f" {direction(found)} on the left: {verdict}.")


def _notes(view: VisitView) -> tuple[Paragraph, ...]:
    return tuple(
        Paragraph(say(Run(site_and_side(manual.site), Voice.HAND), f": {manual.note}"))
        for manual in view.record.manual_findings
        if manual.note
    )


SECTION = Section(title="Hands and sensor, site by site", write=write)
