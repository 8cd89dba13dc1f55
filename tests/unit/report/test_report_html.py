"""The HTML report is one file that needs nothing else, and what a therapist writes stays text."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest
from tests.unit.report.practice import VISIT, VISITS, document, felt, noted, view_of

from tissuesense.core.site import Side
from tissuesense.record.history import VisitRecord
from tissuesense.report.document import Figure, Number, Paragraph, Run, say, text_of
from tissuesense.report.html import render_html
from tissuesense.report.theme import DARK, LIGHT
from tissuesense.report.visit_report import visit_document

VOID = {"meta", "link", "br", "col", "img", "hr", "input"}


@cache
def page(visit: str) -> str:
    return render_html(document(visit))


class Outline(HTMLParser):
    """Reads elements, checks that they nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("visit", VISITS)
def test_the_page_needs_no_other_file_and_runs_no_script(visit: str) -> None:
    html = page(visit)

    assert not Outline(html).all("script")
    assert not re.search(r'(src|href)="(?!#)', html)
    assert "@import" not in html
    assert all(inside.startswith("#") for inside in re.findall(r"url\((.)", html))


@pytest.mark.parametrize("visit", VISITS)
def test_no_two_elements_share_an_id_and_every_reference_has_its_target(visit: str) -> None:
    html = page(visit)
    ids = re.findall(r'\bid="([^"]+)"', html)

    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:url\(#|href="#)([^")]+)', html)) <= set(ids)


def test_every_picture_is_one_image_with_its_text() -> None:
    told = [b.alt for part in document("full").parts for b in part.blocks if isinstance(b, Figure)]

    pictures = Outline(page("full")).all("svg")

    assert [picture.get("aria-label") for picture in pictures] == told
    assert {picture.get("role") for picture in pictures} == {"img"}


def test_pictures_follow_the_theme() -> None:
    body = page("full").partition("</style>")[2]

    assert not re.search("#[0-9a-f]{6}", body)
    assert set(re.findall(r"var\(--([a-z]+)\)", body)) <= set(LIGHT)
    assert set(LIGHT) == set(DARK)


def test_tables_name_their_columns_and_rows() -> None:
    outline = Outline(page("full"))

    scopes = {head.get("scope") for head in outline.all("th")}
    assert scopes == {"col", "row", "rowgroup"}


def test_the_numbers_of_the_document_stand_in_the_page() -> None:
    shown = " ".join(Outline(page("full")).text.split())

    for part in document("full").parts:
        for block in part.blocks:
            if isinstance(block, Figure):
                assert " ".join(text_of(block.title).split()) in shown


def test_what_is_written_by_hand_stays_text() -> None:
    bad = '<script>alert(1)</script> & "quotes" </style>'
    visit = replace(VISIT, reason=bad, practitioner=bad)
    note = felt("trapezius_upper", Side.LEFT, note=bad)

    html = render_html(visit_document(view_of(VisitRecord(visit=visit, entries=noted(note)))))

    outline = Outline(html)
    assert not outline.all("script")
    assert outline.text.count(bad) == 3


def test_a_strange_pseudonym_cannot_leave_the_style_sheet() -> None:
    strange = replace(document("empty"), client='"}</style><script>')

    assert not Outline(render_html(strange)).all("script")


def test_the_same_record_gives_the_same_page() -> None:
    assert render_html(visit_document(VISITS["full"]())) == page("full")


def test_a_line_feed_breaks_the_line_and_a_number_stays_whole() -> None:
    (first, *others) = document("empty").parts
    words = say(Run("one\ntwo"), Number(value="312", spread="± 14", unit="kPa"))
    html = render_html(
        replace(document("empty"), parts=(replace(first, blocks=(Paragraph(words),)), *others))
    )

    assert "one<br>two" in html
    assert re.search(r'<span class="number">312 <span class="muted">± 14</span> kPa</span>', html)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("colour", ["ink", "muted", "sensor", "hand"])
@pytest.mark.parametrize("ground", ["paper", "card", "band"])
def test_text_can_be_read_on_every_ground(theme: dict[str, str], colour: str, ground: str) -> None:
    bright, dark = sorted((luminance(theme[colour]), luminance(theme[ground])), reverse=True)

    assert (bright + 0.05) / (dark + 0.05) >= 4.5  # WCAG 2.2, 1.4.3


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
