"""From samples to the law of the limb and the catches: each needs the other first.

A catch spoils the law, and without the law a catch is hard to tell. So what may be one is left out
of a first joint fit, catches are then decided on against that, and the law is fitted again without
what comes after them. A stretch that goes otherwise than its repeats at the same speed, as where
the hand gave way slowly, is left out of a last one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.movement.limb_load import StatedLimb
from tissuesense.analysis.movement.movement_angle import Movement
from tissuesense.analysis.movement.stretch_catch import (
    Candidates,
    SuddenChange,
    candidates,
    changes_from_s,
    find_change,
    suspect_change,
)
from tissuesense.analysis.movement.stretch_law import same_speed, simpler_laws, with_stated_limb
from tissuesense.analysis.movement.stretch_noise import NoisyFit, SampleNoise, fit_stretches
from tissuesense.analysis.movement.stretch_points import StretchPoints, condense
from tissuesense.core.arrays import FloatArray

_PARTS, _FINE_PARTS = 14, 28
_FEWEST_POINTS = 3
_ROUNDS = 2
_EARLY_SHARES = (0.5, 0.3, 0.2)  # of a fast stretch, which may catch after that
_RESTLESS_SHARE = 0.008  # of the range of the torque: worth beginning anew
# Scatter about the law, over the range of the torque: worth a second look, and too much.
_NOTABLE_SHARE, _POOR_SHARE = 0.04, 0.08
_STRUCTURED = 4.0  # scatter of fast stretches over that of slow ones by themselves
_CALMER = 0.5  # without the odd one, over with it
_FEWEST_REPEATS = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StretchSignal:
    """What is read, the angle counted upwards as the limb is stretched.

    Attributes
    ----------
    t_s, angle_rad, torque_n_m
        Each of shape (n,).
    way
        -1 where the recording counts the angle downwards, else 1.
    """

    t_s: FloatArray
    angle_rad: FloatArray
    torque_n_m: FloatArray
    noise: SampleNoise
    way: int

    @property
    def angle_u_deg(self) -> float:
        """Noise of one reading of the angle."""
        return float(np.degrees(self.noise.angle_rad))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadStretch:
    """A stretch in points, widely and closely spaced; None where it is too short or has a gap.

    `tried` is where the closely spaced may change; `odd` is what goes otherwise than its repeats.
    """

    wide: StretchPoints | None
    close: StretchPoints | None
    tried: Candidates | None
    usable: bool
    change: SuddenChange | None = None
    odd: bool = False

    @property
    def slipped(self) -> bool:
        """Whether the hand slipped: it then says nothing of the law."""
        return self.change is not None and not self.change.rises

    def lawful(self) -> StretchPoints | None:
        """Return the points that the law of the limb may be read from."""
        if self.wide is None or self.close is None or not self.usable or self.slipped or self.odd:
            return None
        if self.change is None:
            return self.wide
        before = self.wide.before(changes_from_s(self.close, self.change))
        return before if before.at_s.size >= _FEWEST_POINTS else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The stretches of a recording and the fit of those that count; None where too few do.

    `apart` is how far the coefficients of parts of the stretches are from those of all, shape (p,),
    where the law holds for slow stretches only; else None.
    """

    stretches: tuple[ReadStretch, ...]
    fit: NoisyFit | None
    apart: FloatArray | None = None

    def lawful(self) -> list[StretchPoints]:
        """Return the points that the law was read from."""
        return [points for s in self.stretches if (points := s.lawful()) is not None]

    def scatter(self) -> float:
        """Return the scatter about the law over the range of the torque; 0 without a law."""
        return 0.0 if self.fit is None else _scatter(self.lawful(), self.fit)

    @property
    def fits_poorly(self) -> bool:
        """Whether the law describes the stretches badly, noise of the samples aside."""
        return self.scatter() > _POOR_SHARE or self.apart is not None


def read_stretches(
    signal: StretchSignal, movements: Sequence[Movement], usable: Sequence[bool], limb: StatedLimb
) -> Reading:
    """Condense the stretches, find what changes suddenly in them, and fit the law to the rest."""
    stretches = [
        _condensed(signal, movement, usable=good)
        for movement, good in zip(movements, usable, strict=True)
    ]
    speeds = [movement.peak_speed_deg_s for movement in movements]
    slow = [s for s, v in zip(stretches, speeds, strict=True) if v <= np.median(speeds)]
    quiet = _fit(slow, signal, limb) or _fit(stretches, signal, limb)
    if quiet is None:
        return Reading(stretches=tuple(stretches), fit=None)
    suspected = _fit(_changed(stretches, suspect_change, quiet, signal), signal, limb)
    reading = _settled(stretches, suspected or quiet, signal, limb)
    if reading.scatter() > _RESTLESS_SHARE:
        # A catch that was missed bends the law until nothing stands out of it: begin without any.
        early = [_early_fit(stretches, speeds, share, signal, limb) for share in _EARLY_SHARES]
        anew = [_settled(stretches, fit, signal, limb) for fit in early if fit is not None]
        calmest = min([reading, *anew], key=Reading.scatter)
        reading = calmest if calmest.scatter() < _CALMER * reading.scatter() else reading
    reading = _without_odd_one(reading, speeds, signal, limb)
    return replace(reading, apart=_apart(reading, speeds, signal, limb))


def _settled(
    stretches: Sequence[ReadStretch], first: NoisyFit, signal: StretchSignal, limb: StatedLimb
) -> Reading:
    """Decide on changes and fit the law to the rest in turns, from a first fit on."""
    found: list[ReadStretch] = []
    fit: NoisyFit | None = first
    for _ in range(_ROUNDS):
        before, found = found, _changed(stretches, find_change, fit or first, signal)
        if [s.change for s in found] == [s.change for s in before]:
            break
        fit = _fit(found, signal, limb)
    return Reading(stretches=tuple(found), fit=fit)


def _early_fit(
    stretches: Sequence[ReadStretch],
    speeds: Sequence[float],
    share: float,
    signal: StretchSignal,
    limb: StatedLimb,
) -> NoisyFit | None:
    """Fit the law to slow stretches and to the first share of the time of fast ones."""
    usual = float(np.median(speeds))
    kept = [
        replace(s, wide=s.wide.beginning(share)) if s.wide and v > usual else s
        for s, v in zip(stretches, speeds, strict=True)
    ]
    return _fit(kept, signal, limb)


def _apart(
    reading: Reading, speeds: Sequence[float], signal: StretchSignal, limb: StatedLimb
) -> FloatArray | None:
    """Return how far the coefficients of parts are from those of all, if only the slow are lawful.

    A hand that wanders makes all of them scatter; a catch too small to be found, or one that comes
    with the movement itself, only the fast, and their law is then bent.
    """
    if reading.fit is None or reading.scatter() < _RESTLESS_SHARE:
        return None
    usual = float(np.median(speeds))
    of_speed = list(zip(reading.stretches, speeds, strict=True))
    slow = [s for s, v in of_speed if v <= usual]
    fast = [points for s, v in of_speed if v > usual and (points := s.lawful()) is not None]
    alone = Reading(stretches=tuple(slow), fit=_fit(slow, signal, limb))
    if not fast or _scatter(fast, reading.fit) < _STRUCTURED * alone.scatter():
        return None
    early = [_early_fit(reading.stretches, speeds, x, signal, limb) for x in _EARLY_SHARES]
    whole = reading.fit.coefficients
    apart = [np.abs(fit.coefficients - whole) for fit in early if fit is not None]
    return np.max(apart, axis=0) if apart else None


def _without_odd_one(
    reading: Reading, speeds: Sequence[float], signal: StretchSignal, limb: StatedLimb
) -> Reading:
    """Leave out the stretch that goes otherwise than its repeats, if one does.

    Without a repeat at its speed it may be the law that is wrong, and all of them stay.
    """
    if reading.fit is None:
        return reading
    scatter = [
        _scatter([points], reading.fit) if (points := s.lawful()) else 0.0
        for s in reading.stretches
    ]
    worst = int(np.argmax(scatter))
    repeats = [
        place
        for place, (s, speed) in enumerate(zip(reading.stretches, speeds, strict=True))
        if s.lawful() and same_speed(speed, speeds[worst])
    ]
    if scatter[worst] < _NOTABLE_SHARE or len(repeats) < _FEWEST_REPEATS:
        return reading
    tried = [_without(reading, place, signal, limb) for place in repeats]
    best = min(tried, key=Reading.scatter)
    return best if best.scatter() < _CALMER * reading.scatter() else reading


def _without(reading: Reading, place: int, signal: StretchSignal, limb: StatedLimb) -> Reading:
    kept = [replace(s, odd=s.odd or i == place) for i, s in enumerate(reading.stretches)]
    return Reading(stretches=tuple(kept), fit=_fit(kept, signal, limb))


def _scatter(stretches: Sequence[StretchPoints], fit: NoisyFit) -> float:
    torque = np.concatenate([points.torque_n_m for points in stretches])
    left = torque - np.concatenate([points.design() @ fit.coefficients for points in stretches])
    explained = float(np.mean([fit.sampling_variance(points) for points in stretches]))
    unexplained = max(float(np.mean(left**2)) - explained, 0.0)
    return float(np.sqrt(unexplained) / max(float(np.ptp(torque)), np.finfo(np.float64).tiny))


_Look = Callable[[StretchPoints, Candidates, NoisyFit, float], SuddenChange | None]


def _changed(
    stretches: Sequence[ReadStretch], look: _Look, fit: NoisyFit, signal: StretchSignal
) -> list[ReadStretch]:
    return [
        replace(s, change=look(s.close, s.tried, fit, signal.angle_u_deg))
        if s.close and s.tried and s.usable
        else s
        for s in stretches
    ]


def _condensed(signal: StretchSignal, movement: Movement, *, usable: bool) -> ReadStretch:
    span_s = (movement.start_s, movement.end_s)
    wide, close = (
        condense(signal.t_s, signal.torque_n_m, signal.angle_rad, span_s, parts=parts)
        for parts in (_PARTS, _FINE_PARTS)
    )
    tried = candidates(close) if close else None
    return ReadStretch(wide=wide, close=close, tried=tried, usable=usable)


def _fit(
    stretches: Sequence[ReadStretch], signal: StretchSignal, limb: StatedLimb
) -> NoisyFit | None:
    points = [lawful for s in stretches if (lawful := s.lawful()) is not None]
    fit = fit_stretches(points, signal.noise, laws=simpler_laws(limb))
    return None if fit is None else with_stated_limb(fit, limb, signal.way)
