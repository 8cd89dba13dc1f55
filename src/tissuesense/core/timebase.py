"""Put sample times in order: clock wraps, doubled rows, misplaced rows, gaps."""

from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import BoolArray, FloatArray, vector
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag, QualitySummary

# Counters that the gauges we read use: 32 bits of us or ms, 16 bits of ms.
_WRAPS_S = (2**32 / 1e6, 2**32 / 1e3, 2**16 / 1e3)
_LONGEST_STEP_OVER_A_WRAP_S = 10.0
# A row or two in a thousand with a broken time is a transmission error and can be left out; more
# than that and nobody knows which rows to believe.
_MISPLACED_SHARE = 0.02
_GAP_FACTOR = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timebase:
    """Strictly increasing times and which rows they belong to.

    Attributes
    ----------
    t_s
        Times of the kept rows, shape (m,).
    keep
        Mask of the rows that were kept, shape (n,).
    """

    t_s: FloatArray
    keep: BoolArray
    quality: QualitySummary


def regularise(t_s: FloatArray, values: FloatArray) -> Timebase:
    """Return increasing times for rows of `values`, shape (n, columns), flagging what was mended.

    Rows with a time or a value that is not finite are left out; a row that repeats an earlier time
    is dropped; a counter that wrapped is unwrapped.

    Raises
    ------
    UsageError
        When time goes backwards in a way that none of this explains; the message names the row.
    """
    times = np.array(vector(t_s, "time_s"))
    flags: list[QualityFlag] = []
    keep = np.isfinite(times) & np.isfinite(values).all(axis=1)
    if not keep.all():
        flags.append(QualityFlag.MISSING_VALUES)
    kept = np.flatnonzero(keep)
    times = times[kept]

    times, wrapped = _unwrapped(times)
    if wrapped:
        flags.append(QualityFlag.CLOCK_WRAPPED)

    in_order = _in_order(times)
    duplicates = 0
    if not in_order.all():
        duplicates, misplaced = _count_out_of_order(times, in_order)
        if misplaced > _MISPLACED_SHARE * times.size:
            row = int(kept[1:][np.diff(times) < 0][0])
            raise UsageError(
                f"Time goes backwards at sample {row + 1} of {keep.size}, and too often to mend."
            )
        flags += [QualityFlag.DUPLICATES] if duplicates else []
        flags += [QualityFlag.MISSING_VALUES] if misplaced else []
        kept, times = kept[in_order], times[in_order]

    mask = np.zeros(keep.size, dtype=np.bool_)
    mask[kept] = True
    gaps = find_gaps(times)
    if gaps:
        flags.append(QualityFlag.GAP)
    quality = QualitySummary(gaps=gaps, duplicates=duplicates, flags=tuple(dict.fromkeys(flags)))
    return Timebase(t_s=times, keep=mask, quality=quality)


def find_gaps(t_s: FloatArray) -> tuple[tuple[float, float], ...]:
    """Return the stretches without samples: more than three usual steps long.

    The usual step is the ninth decile, so that batches of a radio link are not taken for gaps.
    """
    if t_s.size < 3:  # noqa: PLR2004 - two steps at least, to know a usual one
        return ()
    steps = np.diff(t_s)
    wide = np.flatnonzero(steps > _GAP_FACTOR * float(np.quantile(steps, 0.9)))
    return tuple((float(t_s[i]), float(t_s[i + 1])) for i in wide)


def usual_rate_hz(t_s: FloatArray) -> float | None:
    """Return the sample rate, 1 / mean of the steps that are no gaps; None for under two samples.

    The median alone would be off wherever times were written with few digits.
    """
    if t_s.size < 2:  # noqa: PLR2004 - one step at least
        return None
    steps = np.diff(t_s)
    usual, most = float(np.median(steps)), float(np.quantile(steps, 0.9))
    # Even steps: those that lost a reading are left out. Batches of a link: only gaps are.
    longest = 1.5 * usual if most <= 1.5 * usual else _GAP_FACTOR * most
    return float(1.0 / steps[steps <= longest].mean())


def _unwrapped(times: FloatArray) -> tuple[FloatArray, bool]:
    """Add a counter's period wherever a fall by about that period makes the step plausible."""
    steps = np.diff(times)
    # A lone row with a wrong time falls too, but the rows around it go on as if it were not there.
    goes_on = np.concatenate((times[2:] < times[:-2], [True])) if times.size > 1 else steps < 0
    went_on = np.concatenate(([True], times[2:] < times[:-2])) if times.size > 1 else steps < 0
    added = np.zeros(steps.size)
    for period in _WRAPS_S:
        mended = steps + period
        plausible = (mended > 0) & (mended < _LONGEST_STEP_OVER_A_WRAP_S)
        added[(steps < 0) & goes_on & went_on & plausible] = period
    if not added.any():
        return times, False
    return np.concatenate((times[:1], times[1:] + np.cumsum(added))), True


def _in_order(times: FloatArray) -> BoolArray:
    """Return a mask of rows that increase strictly, leaving out as few rows as either rule does.

    One time far ahead would put every later row out of order; then the row ahead is the one to go.
    """
    if times.size == 0:
        return np.zeros(0, dtype=np.bool_)
    in_order = ~_strays(times)
    rest = times[in_order]
    behind = np.concatenate(([True], rest[1:] > np.maximum.accumulate(rest)[:-1]))
    ahead = np.concatenate((rest[:-1] < np.minimum.accumulate(rest[::-1])[::-1][1:], [True]))
    fewer_out = np.count_nonzero(behind) >= np.count_nonzero(ahead)
    in_order[in_order] = behind if fewer_out else ahead
    return in_order


def _strays(times: FloatArray) -> BoolArray:
    """Return a mask of single rows that lie out of line between two that are in order."""
    stray = np.zeros(times.size, dtype=np.bool_)
    before, here, after = times[:-2], times[1:-1], times[2:]
    stray[1:-1] = (before < after) & ((here < before) | (here > after))
    stray[1:] &= ~stray[:-1]  # of two rows that changed places, leaving out one is enough
    return stray


def _count_out_of_order(times: FloatArray, in_order: BoolArray) -> tuple[int, int]:
    """Return how many of the rows left out repeat a kept time, and how many do not."""
    repeated = np.isin(times[~in_order], times[in_order])
    return int(repeated.sum()), int((~repeated).sum())
