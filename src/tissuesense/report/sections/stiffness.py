"""The hypertonia index: how much stiffer one side is, and whether that is more than error."""

from tissuesense.analysis.sides.asymmetry import Asymmetry
from tissuesense.report.comparison import STIFFNESS, compare_stiffness, direction, verdict_words
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Row,
    Table,
    Voice,
    say,
)
from tissuesense.report.quantities import NOTHING, signed
from tissuesense.report.readings import SitePair, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_words, when_words

_COLUMNS = (
    Column(title="Site", share=1.8),
    Column(title="Presses\nleft, right", numeric=True, share=1.0),
    Column(title="Left against right", unit="%", voice=Voice.SENSOR, numeric=True, share=1.4),
    Column(title="95 % interval", unit="%", numeric=True, share=1.4),
    Column(title="Usual error", unit="%", numeric=True, share=1.4),
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
                "press that counts; 0 % means alike. The interval is what the presses of this "
                "visit say; the usual error adds what sides differ by anyway and what placing "
                "the gauge again would change. It speaks of resistance to a press in a relaxed "
                "muscle and not of its cause."
            ),
        ),
    )


def _row(pair: SitePair, when: str) -> Row | None:
    if pair.both is None:
        return None
    left, right = pair.both
    found = compare_stiffness(left, right)
    if found is None or left.indentation is None or right.indentation is None:
        return None
    counts = (len(side.values(STIFFNESS)) for side in (left.indentation, right.indentation))
    return Row(
        (
            Cell(say(site_words(pair.name) + when), heads=True),
            Cell(say(", ".join(map(str, counts)))),
            Cell(say(NOTHING if found.percent is None else signed(found.percent))),
            Cell(say(_range(found.interval_percent))),
            Cell(say(NOTHING if found.percent is None else _range(found.error_percent))),
            Cell(say(_words(found))),
        )
    )


def _range(bounds: tuple[float, float] | None) -> str:
    return NOTHING if bounds is None else f"{signed(bounds[0])} to {signed(bounds[1])}"


def _words(found: Asymmetry) -> str:
    if found.interval_percent is None:
        return f"{verdict_words(found)}.".capitalize()
    low, high = found.interval_percent
    seen = "No detectable difference"
    if low > 0 or high < 0:
        seen = f"{direction(found)} on the left".capitalize()
    return f"{seen}: {verdict_words(found)}."


SECTION = Section(title="Stiffness against the other side", write=write)
