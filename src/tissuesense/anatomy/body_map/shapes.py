"""Where each site lies on the body: its curve, the place for its mark, and what is under a tap.

Coordinates are centimetres on an adult of 175 cm: x from the midline to the viewer's right, y from
the crown downwards. In front the viewer's right is the person's left; from behind it is the right.

The drawing is our own, after the surface anatomy of common textbooks; unsourced in its details.
"""

import enum
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tissuesense.anatomy.body_map.strokes import Cubic, Point, Stroke, read_strokes, walk
from tissuesense.core.site import BodySite, Side

HEIGHT_CM = 175.0
HALF_WIDTH_CM = 40.0  # to the tip of the thumb

_STEPS = 8  # straight pieces that stand for one cubic where a point is looked for
_GRID = 28  # of places tried for a mark, each way


class View(enum.StrEnum):
    """From where the body is seen."""

    FRONT = "front"
    BACK = "back"

    @property
    def right_of_picture(self) -> Side:
        """The person's side that the viewer has on the right; also the half that is drawn."""
        return Side.LEFT if self is View.FRONT else Side.RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A muscle of one side in one view.

    Attributes
    ----------
    deep
        True where another muscle lies over it; it is then a patch on that one.
    cubics
        Its border, closed.
    anchor
        The place inside that is farthest from the border: for a mark or a label.
    """

    site: BodySite
    deep: bool
    cubics: tuple[Cubic, ...]
    anchor: Point

    @property
    def d(self) -> str:
        """The border as the path data of SVG."""
        return path_data(self.cubics) + "Z"

    def holds(self, x: float, y: float) -> bool:
        """Return whether the point lies inside."""
        return bool(inside(polygon(self.cubics), np.array([[x, y]]))[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One view of the body.

    Attributes
    ----------
    silhouette
        The outline of the whole body, closed.
    regions
        What lies on the surface, then what lies under it.
    details
        Open lines that help the eye: kneecap, fingers, chin.
    """

    silhouette: tuple[Cubic, ...]
    regions: tuple[Region, ...]
    details: tuple[tuple[Cubic, ...], ...]


@cache
def drawing(view: View) -> Drawing:
    """Return the drawing of one view."""
    body = _read("outline")["strokes"]
    own = _read(view.value)
    points: dict[str, Point] = {}
    outline = read_strokes(body, points)
    strokes = outline | read_strokes(own["strokes"], points)
    half = tuple(cubic for stroke in outline.values() for cubic in stroke.cubics)
    regions = [(name, False, walk(text, strokes)) for name, text in own["regions"].items()]
    regions += [(name, True, loop.cubics) for name, loop in _loops(own["deep"]).items()]
    details = [stroke.cubics for stroke in read_strokes(own["details"], points).values()]
    return Drawing(
        silhouette=half + mirrored(half),
        regions=tuple(both for row in regions for both in _both_sides(view, *row)),
        details=tuple(line for detail in details for line in (detail, mirrored(detail))),
    )


def regions(view: View) -> tuple[Region, ...]:
    """Return every region of a view, those on the surface first."""
    return drawing(view).regions


def places(view: View, site: BodySite) -> tuple[Region, ...]:
    """Return where a site is drawn in a view: nowhere where that view does not show it."""
    drawn = _by_site(view)
    sites = (BodySite(name, site.side) for name in drawn_as(site.name))
    return tuple(drawn[place] for place in sites if place in drawn)


def drawn_as(name: str) -> tuple[str, ...]:
    """Return the regions that stand for a muscle: its own, its parts, or the nearest drawn."""
    return _elsewhere().get(name, (name,))


def region_at(view: View, x: float, y: float) -> BodySite | None:
    """Return the site on the surface at a point of the picture; None beside all of them."""
    return next(iter(sites_at(view, x, y)), None)


def sites_at(view: View, x: float, y: float) -> tuple[BodySite, ...]:
    """Return all sites at a point of the picture, from the surface inwards."""
    return tuple(region.site for region in regions(view) if region.holds(x, y))


def path_data(cubics: tuple[Cubic, ...]) -> str:
    """Return the path data of SVG, open; each piece tells where it goes from where it begins."""
    (x, y) = cubics[0][0]
    return f"M{x:g},{y:g}" + "".join("c" + _from_start(cubic) for cubic in cubics)


def _from_start(cubic: Cubic) -> str:
    (x0, y0), *others = cubic
    steps = (round(to - start, 2) for x, y in others for to, start in ((x, x0), (y, y0)))
    return " ".join(f"{step:g}" for step in steps).replace(" -", "-")


def mirrored(cubics: tuple[Cubic, ...]) -> tuple[Cubic, ...]:
    """Return the same curve on the other half, told backwards so that it goes on from the first."""

    def flip(point: Point) -> Point:
        return 0.0 - point[0], point[1]

    return tuple((flip(d), flip(c), flip(b), flip(a)) for a, b, c, d in reversed(cubics))


def polygon(cubics: tuple[Cubic, ...]) -> NDArray[np.float64]:
    """Return the curve as corners of straight pieces, one row a corner, for looking up points."""
    t = np.linspace(0, 1, _STEPS, endpoint=False)[:, None]
    corners = np.array(cubics)[:, None]  # cubic, step, control point, axis
    a, b, c, d = (corners[:, :, i] for i in range(4))
    run = (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * b + 3 * t * t * (1 - t) * c + t**3 * d
    return np.reshape(run, (-1, 2))


def inside(corners: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of some places lie inside a closed line, one row a corner and one a place.

    A place is inside that has an odd number of borders to its right.
    """
    x, y = places[:, 0, None], places[:, 1, None]
    (x0, y0), (x1, y1) = corners.T, np.roll(corners, -1, axis=0).T
    spans = (y0 <= y) != (y1 <= y)
    with np.errstate(divide="ignore", invalid="ignore"):  # level pieces span no place
        beyond = x < x0 + (y - y0) / (y1 - y0) * (x1 - x0)
    odd: NDArray[np.bool_] = (spans & beyond).sum(axis=1) % 2 == 1
    return odd


def _read(name: str) -> dict[str, Any]:
    text = (
        files("tissuesense.anatomy.body_map").joinpath(f"outlines/{name}.toml").read_text("utf-8")
    )
    return tomllib.loads(text)


@cache
def _elsewhere() -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name: tuple(to) for name, to in _read("elsewhere").items()})


@cache
def _by_site(view: View) -> Mapping[BodySite, Region]:
    return MappingProxyType({region.site: region for region in regions(view)})


def _loops(texts: Mapping[str, str]) -> dict[str, Stroke]:
    """Return closed strokes, each with node names of its own."""
    return {name: read_strokes({name: text}, {})[name] for name, text in texts.items()}


def _both_sides(
    view: View,
    name: str,
    deep: bool,  # noqa: FBT001 - a column of a row
    cubics: tuple[Cubic, ...],
) -> tuple[Region, Region]:
    side, (x, y) = view.right_of_picture, _anchor(cubics)
    drawn = Region(site=BodySite(name, side), deep=deep, cubics=cubics, anchor=(x, y))
    other = Region(
        site=drawn.site.opposite, deep=deep, cubics=mirrored(cubics), anchor=(0.0 - x, y)
    )
    return drawn, other


def _anchor(cubics: tuple[Cubic, ...]) -> Point:
    corners = polygon(cubics)
    across, down = (np.linspace(low, high, _GRID) for low, high in _box(corners))
    places = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    places = places[inside(corners, places)]
    x, y = places[_to_border(corners, places).argmax()]
    return round(float(x), 1), round(float(y), 1)


def _to_border(corners: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    along = np.roll(corners, -1, axis=0) - corners
    from_corner = places[:, None] - corners
    part = np.clip((from_corner * along).sum(axis=2) / (along**2).sum(axis=1), 0, 1)
    nearest: NDArray[np.float64] = np.linalg.norm(
        from_corner - part[:, :, None] * along, axis=2
    ).min(axis=1)
    return nearest


def _box(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.stack([corners.min(axis=0), corners.max(axis=0)], axis=1)
