"""Every section of the report has something true to say of an empty, a partial and a full visit."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from tests.unit.report.practice import VISITS, full_visit

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
        "limits",
    }
    assert "Nothing was examined" in text("in_short", "empty")


def test_one_figure_for_each_recording() -> None:
    assert [len(written(name, "full")) for name in ("ramps", "press_and_hold")] == [6, 6]


def test_a_rejected_press_is_counted_and_named_with_its_reason() -> None:
    quality = text("quality", "full")

    assert "2 of 4" in quality
    assert "Presses 1, 3 not used: " in quality
    assert "the tip slipped" in quality


def test_a_tender_and_firm_side_is_told_as_lower_threshold_and_higher_stiffness() -> None:
    short = text("in_short", "full").splitlines()[0]

    assert re.search(r"left pain threshold, \d+ ± \d+ kPa, is \d+ % lower than the right", short)
    assert re.search(r"left is \d+ % stiffer than the right \(95 % interval", short)
    assert short.count("more than usual measurement error") == 2


def test_equal_sides_are_told_as_within_error() -> None:
    tibialis = text("in_short", "full").splitlines()[2]

    assert tibialis.startswith("Tibialis anterior.")
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
