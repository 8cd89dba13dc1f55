"""The report of a course says what its record holds, and nothing that it does not."""

import re
from dataclasses import replace
from functools import cache

import pytest
from tests.unit.report.course import (
    COURSES,
    LEFT,
    RIGHT,
    full_course,
    of_thresholds,
    opened,
    partial_course,
    signed,
    threshold,
    visit,
)
from tests.unit.report.practice import VISITS
from tests.unit.report.said import NEVER_SAID, everything, text

from tissuesense.core.site import BodySite, Side
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.people import Identity
from tissuesense.record.visit import Block
from tissuesense.report.course_report import client_document, course_document
from tissuesense.report.document import Document, Table, text_of
from tissuesense.report.quantities import measured
from tissuesense.report.registry import CLIENT_SECTIONS, COURSE_SECTIONS
from tissuesense.report.visit_report import visit_document
from tissuesense.report.words import short_day


@cache
def document(course: str) -> Document:
    return course_document(COURSES[course]())


def part(name: str, course: str = "full") -> str:
    return text(*COURSE_SECTIONS[name].write(COURSES[course]()))


@pytest.mark.parametrize("name", COURSE_SECTIONS)
def test_every_section_has_something_to_say_of_a_full_course(name: str) -> None:
    assert part(name).strip()


@pytest.mark.parametrize("name", CLIENT_SECTIONS)
def test_every_section_of_the_clients_page_has_something_to_say(name: str) -> None:
    assert text(*CLIENT_SECTIONS[name].write(full_course())).strip()


@pytest.mark.parametrize("course", COURSES)
def test_no_report_says_more_than_was_measured(course: str) -> None:
    for printed in (document(course), client_document(COURSES[course]())):
        assert not NEVER_SAID.search(everything(printed))


@pytest.mark.parametrize("name", VISITS)
def test_no_report_of_a_visit_says_more_than_was_measured(name: str) -> None:
    assert not NEVER_SAID.search(everything(visit_document(VISITS[name]())))


@pytest.mark.parametrize("course", COURSES)
def test_every_row_of_a_table_fills_its_columns(course: str) -> None:
    for written in document(course).parts:
        for block in written.blocks:
            if isinstance(block, Table):
                assert len(list(block.placed())) == len(block.rows)


def test_an_empty_course_says_that_there_is_nothing() -> None:
    assert "none on record" in part("who_and_why", "empty")
    assert "No site was examined by hand" in part("hands_over_visits", "empty")
    assert "Nothing was measured" in part("sensor_over_visits", "empty")
    assert "No visit is on record" in part("sessions", "empty")
    assert "No care plan" in part("plan_and_visits", "empty")


def test_a_single_press_gives_no_value_and_no_change() -> None:
    assert "no value" in part("sensor_over_visits", "partial")
    assert "one visit only" in part("what_changed", "partial")


def test_the_referral_is_told_as_it_was_written() -> None:
    told = part("who_and_why")

    for words in ("Dr Example", "Tension-type headache", "twice a week", "on file"):
        assert words in told


def test_complaints_are_told_with_every_number_and_no_verdict() -> None:
    told = part("complaints")

    assert "6, 4, 2" in told
    assert "no change of it is judged" in told


def test_the_numbers_of_the_tables_are_those_of_the_record() -> None:
    told = part("trends")

    for record in full_course().care:
        for taken in record.counting:
            found = taken.finding("ppt_kpa", "session")
            assert found is not None
            assert found.value is not None
            value = measured(found.value, found.standard_uncertainty, "kPa")
            assert f"{value.value} {value.spread}" in told


def test_a_figure_for_each_site_that_was_measured_often_enough_with_its_numbers_in_words() -> None:
    figures = list(document("full").figures())

    assert len(figures) == 3
    for figure in figures:
        assert figure.half
        assert figure.alt.count(" kPa") >= 9
        assert "measurement error" in text_of(figure.title)


def test_two_visits_make_a_row_and_no_figure() -> None:
    view = of_thresholds([200.0, 300.0])

    assert COURSE_SECTIONS["trends"].write(view) == ()
    assert "Trapezius upper, left" in text(*COURSE_SECTIONS["what_changed"].write(view))


def test_the_control_site_stands_apart() -> None:
    tables = [
        b for b in COURSE_SECTIONS["what_changed"].write(full_course()) if isinstance(b, Table)
    ]

    assert "Tibialis anterior" not in text(tables[0])
    assert "Tibialis anterior" in text(tables[1])
    assert tables[1].caption.startswith("Control site")


def test_a_struck_out_measurement_is_counted_nowhere() -> None:
    assert "999" not in everything(document("full"))
    assert "1 measurement, counted nowhere" in part("course_method")


def test_a_relaxation_visit_is_listed_as_such_and_nothing_measured_in_it_is_told() -> None:
    told = everything(document("full"))

    assert "777" not in told
    assert "relaxation, no part of this care" in part("sessions")
    assert "9 visits" in part("sessions").splitlines()


def test_visits_planned_stand_beside_visits_kept() -> None:
    table = COURSE_SECTIONS["plan_and_visits"].write(full_course())[0]
    assert isinstance(table, Table)
    *phases, together = table.rows

    kept = [int(text_of(row.cells[4].words)) for row in phases]
    assert sum(kept) == 9
    assert text_of(together.cells[4].words) == "9"
    assert "9 of 12 ordered visits used" in part("plan_and_visits")


def test_every_session_is_itemised_and_the_minutes_add_up() -> None:
    told = part("sessions")

    for number in range(9):
        assert short_day(opened(number)) in told
    assert f"{9 * 40} min" in told
    assert "Practitioner of every session: M. Example" in everything(document("full"))


def test_doses_by_estimate_are_summed_by_site_and_technique() -> None:
    told = part("treatment_given").splitlines()

    assert told[:4] == [
        "Trapezius upper, left",
        "neuromuscular, sustained pressure",
        "9",
        "13.5 min",
    ]
    assert "moderate (9)" in told


def test_a_goal_stands_between_its_start_and_its_target() -> None:
    told = part("goals").splitlines()

    assert told[:4] == ["Bear more pressure", "180 kPa", "276 ± 5 kPa", "260 kPa"]


def test_a_signature_does_not_speak_for_what_was_written_after_it() -> None:
    told = part("signatures")

    assert "8 visits, each signature for all that stands in its visit" in told
    assert "not for 2 later entries" in told


def test_a_signature_of_other_content_is_told_as_such() -> None:
    view = replace(full_course(), signed={visit(0).id: (signed(intact=False),)})

    assert "given for other content" in text(*COURSE_SECTIONS["signatures"].write(view))
    assert "for other content" in text(*COURSE_SECTIONS["sessions"].write(view))


def test_an_amendment_is_told_with_both_texts_and_its_reason() -> None:
    told = part("amendments")

    assert "Come again next week." in told
    assert "Come again in five weeks." in told
    assert "Reason: The plan has changed." in told


def test_nobody_is_named_unless_the_identity_was_asked_for() -> None:
    named = replace(full_course(), identity=Identity(name="Jane Doe", member_number="X-1"))

    assert "Jane Doe" not in everything(document("full"))
    assert "Jane Doe" in everything(course_document(named))
    assert "Jane Doe" not in everything(client_document(named))


def test_the_head_of_the_record_is_printed_where_it_is_known() -> None:
    assert document("full").head == "f" * 64
    assert document("empty").head == ""


def test_the_fingerprint_changes_with_the_data_and_not_with_the_day() -> None:
    view = full_course()
    later = replace(view, on=view.on.replace(year=2027))
    other = replace(view, record=replace(view.record, entries=view.record.entries[1:]))

    assert later.fingerprint == view.fingerprint
    assert other.fingerprint != view.fingerprint


def test_the_same_day_of_report_dates_the_document() -> None:
    assert document("full").dated.date() == full_course().on


def test_a_value_measured_after_treatment_starts_no_course() -> None:
    after = threshold(0, 250.0)
    moved = replace(after, measurement=replace(after.measurement, block=Block.POST))
    record = VisitRecord(visit=visit(0), measurements=(moved,))

    told = COURSE_SECTIONS["sensor_over_visits"].write(
        replace(
            partial_course(),
            record=ClientRecord(client=partial_course().record.client, visits=(record,)),
            series=(),
        )
    )

    assert "Nothing was measured before treatment" in text(*told)


def test_long_names_and_notes_keep_every_word() -> None:
    name = "Dr " + "Longname-" * 20
    record = full_course().record
    entries = tuple(
        replace(e, statement=replace(e.statement, prescriber=name)) if e.kind == "referral" else e
        for e in record.entries
    )
    view = replace(full_course(), record=replace(record, entries=entries))

    assert name in everything(course_document(view))


def test_sides_are_told_by_words() -> None:
    told = part("what_changed")

    assert {LEFT, RIGHT} <= {BodySite("trapezius_upper", side) for side in Side}
    assert re.search(r"Trapezius upper, left", told)
    assert re.search(r"Trapezius upper, right", told)
