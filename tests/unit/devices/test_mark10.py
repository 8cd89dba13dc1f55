"""A Mark-10 gauge is asked with a question mark, and no unfinished answer outlives a question."""

import pytest

from tissuesense.core.errors import ConfigurationError, LocalProtocolError
from tissuesense.devices.catalog.mark10 import mark10_codec, mark10_encoder
from tissuesense.devices.codec import (
    Command,
    DeviceText,
    Fault,
    FaultKind,
    ForceReading,
    FrameRejected,
    Rejection,
    WireSample,
    event_json,
)
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()


def test_commands_are_the_documented_ones() -> None:
    codec = mark10_codec(PLAIN)
    assert codec.encode(Command.READ) == b"?\r"
    assert codec.encode(Command.TARE) == b"Z\r"
    assert codec.encode(Command.IDENTIFY) == b"LIST\r"


def test_it_has_no_stream_to_start() -> None:
    with pytest.raises(LocalProtocolError, match=r"mark10.*start"):
        mark10_codec(PLAIN).encode(Command.START)


def test_a_unit_that_is_none_is_told_before_anything_is_read() -> None:
    with pytest.raises(ConfigurationError, match="furlong"):
        mark10_codec(WireParameters(unit="furlong"))


@pytest.mark.parametrize("cut", range(1, 7))
def test_an_answer_that_broke_off_makes_no_number_with_the_next(cut: int) -> None:
    codec = mark10_codec(PLAIN)
    codec.encode(Command.READ)
    assert codec.receive(b"-14.25 N\r\n"[:cut], 0.0) == []
    codec.encode(Command.READ)
    (refused,) = codec.receive(b"4.285 N\r\n", 0.5)
    assert isinstance(refused, FrameRejected)
    assert refused.why is Rejection.TRUNCATED
    codec.encode(Command.READ)
    (reading,) = codec.receive(b"4.300 N\r\n", 1.0)
    assert reading == ForceReading(force_n=4.3, t_device_s=None, t_host_s=1.0)


def test_an_unknown_command_does_not_give_up_an_answer() -> None:
    codec = mark10_codec(PLAIN)
    codec.receive(b"4.28", 0.0)
    with pytest.raises(LocalProtocolError):
        codec.encode(Command.STOP)
    assert event_json(codec.receive(b"5 N\r\n", 0.0)[0])["force_n"] == 4.285


def test_the_simulated_gauge_tells_the_latest_sample_when_asked() -> None:
    gauge = mark10_encoder(PLAIN)
    assert gauge.reply(b"?\r") == b""
    assert gauge.samples([WireSample(t_s=0, force_n=1.0), WireSample(t_s=1, force_n=-2.5)]) == b""
    assert gauge.reply(b"?\r") == b"-2.5000 N\r\n"
    assert gauge.reply(b"?") == b""
    assert gauge.reply(b"\r") == b"-2.5000 N\r\n"


def test_the_simulated_gauge_in_numeric_format_leaves_the_unit_out() -> None:
    gauge = mark10_encoder(WireParameters(unit="kgf", invert=True))
    gauge.samples([WireSample(t_s=0, force_n=9.80665)])
    assert gauge.reply(b"?\r") == b"-1.0000\r\n"


def test_the_simulated_gauge_zeroes_describes_itself_and_refuses() -> None:
    codec, gauge = mark10_codec(PLAIN), mark10_encoder(PLAIN)
    gauge.samples([WireSample(t_s=0, force_n=3.0)])
    gauge.reply(codec.encode(Command.TARE))
    assert gauge.reply(codec.encode(Command.READ)) == b"0.0000 N\r\n"
    assert isinstance(
        codec.receive(gauge.reply(codec.encode(Command.IDENTIFY)), 0.0)[0], DeviceText
    )
    for nonsense in (b"MOVE\r", b"x" * 200 + b"\r"):
        (refused,) = codec.receive(gauge.reply(nonsense), 0.0)
        assert isinstance(refused, Fault)
        assert refused.kind is FaultKind.REFUSED_COMMAND
