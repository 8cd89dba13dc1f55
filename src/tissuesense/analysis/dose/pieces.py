"""Stretches of still pressure, and which of them are at one level.

The pressure is cut where its mean changes (`dose_cuts`). What is short or keeps moving is the way
between two levels. What is left is put together again wherever it differs by no more than hands and
tissue do while a pressure is held: scatter, or a slow giving way. Stays at like pressures share a
level, near in time or not.

All this is done on ``ln(1 + p / 50 kPa)``, on which a tenth is a tenth of a high pressure and 5 kPa
of a low one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tissuesense.analysis.dose.cuts import cuts_of
from tissuesense.analysis.numerics.order_statistics import median
from tissuesense.core.arrays import FloatArray

_SCALE_KPA = 50.0
_BIN_S = 0.1
_FEWEST_BINS, _ENOUGH_BINS = 3, 5
_SHORTEST_STAY_S = 0.5
_STILL_PER_S = 0.1
_ALIKE = 0.1
# What gives way does so slowly: across a seam hardly anything changes; and not without end.
_SEAM_S, _SEAMLESS, _FARTHEST = 1.0, 0.05, 0.35
_LONGEST_SEAM_S = 1.0
# A step of a slow way changes within by as much as from step to step; a level does not.
_LONGEST_STEP_S, _STEP_SHARE = 2.5, 0.5
_GIVES_WAY = 0.03


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of still pressure, on the logarithmic scale: as a whole, and at its two ends."""

    start_s: float
    end_s: float
    mean: float
    entry: float
    exit: float
    slope: float

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s

    def and_on(self, later: "Piece") -> "Piece":
        """Return both as one."""
        weight = self.seconds + later.seconds
        mean = (self.mean * self.seconds + later.mean * later.seconds) / weight
        return Piece(self.start_s, later.end_s, mean, self.entry, later.exit, later.slope)


def still_pieces(t_s: FloatArray, kpa: FloatArray) -> list[Piece]:
    """Return the stretches of one touch in which the pressure is still."""
    step = float(t_s[1] - t_s[0]) if t_s.size > 1 else _BIN_S
    block = max(1, round(_BIN_S / step))
    if t_s.size < _FEWEST_BINS * block:
        return []
    whole = kpa[: kpa.size // block * block].reshape(-1, block).mean(axis=1)
    y, step = np.log1p(np.maximum(whole, 0.0) / _SCALE_KPA), block * step
    seam = max(1, round(_SEAM_S / step))
    pieces = [
        Piece(
            float(t_s[0]) + a * step,
            float(t_s[0]) + b * step,
            float(y[a:b].mean()),
            median(y[a : min(a + seam, b)]),
            median(y[max(b - seam, a) : b]),
            _slope(y[a:b]) / step,
        )
        for a, b in pairwise(cuts_of(y))
    ]
    around = zip([None, *pieces[:-1]], pieces, [*pieces[1:], None], strict=True)
    return [piece for before, piece, after in around if _is_still(before, piece, after)]


def _is_still(before: Piece | None, piece: "Piece", after: Piece | None) -> bool:
    """Tell a stay from the way between two, and from a step of such a way if it was slow."""
    if piece.seconds < _SHORTEST_STAY_S or abs(piece.slope) > _STILL_PER_S:
        return False
    if before is None or after is None or piece.seconds > _LONGEST_STEP_S:
        return True
    up = 1 if piece.slope > 0 else -1
    least = min(up * (piece.mean - before.mean), up * (after.mean - piece.mean))
    return abs(piece.slope) * piece.seconds < _STEP_SHARE * least or least < 0


def _slope(y: FloatArray) -> float:
    """Return the least-squares slope, per bin; of many, without the two that the ways reach."""
    y = y[1:-1] if y.size >= _ENOUGH_BINS else y
    x = np.arange(y.size) - (y.size - 1) / 2
    return float(x @ y) / max(float(x @ x), 1.0)


def joined(pieces: list[Piece]) -> list[Piece]:
    """Put together what was cut within one stay, the most alike first."""
    pieces = list(pieces)
    while len(pieces) > 1:
        apart = [_apart(a, b) for a, b in pairwise(pieces)]
        k = int(np.argmin(apart))
        if apart[k] > 1.0:
            break
        pieces[k : k + 2] = [pieces[k].and_on(pieces[k + 1])]
    return pieces


def _apart(a: Piece, b: Piece) -> float:
    """Return how different two neighbours are; up to 1 they are one stay."""
    pause_s, difference = b.start_s - a.end_s, abs(a.mean - b.mean)
    if _overshoots(a, b) and pause_s <= _LONGEST_STEP_S:
        return difference / _FARTHEST
    if pause_s > _LONGEST_SEAM_S:
        return np.inf
    seam = max(abs(b.entry - a.exit) / _SEAMLESS, difference / _FARTHEST)
    return min(difference / _ALIKE, seam)


def _overshoots(a: Piece, b: Piece) -> bool:
    """Tell the first moments of a stay, from which tissue under a still tip gives way for long."""
    return a.seconds <= _LONGEST_STEP_S and a.mean > b.mean and b.entry - b.exit > _GIVES_WAY


def levels_of(pieces: Sequence[Piece]) -> list[int]:
    """Return the number of each piece's level: like pressures, the nearest first, share one."""
    clusters = [([i], p.mean, p.seconds) for i, p in enumerate(pieces)]
    clusters.sort(key=lambda cluster: cluster[1])
    while len(clusters) > 1:
        gaps = [after[1] - before[1] for before, after in pairwise(clusters)]
        k = int(np.argmin(gaps))
        if gaps[k] > _ALIKE:
            break
        (some, low, w), (more, high, v) = clusters[k : k + 2]
        clusters[k : k + 2] = [(some + more, (low * w + high * v) / (w + v), w + v)]
    number = {i: level for level, (members, _, _) in enumerate(clusters) for i in members}
    return [number[i] for i in range(len(pieces))]


def same_again(numbered: list[tuple[Piece, int]]) -> list[tuple[Piece, int]]:
    """Put together neighbours that turned out to be at one level."""
    kept: list[tuple[Piece, int]] = []
    for piece, level in numbered:
        near = kept and piece.start_s - kept[-1][0].end_s <= _LONGEST_SEAM_S
        if near and kept[-1][1] == level:
            kept[-1] = (kept[-1][0].and_on(piece), level)
        else:
            kept.append((piece, level))
    return kept


def to_log(kpa: float) -> float:
    """Return a pressure on the scale on which levels are compared."""
    return float(np.log1p(kpa / _SCALE_KPA))


def to_kpa(log: float) -> float:
    """Return the pressure that `to_log` was given."""
    return float(np.expm1(log) * _SCALE_KPA)
