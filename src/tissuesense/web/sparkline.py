"""A curve of a few values no larger than a word; the words beside it say the same."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 96.0
HEIGHT = 28.0
_MARGIN = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sparkline:
    """Where things lie in a picture of `WIDTH` by `HEIGHT`.

    Attributes
    ----------
    points
        Of the line, as SVG has them.
    last
        The place of the latest value.
    band
        Top and height of what the unchanged stay within; None where that is unknown.
    """

    points: str
    last: tuple[float, float]
    band: tuple[float, float] | None


def sparkline(
    values: Sequence[float], band: tuple[float, float] | None = None, *, top: float = 0.0
) -> Sparkline:
    """Return the curve of values, oldest first; it begins at zero, so no change looks large.

    Parameters
    ----------
    top
        The value at the upper edge, where that is fixed by a scale; else the largest.
    """
    highest = max(top, *values, *(band or ()), 1e-9)
    step = (WIDTH - 2 * _MARGIN) / max(len(values) - 1, 1)

    def down(value: float) -> float:
        return round(_MARGIN + (HEIGHT - 2 * _MARGIN) * (1 - max(value, 0.0) / highest), 1)

    places = [(round(_MARGIN + i * step, 1), down(value)) for i, value in enumerate(values)]
    return Sparkline(
        points=" ".join(f"{x:g},{y:g}" for x, y in places),
        last=places[-1],
        band=None if band is None else (down(band[1]), max(down(band[0]) - down(band[1]), 1.0)),
    )
