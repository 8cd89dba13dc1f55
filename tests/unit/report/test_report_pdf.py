"""The PDF holds the same words as the document, on pages whose margins stay empty."""

import io
import sys
from dataclasses import replace
from datetime import timedelta, timezone
from functools import cache

import numpy as np
import pypdf
import pypdfium2
import pytest
from tests.unit.report.practice import (
    VISIT,
    VISITS,
    document,
    felt,
    measured,
    noted,
    simulated_spec,
    view_of,
)

from tissuesense.core.errors import MissingExtraError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.record.history import VisitRecord
from tissuesense.report.document import Figure, text_of
from tissuesense.report.pdf import render_pdf
from tissuesense.report.visit_report import visit_document

A4_POINTS = (595.3, 841.9)
MARGIN_MM = 20.0


@cache
def printed(visit: str) -> bytes:
    return render_pdf(document(visit))


def pages(pdf: bytes) -> list[str]:
    return [
        " ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages
    ]


def margins_are_empty(pdf: bytes) -> bool:
    """Return whether nothing is printed left or right of the text column, on any page."""
    opened = pypdfium2.PdfDocument(pdf)
    try:
        for page in opened:
            grey = np.asarray(page.render(scale=1, grayscale=True).to_numpy())
            edge = int(grey.shape[1] * (MARGIN_MM - 1) / 210)
            if grey[:, :edge].min() < 255 or grey[:, -edge:].min() < 255:
                return False
    finally:
        opened.close()
    return True


@pytest.mark.parametrize("visit", VISITS)
def test_pages_are_a4_and_nothing_runs_into_the_margins(visit: str) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(visit)))

    for page in reader.pages:
        assert (page.mediabox.width, page.mediabox.height) == pytest.approx(A4_POINTS, abs=0.5)
    assert margins_are_empty(printed(visit))


@pytest.mark.parametrize("word", ["temple ", "x" * 150, "gelenkbeweglichkeit" * 9, "/a-b_c" * 40])
def test_long_texts_and_long_words_stay_on_the_page(word: str) -> None:
    long = word * 20
    visit = replace(VISIT, reason=long, practitioner=long)
    notes = tuple(felt("levator_scapulae", side, note=long) for side in (Side.LEFT, Side.RIGHT))
    sensor = measured(simulated_spec("levator_scapulae", Side.LEFT, RecordingKind.PPT), minute=1)
    context = replace(sensor.measurement.context, instrument=word, stop_mode=word)
    sensor = replace(sensor, measurement=replace(sensor.measurement, context=context))
    record = VisitRecord(visit=visit, entries=noted(*notes), measurements=(sensor,))

    assert margins_are_empty(render_pdf(visit_document(view_of(record))))


@pytest.mark.parametrize("odd", ["\0", "\x1b", "\ue000", "\uffff"], ids=ascii)
def test_what_no_font_can_show_is_replaced_and_keeps_no_page_from_being_printed(odd: str) -> None:
    note = felt("trapezius_upper", Side.LEFT, note=f"taut{odd}band\r\nsecond\tline")
    record = VisitRecord(visit=VISIT, entries=noted(note))

    text = " ".join(pages(render_pdf(visit_document(view_of(record)))))

    assert "taut\N{REPLACEMENT CHARACTER}band" in text
    assert text.count("\N{REPLACEMENT CHARACTER}") == 1


def test_the_numbers_of_the_document_can_be_found_in_the_text() -> None:
    text = " ".join(pages(printed("full")))

    for part in document("full").parts:
        assert part.title in text
        for block in part.blocks:
            if isinstance(block, Figure):
                assert text_of(block.title) in text


def test_letters_of_a_figure_are_text() -> None:
    text = " ".join(pages(printed("full")))

    panels = sum(len(r.presses()) for r in VISITS["full"]().readings(RecordingKind.PPT))
    assert text.count("Time from onset (s)") == panels
    assert "Pressure (kPa)" in text


@pytest.mark.parametrize("visit", VISITS)
def test_every_page_says_whose_it_is_and_which_of_how_many(visit: str) -> None:
    told = pages(printed(visit))

    for index, text in enumerate(told, start=1):
        assert f"Page {index} of {len(told)}" in text
        assert f"{VISIT.client}, 5 January 2026" in text
        assert document(visit).fingerprint[:16] in text


def test_the_same_record_gives_the_same_bytes() -> None:
    assert render_pdf(visit_document(VISITS["full"]())) == printed("full")


def test_another_record_gives_other_bytes() -> None:
    other = replace(document("empty"), title="Another title")

    assert render_pdf(other) != printed("empty")


def test_the_file_is_dated_by_the_visit_and_can_be_read_aloud() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed("full")))
    root = reader.trailer["/Root"]

    assert reader.metadata is not None
    assert reader.metadata.creation_date == VISIT.opened_at
    assert VISIT.client in (reader.metadata.title or "")
    assert isinstance(root, pypdf.generic.DictionaryObject)
    assert str(root["/Lang"]) == "en"
    assert {"/MarkInfo", "/StructTreeRoot"} <= root.keys()


def test_the_date_of_the_file_is_the_moment_in_every_zone() -> None:
    opened = VISIT.opened_at.astimezone(timezone(timedelta(hours=-11)))
    local = render_pdf(replace(document("empty"), dated=opened))

    metadata = pypdf.PdfReader(io.BytesIO(local)).metadata
    assert metadata is not None
    assert metadata.creation_date == VISIT.opened_at
    assert "4 January 2026" in (metadata.title or "")


def test_without_typst_the_missing_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(MissingExtraError) as refused:
        render_pdf(document("empty"))

    assert refused.value.extra == "pdf"
    assert "tissuesense[pdf]" in refused.value.hint
