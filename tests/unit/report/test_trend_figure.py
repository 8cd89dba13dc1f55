"""The trend's picture shows what is within error as hollow, cuts no axis, and can be read aloud."""

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from tissuesense.report.figures.svg import nice_step
from tissuesense.report.figures.trend import Stretch, Trend, TrendPoint, trend_figure
from tissuesense.report.theme import LIGHT

SVG = "{http://www.w3.org/2000/svg}"
TREND = Trend(
    unit="kPa",
    points=(
        TrendPoint(day=0, value=200, bar=10, hollow=True),
        TrendPoint(day=7, value=320, bar=12),
    ),
    visits=(0, 7, 14),
    band=(150, 260),
    grades=((0, 2), (7, 1)),
    scale="tender",
    treated=(0,),
    phases=(
        Stretch(start=0, end=10, words="2 a week", number=1),
        Stretch(start=10, end=40, words="1 a week", number=2),
    ),
    begins="5 January 2026",
)


def drawn(trend: Trend = TREND) -> ET.Element:
    svg = trend_figure(trend, alt="Two values & a band.")
    return ET.fromstring(svg)  # noqa: S314 - our own


def words(root: ET.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_what_lies_within_error_is_hollow_and_the_rest_is_filled() -> None:
    circles = [circle.get("fill") for circle in drawn().iter(f"{SVG}circle")]

    assert circles == [LIGHT["card"], LIGHT["sensor"]]


def test_the_axis_begins_at_zero_and_the_latest_value_is_written_out() -> None:
    told = words(drawn())

    assert {"0", "320", "kPa", "Weeks from 5 January 2026"} <= set(told)


def test_the_hand_has_a_diamond_for_each_grade_in_its_own_colour() -> None:
    svg = trend_figure(TREND, alt="")

    diamonds = re.findall(rf'Z" fill="{LIGHT["card"]}" stroke="{LIGHT["hand"]}"', svg)
    assert len(diamonds) == len(TREND.grades)


def test_without_grades_there_is_no_strip() -> None:
    assert "tender" not in words(drawn(replace(TREND, grades=())))


def test_the_description_says_what_those_who_do_not_see_it_need() -> None:
    (told,) = drawn().iter(f"{SVG}desc")

    assert told.text == "Two values & a band."


def test_every_colour_is_one_of_the_theme() -> None:
    svg = trend_figure(TREND, alt="")

    assert set(re.findall(r"#[0-9a-f]{6}\b", svg)) <= set(LIGHT.values())


def test_the_same_values_give_the_same_picture() -> None:
    assert trend_figure(TREND, alt="a") == trend_figure(TREND, alt="a")


@given(value=st.floats(min_value=0.01, max_value=5000), day=st.floats(min_value=1, max_value=700))
def test_everything_stays_on_the_paper(value: float, day: float) -> None:
    points = (TrendPoint(day=0, value=value), TrendPoint(day=day, value=2 * value, bar=value))
    root = drawn(replace(TREND, points=points, visits=(0, day), band=(value / 2, 1.5 * value)))
    _, _, width, height = map(float, (root.get("viewBox") or "").split())

    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx") or -1) <= width
        assert 0 <= float(circle.get("cy") or -1) <= height


@given(span=st.floats(min_value=0.05, max_value=1e5), most=st.integers(min_value=2, max_value=9))
def test_a_nice_step_parts_the_span_into_few_enough(span: float, most: int) -> None:
    assert span / nice_step(span, most) <= most * (1 + 1e-6)
