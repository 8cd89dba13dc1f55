"""A stretch condensed to a few points whose torque, angle, speed and acceleration belong together.

Both torque and angle pass through one and the same filter, so that the law of motion, which is
linear in them, holds between the filtered signals as it does between the true ones: neither the
smoothing nor a corner of the motion biases what is fitted. Speed and acceleration are differences
of the smoothed angle and need no derivative of the samples.
"""

from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

_FINE = 4  # steps of the fine grid in one spacing of the points
_LEAST_SAMPLES = 1.5  # in one spacing
_MOST_SAMPLES = 200
_LONGEST_SPAN = 300.0  # beyond it the hyperbolic sine would overflow
# How long the wandering of a hand may last.
LASTING_S = (0.02, 0.05, 0.12, 0.3, 0.8, 2.5, 10.0)
# An integral over one spacing, by the rule of Simpson: that of trapezia would leave so much of each
# corner of the motion that the damping came out too large.
_SPACING = np.pad(np.array([1, 4, 2, 4, 1]) / (3 * _FINE), (0, _FINE))
_NEARNESS = np.arange(2 * _FINE + 1) / _FINE
_EARLIER = np.array(
    [_SPACING * _NEARNESS, -_SPACING, (_NEARNESS == 0.0) - 1.0 * (_NEARNESS == 1.0)]
)
# Over one spacing to either side: a triangular mean, its first and its second derivative.
_KERNELS = _EARLIER + _EARLIER[:, ::-1] * [[1.0], [-1.0], [1.0]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StretchPoints:
    """A stretch at m instants.

    Attributes
    ----------
    at_s
        Shape (m,).
    torque_n_m, angle_rad, sine, cosine, speed_rad_s, acceleration_rad_s2
        Filtered alike, each of shape (m,); sine and cosine are those of the angle.
    sample_s
        Times of the samples behind the points, shape (n,); where there are very many, of the means
        of neighbours.
    filters
        What makes mean, first and second derivative from these, shape (3, m, n); the torque goes
        through the first.
    grams
        Covariances that white noise of variance 1 in every sample gives mean and derivatives with
        one another, shape (3, 3, m, m).
    wandering
        Covariance of the torques for a wandering of variance 1 that lasts each of `LASTING_S`,
        an Ornstein-Uhlenbeck process; shape (len(LASTING_S), m, m).
    """

    at_s: FloatArray
    torque_n_m: FloatArray
    angle_rad: FloatArray
    sine: FloatArray
    cosine: FloatArray
    speed_rad_s: FloatArray
    acceleration_rad_s2: FloatArray
    sample_s: FloatArray
    filters: FloatArray
    grams: FloatArray
    wandering: FloatArray

    def before(self, end_s: float) -> "StretchPoints":
        """Return the points that know nothing of what came at `end_s` or later."""
        reach_s = 2 * float(np.diff(self.at_s).min())
        return self._first(int(np.count_nonzero(self.at_s + reach_s <= end_s)))

    def beginning(self, share: float) -> "StretchPoints":
        """Return the first share of the points."""
        return self._first(round(share * self.at_s.size))

    def _first(self, count: int) -> "StretchPoints":
        kept = slice(count)
        return StretchPoints(
            at_s=self.at_s[kept],
            torque_n_m=self.torque_n_m[kept],
            angle_rad=self.angle_rad[kept],
            sine=self.sine[kept],
            cosine=self.cosine[kept],
            speed_rad_s=self.speed_rad_s[kept],
            acceleration_rad_s2=self.acceleration_rad_s2[kept],
            sample_s=self.sample_s,
            filters=self.filters[:, kept],
            grams=self.grams[:, :, kept, kept],
            wandering=self.wandering[:, kept, kept],
        )

    def design(self) -> FloatArray:
        """Return angle, speed, acceleration, one, sine and cosine, shape (m, 6)."""
        return np.column_stack(
            (
                self.angle_rad,
                self.speed_rad_s,
                self.acceleration_rad_s2,
                np.ones(self.at_s.size),
                self.sine,
                self.cosine,
            )
        )

    def slopes(self, coefficients: FloatArray) -> FloatArray:
        """Return by how much angle, speed and acceleration move the torque, shape (3,).

        Of coefficients in the order of `design`; that of the angle halfway.
        """
        k, b, inertia, _, by_sine, by_cosine = coefficients
        weight = by_sine * self.cosine.mean() - by_cosine * self.sine.mean()
        return np.array([k + weight, b, inertia])

    def shared_noise(self) -> FloatArray:
        """Return what noise of variance 1 in the angle's samples gives the columns of `design`.

        The covariances of each with one another, shape (6, 6, m, m): angle, sine and cosine err
        together.
        """
        ones, none = np.ones(self.at_s.size), np.zeros(self.at_s.size)
        gain = np.array([ones, ones, ones, none, self.cosine, -self.sine])
        derivative = [0, 1, 2, 0, 0, 0]
        grams = self.grams[np.ix_(derivative, derivative)]
        return np.asarray(grams * gain[:, None, :, None] * gain[None, :, None, :], dtype=np.float64)


def condense(
    t_s: FloatArray,
    torque_n_m: FloatArray,
    angle_rad: FloatArray,
    span_s: tuple[float, float],
    *,
    parts: int,
) -> StretchPoints | None:
    """Condense the samples of a stretch, shape (n,), to about `parts` points within `span_s`.

    None where the samples are too few, or end before it does.
    """
    start_s, end_s = span_s
    inside = t_s[(t_s >= start_s) & (t_s <= end_s)]
    if inside.size < 2 * _FINE:
        return None
    usual_s = float(np.median(np.diff(inside)))
    spacing_s = max((end_s - start_s) / parts, _LEAST_SAMPLES * usual_s)
    begin, end = np.searchsorted(t_s, [start_s - 2 * spacing_s, end_s + 2 * spacing_s])
    part = slice(max(int(begin) - 1, 0), int(end) + 1)
    sample_s, angle, torque, counts = _thinned(t_s[part], angle_rad[part], torque_n_m[part])
    count = int((end_s - start_s) / spacing_s)
    middle_s = (start_s + end_s) / 2 + (np.arange(count + 1) - count / 2) * spacing_s
    fine_s = middle_s[0] + (np.arange(_FINE * (count + 2) + 1) / _FINE - 1) * spacing_s
    smooth, seen = _local_lines(sample_s, fine_s, spacing_s)
    windows = np.arange(count + 1)[:, None] * _FINE + np.arange(2 * _FINE + 1)
    whole = np.flatnonzero(seen[windows].all(axis=1))
    if whole.size < _FINE:
        return None
    rows = smooth[windows[whole]]  # (m, 2 fine + 1, n)
    filters = np.einsum("dw,mwn->dmn", _KERNELS, rows, optimize=True)
    filters /= spacing_s ** np.arange(3.0)[:, None, None]
    mean, speed, acceleration = filters
    return StretchPoints(
        at_s=np.asarray(middle_s[whole], dtype=np.float64),
        torque_n_m=mean @ torque,
        angle_rad=mean @ angle,
        sine=mean @ np.sin(angle),
        cosine=mean @ np.cos(angle),
        speed_rad_s=speed @ angle,
        acceleration_rad_s2=acceleration @ angle,
        sample_s=sample_s,
        filters=filters,
        grams=np.einsum("imn,jkn->ijmk", filters / counts, filters, optimize=True),
        wandering=np.array([mean @ _kernel(sample_s, counts, s) @ mean.T for s in LASTING_S]),
    )


def _kernel(t_s: FloatArray, counts: FloatArray, lasting_s: float) -> FloatArray:
    """Return the covariance of a wandering of variance 1, averaged over each group of samples.

    Shape (n, n), for groups at `t_s` of so many samples each.
    """
    kernel = np.exp(-np.abs(t_s[:, None] - t_s) / lasting_s)
    if counts.max() > 1:
        # A group spans this many times the wandering; averages of its exponential, in closed form.
        spans = np.gradient(t_s) / lasting_s
        half = np.minimum(spans / 2, _LONGEST_SPAN)
        averaged = np.sinh(half) / half
        kernel *= averaged[:, None] * averaged
        np.fill_diagonal(kernel, 2 / spans * (1 + np.expm1(-spans) / spans))
    return np.asarray(kernel, dtype=np.float64)


def _thinned(
    t_s: FloatArray, angle_rad: FloatArray, torque_n_m: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return means over neighbouring samples where there are very many, and of how many each is."""
    count = min(t_s.size, _MOST_SAMPLES)
    starts = np.arange(count) * t_s.size // count
    sizes = np.diff(np.append(starts, t_s.size)).astype(np.float64)
    time, angle, torque = (np.add.reduceat(x, starts) / sizes for x in (t_s, angle_rad, torque_n_m))
    return time, angle, torque, sizes


def _local_lines(
    t_s: FloatArray, at_s: FloatArray, reach_s: float
) -> tuple[FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Return the weights that read local lines at each instant, and where there are enough samples.

    Samples count the less the further they are, none beyond `reach_s`: shape (m, n) and (m,).
    """
    since = (t_s - at_s[:, None]) / reach_s
    weight = np.maximum(1.0 - np.abs(since), 0.0)
    s0, s1, s2 = (np.sum(weight * since**power, axis=1) for power in (0, 1, 2))
    spread = s0 * s2 - s1**2
    both_sides = (since[:, :1] <= 0).ravel() & (since[:, -1:] >= 0).ravel()
    seen = (spread > 1e-3 * s0**2) & both_sides
    safe = np.where(seen, spread, 1.0)
    lines = weight * (s2[:, None] - s1[:, None] * since) / safe[:, None]
    return np.asarray(lines, dtype=np.float64), seen
