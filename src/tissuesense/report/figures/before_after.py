"""Before and after, site by site: two dots on one line, and the band that measuring alone gives."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tissuesense.report.figures.svg import Drawing, nice_step
from tissuesense.report.quantities import number

_WIDTH = 560.0
_LEFT, _RIGHT = 138.0, 150.0
_TOP, _ROW, _AXIS = 22.0, 30.0, 28.0
_BAND, _HEADROOM, _MOST_TICKS, _APART = 12.0, 1.05, 6, 2.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDots:
    """One site, measured twice.

    Attributes
    ----------
    bars
        95 % interval of each; None where it has none.
    band
        What an unchanged site stays within, about the value before; None where unknown.
    beyond
        Whether the change is larger than that: then the second dot is filled.
    words
        The verdict, printed beside the row in two lines at most.
    """

    site: str
    before: float
    after: float
    bars: tuple[tuple[float, float] | None, tuple[float, float] | None]
    band: tuple[float, float] | None
    beyond: bool
    words: tuple[str, str]


def before_after_figure(
    rows: Sequence[PairedDots], *, unit: str, quantity: str, labels: tuple[str, str], alt: str
) -> str:
    """Return a row for each site, values from zero on, as SVG.

    Parameters
    ----------
    labels
        What the first and the second dot are called: before, after.
    """
    height = _TOP + _ROW * len(rows)
    drawing = Drawing(_WIDTH, height + _AXIS)
    highest = max(_highest(row) for row in rows)
    step = nice_step(_HEADROOM * highest, _MOST_TICKS)
    top = step * math.ceil(_HEADROOM * highest / step)
    span = _WIDTH - _LEFT - _RIGHT

    def x(value: float) -> float:
        return _LEFT + span * min(max(value, 0.0), top) / top

    tick = 0.0
    while tick <= top * (1 + 1e-9):
        drawing.line([(x(tick), _TOP), (x(tick), height)], "line" if tick else "control", width=0.5)
        label = f"{tick:.0f}" if step >= 1 else f"{tick:.1f}"
        drawing.text(x(tick), height + 10, label, anchor="middle")
        tick += step
    drawing.text(_LEFT, height + 22, f"{quantity} ({unit})")
    for place, row in enumerate(rows):
        middle = _TOP + _ROW * (place + 0.5)
        _band(drawing, row, middle, x)
        _dots(drawing, row, middle, x)
        drawing.text(_LEFT - 6, middle + 2.6, row.site, colour="ink", anchor="end")
        drawing.text(_WIDTH - _RIGHT + 10, middle - 2, row.words[0], colour="ink", bold=row.beyond)
        drawing.text(_WIDTH - _RIGHT + 10, middle + 8, row.words[1])
        for value, end in ((row.before, _anchor(row, first=True)), (row.after, _anchor(row))):
            apart = -_APART if end == "end" else _APART
            drawing.text(
                x(value) + apart, middle - 7, number(value, unit), anchor=end, colour="ink"
            )
    _legend(drawing, labels)
    return drawing.svg(alt)


def _anchor(row: PairedDots, *, first: bool = False) -> str:
    """Return where a number stands, so that the two of a row keep apart."""
    return "end" if (row.before <= row.after) == first else "start"


def _highest(row: PairedDots) -> float:
    ends = [bar[1] for bar in row.bars if bar is not None]
    return max([row.before, row.after, *ends, *([] if row.band is None else [row.band[1]])])


def _band(drawing: Drawing, row: PairedDots, y: float, x: Callable[[float], float]) -> None:
    if row.band is None:
        return
    low, high = (x(value) for value in row.band)
    drawing.box(low, y - _BAND / 2, high - low, _BAND, "band")
    for edge in (low, high):
        drawing.line(
            [(edge, y - _BAND / 2), (edge, y + _BAND / 2)], "sensor", width=0.5, dashes="2 1.5"
        )


def _dots(drawing: Drawing, row: PairedDots, y: float, x: Callable[[float], float]) -> None:
    drawing.line([(x(row.before), y), (x(row.after), y)], "sensor", width=1.4)
    for bar in row.bars:
        if bar is not None:
            drawing.line([(x(bar[0]), y), (x(bar[1]), y)], "sensor", width=0.7)
    drawing.line([(x(row.before), y - 4.5), (x(row.before), y + 4.5)], "sensor", width=1.6)
    drawing.circle(x(row.after), y, hollow=not row.beyond, radius=3.4)


def _legend(drawing: Drawing, labels: tuple[str, str]) -> None:
    y = 8.0
    drawing.line([(_LEFT + 3, y - 4.5), (_LEFT + 3, y + 4.5)], "sensor", width=1.6)
    drawing.text(_LEFT + 9, y + 2.6, labels[0])
    drawing.circle(_LEFT + 84, y, hollow=False, radius=3.4)
    drawing.text(_LEFT + 91, y + 2.6, labels[1])
