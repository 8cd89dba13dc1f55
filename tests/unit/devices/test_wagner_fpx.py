"""A Wagner gauge is asked with a question mark and stays silent at anything else."""

import pytest

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.catalog.wagner_fpx import wagner_codec, wagner_encoder
from tissuesense.devices.codec import Command, FrameRejected, Rejection, WireSample, event_json
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()


def test_it_is_asked_with_cr_and_lf() -> None:
    assert wagner_codec(PLAIN).encode(Command.READ) == b"?\r\n"


@pytest.mark.parametrize("command", [Command.TARE, Command.START, Command.BATTERY])
def test_it_has_no_other_documented_command(command: Command) -> None:
    with pytest.raises(LocalProtocolError, match=f"wagner-fpx.*{command}"):
        wagner_codec(PLAIN).encode(command)


def test_an_answer_that_broke_off_makes_no_number_with_the_next() -> None:
    codec = wagner_codec(PLAIN)
    codec.receive(b"- ", 0.0)
    codec.encode(Command.READ)
    events = codec.receive(b"18.14 kgf\r\n1.000 N\r\n", 0.0)
    assert isinstance(events[0], FrameRejected)
    assert events[0].why is Rejection.TRUNCATED
    assert [event_json(event)["force_n"] for event in events[1:]] == [1.0]


def test_a_stated_unit_does_not_stand_in_for_a_missing_one() -> None:
    (refused,) = wagner_codec(WireParameters(unit="N")).receive(b"23.02\r\n", 0.0)
    assert isinstance(refused, FrameRejected)
    assert refused.why is Rejection.BAD_UNIT


@pytest.mark.parametrize("damaged", [b"1470 N", b"- 2302 lbf", b"0 kgf"])
def test_an_answer_that_lost_its_point_makes_no_force(damaged: bytes) -> None:
    (refused,) = wagner_codec(PLAIN).receive(damaged + b"\r\n", 0.0)
    assert isinstance(refused, FrameRejected)
    assert refused.why is Rejection.MALFORMED


def test_the_simulated_gauge_prints_a_blank_after_the_sign() -> None:
    gauge = wagner_encoder(PLAIN)
    gauge.samples([WireSample(t_s=0.0, force_n=-2.5)])
    assert gauge.reply(b"?\r\n") == b"- 2.5000 N\r\n"
    assert gauge.reply(b"c?\r\n") == b"- 2.5000 N\r\n"


def test_the_simulated_gauge_is_silent_at_what_it_does_not_know() -> None:
    gauge = wagner_encoder(PLAIN)
    assert gauge.reply(b"?\r\n") == b""
    gauge.samples([WireSample(t_s=0.0, force_n=1.0)])
    assert gauge.reply(b"ZERO\r\n") == b""
    assert gauge.samples([]) == b""
