"""A force on an even grid, as the search for presses looks at it."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.signals.cleaning import binned
from tissuesense.core.arrays import FloatArray

# Fifty a second show a press, and cost little at 3200 samples a second.
_GRID_S = 0.02
# Longer than twice a knock, shorter than twice the shortest press: the running median removes
# what lasts less than half of it and keeps the rest.
MEDIAN_WINDOW_S = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class PressGrid:
    """A force every `step_s`, shape (m,) each.

    Attributes
    ----------
    force_n
        Mean of the samples about each point.
    calm_n
        The same with everything brief taken out.
    samples_per_step
        At least 1.
    """

    t_s: FloatArray
    force_n: FloatArray
    calm_n: FloatArray
    step_s: float
    samples_per_step: float

    @classmethod
    def of(
        cls,
        t_s: FloatArray,
        force_n: FloatArray,
        usual_step_s: float | None = None,
        *,
        calm_s: float = MEDIAN_WINDOW_S,
    ) -> "PressGrid":
        """Lay increasing times and a force without spikes, shape (n,) with n > 1, on a grid.

        What lasts less than half of `calm_s` counts as brief.
        """
        step = max(_GRID_S, usual_step_s or median(t_s[1:] - t_s[:-1]))
        bin_t, bin_f = binned(t_s, force_n, step)
        grid = np.arange(bin_t[0], bin_t[-1] + step / 2, step)
        level = np.interp(grid, bin_t, bin_f)
        width = max(3, 2 * round(calm_s / step / 2) + 1)
        return cls(
            t_s=grid,
            force_n=level,
            calm_n=median_filter(level, size=min(width, grid.size), mode="reflect"),
            step_s=step,
            samples_per_step=max(1.0, t_s.size / grid.size),
        )
