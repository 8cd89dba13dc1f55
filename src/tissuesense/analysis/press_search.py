"""Find the presses of a recording and the unloaded level around each."""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.cleaning import binned, noise_of
from tissuesense.core.arrays import BoolArray, FloatArray

# The search runs on means over bins: 50 a second show a press, and cost little at 3200 samples/s.
_BIN_S = 0.02
# A knock is over sooner than this; nobody presses and lets go within it.
_LONGEST_KNOCK_S = 0.4
_SHORTEST_PAUSE_S = 0.25
_FLOOR_WINDOW_S = 0.2
# Resting on the skin is a newton or two; a press is stronger, and at least a quarter of the
# strongest of its series.
_WEAKEST_PRESS_N = 2.5
_WEAKEST_SHARE = 0.25
_LEAST_REST_N = 0.4
_EDGE_SHARE = 0.02
_LOADED_SHARE = 0.15
_LOW_QUANTILE = 0.02
_NOISE_FACTOR = 4.0
_FEWEST_SAMPLES = 5  # fewer cannot show a rise and a fall


@dataclass(frozen=True, slots=True, kw_only=True)
class PressSpan:
    """One press: samples ``start <= i < stop`` are loaded.

    Attributes
    ----------
    before, after
        First sample of the unloaded stretch before it, and end of that after it.
    baseline_u_n
        Standard uncertainty of the unloaded level under the press.
    baseline_step_n
        Unloaded level after the press less that before it; 0 where one of them is not known.
    starts_loaded, ends_loaded
        More than resting lightly is left where it starts or stops.
    """

    before: int
    start: int
    stop: int
    after: int
    baseline_u_n: float
    baseline_step_n: float
    starts_loaded: bool
    ends_loaded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PressSearch:
    """What the search found.

    Attributes
    ----------
    force_n
        Above the unloaded level, shape (n,).
    baseline_n
        The unloaded level under each sample, shape (n,).
    """

    force_n: FloatArray
    baseline_n: FloatArray
    spans: tuple[PressSpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Floor:
    """The unloaded level of one stretch between presses."""

    t_s: float
    level_n: float
    u_n: float


def find_presses(t_s: FloatArray, force_n: FloatArray, *, grain_n: float = 0.0) -> PressSearch:
    """Find presses in a force without spikes; times increase, both of shape (n,).

    `grain_n` is the standard uncertainty that the gauge's resolution leaves.

    A press is what lasts longer than a knock, rises above resting on the skin and reaches a
    quarter of the strongest one. The unloaded level is the lowest steady level of each pause,
    joined by straight lines, so that a drifting zero is followed and resting lightly in a part
    of a pause is not taken for it.
    """
    nothing = PressSearch(force_n=force_n, baseline_n=np.zeros_like(force_n), spans=())
    if t_s.size < _FEWEST_SAMPLES:
        return nothing
    bin_s = max(_BIN_S, float(np.median(np.diff(t_s))))
    bin_t, level = _on_grid(t_s, force_n, bin_s)
    noise = max(noise_of(level), grain_n)
    sustained = _opened(level, max(round(_LONGEST_KNOCK_S / bin_s), 1))
    low = _quantile(level, _LOW_QUANTILE)
    reach = float(sustained.max()) - low
    if reach < max(_WEAKEST_PRESS_N, 2 * _NOISE_FACTOR * noise):
        return nothing

    cores = _runs(sustained > low + _WEAKEST_SHARE * reach)
    cores = _joined(cores, max(round(_SHORTEST_PAUSE_S / bin_s), 1))
    floors = _floors(bin_t, level, cores, noise, max(round(_FLOOR_WINDOW_S / bin_s), 2))
    floors = _without_rests(floors)
    known = [floor for floor in floors if floor is not None]
    level_t = np.array([floor.t_s for floor in known] or [0.0])
    levels = np.array([floor.level_n for floor in known] or [low])
    baseline = np.interp(t_s, level_t, levels)
    above = level - np.interp(bin_t, level_t, levels)
    edge_n = _NOISE_FACTOR * noise
    found = (
        _span(t_s, bin_t, above, cores, k, edge_n=edge_n, floors=(floors[k], floors[k + 1]))
        for k in range(len(cores))
    )
    spans = tuple(span for span in found if span.stop - span.start >= _FEWEST_SAMPLES)
    return PressSearch(force_n=force_n - baseline, baseline_n=baseline, spans=spans)


def _on_grid(t_s: FloatArray, values: FloatArray, step_s: float) -> tuple[FloatArray, FloatArray]:
    """Return an even time axis and the mean of the samples about each of its points."""
    bin_t, means = binned(t_s, values, step_s)
    grid = np.arange(bin_t[0], bin_t[-1] + step_s / 2, step_s)
    return grid, np.interp(grid, bin_t, means)


def _opened(x: FloatArray, width: int) -> FloatArray:
    """Return `x` without rises shorter than `width` samples (a morphological opening)."""
    pad = width - 1
    padded = np.concatenate((np.full(pad, x[0]), x, np.full(pad, x[-1])))
    eroded = np.lib.stride_tricks.sliding_window_view(padded, width).min(axis=1)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(eroded, width).max(axis=1))


def _quantile(x: FloatArray, q: float) -> float:
    k = int(q * (x.size - 1))
    return float(np.partition(x, k)[k])


def _runs(mask: BoolArray) -> list[tuple[int, int]]:
    """Return (first, end) of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _joined(runs: list[tuple[int, int]], pause: int) -> list[tuple[int, int]]:
    """Join runs with less than `pause` between them."""
    joined = runs[:1]
    for first, end in runs[1:]:
        if first - joined[-1][1] < pause:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((first, end))
    return joined


def _floors(
    t_s: FloatArray, x: FloatArray, cores: list[tuple[int, int]], noise: float, width: int
) -> list[_Floor | None]:
    """Return the unloaded level before the first core, between cores and after the last one."""
    firsts = [0, *(end for _, end in cores)]
    ends = [*(first for first, _ in cores), x.size]
    return [
        _floor(t_s[first:end], x[first:end], noise, width)
        for first, end in zip(firsts, ends, strict=True)
    ]


def _floor(t_s: FloatArray, x: FloatArray, noise: float, width: int) -> _Floor | None:
    """Return the lowest steady level of a pause; None when it is too short to have one."""
    if x.size < width:
        return None
    sums = np.concatenate(([0.0], np.cumsum(x)))
    lowest = float((sums[width:] - sums[:-width]).min()) / width
    near = np.abs(x - lowest) <= _NOISE_FACTOR * noise + 1e-9
    if np.count_nonzero(near) < 2:  # noqa: PLR2004 - one bin is no level
        return _Floor(t_s=float(t_s.mean()), level_n=lowest, u_n=noise)
    members = x[near]
    return _Floor(
        t_s=float(t_s[near].mean()),
        level_n=float(members.mean()),
        u_n=noise / math.sqrt(members.size),
    )


def _without_rests(floors: list[_Floor | None]) -> list[_Floor | None]:
    """Leave out pauses that lie above both neighbours: there the tip stayed on the skin.

    A zero that drifts does not do that, and resting cannot push the level down.
    """
    levels = [math.inf if floor is None else floor.level_n for floor in floors]
    ceilings = [max(a, b) for a, b in zip(levels, levels[2:], strict=False)]
    ceilings = [math.inf, *ceilings, math.inf]
    return [
        floor if level <= ceiling + _LEAST_REST_N else None
        for floor, level, ceiling in zip(floors, levels, ceilings, strict=False)
    ]


def _span(
    t_s: FloatArray,
    bin_t: FloatArray,
    above: FloatArray,
    cores: list[tuple[int, int]],
    k: int,
    *,
    edge_n: float,
    floors: tuple[_Floor | None, _Floor | None],
) -> PressSpan:
    """Extend a core to where the force meets the unloaded level."""
    first, end = cores[k]
    previous_end = cores[k - 1][1] if k else 0
    next_first = cores[k + 1][0] if k + 1 < len(cores) else above.size
    peak = float(above[first:end].max())
    edge = max(edge_n, _EDGE_SHARE * peak)
    start_bin, lowest_before = _foot(above[previous_end : first + 1][::-1], edge)
    stop_bin, lowest_after = _foot(above[end - 1 : next_first], edge)
    start_bin, stop_bin = first - start_bin, end - 1 + stop_bin
    before, after = floors
    step = after.level_n - before.level_n if before and after else 0.0
    u = math.hypot(*(0.5 * floor.u_n for floor in (before, after) if floor), step / math.sqrt(12))
    samples = np.searchsorted(
        t_s, [bin_t[previous_end], bin_t[start_bin], bin_t[stop_bin], bin_t[next_first - 1]]
    )
    return PressSpan(
        before=int(samples[0]),
        start=int(samples[1]),
        stop=int(samples[2]) + 1,
        after=int(samples[3]) + 1,
        baseline_u_n=u,
        baseline_step_n=step,
        starts_loaded=lowest_before > _LOADED_SHARE * peak,
        ends_loaded=lowest_after > _LOADED_SHARE * peak,
    )


def _foot(above: FloatArray, edge_n: float) -> tuple[int, float]:
    """Return where a force, followed away from a press, first meets the unloaded level.

    Where it never does, the tip stayed on the skin, and its lowest point has to do; with the force
    that is left there.
    """
    low = np.flatnonzero(above <= edge_n)
    foot = int(low[0]) if low.size else int(np.argmin(above))
    return foot, float(above[foot])
