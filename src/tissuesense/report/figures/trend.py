"""One quantity over the visits: values with their uncertainty, the band of error, hand and plan."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tissuesense.report.figures.svg import Drawing, nice_step, text_width
from tissuesense.report.quantities import number

_WIDTH = 232.0  # half of the column, in points
_LEFT, _RIGHT = 34.0, 6.0
_TOP = 17.0
_PLOT = 88.0
_TREATED = 12.0
_STRIP = 30.0
_AXIS = 22.0
_MOST_TICKS = 4
_MOST_WEEKS = 6
_HEADROOM = 1.05
_WEEK = 7.0
_EDGE_DAYS = 2.0
_TICK = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint:
    """A value of one day; `bar` is 1.96 standard uncertainties, None where it has none."""

    day: float
    value: float
    bar: float | None = None
    hollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A phase of the plan, in days; `words` are printed where there is room, else `number`."""

    start: float
    end: float
    words: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One panel.

    Attributes
    ----------
    unit
        Of the values.
    band
        What measuring alone would give, about the first value.
    grades
        (day, grade) by hand, on the scale from `lowest` to `highest`; `scale` names it.
    treated
        Days on which the site was treated.
    visits
        Days of all visits of care.
    """

    unit: str
    points: tuple[TrendPoint, ...]
    visits: tuple[float, ...]
    band: tuple[float, float] | None = None
    grades: tuple[tuple[float, int], ...] = ()
    scale: str = ""
    lowest: int = 0
    highest: int = 3
    treated: tuple[float, ...] = ()
    phases: tuple[Stretch, ...] = ()
    begins: str = ""


def trend_figure(trend: Trend, *, alt: str, width: float = _WIDTH, plot: float = _PLOT) -> str:
    """Return the panel as SVG, by default half a column wide; values from zero on, no axis is cut.

    Parameters
    ----------
    width, plot
        Of the whole picture, and how high the values stand in it, in points.
    """
    height = _TOP + plot + _TREATED + (_STRIP if trend.grades else 0.0) + _AXIS
    drawing = Drawing(width, height)
    frame = _Frame.of(trend, width, plot)
    _phases(drawing, frame, trend.phases)
    _values(drawing, frame, trend)
    bottom = _TOP + plot
    for day in trend.visits:
        x = frame.x(day)
        drawing.line([(x, bottom), (x, bottom + _TICK)], "control")
    for day in trend.treated:
        _triangle(drawing, frame.x(day), bottom + _TICK + 1.5)
    if trend.grades:
        _strip(drawing, frame, trend, bottom + _TREATED)
        bottom += _STRIP
    _weeks(drawing, frame, trend, bottom + _TREATED)
    return drawing.svg(alt)


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where days and values stand on the paper."""

    first: float
    last: float
    top: float
    step: float
    width: float
    plot: float

    @classmethod
    def of(cls, trend: Trend, width: float, plot: float) -> "_Frame":
        days = [*trend.visits, *(point.day for point in trend.points)]
        highest = [p.value + (p.bar or 0.0) for p in trend.points]
        highest += [trend.band[1]] if trend.band else []
        step = nice_step(_HEADROOM * max(highest), _MOST_TICKS)
        top = step * math.ceil(_HEADROOM * max(highest) / step)
        return cls(min(days) - _EDGE_DAYS, max(days) + _EDGE_DAYS, top, step, width, plot)

    def x(self, day: float) -> float:
        part = (day - self.first) / (self.last - self.first)
        return _LEFT + min(max(part, 0.0), 1.0) * (self.width - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _TOP + self.plot * (1 - min(max(value, 0.0), self.top) / self.top)


def _phases(drawing: Drawing, frame: _Frame, phases: Sequence[Stretch]) -> None:
    for index, phase in enumerate(phases):
        left, right = frame.x(phase.start), frame.x(phase.end)
        if right <= left:
            continue
        if index % 2:
            drawing.box(left, _TOP, right - left, frame.plot, "level")
        if index:
            drawing.line([(left, _TOP - 8), (left, _TOP + frame.plot)], "control", dashes="1.5 1.5")
        fits = text_width(phase.words) < right - left - 2
        drawing.text(left + 2, _TOP - 3, phase.words if fits else str(phase.number))


def _values(drawing: Drawing, frame: _Frame, trend: Trend) -> None:
    right = frame.width - _RIGHT
    if trend.band is not None:
        low, high = (frame.y(value) for value in trend.band)
        drawing.box(_LEFT, high, right - _LEFT, low - high, "band")
        for y in (low, high):  # seen in print that is grey
            drawing.line([(_LEFT, y), (right, y)], "sensor", width=0.4, dashes="2 1.5")
    tick = 0.0
    while tick <= frame.top * (1 + 1e-9):
        y = frame.y(tick)
        drawing.line([(_LEFT, y), (right, y)], "line" if tick else "control", width=0.5)
        drawing.text(_LEFT - 4, y + 2.6, _tick(tick, frame.step), anchor="end")
        tick += frame.step
    drawing.text(2, 7, trend.unit)
    places = [(frame.x(point.day), frame.y(point.value)) for point in trend.points]
    drawing.line(places, "sensor", width=0.7)
    for point, (x, y) in zip(trend.points, places, strict=True):
        if point.bar is not None:
            ends = frame.y(point.value - point.bar), frame.y(point.value + point.bar)
            drawing.line([(x, ends[0]), (x, ends[1])], "sensor", width=1.0)
        drawing.circle(x, y, hollow=point.hollow)
    x, last = places[-1][0], trend.points[-1]
    above = frame.y(last.value + (last.bar or 0.0)) - 4
    drawing.text(
        min(x, right - 2), max(above, _TOP + 5), number(last.value, trend.unit),
        colour="ink", anchor="end" if x > right - 14 else "middle", bold=True,
    )  # fmt: skip


def _tick(value: float, step: float) -> str:
    return f"{value:.0f}" if step >= 1 else f"{value:.1f}"


def _triangle(drawing: Drawing, x: float, y: float) -> None:
    drawing.line([(x - 2.4, y), (x + 2.4, y), (x, y + 4.2), (x - 2.4, y)], "hand", width=0.9)


def _strip(drawing: Drawing, frame: _Frame, trend: Trend, top: float) -> None:
    """Draw what the hand graded, on a scale of its own."""

    def y(grade: float) -> float:
        part = (grade - trend.lowest) / (trend.highest - trend.lowest)
        return top + _STRIP - 5 - part * (_STRIP - 11)

    for grade in (trend.lowest, trend.highest):
        drawing.line([(_LEFT, y(grade)), (frame.width - _RIGHT, y(grade))], "line", width=0.5)
        label = f"{grade:+d}".replace("-", "\N{MINUS SIGN}") if trend.lowest else str(grade)
        drawing.text(_LEFT - 4, y(grade) + 2.6, label, colour="hand", anchor="end")
    drawing.text(2, (y(trend.lowest) + y(trend.highest)) / 2 + 2.6, trend.scale, colour="hand")
    for day, grade in trend.grades:
        drawing.diamond(frame.x(day), y(grade))


def _weeks(drawing: Drawing, frame: _Frame, trend: Trend, top: float) -> None:
    last = max(trend.visits, default=trend.points[-1].day)
    step = max(1.0, nice_step(max(last / _WEEK, 1.0), _MOST_WEEKS))
    week = 0.0
    while week * _WEEK <= last + _EDGE_DAYS:
        drawing.text(frame.x(week * _WEEK), top + 8, f"{week:.0f}", anchor="middle")
        week += step
    drawing.text(_LEFT, top + 18, f"Weeks from {trend.begins}")
