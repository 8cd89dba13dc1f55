"""The treatments of a visit as bars of time, one below the other in the order of the visit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tissuesense.report.figures.svg import Drawing, nice_step

_WIDTH = 480.0
_LEFT, _RIGHT = 150.0, 78.0
_ROW = 20.0
_BAR = 11.0
_TOP, _AXIS = 4.0, 26.0
_MOST_TICKS = 6
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseBar:
    """One treatment.

    Attributes
    ----------
    seconds
        How long; None: not timed.
    by_sensor
        Whether the gauge took the time: then the bar is filled, else it is the hand's, open.
    said
        What the client said while it was done, 0 to 10.
    """

    site: str
    seconds: float | None
    by_sensor: bool
    said: int | None = None


def dose_bars(bars: Sequence[DoseBar], *, alt: str) -> str:
    """Return one row a treatment, time from zero on, as SVG."""
    longest = max((bar.seconds or 0.0 for bar in bars), default=0.0) or _MINUTE_S
    step = nice_step(longest, _MOST_TICKS)
    height = _TOP + _ROW * len(bars)
    drawing = Drawing(_WIDTH, height + _AXIS)
    span = _WIDTH - _LEFT - _RIGHT

    def x(seconds: float) -> float:
        return _LEFT + span * seconds / longest

    tick = 0.0
    while tick <= longest * (1 + 1e-9):
        drawing.line([(x(tick), _TOP), (x(tick), height)], "line" if tick else "control", width=0.5)
        drawing.text(x(tick), height + 10, f"{tick:.0f}", anchor="middle")
        tick += step
    drawing.text(_LEFT, height + 21, "Time (s)")
    for row, bar in enumerate(bars):
        _bar(drawing, bar, _TOP + _ROW * row, x)
    return drawing.svg(alt)


def _bar(drawing: Drawing, bar: DoseBar, y: float, x: Callable[[float], float]) -> None:
    middle = y + _ROW / 2
    drawing.text(_LEFT - 6, middle + 2.6, bar.site, colour="ink", anchor="end")
    if bar.seconds is None:
        drawing.text(x(0) + 4, middle + 2.6, "not timed")
        return
    top, bottom, end = middle - _BAR / 2, middle + _BAR / 2, x(bar.seconds)
    if bar.by_sensor:
        drawing.box(x(0), top, end - x(0), _BAR, "sensor")
    else:
        corners = [(x(0), top), (end, top), (end, bottom), (x(0), bottom), (x(0), top)]
        drawing.box(x(0), top, end - x(0), _BAR, "card")
        drawing.line(corners, "hand", width=1.1)
    drawing.text(end + 4, middle + 2.6, f"{bar.seconds:.0f} s", colour="ink")
    if bar.said is not None:
        drawing.text(_WIDTH - 2, middle + 2.6, f"{bar.said}/10", anchor="end")
