"""Stretches at several speeds: torque against angle, the place of a catch marked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.report.figures.canvas import picture
from tissuesense.report.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_HEIGHT_MM = 52.0
_SLOWEST_WIDTH, _FASTEST_WIDTH = 0.8, 2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One stretch.

    Attributes
    ----------
    angle_deg, torque_n_m
        Each of shape (n,).
    catch_deg
        Where the movement was caught; None where it was not.
    """

    angle_deg: FloatArray
    torque_n_m: FloatArray
    peak_speed_deg_s: float
    catch_deg: float | None = None


def stretches_figure(stretches: Sequence[Stretch]) -> str:
    """Return torque over angle, the faster the heavier the line, as SVG."""
    fastest = max(stretch.peak_speed_deg_s for stretch in stretches)

    def draw(figure: "Figure") -> None:
        axes = figure.subplots()
        for stretch in sorted(stretches, key=lambda s: s.peak_speed_deg_s):
            share = stretch.peak_speed_deg_s / fastest
            width = _SLOWEST_WIDTH + (_FASTEST_WIDTH - _SLOWEST_WIDTH) * share
            axes.plot(stretch.angle_deg, stretch.torque_n_m, color=LIGHT["ink"], linewidth=width)
            if stretch.catch_deg is not None:
                nearest = int(np.argmin(np.abs(stretch.angle_deg - stretch.catch_deg)))
                axes.plot(
                    stretch.catch_deg, stretch.torque_n_m[nearest], "o", markersize=6,
                    markerfacecolor=LIGHT["card"], markeredgecolor=LIGHT["sensor"], zorder=5,
                )  # fmt: skip
        axes.set_xlabel("Angle (°)")
        axes.set_ylabel("Torque (N m)")

    return picture(_HEIGHT_MM, draw)
