"""Pressure ramps, press by press: target tunnel, trace, threshold and its correction."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.report.figures.canvas import line, picture
from tissuesense.report.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Within a fifth of the intended rate a press gets no warning.
TUNNEL = 0.2
_PER_ROW = 4
_ROW_MM = 38.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A pressure at a moment, with its 95 % interval where it has one."""

    t_s: float
    kpa: float
    interval_kpa: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """One press, time from its onset.

    Attributes
    ----------
    title
        Such as "Press 1: 312 ± 6 kPa".
    t_s, pressure_kpa
        The trace above its unloaded baseline, each of shape (n,); NaN where readings are missing.
    threshold
        Where the client signalled; None where the press gave no threshold.
    latent
        The same, corrected for reaction time.
    """

    title: str
    t_s: FloatArray
    pressure_kpa: FloatArray
    accepted: bool
    threshold: Mark | None = None
    latent: Mark | None = None


def ramp_figure(ramps: Sequence[Ramp], *, target_rate_kpa_s: float | None, top_kpa: float) -> str:
    """Return one panel a press, all with the same axes, as SVG.

    Parameters
    ----------
    top_kpa
        Upper end of the pressure axis; the same for both sides of a site makes them comparable.
    """
    columns = min(max(len(ramps), 3), _PER_ROW)
    rows = -(-len(ramps) // columns)
    longest = max(float(ramp.t_s[-1]) for ramp in ramps)

    def draw(figure: "Figure") -> None:
        grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        panels = list(grid.flat)
        for axes in panels[len(ramps) :]:
            axes.set_axis_off()
        for place, (axes, ramp) in enumerate(zip(panels, ramps, strict=False)):
            _panel(axes, ramp, target_rate_kpa_s, longest)
            first_column, last_row = place % columns == 0, place + columns >= len(ramps)
            axes.tick_params(labelbottom=last_row)
            axes.set_xlabel("Time from onset (s)" if last_row else "")
            axes.set_ylabel("Pressure (kPa)" if first_column else "")
        panels[0].set(xlim=(0, longest), ylim=(0, top_kpa))

    return picture(_ROW_MM * rows, draw)


def _panel(axes: "Axes", ramp: Ramp, target_rate_kpa_s: float | None, longest_s: float) -> None:
    if target_rate_kpa_s is not None:
        t_s = np.array([0.0, longest_s])
        slow, fast = (target_rate_kpa_s * (1 + sign * TUNNEL) * t_s for sign in (-1, 1))
        axes.fill_between(t_s, slow, fast, color=LIGHT["band"], linewidth=0)
    axes.plot(ramp.t_s, ramp.pressure_kpa, **line(accepted=ramp.accepted))
    if ramp.threshold is not None:
        _threshold(axes, ramp.threshold, accepted=ramp.accepted)
    if ramp.latent is not None:
        axes.plot(
            ramp.latent.t_s, ramp.latent.kpa, "o", markersize=4, markeredgewidth=1,
            markerfacecolor=LIGHT["card"], markeredgecolor=LIGHT["sensor"], zorder=4,
        )  # fmt: skip
    weight = "bold" if ramp.accepted else "normal"
    axes.set_title(ramp.title, color=LIGHT["ink" if ramp.accepted else "muted"], fontweight=weight)


def _threshold(axes: "Axes", mark: Mark, *, accepted: bool) -> None:
    if mark.interval_kpa is not None:
        axes.axhspan(*mark.interval_kpa, color=LIGHT["sensor"], alpha=0.22, linewidth=0, zorder=1)
    filling = LIGHT["sensor"] if accepted else LIGHT["card"]
    axes.plot(
        mark.t_s, mark.kpa, "o", markersize=6.5, markeredgewidth=1,
        markerfacecolor=filling, markeredgecolor=LIGHT["sensor"], zorder=5,
    )  # fmt: skip
