"""The reports of a course as files: archivable, tagged, the same every time, and one HTML file."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from tests.unit.report.course import COURSES, ON
from tests.unit.report.test_report_html import Outline
from tests.unit.report.test_report_pdf import margins_are_empty, pages

from tissuesense.record.entry import Entry
from tissuesense.report.course_report import client_document, course_document
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Document, text_of
from tissuesense.report.html import render_html
from tissuesense.report.paper import Paper
from tissuesense.report.pdf import render_pdf

KINDS: dict[str, Callable[[CourseView], Document]] = {
    "course": course_document,
    "client": client_document,
}
EVERY = [(kind, course) for kind in KINDS for course in COURSES]


def document(kind: str, course: str) -> Document:
    return KINDS[kind](COURSES[course]())


@pytest.mark.parametrize(("kind", "course"), EVERY)
def test_the_pdf_is_tagged_dated_and_within_its_margins(kind: str, course: str) -> None:
    printed = render_pdf(document(kind, course))
    reader = pypdf.PdfReader(io.BytesIO(printed))
    root = reader.trailer["/Root"]
    assert isinstance(root, pypdf.generic.DictionaryObject)

    assert str(root["/Lang"]) == "en"
    assert {"/MarkInfo", "/StructTreeRoot", "/Metadata"} <= root.keys()
    marks, stream = (root[name].get_object() for name in ("/MarkInfo", "/Metadata"))
    assert isinstance(marks, pypdf.generic.DictionaryObject)
    assert str(marks["/Marked"]) == "True"
    assert isinstance(stream, pypdf.generic.StreamObject)
    metadata = stream.get_data().decode()
    assert re.search(r"pdfaid:part[^\d]*2", metadata)
    assert re.search(r"pdfaid:conformance[^\w]*A", metadata)
    assert re.search(r"pdfuaid:part[^\d]*1", metadata)
    assert reader.metadata is not None
    assert reader.metadata.creation_date is not None
    assert reader.metadata.creation_date.date() == ON
    assert margins_are_empty(printed)


@pytest.mark.parametrize(("kind", "course"), EVERY)
def test_the_same_record_gives_the_same_bytes(kind: str, course: str) -> None:
    assert render_pdf(document(kind, course)) == render_pdf(document(kind, course))
    assert render_html(document(kind, course)) == render_html(document(kind, course))


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_paper_has_the_asked_size(paper: Paper, size: tuple[int, int]) -> None:
    printed = render_pdf(document("course", "full"), paper=paper)

    page = pypdf.PdfReader(io.BytesIO(printed)).pages[0]
    assert (page.mediabox.width, page.mediabox.height) == pytest.approx(size, abs=1)
    assert margins_are_empty(printed)


def test_every_page_bears_data_and_head_of_the_record() -> None:
    told = document("course", "full")

    for text in pages(render_pdf(told)):
        assert f"data {told.fingerprint[:16]}, record {told.head[:16]}" in text


@pytest.mark.parametrize(("kind", "course"), EVERY)
def test_the_page_is_one_file_whose_pictures_have_texts(kind: str, course: str) -> None:
    html = render_html(document(kind, course))
    outline = Outline(html)

    assert not outline.all("script")
    assert not re.search(r'(src|href)="(?!#)', html)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    told = [figure.alt for figure in document(kind, course).figures()]
    assert [picture.get("aria-label") for picture in outline.all("svg")] == told


def test_the_titles_of_the_figures_stand_in_the_printed_page() -> None:
    text = " ".join(pages(render_pdf(document("course", "full"))))

    for figure in document("course", "full").figures():
        assert text_of(figure.title) in text


def test_a_printed_page_of_a_browser_has_the_asked_size() -> None:
    told = document("course", "full")

    assert "size: A4;" in render_html(told)
    assert "size: letter;" in render_html(told, paper="letter")


@pytest.mark.parametrize("word", ["temple ", "x" * 150, "gelenkbeweglichkeit" * 9])
@pytest.mark.parametrize("kind", KINDS)
def test_long_texts_and_long_words_stay_on_the_page(kind: str, word: str) -> None:
    long = word * 12
    told = {
        "referral": {"prescriber": long, "payer_note": long},
        "complaint": {"region": long},
        "goal": {"text": long},
        "note": {"plan": long},
        "dose": {"note": long},
        "palpation": {"note": long},
    }
    view = COURSES["full"]()
    visits = tuple(
        replace(
            visit,
            visit=replace(visit.visit, practitioner=long),
            entries=tuple(rewritten(entry, told.get(entry.kind, {})) for entry in visit.entries),
        )
        for visit in view.record.visits
    )
    entries = tuple(rewritten(entry, told.get(entry.kind, {})) for entry in view.record.entries)
    record = replace(view.record, visits=visits, entries=entries)

    assert margins_are_empty(render_pdf(KINDS[kind](replace(view, record=record))))


def rewritten(entry: Entry[Any], changes: Mapping[str, str]) -> Entry[Any]:
    return replace(entry, statement=replace(entry.statement, **changes)) if changes else entry
