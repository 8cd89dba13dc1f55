"""Every section of the report has something true to say of an empty, a partial and a full visit."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache

import pytest
from tests.unit.report.practice import (
    VISIT,
    VISITS,
    felt,
    full_visit,
    measured,
    noted,
    simulated_spec,
    view_of,
)

from tissuesense.core.calibration import Calibration
from tissuesense.core.dates import day
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import ReactionLatency, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.history import VisitRecord
from tissuesense.report.document import (
    Block,
    Facts,
    Figure,
    Listing,
    Number,
    Paragraph,
    Run,
    Table,
    Words,
    text_of,
)
from tissuesense.report.registry import SECTIONS
from tissuesense.report.visit_report import visit_document

INDENTATION = RecordingKind.INDENTATION
NEVER_SAID = re.compile(
    r"\b(ab)?normal|patholog|diagnos(is|ed|tic)|improved|\brisk\b|!", re.IGNORECASE
)


def said(block: Block) -> Iterator[Words]:
    match block:
        case Paragraph(words):
            yield words
        case Listing(items):
            yield from items
        case Facts(rows):
            yield from (words for _, words in rows)
        case Table():
            yield from (cell.words for row in block.rows for cell in row.cells)
            yield block.note
        case Figure():
            yield block.title
            yield block.caption


@cache
def written(name: str, visit: str) -> tuple[Block, ...]:
    return SECTIONS[name].write(VISITS[visit]())


def text(name: str, visit: str) -> str:
    return "\n".join(text_of(words) for block in written(name, visit) for words in said(block))


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_renders_whatever_the_visit_holds(name: str, visit: str) -> None:
    for block in written(name, visit):
        assert all(isinstance(piece, Run | Number) for words in said(block) for piece in words)


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_has_something_to_say_of_a_full_visit(name: str) -> None:
    assert text(name, "full").strip()


@pytest.mark.parametrize("visit", VISITS)
@pytest.mark.parametrize("name", SECTIONS)
def test_no_section_says_more_than_was_measured(name: str, visit: str) -> None:
    assert not NEVER_SAID.search(text(name, visit))


@pytest.mark.parametrize("visit", VISITS)
def test_every_figure_has_a_text_with_its_numbers(visit: str) -> None:
    figures = [b for name in SECTIONS for b in written(name, visit) if isinstance(b, Figure)]

    assert all(re.search(r"\d", figure.alt) for figure in figures)
    assert bool(figures) is (visit != "empty")


@pytest.mark.parametrize("visit", VISITS)
def test_every_row_of_a_table_fills_its_columns(visit: str) -> None:
    for name in SECTIONS:
        for block in written(name, visit):
            if isinstance(block, Table):
                assert len(list(block.placed())) == len(block.rows)


def test_an_empty_visit_says_so_and_still_states_the_limits() -> None:
    document = visit_document(VISITS["empty"]())

    assert {part.name for part in document.parts} == {
        "client_and_visit",
        "in_short",
        "hands_and_sensor",
        "signed",
        "limits",
    }
    assert "Nothing was examined" in text("in_short", "empty")


def test_one_figure_for_each_recording() -> None:
    assert [len(written(name, "full")) for name in ("ramps", "press_and_hold")] == [6, 6]


def test_a_rejected_press_is_counted_and_named_with_its_reason() -> None:
    quality = text("quality", "full")

    assert "2 of 4" in quality
    assert "presses 1, 3 not used: " in quality.lower()
    assert "the tip slipped" in quality


def test_a_tender_and_firm_side_is_told_as_lower_threshold_and_higher_stiffness() -> None:
    short = text("in_short", "full").splitlines()[0]

    assert re.search(r"left pain threshold, \d+ ± \d+ kPa, is \d+ % lower than the right", short)
    assert re.search(r"left is \d+ % stiffer than the right \(95 % interval", short)
    assert short.count("more than usual measurement error") == 2


def test_equal_sides_are_told_as_within_error() -> None:
    tibialis = text("in_short", "full").splitlines()[2]

    assert tibialis.startswith("Tibialis anterior, before treatment.")
    assert tibialis.count("within usual measurement error") == 2


def test_a_side_that_was_not_measured_is_named() -> None:
    assert "The right side was not measured." in text("in_short", "partial")


def test_a_recording_without_a_value_is_told_as_such() -> None:
    assert "no value, see quality" in text("in_short", "partial")
    assert "no value" in text("hands_and_sensor", "partial")
    assert "too few usable presses" in text("quality", "partial").lower()


def test_a_note_of_the_hand_is_printed() -> None:
    assert "Taut band two fingers above" in text("hands_and_sensor", "full")


def test_provenance_names_method_version_raw_data_and_the_missing_calibration() -> None:
    method = text("method", "full")
    hashes = {m.measurement.trace_sha256[:16] for m in full_visit().record.measurements}

    assert "pain_threshold@" in method
    assert "indentation@" in method
    assert "the maker's own, not checked here" in method
    assert all(found in method for found in hashes)


def test_before_and_after_treatment_stand_in_tables_of_their_own() -> None:
    tables = [b for b in written("hands_and_sensor", "treated") if isinstance(b, Table)]

    assert [table.caption for table in tables] == ["Before treatment", "After treatment"]
    assert "before treatment" in text("ramps", "treated")


def test_the_partial_visit_draws_only_what_was_measured() -> None:
    for name in ("press_and_hold", "stiffness", "side_by_side"):
        assert written(name, "partial") == ()


def test_a_gauge_without_depth_shows_the_hold_alone_and_says_so() -> None:
    record = measured(simulated_spec("trapezius_upper", Side.LEFT, INDENTATION), minute=1)
    trace = replace(record.measurement.trace, displacement_mm=None)
    bare = replace(record, measurement=replace(record.measurement, trace=trace))

    (figure,) = SECTIONS["press_and_hold"].write(
        view_of(VisitRecord(visit=VISIT, measurements=(bare,)))
    )

    assert isinstance(figure, Figure)
    assert "Force over depth" not in figure.svg
    assert "depth was not recorded" in text_of(figure.caption)


def test_missing_readings_and_a_calibration_are_told() -> None:
    record = measured(simulated_spec("trapezius_upper", Side.LEFT, RecordingKind.PPT), minute=1)
    checked = Calibration(identifier="C-7", instrument="any", performed_on=date(2025, 12, 1))
    latency = ReactionLatency(mean_s=0.25, sd_s=0.05)
    context = replace(record.measurement.context, calibration=checked, latency=latency)
    quality = QualitySummary(gaps=((1.0, 2.0), (3.0, 4.0)))
    measurement = replace(record.measurement, context=context, quality=quality)
    visit = VisitRecord(visit=VISIT, measurements=(replace(record, measurement=measurement),))

    printed = "\n".join(
        text_of(words)
        for name in ("quality", "method")
        for block in SECTIONS[name].write(view_of(visit))
        for words in said(block)
    )

    assert "2 gaps in the readings" in printed
    assert "C-7, of 1 December 2025" in printed
    assert "0.25 ± 0.05 s" in printed


def test_day_and_hour_are_those_of_the_practice_and_not_of_greenwich() -> None:
    opened = datetime(2026, 1, 6, 1, 30, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    view = view_of(VisitRecord(visit=replace(VISIT, opened_at=opened)))

    (facts,) = SECTIONS["client_and_visit"].write(view)

    assert "6 January 2026, 01:30 UTC+05:45" in "\n".join(text_of(words) for words in said(facts))
    assert day(visit_document(view).dated) == "6 January 2026"


def test_the_other_side_of_the_midline_is_not_missed() -> None:
    felt_there = replace(felt("trapezius_upper", Side.LEFT), site=BodySite("sacrum", Side.MIDLINE))
    visit = view_of(VisitRecord(visit=VISIT, entries=noted(felt_there)))

    (table, *_) = SECTIONS["hands_and_sensor"].write(visit)

    assert "No other side." in [text_of(words) for words in said(table)]


def test_what_changed_in_the_visit_is_told_with_its_error_and_without_a_cause() -> None:
    changed = text("in_short", "full").splitlines()[-1]

    assert changed.startswith("Trapezius upper, left. Tap stiffness was measured ")
    assert re.search(r"\d+ % lower after than before \(95 % interval", changed)
    assert "cannot be told from this" in changed


def test_what_did_not_change_beyond_error_is_told_in_the_table_alone() -> None:
    assert "within measurement error." in text("before_and_after", "treated")
    assert "after than before" not in text("in_short", "treated")


def test_every_application_of_a_treatment_has_its_row_and_its_recording_a_picture() -> None:
    table, figure = written("treatment", "full")

    assert isinstance(table, Table)
    assert isinstance(figure, Figure)
    assert len(table.rows) == 1
    assert "pain threshold here" in figure.svg
