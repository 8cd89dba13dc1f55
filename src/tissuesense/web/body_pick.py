"""The body as shapes that a finger, a mouse or a key can pick: made from the anatomy's drawing."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np

from tissuesense.anatomy.body_map.shapes import (
    HALF_WIDTH_CM,
    HEIGHT_CM,
    Region,
    View,
    drawing,
    drawn_as,
    inside,
    path_data,
    polygon,
    sites_at,
)
from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.site import BodySite, Side
from tissuesense.record.intake import DrawnMark
from tissuesense.web.language import Language
from tissuesense.web.naming import muscle_name, site_name

_MARGIN = 2.0
VIEW_BOX = (
    f"{-HALF_WIDTH_CM - _MARGIN:g} {-_MARGIN:g} "
    f"{2 * (HALF_WIDTH_CM + _MARGIN):g} {HEIGHT_CM + 2 * _MARGIN:g}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A part of the picture that can be picked.

    Attributes
    ----------
    key
        Names it within the page: "front-trapezius_upper-left".
    sites
        The sites of the catalogue that it stands for, its own first, then what lies under it.
    deep
        True where another muscle lies over it.
    d
        Its border as path data.
    x, y
        The place inside for a mark.
    """

    key: str
    name: str
    side: Side
    sites: tuple[BodySite, ...]
    deep: bool
    d: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyPicture:
    """One view of the body; `left` and `right` are the person's sides at the picture's edges."""

    view: View
    silhouette: str
    details: str
    shapes: tuple[Shape, ...]
    left: Side
    right: Side


@cache
def picture(view: View) -> BodyPicture:
    """Return a view; shapes from head to foot, so that keys go through them in that order."""
    body = drawing(view)
    right = view.right_of_picture
    on_top_last = sorted(body.regions, key=lambda region: (region.deep, region.anchor[1]))
    return BodyPicture(
        view=view,
        silhouette=path_data(body.silhouette) + "Z",
        details="".join(path_data(line) for line in body.details),
        shapes=tuple(_shape(view, region) for region in on_top_last),
        left=right.other,
        right=right,
    )


def pictures() -> tuple[BodyPicture, BodyPicture]:
    """Return the body from in front and from behind."""
    return picture(View.FRONT), picture(View.BACK)


def drawn_sites() -> frozenset[BodySite]:
    """Return every site that some shape stands for."""
    return frozenset(site for body in pictures() for shape in body.shapes for site in shape.sites)


def _shape(view: View, region: Region) -> Shape:
    name, side = region.site.name, region.site.side
    return Shape(
        key=f"{view}-{name}-{side}",
        name=muscle_name(name),
        side=side,
        sites=tuple(BodySite(muscle, side) for muscle in _standing_for()[name]),
        deep=region.deep,
        d=region.d,
        x=region.anchor[0],
        y=region.anchor[1],
    )


@cache
def _standing_for() -> Mapping[str, tuple[str, ...]]:
    """Return the muscles of the catalogue by the region that stands for them, its own first."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for muscle in catalogue().muscles:
        for place in drawn_as(muscle):
            own_first = 0 if place == muscle else len(found[place])
            found[place].insert(own_first, muscle)
    return {place: tuple(muscles) for place, muscles in found.items()}


def on_body(view: View, x: float, y: float) -> bool:
    """Return whether a point of the picture lies on the body."""
    corners = polygon(drawing(view).silhouette)
    return bool(inside(corners, np.array([[x, y]]))[0])


def mark_place(mark: DrawnMark, tongue: Language) -> str:
    """Return where a mark of a pain drawing lies: "in front: Upper trapezius, left"."""
    view = View(mark.view.value)
    found = sites_at(view, mark.x, mark.y)
    if found:
        where = site_name(found[0], tongue)
    else:
        shapes = picture(view).shapes
        near = min(shapes, key=lambda shape: math.dist((shape.x, shape.y), (mark.x, mark.y)))
        region = catalogue().muscles[near.sites[0].name].region
        where = f"{tongue.gettext(region.value)}, {tongue.gettext(str(near.side))}"
    return f"{tongue.gettext(_FROM[view])}: {where}"


_FROM = {View.FRONT: "in front", View.BACK: "behind"}


def places_by_region(tongue: Language) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """Yield the parts of the body with the places in them, for a list: (key, name) each."""
    muscles = catalogue().muscles
    grouped: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for body in pictures():
        for shape in sorted(body.shapes, key=lambda shape: shape.y):
            own = muscles.get(shape.sites[0].name)
            if own is None:
                continue
            name = f"{tongue.gettext(shape.name)}, {tongue.gettext(str(shape.side))}"
            words = f"{name} ({tongue.gettext(_FROM[body.view])})"
            grouped[own.region.value].append((shape.key, words))
    order = list(dict.fromkeys(muscle.region.value for muscle in muscles.values()))
    return (
        (region, sorted(grouped[region], key=lambda p: p[1])) for region in order if grouped[region]
    )


def place_named(key: str) -> tuple[View, float, float] | None:
    """Return the view and the point of a place in the list; None where there is no such place."""
    for body in pictures():
        for shape in body.shapes:
            if shape.key == key:
                return body.view, shape.x, shape.y
    return None
