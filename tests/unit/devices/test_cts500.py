"""A CTS500's frames are told apart by their second byte, and none with a wrong sum is believed."""

from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tissuesense.core.errors import ConfigurationError, LocalProtocolError
from tissuesense.devices.catalog.cts500 import PROFILE, Cts500Codec, Cts500Encoder
from tissuesense.devices.codec import (
    BatteryLevel,
    Command,
    Event,
    ForceReading,
    FrameRejected,
    Rejection,
    Temperature,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
NOTIFY = "0000ffe1-0000-1000-8000-00805f9b34fb"
KG = 9.80665
GOOD = bytes.fromhex("0501000004D2DC")
GOOD_N = pytest.approx(12.34 * KG)
STEPS = st.integers(-50_000, 50_000)


def summed(body: bytes) -> bytes:
    return body + bytes((sum(body) % 256,))


def weight(steps: int) -> bytes:
    status, magnitude = (0x11, -steps) if steps < 0 else (0x01, steps)
    return summed(bytes((5, status)) + magnitude.to_bytes(4, "big"))


def forces(events: Sequence[Event]) -> list[float]:
    return [event.force_n for event in events if isinstance(event, ForceReading)]


def refusals(events: Sequence[Event]) -> list[Rejection]:
    return [event.why for event in events if isinstance(event, FrameRejected)]


def test_commands_are_the_documented_frames() -> None:
    codec = Cts500Codec(PLAIN)
    commands = {
        Command.START: "05AA000000AF",
        Command.STOP: "05AB000000B0",
        Command.TARE: "05A6000000AB",
        Command.READ: "05A9000000AE",
        Command.BATTERY: "05C4000000C9",
    }
    sent = {command: codec.encode(command).hex().upper() for command in commands}
    assert sent == commands


@pytest.mark.parametrize("code", range(6))
def test_a_stated_rate_is_sent_by_its_code(code: int) -> None:
    codec = Cts500Codec(WireParameters(rate_hz=10.0 * 2**code))
    assert codec.encode(Command.RATE) == summed(bytes((5, 0xC1, 0, 0, code)))


def test_without_a_stated_rate_the_scale_is_left_as_it_is_set() -> None:
    with pytest.raises(LocalProtocolError, match=r"cts500.*rate"):
        Cts500Codec(PLAIN).encode(Command.RATE)


@pytest.mark.parametrize("rate_hz", [1.0, 79.0, 80.5, 640.0])
def test_a_rate_that_the_scale_does_not_have_is_refused_with_those_that_it_has(
    rate_hz: float,
) -> None:
    with pytest.raises(ConfigurationError, match="cts500") as raised:
        Cts500Codec(WireParameters(rate_hz=rate_hz))
    assert "10, 20, 40, 80, 160, 320" in raised.value.hint


@given(steps=st.lists(STEPS, min_size=1, max_size=20), size=st.integers(1, 20))
def test_notifications_are_pieces_of_one_stream(steps: list[int], size: int) -> None:
    codec = Cts500Codec(PLAIN)
    stream = b"".join(map(weight, steps))
    events = [
        event
        for start in range(0, len(stream), size)
        for event in codec.receive(stream[start : start + size], 0.0, NOTIFY)
    ]
    assert len(events) == len(steps)
    assert forces(events) == pytest.approx([step * 0.01 * KG for step in steps])


@given(
    steps=STEPS,
    where=st.integers(0, 6),
    flip=st.integers(1, 255),
    after=st.lists(STEPS, max_size=3),
)
def test_a_damaged_frame_gives_no_number_of_its_own(
    steps: int, where: int, flip: int, after: list[int]
) -> None:
    frame = bytearray(weight(steps))
    frame[where] ^= flip
    assume(5 not in frame[1:])  # where a frame seems to begin, the one behind it may be needed
    codec = Cts500Codec(PLAIN)
    assert forces(codec.receive(bytes(frame), 0.0)) == []
    events = codec.receive(b"".join(map(weight, after)), 0.0)
    assert forces(events) == pytest.approx([step * 0.01 * KG for step in after])


@given(noise=st.binary(max_size=40).filter(lambda noise: 5 not in noise))
def test_noise_without_a_beginning_costs_no_reading_and_is_refused_once(noise: bytes) -> None:
    events = Cts500Codec(PLAIN).receive(GOOD + noise + GOOD, 0.0)
    assert forces(events) == [GOOD_N, GOOD_N]
    assert refusals(events) == ([Rejection.MALFORMED] if noise else [])


@pytest.mark.parametrize("lost", range(7))
def test_a_lost_byte_costs_the_frame_that_lost_it(lost: int) -> None:
    torn = GOOD[:lost] + GOOD[lost + 1 :]
    events = Cts500Codec(PLAIN).receive(GOOD + torn + GOOD + GOOD, 0.0)
    assert forces(events) == [GOOD_N, GOOD_N, GOOD_N]
    assert len(refusals(events)) == 1


def test_every_damaged_frame_is_counted() -> None:
    damaged = GOOD[:-1] + b"\xdd"
    assert refusals(Cts500Codec(PLAIN).receive(damaged * 5, 0.0)) == [Rejection.BAD_CHECKSUM] * 5


def test_a_frame_broken_off_by_silence_is_not_completed_by_the_next() -> None:
    codec = Cts500Codec(PLAIN)
    codec.receive(GOOD[:4], 0.0, NOTIFY)
    assert forces(codec.receive(GOOD, 9.0, NOTIFY)) == [GOOD_N]


@given(opcode=st.integers(0x81, 0xFF), parameters=st.binary(min_size=3, max_size=3))
def test_an_echo_of_any_command_is_passed_over(opcode: int, parameters: bytes) -> None:
    echo = summed(bytes((5, opcode)) + parameters)
    events = Cts500Codec(PLAIN).receive(echo + GOOD, 0.0)
    assert [type(event) for event in events] == [ForceReading]


@pytest.mark.parametrize(("byte", "celsius"), [(0, 0.0), (21, 21.0), (0x85, -5.0), (0x80, 0.0)])
def test_a_temperature_is_sign_and_magnitude(byte: int, celsius: float) -> None:
    frame = summed(bytes((5, 0x80, 0xC5, 0, 0, byte)))
    assert Cts500Codec(PLAIN).receive(frame, 0.0) == [Temperature(celsius=celsius)]


def test_the_simulated_scale_echoes_and_streams_between_start_and_stop() -> None:
    codec, gauge = Cts500Codec(PLAIN), Cts500Encoder(PLAIN)
    sample = [WireSample(t_s=0.0, force_n=-2 * KG)]
    assert gauge.samples(sample) == b""
    start = codec.encode(Command.START)
    assert gauge.reply(start) == start
    assert gauge.samples(sample) == bytes.fromhex("0511000000C8DE")
    gauge.reply(codec.encode(Command.STOP))
    assert gauge.samples(sample) == b""


def test_the_simulated_scale_answers_questions_and_tares() -> None:
    codec, gauge = Cts500Codec(PLAIN), Cts500Encoder(PLAIN)
    gauge.samples([WireSample(t_s=0.0, force_n=12.34 * KG)])
    assert gauge.reply(codec.encode(Command.READ)) == GOOD
    assert codec.receive(gauge.reply(codec.encode(Command.BATTERY)), 0.0) == [
        BatteryLevel(volts=4.1)
    ]
    gauge.reply(codec.encode(Command.TARE))
    assert forces(codec.receive(gauge.reply(codec.encode(Command.READ)), 0.0)) == [0.0]


@pytest.mark.parametrize("request_", [b"", b"\x05\xaa", bytes.fromhex("05AA000000AE")])
def test_the_simulated_scale_passes_over_what_is_no_command(request_: bytes) -> None:
    gauge = Cts500Encoder(PLAIN)
    assert gauge.reply(request_) == b""
    assert gauge.samples([WireSample(t_s=0.0, force_n=1.0)]) == b""


def test_the_profile_goes_by_the_name_and_not_by_the_bridge() -> None:
    assert PROFILE.ble is not None
    assert PROFILE.ble.notify == (NOTIFY,)
    assert PROFILE.ble.write == "0000ffe2-0000-1000-8000-00805f9b34fb"
    assert PROFILE.ble.service is None
    assert set(PROFILE.ble.name_prefixes) == {"CTS500", "CTS-300"}
