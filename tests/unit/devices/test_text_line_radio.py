"""Lines that a board sends by radio are the lines that it would print, however they are cut."""

import pytest

from tissuesense.devices.catalog.text_line import PROFILE
from tissuesense.devices.codec import ForceReading, MarkerPressed, WireSample
from tissuesense.devices.profile import BleLink, WireParameters

NOTIFY = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
MIDWAY = WireParameters(joined_midway=True)


@pytest.mark.parametrize("size", [1, 7, 20, 244])
def test_lines_cut_into_notifications_are_put_together_again(size: int) -> None:
    gauge, codec = PROFILE.encoder(WireParameters()), PROFILE.codec(MIDWAY)
    sent = [WireSample(t_s=i / 80, force_n=i / 4, marker=i == 5) for i in range(9)]
    stream = b"5678,12.5 N\r\n" + gauge.samples(sent)
    events = [
        event
        for start in range(5, len(stream), size)
        for event in codec.receive(stream[start : start + size], 0.0, NOTIFY)
    ]
    assert [e.force_n for e in events if isinstance(e, ForceReading)] == [i / 4 for i in range(9)]
    assert [type(event) for event in events].count(MarkerPressed) == 1


def test_the_profile_names_the_nordic_uart_service() -> None:
    assert PROFILE.ble == BleLink(
        service="6e400001-b5a3-f393-e0a9-e50e24dcca9e",
        notify=(NOTIFY,),
        write="6e400002-b5a3-f393-e0a9-e50e24dcca9e",
    )
    assert PROFILE.transports == ("serial", "ble", "simulated")
