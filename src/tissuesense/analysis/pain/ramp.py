"""The pressure of one press about its peak: where it was let go, and whether it was held first."""

import math
from dataclasses import dataclass, field

import numpy as np

from tissuesense.analysis.numerics.breakpoints import Bend, bend_place, find_bend
from tissuesense.analysis.numerics.order_statistics import median, quantile
from tissuesense.analysis.signals.cleaning import binned
from tissuesense.core.arrays import FloatArray

_FINEST_BIN_S = 0.005
# Long enough to average noise, short enough that a hand hardly changes its pace in it.
RAMP_WINDOW_S = 0.3
_LONGEST_SMOOTHING_S = 0.25
_TARGET_NOISE_SHARE = 0.002
_PLATEAU_SLOPE_SHARE = 0.3
SHORTEST_PLATEAU_S = 0.1
_LONGEST_PLATEAU_LOOKED_FOR_S = 6.0
_TOP_SHARE = 0.7
_LONGEST_LETTING_GO_S = 1.0
_SLOWER_THAN_THE_RISE = 3.0
_CLEAR_GAIN = 0.5  # of what one line leaves over


@dataclass(frozen=True, slots=True, kw_only=True)
class PressedCurve:
    """Pressure above the unloaded level during one press, on fine bins.

    Attributes
    ----------
    t_s, p_kpa
        Shape (n,).
    noise_kpa
        Standard deviation of one bin.
    step_s
        Usual time between bins.
    smooth_kpa
        A moving average just wide enough that noise is small beside the peak, shape (n,).
    """

    t_s: FloatArray
    p_kpa: FloatArray
    noise_kpa: float
    step_s: float
    smooth_kpa: FloatArray = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "smooth_kpa", self._smoothed())

    @classmethod
    def of(cls, t_s: FloatArray, p_kpa: FloatArray, noise_kpa: float) -> "PressedCurve":
        """Bin samples to at most 200 a second."""
        steps = t_s[1:] - t_s[:-1]
        x, y = t_s, p_kpa
        if steps.size and steps.min() < _FINEST_BIN_S:
            x, y = binned(t_s, p_kpa, _FINEST_BIN_S)
            steps = x[1:] - x[:-1]
        step = median(steps) if steps.size else _FINEST_BIN_S
        return cls(t_s=x, p_kpa=y, noise_kpa=noise_kpa * math.sqrt(x.size / t_s.size), step_s=step)

    def part(self, start_s: float, end_s: float) -> tuple[FloatArray, FloatArray]:
        """Return the samples with start <= t <= end."""
        first, last = self.t_s.searchsorted(start_s), self.t_s.searchsorted(end_s, "right")
        return self.t_s[first:last], self.p_kpa[first:last]

    def _smoothed(self) -> FloatArray:
        share = self.noise_kpa / max(_TARGET_NOISE_SHARE * float(self.p_kpa.max()), 1e-9)
        widest = max(1, round(_LONGEST_SMOOTHING_S / self.step_s))
        width = min(widest, max(1, round(share**2))) | 1
        if width == 1 or width >= self.p_kpa.size:
            return self.p_kpa
        first, last = np.full(width // 2, self.p_kpa[0]), np.full(width // 2, self.p_kpa[-1])
        padded = np.concatenate((first, self.p_kpa, last))
        return np.convolve(padded, np.full(width, 1.0 / width), mode="valid")

    def is_upside_down(self) -> bool:
        """Tell whether this is the pause between two presses of a gauge with the sign turned.

        Nobody builds pressure at once and lets it go in a ramp.
        """
        smooth = self.smooth_kpa
        top = quantile(smooth, 0.98)
        high = (smooth >= 0.8 * top).nonzero()[0]
        low = (smooth < 0.2 * top).nonzero()[0]
        if top <= 0:
            return False
        before, after = low[low < high[0]], low[low > high[-1]]
        if after.size == 0:
            return False
        falling = self.t_s[high[-1] : after[0] + 1]
        if float(np.diff(falling).max()) > _LONGEST_LETTING_GO_S:
            return False  # nobody saw how it fell
        rise_s = self.t_s[high[0]] - self.t_s[before[-1] if before.size else 0]
        fall_s = self.t_s[after[0]] - self.t_s[high[-1]]
        return bool(fall_s > _LONGEST_LETTING_GO_S and fall_s > _SLOWER_THAN_THE_RISE * rise_s)

    def crossing_s(self, level_kpa: float, before_s: float) -> float | None:
        """Return when the smoothed pressure last rose through a level before `before_s`."""
        last = int(self.t_s.searchsorted(before_s))
        smooth = self.smooth_kpa[:last]
        below = (smooth < level_kpa).nonzero()[0]
        if below.size == 0 or below[-1] + 1 >= last:
            return None
        i = int(below[-1])
        share = (level_kpa - smooth[i]) / (smooth[i + 1] - smooth[i])
        return float(self.t_s[i] + share * (self.t_s[i + 1] - self.t_s[i]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """How a press ended.

    Attributes
    ----------
    t_s, p_kpa, p_u_kpa
        When the force was let go and the pressure then.
    rate_kpa_s
        Slope of the fall, the steeper of its start and of 80 % to 30 %; negative.
    held_from_s, held_p_kpa, held_p_u_kpa
        Where the ramp turned into a plateau that lasted until the release; None without one.
    """

    t_s: float
    p_kpa: float
    p_u_kpa: float
    rate_kpa_s: float
    held_from_s: float | None
    held_p_kpa: float | None
    held_p_u_kpa: float | None

    @property
    def plateau_s(self) -> float:
        """How long the force was held before it was let go."""
        return 0.0 if self.held_from_s is None else self.t_s - self.held_from_s


def find_release(curve: PressedCurve) -> Release | None:
    """Return the release of a press; None when the force does not fall to 30 % of its peak."""
    smooth = curve.smooth_kpa
    highest = float(smooth.max())
    if highest <= 0:
        return None
    high = int((smooth >= 0.8 * highest).nonzero()[0][-1])
    low_after = (smooth[high:] < 0.3 * highest).nonzero()[0]
    if low_after.size == 0:
        return None
    low = high + int(low_after[0])
    rate = (smooth[low] - smooth[high]) / (curve.t_s[low] - curve.t_s[high])
    bend = _let_go(curve, high, low, highest)
    held = _held_from(curve, bend, highest)
    return Release(
        t_s=bend.t_s,
        # Between sparse samples a fitted bend can come out below what was read, and above a
        # rounded top: never report less, nor more than may lie hidden between two samples.
        p_kpa=min(
            max(bend.value, highest - 2 * curve.noise_kpa),
            float(curve.p_kpa.max()) + _most_hidden_kpa(curve, bend),
        ),
        p_u_kpa=_uncertainty(bend, curve),
        # An exponential release is steep at first and slow at the end: its start is what counts.
        rate_kpa_s=min(float(rate), bend.slope_after),
        held_from_s=held.t_s if held else None,
        held_p_kpa=held.value if held else None,
        held_p_u_kpa=_uncertainty(held, curve) if held else None,
    )


def _uncertainty(bend: Bend, curve: PressedCurve) -> float:
    """Return the uncertainty of a bend's level: noise, and how far the hand strays from a line."""
    strays = max(bend.residual_sd**2 - curve.noise_kpa**2, 0.0)
    return float(np.hypot(bend.value_u, np.sqrt(strays)))


def _most_hidden_kpa(curve: PressedCurve, bend: Bend) -> float:
    """Return how far two slopes that meet between samples may rise above them."""
    rise, fall = max(bend.slope_before, 0.0), max(-bend.slope_after, 1e-9)
    return curve.step_s * rise * fall / (rise + fall)


def _let_go(curve: PressedCurve, high: int, low: int, highest: float) -> Bend:
    """Return where a line up to the release meets the fall after it."""
    t_high = float(curve.t_s[min(high + 1, curve.t_s.size - 1)])
    fall = (curve.p_kpa[high:] < 0.5 * highest).nonzero()[0]
    t_end = float(curve.t_s[min(high + int(fall[0]) if fall.size else low, curve.t_s.size - 1)])
    ramp_s = max(RAMP_WINDOW_S, 4 * curve.step_s)
    look_back_s = max(0.3, 2 * curve.step_s)
    x, y = curve.part(t_high - look_back_s - ramp_s, t_end)
    between = (t_high - look_back_s, t_high)
    # Through fewer a parabola fits wherever it starts.
    curved = x.size - int(x.searchsorted(t_high, "right")) >= 6  # noqa: PLR2004
    # Look again with the same length of ramp before the bend, wherever it came out.
    rough_s = bend_place(x, y, between, curved=curved)
    near = int(x.searchsorted(rough_s - ramp_s))
    if x.size - near >= 5:  # noqa: PLR2004 - unknowns of a line, a bend and a fall
        x, y, width = x[near:], y[near:], 0.1 * look_back_s
        between = (rough_s - width, min(rough_s + width, t_high))
    return find_bend(x, y, between, noise=curve.noise_kpa, curved=curved)


def _held_from(curve: PressedCurve, let_go: Bend, highest: float) -> Bend | None:
    """Return where the ramp turned into a plateau that lasted until `let_go`, if it did."""
    start = curve.crossing_s(0.5 * highest, let_go.t_s)
    if start is None:
        return None
    start = max(start, let_go.t_s - _LONGEST_PLATEAU_LOOKED_FOR_S)
    x, y = curve.part(start, let_go.t_s - 0.5 * curve.step_s)
    shortest = max(0.8 * SHORTEST_PLATEAU_S, 2 * curve.step_s)
    if x.size < 8 or x[-1] - x[0] < 2 * shortest:  # noqa: PLR2004 - two lines and a bend
        return None
    between = (float(x[0] + 0.1 * (x[-1] - x[0])), let_go.t_s - shortest)
    bend = find_bend(x, y, between, noise=curve.noise_kpa)
    flat = bend.slope_after < _PLATEAU_SLOPE_SHARE * bend.slope_before
    long_enough = let_go.t_s - bend.t_s > SHORTEST_PLATEAU_S
    high_enough = bend.value > _TOP_SHARE * highest
    return bend if flat and long_enough and high_enough and bend.gain > _CLEAR_GAIN else None
