"""Press, hold, let go: force against depth as a loop, and force over time as it relaxes."""

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

# The secant is drawn where it is defined: from 20 to 80 % of the peak force of loading.
_SECANT = (0.2, 0.8)
_HEIGHT_MM = 48.0
_WIDTH = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class PressHold:
    """One press, time and depth from contact.

    Attributes
    ----------
    t_s, force_n, depth_mm
        Each of shape (n,), NaN where readings are missing; depth is None where it was not
        recorded.
    hold_s
        From when to when the press was held; None without a hold.
    """

    t_s: FloatArray
    force_n: FloatArray
    depth_mm: FloatArray | None
    accepted: bool
    hold_s: tuple[float, float] | None = None


def press_hold_figure(presses: Sequence[PressHold], *, top_n: float) -> str:
    """Return force over depth beside force over time, as SVG; without depth the latter alone.

    Parameters
    ----------
    top_n
        Upper end of the force axis; the same for both sides of a site makes them comparable.
    """
    has_depth = any(press.depth_mm is not None for press in presses)

    def draw(figure: "Figure") -> None:
        panels = figure.subplots(1, 2 if has_depth else 1, sharey=True, squeeze=False)[0]
        _over_time(panels[-1], presses)
        if has_depth:
            _loop(panels[0], presses)
        for axes in panels:
            axes.set_xlim(left=0)
        panels[0].set_ylim(0, top_n)
        panels[0].set_ylabel("Force (N)")

    return picture(_HEIGHT_MM, draw)


def _loop(axes: "Axes", presses: Sequence[PressHold]) -> None:
    for press in presses:
        if press.depth_mm is not None:
            style = line(accepted=press.accepted, width=_WIDTH)
            axes.plot(press.depth_mm, press.force_n, **style)
            if press.accepted:
                _secant(axes, press.depth_mm, press.force_n)
    axes.set_title("Force over depth")
    axes.set_xlabel("Depth from contact (mm)")


def _secant(axes: "Axes", depth_mm: FloatArray, force_n: FloatArray) -> None:
    """Draw the chord of the loading curve, ends marked, in the sensor's colour."""
    peak = int(np.nanargmax(force_n))
    loading = np.fmax.accumulate(force_n[: peak + 1])
    levels = np.array(_SECANT) * force_n[peak]
    depths = np.interp(levels, loading, depth_mm[: peak + 1])
    axes.plot(depths, levels, "o-", color=LIGHT["sensor"], linewidth=1, markersize=3.5, zorder=4)


def _over_time(axes: "Axes", presses: Sequence[PressHold]) -> None:
    held = [press.hold_s for press in presses if press.accepted and press.hold_s is not None]
    if held:
        start, end = (float(np.median([hold[i] for hold in held])) for i in (0, 1))
        axes.axvspan(start, end, color=LIGHT["band"], linewidth=0, zorder=0)
        axes.text(
            (start + end) / 2, 0.04, "hold", transform=axes.get_xaxis_transform(),
            ha="center", color=LIGHT["muted"],
        )  # fmt: skip
    for press in presses:
        axes.plot(press.t_s, press.force_n, **line(accepted=press.accepted, width=_WIDTH))
    axes.set_title("Force over time")
    axes.set_xlabel("Time from contact (s)")
