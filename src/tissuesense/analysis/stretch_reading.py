"""From samples to the law of the limb and the catches: each needs the other first.

A catch spoils the law, and without the law a catch is hard to tell. So what may be one is left out
of a first joint fit, catches are then decided on against that, and the law is fitted again without
what comes after them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.limb_load import StatedLimb
from tissuesense.analysis.movement_angle import Movement
from tissuesense.analysis.stretch_catch import (
    SuddenChange,
    changes_from_s,
    find_change,
    suspect_change,
)
from tissuesense.analysis.stretch_law import with_stated_limb
from tissuesense.analysis.stretch_noise import NoisyFit, SampleNoise, fit_stretches
from tissuesense.analysis.stretch_points import StretchPoints, condense
from tissuesense.core.arrays import FloatArray

_PARTS, _FINE_PARTS = 14, 28
_FEWEST_POINTS = 3
_ROUNDS = 2


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
    """A stretch in points, widely and closely spaced; None where it is too short or has a gap."""

    wide: StretchPoints | None
    close: StretchPoints | None
    usable: bool
    change: SuddenChange | None = None

    @property
    def slipped(self) -> bool:
        """Whether the hand slipped: it then says nothing of the law."""
        return self.change is not None and not self.change.rises

    def lawful(self) -> StretchPoints | None:
        """Return the points that the law of the limb may be read from."""
        if self.wide is None or self.close is None or not self.usable or self.slipped:
            return None
        if self.change is None:
            return self.wide
        before = self.wide.before(changes_from_s(self.close, self.change))
        return before if before.at_s.size >= _FEWEST_POINTS else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """The stretches of a recording and the fit of those that count; None where too few do."""

    stretches: tuple[ReadStretch, ...]
    fit: NoisyFit | None

    def lawful(self) -> list[StretchPoints]:
        """Return the points that the law was read from."""
        return [points for s in self.stretches if (points := s.lawful()) is not None]


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
    found = _changed(stretches, suspect_change, quiet, signal)
    for _ in range(_ROUNDS):
        fit = _fit(found, signal, limb) or quiet
        found = _changed(stretches, find_change, fit, signal)
    return Reading(stretches=tuple(found), fit=_fit(found, signal, limb))


_Look = Callable[[StretchPoints, NoisyFit, float], SuddenChange | None]


def _changed(
    stretches: Sequence[ReadStretch], look: _Look, fit: NoisyFit, signal: StretchSignal
) -> list[ReadStretch]:
    return [
        ReadStretch(
            wide=s.wide,
            close=s.close,
            usable=s.usable,
            change=look(s.close, fit, signal.angle_u_deg) if s.close and s.usable else None,
        )
        for s in stretches
    ]


def _condensed(signal: StretchSignal, movement: Movement, *, usable: bool) -> ReadStretch:
    span_s = (movement.start_s, movement.end_s)
    wide, close = (
        condense(signal.t_s, signal.torque_n_m, signal.angle_rad, span_s, parts=parts)
        for parts in (_PARTS, _FINE_PARTS)
    )
    return ReadStretch(wide=wide, close=close, usable=usable)


def _fit(
    stretches: Sequence[ReadStretch], signal: StretchSignal, limb: StatedLimb
) -> NoisyFit | None:
    points = [lawful for s in stretches if (lawful := s.lawful()) is not None]
    fit = fit_stretches(points, signal.noise)
    return None if fit is None else with_stated_limb(fit, limb, signal.way)
