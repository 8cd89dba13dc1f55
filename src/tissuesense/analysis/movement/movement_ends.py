"""Where movements start and end, in degrees, and how well that is known."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.analysis.movement.movement_angle import Movement
from tissuesense.analysis.movement.movement_speed import local_motion
from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.analysis.signals.cleaning import CleanSignal, binned, noise_of
from tissuesense.core.arrays import FloatArray

_LEVEL_S, _EASING_SHARE = 0.8, 0.08
_SHORTEST_S, _FEWEST_SAMPLES, _ENOUGH_SAMPLES = 0.2, 4, 10
_TURN_PLACES = 9
_BIN_S = 0.1
# Of the variance of bins about their mean, over their number: sway lasts about a bin and a half.
_SWAY_OF_MEAN = 4.0
# How much of what the edge of the movement differs by the reading is off; by simulation.
_OFF_AT_REST, _OFF_AT_A_TURN = 0.25, 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EndLevel:
    """One end of a movement.

    Attributes
    ----------
    noise_u_deg
        Of sensor and sway, over the samples that it rests on.
    definition_u_deg
        Of where the movement begins or is over.
    """

    deg: float
    noise_u_deg: float
    definition_u_deg: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """An end before the sway is known; `bins` is 0 where the limb turned at once.

    `excess` is the variance of the bins beyond what the sensor's noise explains.
    """

    deg: float
    noise: float
    definition: float
    bins: int
    excess: float


def movement_ends(
    movements: Sequence[Movement], t_s: FloatArray, angle: CleanSignal
) -> list[tuple[EndLevel, EndLevel]]:
    """Return start and end of each: the level that the limb rested at, or where it turned at once.

    How much a resting limb sways is learnt from all rests together; one alone is too short for it.
    """
    spans = [span for one in movements for span in _rests(one)]
    noise = _noise_at_rest(spans, t_s, angle)
    levels = [
        _level(span, one, t_s, replace(angle, noise=noise), at_end=bool(place % 2))
        for place, (span, one) in enumerate(
            zip(spans, (m for m in movements for _ in range(2)), strict=True)
        )
    ]
    excess = [level.excess for level in levels if level.bins > 1]
    sway = max(float(np.mean(excess)), 0.0) if excess else 0.0
    ends = [
        EndLevel(
            deg=level.deg,
            noise_u_deg=math.sqrt(level.noise**2 + _SWAY_OF_MEAN * sway / max(level.bins, 4)),
            definition_u_deg=level.definition,
        )
        for level in levels
    ]
    return list(zip(ends[::2], ends[1::2], strict=True))


def _noise_at_rest(
    spans: Sequence[tuple[float, float]], t_s: FloatArray, angle: CleanSignal
) -> float:
    """Return the sensor's noise where nothing moves: few samples of a movement look like noise."""
    parts = (angle.values[(t_s >= start_s) & (t_s <= end_s)] for start_s, end_s in spans)
    found = [noise_of(part) for part in parts if part.size >= _ENOUGH_SAMPLES]
    if not found:
        return angle.noise
    return max(median(np.array(found)), angle.resolution / math.sqrt(12.0))


def _rests(movement: Movement) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return when the limb rests before and after a movement."""
    # What is left of the way at a twentieth of the speed is passed before the level is read.
    easing_s = _EASING_SHARE * (movement.end_s - movement.start_s)
    rest_before_s = movement.start_s - movement.free_from_s
    rest_after_s = movement.free_until_s - movement.end_s
    before_s = movement.start_s - min(easing_s, max(rest_before_s - _LEVEL_S, 0.0))
    after_s = movement.end_s + min(easing_s, max(rest_after_s - _LEVEL_S, 0.0))
    before = (max(movement.free_from_s, before_s - _LEVEL_S), before_s)
    after = (after_s, min(movement.free_until_s, after_s + _LEVEL_S))
    return before, after


def _level(
    span_s: tuple[float, float],
    movement: Movement,
    t_s: FloatArray,
    angle: CleanSignal,
    *,
    at_end: bool,
) -> _Level:
    edge_s = movement.end_s if at_end else movement.start_s
    resting = (t_s >= span_s[0]) & (t_s <= span_s[1])
    count = int(np.count_nonzero(resting))
    if span_s[1] - span_s[0] < _SHORTEST_S or count < _FEWEST_SAMPLES:
        return _turn(span_s, movement, t_s, angle, highest=at_end == movement.rises)
    values = angle.values[resting]
    _, bins = binned(t_s[resting], values, _BIN_S)
    mean = float(values.mean())
    edge = local_motion(t_s, angle.values, np.array([edge_s]), movement.window_s)
    apart = abs(float(edge.value[0]) - mean)
    explained = angle.noise**2 * bins.size / count
    return _Level(
        deg=mean,
        noise=angle.noise / math.sqrt(count),
        definition=_OFF_AT_REST * _beyond(apart, angle.noise * float(edge.value_gain[0])),
        bins=bins.size,
        excess=float(bins.var(ddof=1)) - explained if bins.size > 1 else 0.0,
    )


def _beyond(apart_deg: float, noise_deg: float) -> float:
    """Return what two readings are apart beyond their noise, as a standard uncertainty."""
    return math.sqrt(max(apart_deg**2 - noise_deg**2, 0.0) / 12.0)


def _turn(
    span_s: tuple[float, float],
    movement: Movement,
    t_s: FloatArray,
    angle: CleanSignal,
    *,
    highest: bool,
) -> _Level:
    """Return the furthest of the smoothed angle about a turn."""
    reach_s = movement.window_s
    places = np.linspace(span_s[0] - reach_s, span_s[1] + reach_s, _TURN_PLACES)
    motion = local_motion(t_s, angle.values, np.clip(places, t_s[0], t_s[-1]), reach_s)
    furthest = int(np.argmax(motion.value) if highest else np.argmin(motion.value))
    value, gain = float(motion.value[furthest]), float(motion.value_gain[furthest])
    edges = np.interp(span_s, places, motion.value)
    return _Level(
        deg=value,
        noise=angle.noise * gain,
        definition=_OFF_AT_A_TURN * _beyond(float(np.abs(edges - value).max()), angle.noise * gain),
        bins=0,
        excess=0.0,
    )
