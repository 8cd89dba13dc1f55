"""Every Link message is read as it was written, longer ones too, and shorter ones never."""

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.devices.codec import Rejection
from tissuesense.devices.link.messages import (
    Ask,
    Battery,
    FaultChange,
    Hello,
    Marker,
    Message,
    Range,
    Reply,
    Request,
    Sample,
    SensorTemperature,
    Text,
    TextKind,
    Tip,
    decode,
    encode,
    text_parts,
)
from tissuesense.devices.link.texts import TextJoiner


def unsigned(bits: int) -> st.SearchStrategy[int]:
    return st.integers(0, 2**bits - 1)


def signed(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


U8, U16, U32, I32 = unsigned(8), unsigned(16), unsigned(32), signed(32)


def built(kind: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **fields)


FIXED: st.SearchStrategy[Message] = st.one_of(
    built(
        Sample,
        seq=U16,
        time_us=U32,
        force_un=I32,
        displacement_um=st.none() | signed(24),
        acceleration_cm_s2=st.none() | signed(16),
    ),
    built(
        Sample,
        seq=U16,
        time_us=U32,
        force_un=I32,
        displacement_um=st.none() | signed(24),
        angle_cdeg=signed(16),
    ),
    built(
        Sample,
        seq=U16,
        time_us=U32,
        force_un=I32,
        acceleration_cm_s2=signed(16),
        angle_cdeg=signed(16),
    ),
    built(Marker, count=U8, time_us=U32),
    built(FaultChange, code=U8, state=U8, time_us=U32),
    built(Hello, major=U8, minor=U8, capabilities=U16, rate_mhz=U32, fastest_mhz=U32),
    built(Range, least_un=I32, most_un=I32, resolution_un=U32),
    built(Tip, shape=U8, area=U32, area_u=U32),
    built(Battery, percent=U8, millivolt=U16),
    built(SensorTemperature, centi_celsius=signed(16)),
    built(Reply, tag=U8, command=U8, result=U8, value=I32),
    built(Request, command=st.sampled_from([c for c in range(1, 16) if c != Ask.RATE]), tag=U8),
    built(Request, command=st.just(int(Ask.RATE)), tag=U8, rate_mhz=U32),
)
PARTS = built(Text, what=U8, part=U8, data=st.binary(max_size=13))


@given(message=FIXED | PARTS)
def test_what_was_written_is_read(message: Message) -> None:
    assert decode(encode(message)) == message
    assert len(encode(message)) <= 16


@given(message=FIXED, more=st.binary(min_size=1, max_size=40))
def test_bytes_of_a_later_version_are_left_alone(message: Message, more: bytes) -> None:
    assert decode(encode(message) + more) == message


@given(message=FIXED | PARTS.map(lambda part: Text(what=part.what, part=part.part)))
def test_one_byte_less_is_refused(message: Message) -> None:
    assert decode(encode(message)[:-1]) is Rejection.BAD_LENGTH


@given(data=st.binary(min_size=1, max_size=61))
def test_any_bytes_are_a_message_a_refusal_or_nothing(data: bytes) -> None:
    known = {*range(0x01, 0x14), 0x18, 0x19, *range(0x1C, 0x1F), *range(0x20, 0x26), 0x2F}
    assert (decode(data) is None) == (data[0] not in known)


@pytest.mark.parametrize(
    "message",
    [
        Sample(seq=2**16, time_us=0, force_un=0),
        Sample(seq=0, time_us=2**32, force_un=0),
        Sample(seq=0, time_us=0, force_un=2**31),
        Sample(seq=0, time_us=0, force_un=0, displacement_um=2**23),
        Sample(seq=0, time_us=0, force_un=0, acceleration_cm_s2=-(2**15) - 1),
        Sample(seq=0, time_us=0, force_un=0, angle_cdeg=2**15),
        Sample(seq=0, time_us=0, force_un=0, displacement_um=1, acceleration_cm_s2=2, angle_cdeg=3),
        Battery(percent=256, millivolt=0),
    ],
)
def test_a_number_that_does_not_fit_is_an_error_and_never_another_number(message: Message) -> None:
    with pytest.raises((struct.error, OverflowError)):
        encode(message)


def joined(*parts: Text) -> list[str]:
    joiner = TextJoiner()
    return [text for text in map(joiner.add, parts) if text]


@given(text=st.text(min_size=1, max_size=65).filter(lambda text: len(text.encode()) <= 65))
def test_a_text_is_put_together_from_its_parts(text: str) -> None:
    assert joined(*text_parts(TextKind.MODEL, text)) == [text]


@given(lost=st.integers(0, 4))
def test_a_text_that_lacks_a_part_is_left_out(lost: int) -> None:
    parts = text_parts(TextKind.MODEL, "0123456789" * 6)
    del parts[lost]
    assert joined(*parts, *text_parts(TextKind.SERIAL, "S-1")) == ["S-1"]


def test_a_text_of_too_many_parts_is_left_out() -> None:
    assert joined(*text_parts(TextKind.MODEL, "x" * 66)) == []


def test_parts_of_two_texts_are_never_mixed() -> None:
    model = text_parts(TextKind.MODEL, "a" * 26)
    maker = text_parts(TextKind.MAKER, "b" * 26)
    assert joined(model[0], maker[1]) == []
    assert joined(model[0], maker[0], model[1], maker[1]) == []


def test_a_text_that_came_twice_is_said_twice() -> None:
    parts = text_parts(TextKind.MODEL, "a" * 26)
    assert joined(*parts, *parts) == ["a" * 26] * 2
