"""Smooth strokes through named nodes, and regions as closed walks along them.

A stroke is written as text, the points that it passes through in order: ``x,y`` is a point,
``name@x,y`` a node that is placed here, ``name`` a node that another stroke has placed. Numbers
are centimetres. A stroke that ends with the node that it began with is a closed loop. One that
ends on the midline crosses it squarely, so that the mirrored half goes on without a corner.

A region is the strokes around it, in order. Two neighbours in that list meet in one node; where
they have several, ``stroke>node`` says at which the walk leaves the stroke. As regions own no
points, two of them that share a stroke share its very numbers: no gap, no overlap.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tissuesense.core.errors import UsageError

Point = tuple[float, float]
Cubic = tuple[Point, Point, Point, Point]

_DECIMALS = 2  # a tenth of a millimetre


@dataclass(frozen=True, slots=True)
class Stroke:
    """A smooth curve.

    Attributes
    ----------
    nodes
        The names of the nodes on it and the places in `cubics` where each begins.
    closed
        True where it comes back to its first point.
    """

    name: str
    cubics: tuple[Cubic, ...]
    nodes: Mapping[str, int]
    closed: bool

    def span(self, start: str, end: str) -> tuple[Cubic, ...]:
        """Return the part from one node to another, in that direction."""
        first, last = self.nodes[start], self.nodes[end]
        if first <= last:
            return self.cubics[first:last]
        return tuple((d, c, b, a) for a, b, c, d in reversed(self.cubics[last:first]))


def read_strokes(texts: Mapping[str, str], nodes: dict[str, Point]) -> dict[str, Stroke]:
    """Return the strokes that `texts` describe; `nodes` gains the ones that they place.

    Raises
    ------
    UsageError
        When a node is placed twice or never.
    """
    for name, text in texts.items():
        _place(name, text, nodes)
    return {name: _stroke(name, text, nodes) for name, text in texts.items()}


def walk(text: str, strokes: Mapping[str, Stroke]) -> tuple[Cubic, ...]:
    """Return the closed curve that a region's list of strokes describes.

    Raises
    ------
    UsageError
        When the list names an unknown stroke, or neighbours in it do not meet in one node.
    """
    steps = [step.partition(">") for step in text.split()]
    if unknown := [name for name, _, _ in steps if name not in strokes]:
        raise UsageError(f"The region '{text}' names no stroke of the drawing: {unknown}.")
    around = [strokes[name] for name, _, _ in steps]
    if len(around) == 1:
        if not around[0].closed:
            raise UsageError(f"The region '{text}' has one stroke, which is not closed.")
        return around[0].cubics
    leaves = [
        said or _meeting(text, here, there)
        for here, there, (_, _, said) in zip(around, _turned(around), steps, strict=True)
    ]
    enters = leaves[-1:] + leaves[:-1]
    try:
        spans = [s.span(a, b) for s, a, b in zip(around, enters, leaves, strict=True)]
    except KeyError as err:
        raise UsageError(
            f"The region '{text}' turns at {err}, which is not on its stroke."
        ) from None
    return tuple(cubic for span in spans for cubic in span)


def _turned(around: Sequence[Stroke]) -> Sequence[Stroke]:
    return [*around[1:], around[0]]


def _meeting(text: str, here: Stroke, there: Stroke) -> str:
    shared = here.nodes.keys() & there.nodes.keys()
    if len(shared) != 1:
        raise UsageError(
            f"In the region '{text}' the strokes {here.name} and {there.name} meet in "
            f"{sorted(shared) or 'no node'}: write {here.name}>node."
        )
    return next(iter(shared))


def _place(name: str, text: str, nodes: dict[str, Point]) -> None:
    for word in text.split():
        node, at, place = word.partition("@")
        if at:
            if node in nodes:
                raise UsageError(f"The stroke {name} places the node {node} a second time.")
            nodes[node] = _point(place)


def _stroke(name: str, text: str, nodes: Mapping[str, Point]) -> Stroke:
    words = [word.partition("@")[0] for word in text.split()]
    try:
        points = [_point(word) if "," in word else nodes[word] for word in words]
    except KeyError as err:
        raise UsageError(f"The stroke {name} passes a node that none places: {err}.") from None
    if any(here == there for here, there in pairwise(points)):
        raise UsageError(f"The stroke {name} passes the same point twice in a row.")
    closed = words[0] == words[-1]
    named = {word: i for i, word in reversed(list(enumerate(words))) if "," not in word}
    return Stroke(name=name, cubics=_smooth(points, closed=closed), nodes=named, closed=closed)


def _point(text: str) -> Point:
    x, y = text.split(",")
    return float(x), float(y)


def _smooth(points: Sequence[Point], *, closed: bool) -> tuple[Cubic, ...]:
    """Return the centripetal Catmull-Rom spline, which neither loops nor overshoots."""
    before = points[-2] if closed else _beyond(points[0], points[1])
    after = points[1] if closed else _beyond(points[-1], points[-2])
    run = [before, *points, after]
    return tuple(_cubic(*run[i : i + 4]) for i in range(len(run) - 3))


def _beyond(end: Point, inner: Point) -> Point:
    """Return where the curve would go on: on the mirrored half, or straight ahead."""
    if end[0] == 0 != inner[0]:
        return -inner[0], inner[1]
    return 2 * end[0] - inner[0], 2 * end[1] - inner[1]


def _cubic(p0: Point, p1: Point, p2: Point, p3: Point) -> Cubic:
    """Return the piece from `p1` to `p2` (Yuksel, Schaefer and Keyser 2011, alpha = 1/2)."""
    d1, d2, d3 = (math.sqrt(math.dist(a, b)) for a, b in ((p0, p1), (p1, p2), (p2, p3)))
    return p1, _handle(p0, p1, p2, d1, d2), _handle(p3, p2, p1, d3, d2), p2


def _handle(behind: Point, here: Point, ahead: Point, back: float, on: float) -> Point:
    def along(axis: int) -> float:
        own = 2 * back * back + 3 * back * on + on * on
        pulled = back * back * ahead[axis] - on * on * behind[axis] + own * here[axis]
        return round(pulled / (3 * back * (back + on)), _DECIMALS)

    return along(0), along(1)
