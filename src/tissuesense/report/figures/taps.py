"""Taps laid upon one another: how the tissue rings and how soon it stops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tissuesense.core.arrays import FloatArray
from tissuesense.report.figures.canvas import line, picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEIGHT_MM = 38.0
_WIDTH = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """One tap, time from its onset, acceleration without gravity; shape (n,) each."""

    t_ms: FloatArray
    acceleration_m_s2: FloatArray
    accepted: bool


def taps_figure(taps: Sequence[Tap]) -> str:
    """Return all taps of a recording in one panel, as SVG."""

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        for tap in taps:
            axes.plot(tap.t_ms, tap.acceleration_m_s2, **line(accepted=tap.accepted, width=_WIDTH))
        axes.set_xlabel("Time from the tap (ms)")
        axes.set_ylabel("Acceleration (m/s²)")
        axes.set_xlim(float(taps[0].t_ms[0]), max(float(tap.t_ms[-1]) for tap in taps))

    return picture(_HEIGHT_MM, draw)
