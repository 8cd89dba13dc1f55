"""What a gauge indicates with nothing touching it: looked for in every pause between presses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.order_statistics import quantile
from tissuesense.analysis.signals.press_grid import PressGrid
from tissuesense.core.arrays import FloatArray

_LEVEL_WINDOW_S = 2.5
_SHORTEST_QUIET_S = 0.2
# What noise leaves about a level, and the least that any hand or gauge does.
_QUIET_NOISES = 4.0
_QUIET_N = 0.15
# A hand at rest weighs at least this; a zero seldom jumps by it and back.
_LEAST_REST_N = 0.4
_DISTURBED_SDS = 3.0
_ROUNDING_N = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class UnloadedLevel:
    """The level at one end of a pause, with its standard uncertainty by noise."""

    t_s: float
    force_n: float
    u_n: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A stretch between presses: its unloaded level where it begins and where it ends."""

    begins: UnloadedLevel
    ends: UnloadedLevel


def pauses(
    grid: PressGrid, loaded: Sequence[tuple[int, int]], noise_n: float
) -> list[Pause | None]:
    """Return the pauses before, between and after the stretches `loaded` (first, last).

    The level is that of the 2.5 s of quiet nearest to the press; None where a pause shows none. A
    pause above both its neighbours counts as none: a hand rested on the skin throughout, which
    lifts the level and can never lower it.
    """
    edges = [0, *(last for _, last in loaded)]
    ends = [*(first for first, _ in loaded), grid.t_s.size - 1]
    found = [_pause(grid, a, b, noise_n) for a, b in zip(edges, ends, strict=True)]
    return [None if _rests(found, k) else pause for k, pause in enumerate(found)]


def _pause(grid: PressGrid, first: int, last: int, noise_n: float) -> Pause | None:
    """Read the lowest sustained level within [first, last], where it is quiet."""
    if last - first < 2:  # noqa: PLR2004 - no stretch at all
        return None
    level, calm = grid.force_n[first : last + 1], grid.calm_n[first : last + 1]
    lowest = quantile(calm, 0.1)
    tolerance = max(_QUIET_NOISES * noise_n, _QUIET_N)
    quiet = (np.abs(calm - lowest) < tolerance) & (np.abs(level - calm) < tolerance)
    if np.count_nonzero(quiet) < max(2, round(_SHORTEST_QUIET_S / grid.step_s)):
        return None
    t, force = grid.t_s[first : last + 1][quiet], level[quiet]
    sd = noise_n / math.sqrt(grid.samples_per_step)
    stop = t.searchsorted(t[0] + _LEVEL_WINDOW_S, "right")
    start = t.searchsorted(t[-1] - _LEVEL_WINDOW_S)
    begins = _level(t[:stop], force[:stop], sd)
    return Pause(begins=begins, ends=_level(t[start:], force[start:], sd) if start else begins)


def _level(t_s: FloatArray, force_n: FloatArray, sd: float) -> UnloadedLevel:
    """Average what lies about the lower third: what disturbs a quiet gauge weighs on it."""
    third = int(0.3 * (force_n.size - 1))
    lower = np.partition(force_n, third)[third]
    kept = np.abs(force_n - lower) <= _DISTURBED_SDS * sd + _ROUNDING_N
    count = int(np.count_nonzero(kept))
    return UnloadedLevel(
        t_s=float(t_s @ kept) / count,
        force_n=float(force_n @ kept) / count,
        u_n=sd / math.sqrt(count),
    )


def _rests(found: list[Pause | None], k: int) -> bool:
    """Tell whether pause k lies above the end of the one before and the beginning of the next."""
    here = found[k]
    before, after = found[k - 1] if k else None, found[k + 1] if k + 1 < len(found) else None
    if here is None or before is None or after is None:
        return False
    ceiling = max(before.ends.force_n, after.begins.force_n) + _LEAST_REST_N
    return min(here.begins.force_n, here.ends.force_n) > ceiling
