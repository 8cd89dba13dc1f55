"""A line is what stands between two line ends, whole and of bounded length, or it is refused."""

import re

import pytest

from tissuesense.devices.codec import FrameRejected, Rejection
from tissuesense.devices.framing import CR, LineFramer


def whys(pieces: object) -> list[object]:
    assert isinstance(pieces, list)
    return [piece.why if isinstance(piece, FrameRejected) else piece for piece in pieces]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"], ids=["CR", "LF", "CRLF"])
def test_each_line_end_ends_a_line(end: bytes) -> None:
    assert LineFramer(8).receive(b"a" + end + b"b" + end) == [b"a", b"b"]


def test_a_line_feed_is_damage_where_only_cr_ends_a_line() -> None:
    assert LineFramer(8, cut=CR).receive(b"1\n2\r3\r") == [b"1\n2", b"3"]


def test_a_cut_of_no_width_leaves_every_byte_in_place() -> None:
    between = re.compile(rb"(?<=>)|(?=<)")
    assert LineFramer(8, cut=between).receive(b"x<a><b<c>y") == [b"x", b"<a>", b"<b", b"<c>"]
    framer = LineFramer(8, cut=between)
    pieces = [line for byte in b"x<a><b<c>y" for line in framer.receive(bytes((byte,)))]
    assert pieces == [b"x", b"<a>", b"<b", b"<c>"]


def test_cr_and_lf_in_different_chunks_are_one_line_end() -> None:
    framer = LineFramer(8)
    assert framer.receive(b"a\r") == [b"a"]
    assert framer.receive(b"\nb\r\n") == [b"b"]


def test_an_unfinished_line_is_waited_for() -> None:
    framer = LineFramer(8)
    assert framer.receive(b"12.") == []
    assert framer.receive(b"5\n") == [b"12.5"]


def test_the_longest_line_is_taken_and_one_byte_more_is_refused() -> None:
    assert LineFramer(4).receive(b"1234\n") == [b"1234"]
    assert whys(LineFramer(4).receive(b"12345\n")) == [Rejection.OVERLONG]


def test_after_an_overlong_line_the_next_line_end_is_waited_for() -> None:
    framer = LineFramer(4)
    assert whys(framer.receive(b"12345")) == [Rejection.OVERLONG]
    assert framer.receive(b"678\n") == []
    assert framer.receive(b"9\n") == [b"9"]


def test_a_refused_line_keeps_its_first_32_bytes() -> None:
    (refused,) = LineFramer(40).receive(bytes(range(48, 98)) + b"\n")
    assert refused == FrameRejected(why=Rejection.OVERLONG, data=bytes(range(48, 80)))


def test_a_stream_joined_midway_is_read_from_its_second_line_on() -> None:
    framer = LineFramer(8, joined_midway=True)
    assert framer.receive(b"2.5 N\n13.5 N\n") == [b"13.5 N"]


@pytest.mark.parametrize("size", [1, 3, 40])
def test_a_stream_joined_midway_that_never_ends_a_line_is_refused_once(size: int) -> None:
    framer = LineFramer(8, joined_midway=True)
    data = b"\xe0" * 40 + b"\n12.5 N\n"
    found = [
        piece
        for start in range(0, len(data), size)
        for piece in framer.receive(data[start : start + size])
    ]
    assert [type(piece) for piece in found] == [FrameRejected, bytes]


def test_a_stream_joined_at_a_line_end_loses_no_line() -> None:
    assert LineFramer(8, joined_midway=True).receive(b"\n12.5 N\n") == [b"12.5 N"]


def test_a_given_up_line_is_refused_and_neither_completed_nor_continued() -> None:
    framer = LineFramer(16)
    framer.receive(b"-")
    framer.give_up_pending()
    assert whys(framer.receive(b"4.285 N\r\n4.300 N\r\n")) == [Rejection.TRUNCATED, b"4.300 N"]


def test_giving_up_between_lines_changes_nothing() -> None:
    framer = LineFramer(16)
    framer.receive(b"1 N\r\n")
    framer.give_up_pending()
    assert framer.receive(b"2 N\r\n") == [b"2 N"]


def test_giving_up_within_an_overlong_line_refuses_it_once() -> None:
    framer = LineFramer(4)
    assert whys(framer.receive(b"123456")) == [Rejection.OVERLONG]
    framer.give_up_pending()
    assert framer.receive(b"78\n9\n") == [b"9"]
