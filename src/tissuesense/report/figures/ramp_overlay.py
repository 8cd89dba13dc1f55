"""Today's ramps of a site over its earlier ones; what does not count is thin and dashed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.report.figures.ramp import Ramp
from tissuesense.report.figures.svg import Drawing, nice_step

_WIDTH = 560.0
_LEFT, _RIGHT, _TOP = 38.0, 96.0, 14.0
_PLOT, _AXIS = 190.0, 26.0
_MOST_TICKS, _HEADROOM, _MOST_POINTS, _LINE = 5, 1.05, 160, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """The ramps of one recording; `today` is drawn dark and on top."""

    label: str
    ramps: tuple[Ramp, ...]
    today: bool


def ramp_overlay(layers: Sequence[Layer], *, target_rate_kpa_s: float | None, alt: str) -> str:
    """Return pressure over time from onset, all on one pair of axes, as SVG."""
    drawn = [ramp for layer in layers for ramp in layer.ramps]
    longest = max(float(np.nanmax(ramp.t_s)) for ramp in drawn)
    highest = max(float(np.nanmax(ramp.pressure_kpa)) for ramp in drawn)
    step = nice_step(_HEADROOM * highest, _MOST_TICKS)
    frame = _Frame(longest, step * math.ceil(_HEADROOM * highest / step))
    drawing = Drawing(_WIDTH, _TOP + _PLOT + _AXIS)
    _axes(drawing, frame, step)
    if target_rate_kpa_s is not None:
        _tunnel(drawing, frame, target_rate_kpa_s)
    taken: list[float] = []
    for layer in sorted(layers, key=lambda one: one.today):
        for ramp in layer.ramps:
            _ramp(drawing, frame, ramp, today=layer.today)
    for layer in sorted(layers, key=lambda one: not one.today):
        _label(drawing, frame, layer, taken)
    return drawing.svg(alt)


@dataclass(frozen=True, slots=True)
class _Frame:
    longest: float
    top: float

    def x(self, t_s: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(max(t_s, 0.0) / self.longest, 1.0)

    def y(self, kpa: float) -> float:
        return _TOP + _PLOT * (1 - min(max(kpa, 0.0), self.top) / self.top)


def _axes(drawing: Drawing, frame: _Frame, step: float) -> None:
    tick = 0.0
    while tick <= frame.top * (1 + 1e-9):
        y = frame.y(tick)
        drawing.line([(_LEFT, y), (_WIDTH - _RIGHT, y)], "line" if tick else "control", width=0.5)
        drawing.text(_LEFT - 4, y + 2.6, f"{tick:.0f}", anchor="end")
        tick += step
    drawing.text(2, 7, "kPa")
    every = nice_step(frame.longest, _MOST_TICKS)
    t_s = 0.0
    while t_s <= frame.longest * (1 + 1e-9):
        drawing.text(frame.x(t_s), _TOP + _PLOT + 11, f"{t_s:g}", anchor="middle")
        t_s += every
    drawing.text(_LEFT, _TOP + _PLOT + 22, "Time from onset (s)")


def _tunnel(drawing: Drawing, frame: _Frame, rate: float) -> None:
    """Draw the intended rate as a dashed line as far as it goes within the picture."""
    end = min(frame.longest, frame.top / rate)
    line = [(frame.x(0), frame.y(0)), (frame.x(end), frame.y(rate * end))]
    drawing.line(line, "sensor", width=0.6, dashes="2 1.5")


def _ramp(drawing: Drawing, frame: _Frame, ramp: Ramp, *, today: bool) -> None:
    colour, width = ("ink", 1.6) if today else ("control", 0.9)
    dashes = "" if ramp.accepted else "4 2"
    for t_s, kpa in _pieces(ramp):
        places = [(frame.x(t), frame.y(p)) for t, p in zip(t_s, kpa, strict=True)]
        drawing.line(places, colour, width=width if ramp.accepted else 0.7, dashes=dashes)
    if ramp.threshold is not None and ramp.accepted:
        at = frame.x(ramp.threshold.t_s), frame.y(ramp.threshold.kpa)
        drawing.circle(*at, hollow=not today, radius=3.2 if today else 2.2)


def _pieces(ramp: Ramp) -> list[tuple[FloatArray, FloatArray]]:
    """Return the curve in pieces without gaps, no finer than can be seen."""
    whole = np.flatnonzero(np.isfinite(ramp.pressure_kpa))
    breaks = np.flatnonzero(np.diff(whole) > 1) + 1
    every = max(1, ramp.t_s.size // _MOST_POINTS)
    parts = [part[::every] for part in np.split(whole, breaks)]
    return [(ramp.t_s[part], ramp.pressure_kpa[part]) for part in parts if part.size > 1]


def _label(drawing: Drawing, frame: _Frame, layer: Layer, taken: list[float]) -> None:
    ends = [r.threshold.kpa for r in layer.ramps if r.threshold is not None and r.accepted]
    y = frame.y(float(np.mean(ends)) if ends else 0.0) + 2.6
    while any(abs(y - other) < _LINE for other in taken):
        y += _LINE / 2
    taken.append(y)
    colour = "ink" if layer.today else "muted"
    drawing.text(_WIDTH - _RIGHT + 6, y, layer.label, colour=colour, bold=layer.today)
