"""Recordings of treatment made from plain arithmetic, apart from the simulation of the package."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace

GRID_HZ = 500.0
Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One application as it was meant: holds as (start, seconds, mean kPa, level)."""

    start_s: float
    end_s: float
    holds: tuple[tuple[float, float, float, int], ...]
    impulse_kpa_s: float
    travel_mm: float

    @property
    def levels_kpa(self) -> list[float]:
        """Mean pressure at each level, ascending."""
        means = []
        for level in sorted({hold[3] for hold in self.holds}):
            there = [(seconds, kpa) for _, seconds, kpa, k in self.holds if k == level]
            means.append(sum(s * kpa for s, kpa in there) / sum(s for s, _ in there))
        return sorted(means)

    @property
    def alternations(self) -> int:
        """Changes of level."""
        return len(self.holds) - 1


@dataclass(frozen=True, kw_only=True)
class Treated:
    """A recording and what is true of it."""

    recording: Recording
    doses: tuple[Planned, ...] = field(default=())


def wander(sd: float, tau_s: float, size: int, rng: np.random.Generator) -> Array:
    """Return first-order autoregressive noise on the grid."""
    a = np.exp(-1 / (tau_s * GRID_HZ))
    white = rng.standard_normal(size) * sd * np.sqrt(1 - a * a)
    white[0] /= np.sqrt(1 - a * a)
    return np.asarray(lfilter([1.0], [1.0, -a], white))


def treated(
    seed: int,
    *,
    rate_hz: float | None = None,
    area_error: float = 0.0,
    gain_error: float = 0.0,
    gives_way: tuple[float, float] = (0.0, 0.08),
) -> Treated:
    """Return a recording of one to three applications, everything about it drawn from the seed."""
    rng = np.random.default_rng([seed, 20261123])
    rate_hz = rate_hz or float(rng.choice([10, 20, 50, 80, 100, 200]))
    area_cm2 = float(rng.choice([0.5, 1.0, 2.0, 4.0]))
    tremor, sway = rng.uniform(0.002, 0.01), (rng.uniform(0.005, 0.02), rng.uniform(0.5, 3.0))
    kpa_parts, way_parts, doses, now_s, way_mm = [], [], [], 0.0, 0.0
    for _ in range(int(rng.integers(1, 4))):
        rest = np.zeros(int(rng.uniform(5.0, 9.0) * GRID_HZ))
        now_s += rest.size / GRID_HZ
        kpa, holds = _application(rng, sway, gives_way)
        way = _gliding(kpa.size, rng) if rng.random() < 0.5 else np.zeros(kpa.size)
        truth = Planned(
            start_s=now_s,
            end_s=now_s + kpa.size / GRID_HZ,
            holds=tuple(
                (now_s + a / GRID_HZ, (b - a) / GRID_HZ, float(kpa[a:b].mean()), k)
                for k, a, b in holds
            ),
            impulse_kpa_s=float(kpa.sum() / GRID_HZ),
            travel_mm=float(np.abs(np.diff(way)).sum()),
        )
        doses.append(truth)
        kpa_parts += [rest, kpa]
        way_parts += [np.full(rest.size, way_mm), way_mm + way]
        way_mm += float(way[-1])
        now_s = truth.end_s
    tail = np.zeros(int(rng.uniform(4.0, 7.0) * GRID_HZ))
    kpa, way = np.concatenate([*kpa_parts, tail]), np.concatenate([*way_parts, tail + way_mm])
    grid_s = np.arange(kpa.size) / GRID_HZ
    shaken = kpa * (1 + np.sqrt(2) * tremor * np.sin(2 * np.pi * rng.uniform(8, 12) * grid_s))
    force_n = shaken * area_cm2 / 10 + _knocks(kpa, rng)
    t_s = _sampled(grid_s[-1], rate_hz, rng, doses)
    force_n = np.interp(t_s, grid_s, force_n) * (1 + gain_error)
    noise_n, step_n = rng.uniform(0.02, 0.08), float(rng.choice([0.01, 0.02, 0.05]))
    zero_n = rng.uniform(-2, 2) + _zero(t_s, rng)
    force_n = force_n + zero_n + noise_n * rng.standard_normal(t_s.size)
    sd_mm = rng.uniform(0.02, 0.2)
    way = np.interp(t_s, grid_s, way) + sd_mm * rng.standard_normal(t_s.size)
    context = {"kind": "dose", "probe_area_cm2": area_cm2 * (1 + area_error)}
    trace = Trace(t_s=t_s, force_n=np.round(force_n / step_n) * step_n, displacement_mm=way)
    recording = Recording(trace=trace, context=RecordingContext.from_dict(context))
    return Treated(recording=recording, doses=tuple(doses))


def untreated(seed: int) -> Recording:
    """Return a gauge that lies there: noise, any zero, drift, knocks, light rests on the skin."""
    rng = np.random.default_rng([seed, 4])
    rate_hz = float(rng.choice([10, 20, 80, 200]))
    grid_s = np.arange(0, rng.uniform(20, 90), 1 / GRID_HZ)
    force_n = _knocks(grid_s, rng) + rng.uniform(-3, 3) + rng.uniform(-0.01, 0.01) * grid_s
    force_n += _zero(grid_s, rng)
    if rng.random() < 0.5:
        at_s, weight_n = rng.uniform(3, 12), rng.uniform(0.2, 0.9)
        force_n += weight_n * ((grid_s > at_s) & (grid_s < at_s + rng.uniform(0.5, 6)))
    t_s = np.arange(0, grid_s[-1], 1 / rate_hz)
    noisy = np.interp(t_s, grid_s, force_n) + rng.uniform(0.02, 0.08) * rng.standard_normal(
        t_s.size
    )
    context = RecordingContext.from_dict({"kind": "dose", "probe_area_cm2": 1.0})
    return Recording(trace=Trace(t_s=t_s, force_n=noisy), context=context)


def _application(
    rng: np.random.Generator, sway: tuple[float, float], gives_way: tuple[float, float]
) -> tuple[Array, list[tuple[int, int, int]]]:
    """Return the pressure from contact to release, and (level, first, end) of each hold."""
    levels = [rng.uniform(50, 140)]
    for _ in range(int(rng.integers(0, 3))):
        levels.append(levels[-1] * rng.uniform(1.4, 2.0))
    targets, level = [], int(rng.integers(len(levels)))
    for _ in range(int(rng.integers(3, 9)) if len(levels) > 1 else 1):
        targets.append(level)
        others = [k for k in range(len(levels)) if k != level]
        level = int(rng.choice(others)) if others else level
    pieces, holds, now, size = [], [], 0.0, 0
    for k in targets:
        seconds = rng.uniform(3.5, 12) if len(levels) > 1 else rng.uniform(15, 90)
        change = np.linspace(now, levels[k], int(rng.uniform(0.3, 1.2) * GRID_HZ))
        t = np.arange(int(seconds * GRID_HZ)) / GRID_HZ
        lost = rng.uniform(*gives_way) * -np.expm1(-t / rng.uniform(1.0, 4.0))
        stay = levels[k] * (1 - lost)
        holds.append((k, size + change.size, size + change.size + stay.size))
        pieces += [change, stay]
        size += change.size + stay.size
        now = float(stay[-1])
    pieces.append(np.linspace(now, 0, int(rng.uniform(0.2, 0.8) * GRID_HZ)))
    kpa = np.concatenate(pieces)
    round_ = int(0.12 * GRID_HZ)
    kpa = np.convolve(np.pad(kpa, round_), np.full(round_, 1 / round_), mode="same")[round_:-round_]
    return kpa * (1 + wander(*sway, kpa.size, rng)), holds


def _gliding(size: int, rng: np.random.Generator) -> Array:
    """Return a way there and, now and then, back, with rests between."""
    way, now, parts, speed = 0.0, 0, [], rng.uniform(1.0, 20.0)
    while now < size:
        target = 0.0 if way else rng.uniform(30.0, 80.0) * rng.choice([-1, 1])
        stroke = np.linspace(way, target, int(abs(target - way) / speed * GRID_HZ))
        rest = np.full(int(rng.uniform(0.3, 2.0) * GRID_HZ), target)
        parts += [stroke, rest]
        now += stroke.size + rest.size
        way = target
    return np.concatenate(parts)[:size]


def _knocks(kpa: Array, rng: np.random.Generator) -> Array:
    """Return blows to the gauge, half sines of 40 to 120 ms, some of them during treatment."""
    knocks = np.zeros(kpa.size)
    for _ in range(int(rng.integers(0, 4))):
        wide = int(rng.uniform(0.04, 0.12) * GRID_HZ)
        at = int(rng.integers(0, kpa.size - wide))
        knocks[at : at + wide] += rng.uniform(2, 8) * np.sin(np.linspace(0, np.pi, wide))
    return knocks


def _zero(t_s: Array, rng: np.random.Generator) -> Array:
    """Return a zero that warms up, moves on evenly and wanders a little."""
    warm = rng.uniform(-0.2, 0.2) * -np.expm1(-t_s / rng.uniform(30, 120))
    return np.asarray(warm + rng.uniform(-0.001, 0.001) * t_s)


def _sampled(
    seconds: float, rate_hz: float, rng: np.random.Generator, doses: list[Planned]
) -> Array:
    """Return the times of the samples that arrive: uneven, some lost, now and then a gap."""
    t_s = np.arange(0, seconds, 1 / rate_hz)
    t_s = t_s + np.clip(0.1 * rng.standard_normal(t_s.size), -0.4, 0.4) / rate_hz
    kept = rng.random(t_s.size) > 0.02
    if rng.random() < 0.3:
        hold = doses[0].holds[0]
        at = hold[0] + 0.4 * hold[1]
        kept &= ~((t_s > at) & (t_s < at + rng.uniform(0.3, 0.8)))
    return np.asarray(np.maximum(t_s[kept], 0.0))
