"""Decode one hour of a Progressor at 80 samples a second, 15 samples a notification."""

import struct
from collections.abc import Sequence

from benchmarks.timing import Pair, cpu_s

from tissuesense.devices.catalog.progressor import ProgressorCodec
from tissuesense.devices.profile import WireParameters

_SAMPLES = 3600 * 80
_IN_A_NOTIFICATION = 15
_SAMPLE = struct.Struct("<fI")


def measure() -> Pair:
    """Time both."""
    notifications = _notifications()
    return Pair(
        work=f"decode {_SAMPLES:,} Progressor samples (1 h)",
        ours_s=cpu_s(lambda: _ours(notifications)),
        peer="struct.iter_unpack in a loop",
        peer_s=cpu_s(lambda: _peer(notifications)),
        remark="the peer checks no tag, length or number, and makes tuples where we make events",
    )


def _notifications() -> list[bytes]:
    samples = [(index % 400 / 10, index * 12_500 % 2**32) for index in range(_SAMPLES)]
    starts = range(0, _SAMPLES, _IN_A_NOTIFICATION)
    payloads = (
        b"".join(_SAMPLE.pack(*sample) for sample in samples[start : start + _IN_A_NOTIFICATION])
        for start in starts
    )
    return [bytes((1, len(payload))) + payload for payload in payloads]


def _ours(notifications: Sequence[bytes]) -> int:
    codec = ProgressorCodec(WireParameters())
    return sum(len(codec.receive(data, 0.0, "data")) for data in notifications)


def _peer(notifications: Sequence[bytes]) -> int:
    count = 0
    for data in notifications:
        count += len(
            [(kg * 9.80665, us / 1e6, 0.0) for kg, us in struct.iter_unpack("<fI", data[2:])]
        )
    return count
