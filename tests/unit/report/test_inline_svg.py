"""A figure in a page keeps every line and colour without a single style rule."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from tissuesense.report.figures.before_after import PairedDots, before_after_figure
from tissuesense.report.figures.dose_bars import DoseBar, dose_bars
from tissuesense.report.figures.dose_timeline import DoseTimeline, Held, dose_figure
from tissuesense.report.figures.ramp import Mark, Ramp
from tissuesense.report.figures.ramp_overlay import Layer, ramp_overlay
from tissuesense.report.inline_svg import inline_svg, without_styles


def _dose() -> str:
    t_s = np.linspace(0.0, 20.0, 50)
    return dose_figure(
        DoseTimeline(
            t_s=t_s,
            pressure_kpa=50 + np.sin(t_s),
            holds=(Held(start_s=2, seconds=4, mean_kpa=50),),
            ppt_kpa=70.0,
            ratings=((3.0, 5.0),),
        )
    )


def _bars() -> str:
    timed = DoseBar(site="Soleus & <left>", seconds=90.0, by_sensor=False, said=6)
    return dose_bars([timed, DoseBar(site="Soleus", seconds=30.0, by_sensor=True)], alt="bars")


def _pairs() -> str:
    row = PairedDots(
        site="Soleus",
        before=300.0,
        after=450.0,
        bars=((280.0, 320.0), None),
        band=(210.0, 420.0),
        beyond=True,
        words=("larger than measurement error", "+50 %"),
    )
    return before_after_figure(
        [row], unit="kPa", quantity="Pain threshold", labels=("before", "after"), alt="pairs"
    )


def _overlay() -> str:
    t_s = np.linspace(0.0, 8.0, 400)
    kpa = 30 * t_s
    kpa[100:110] = np.nan
    ramp = Ramp(
        title="Press 1", t_s=t_s, pressure_kpa=kpa, accepted=True, threshold=Mark(t_s=7.0, kpa=210)
    )
    rejected = Ramp(title="Press 2", t_s=t_s, pressure_kpa=kpa, accepted=False)
    layers = [
        Layer(label="this visit", ramps=(ramp, rejected), today=True),
        Layer(label="2 January 2026", ramps=(ramp,), today=False),
    ]
    return ramp_overlay(layers, target_rate_kpa_s=30.0, alt="ramps")


DRAWN = {"dose": _dose, "bars": _bars, "pairs": _pairs, "overlay": _overlay}


@pytest.mark.parametrize("name", DRAWN)
def test_no_style_is_left_and_the_picture_is_well_formed(name: str) -> None:
    inline = str(inline_svg(DRAWN[name](), alt='what it "shows"', name=name))
    assert "style" not in inline
    root = ET.fromstring(inline)  # noqa: S314 - drawn by ourselves
    assert root.get("aria-label") == 'what it "shows"'
    assert root.get("role") == "img"


@pytest.mark.parametrize("name", DRAWN)
def test_every_colour_is_the_pages_own(name: str) -> None:
    inline = str(inline_svg(DRAWN[name](), alt="x", name=name))
    assert not re.search(r"#[0-9a-f]{6}\b", inline)
    assert "var(--sensor)" in inline


def test_every_rule_of_the_plotting_library_becomes_an_attribute() -> None:
    drawn = _dose()
    rules = [
        rule.split(":", 1)
        for style in re.findall(r'style="([^"]*)"', drawn)
        for rule in style.split(";")
        if ":" in rule
    ]
    bare = without_styles(drawn)
    assert rules
    for name, value in rules:
        assert f'{name.strip()}="{value.strip()}"' in bare
    root = bare[bare.index("<svg") :].partition(">")[0]
    assert 'stroke-linejoin="round"' in root


def test_ids_of_two_figures_keep_apart() -> None:
    first, second = (str(inline_svg(_dose(), alt="x", name=name)) for name in ("a", "b"))
    ids = [set(re.findall(r'\bid="([^"]+)"', inline)) for inline in (first, second)]
    assert ids[0]
    assert not ids[0] & ids[1]
    assert set(re.findall(r"url\(#([^)]+)\)", first)) <= ids[0]


def test_a_break_in_the_readings_is_a_break_in_the_line() -> None:
    whole = _overlay()
    lines = re.findall(r'<path d="(M[^"]+)" fill="none" stroke="#1c1917"', whole)
    assert len(lines) == 4  # two presses, each in two pieces
    assert 'stroke-dasharray="4 2"' in whole
