"""An Imada reply is a reading only when it is whole, live and within what the gauge can measure."""

import pytest

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.catalog.imada_d import imada_codec, imada_encoder
from tissuesense.devices.codec import (
    Command,
    Event,
    Fault,
    FaultKind,
    ForceReading,
    FrameRejected,
    Rejection,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
REPLY = b"+12.34NTO\r"


def read(data: bytes, parameters: WireParameters = PLAIN) -> Event:
    (event,) = imada_codec(parameters).receive(data, 0.0)
    return event


def why(event: Event) -> Rejection:
    assert isinstance(event, FrameRejected)
    return event.why


def reading(force_n: float) -> ForceReading:
    return ForceReading(force_n=force_n, t_device_s=None, t_host_s=0.0)


def test_commands_are_letters_and_a_cr() -> None:
    codec = imada_codec(PLAIN)
    assert codec.encode(Command.READ) == b"D\r"
    assert codec.encode(Command.TARE) == b"Z\r"
    with pytest.raises(LocalProtocolError, match=r"imada-d.*start"):
        codec.encode(Command.START)


@pytest.mark.parametrize(
    ("reply", "force_n"),
    [
        (b"+12.34NTO\r", 12.34),
        (b"-12.34NTL\r", -12.34),
        (b"+00.00NTH\r", 0.0),
        (b"-00.00NT0\r", 0.0),
        (b"+001.0KTO\r", 9.80665),
        (b"+001.0OTO\r", 4.4482216152605),
    ],
)
def test_sign_unit_and_judgement_have_their_places(reply: bytes, force_n: float) -> None:
    assert read(reply) == reading(force_n)


def test_a_stated_inversion_turns_it() -> None:
    assert read(REPLY, WireParameters(invert=True)) == reading(-12.34)


@pytest.mark.parametrize("reply", [b"+550.0NTE\r", b"-550.0KPE\r"])
def test_an_overload_is_a_fault_and_never_a_force(reply: bytes) -> None:
    event = read(reply)
    assert isinstance(event, Fault)
    assert event.kind is FaultKind.OVERLOAD


def test_a_held_peak_is_not_the_force_of_now() -> None:
    assert why(read(b"+12.34NPO\r")) is Rejection.NOT_LIVE


def test_another_unit_is_refused_as_such() -> None:
    assert why(read(b"+12.34GTO\r")) is Rejection.BAD_UNIT


@pytest.mark.parametrize("lost", range(9))
def test_a_reply_that_lost_a_byte_gives_no_number(lost: int) -> None:
    damaged = REPLY[:lost] + REPLY[lost + 1 :]
    assert isinstance(read(damaged), FrameRejected)


@pytest.mark.parametrize("cut", range(1, 10))
def test_a_reply_that_broke_off_makes_no_number_with_the_next(cut: int) -> None:
    codec = imada_codec(PLAIN)
    codec.encode(Command.READ)
    assert codec.receive(REPLY[:cut], 0.0) == []
    codec.encode(Command.READ)
    (refused,) = codec.receive(b"+01.00NTO\r", 0.0)
    assert why(refused) is Rejection.TRUNCATED
    codec.encode(Command.READ)
    assert codec.receive(b"+02.00NTO\r", 0.0) == [reading(2.0)]


def test_the_simulated_gauge_answers_and_zeroes() -> None:
    codec, gauge = imada_codec(PLAIN), imada_encoder(WireParameters())
    assert gauge.reply(b"D\r") == b""
    gauge.samples([WireSample(t_s=0.0, force_n=12.34)])
    assert gauge.reply(b"D\r") == b"+012.3NTO\r"
    gauge.samples([WireSample(t_s=0.1, force_n=-3.0)])
    assert gauge.reply(b"d\r") == b"-003.0NTO\r"
    gauge.reply(codec.encode(Command.TARE))
    assert gauge.reply(b"D\r") == b"+000.0NTO\r"
    assert gauge.reply(b"XAR\r") == b""
