"""The client's page is one page of plain words, whatever the record holds."""

import io
import re
from dataclasses import replace
from functools import cache

import pypdf
import pytest
from tests.unit.report.course import COURSES, full_course, of_thresholds
from tests.unit.report.said import everything, text

from tissuesense.record.history import VisitRecord
from tissuesense.report.course_report import client_document
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Document, Figure
from tissuesense.report.html import render_html
from tissuesense.report.paper import Paper
from tissuesense.report.pdf import render_pdf
from tissuesense.report.registry import CLIENT_SECTIONS

JARGON = re.compile(
    r"threshold|detectable|uncertaint|interval|palpat|protocol|hypertoni|algomet|95 %|±|MDC",
    re.IGNORECASE,
)


@cache
def page(course: str) -> Document:
    return client_document(COURSES[course]())


def sheets(document: Document, paper: Paper = "a4") -> int:
    return len(pypdf.PdfReader(io.BytesIO(render_pdf(document, paper=paper))).pages)


def with_plan(view: CourseView, plan: str) -> CourseView:
    """Return the course with another plan in the latest note."""

    def rewritten(visit: VisitRecord) -> VisitRecord:
        return replace(
            visit,
            entries=tuple(
                replace(e, statement=replace(e.statement, plan=plan)) if e.kind == "note" else e
                for e in visit.entries
            ),
        )

    record = view.record
    return replace(view, record=replace(record, visits=tuple(map(rewritten, record.visits))))


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("course", COURSES)
def test_it_is_one_page(course: str, paper: Paper) -> None:
    assert sheets(page(course), paper) == 1


def test_a_long_plan_is_set_smaller_and_stays_on_the_page() -> None:
    plan = "Walk for half an hour each day and put the screen higher. " * 20

    document = client_document(with_plan(full_course(), plan))

    assert plan.strip() in everything(document)
    assert sheets(document) == 1


@pytest.mark.parametrize("course", COURSES)
def test_it_has_no_word_that_needs_training(course: str) -> None:
    blocks = [b for part in page(course).parts for b in part.blocks if not isinstance(b, Figure)]

    assert not JARGON.search(text(*blocks))


@pytest.mark.parametrize("course", COURSES)
def test_its_sentences_are_short(course: str) -> None:
    told = everything(page(course))
    sentences = [s.split() for s in re.split(r"[.:;]\s", told)]

    assert sum(map(len, sentences)) / len(sentences) <= 14


def test_what_to_do_is_only_what_the_therapist_wrote() -> None:
    told = everything(page("full"))

    assert "Your therapist wrote: Come again in five weeks." in told
    assert "Come again next week" not in told
    assert "therapist wrote" not in everything(client_document(with_plan(full_course(), "")))


def test_a_change_beyond_error_is_told_as_more_than_chance() -> None:
    assert "takes more pressure" in everything(client_document(of_thresholds([200.0, 400.0])))
    assert "takes less pressure" in everything(client_document(of_thresholds([400.0, 200.0])))


def test_a_change_within_error_is_told_as_none() -> None:
    told = everything(client_document(of_thresholds([200.0, 215.0])))

    assert "has not changed by more than chance" in told
    assert "takes more pressure" not in told


def test_the_map_has_its_words() -> None:
    (figure,) = page("full").figures()

    assert "Front" in figure.svg
    assert "upper" in figure.alt
    assert figure.alt in render_html(page("full")).replace("&#39;", "'")


def test_the_next_visit_is_told_where_there_is_a_plan() -> None:
    assert "Your next visit: due " in everything(page("full"))
    assert "next visit" not in everything(page("partial"))


def test_every_section_is_named_for_the_reader() -> None:
    assert all(CLIENT_SECTIONS[name].title for name in CLIENT_SECTIONS)
