"""Imported numbers are on the page, said to be without samples, and move no verdict."""

from dataclasses import replace
from typing import Any

from tests.unit.report.course import COURSES, full_course, imported, opened, viewed, visit, written
from tests.unit.report.practice import entry, full_visit
from tests.unit.report.said import text

from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.notes import MeasurementVoid
from tissuesense.report.course_report import course_document
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Run, Table, Voice
from tissuesense.report.registry import COURSE_SECTIONS, SECTIONS
from tissuesense.report.series import series_of
from tissuesense.report.visit_report import visit_document


def without_imported(view: CourseView) -> CourseView:
    visits = tuple(
        replace(v, entries=tuple(e for e in v.entries if e.kind != "historic"))
        for v in view.record.visits
    )
    return replace(view, record=replace(view.record, visits=visits))


def struck_out(*, of: str = "E-1") -> CourseView:
    """Return a course whose imported numbers do not count."""
    void = MeasurementVoid(measurement=of, why="another person's")
    entries = (
        written("historic", imported(), 1, opened(0), id="E-1"),
        written("void", void, 2, opened(0)),
    )
    record = VisitRecord(visit=visit(0), entries=entries)
    client = full_course().record.client
    return viewed(ClientRecord(client=client, visits=(record,)))


def test_the_course_shows_every_value_under_the_instruments_own_name() -> None:
    told = text(*COURSE_SECTIONS["imported_over_visits"].write(full_course()))

    for word in ("myotonpro stiffness", "2531 N/m", "2512 to 2550", "98765 N", "MyotonPRO 17"):
        assert word in told
    assert "raw_absent" in told
    assert "5\N{NO-BREAK SPACE}Jan\N{NO-BREAK SPACE}2026" in told
    assert "09:00" not in told  # only the day is known


def test_no_other_section_and_no_verdict_knows_of_them() -> None:
    with_them, without = full_course(), without_imported(full_course())

    assert len(without.record.visits[0].entries) < len(with_them.record.visits[0].entries)
    assert series_of(with_them.care) == series_of(without.care) == with_them.series
    parts = {part.name: part for part in course_document(with_them).parts}
    del parts["imported_over_visits"]
    assert parts == {part.name: part for part in course_document(without).parts}


def test_what_was_struck_out_is_counted_in_the_course_and_struck_through_in_the_visit() -> None:
    told = text(*COURSE_SECTIONS["imported_over_visits"].write(struck_out()))
    assert "1 imported measurement struck out" in told
    assert "2531" not in told

    void = entry("void", MeasurementVoid(measurement="E-historic-99", why="wrong side"), 100)
    view = full_visit()
    record = replace(view.record, entries=(*view.record.entries, void))
    (table,) = SECTIONS["imported"].write(replace(view, record=record))
    assert "struck out: wrong side" in text(table)
    assert "21.5 N" in struck(table)


def test_a_visit_without_imported_numbers_says_nothing_of_them() -> None:
    parts = [part.name for part in course_document(COURSES["empty"]()).parts]
    assert "imported_over_visits" not in parts
    assert "imported" in [part.name for part in visit_document(full_visit()).parts]


def struck(table: Any) -> list[str]:  # noqa: ANN401 - a block of any kind
    assert isinstance(table, Table)
    runs = (run for row in table.rows for cell in row.cells for run in cell.words)
    return [run.text for run in runs if isinstance(run, Run) and run.voice is Voice.STRUCK]
