"""Which part of a recording belongs to which press, tap or stretch."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

from tissuesense.core.trace import Trace
from tissuesense.record.measurement import StoredFinding

# By which of its numbers a repeat begins and ends, in seconds of the recording.
_BOUNDS = {
    "trial": ("onset_s", "release_s"),
    "press": ("contact_s", ""),
    "tap": ("onset_s", ""),
    "stretch": ("start_s", "end_s"),
    "dose": ("start_s", "end_s"),
}
_LEAD_S = 1.0


class ItemKey(NamedTuple):
    """Which repeat: ("trial", 2)."""

    item: str
    number: int | None


Items = Mapping[ItemKey, Mapping[str, StoredFinding]]


class _Lasting(NamedTuple):
    start_s: float
    end_s: float | None
    key: ItemKey


def pieces(trace: Trace, items: Items) -> dict[ItemKey, Trace]:
    """Return the samples of each repeat: together the whole recording.

    It is cut halfway between the end of one and the start of the next, or a second before the next
    where no end is known. Empty where the repeats have no times, as those of a range of motion.
    """
    lasting = sorted(_lasting(items), key=lambda piece: piece.start_s)
    if not lasting:
        return {}
    cuts = [_between(one, other) for one, other in pairwise(lasting)]
    edges = pairwise([float(trace.t_s[0]), *cuts, float(trace.t_s[-1])])
    return {
        piece.key: trace.between(start_s, end_s)
        for piece, (start_s, end_s) in zip(lasting, edges, strict=True)
    }


def _lasting(items: Items) -> Iterator[_Lasting]:
    for key, findings in items.items():
        begins, ends = _BOUNDS.get(key.item, ("", ""))
        start_s = _value(findings, begins)
        if start_s is not None:
            yield _Lasting(start_s, _value(findings, ends), key)


def _between(one: _Lasting, other: _Lasting) -> float:
    if one.end_s is None:
        return max(one.start_s, other.start_s - _LEAD_S)
    return (one.end_s + other.start_s) / 2


def _value(findings: Mapping[str, StoredFinding], quantity: str) -> float | None:
    found = findings.get(quantity)
    return None if found is None else found.value
