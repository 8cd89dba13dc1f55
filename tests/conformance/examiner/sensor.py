"""What a gauge makes of a known force: samples in time, noise, steps, offset, drift, damage."""

from dataclasses import dataclass, field

import numpy as np
from scipy.signal import lfilter

from tissuesense.core.arrays import BoolArray, FloatArray
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.timebase import regularise
from tissuesense.core.trace import ClockSource, Trace

RATES_HZ = (10.0, 20.0, 40.0, 80.0, 100.0, 250.0, 500.0, 1000.0, 3200.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A force gauge with everything that is wrong with it.

    Attributes
    ----------
    creep_share
        Part of the load that the zero takes over in time, and gives back after the release.
    """

    rate_hz: float
    timing: str = "even"
    noise_n: float = 0.0
    resolution_n: float = 0.0
    offset_n: float = 0.0
    drift_n: float = 0.0
    creep_share: float = 0.0
    creep_tau_s: float = 5.0
    full_scale_n: float = np.inf

    def times(self, rng: np.random.Generator, duration_s: float) -> FloatArray:
        """Return when the samples are taken."""
        count = int(duration_s * self.rate_hz)
        if self.timing == "irregular":
            steps = rng.gamma(9.0, 1 / 9.0, count) / self.rate_hz
            return np.asarray(np.cumsum(np.maximum(steps, 1e-5)))
        even: FloatArray = np.arange(count) / self.rate_hz
        if self.timing == "jitter":
            even = even + np.clip(rng.normal(0, 0.12, count), -0.4, 0.4) / self.rate_hz
        return even

    def indicate(
        self, rng: np.random.Generator, t_s: FloatArray, force_n: FloatArray
    ) -> FloatArray:
        """Return the reading for a true force, shape (n,)."""
        shown: FloatArray = force_n + self.offset_n + self.drift_n * (t_s - t_s[0]) / np.ptp(t_s)
        if self.creep_share:
            shown = shown + self._creep(t_s, force_n)
        shown = np.minimum(shown + rng.normal(0, 1, t_s.size) * self.noise_n, self.full_scale_n)
        if self.resolution_n:
            shown = np.round(shown / self.resolution_n) * self.resolution_n
        return shown

    def _creep(self, t_s: FloatArray, force_n: FloatArray) -> FloatArray:
        step = 0.02
        grid = np.arange(t_s[0], t_s[-1] + step, step)
        keep = np.exp(-step / self.creep_tau_s)
        load = np.interp(grid, t_s, force_n)
        state = lfilter([self.creep_share * (1 - keep)], [1.0, -keep], load)
        return np.asarray(np.interp(t_s, grid, state))


def any_sensor(rng: np.random.Generator, *, rates_hz: tuple[float, ...] = RATES_HZ) -> Sensor:
    """Draw a gauge: never zeroed, drifting straight or creeping or not."""
    zero = rng.choice(["still", "drift", "creep"], p=[0.3, 0.4, 0.3])
    return Sensor(
        rate_hz=float(rng.choice(rates_hz)),
        timing=str(rng.choice(["even", "jitter", "irregular"], p=[0.6, 0.25, 0.15])),
        noise_n=float(rng.uniform(0, 0.1)),
        resolution_n=float(rng.choice([0, 0.01, 0.05, 0.1])),
        offset_n=float(rng.uniform(-5, 20)),
        drift_n=float(rng.uniform(-1, 1)) if zero == "drift" else 0.0,
        creep_share=float(rng.uniform(0.002, 0.006)) if zero == "creep" else 0.0,
        creep_tau_s=float(rng.uniform(2, 12)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What the way into the file does to rows.

    Attributes
    ----------
    lost_share, gaps
        Single rows lost; how many short stretches of rows lost.
    lost_as_nan
        Lost rows stand there without a value instead of being absent.
    spikes
        How many corrupted readings of one or two rows.
    """

    lost_share: float = 0.0
    gaps: int = 0
    lost_as_nan: bool = False
    doubled_share: float = 0.0
    spikes: int = 0
    spike_n: tuple[float, ...] = field(default=(0.0, 200.0, -200.0, 500.0))

    def corrupt(self, rng: np.random.Generator, force_n: FloatArray) -> FloatArray:
        """Return the readings with isolated wild ones among them."""
        force_n = force_n.copy()
        for start in rng.integers(0, max(1, force_n.size - 2), self.spikes):
            force_n[start : start + rng.integers(1, 3)] = rng.choice(self.spike_n)
        return force_n

    def lost(self, rng: np.random.Generator, t_s: FloatArray, keep: BoolArray) -> BoolArray:
        """Return which rows are lost; never one of `keep`."""
        lost = rng.random(t_s.size) < self.lost_share
        for _ in range(self.gaps):
            start = rng.uniform(t_s[0], t_s[-1])
            lost |= (t_s >= start) & (t_s < start + rng.uniform(0.03, 0.15))
        return lost & ~keep


def any_damage(rng: np.random.Generator) -> Damage:
    """Draw damage; a third of the files has none."""
    if rng.random() < 1 / 3:
        return Damage()
    return Damage(
        lost_share=float(rng.uniform(0, 0.02)) if rng.random() < 0.5 else 0.0,
        gaps=int(rng.integers(1, 5)) if rng.random() < 0.4 else 0,
        lost_as_nan=bool(rng.random() < 0.25),
        doubled_share=float(rng.uniform(0.001, 0.02)) if rng.random() < 0.5 else 0.0,
        spikes=int(rng.integers(1, 6)) if rng.random() < 0.5 else 0,
    )


def write_down(
    rng: np.random.Generator,
    columns: dict[str, FloatArray],
    damage: Damage,
    context: RecordingContext,
    name: str,
) -> Recording:
    """Damage the columns (`t_s`, `force_n`, ...) and read them back as the reader of a file does.

    The first row of a stop signal is never lost: without it there would be nothing to be right
    about.
    """
    columns = columns | {"force_n": damage.corrupt(rng, columns["force_n"])}
    t_s = columns["t_s"]
    marker = columns.get("marker", np.zeros(t_s.size))
    lost = damage.lost(rng, t_s, np.diff(marker, prepend=0.0) > 0)
    if damage.lost_as_nan:
        columns = columns | {"force_n": np.where(lost, np.nan, columns["force_n"])}
        lost = np.zeros(t_s.size, dtype=np.bool_)
    times = 1 + (rng.random(t_s.size) < damage.doubled_share)
    rows = np.repeat(np.flatnonzero(~lost), times[~lost])
    return read_back({key: values[rows] for key, values in columns.items()}, context, name)


def read_back(columns: dict[str, FloatArray], context: RecordingContext, name: str) -> Recording:
    """Clean the time axis and build the recording."""
    values = {key: column for key, column in columns.items() if key != "t_s"}
    base = regularise(columns["t_s"], np.column_stack(list(values.values())))
    kept = {key: column[base.keep] for key, column in values.items()}
    trace = Trace(t_s=base.t_s, clock=ClockSource.FILE, **kept)
    return Recording(trace=trace, context=context, quality=base.quality, name=name)
