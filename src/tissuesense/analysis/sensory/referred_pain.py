"""Referred pain: what a person drew while one place was pressed, as numbers.

A drawing is a picture of which points of the body chart were marked. What lies about the place that
was pressed is local; the rest is referred.

Source: Graven-Nielsen T (2006), for areas of drawings as the measure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.core.arrays import BoolArray
from tissuesense.core.errors import UsageError

_AXES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferredPain:
    """Marks of one drawing.

    Attributes
    ----------
    present
        Whether anything was marked beyond the local radius.
    area_share, local_area_share
        Share of the body chart marked as referred, and as local pain; 0 to 1.
    nearest_mm, farthest_mm
        From the pressed place to the referred marks, on the chart; None where there are none.
    outside_share
        Share of the marks that lie outside the body and do not count.
    """

    present: bool
    area_share: float
    local_area_share: float
    nearest_mm: float | None
    farthest_mm: float | None
    outside_share: float

    @property
    def verdict(self) -> str:
        """One sentence; what was drawn."""
        if not self.present:
            return "No pain was marked away from the place that was pressed."
        return (
            f"Pain away from the pressed place was marked on {100 * self.area_share:.2g} % of the "
            f"body chart, {self.nearest_mm:.0f} to {self.farthest_mm:.0f} mm from it on the chart."
        )


def referred_pain(
    marked: ArrayLike,
    body: ArrayLike,
    *,
    pressed_at: tuple[float, float],
    mm_per_pixel: float,
    local_radius_mm: float,
) -> ReferredPain:
    """Measure a drawing.

    Parameters
    ----------
    marked, body
        Which pixels the person marked, and which belong to the body; shape (rows, columns).
    pressed_at
        Row and column of the pressed place.
    mm_per_pixel
        Scale of the chart.
    local_radius_mm
        Marks no farther than this from the pressed place are local.

    Raises
    ------
    UsageError
        When shapes differ, the chart is empty or the scale is not positive.
    """
    marks, chart = np.asarray(marked, dtype=np.bool_), np.asarray(body, dtype=np.bool_)
    if marks.shape != chart.shape or marks.ndim != _AXES or not chart.any():
        raise UsageError(f"marked {marks.shape} and body {chart.shape} must be one picture.")
    if not (mm_per_pixel > 0 and local_radius_mm >= 0):
        raise UsageError(f"The scale must be positive, not {mm_per_pixel} mm per pixel.")
    return _measured(marks, chart, pressed_at, mm_per_pixel, local_radius_mm)


def _measured(
    marks: BoolArray, chart: BoolArray, at: tuple[float, float], scale: float, radius_mm: float
) -> ReferredPain:
    inside = marks & chart
    rows, columns = np.nonzero(inside)
    away_mm = scale * np.hypot(rows - at[0], columns - at[1])
    referred = away_mm[away_mm > radius_mm]
    size = int(chart.sum())
    present = referred.size > 0
    return ReferredPain(
        present=present,
        area_share=referred.size / size,
        local_area_share=(away_mm.size - referred.size) / size,
        nearest_mm=float(referred.min()) if present else None,
        farthest_mm=float(referred.max()) if present else None,
        outside_share=float((marks & ~chart).sum()) / max(1, int(marks.sum())),
    )
