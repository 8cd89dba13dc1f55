"""The body from in front and from behind, with what hand and sensor found where they found it.

Only what was found is coloured; all else is a quiet outline. Hand and sensor keep their signs, the
open diamond and the filled circle, so that the map is read without colour too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from tissuesense.anatomy.body_map.shapes import (
    HALF_WIDTH_CM,
    HEIGHT_CM,
    Region,
    View,
    drawing,
    drawn_as,
    path_data,
    places,
    regions,
)
from tissuesense.core.site import BodySite, Side
from tissuesense.report.figures.body_legend import WIDTH, hatch, label, legend, plain
from tissuesense.report.figures.body_marks import Mark, Scale, fill_of, glyphs
from tissuesense.report.theme import LIGHT

_PANEL = 2 * HALF_WIDTH_CM + 4
_ABOVE = 9.0  # room for the words over the body
_BELOW = 3.0
_LEGEND_TOP = 22.0
_SHOWN = {"both": (View.FRONT, View.BACK), "front": (View.FRONT,), "back": (View.BACK,)}
_FROM = {View.FRONT: "in front", View.BACK: "behind"}

Placed = Mapping[BodySite, Sequence[tuple[BodySite, Mark]]]


class BodyMap(NamedTuple):
    """A whole SVG document in the light theme's colours, and the same in words."""

    svg: str
    alt: str


def body_map(
    marks: Mapping[BodySite, Mark],
    *,
    scale: Scale,
    title: str,
    view: Literal["both", "front", "back"] = "both",
    with_legend: bool = True,
    all_regions: bool = False,
) -> BodyMap:
    """Return the map of what was found.

    Parameters
    ----------
    marks
        By site, in the order in which they are to be read; one on the midline stands on both
        sides. A muscle that cannot be seen stands at the nearest that can; one that the shown
        views do not have at all is named below the legend and in the words.
    title
        What the map shows, as a sentence.
    all_regions
        Whether deeper muscles without a mark are outlined too, so that they can be picked.

    Raises
    ------
    UsageError
        When a level is not on the scale.
    """
    views = _SHOWN[view]
    placed, left_out = _place(marks, views)
    alt = _in_words(marks, scale, views, left_out)
    panels = [_panel(i, shown, placed, scale, all_regions) for i, shown in enumerate(views)]
    width, aside = len(views) * _PANEL, ""
    if with_legend:
        notes = [f"Not on this map: {_name(site)}." for site in left_out]
        told = legend(scale, marks.values(), notes, deep=all_regions or _any_deep(placed, views))
        aside = f'<g transform="translate({width:g} {_LEGEND_TOP:g})">{told}</g>'
        width += WIDTH
    height = HEIGHT_CM + _ABOVE + _BELOW
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}pt" height="{height:g}pt"><title>{plain(title)}</title>'
        f"<desc>{plain(alt)}</desc><defs>{hatch()}</defs>"
    )
    return BodyMap(svg=f"{head}{''.join(panels)}{aside}</svg>\n", alt=alt)


def _any_deep(placed: Placed, views: Sequence[View]) -> bool:
    return any(shape.deep and shape.site in placed for view in views for shape in regions(view))


def _place(
    marks: Mapping[BodySite, Mark], views: Sequence[View]
) -> tuple[Placed, tuple[BodySite, ...]]:
    """Return the marks by the region that carries them, its own first, and who has none."""
    placed: dict[BodySite, list[tuple[BodySite, Mark]]] = {}
    left_out = []
    for site, mark in marks.items():
        sides = (Side.LEFT, Side.RIGHT) if site.side is Side.MIDLINE else (site.side,)
        sites = [BodySite(site.name, side) for side in sides]
        shapes = (shape for view in views for one in sites for shape in places(view, one))
        carrying = list(dict.fromkeys(shape.site for shape in shapes))
        if not carrying:
            left_out.append(site)
        for place in carrying:
            own_first = 0 if place.name == site.name else len(placed.get(place, ()))
            placed.setdefault(place, []).insert(own_first, (site, mark))
    return placed, tuple(left_out)


def _panel(
    index: int,
    view: View,
    placed: Placed,
    scale: Scale,
    all_regions: bool,  # noqa: FBT001 - handed on
) -> str:
    body = drawing(view)
    shown = sorted(
        (r for r in body.regions if not r.deep or all_regions or r.site in placed),
        key=lambda r: (r.deep, r.site in placed),  # the border of what is marked lies on top
    )
    skin = f'<path d="{path_data(body.silhouette)}Z" stroke-linejoin="round"'
    lines = "".join(path_data(line) for line in body.details)
    parts = (
        f'<g transform="translate({(index + 0.5) * _PANEL:g} {_ABOVE:g})" class="{view}">',
        f'{skin} fill="{LIGHT["card"]}"/>',
        *(_region(shape, placed.get(shape.site, ()), scale) for shape in shown),
        '<g pointer-events="none">',
        f'<path d="{lines}" fill="none" stroke="{LIGHT["line"]}" stroke-width="0.3"/>',
        f'{skin} fill="none" stroke="{LIGHT["control"]}" stroke-width="0.6"/>',
        *_signs(shown, placed, scale),
        *_directions(view),
        "</g></g>",
    )
    return "".join(parts)


def _region(shape: Region, found: Sequence[tuple[BodySite, Mark]], scale: Scale) -> str:
    name = _name(shape.site)
    told = "; ".join(f"{_name(site)}: {mark.words}" for site, mark in found) or name
    fill = fill_of(found[0][1] if found else None, scale)
    if shape.deep and not found:
        fill = "none"  # what lies over it is seen
    line = LIGHT["control" if found or shape.deep else "line"]
    dashes = ' stroke-dasharray="1 0.6"' if shape.deep else ""
    # A deep patch stands off from the muscle over it, also where both have one colour.
    edge = f'<path d="{shape.d}" stroke="{LIGHT["card"]}"/>' if shape.deep and found else ""
    return (
        f'{edge}<path class="region" data-site="{shape.site.name}" data-side="{shape.site.side}"'
        f' d="{shape.d}" fill="{fill}" stroke="{line}" stroke-width="0.3"{dashes}'
        f' stroke-linejoin="round" pointer-events="all"><title>{plain(told)}</title></path>'
    )


def _signs(shapes: Sequence[Region], placed: Placed, scale: Scale) -> Iterator[str]:
    for shape in shapes:
        for _, mark in placed.get(shape.site, ())[:1]:
            yield from glyphs(mark, scale, *shape.anchor)


def _directions(view: View) -> Iterator[str]:
    yield label(0, -3.5, view.capitalize(), bold=True, anchor="middle")
    on_right = view.right_of_picture
    yield label(-0.75 * HALF_WIDTH_CM, 22, on_right.other.capitalize(), anchor="middle")
    yield label(0.75 * HALF_WIDTH_CM, 22, on_right.capitalize(), anchor="middle")


def _name(site: BodySite) -> str:
    return site.words[0].upper() + site.words[1:]


def _in_words(
    marks: Mapping[BodySite, Mark],
    scale: Scale,
    views: Sequence[View],
    left_out: Sequence[BodySite],
) -> str:
    seen = " and from ".join(_FROM[view] for view in views)
    told = [f"The body from {seen}.", f"{scale.title}, from {scale.low} to {scale.high}."]
    for site, mark in marks.items():
        stand_ins = [name.replace("_", " ") for name in drawn_as(site.name) if name != site.name]
        where = f" (drawn at {', '.join(stand_ins)})" if stand_ins else ""
        where = " (not on this map)" if site in left_out else where
        told.append(f"{_name(site)}{where}: {mark.words.rstrip('.')}.")
    if not marks:
        told.append("Nothing is marked.")
    return " ".join(told)
