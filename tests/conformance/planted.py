"""Presses with one fault planted in each, drawn with pen and ruler: no code of the estimators.

A press is a pressure over time on a grid of a millisecond: a still gauge, a soft toe, a ramp whose
pace wanders, a stop, a release, a still gauge. A fault changes that pressure; a gauge then samples
it, with noise, a step of resolution and a zero that nobody set.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.signal import lfilter

from tissuesense.core.arrays import FloatArray
from tissuesense.core.contact import ContactTip
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.trace import Trace

STEP_S = 1e-3
KPA_PER_N = 10.0
WANDER_TAU_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand:
    """How one press is made; the faults are what differs from these defaults.

    Attributes
    ----------
    signal_kpa
        Pressure at the client's signal; None for a press that only its release ends.
    top_kpa
        Pressure at the release.
    resting_kpa, rested_s
        What the tip weighs on the skin before the ramp, and for how long.
    falls
        At which pressure the ramp falls by how much, in how many seconds, and goes on.
    pauses
        At which pressure it stands still, for how many seconds.
    surges
        By which share the pace changes, up for a second and down for the next.
    second_kpa, valley_kpa
        A second peak after the first one at `top_kpa`, and how deep it falls between them.
    held_s, tremor_kpa
        How long the top is held before the release, and how it trembles then.
    """

    rate_kpa_s: float = 50.0
    signal_kpa: float | None = None
    top_kpa: float = 300.0
    toe_s: float = 0.4
    wander: float = 0.0
    resting_kpa: float = 0.0
    rested_s: float = 2.0
    falls: tuple[tuple[float, float, float], ...] = ()
    pauses: tuple[tuple[float, float], ...] = ()
    surges: float = 0.0
    valley_kpa: float = 0.0
    second_kpa: float = 0.0
    held_s: float = 0.0
    tremor_kpa: float = 0.0
    release_kpa_s: float = 900.0
    before_s: float = 2.0
    after_s: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """What a gauge makes of a pressure.

    Attributes
    ----------
    drift_kpa
        How far the zero moves while the ramp lasts.
    lost_s
        Stretches without samples.
    marker_s
        When the stop signal comes on, where it is not the hand's own signal.
    """

    rate_hz: float = 80.0
    noise_kpa: float = 0.5
    step_kpa: float = 0.1
    zero_kpa: float = 3.0
    drift_kpa: float = 0.0
    full_scale_kpa: float = np.inf
    lost_s: tuple[tuple[float, float], ...] = ()
    marker_s: float | None = None
    tilt_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A pressure over time, and when what happened in it."""

    t_s: FloatArray
    pressure_kpa: FloatArray
    onset_s: float
    signal_s: float | None
    top_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A hand, a gauge and what the side-car says."""

    hand: Hand = field(default_factory=Hand)
    gauge: Gauge = field(default_factory=Gauge)
    context: RecordingContext = field(
        default_factory=lambda: RecordingContext(
            kind=RecordingKind.PPT, tip=ContactTip(area_cm2=1.0), target_rate_kpa_s=50.0
        )
    )

    def recording(self, rng: np.random.Generator) -> Recording:
        """Press once and write it down."""
        return sampled(rng, pressed(rng, self.hand), self.gauge, self.context)


def pressed(rng: np.random.Generator, hand: Hand) -> Pressed:
    """Return what the hand does to the skin."""
    ramp = _ramp(rng, hand)
    reached = int(np.searchsorted(ramp, hand.top_kpa))
    ramp = np.append(ramp[:reached], hand.top_kpa)
    signal = None if hand.signal_kpa is None else int(np.searchsorted(ramp, hand.signal_kpa))
    moments = np.arange(ramp.size, dtype=np.float64)  # of each point of the ramp, in steps
    for at_kpa, seconds in hand.pauses:
        ramp, moments = _inserted(ramp, moments, at_kpa, np.zeros(round(seconds / STEP_S)))
    for at_kpa, fall_kpa, seconds in hand.falls:
        fall = -np.linspace(0, fall_kpa, max(round(seconds / STEP_S), 2))
        ramp, moments = _fallen(ramp, moments, at_kpa, fall)
    held = hand.top_kpa + rng.normal(0, hand.tremor_kpa, round(hand.held_s / STEP_S))
    if hand.second_kpa:
        down = np.arange(hand.top_kpa, hand.valley_kpa, -hand.rate_kpa_s * 3 * STEP_S)
        up = np.arange(hand.valley_kpa, hand.second_kpa, hand.rate_kpa_s * STEP_S)
        held = np.concatenate((held, down, up))
    last = hand.second_kpa or hand.top_kpa
    release = np.arange(last, 0.0, -hand.release_kpa_s * STEP_S)
    rest = np.full(round(hand.rested_s / STEP_S) if hand.resting_kpa else 0, hand.resting_kpa)
    before = np.concatenate((np.zeros(round(hand.before_s / STEP_S)), rest))
    pressure = np.concatenate((before, ramp, held, release, np.zeros(round(hand.after_s / STEP_S))))
    onset = before.size
    at_signal = None
    if signal is not None:
        at_signal = (onset + int(np.flatnonzero(moments == signal)[0])) * STEP_S
    return Pressed(
        t_s=np.arange(float(pressure.size)) * STEP_S,
        pressure_kpa=pressure,
        onset_s=onset * STEP_S,
        signal_s=at_signal,
        top_s=(onset + ramp.size - 1) * STEP_S,
    )


def _ramp(rng: np.random.Generator, hand: Hand) -> FloatArray:
    """Return a pressure that rises from the rest to well past the top, a value a millisecond."""
    count = round((2.0 * hand.top_kpa / hand.rate_kpa_s + 2.0) / STEP_S)
    t_s = np.arange(count) * STEP_S
    memory = np.exp(-STEP_S / WANDER_TAU_S)
    start = rng.normal()
    sway = lfilter(
        [np.sqrt(1 - memory**2)], [1, -memory], rng.normal(size=count), zi=[memory * start]
    )[0]
    pace = np.maximum(1.0 + hand.wander * sway, 0.1)
    pace *= 1.0 + hand.surges * np.sign(np.sin(np.pi * (t_s + 0.3)))
    pace *= np.clip(t_s / hand.toe_s, 0, 1) if hand.toe_s else 1.0
    return np.asarray(hand.resting_kpa + np.cumsum(hand.rate_kpa_s * pace) * STEP_S)


def _inserted(
    ramp: FloatArray, moments: FloatArray, at_kpa: float, extra: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the ramp with what is done at a pressure before it goes on from there."""
    at = int(np.searchsorted(ramp, at_kpa))
    nowhere = np.full(extra.size, -1.0)
    return (
        np.concatenate((ramp[:at], at_kpa + extra, ramp[at:])),
        np.concatenate((moments[:at], nowhere, moments[at:])),
    )


def _fallen(
    ramp: FloatArray, moments: FloatArray, at_kpa: float, fall: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the ramp that falls at a pressure and is built up again at its own pace."""
    at = int(np.searchsorted(ramp, at_kpa))
    from_there = int(np.searchsorted(ramp, at_kpa + float(fall[-1])))
    again, nowhere = ramp[from_there:at], np.full(fall.size + at - from_there, -1.0)
    return (
        np.concatenate((ramp[:at], at_kpa + fall, again, ramp[at:])),
        np.concatenate((moments[:at], nowhere, moments[at:])),
    )


def sampled(
    rng: np.random.Generator, press: Pressed, gauge: Gauge, context: RecordingContext
) -> Recording:
    """Return what the gauge indicates."""
    start_s = rng.uniform(0, 1 / gauge.rate_hz)
    t_s = np.arange(start_s, press.t_s[-1], 1 / gauge.rate_hz)
    shown = np.interp(t_s, press.t_s, press.pressure_kpa)
    moved = np.clip((t_s - press.onset_s) / (press.top_s - press.onset_s), 0, 1)
    shown += gauge.zero_kpa + gauge.drift_kpa * moved
    shown = np.minimum(shown + rng.normal(0, gauge.noise_kpa, t_s.size), gauge.full_scale_kpa)
    if gauge.step_kpa:
        shown = np.round(shown / gauge.step_kpa) * gauge.step_kpa
    signal_s = press.signal_s if gauge.marker_s is None else gauge.marker_s
    marker = None
    if signal_s is not None:
        marker = ((t_s >= signal_s) & (t_s < signal_s + max(0.1, 1.5 / gauge.rate_hz))).astype(
            float
        )
    kept = np.ones(t_s.size, dtype=np.bool_)
    for begins, ends in gauge.lost_s:
        kept &= (t_s < begins) | (t_s >= ends)
    trace = Trace(
        t_s=t_s[kept],
        force_n=shown[kept] / KPA_PER_N,
        marker=None if marker is None else marker[kept],
        angle_deg=None
        if gauge.tilt_deg is None
        else gauge.tilt_deg + rng.normal(0, 0.5, int(kept.sum())),
    )
    return Recording(trace=trace, context=context)


def clean_case(rng: np.random.Generator, rate_hz: float) -> Case:
    """Draw a press without a fault: a trained hand, with a signal or without, on a good gauge.

    At few samples a second the press is slower, as it must be for such a gauge.
    """
    rate = float(rng.uniform(28, 32)) if rate_hz < 20 else float(rng.uniform(46, 54))
    latent = float(rng.uniform(150, 500))
    reaction = max(0.1, float(rng.normal(0.30, 0.08)))
    signals = bool(rng.random() < 0.5)
    signal = latent + rate * reaction
    top = signal + rate * max(0.1, float(rng.normal(0.25, 0.05)))
    hand = Hand(
        rate_kpa_s=rate,
        wander=float(rng.uniform(0.0, 0.10)),
        signal_kpa=signal if signals else None,
        top_kpa=top,
        release_kpa_s=float(rng.uniform(500, 1500)),
        before_s=float(rng.uniform(1.5, 4.0)),
        after_s=float(rng.uniform(2.0, 4.0)),
    )
    gauge = Gauge(
        rate_hz=rate_hz,
        noise_kpa=float(rng.uniform(0.05, 0.8)),
        step_kpa=float(rng.choice([0.0, 0.1, 0.5])),
        zero_kpa=float(rng.uniform(-20, 50)),
    )
    case = Case(hand=hand, gauge=gauge)
    target = 30.0 if rate_hz < 20 else 50.0
    return replace(case, context=replace(case.context, target_rate_kpa_s=target))
