"""One press to the pain threshold: the true pressure, and what can be said of it exactly."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.simulation.client import Reaction
from tissuesense.simulation.grid import STEP_S, first_true, padded, steps, travelled, wandering
from tissuesense.simulation.operator import (
    Flaw,
    Hand,
    lead_in,
    letting_go,
    pause_after,
    speed_profile,
    tremor,
)

_REST_KPA, _REST_S = (3.0, 8.0), (0.5, 1.5)
_STOP_AT_LIMIT_S = 0.2  # a tester who hears the alarm
_GIVES_UP_AFTER_S = 0.7
_SLIP_KPA, _SLIP_S = 60.0, 0.06
_PLATEAU_S = 1.0


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
        Least-squares slope of the true pressure from 20 % of the threshold to the threshold, a slip
        on the way included.
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
        stop = self.release
        if marker_s is not None:
            stop = min(int(np.ceil((marker_s - start_s) / STEP_S)), stop)
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
    lead, disturbance_n = lead_in(hand, rng)
    rest_kpa = _resting_kpa(hand, rng)
    size = steps(1.5 * cutoff_kpa / (target_rate_kpa_s * hand.speed) + 5.0)
    speed = speed_profile(hand, target_rate_kpa_s, size, rng)
    if flaw is Flaw.SLIP:
        speed = _slipping(speed, reaction.latent_threshold_kpa / 2)
    start_kpa = float(rest_kpa[-1]) if rest_kpa.size else 0.0
    intended = start_kpa + travelled(speed)
    longest_s = _PLATEAU_S + 2.0 * cutoff_kpa / hand.release_kpa_s[0]
    shake = tremor(hand, size + steps(longest_s), rng)
    felt, signal, release = _events(intended * shake[:size], reaction, cutoff_kpa, flaw)

    leaving_kpa_s = rng.uniform(*hand.release_kpa_s)
    path = [intended[:release], _staying(float(intended[release]), flaw)]
    last, inward = (path[1][-1], 0.0) if path[1].size else (intended[release], speed[release])
    path.append(letting_go(float(last), float(inward), leaving_kpa_s))
    press = np.concatenate(path)
    press = press * shake[: press.size]
    onset = lead + rest_kpa.size
    pause = np.zeros(pause_after(rng))
    whole = np.concatenate((np.zeros(lead), rest_kpa, press, pause))
    return PainPress(
        pressure_kpa=whole,
        disturbance_n=padded(disturbance_n, whole.size),
        onset=onset,
        felt=None if felt is None else onset + felt,
        signal=None if signal is None else onset + signal,
        release=onset + release,
        end=onset + int(np.flatnonzero(press)[-1]) + 1,
        with_button=reaction.button_s is not None,
        latent_threshold_kpa=reaction.latent_threshold_kpa,
        flaw=flaw,
    )


def _events(
    pressure_kpa: FloatArray, reaction: Reaction, cutoff_kpa: float, flaw: Flaw | None
) -> tuple[int | None, int | None, int]:
    """Return the steps of the sensation, of the client's signal and of letting go."""
    if flaw is Flaw.EARLY_RELEASE:
        return None, None, steps(_GIVES_UP_AFTER_S)
    limit = first_true(pressure_kpa >= cutoff_kpa)
    limit = pressure_kpa.size - steps(1.0) if limit is None else limit
    felt = first_true(pressure_kpa >= reaction.latent_threshold_kpa)
    if felt is not None:
        release = felt + steps(reaction.release_s)
        signal = release if reaction.button_s is None else felt + steps(reaction.button_s)
        if signal < limit:
            return felt, signal, min(release, limit + steps(_STOP_AT_LIMIT_S))
    release = limit + steps(_STOP_AT_LIMIT_S)
    return felt if felt is not None and felt < release else None, None, release


def _resting_kpa(hand: Hand, rng: np.random.Generator) -> FloatArray:
    """Return the light touch before a press, shape (n,); empty where there is none."""
    rests, size = rng.random() < hand.rest_share, steps(rng.uniform(*_REST_S))
    level_kpa = rng.uniform(*_REST_KPA) * (1.0 + wandering(0.05, 0.3, size, rng))
    touching = np.minimum(np.arange(size) / steps(0.1), 1.0)
    return level_kpa * touching if rests else np.zeros(0)


def _slipping(speed: FloatArray, at_kpa: float) -> FloatArray:
    """Return a ramp's speed with one sudden fall where the ramp passes `at_kpa`."""
    start = first_true(travelled(speed) >= at_kpa) or 0
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
