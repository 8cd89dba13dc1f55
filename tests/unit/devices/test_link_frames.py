"""Link frames: COBS and CRC as their papers have them, and a framer that nothing derails."""

import struct

import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.devices.codec import FrameRejected, Rejection
from tissuesense.devices.link.frames import (
    LONGEST_FRAME,
    LONGEST_SENT,
    LinkFramer,
    cobs_decoded,
    cobs_encoded,
    frame,
    message_of,
)

MESSAGES = st.binary(min_size=1, max_size=61)
# Zeros and small numbers, which are what COBS is about, as often as all others.
NOISE = st.lists(st.sampled_from(b"\0\0\0\1\2\3\xff") | st.integers(0, 255), max_size=300).map(
    bytes
)


@given(data=st.binary(max_size=253))
def test_stuffing_is_that_of_the_cobs_package(data: bytes) -> None:
    assert cobs_encoded(data) == cobs.encode(data)
    assert cobs_decoded(cobs_encoded(data)) == data


@given(stuffed=st.lists(st.integers(1, 12), min_size=1, max_size=64).map(bytes))
def test_what_the_cobs_package_refuses_is_refused(stuffed: bytes) -> None:
    try:
        expected = cobs.decode(stuffed)
    except cobs.DecodeError:
        expected = None
    assert cobs_decoded(stuffed) == expected


def test_the_check_value_of_the_crc() -> None:
    assert cobs_decoded(frame(b"123456789")[:-1]) == b"123456789" + struct.pack("<H", 0x29B1)


@given(message=st.binary(min_size=1, max_size=16))
def test_a_message_of_version_1_fits_the_smallest_notification(message: bytes) -> None:
    sent = frame(message)
    assert len(sent) <= LONGEST_SENT
    assert sent.count(0) == 1
    assert sent.endswith(b"\0")


@given(message=MESSAGES, bit=st.integers(min_value=0, max_value=8 * 64))
def test_a_turned_bit_never_goes_unseen(message: bytes, bit: int) -> None:
    sent = bytearray(frame(message))
    place = bit // 8 % (len(sent) - 1)
    sent[place] ^= 1 << bit % 8
    assert message not in LinkFramer().receive(bytes(sent))


@given(
    before=NOISE,
    messages=st.lists(MESSAGES, min_size=1, max_size=5),
    cuts=st.lists(st.integers(0, 400), max_size=6),
)
def test_after_any_noise_every_message_is_found(
    before: bytes, messages: list[bytes], cuts: list[int]
) -> None:
    data = before + b"\0" + b"".join(map(frame, messages))
    framer = LinkFramer()
    found: list[bytes | FrameRejected] = []
    for start, end in zip([0, *sorted(cuts)], [*sorted(cuts), len(data)], strict=True):
        found += framer.receive(data[start:end])
    assert found[-len(messages) :] == messages


@pytest.mark.parametrize("size", [LONGEST_FRAME, LONGEST_FRAME + 1])
def test_the_longest_frame_is_taken_and_one_byte_more_is_not(size: int) -> None:
    message = b"\x55" * (size - 3)  # COBS and CRC
    sent = frame(message)
    assert len(sent) == size + 1
    pieces = LinkFramer().receive(sent)
    if size == LONGEST_FRAME:
        assert pieces == [message]
    else:
        assert pieces == [FrameRejected(why=Rejection.OVERLONG, data=sent[:32])]


def test_an_overlong_frame_is_refused_at_once_and_once() -> None:
    framer = LinkFramer()
    assert framer.receive(b"\x01" * LONGEST_FRAME) == []
    assert len(framer.receive(b"\x01")) == 1
    assert framer.receive(b"\x01" * 1000 + frame(b"\x10")) == []
    assert framer.receive(frame(b"\x10")) == [b"\x10"]


def test_zeros_are_no_frames() -> None:
    assert LinkFramer().receive(b"\0" * 1000) == []


@given(cut=st.integers(min_value=1, max_value=14))
def test_who_joins_midway_is_not_bothered_with_the_tail_of_a_frame(cut: int) -> None:
    sent = frame(b"\x10\x01\x00\x80\x84\x1e\x00\x4e\x61\xbc\x00")
    assert LinkFramer(joined_midway=True).receive(sent[cut:] + sent) == [message_of(sent[:-1])]


def test_who_joins_at_a_beginning_loses_no_frame() -> None:
    assert LinkFramer(joined_midway=True).receive(frame(b"\x10")) == [b"\x10"]


def test_only_the_first_piece_is_forgiven() -> None:
    pieces = LinkFramer(joined_midway=True).receive(b"\x09\x09\0\x09\x09\0")
    assert pieces == [FrameRejected(why=Rejection.MALFORMED, data=b"\x09\x09")]
