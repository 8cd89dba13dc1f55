"""Where a treating hand presses: every application from contact to release, and its zero.

Pressing on a place for minutes is not pressing on it once: the level changes and is often highest
late, and the hand may lift for a moment. So contact is told from the unloaded level alone, which
is looked for before and after, because gauges are seldom zeroed and drift.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tissuesense.analysis.signals.cleaning import CleanSignal
from tissuesense.analysis.signals.press_grid import PressGrid
from tissuesense.analysis.signals.segment import Press
from tissuesense.analysis.signals.unloaded_level import Pause, UnloadedLevel, pauses
from tissuesense.core.arrays import BoolArray, FloatArray

# The zero of no gauge runs away faster; a hand that holds for minutes is far above it.
_FASTEST_DRIFT_N_S = 0.015
_CONTACT_KPA, _LEAST_CONTACT_N, _CONTACT_NOISES = 3.0, 0.15, 6.0
LEAST_DOSE_KPA = 15.0
_SHORTEST_DOSE_S = 1.0
_SHORTEST_REST_S = 2.5
_EDGE_SHARE, _EDGE_REACH_S = 0.02, 1.0
# A hand presses or lets go by that much within a second or two; a zero that moves does not.
_HAND_MOVES_S, _HAND_MOVES_SHARE = 2.0, 0.1
_TOUCH_SHARE = 0.05
_FEWEST_SAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Contact to release, lifts of less than 2.5 s included.

    Attributes
    ----------
    tare
        The unloaded level around it.
    zeros
        On how many sides of it the gauge was seen unloaded; without any nothing can be measured.
    whole
        The recording has both its contact and its release.
    touches_s
        When the hand was on the skin, as (from, to): one, and one more for each lift.
    """

    start_s: float
    end_s: float
    tare: Press
    zeros: int
    whole: bool
    touches_s: tuple[tuple[float, float], ...]


def find_applications(
    t_s: FloatArray, force: CleanSignal, kpa_per_n: float
) -> tuple[PressGrid | None, tuple[Application, ...]]:
    """Return the force on a grid, and the applications in order; no grid for too few samples.

    Parameters
    ----------
    t_s
        Strictly increasing, shape (n,).
    force
        Cleaned, in newtons, shape (n,).
    kpa_per_n
        Pressure for one newton.
    """
    if t_s.size < _FEWEST_SAMPLES:
        return None, ()
    grid = PressGrid.of(t_s, force.values)
    above = grid.calm_n - _lower_envelope(grid)
    noise = max(force.noise / math.sqrt(grid.samples_per_step), force.resolution / math.sqrt(12.0))
    contact_n = max(_CONTACT_KPA / kpa_per_n, _LEAST_CONTACT_N, _CONTACT_NOISES * noise)
    least_n = max(LEAST_DOSE_KPA / kpa_per_n, 2 * contact_n)
    groups = [
        group
        for group in _grouped(_runs(above > contact_n), _SHORTEST_REST_S / grid.step_s)
        if _is_treatment(grid, above, group, least_n)
    ]
    spans = [(group[0][0], group[-1][1]) for group in groups]
    around = pauses(grid, spans, force.noise)
    return grid, tuple(
        _application(grid, group, before, after, contact_n, force.noise)
        for group, (before, after) in zip(groups, pairwise(around), strict=True)
    )


def _lower_envelope(grid: PressGrid) -> FloatArray:
    """Return the highest curve below the force that never moves faster than a zero drifts."""
    leaning = grid.t_s * _FASTEST_DRIFT_N_S
    forward = np.minimum.accumulate(grid.calm_n - leaning) + leaning
    backward = np.minimum.accumulate((grid.calm_n + leaning)[::-1])[::-1] - leaning
    return np.minimum(forward, backward)


def _runs(mask: BoolArray) -> list[tuple[int, int]]:
    """Return (first, last) of every stretch where the mask is true."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def _grouped(runs: Sequence[tuple[int, int]], rest: float) -> list[list[tuple[int, int]]]:
    """Join the stretches of contact that a rest shorter than that parts."""
    groups: list[list[tuple[int, int]]] = []
    for run in runs:
        if groups and run[0] - groups[-1][-1][1] < rest:
            groups[-1].append(run)
        else:
            groups.append([run])
    return groups


def _is_treatment(
    grid: PressGrid, above: FloatArray, group: Sequence[tuple[int, int]], least_n: float
) -> bool:
    """Tell a hand that presses from a knock, a light rest and a zero that moves."""
    first, last = group[0][0], group[-1][1]
    ahead = max(1, round(_HAND_MOVES_S / grid.step_s))
    part = grid.calm_n[max(first - ahead, 0) : last + 1 + ahead]
    height = float(above[first : last + 1].max())
    moves = part[ahead:] - part[:-ahead] if part.size > ahead else part - part[0]
    return (
        height >= least_n
        and (last - first) * grid.step_s >= _SHORTEST_DOSE_S
        and float(np.maximum(moves, -moves).max()) >= _HAND_MOVES_SHARE * height
    )


def _application(
    grid: PressGrid,
    group: Sequence[tuple[int, int]],
    before: Pause | None,
    after: Pause | None,
    contact_n: float,
    noise_n: float,
) -> Application:
    first, last = group[0][0], group[-1][1]
    known = [level for level in (before and before.ends, after and after.begins) if level]
    zeros = len(known)
    if not known:
        reach = max(1, round(_EDGE_REACH_S / grid.step_s))
        edges = (grid.force_n[max(first - reach, 0) : first + 1], grid.force_n[last:][: reach + 1])
        lowest = float(min(edge.min() for edge in edges))
        height = float(grid.calm_n[first : last + 1].max()) - lowest
        # Begun or ended in the moment of contact: that instant is the zero, and poorly known.
        zeros = int(-_TOUCH_SHARE * height <= lowest <= _TOUCH_SHARE * height)
        u_n = math.hypot(noise_n, _TOUCH_SHARE * height / math.sqrt(12))
        known = [UnloadedLevel(t_s=float(grid.t_s[first]), force_n=lowest, u_n=u_n)]
    left, right = known[0], known[-1]
    tare = Press(
        start_s=float(grid.t_s[first]),
        peak_s=float(grid.t_s[first + int(np.argmax(grid.calm_n[first : last + 1]))]),
        end_s=float(grid.t_s[last]),
        tare_before_s=left.t_s,
        tare_before_n=left.force_n,
        tare_after_s=max(right.t_s, left.t_s + 1e-9),
        tare_after_n=right.force_n,
        tare_noise_n=math.hypot(*(level.u_n for level in known)) / len(known),
    )
    above = grid.force_n - tare.tare_n(grid.t_s)
    edge_n = min(contact_n, max(_EDGE_SHARE * float(above[first : last + 1].max()), 4 * noise_n))
    reach = max(1, round(_EDGE_REACH_S / grid.step_s))
    start = first - _until(above[max(first - reach, 0) : first + 1][::-1], edge_n)
    end = last + _until(above[last : last + 1 + reach], edge_n)
    touches = zip(
        (start, *(a for a, _ in group[1:])), (*(b for _, b in group[:-1]), end), strict=True
    )
    return Application(
        start_s=float(grid.t_s[start]),
        end_s=float(grid.t_s[end]),
        tare=tare,
        zeros=zeros,
        whole=first > 0 and last < above.size - 1,
        touches_s=tuple((float(grid.t_s[a]), float(grid.t_s[b])) for a, b in touches),
    )


def _until(above: FloatArray, edge_n: float) -> int:
    """Return how many steps on a force first meets the unloaded level; 0 where it does not."""
    low = np.flatnonzero(above <= edge_n)
    return int(low[0]) if low.size else 0
