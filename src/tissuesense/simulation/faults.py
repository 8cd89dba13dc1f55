"""Everything that can be told to go wrong, by name."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from tissuesense.core.recording import RecordingKind
from tissuesense.simulation.operator import Flaw, Hand
from tissuesense.simulation.sensor import Sensor

_PAIN = frozenset({RecordingKind.PPT, RecordingKind.TOLERANCE})
_PRESSES = _PAIN | {RecordingKind.INDENTATION}
_FORCE = _PRESSES | {RecordingKind.STRETCH, RecordingKind.DOSE}
_ALL = frozenset(RecordingKind)


class FaultPlace(enum.StrEnum):
    """Where a fault happens: the simulation makes all but those of the link."""

    HAND = "hand"
    GAUGE = "gauge"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong.

    Attributes
    ----------
    sentence
        What a bystander would see.
    kinds
        Recordings in which it can happen.
    hand, sensor
        What it changes.
    """

    place: FaultPlace
    sentence: str
    kinds: frozenset[RecordingKind] = _ALL
    hand: Callable[[Hand], Hand] = lambda hand: hand
    sensor: Callable[[Sensor], Sensor] = lambda sensor: sensor


def _gauge(
    sentence: str, sensor: Callable[[Sensor], Sensor], kinds: frozenset[RecordingKind] = _ALL
) -> Fault:
    return Fault(place=FaultPlace.GAUGE, sentence=sentence, sensor=sensor, kinds=kinds)


def _hand(
    sentence: str, hand: Callable[[Hand], Hand], kinds: frozenset[RecordingKind] = _PRESSES
) -> Fault:
    return Fault(place=FaultPlace.HAND, sentence=sentence, hand=hand, kinds=kinds)


def _link(sentence: str) -> Fault:
    return Fault(place=FaultPlace.LINK, sentence=sentence)


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "dropped": _gauge(
            "Three readings in a hundred never arrive.", lambda s: replace(s, lost_share=0.03)
        ),
        "doubled": _gauge(
            "Three readings in a hundred arrive twice.", lambda s: replace(s, doubled_share=0.03)
        ),
        "spikes": _gauge(
            "Three readings in a thousand are nonsense, 20 to 80 N, degrees or m/s2 off.",
            lambda s: replace(s, spike_share=0.003),
        ),
        "drift": _gauge(
            "The zero creeps by 6 N as the gauge warms up.",
            lambda s: replace(s, drift_n=6.0),
            _FORCE,
        ),
        "unzeroed": _gauge(
            "The gauge indicates 4.2 N with nothing touching it.",
            lambda s: replace(s, offset_n=4.2),
            _FORCE,
        ),
        "clip": _gauge(
            "The gauge can indicate no more than 10 N.",
            lambda s: replace(s, full_scale_n=10.0),
            _FORCE,
        ),
        "slow_hand": _hand(
            "The hand goes at half the intended speed.", lambda h: replace(h, speed=0.5)
        ),
        "fast_hand": _hand(
            "The hand goes 1.7 times as fast as intended.", lambda h: replace(h, speed=1.7)
        ),
        "wandering": _hand(
            "The hand's speed wanders by a third around its mean; it cannot hold a depth.",
            lambda h: replace(h, wander=0.35, hold_creep_mm=0.15),
        ),
        "early_release": _hand(
            "In every other press the hand lets go before anything is felt or held.",
            lambda h: replace(h, flaw=Flaw.EARLY_RELEASE),
        ),
        "slip": _hand(
            "In every other press the tip slips half-way and the force falls for a moment.",
            lambda h: replace(h, flaw=Flaw.SLIP),
            _PAIN,
        ),
        "double_peak": _hand(
            "In every other press the hand gives way, presses again and only then lets go.",
            lambda h: replace(h, flaw=Flaw.DOUBLE_PEAK),
            _PAIN,
        ),
        "plateau": _hand(
            "In every other press the hand stays for a second before it lets go.",
            lambda h: replace(h, flaw=Flaw.PLATEAU),
            _PAIN,
        ),
        "silence": _link("The gauge stays connected and stops sending."),
        "unplug": _link("The link breaks off in the middle of the second press or tap."),
        "garbage": _link("Bytes that belong to no reading arrive between the readings."),
        "late_notifications": _link("Readings arrive in late, uneven batches."),
    }
)

NO_FAULT = Fault(place=FaultPlace.GAUGE, sentence="Nothing goes wrong.")
