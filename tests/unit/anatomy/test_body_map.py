"""The drawing of the body: closed, without gap or overlap, mirrored exactly, sides not swapped."""

import math
import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tissuesense.anatomy.body_map.shapes import (
    HALF_WIDTH_CM,
    HEIGHT_CM,
    Region,
    View,
    drawing,
    drawn_as,
    inside,
    places,
    polygon,
    region_at,
    regions,
    sites_at,
)
from tissuesense.anatomy.body_map.strokes import Cubic, Point, read_strokes, walk
from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, Side

HEAD_CM = 23.5
NARROWEST_CORNER_DEGREES = 12.0
DRAWN_HALF = [
    (f"{view}-{region.site.name}", region)
    for view in View
    for region in regions(view)
    if region.site.side is view.right_of_picture
]
EVERY_REGION = [pytest.param(region, id=name) for name, region in DRAWN_HALF]

ON_THE_SURFACE = [pytest.param(region, id=name) for name, region in DRAWN_HALF if not region.deep]


def view_of(region: Region) -> View:
    return next(view for view in View if region in regions(view))


def surface(view: View) -> list[Region]:
    return [region for region in regions(view) if not region.deep]


def grid_over(region: Region, step: float) -> NDArray[np.float64]:
    """Points around and in a region."""
    corners = polygon(region.cubics)
    across, down = (
        np.arange(low + step / 3, high, step)
        for low, high in zip(corners.min(axis=0), corners.max(axis=0), strict=True)
    )
    return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)


def within(cubics: tuple[Cubic, ...], grid: NDArray[np.float64]) -> NDArray[np.bool_]:
    return inside(polygon(cubics), grid)


def crossings(one: NDArray[np.float64], other: NDArray[np.float64]) -> int:
    """How many straight pieces of one closed line cross pieces of the other; touching is none."""
    return int((parted(one, other) & parted(other, one).T).sum())


def parted(line: NDArray[np.float64], by: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which pieces of `line` (columns) have their ends on two sides of a piece of `by` (rows)."""
    along = np.roll(by, -1, axis=0) - by
    to = line[None] - by[:, None]
    side = np.sign((along[:, None, 0] * to[..., 1] - along[:, None, 1] * to[..., 0]).round(9))
    apart: NDArray[np.bool_] = side * np.roll(side, -1, axis=1) < 0
    return apart


@pytest.mark.parametrize("region", EVERY_REGION)
def test_a_region_is_one_closed_curve_that_does_not_cross_itself(region: Region) -> None:
    ends = [cubic[3] for cubic in region.cubics]
    starts = [cubic[0] for cubic in region.cubics]

    assert ends == starts[1:] + starts[:1]
    assert crossings(polygon(region.cubics), polygon(region.cubics)) == 0


@pytest.mark.parametrize("region", EVERY_REGION)
def test_path_data_tells_the_very_curve(region: Region) -> None:
    start, *pieces = region.d.removeprefix("M").removesuffix("Z").split("c")
    x, y = (float(number) for number in start.split(","))
    for piece, cubic in zip(pieces, region.cubics, strict=True):
        steps = [float(number) for number in re.findall(r"-?[\d.]+", piece)]
        told = [(x + dx, y + dy) for dx, dy in zip(steps[::2], steps[1::2], strict=True)]
        assert np.allclose([(x, y), *told], cubic, atol=1e-6)
        x, y = told[-1]


@pytest.mark.parametrize("region", EVERY_REGION)
def test_no_corner_is_a_needle(region: Region) -> None:
    for before, after in pairwise([*region.cubics, region.cubics[0]]):
        back = np.subtract(before[2], before[3])
        on = np.subtract(after[1], after[0])
        cosine = back @ on / (np.linalg.norm(back) * np.linalg.norm(on))
        corner = math.degrees(math.acos(np.clip(cosine, -1, 1)))
        assert corner > NARROWEST_CORNER_DEGREES, f"at {after[0]}"


@pytest.mark.parametrize("view", View)
def test_neighbours_share_the_very_numbers_of_their_border(view: View) -> None:
    used: Counter[frozenset[Cubic]] = Counter()
    for region in surface(view):
        if region.site.side is view.right_of_picture:
            used.update(frozenset({cubic, cubic[::-1]}) for cubic in region.cubics)

    assert max(used.values()) == 2
    assert sum(times == 2 for times in used.values()) > 50


@pytest.mark.parametrize("region", ON_THE_SURFACE)
def test_no_point_belongs_to_two_regions_of_the_surface(region: Region) -> None:
    grid = grid_over(region, 0.3)
    own = grid[within(region.cubics, grid)]

    assert len(own) > 0
    for other in surface(view_of(region)):
        if other != region:
            assert not within(other.cubics, own).any(), other.site
            assert crossings(polygon(region.cubics), polygon(other.cubics)) == 0, other.site


@pytest.mark.parametrize("region", EVERY_REGION)
def test_a_region_lies_within_the_body(region: Region) -> None:
    grid = grid_over(region, 0.5)
    own = grid[within(region.cubics, grid)]

    assert within(drawing(view_of(region)).silhouette, own).all()


@pytest.mark.parametrize("view", View)
def test_one_half_is_the_exact_mirror_image_of_the_other(view: View) -> None:
    drawn = {region.site: region for region in regions(view)}

    for site, region in drawn.items():
        there = drawn[site.opposite].cubics
        flipped = {tuple((-x, y) for x, y in reversed(cubic)) for cubic in region.cubics}
        assert flipped == set(there)
        assert drawn[site.opposite].anchor == (-region.anchor[0], region.anchor[1])


@pytest.mark.parametrize("view", View)
def test_the_body_is_seven_and_a_half_heads_high(view: View) -> None:
    skin = polygon(drawing(view).silhouette)

    assert skin[:, 1].min() == 0
    assert skin[:, 1].max() == pytest.approx(HEIGHT_CM, abs=0.5)
    assert np.abs(skin[:, 0]).max() < HALF_WIDTH_CM
    assert pytest.approx(7.5, abs=0.1) == HEIGHT_CM / HEAD_CM


@pytest.mark.parametrize(
    ("view", "x", "y", "expected"),
    [
        (View.FRONT, 8, 40, BodySite("pectoralis_major", Side.LEFT)),
        (View.FRONT, -8, 40, BodySite("pectoralis_major", Side.RIGHT)),
        (View.BACK, 11, 40, BodySite("infraspinatus", Side.RIGHT)),
        (View.BACK, -11, 40, BodySite("infraspinatus", Side.LEFT)),
        (View.FRONT, 10, 128, None),
        (View.BACK, 60, 10, None),
    ],
)
def test_a_tap_finds_the_person_s_side_not_the_viewer_s(
    view: View, x: float, y: float, expected: BodySite | None
) -> None:
    assert region_at(view, x, y) == expected


@pytest.mark.parametrize("view", View)
def test_the_place_for_a_mark_lies_well_inside_its_region(view: View) -> None:
    for region in regions(view):
        x, y = region.anchor
        assert region.site in sites_at(view, x, y)
        assert all(region.holds(x + dx, y) for dx in (-0.2, 0.2))


def test_what_lies_deeper_is_told_after_what_lies_over_it() -> None:
    (place,) = places(View.BACK, BodySite("supraspinatus", Side.RIGHT))

    found = [site.name for site in sites_at(View.BACK, *place.anchor)]

    assert found == ["trapezius_middle", "supraspinatus"]


def test_every_muscle_of_the_catalogue_has_its_place() -> None:
    nowhere = [
        name
        for name in catalogue().muscles
        if not any(places(view, BodySite(name, Side.LEFT)) for view in View)
    ]

    assert nowhere == []


def test_a_stand_in_is_a_region_and_stands_for_nothing_that_is_drawn() -> None:
    drawn = {region.site.name for view in View for region in regions(view)}

    assert drawn_as("lateral_pterygoid") == ("masseter",)
    assert all(drawn_as(name) == (name,) for name in drawn)
    assert all(set(drawn_as(name)) <= drawn for name in catalogue().muscles)


COORDINATE = st.integers(-300, 300).map(lambda tenths: tenths / 10)


@given(st.lists(st.tuples(COORDINATE, COORDINATE), min_size=3, max_size=8, unique=True))
def test_a_stroke_passes_its_points_and_bends_without_a_kink(points: list[Point]) -> None:
    stroke = read_strokes({"a": " ".join(f"{x},{y}" for x, y in points)}, {})["a"]

    assert [cubic[0] for cubic in stroke.cubics] + [stroke.cubics[-1][3]] == points
    for before, after in pairwise(stroke.cubics):
        come = np.subtract(before[3], before[2])
        go = np.subtract(after[1], after[0])
        room = 0.02 * (np.linalg.norm(come) + np.linalg.norm(go))  # handles are rounded
        assert abs(come[0] * go[1] - come[1] * go[0]) <= room
        assert come @ go >= -room


def test_a_stroke_that_ends_on_the_midline_crosses_it_squarely() -> None:
    stroke = read_strokes({"a": "3,4 2,5 0,5.5"}, {})["a"]

    assert stroke.cubics[-1][2][1] == stroke.cubics[-1][3][1]


@pytest.mark.parametrize(
    ("strokes", "said"),
    [
        ({"a": "n@0,1 n@2,3"}, "a second time"),
        ({"a": "0,1 m 2,3"}, "none places"),
        ({"a": "0,1 0,1 2,3"}, "twice in a row"),
    ],
)
def test_a_stroke_that_is_written_wrongly_is_named(strokes: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_strokes(strokes, {})


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("a c", "no stroke of the drawing"),
        ("a", "not closed"),
        ("a b", "write a>node"),
        ("a>q b>p d", "not on its stroke|write"),
    ],
)
def test_a_region_that_is_no_closed_walk_is_named(region: str, said: str) -> None:
    strokes = read_strokes({"a": "p@0,0 1,2 q@3,3", "b": "p 2,0 q", "d": "r@9,9 8,8"}, {})

    assert walk("a>q b>p", strokes)[0][0] == (0, 0)
    with pytest.raises(UsageError, match=said):
        walk(region, strokes)
