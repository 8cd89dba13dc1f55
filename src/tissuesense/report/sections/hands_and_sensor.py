"""The table of sites: what hands found beside what the sensor measured, and side against side."""

from tissuesense.core.site import Side
from tissuesense.record.visit import Block as VisitBlock
from tissuesense.report.comparison import (
    STIFFNESS,
    SideComparison,
    compare_sides,
    stiffness_verdict,
    threshold_verdict,
)
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Listing,
    Number,
    Paragraph,
    Row,
    Run,
    Table,
    Voice,
    Words,
    say,
)
from tissuesense.report.quantities import NOTHING, number, spread
from tissuesense.report.readings import Reading, SitePair, SiteView, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import block_words, hand_words, percent_words, site_words

_COLUMNS = (
    Column(title="Site", share=1.5),
    Column(title="Side", share=0.8),
    Column(title="By hand", voice=Voice.HAND, share=1.7),
    Column(title="Pain threshold", unit="kPa", voice=Voice.SENSOR, numeric=True, share=1.5),
    Column(title="Stiffness", unit="N/mm", voice=Voice.SENSOR, numeric=True, share=1.5),
    Column(title="Left against right", unit="%", numeric=True, share=1.6),
    Column(title="In words", share=2.8),
)
_NOTE = (
    "Pain threshold: the pressure at which the client first calls it painful, mean of the presses "
    "that count. Stiffness: the rise of force for each millimetre, median of the presses that "
    "count. ± is one standard uncertainty. Left against right: how much the left is above the "
    "right."
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one table for each block of the visit, and the notes made by hand."""
    if not view.record.sites:
        return (Paragraph(say("No site was examined or measured.")),)
    notes = _notes(view)
    return (*(_table(view, block) for block in view.blocks), *([notes] if notes else []))


def _table(view: VisitView, block: VisitBlock) -> Table:
    when = f" {block_words(block)}" if len(view.blocks) > 1 else ""
    return Table(
        caption=f"What hands found and what the sensor measured{when}",
        columns=_COLUMNS,
        rows=tuple(row for pair in view.pairs(block) for row in _rows(pair)),
        note=say(_NOTE),
    )


def _rows(pair: SitePair) -> tuple[Row, ...]:
    spanned = len(pair.sides)
    compared = compare_sides(*pair.both) if pair.both else None
    opening = Cell(say(site_words(pair.name)), rows=spanned, heads=True)
    closing = (Cell(_differences(compared), rows=spanned), Cell(_words(pair, compared), rows=spanned))
    first, *others = pair.sides
    return (
        Row((opening, *_side(first), *closing)),
        *(Row(_side(other), opens=False) for other in others),
    )


def _side(view: SiteView) -> tuple[Cell, ...]:
    return (
        Cell(say(str(view.site.side)), heads=True),
        Cell(say(hand_words(view.hand))),
        Cell(_value(view.ppt, "ppt_kpa", "kPa")),
        Cell(_value(view.indentation, STIFFNESS, "N/mm")),
    )


def _value(reading: Reading | None, quantity: str, unit: str) -> Words:
    found = None if reading is None else reading.session(quantity)
    if found is None or found.value is None:
        return say(Run(NOTHING if reading is None else "no value", Voice.MUTED))
    return say(
        Number(value=number(found.value, unit), spread=spread(found.standard_uncertainty, unit))
    )


def _differences(compared: SideComparison | None) -> Words:
    if compared is None:
        return say(Run(NOTHING, Voice.MUTED))
    said = []
    if compared.threshold is not None:
        said.append(f"threshold {percent_words(compared.threshold.percent)}")
    if compared.stiffness is not None and compared.stiffness.percent is not None:
        said.append(f"stiffness {percent_words(compared.stiffness.percent.value)}")
    return say("\n".join(said)) if said else say(Run(NOTHING, Voice.MUTED))


def _words(pair: SitePair, compared: SideComparison | None) -> Words:
    if compared is None:
        alone = pair.sides[0].site.side
        return say(
            "No other side." if alone is Side.MIDLINE else f"The {alone.other} side was not examined."
        )
    said = []
    if compared.threshold is not None:
        said.append(f"Threshold: {threshold_verdict(compared.threshold)}.")
    if compared.stiffness is not None:
        said.append(f"Stiffness: {stiffness_verdict(compared.stiffness)}.")
    return say("\n".join(said) or "Not measured on both sides.")


def _notes(view: VisitView) -> Listing | None:
    noted = [manual for manual in view.record.manual_findings if manual.note]
    if not noted:
        return None
    return Listing(
        tuple(
            say(
                Run(f"{site_words(manual.site.name)}, {manual.site.side}", Voice.HAND),
                f": {manual.note}",
            )
            for manual in noted
        )
    )


SECTION = Section(title="Hands and sensor, site by site", write=write)
