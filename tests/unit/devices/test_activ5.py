"""An Activ5's messages are found in a stream of text, and no half of one is taken for a whole."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.catalog.activ5 import PROFILE, Activ5Codec, Activ5Encoder
from tissuesense.devices.codec import (
    Command,
    DeviceFacts,
    Event,
    ForceReading,
    FrameRejected,
    Rejection,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
NOTIFY = "00005a01-0000-1000-8000-00805f9b34fb"
FORCES = st.lists(st.integers(-500, 500), min_size=1, max_size=20)


def forces(events: Sequence[Event]) -> list[float]:
    return [event.force_n for event in events if isinstance(event, ForceReading)]


def streaming() -> tuple[Activ5Codec, Activ5Encoder]:
    codec, gauge = Activ5Codec(PLAIN), Activ5Encoder(PLAIN)
    gauge.reply(codec.encode(Command.START))
    return codec, gauge


def samples(*forces_n: float) -> list[WireSample]:
    return [WireSample(t_s=i / 10, force_n=force_n) for i, force_n in enumerate(forces_n)]


def test_commands_are_framed_text() -> None:
    codec = Activ5Codec(PLAIN)
    assert codec.encode(Command.START) == bytes.fromhex("41 49 53 4F 4D 21 19")
    assert codec.encode(Command.STOP) == b"ASTOP!\x19"
    assert codec.encode(Command.TARE) == b"ATARE!\x19"
    assert codec.encode(Command.IDENTIFY) == b"ATVGTIME\x19"


def test_it_cannot_be_asked_for_its_battery() -> None:
    with pytest.raises(LocalProtocolError, match=r"activ5.*battery"):
        Activ5Codec(PLAIN).encode(Command.BATTERY)


@given(newtons=FORCES, size=st.integers(1, 20))
def test_notifications_are_pieces_of_one_stream(newtons: list[int], size: int) -> None:
    codec = Activ5Codec(PLAIN)
    stream = b"".join(b"IS%d/IS" % newton for newton in newtons)
    events = [
        event
        for start in range(0, len(stream), size)
        for event in codec.receive(stream[start : start + size], 0.0, NOTIFY)
    ]
    assert forces(events) == newtons
    assert len(events) == len(newtons)


@given(newtons=FORCES, lost=st.integers(0, 10_000), cut=st.integers(1, 3))
def test_lost_bytes_spoil_the_readings_that_they_belonged_to(
    newtons: list[int], lost: int, cut: int
) -> None:
    """Three whole readings after the loss are enough to be back in step."""
    codec = Activ5Codec(PLAIN)
    stream = b"".join(b"IS%d/IS" % newton for newton in newtons)
    lost %= len(stream)
    codec.receive(stream[:lost] + stream[lost + cut :], 0.0)
    assert forces(codec.receive(b"IS1/ISIS2/ISIS3/IS", 0.0))[-2:] == [2, 3]


def test_a_reading_repeated_by_the_trainer_is_repeated_in_the_trace() -> None:
    """Equal readings may be real: nothing in the wire tells a repetition from a steady hand."""
    assert forces(Activ5Codec(PLAIN).receive(b"IS23/IS" * 3, 0.0, NOTIFY)) == [23, 23, 23]


def test_the_handshake_is_no_reading_and_a_reading_no_handshake() -> None:
    events = Activ5Codec(PLAIN).receive(b"TC5k;1.07;\x13IS23/IS", 0.0)
    assert events[0] == DeviceFacts(facts={"firmware": "TC5k;1.07"})
    assert forces(events) == [23]


def test_what_a_handshake_says_cannot_steer_a_terminal() -> None:
    (event,) = Activ5Codec(PLAIN).receive(b"TC5k\x9b\xff\x13", 0.0)
    said = "TC5k\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
    assert event == DeviceFacts(facts={"firmware": said})


def test_the_tail_of_an_overlong_message_gives_no_number() -> None:
    codec = Activ5Codec(PLAIN)
    (refused,) = codec.receive(b"x" * 100, 0.0)
    assert isinstance(refused, FrameRejected)
    assert refused.why is Rejection.OVERLONG
    assert codec.receive(b"IS5/I", 0.0) == []
    assert codec.receive(b"S", 0.0) == []
    assert forces(codec.receive(b"IS6/IS", 0.0)) == [6]


def test_the_simulated_trainer_streams_between_start_and_stop() -> None:
    codec, gauge = Activ5Codec(PLAIN), Activ5Encoder(PLAIN)
    assert gauge.samples(samples(1.0)) == b""
    gauge.reply(codec.encode(Command.START))
    assert gauge.samples(samples(1.0)) == b"IS1/IS"
    gauge.reply(codec.encode(Command.STOP))
    assert gauge.samples(samples(1.0)) == b""


def test_the_simulated_trainer_tares_and_counts_in_newtons() -> None:
    codec, gauge = streaming()
    assert forces(codec.receive(gauge.samples(samples(4.6, -3.2)), 0.0)) == [5, -3]
    gauge.samples(samples(10.0))
    gauge.reply(codec.encode(Command.TARE))
    assert forces(codec.receive(gauge.samples(samples(12.0)), 0.0)) == [2]


def test_the_simulated_trainer_answers_the_handshake_alone() -> None:
    codec, gauge = streaming()
    (answer,) = codec.receive(gauge.reply(codec.encode(Command.IDENTIFY)), 0.0)
    assert answer == DeviceFacts(facts={"firmware": "TC5k;1.0"})
    assert gauge.reply(b"ASN1!\x19") == b""


def test_the_profile_names_the_documented_uuids() -> None:
    assert PROFILE.ble is not None
    assert PROFILE.ble.service == "00005000-0000-1000-8000-00805f9b34fb"
    assert PROFILE.ble.notify == (NOTIFY,)
    assert PROFILE.ble.write == "00005a02-0000-1000-8000-00805f9b34fb"
