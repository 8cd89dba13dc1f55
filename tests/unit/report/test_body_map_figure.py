"""The body map says the same by colour, by sign and in words, on screen, on paper and in grey."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from numpy.typing import NDArray

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, Side
from tissuesense.report.document import Document, Figure, Part, say
from tissuesense.report.figures.body_map import body_map
from tissuesense.report.figures.body_marks import Mark, Scale, one_way, two_way
from tissuesense.report.html import render_html
from tissuesense.report.pdf import render_pdf
from tissuesense.report.theme import DARK, LIGHT

SVG = "{http://www.w3.org/2000/svg}"
TENDERNESS = one_way("Tenderness", "unremarkable", "more tender")
CHANGE = two_way("Change since the first visit", "lower", "higher")
LEFT_TRAPEZIUS = BodySite("trapezius_upper", Side.LEFT)
RIGHT_TRAPEZIUS = BodySite("trapezius_upper", Side.RIGHT)
RHOMBOIDS = BodySite("rhomboids", Side.LEFT)
MARKS = {
    LEFT_TRAPEZIUS: Mark(words="212 kPa, tender to the hand, 2 of 3", level=4, hand=2),
    RIGHT_TRAPEZIUS: Mark(words="298 kPa", level=1),
    BodySite("infraspinatus", Side.LEFT): Mark(words="tender to the hand, 1 of 3", hand=1),
    RHOMBOIDS: Mark(words="not measured, the gauge failed", missing=True),
}

# Machado, Oliveira and Fernandes 2009: linear RGB as full protanopia, deuteranopia and tritanopia
# see it; from memory, each row adds up to one.
SEEN = {
    "all colours": np.eye(3),
    "no red": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
         [-0.003882, -0.048116, 1.051998]]
    ),
    "no green": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
         [-0.011820, 0.042940, 0.968881]]
    ),
    "no blue": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
         [0.004733, 0.691367, 0.303900]]
    ),
}  # fmt: skip
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def drawn(
    marks: dict[BodySite, Mark] = MARKS, scale: Scale = TENDERNESS, **options: object
) -> ET.Element:
    made = body_map(marks, scale=scale, title="Where it is tender", **options)  # type: ignore[arg-type]  # options are checked by the function itself
    return ET.fromstring(made.svg)  # noqa: S314 - our own drawing


def paths_of(svg: ET.Element, site: BodySite, view: str = "") -> list[ET.Element]:
    views = {view} if view else {"front", "back"}
    panels = [group for group in svg.findall(f"{SVG}g") if group.get("class") in views]
    return [
        path
        for panel in panels
        for path in panel.iter(f"{SVG}path")
        if path.get("data-site") == site.name and path.get("data-side") == site.side
    ]


def fills(svg: ET.Element, site: BodySite) -> set[str | None]:
    return {path.get("fill") for path in paths_of(svg, site)}


def words_in(svg: ET.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def document(svg: str, alt: str) -> Document:
    figure = Figure(svg=svg, alt=alt, title=say("Where it is tender"))
    return Document(
        title="Visit", subtitle="", client="TS-1", dated=datetime(2026, 1, 5, tzinfo=UTC),
        parts=(Part(name="map", title="Map", blocks=(figure,)),), fingerprint="0" * 64,
        disclaimer="",
    )  # fmt: skip


def test_the_map_has_a_title_and_says_every_mark_in_words() -> None:
    made = body_map(MARKS, scale=TENDERNESS, title="Where it is tender")
    svg = drawn()

    assert svg.findtext(f"{SVG}title") == "Where it is tender"
    assert svg.findtext(f"{SVG}desc") == made.alt
    for site, mark in MARKS.items():
        assert f"{site.words.capitalize()}: {mark.words}." in made.alt


def test_only_what_was_marked_is_coloured_and_by_its_step() -> None:
    svg = drawn()
    marked = {(site.name, str(site.side)) for site in MARKS}

    assert fills(svg, LEFT_TRAPEZIUS) == {LIGHT["scale-4"]}
    assert fills(svg, RIGHT_TRAPEZIUS) == {LIGHT["scale-1"]}
    assert fills(svg, RHOMBOIDS) == {"url(#hatch)"}
    for path in svg.iter(f"{SVG}path"):
        if path.get("data-site") and (path.get("data-site"), path.get("data-side")) not in marked:
            assert path.get("fill") == LIGHT["card"]


@pytest.mark.parametrize(("view", "left_is_on"), [("front", 1), ("back", -1)])
def test_left_and_right_are_the_person_s_and_said_in_words(view: str, left_is_on: int) -> None:
    svg = drawn(view=view)
    (path,) = paths_of(svg, LEFT_TRAPEZIUS, view)
    start = re.match(r"M(-?[\d.]+)", path.get("d", ""))
    said = {text.text: float(text.get("x", "0")) for text in svg.iter(f"{SVG}text")}

    assert start is not None
    assert float(start[1]) * left_is_on >= 0
    assert said["Left"] * left_is_on > 0 > said["Right"] * left_is_on


def test_touch_tells_the_name_and_the_finding() -> None:
    svg = drawn()

    assert [p.findtext(f"{SVG}title") for p in paths_of(svg, RIGHT_TRAPEZIUS)] == [
        "Right trapezius upper: 298 kPa"
    ] * 2
    (soleus, *_) = paths_of(svg, BodySite("soleus", Side.LEFT))
    assert soleus.findtext(f"{SVG}title") == "Left soleus"


def test_hand_and_sensor_have_signs_of_their_own() -> None:
    svg = drawn(with_legend=False)
    hand = [path for path in svg.iter(f"{SVG}path") if path.get("stroke") == LIGHT["hand"]]
    sensor = [ring for ring in svg.iter(f"{SVG}circle") if ring.get("stroke") == LIGHT["sensor"]]

    assert len(hand) == 3  # the trapezius in both views, the infraspinatus in one
    assert all(path.get("fill") == "none" for path in hand)
    assert len(sensor) == 4
    assert all(ring.get("fill") == LIGHT["sensor"] for ring in sensor)


def test_within_error_is_hollow_and_named_in_the_legend() -> None:
    svg = drawn({LEFT_TRAPEZIUS: Mark(words="x", level=0.5, within_error=True)}, CHANGE)
    fillings = [c.get("fill") for c in svg.iter(f"{SVG}circle") if c.get("stroke")]

    assert LIGHT["card"] in fillings
    assert "within measurement error" in words_in(svg)


def test_the_legend_has_words_at_both_ends_and_only_signs_that_are_used() -> None:
    full, bare = words_in(drawn()), words_in(drawn({LEFT_TRAPEZIUS: Mark(words="x", level=0)}))

    assert {"unremarkable", "more tender", "not measured", "lies under another muscle"} <= {*full}
    assert {"unremarkable", "more tender", "sensor"} <= {*bare}
    assert not {"not measured", "lies under another muscle"} & {*bare}


def test_a_deeper_muscle_is_outlined_only_where_it_is_marked_or_to_be_picked() -> None:
    assert len(paths_of(drawn({}), RHOMBOIDS)) == 0
    assert len(paths_of(drawn({}, all_regions=True), RHOMBOIDS)) == 1
    assert len(paths_of(drawn(), RHOMBOIDS)) == 1


def test_a_marked_muscle_does_not_hide_what_can_be_picked_under_it() -> None:
    svg = drawn(
        {BodySite("trapezius_middle", Side.LEFT): Mark(words="x", level=2)}, all_regions=True
    )
    order = [path.get("data-site") for path in svg.iter(f"{SVG}path")]

    assert order.index("trapezius_middle") < order.index("supraspinatus")


def test_a_muscle_without_a_region_colours_its_parts_or_its_neighbour() -> None:
    deltoid = BodySite("deltoid", Side.LEFT)
    svg = drawn({deltoid: Mark(words="x", level=2)})
    alt = body_map({deltoid: Mark(words="x", level=2)}, scale=TENDERNESS, title="t").alt

    for part in ("deltoid_anterior", "deltoid_middle", "deltoid_posterior"):
        assert fills(svg, BodySite(part, Side.LEFT)) == {LIGHT["scale-2"]}
    assert "drawn at deltoid anterior, deltoid middle, deltoid posterior" in alt


def test_its_own_mark_goes_before_the_mark_of_a_guest() -> None:
    marks = {
        BodySite("lateral_pterygoid", Side.LEFT): Mark(words="guest", level=0),
        BodySite("masseter", Side.LEFT): Mark(words="own", level=4),
    }
    svg = drawn(marks)

    assert fills(svg, BodySite("masseter", Side.LEFT)) == {LIGHT["scale-4"]}
    (path,) = paths_of(svg, BodySite("masseter", Side.LEFT))
    assert path.findtext(f"{SVG}title") == "Left masseter: own; Left lateral pterygoid: guest"


def test_a_site_that_is_not_drawn_is_named_and_not_lost() -> None:
    elbow = BodySite("elbow_crease", Side.LEFT)
    made = body_map({elbow: Mark(words="x", hand=1)}, scale=TENDERNESS, title="t")

    assert "Left elbow crease (not on this map): x." in made.alt
    assert "Not on this map: Left elbow" in made.svg


def test_a_site_on_the_midline_stands_on_both_sides() -> None:
    middle = BodySite("suboccipitals", Side.MIDLINE)
    svg = drawn({middle: Mark(words="x", level=3)})

    for side in (Side.LEFT, Side.RIGHT):
        assert fills(svg, BodySite("suboccipitals", side)) == {LIGHT["scale-3"]}


def test_words_stay_words_whatever_they_hold() -> None:
    hostile = '</title><script>"#ffffff" id="x" & \x00\x1b'
    made = body_map({LEFT_TRAPEZIUS: Mark(words=hostile, level=1)}, scale=TENDERNESS, title=hostile)
    svg = ET.fromstring(made.svg)  # noqa: S314 - our own drawing

    assert not list(svg.iter(f"{SVG}script"))
    assert '"#ffffff" id="x" &' in (svg.findtext(f"{SVG}title") or "")
    assert not re.search(r'#[0-9a-f]{6} id="', made.svg)
    render_html(document(made.svg, made.alt))


def test_on_a_page_every_colour_is_the_page_s_own() -> None:
    made = body_map(MARKS, scale=TENDERNESS, title="t")
    page = render_html(document(made.svg, made.alt))
    figure = page[page.index("<figure>") : page.index("</figure>")]

    assert not re.search(r"#[0-9a-f]{6}", figure)
    assert "var(--scale-4)" in figure
    assert 'fill="url(#map1-hatch)"' in figure
    assert 'id="map1-hatch"' in figure


def test_on_paper_it_is_part_of_an_archivable_pdf() -> None:
    made = body_map(MARKS, scale=TENDERNESS, title="t")

    assert render_pdf(document(made.svg, made.alt)).startswith(b"%PDF")


def test_the_same_marks_make_the_same_bytes() -> None:
    backwards = dict(reversed(MARKS.items()))

    assert drawn_bytes(MARKS) == drawn_bytes(MARKS)
    assert paths_only(drawn_bytes(backwards)) == paths_only(drawn_bytes(MARKS))


def drawn_bytes(marks: dict[BodySite, Mark]) -> str:
    return body_map(marks, scale=TENDERNESS, title="t").svg


def paths_only(svg: str) -> list[str]:
    return re.findall(r'<path class="region"[^>]*>', svg)


@pytest.mark.parametrize(("scale", "level"), [(TENDERNESS, 4.1), (TENDERNESS, -1), (CHANGE, -1.2)])
def test_a_level_off_the_scale_is_refused(scale: Scale, level: float) -> None:
    with pytest.raises(UsageError, match=r"goes from .* to"):
        body_map({LEFT_TRAPEZIUS: Mark(words="x", level=level)}, scale=scale, title="t")


@pytest.mark.parametrize(
    "given", [{"hand": 5}, {"hand": -1}, {"level": 1, "missing": True}], ids=str
)
def test_a_mark_that_contradicts_itself_is_refused(given: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Mark(words="x", **given)  # type: ignore[arg-type]  # wrong on purpose


def linear(colour: str) -> NDArray[np.float64]:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lightness(colours: Sequence[str], seen: NDArray[np.float64]) -> list[float]:
    """CIE L* of colours as they are seen."""
    light = [float(LUMINANCE @ np.clip(seen @ linear(colour), 0, 1)) for colour in colours]
    return [116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y for y in light]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("eyes", SEEN)
def test_each_step_of_one_way_is_lighter_or_darker_than_the_last(
    theme: dict[str, str], eyes: str
) -> None:
    steps = lightness([theme[name] for name in TENDERNESS.colours], SEEN[eyes])
    apart = [after - before for before, after in pairwise(steps)]

    assert all(abs(step) > 8 for step in apart)
    assert len({step > 0 for step in apart}) == 1


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("eyes", SEEN)
def test_no_two_steps_of_a_difference_are_equally_light(theme: dict[str, str], eyes: str) -> None:
    steps = lightness([theme[name] for name in CHANGE.colours], SEEN[eyes])

    assert all(abs(one - other) > 8 for one, other in combinations(steps, 2))


def test_both_themes_have_the_same_names_and_no_colour_of_the_light_one_has_two() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert len(set(LIGHT.values())) == len(LIGHT)
