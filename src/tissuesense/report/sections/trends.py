"""The measured sites over the visits: a figure each, and a table of the same numbers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from tissuesense.core.dates import day
from tissuesense.record.schedule import PhaseCount
from tissuesense.record.visit import ManualFinding, VisitId
from tissuesense.report.change_words import judge
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    Paragraph,
    Row,
    Run,
    Table,
    Voice,
    Words,
    say,
)
from tissuesense.report.figures.trend import Stretch, Trend, TrendPoint, trend_figure
from tissuesense.report.measures import PAIN_THRESHOLD, STIFFNESS
from tissuesense.report.quantities import NOTHING, bare, interval, measured, number
from tissuesense.report.registry import Section
from tissuesense.report.series import Point, Series
from tissuesense.report.words import rhythm, short_day, site_and_side, site_words

_Z95 = 1.96
_DAY = timedelta(days=1)
_FEWEST = 3  # of two, the table of changes says it all
_COLUMNS = 6
_HOW_TO_READ = (
    "How to read the figures. Filled circle: measured, with a bar of 1.96 standard uncertainties "
    "either way; hollow circle: within the band, which is what measuring alone would give about "
    "the first value. Open diamond: grade by hand, on its scale below. Open triangle: this site "
    "was treated. Small strokes on the axis: visits. Shaded in turns, with dashed borders: the "
    "phases of the plan."
)
_GRADED = {
    PAIN_THRESHOLD.session: ("tenderness", "tender", 0, 3),
    STIFFNESS.session: ("tone", "tone", -2, 2),
}


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a figure for each series of three visits or more, and all numbers in tables."""
    drawn = [s for s in (*view.of_interest, *view.of_control) if len(s.valued) >= _FEWEST]
    if not drawn:
        return ()
    figures = tuple(_figure(series, view) for series in drawn)
    return (*figures, Paragraph(say(Run(_HOW_TO_READ, Voice.MUTED))), *_tables(view, drawn))


def _figure(series: Series, view: CourseView) -> Figure:
    found = judge(series)
    place = f"{site_and_side(series.site)}, {series.measure.title.lower()}"
    control = " (control site)" if series.site.name in view.controls else ""
    alt = f"{place}{control}, over {len(series.valued)} visits: {_in_words(series)}. {found.words}."
    return Figure(
        svg=trend_figure(trend_of(series, view), alt=alt),
        alt=alt,
        title=say(f"{place}{control}: {found.words}"),
        half=True,
    )


def _in_words(series: Series) -> str:
    unit = series.measure.unit
    told = [
        f"{day(p.when)} {'at least ' if p.at_least else ''}{measured(p.value_or_0, p.u, unit)}"
        for p in series.valued
    ]
    band = series.error_band()
    error = "" if band is None else f"; band of measurement error {interval(*band, unit)} {unit}"
    return "; ".join(told) + error


def trend_of(series: Series, view: CourseView) -> Trend:
    """Return what the figure of a series shows: values, band, grades, treatments and phases."""
    first = view.care[0].visit.opened_at
    scale, short, lowest, highest = _GRADED.get(series.measure.session, ("", "", 0, 3))
    treated = [v for v in view.care if any(d.site == series.site for d in v.statements("dose"))]
    return Trend(
        unit=series.measure.unit,
        points=tuple(_point(point, series, first) for point in series.valued),
        band=series.error_band(),
        grades=_grades(series, view, scale, first) if scale else (),
        scale=short,
        lowest=lowest,
        highest=highest,
        treated=tuple(_days(v.visit.opened_at, first) for v in treated),
        visits=tuple(_days(v.visit.opened_at, first) for v in view.care),
        phases=tuple(_stretch(p, view, first.date()) for p in _phases(view)),
        begins=day(first),
    )


def _point(point: Point, series: Series, first: datetime) -> TrendPoint:
    return TrendPoint(
        day=_days(point.when, first),
        value=point.value_or_0,
        bar=None if point.u is None else _Z95 * point.u,
        hollow=series.within_error(point),
    )


def _grades(
    series: Series, view: CourseView, scale: str, first: datetime
) -> tuple[tuple[float, int], ...]:
    return tuple(
        (_days(visit.visit.opened_at, first), grade)
        for felt in view.felt()
        if felt.site == series.site
        for visit, manual in felt.found
        if (grade := getattr(manual, scale)) is not None
    )


def _phases(view: CourseView) -> tuple[PhaseCount, ...]:
    return () if view.standing is None else view.standing.phases


def _stretch(count: PhaseCount, view: CourseView, first: date) -> Stretch:
    end = (count.ends_on or max(view.on, count.starts_on)) + _DAY
    return Stretch(
        start=(count.starts_on - first) / _DAY,
        end=(end - first) / _DAY,
        words=rhythm(count.phase),
        number=count.number,
    )


def _days(moment: datetime, first: datetime) -> float:
    return (moment - first) / _DAY


def _tables(view: CourseView, drawn: list[Series]) -> tuple[Table, ...]:
    """Return the numbers of the figures, some columns at a time."""
    return tuple(
        _table(view, drawn[start : start + _COLUMNS]) for start in range(0, len(drawn), _COLUMNS)
    )


def _table(view: CourseView, series: list[Series]) -> Table:
    felt = {f.site: {v.visit.id: m for v, m in f.found} for f in view.felt()}
    rows = []
    for visit in view.care:
        cells = [_cell(one, visit.visit.id, felt.get(one.site, {})) for one in series]
        if any(cells):
            words = [Cell(cell or say(NOTHING)) for cell in cells]
            rows.append(Row((Cell(say(short_day(visit.visit.opened_at)), heads=True), *words)))
    return Table(
        caption="The same numbers: measured ± standard uncertainty, and the grade by hand",
        columns=(
            Column(title="Visit", share=1.4),
            *(
                Column(
                    title=f"{site_words(s.site.name)}\n{s.site.side}, {s.measure.title.lower()}",
                    unit=s.measure.unit,
                    voice=Voice.SENSOR,
                    numeric=True,
                )
                for s in series
            ),
        ),
        rows=tuple(rows),
    )


def _cell(series: Series, visit: VisitId, felt: Mapping[VisitId, ManualFinding]) -> Words:
    point = next((p for p in series.points if p.visit.id == visit), None)
    scale = _GRADED.get(series.measure.session, ("", "", 0, 3))[0]
    manual = felt.get(visit)
    grade = getattr(manual, scale) if manual is not None and scale else None
    by_hand = () if grade is None else say("  ", Run(str(grade), Voice.HAND))
    if point is None:
        return ()
    if point.value is None:
        return say("no value", *by_hand)
    if point.at_least:
        return say(f"at least {number(point.value, series.measure.unit)}", *by_hand)
    return say(bare(point.value, point.u, series.measure.unit), *by_hand)


SECTION = Section(title="Over the visits", write=write, appendix=True)
