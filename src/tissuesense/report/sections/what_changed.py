"""What changed over the course, with the minimal detectable change beside it."""

from tissuesense.report.change_words import judge
from tissuesense.report.course_view import CourseView
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
from tissuesense.report.quantities import printed
from tissuesense.report.registry import Section
from tissuesense.report.series import Series
from tissuesense.report.words import site_and_side

_COLUMNS = (
    Column(title="Site", share=1.65),
    Column(title="Measured", share=1.75),
    Column(title="Latest\nless first", voice=Voice.SENSOR, numeric=True, share=1.0),
    Column(title="In\npercent", voice=Voice.SENSOR, numeric=True, share=0.85),
    Column(title="By all visits\n(95 % interval)", numeric=True, share=1.55),
    Column(title="Minimal de-\ntectable change", numeric=True, share=1.25),
    Column(title="In words", share=1.75),
)
_NOTE = (
    "Minimal detectable change: 95 % of unchanged persons stay within it between two such visits. "
    "A change is told as one only where the level by all visits together and the latest value "
    "itself are both larger. What brought a change about cannot be told from this."
)
_CONTROL = "Control site, far from the complaints: tells local from widespread sensitivity"


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the sentences of changes that are more than error, and every change with its error."""
    if not view.series:
        return ()
    told = tuple(_sentence(one) for one in view.of_interest if judge(one).is_claimed)
    none = Paragraph(
        say("Of no change over the course can it be told that it is larger than measurement error.")
    )
    head: Block = Listing(told) if told else none
    several = [one for one in view.series if len(one.points) > 1]
    if not several:
        return (Paragraph(say("Every site was measured at one visit only.")),)
    rows = tuple(_row(one) for one in view.of_interest if len(one.points) > 1)
    control = tuple(_row(one) for one in view.of_control if len(one.points) > 1)
    note = say(_NOTE)
    tables = (
        Table(columns=_COLUMNS, rows=rows, note=() if control else note),
        Table(columns=_COLUMNS, rows=control, caption=_CONTROL, note=note),
    )
    return (head, *(table for table in tables if table.rows))


def _sentence(series: Series) -> Words:
    site = Run(f"{site_and_side(series.site)}, {series.measure.title.lower()}.", Voice.STRONG)
    said = "" if series.found is None else printed(series.found.sentence)
    return say(site, f" {said}")


def _row(series: Series) -> Row:
    found = judge(series)
    texts = (found.difference, found.percent, found.level, found.error, f"{found.words}.")
    return Row(
        (
            Cell(say(site_and_side(series.site)), heads=True),
            Cell(say(series.measure.heading)),
            *(Cell(_unbroken(text)) for text in texts[:-1]),
            Cell(say(texts[-1])),
        )
    )


def _unbroken(text: str) -> Words:
    """Return a number with its interval, which may stand on a line of its own."""
    number, bracket, interval = text.partition(" (")
    return say(Number(value=number), *((" ", Number(value=f"({interval}")) if bracket else ()))


SECTION = Section(title="What changed", write=write, appendix=True)
