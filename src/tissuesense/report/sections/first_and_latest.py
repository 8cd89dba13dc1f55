"""Hand beside sensor, first and latest, with the change and the error of measuring: one table."""

from collections.abc import Iterator

from tissuesense.core.site import BodySite
from tissuesense.report.change_words import judge
from tissuesense.report.course_view import CourseView, Felt
from tissuesense.report.course_words import ends_words
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Number,
    Paragraph,
    Row,
    Run,
    Table,
    Voice,
    Words,
    say,
)
from tissuesense.report.quantities import NOTHING, bare, number
from tissuesense.report.registry import Section
from tissuesense.report.series import Point, Series
from tissuesense.report.words import hand_words, site_and_side

_COLUMNS = (
    Column(title="Site and quantity", share=2.2),
    Column(title="By hand, first and latest", voice=Voice.HAND, share=2.6),
    Column(title="First", voice=Voice.SENSOR, numeric=True, share=1.2),
    Column(title="Latest", voice=Voice.SENSOR, numeric=True, share=1.2),
    Column(title="Change", numeric=True, share=0.75),
    Column(title="Minimal de-\ntectable change", numeric=True, share=1.75),
    Column(title="In words", share=1.9),
)
_NOTE = (
    "Before treatment; what was examined at one visit only, or by hand only, is in the appendix. "
    "± is one standard uncertainty. Minimal detectable change: 95 % of unchanged persons stay "
    "within it; a change is told as one only where the latest value and the level by all visits "
    "are both larger. Grades by hand are not judged. What brought a change about cannot be told."
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each quantity measured at two visits or more."""
    felt = {felt.site: felt for felt in view.felt()}
    measured: dict[BodySite, list[Series]] = {}
    for one in (*view.of_interest, *view.of_control):
        if len(one.points) > 1:
            measured.setdefault(one.site, []).append(one)
    rows = tuple(
        row
        for site, series in measured.items()
        for row in _rows(series, _by_hand(felt.get(site)), control=site.name in view.controls)
    )
    if not rows:
        told = "Nothing was measured at two visits; the appendix has what there is."
        return (Paragraph(say(told)),)
    return (Table(columns=_COLUMNS, rows=rows, note=say(f"{_NOTE} {ends_words(view)}")),)


def _rows(series: list[Series], hand: str, *, control: bool) -> Iterator[Row]:
    """Yield a row for each quantity of a site, its hand told once beside them."""
    for index, one in enumerate(series):
        by_hand = () if index else (Cell(say(hand), rows=len(series)),)
        yield Row((_place(one, control=control), *by_hand, *_cells(one)), opens=not index)


def _place(series: Series, *, control: bool) -> Cell:
    site = site_and_side(series.site) + (" (control site)" if control else "")
    return Cell(say(site, Run(f"\n{series.measure.heading}", Voice.MUTED)), heads=True)


def _cells(series: Series) -> tuple[Cell, ...]:
    found, unit = judge(series), series.measure.unit
    return (
        Cell(_value(series.points[0], unit)),
        Cell(_value(series.points[-1], unit)),
        Cell(say(Number(value=found.percent))),
        Cell(say(Number(value=found.error))),
        Cell(say(f"{found.words}.")),
    )


def _by_hand(felt: Felt | None) -> str:
    if felt is None:
        return NOTHING
    first, latest = (hand_words(manual) for _, manual in (felt.found[0], felt.found[-1]))
    return first if first == latest else f"{first};\nthen {latest}"


def _value(point: Point, unit: str) -> Words:
    if point.value is None:
        return say("no value")
    if point.at_least:
        return say(f"at least {number(point.value, unit)}")
    return say(bare(point.value, point.u, unit))


SECTION = Section(title="Hand beside sensor, first and latest", write=write)
