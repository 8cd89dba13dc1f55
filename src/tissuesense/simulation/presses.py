"""One press as it truly is: the curve on the fine grid, and what can be said of it exactly."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tissuesense.core.arrays import BoolArray, FloatArray
from tissuesense.simulation.client import Reaction
from tissuesense.simulation.operator import (
    STEP_S,
    Flaw,
    Hand,
    knock_n,
    letting_go,
    speed_profile,
    steps,
    travelled,
    tremor,
    wandering,
)
from tissuesense.simulation.tissue import (
    Tissue,
    pushing_n,
    secant_stiffness_n_mm,
    work_n_mm,
)

_LEAD_S = (3.0, 4.5)
_TAIL_S = (2.0, 3.0)
_REST_KPA, _REST_S = (3.0, 8.0), (0.5, 1.5)
_STOP_AT_LIMIT_S = 0.2  # a tester who hears the alarm
_GIVES_UP_AFTER_S = 0.7
_SLIP_KPA, _SLIP_S = 60.0, 0.06
_PLATEAU_S = 1.0
_HOLD_S, _HOLD_CREEP_MM, _HOLD_CREEP_TAU_S = 6.0, 0.04, 3.0
_DEPTH_MM, _DEPTH_SPREAD_MM = 8.0, 0.3
_IN_MM_S, _OUT_MM_S = 5.0, (8.0, 16.0)
_PARKED_MM = (1.5, 4.0)
_ARRIVING_S = 0.15  # a hand that is to stop at a depth slows down over about this time


@dataclass(frozen=True, slots=True, kw_only=True)
class PainTruth:
    """What is true of one press to the threshold; seconds are of session time.

    Attributes
    ----------
    onset_s
        The hand begins to press (a gauge that rested lightly was on the skin before).
    sensation_s
        The client feels it; None where the press ends before.
    marker_s, release_s, end_s
        The button is read; the hand begins to let go; the tip is off the skin.
    threshold_kpa
        Pressure above the baseline at the button or, without one, the highest before the hand lets
        go or stays; None where the client did not signal or the gauge could not show it.
    latent_threshold_kpa
        The pressure at which this press was to be felt, free of any reaction time.
    ramp_rate_kpa_s
        Least-squares slope of the true pressure from 20 % of the threshold to the threshold.
    censored
        The safety limit or the gauge's full scale came before the signal.
    """

    onset_s: float
    sensation_s: float | None
    marker_s: float | None
    release_s: float
    end_s: float
    peak_kpa: float
    threshold_kpa: float | None
    threshold_source: Literal["marker", "release"]
    latent_threshold_kpa: float
    ramp_rate_kpa_s: float
    censored: bool
    flaw: Flaw | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationTruth:
    """What is true of one press, hold and release; seconds are of session time.

    Attributes
    ----------
    contact_s, contact_mm
        When and where, on the depth scale, the tip meets the skin.
    peak_s, peak_n, depth_mm
        The highest force on arriving, and the depth below contact there.
    release_s, end_s
        The hand begins to lift; the tissue lets go of the tip.
    secant_stiffness_n_mm
        Between 20 % and 80 % of the peak force of the loading curve.
    energy_loss_ratio
        1 - unloading work / loading work; the hold belongs to neither.
    relaxation_fraction
        1 - force at the end of the hold / peak force; None without a hold.
    """

    contact_s: float
    contact_mm: float
    peak_s: float
    peak_n: float
    depth_mm: float
    release_s: float
    end_s: float
    hold_s: float
    secant_stiffness_n_mm: float
    energy_loss_ratio: float
    relaxation_fraction: float | None
    flaw: Flaw | None


Truth = PainTruth | IndentationTruth


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PainPress:
    """Pressure every `STEP_S` from the lead-in to the pause after, and the steps of its events."""

    pressure_kpa: FloatArray
    disturbance_n: FloatArray
    onset: int
    felt: int | None
    signal: int | None
    release: int
    end: int
    with_button: bool
    latent_threshold_kpa: float
    flaw: Flaw | None

    def truth(self, start_s: float, marker_s: float | None, limit_kpa: float) -> PainTruth:
        """Return the truth of this press.

        Parameters
        ----------
        start_s
            When the first step is.
        marker_s
            When the button was read.
        limit_kpa
            The highest pressure that the gauge can show.
        """
        stop = self.release if self.signal is None else self.signal
        if marker_s is not None:
            stop = min(int(np.ceil((marker_s - start_s) / STEP_S)), self.release)
        ramp = self.pressure_kpa[self.onset : stop + 1]
        signalled = self.signal is not None and float(ramp.max()) < limit_kpa
        threshold_kpa = float(ramp.max())
        if marker_s is not None:
            grid_s = start_s + np.arange(self.pressure_kpa.size) * STEP_S
            threshold_kpa = float(np.interp(marker_s, grid_s, self.pressure_kpa))
        rising = np.flatnonzero(ramp < 0.2 * threshold_kpa)
        steady = ramp[int(rising[-1]) + 1 if rising.size else 0 :]
        slope, _ = np.polyfit(np.arange(steady.size) * STEP_S, steady, 1)
        return PainTruth(
            onset_s=start_s + self.onset * STEP_S,
            sensation_s=None if self.felt is None else start_s + self.felt * STEP_S,
            marker_s=marker_s,
            release_s=start_s + self.release * STEP_S,
            end_s=start_s + self.end * STEP_S,
            peak_kpa=float(self.pressure_kpa.max()),
            threshold_kpa=threshold_kpa if signalled else None,
            threshold_source="marker" if self.with_button else "release",
            latent_threshold_kpa=self.latent_threshold_kpa,
            ramp_rate_kpa_s=float(slope),
            censored=not signalled and self.flaw is not Flaw.EARLY_RELEASE,
            flaw=self.flaw,
        )


def pain_press(
    hand: Hand,
    reaction: Reaction,
    *,
    target_rate_kpa_s: float,
    cutoff_kpa: float,
    flaw: Flaw | None,
    rng: np.random.Generator,
) -> PainPress:
    """Let a hand press until the client reacts, the safety limit comes, or it errs."""
    lead, disturbance_n = _lead_in(hand, rng)
    rest_kpa = _resting_kpa(hand, rng)
    size = steps(1.5 * cutoff_kpa / (target_rate_kpa_s * hand.speed) + 5.0)
    speed = speed_profile(hand, target_rate_kpa_s, size, rng)
    if flaw is Flaw.SLIP:
        speed = _slipping(speed, reaction.latent_threshold_kpa / 2)
    start_kpa = float(rest_kpa[-1]) if rest_kpa.size else 0.0
    intended = start_kpa + travelled(speed)
    shake = tremor(hand, size + steps(10.0), rng)
    felt, signal, release = _events(intended * shake[:size], reaction, cutoff_kpa, flaw)

    leaving_kpa_s = rng.uniform(*hand.release_kpa_s)
    path = [intended[:release], _staying(float(intended[release]), flaw)]
    last, inward = (path[1][-1], 0.0) if path[1].size else (intended[release], speed[release])
    path.append(letting_go(float(last), float(inward), leaving_kpa_s))
    press = np.concatenate(path)
    press = press * shake[: press.size]
    onset = lead + rest_kpa.size
    pause = np.zeros(steps(rng.uniform(*_TAIL_S)))
    whole = np.concatenate((np.zeros(lead), rest_kpa, press, pause))
    return PainPress(
        pressure_kpa=whole,
        disturbance_n=_padded(disturbance_n, whole.size),
        onset=onset,
        felt=None if felt is None else onset + felt,
        signal=None if signal is None else onset + signal,
        release=onset + release,
        end=onset + press.size,
        with_button=reaction.button_s is not None,
        latent_threshold_kpa=reaction.latent_threshold_kpa,
        flaw=flaw,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IndentationPress:
    """Force and depth every `STEP_S`, and the steps of its events."""

    force_n: FloatArray
    displacement_mm: FloatArray
    disturbance_n: FloatArray
    contact: int
    peak: int
    release: int
    contact_mm: float
    flaw: Flaw | None

    def truth(self, start_s: float) -> IndentationTruth:
        """Return the truth of this press, whose first step is at `start_s`."""
        loading = slice(self.contact, self.peak + 1)
        unloading = slice(self.release, None)
        held = self.flaw is not Flaw.EARLY_RELEASE
        force_n, depth_mm = self.force_n, self.displacement_mm - self.contact_mm
        gone = _first(force_n[unloading] <= 0.0)
        loading_work = work_n_mm(depth_mm[loading], force_n[loading])
        unloading_work = -work_n_mm(depth_mm[unloading], force_n[unloading])
        return IndentationTruth(
            contact_s=start_s + self.contact * STEP_S,
            contact_mm=self.contact_mm,
            peak_s=start_s + self.peak * STEP_S,
            peak_n=float(force_n[self.peak]),
            depth_mm=float(depth_mm[self.peak]),
            release_s=start_s + self.release * STEP_S,
            end_s=start_s + (self.release + (gone or 0)) * STEP_S,
            hold_s=(self.release - self.peak) * STEP_S,
            secant_stiffness_n_mm=secant_stiffness_n_mm(depth_mm[loading], force_n[loading]),
            energy_loss_ratio=1.0 - unloading_work / loading_work,
            relaxation_fraction=1.0 - float(force_n[self.release] / force_n[self.peak])
            if held
            else None,
            flaw=self.flaw,
        )


def indentation_press(
    hand: Hand, tissue: Tissue, *, flaw: Flaw | None, rng: np.random.Generator
) -> IndentationPress:
    """Let a hand press to a depth, hold it there as well as it can, and lift."""
    lead, disturbance_n = _lead_in(hand, rng)
    contact_mm = rng.uniform(*_PARKED_MM)
    bottom_mm = contact_mm + _DEPTH_MM + _DEPTH_SPREAD_MM * rng.standard_normal()
    size = steps(1.5 * bottom_mm / (_IN_MM_S * hand.speed) + 5.0)
    way_in = travelled(speed_profile(hand, _IN_MM_S, size, rng))
    arrived = _first(way_in >= bottom_mm) or size - 1
    hold = steps(_ARRIVING_S if flaw is Flaw.EARLY_RELEASE else _ARRIVING_S + _HOLD_S)
    creep = _HOLD_CREEP_MM * hand.wander / Hand().wander
    held_mm = bottom_mm + wandering(creep, _HOLD_CREEP_TAU_S, hold, rng) * _fading_in(hold)
    down_mm = _eased(np.concatenate((way_in[:arrived], held_mm)))
    up_mm = letting_go(float(down_mm[-1]), 0.0, rng.uniform(*_OUT_MM_S))
    path_mm = np.concatenate((down_mm, up_mm))
    shake = tremor(hand, path_mm.size, rng)
    depth_mm = np.concatenate(
        (
            np.full(lead, -contact_mm),
            (path_mm - contact_mm) * shake,
            np.full(steps(rng.uniform(*_TAIL_S)), -contact_mm),
        )
    )
    force_n = pushing_n(tissue.force_n(depth_mm, STEP_S))
    release = lead + down_mm.size - 1
    return IndentationPress(
        force_n=force_n,
        displacement_mm=depth_mm + contact_mm,
        disturbance_n=_padded(disturbance_n, force_n.size),
        contact=(_first(depth_mm > 0.0) or 1) - 1,
        peak=lead + int(np.argmax(force_n[lead : lead + arrived + steps(2 * _ARRIVING_S)])),
        release=release,
        contact_mm=contact_mm,
        flaw=flaw,
    )


def _events(
    pressure_kpa: FloatArray, reaction: Reaction, cutoff_kpa: float, flaw: Flaw | None
) -> tuple[int | None, int | None, int]:
    """Return the steps of the sensation, of the client's signal and of letting go."""
    if flaw is Flaw.EARLY_RELEASE:
        return None, None, steps(_GIVES_UP_AFTER_S)
    limit = _first(pressure_kpa >= cutoff_kpa)
    limit = pressure_kpa.size - steps(1.0) if limit is None else limit
    felt = _first(pressure_kpa >= reaction.latent_threshold_kpa)
    if felt is not None:
        release = felt + steps(reaction.release_s)
        signal = release if reaction.button_s is None else felt + steps(reaction.button_s)
        if signal < limit:
            return felt, signal, min(release, limit + steps(_STOP_AT_LIMIT_S))
    return felt, None, limit + steps(_STOP_AT_LIMIT_S)


def _lead_in(hand: Hand, rng: np.random.Generator) -> tuple[int, FloatArray]:
    """Return the steps before a press, and the force of a knock at their beginning, if any."""
    lead = steps(rng.uniform(*_LEAD_S))
    knocked, at, knock = rng.random() < hand.knock_share, rng.uniform(0.2, 1.0), knock_n(rng)
    return lead, np.concatenate((np.zeros(steps(at)), knock)) if knocked else np.zeros(1)


def _resting_kpa(hand: Hand, rng: np.random.Generator) -> FloatArray:
    """Return the light touch before a press, shape (n,); empty where there is none."""
    rests, size = rng.random() < hand.rest_share, steps(rng.uniform(*_REST_S))
    level_kpa = rng.uniform(*_REST_KPA) * (1.0 + wandering(0.05, 0.3, size, rng))
    touching = np.minimum(np.arange(size) / steps(0.1), 1.0)
    return level_kpa * touching if rests else np.zeros(0)


def _slipping(speed: FloatArray, at_kpa: float) -> FloatArray:
    """Return a ramp's speed with one sudden fall where the ramp passes `at_kpa`."""
    start = _first(travelled(speed) >= at_kpa) or 0
    slipping = speed.copy()
    slipping[start : start + steps(_SLIP_S)] = -min(_SLIP_KPA, 0.4 * at_kpa) / _SLIP_S
    return slipping


def _staying(level_kpa: float, flaw: Flaw | None) -> FloatArray:
    """Return what a hand does between deciding to let go and letting go; empty as a rule."""
    if flaw is Flaw.PLATEAU:
        return np.full(steps(_PLATEAU_S), level_kpa)
    if flaw is Flaw.DOUBLE_PEAK:
        fall, rise = np.linspace(1.0, 0.78, steps(0.15)), np.linspace(0.78, 0.97, steps(0.6))
        return level_kpa * np.concatenate((fall, rise))
    return np.zeros(0)


def _padded(values: FloatArray, size: int) -> FloatArray:
    """Return `values` followed by zeros up to `size`."""
    return np.pad(values, (0, size - values.size))


def _fading_in(size: int) -> FloatArray:
    """Return weights that let a creep begin at 0."""
    return np.minimum(np.arange(size) * STEP_S, 1.0)


def _eased(path_mm: FloatArray) -> FloatArray:
    """Return a path whose corners are rounded over `_ARRIVING_S`."""
    width = steps(_ARRIVING_S)
    padded = np.pad(path_mm, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, np.full(width, 1.0 / width), mode="valid")


def _first(mask: BoolArray) -> int | None:
    """Return the first index where the mask is true."""
    return int(np.argmax(mask)) if mask.any() else None
