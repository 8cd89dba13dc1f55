"""How steadily a force is held: slow sway, tremor by its bands, and twitches.

Hand and muscle sway together and no gauge can part them: a measure of quality, not of tissue. The
bands follow what is known of tremor: 8 to 12 Hz is physiological, of a frequency that hardly
depends on the force and a size that grows with it (Sutton and Sykes, J Physiol 191 (1967), 699).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter
from scipy.special import ndtri

from tissuesense.analysis.numerics.local_fit import powers
from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.core.arrays import FloatArray

# Lowest and highest frequency of each, Hz.
BANDS_HZ: Mapping[str, tuple[float, float]] = {
    "sway": (0.5, 3.0),
    "tremor_4_7_hz": (4.0, 7.0),
    "tremor_8_12_hz": (8.0, 12.0),
    "tremor_15_40_hz": (15.0, 40.0),
}
_SHORTEST_S = 3.0
_FEWEST_SAMPLES = 24
# The first second relaxes too fast for a curve of few terms to follow it.
_SKIPPED_S = 1.0
_BEND_S = 0.5
_DEGREE = 4
_CALM_S = 0.1
_TWITCH_MADS = 6.0
_MADS_PER_SD = 1.4826
_CHANCE = 0.01
_ONE_TWITCH_S = 0.4
_USUAL_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Steadiness:
    """How a force was held.

    Attributes
    ----------
    mean_n
        Over the hold.
    rms_n
        Root mean square within each of `BANDS_HZ`, the gauge's noise taken off; None where the
        samples are too few a second to show the band.
    twitches_s
        When the force jumped, on the axis of the samples: for a person to look at.
    """

    mean_n: float
    rms_n: Mapping[str, float | None]
    twitches_s: tuple[float, ...]

    @property
    def sway_cv(self) -> float | None:
        """Slow sway over the mean force."""
        sway = self.rms_n["sway"]
        return None if sway is None or self.mean_n <= 0 else sway / self.mean_n


def steadiness(t_s: FloatArray, force_n: FloatArray, *, noise_n: float) -> Steadiness | None:
    """Describe a hold from its second second on; None where that leaves less than 3 s.

    Parameters
    ----------
    t_s, force_n
        From the end of the rise to the beginning of the release, shape (n,).
    noise_n
        Standard deviation of one sample of the gauge.
    """
    settled = t_s >= t_s[0] + _SKIPPED_S
    t_s, force_n = t_s[settled], force_n[settled]
    if t_s.size < _FEWEST_SAMPLES or t_s[-1] - t_s[0] < _SHORTEST_S:
        return None
    since = np.log(t_s - t_s[0] + _BEND_S)
    basis = powers((since - since.mean()) / np.ptp(since), _DEGREE)
    rest = force_n - basis @ np.linalg.lstsq(basis, force_n, rcond=None)[0]
    step_s = median(np.diff(t_s))
    even = np.interp(np.arange(t_s[0], t_s[-1], step_s), t_s, rest)
    return Steadiness(
        mean_n=float(force_n.mean()),
        rms_n={
            name: _rms(even, step_s, low_hz, high_hz, noise_n)
            for name, (low_hz, high_hz) in BANDS_HZ.items()
        },
        twitches_s=tuple(float(t_s[0] + at) for at in _twitches(even, step_s)),
    )


def _rms(
    values: FloatArray, step_s: float, low_hz: float, high_hz: float, noise: float
) -> float | None:
    """Return the root mean square of a band, less what white noise puts there."""
    nyquist_hz = 0.5 / step_s
    if high_hz > nyquist_hz:
        return None
    window = np.hanning(values.size)
    power = np.abs(np.fft.rfft(values * window)) ** 2 * 2 / (values.size * (window @ window))
    hz = np.fft.rfftfreq(values.size, step_s)
    found = float(power[(hz >= low_hz) & (hz <= high_hz)].sum())
    return math.sqrt(max(found - noise * noise * (high_hz - low_hz) / nyquist_hz, 0.0))


def _twitches(values: FloatArray, step_s: float) -> list[float]:
    """Return when a calmed signal changes faster than it usually does by far."""
    width = max(1, round(_CALM_S / step_s)) | 1
    calm = np.convolve(values, np.full(width, 1.0 / width), mode="valid")
    change = np.diff(calm)
    usual = median_filter(change, size=max(3, round(_USUAL_S / step_s) | 1), mode="nearest")
    speed = np.abs(change - usual)
    # So many that chance alone gives one in a hundred holds a twitch.
    by_chance = _MADS_PER_SD * float(ndtri(1 - _CHANCE / (2 * speed.size)))
    limit = max(_TWITCH_MADS, by_chance) * median(speed)
    fast = np.flatnonzero(speed > limit)
    if not fast.size or limit <= 0:
        return []
    apart = np.flatnonzero(np.diff(fast) * step_s > _ONE_TWITCH_S) + 1
    lead_s = (width // 2 + 0.5) * step_s
    return [
        float(group[np.argmax(speed[group])]) * step_s + lead_s for group in np.split(fast, apart)
    ]
