"""A treatment as it was pressed: pressure over time, what was held, and what the client said."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.report.figures.canvas import line, picture
from tissuesense.report.theme import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_HEIGHT_MM = 46.0
_RATINGS_MM = 18.0
_MOST_RATING = 10.0
_WIDTH = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One hold: from when, how long, at what mean pressure."""

    start_s: float
    seconds: float
    mean_kpa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseTimeline:
    """One recording of a treatment.

    Attributes
    ----------
    t_s, pressure_kpa
        Above the unloaded level, each of shape (n,); NaN where readings are missing.
    ppt_kpa
        The site's own pain threshold, where it is known.
    ratings
        (time in s, 0 to 10) of what the client said.
    good_pain
        Lowest and highest rating of the band that client and therapist agreed on.
    """

    t_s: FloatArray
    pressure_kpa: FloatArray
    holds: tuple[Held, ...]
    ppt_kpa: float | None = None
    ratings: tuple[tuple[float, float], ...] = ()
    good_pain: tuple[float, float] = (4.0, 7.0)


def dose_figure(dose: DoseTimeline) -> str:
    """Return pressure over time, and below it the ratings where there are any, as SVG."""

    def draw(figure: "Figure") -> None:
        if dose.ratings:
            upper, lower = figure.subplots(
                2, 1, sharex=True, height_ratios=(_HEIGHT_MM, _RATINGS_MM)
            )
            _ratings(lower, dose)
            last = lower
        else:
            upper = last = figure.subplots()
        _pressure(upper, dose)
        last.set_xlabel("Time (s)")
        last.set_xlim(0, float(dose.t_s[-1]))

    return picture(_HEIGHT_MM + (_RATINGS_MM if dose.ratings else 0.0), draw)


def _pressure(axes: "Axes", dose: DoseTimeline) -> None:
    axes.plot(dose.t_s, dose.pressure_kpa, **line(accepted=True, width=_WIDTH))
    for held in dose.holds:
        axes.plot(
            [held.start_s, held.start_s + held.seconds], [held.mean_kpa] * 2,
            color=LIGHT["sensor"], linewidth=3, solid_capstyle="butt", alpha=0.75, zorder=4,
        )  # fmt: skip
    highest = float(np.nanmax(dose.pressure_kpa))
    if dose.ppt_kpa is not None:
        highest = max(highest, dose.ppt_kpa)
        axes.axhline(dose.ppt_kpa, color=LIGHT["muted"], linewidth=0.8, linestyle=(0, (4, 2)))
        axes.text(
            1.0, dose.ppt_kpa, "pain threshold here ", transform=axes.get_yaxis_transform(),
            ha="right", va="bottom", color=LIGHT["muted"],
        )  # fmt: skip
    axes.set_ylim(0, 1.12 * highest)
    axes.set_ylabel("Pressure (kPa)")


def _ratings(axes: "Axes", dose: DoseTimeline) -> None:
    axes.axhspan(*dose.good_pain, color=LIGHT["band"], linewidth=0, zorder=0)
    t_s, said = zip(*sorted(dose.ratings), strict=True)
    axes.plot(
        t_s, said, "D", markersize=5, markeredgewidth=1,
        markerfacecolor=LIGHT["card"], markeredgecolor=LIGHT["hand"], zorder=4,
    )  # fmt: skip
    axes.set_ylim(0, _MOST_RATING)
    axes.set_yticks([0, *dose.good_pain, _MOST_RATING])
    axes.set_ylabel("Client says")
