"""Records are cut out of a stream by the length that they begin with, and a radio's are whole."""

import pytest

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.codec import Command, DeviceText, Event, FrameRejected, Rejection
from tissuesense.devices.record_codec import RecordCodec, misfit


def told(record: bytes, t_host_s: float, channel: str | None) -> Event:
    return DeviceText(text=f"{record.hex()} {t_host_s} {channel}")


def by_first_byte(first: int) -> int:
    return 1 + first


def codec() -> RecordCodec:
    return RecordCodec("scale", by_first_byte, told)


def test_records_follow_one_another_however_the_stream_is_cut() -> None:
    cut = codec()
    events = [*cut.receive(b"\x02", 0.0), *cut.receive(b"ab\x00\x01", 1.0), *cut.receive(b"c", 2.0)]
    assert events == [
        DeviceText(text="026162 1.0 None"),
        DeviceText(text="00 1.0 None"),
        DeviceText(text="0163 2.0 None"),
    ]


def test_a_notification_is_one_record_whatever_it_declares() -> None:
    assert codec().receive(b"\x00ab", 0.0, "x") == [DeviceText(text="006162 0.0 x")]


def test_a_notification_neither_completes_a_stream_nor_is_completed_by_one() -> None:
    cut = codec()
    cut.receive(b"\x02a", 0.0)
    assert cut.receive(b"\x00", 1.0, "x") == [DeviceText(text="00 1.0 x")]
    assert cut.receive(b"b", 2.0) == [DeviceText(text="026162 2.0 None")]


def test_an_empty_notification_says_nothing() -> None:
    assert codec().receive(b"", 0.0, "x") == []


@pytest.mark.parametrize("command", Command)
def test_nothing_can_be_sent(command: Command) -> None:
    with pytest.raises(LocalProtocolError, match="scale"):
        codec().encode(command)


def test_a_misfit_is_too_short_or_too_long() -> None:
    assert misfit(b"abc", 3) is None
    assert misfit(b"ab", 3) == FrameRejected(why=Rejection.TRUNCATED, data=b"ab")
    assert misfit(b"abcd", 3) == FrameRejected(why=Rejection.BAD_LENGTH, data=b"abcd")
