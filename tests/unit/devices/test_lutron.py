"""A Lutron frame is sixteen bytes between its own start and end, and each start begins anew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.catalog.lutron import LutronEncoder, lutron_codec
from tissuesense.devices.codec import (
    Command,
    Event,
    ForceReading,
    FrameRejected,
    Rejection,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
FRAME = b"\x0241590200001234\r"


def read(data: bytes, parameters: WireParameters = PLAIN) -> list[Event]:
    return list(lutron_codec(parameters).receive(data, 0.0))


def forces(events: list[Event]) -> list[float]:
    return [event.force_n for event in events if isinstance(event, ForceReading)]


def test_nothing_is_ever_sent_to_it() -> None:
    for command in (Command.START, Command.READ, Command.TARE):
        with pytest.raises(LocalProtocolError, match="lutron") as raised:
            lutron_codec(PLAIN).encode(command)
    assert "talks by itself" in raised.value.hint


@pytest.mark.parametrize(
    ("digits", "force_n"),
    [
        (b"41590200001234", 12.34),
        (b"41591200001234", -12.34),
        (b"41590000001234", 1234.0),
        (b"41590300001234", 1.234),
        (b"41551200000315", -3.15 * 9.80665),
        (b"41560200000100", 4.4482216152605),
        (b"41570000001000", 9.80665),
        (b"41580000000016", 4.4482216152605),
        (b"41591200000000", 0.0),
    ],
)
def test_unit_sign_and_point_are_digits_of_their_own(digits: bytes, force_n: float) -> None:
    assert forces(read(b"\x02" + digits + b"\r")) == [pytest.approx(force_n, rel=1e-14)]


def test_a_stated_inversion_turns_it() -> None:
    assert forces(read(FRAME, WireParameters(invert=True))) == [-12.34]


def test_the_lower_display_is_not_the_force() -> None:
    (event,) = read(FRAME.replace(b"\x0241", b"\x0242"))
    assert isinstance(event, FrameRejected)
    assert event.why is Rejection.NOT_LIVE


@pytest.mark.parametrize("cut", range(1, 16))
def test_a_frame_that_broke_off_costs_itself_alone(cut: int) -> None:
    events = read(FRAME[:cut] + FRAME)
    assert [type(event) for event in events] == [FrameRejected, ForceReading]
    assert forces(events) == [12.34]


@pytest.mark.parametrize("cut", range(1, 16))
def test_a_frame_without_its_head_costs_itself_alone(cut: int) -> None:
    events = read(FRAME[cut:] + FRAME)
    assert [type(event) for event in events] == [FrameRejected, ForceReading]


@pytest.mark.parametrize("cut", range(16))
def test_a_stream_joined_midway_says_nothing_of_its_first_piece(cut: int) -> None:
    events = read(FRAME[cut:] + FRAME * 2, WireParameters(joined_midway=True))
    assert forces(events) == [12.34] * (3 if cut == 0 else 2)
    assert len(events) == len(forces(events))


@given(
    garbage=st.lists(
        st.binary(max_size=200).map(lambda data: data.translate(None, b"\x02")), max_size=5
    ),
    cut=st.integers(min_value=0, max_value=1000),
)
def test_garbage_between_frames_costs_none_of_them(garbage: list[bytes], cut: int) -> None:
    data = b"".join(noise + FRAME for noise in garbage)
    codec = lutron_codec(PLAIN)
    events = [*codec.receive(data[:cut], 0.0), *codec.receive(data[cut:], 0.0)]
    assert forces(events) == [12.34] * len(garbage)


@given(where=st.integers(min_value=0, max_value=15), byte=st.integers(min_value=0, max_value=255))
def test_a_damaged_byte_gives_no_number_unless_it_is_a_digit(where: int, byte: int) -> None:
    damaged = FRAME[:where] + bytes((byte,)) + FRAME[where + 1 :]
    if not (48 <= byte <= 57 or damaged == FRAME):
        assert forces(read(damaged)) == []


def test_the_simulated_gauge_sends_hundredths_of_a_newton() -> None:
    gauge = LutronEncoder(PLAIN)
    sent = gauge.samples([WireSample(t_s=0.0, force_n=12.344), WireSample(t_s=0.1, force_n=-0.016)])
    assert sent == b"\x0241590200001234\r\x0241591200000002\r"
    assert gauge.reply(b"9") == b""
