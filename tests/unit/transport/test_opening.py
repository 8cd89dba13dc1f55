"""What is left out at the beginning of a stream is what may be half, and nothing else."""

from collections.abc import Sequence

import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.devices.codec import DeviceFacts, Event, ForceReading
from tissuesense.devices.link.frames import frame
from tissuesense.devices.link.messages import Hello, encode
from tissuesense.transport.opening import opening_for
from tissuesense.transport.url import parse_device_url

HELLO = Hello(major=1, minor=0, capabilities=0, rate_mhz=80_000, fastest_mhz=80_000)


def first_heard(url: str, data: bytes) -> Sequence[Event]:
    opening = opening_for(parse_device_url(url), clock=ManualClock())
    return opening.profile.codec(opening.parameters).receive(data, 0.0)


@pytest.mark.parametrize("way", ["serial:COM3", "ble:board"])
def test_the_first_line_of_a_board_that_talks_unasked_may_be_the_end_of_one(way: str) -> None:
    (reading,) = first_heard(f"{way}?model=text-line", b"2.5 N\r\n13.0 N\r\n")
    assert isinstance(reading, ForceReading)
    assert reading.force_n == 13.0


@pytest.mark.parametrize("way", ["serial:COM3", "ble:gauge"])
def test_the_greeting_of_an_idle_device_that_knows_its_frames_is_heard(way: str) -> None:
    said = first_heard(f"{way}?model=tissuesense-link", frame(encode(HELLO)))
    assert DeviceFacts(facts={"protocol": "1.0"}) in said


def test_the_first_answer_of_a_gauge_that_is_asked_is_heard() -> None:
    (reading,) = first_heard("serial:COM3?model=mark10", b"12.5 N\r\n")
    assert isinstance(reading, ForceReading)
