"""The levels of pressure that a hand works at, how many there are, and every stay at one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tissuesense.analysis.dose.pieces import (
    Piece,
    joined,
    levels_of,
    same_again,
    still_pieces,
    to_kpa,
    to_log,
)
from tissuesense.core.arrays import FloatArray

_SAME = 0.05
_FEWEST_SAMPLES = 2
_ENTRY_S, _ARRIVED, _BEYOND = 0.5, 0.95, 0.2

Touch = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A stretch at one level, from where the pressure arrives to where it sets off.

    A fifth of the time from a tenth to nine tenths of a change is taken to lie before and after
    these: an eighth does in a straight change, a third in one that begins and ends gently.

    Attributes
    ----------
    sd_kpa
        How far hand and tissue moved the pressure meanwhile.
    level
        Which, from 0 for the lowest.
    """

    start_s: float
    end_s: float
    mean_kpa: float
    sd_kpa: float
    level: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """The way up to a stay, from a tenth of it to nine tenths."""

    start_s: float
    end_s: float
    kpa: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What the pressure of one application is made of.

    Attributes
    ----------
    kpa
        Mean pressure at each level, ascending.
    """

    kpa: tuple[float, ...]
    stays: tuple[Stay, ...]
    rises: tuple[Rise, ...]

    @property
    def alternations(self) -> int:
        """Changes from one level to another; contact, release and lifts are none."""
        return sum(before.level != after.level for before, after in pairwise(self.stays))


def find_levels(touches: Sequence[Touch]) -> Levels:
    """Return the levels of one application.

    Parameters
    ----------
    touches
        Evenly spaced times and the pressure at them without anything brief, each of shape (n,):
        one pair for every time the hand was on the skin.
    """
    found = [joined(still_pieces(t, kpa)) for t, kpa in touches]
    levels = iter(levels_of([piece for pieces in found for piece in pieces]))
    stays: list[Stay] = []
    rises: list[Rise] = []
    for (t, kpa), pieces in zip(touches, found, strict=True):
        numbered = [(piece, next(levels)) for piece in pieces]
        more_stays, more_rises = _course(t, kpa, same_again(numbered))
        stays += more_stays
        rises += more_rises
    count = max((stay.level for stay in stays), default=-1) + 1
    return Levels(
        kpa=tuple(_mean_kpa([s for s in stays if s.level == k]) for k in range(count)),
        stays=tuple(stays),
        rises=tuple(rises),
    )


def _course(
    t_s: FloatArray, kpa: FloatArray, numbered: list[tuple[Piece, int]]
) -> tuple[list[Stay], list[Rise]]:
    """Return the stays of one touch, their ends found between the pieces, and the ways up."""
    ends_s = [
        float(t_s[0]),
        *(t for p, _ in numbered for t in (p.start_s, p.end_s)),
        float(t_s[-1]),
    ]
    levels = [0.0, *(kpa for p, _ in numbered for kpa in (to_kpa(p.entry), to_kpa(p.exit))), 0.0]
    if not numbered:
        peak = int(np.argmax(kpa))
        ends_s[1], levels[1] = float(t_s[peak]), float(kpa[peak])
    rises: list[Rise] = []
    for k in range(0, len(ends_s), 2):
        way = _Way.of(t_s, kpa, (ends_s[k], ends_s[k + 1]), (levels[k], levels[k + 1]))
        if way is None:
            continue
        tenth, nine = way.at_s(0.1), way.at_s(0.9)
        ends_s[k : k + 2] = tenth - _BEYOND * (nine - tenth), nine + _BEYOND * (nine - tenth)
        if way.kpa > 0:
            rises.append(Rise(start_s=tenth, end_s=nine, kpa=way.kpa))
    spans = zip(numbered, ends_s[1::2], ends_s[2::2], strict=False)
    return [
        # Ways may meet where a stay was hardly one; then its piece has to do.
        _stay(t_s, kpa, (a, b) if a < b else (piece.start_s, piece.end_s), level)
        for (piece, level), a, b in spans
    ], rises


@dataclass(frozen=True, slots=True)
class _Way:
    """How far the pressure has gone from one level to the next, as a share."""

    t_s: FloatArray
    share: FloatArray
    kpa: float

    @classmethod
    def of(
        cls,
        t_s: FloatArray,
        kpa: FloatArray,
        between_s: tuple[float, float],
        levels: tuple[float, float],
    ) -> "_Way | None":
        """Look at what lies between two pieces; None where the levels are about the same."""
        low, high = levels
        first, last = np.searchsorted(t_s, [between_s[0] - _ENTRY_S, between_s[1] + _ENTRY_S])
        if abs(to_log(low) - to_log(high)) < _SAME or last - first < _FEWEST_SAMPLES:
            return None
        share = (kpa[first:last] - low) / (high - low)
        arrived = int(np.argmax(share >= _ARRIVED)) if (share >= _ARRIVED).any() else share.size - 1
        return cls(t_s[first : first + arrived + 1], share[: arrived + 1], high - low)

    def at_s(self, share: float) -> float:
        """Return when that share of the way is behind, for good."""
        before = np.flatnonzero(self.share < share)
        k = int(before[-1]) if before.size else 0
        if k + 1 >= self.t_s.size:
            return float(self.t_s[-1])
        step = float(self.share[k + 1] - self.share[k])
        part = min(max((share - float(self.share[k])) / step, 0.0), 1.0) if step > 0 else 0.0
        return float(self.t_s[k]) + part * float(self.t_s[k + 1] - self.t_s[k])


def _stay(t_s: FloatArray, kpa: FloatArray, span_s: tuple[float, float], level: int) -> Stay:
    first, last = np.searchsorted(t_s, span_s)
    held = kpa[min(int(first), kpa.size - 1) : max(int(last), int(first) + 1)]
    return Stay(
        start_s=span_s[0],
        end_s=span_s[1],
        mean_kpa=float(held.mean()),
        sd_kpa=float(held.std()),
        level=level,
    )


def _mean_kpa(stays: Sequence[Stay]) -> float:
    """Return the mean pressure of the time spent in all of them."""
    seconds = sum(stay.seconds for stay in stays)
    return sum(stay.mean_kpa * stay.seconds for stay in stays) / seconds
