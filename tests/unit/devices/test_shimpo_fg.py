"""A Shimpo gauge streams at a rate that it has, and no answer to a command spoils a reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import ConfigurationError, LocalProtocolError
from tissuesense.devices.catalog.shimpo_fg import shimpo_codec, shimpo_encoder
from tissuesense.devices.codec import Command, ForceReading, FrameRejected, Rejection, WireSample
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
ANSWERS = st.lists(st.sampled_from([b"R\x06", b"RP\x01", b"RP\x07", b"RP\x09"]), max_size=6)


def reading(force_n: float) -> ForceReading:
    return ForceReading(force_n=force_n, t_device_s=None, t_host_s=0.0)


def whys(events: object) -> list[object]:
    assert isinstance(events, list)
    return [event.why if isinstance(event, FrameRejected) else event for event in events]


@pytest.mark.parametrize(
    ("rate_hz", "request_bytes"),
    [
        (None, b"?C\x05"),
        (10.0, b"?C\x02"),
        (20.0, b"?C\x03"),
        (50.0, b"?C\x04"),
        (100.0, b"?C\x05"),
    ],
)
def test_it_is_started_at_the_rate_asked_for(rate_hz: float | None, request_bytes: bytes) -> None:
    codec = shimpo_codec(WireParameters(rate_hz=rate_hz))
    assert codec.encode(Command.START) == request_bytes


@pytest.mark.parametrize("rate_hz", [1.0, 80.0, 100.1, 1000.0])
def test_a_rate_that_it_has_not_is_refused_before_anything_is_sent(rate_hz: float) -> None:
    with pytest.raises(ConfigurationError, match="shimpo-fg") as raised:
        shimpo_codec(WireParameters(rate_hz=rate_hz))
    assert "10, 20, 50, 100" in raised.value.hint


def test_its_other_commands_are_the_documented_ones() -> None:
    codec = shimpo_codec(PLAIN)
    assert codec.encode(Command.STOP) == b"\x3f\x43\xff"
    assert codec.encode(Command.TARE) == b"\x50\x5a\x00"
    for command in (Command.IDENTIFY, Command.BATTERY):
        with pytest.raises(LocalProtocolError, match=f"shimpo-fg.*{command}"):
            codec.encode(command)


def test_push_has_the_minus_and_comes_out_positive() -> None:
    events = shimpo_codec(PLAIN).receive(b"-12.5 N\r12.5 N\r", 0.0)
    assert events == [reading(12.5), reading(-12.5)]


def test_zero_has_no_minus() -> None:
    (event,) = shimpo_codec(PLAIN).receive(b"0 N\r", 0.0)
    assert isinstance(event, ForceReading)
    assert str(event.force_n) == "0.0"


@given(answers=ANSWERS, cut=st.integers(min_value=0, max_value=40))
def test_answers_without_a_line_end_leave_the_next_reading_alone(
    answers: list[bytes], cut: int
) -> None:
    data = b"".join(answers) + b"-12.34 N\r-12.35 N\r"
    codec = shimpo_codec(PLAIN)
    events = [*codec.receive(data[:cut], 0.0), *codec.receive(data[cut:], 0.0)]
    if sum(map(len, answers)) <= 24:  # as many as a line holds: nobody asks for more
        assert events == [reading(12.34), reading(12.35)]
    assert events[-1] == reading(12.35)


def test_zeroing_while_it_streams_costs_at_most_the_reading_under_way() -> None:
    codec = shimpo_codec(PLAIN)
    assert codec.receive(b"-1.00 N\r-2.0", 0.0) == [reading(1.0)]
    codec.encode(Command.TARE)
    events = list(codec.receive(b"0 N\rR\x06-0.01 N\r-0.02 N\r", 0.0))
    assert whys(events) == [Rejection.TRUNCATED, reading(0.01), reading(0.02)]


def test_half_a_reading_from_before_a_new_start_makes_no_number_with_the_next() -> None:
    codec = shimpo_codec(PLAIN)
    codec.receive(b"-12.", 0.0)
    codec.encode(Command.START)
    events = list(codec.receive(b"3.45 N\r-3.46 N\r", 0.0))
    assert whys(events) == [Rejection.TRUNCATED, reading(3.46)]


def test_a_stream_joined_midway_loses_its_first_reading_and_no_other() -> None:
    codec = shimpo_codec(WireParameters(joined_midway=True))
    assert codec.receive(b"2.34 N\r-12.35 N\r", 0.0) == [reading(12.35)]


@pytest.mark.parametrize("garbage", [b"\xff\x00\x80\r", b"garbage\r", b"\r\r", b"-\r", b"N\r"])
def test_garbage_before_and_between_readings_costs_none(garbage: bytes) -> None:
    data = garbage + b"-1.50 N\r" + garbage + b"1.50 N\r" + garbage
    events = shimpo_codec(PLAIN).receive(data, 0.0)
    readings = [event for event in events if isinstance(event, ForceReading)]
    assert readings == [reading(1.5), reading(-1.5)]


@pytest.mark.parametrize("unit", ["MPa", "N.m", "kgf.cm", "lbf.in", "kg", "V"])
def test_what_is_no_force_is_refused_for_its_unit(unit: str) -> None:
    (event,) = shimpo_codec(PLAIN).receive(f"-1.25 {unit}\r".encode(), 0.0)
    assert isinstance(event, FrameRejected)
    assert event.why is Rejection.BAD_UNIT


def test_the_simulated_gauge_streams_between_start_and_stop() -> None:
    codec, gauge = shimpo_codec(PLAIN), shimpo_encoder(PLAIN)
    sample = [WireSample(t_s=0.0, force_n=3.0), WireSample(t_s=0.01, force_n=-4.0)]
    assert gauge.samples(sample) == b""
    assert gauge.reply(b"?") == b"4.00 N\r"
    assert gauge.reply(codec.encode(Command.START)) == b""
    assert gauge.samples(sample) == b"-3.00 N\r4.00 N\r"
    assert gauge.reply(codec.encode(Command.TARE)) == b"R\x06"
    assert gauge.samples(sample[1:]) == b"-0.00 N\r"
    gauge.reply(codec.encode(Command.STOP))
    assert gauge.samples(sample) == b""
