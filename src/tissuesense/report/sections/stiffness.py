"""The hypertonia index: how much stiffer one side is than the other, and whether that is more than error."""

from tissuesense.report.comparison import STIFFNESS, compare_sides, stiffness_verdict
from tissuesense.report.document import Block, Cell, Column, Paragraph, Row, Run, Table, Voice, Words, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.readings import SitePair, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import percent_words, site_words, when_words

_COLUMNS = (
    Column(title="Site", share=1.8),
    Column(title="Presses\nleft, right", numeric=True, share=1.0),
    Column(title="Left against right", unit="%", voice=Voice.SENSOR, numeric=True, share=1.4),
    Column(title="95 % interval", unit="%", numeric=True, share=1.4),
    Column(title="Smallest detectable", unit="%", numeric=True, share=1.4),
    Column(title="In words", share=3.0),
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one row for each site whose stiffness was measured on both sides."""
    rows = [
        row
        for block in view.blocks
        for pair in view.pairs(block)
        if (row := _row(pair, when_words(view.blocks, block))) is not None
    ]
    if not rows:
        return ()
    return (
        Table(
            caption="Stiffness of the left against the right side (hypertonia index)",
            columns=_COLUMNS,
            rows=tuple(rows),
            note=say(
                "The index is the ratio of the two sides in percent, from the stiffness of every "
                "press that counts; 0 % means alike. It speaks of resistance to a press in a "
                "relaxed muscle and not of its cause."
            ),
        ),
    )


def _row(pair: SitePair, when: str) -> Row | None:
    if pair.both is None:
        return None
    left, right = pair.both
    found = compare_sides(left, right).stiffness
    if found is None or left.indentation is None or right.indentation is None:
        return None
    counts = (len(side.values(STIFFNESS)) for side in (left.indentation, right.indentation))
    percent = found.percent
    interval: Words = say(Run(NOTHING, Voice.MUTED))
    if percent is not None:
        low, high = percent.coverage_interval()
        interval = say(f"{percent_words(low)} to {percent_words(high)}")
    return Row(
        (
            Cell(say(site_words(pair.name) + when), heads=True),
            Cell(say(", ".join(map(str, counts)))),
            Cell(say(percent_words(percent.value) if percent is not None else NOTHING)),
            Cell(interval),
            Cell(say(NOTHING if found.mdc_percent is None else f"{found.mdc_percent:.0f}")),
            Cell(say(f"{stiffness_verdict(found)}.".capitalize())),
        )
    )


SECTION = Section(title="Stiffness against the other side", write=write)
