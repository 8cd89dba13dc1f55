"""The movements in an angle trace: where each sets off and arrives, and how fast it was.

A movement goes away from where the recording began, or through there to the other side; the way
back is no movement of its own. What is shorter than a fifth of the whole span is none either:
tremor, a correction, a slip of the hand. A pause on the way leaves the movement one, unless it is
made where the recording began.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tissuesense.analysis.movement.movement_speed import LocalMotion, local_motion
from tissuesense.analysis.movement.movement_turns import turning_points
from tissuesense.analysis.numerics.order_statistics import median, quantiles
from tissuesense.analysis.signals.cleaning import CleanSignal, binned
from tissuesense.core.arrays import FloatArray

_LEAST_DEG, _LEAST_SHARE, _LEAST_NOISES = 4.0, 0.2, 8.0
_BIN_S = 0.04
_HOME_S, _HOME_SHARE = 0.3, 0.12
_DWELL_S, _DWELL_SPEED_SHARE = 0.4, 0.15
_WINDOW_SHARE, _LONGEST_WINDOW_S = 0.2, 0.5  # of the time that the middle of a movement takes
_STILL_SHARE, _STILL_NOISES = 0.05, 3.0
_POINTS = 121
_LINE_SHARE, _FEWEST_STEPS = 0.15, 2.0  # half a line: of the middle's time; in samples
_SPEED_NOISE = 0.004  # of the peak, in one line
_FEWEST_SAMPLES = 5
_GAP_STEPS, _GAP_SHARE = 3.0, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement away from where the recording began.

    Attributes
    ----------
    start_s, end_s
        It sets off; it arrives: its speed passes a twentieth of the highest.
    free_from_s, free_until_s
        Nothing else moves from and until then: the way to or from the neighbouring movement.
    peak_speed_deg_s
        Positive, whichever way it goes.
    window_s
        Half the time over which its speed was smoothed.
    """

    start_s: float
    end_s: float
    free_from_s: float
    free_until_s: float
    peak_speed_deg_s: float
    window_s: float
    rises: bool

    def has_gap(self, t_s: FloatArray) -> bool:
        """Tell whether samples are lost for more than a tenth of the way."""
        inside = t_s[(t_s >= self.start_s) & (t_s <= self.end_s)]
        if inside.size < _FEWEST_SAMPLES:
            return True
        usual_s = float(np.median(np.diff(t_s)))
        longest_s = max(_GAP_STEPS * usual_s, _GAP_SHARE * (self.end_s - self.start_s))
        return bool(np.diff(inside).max() > longest_s)


def find_movements(t_s: FloatArray, angle: CleanSignal) -> tuple[Movement, ...]:
    """Find the movements in an angle at increasing times, both of shape (n,)."""
    if t_s.size < 2 * _FEWEST_SAMPLES:
        return ()
    at_s, level = binned(t_s, angle.values, _BIN_S)
    low, high = quantiles(level, 0.01, 0.99)
    span = high - low
    least = max(_LEAST_DEG, _LEAST_SHARE * span, _LEAST_NOISES * angle.noise)
    home = median(level[: max(int(np.searchsorted(at_s, at_s[0] + _HOME_S)), 1)])
    turns = turning_points(level, least)
    turns = _split_at_home(at_s, level - home, turns, least, band=_HOME_SHARE * span)
    legs = [_leg(t_s, angle, at_s, level, leg) for leg in pairwise(turns)]
    begins = [float(t_s[0]), *(leg.end_s for leg in legs)]
    ends = [*(leg.start_s for leg in legs[1:]), float(t_s[-1])]
    found = []
    for leg, (first, last), before_s, after_s in zip(
        legs, pairwise(turns), begins, ends, strict=False
    ):
        if _leaves(level[first] - home, level[last] - home, least):
            found.append(
                Movement(
                    start_s=leg.start_s,
                    end_s=leg.end_s,
                    free_from_s=before_s,
                    free_until_s=after_s,
                    peak_speed_deg_s=leg.peak_speed_deg_s,
                    window_s=leg.window_s,
                    rises=bool(level[last] > level[first]),
                )
            )
    return tuple(found)


def _leaves(start: float, end: float, least: float) -> bool:
    """Tell a way out from a way back, both ends being counted from home."""
    through = start * end < 0 and abs(end) >= least
    return abs(end) > abs(start) or through


def _split_at_home(
    t_s: FloatArray, away: FloatArray, turns: list[int], least: float, *, band: float
) -> list[int]:
    """Put a turn wherever a motion through home rests there: it is two movements."""
    split = turns[:1]
    for first, last in pairwise(turns):
        if away[first] * away[last] < 0 and min(abs(away[first]), abs(away[last])) >= least:
            split += _rest_between(t_s, away, first, last, band)
        split.append(last)
    return split


def _rest_between(
    t_s: FloatArray, away: FloatArray, first: int, last: int, band: float
) -> list[int]:
    """Return the middle of a rest within `band` of home between two turns, if there is one."""
    here = np.arange(first, last + 1)
    later = np.searchsorted(t_s, t_s[here] + _DWELL_S)
    whole = later <= last
    here, later = here[whole], later[whole]
    usual = abs(away[last] - away[first]) / (t_s[last] - t_s[first])
    still = np.abs(away[later] - away[here]) < _DWELL_SPEED_SHARE * usual * _DWELL_S
    near = (np.abs(away[here]) < band) & (np.abs(away[later]) < band)
    resting = np.flatnonzero(still & near)
    return [int((here[resting[0]] + later[resting[-1]]) // 2)] if resting.size else []


@dataclass(frozen=True, slots=True)
class _Leg:
    start_s: float
    end_s: float
    peak_speed_deg_s: float
    window_s: float


def _leg(
    t_s: FloatArray, angle: CleanSignal, at_s: FloatArray, level: FloatArray, leg: tuple[int, int]
) -> _Leg:
    """Find where a motion between two turns sets off and arrives."""
    first, last = leg
    way = (level[first : last + 1] - level[first]) / (level[last] - level[first])
    set_off = first + int(np.flatnonzero(way < 0.1)[-1])  # noqa: PLR2004 - a tenth of the way
    arrived = set_off + int(np.flatnonzero(way[set_off - first :] > 0.9)[0])  # noqa: PLR2004
    middle_s = max(float(at_s[arrived] - at_s[set_off]), _BIN_S)
    window_s = min(_WINDOW_SHARE * middle_s, _LONGEST_WINDOW_S)
    from_s = max(float(at_s[first]), float(at_s[set_off]) - 2 * middle_s)
    until_s = min(float(at_s[last]), float(at_s[arrived]) + 2 * middle_s)
    grid_s = np.linspace(from_s, until_s, _POINTS)
    motion = local_motion(t_s, angle.values, grid_s, window_s)
    speed = motion.speed if level[last] > level[first] else -motion.speed
    fastest = int(
        np.argmax(np.where((grid_s >= at_s[set_off]) & (grid_s <= at_s[arrived]), speed, 0))
    )
    start, end = _moving(speed, fastest, motion, angle.noise)
    return _Leg(
        start_s=float(grid_s[start]),
        end_s=float(grid_s[end]),
        peak_speed_deg_s=_peak_speed(
            t_s, angle, grid_s[start : end + 1], float(speed[fastest]), _LINE_SHARE * middle_s
        ),
        window_s=window_s,
    )


def _peak_speed(
    t_s: FloatArray, angle: CleanSignal, within_s: FloatArray, about: float, longest_s: float
) -> float:
    """Return the highest speed of local lines, over a window no longer than the noise asks for.

    A cubic overshoots where a motion sets in at once, and a long line cuts off a short peak.
    `about` is the peak of cubics: it stands where the samples are too few for lines.
    """
    moving = t_s[(t_s >= within_s[0]) & (t_s <= within_s[-1])]
    if moving.size < _FEWEST_SAMPLES or about <= 0:
        return about
    step_s = float(np.median(np.diff(moving)))
    if _FEWEST_STEPS * step_s > longest_s:
        return about
    # A line over n samples h to either side is off by noise sqrt(3 / n) / h.
    noise = angle.noise * math.sqrt(1.5 * step_s) / (_SPEED_NOISE * about)
    window_s = min(max(noise ** (2 / 3), _FEWEST_STEPS * step_s), longest_s)
    places = np.linspace(within_s[0], within_s[-1], _POINTS)
    return float(np.abs(local_motion(t_s, angle.values, places, window_s, degree=1).speed).max())


def _moving(speed: FloatArray, fastest: int, motion: LocalMotion, noise: float) -> tuple[int, int]:
    """Return the places next to the fastest between which the motion goes on.

    A pause within the middle of the way is crossed: only the ends of the way are looked at.
    """
    still = np.maximum(_STILL_SHARE * speed[fastest], _STILL_NOISES * noise * motion.speed_gain)
    value = motion.value
    share = (value - value[0]) / (value[-1] - value[0] or math.inf)
    before = np.flatnonzero((speed < still) & (share < 0.1))  # noqa: PLR2004 - near the start
    after = np.flatnonzero((speed < still) & (share > 0.9))  # noqa: PLR2004 - near the end
    before, after = before[before < fastest], after[after > fastest]
    start = int(before[-1]) if before.size else 0
    return start, int(after[0]) if after.size else speed.size - 1
