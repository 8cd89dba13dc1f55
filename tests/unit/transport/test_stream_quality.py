"""Whatever befalls a stream is counted where it happens, and the gauge's own words with it."""

import numpy as np
import pytest

from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import RecordingContext
from tissuesense.devices.ble_sig import BATTERY_LEVEL
from tissuesense.devices.codec import (
    DeviceText,
    Fault,
    FaultKind,
    FrameRejected,
    Rejection,
    SamplesMissed,
)
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.assembly import SampleBlock, StreamAssembler
from tissuesense.transport.base import Chunk
from tissuesense.transport.stream_quality import Notice, StreamQuality
from tissuesense.transport.told import Told

STEADY_S = np.arange(100) / 80


@pytest.mark.parametrize(
    ("notice", "flag"),
    [
        (SamplesMissed(count=3), QualityFlag.DROP),
        (Fault(kind=FaultKind.OVERLOAD), QualityFlag.OVERLOAD),
        (FrameRejected(why=Rejection.MALFORMED, data=b"?"), QualityFlag.REJECTED_FRAMES),
    ],
)
def test_what_a_device_says_went_wrong_is_flagged(notice: Notice, flag: QualityFlag) -> None:
    quality = StreamQuality()
    assert quality.summary(STEADY_S).flags == ()
    quality.note(notice)
    assert quality.summary(STEADY_S).flags == (flag,)


def test_an_outage_that_can_be_seen_in_the_samples_too_is_one_gap() -> None:
    quality = StreamQuality()
    quality.outage(1.0, 3.0)
    t_s = np.concatenate([np.arange(81) / 80, 3.0 + np.arange(81) / 80])
    assert quality.summary(t_s).gaps == ((1.0, 3.0),)


def test_the_standard_battery_is_read_whatever_the_wire_of_the_model() -> None:
    assembler = StreamAssembler(DEVICES["progressor"], WireParameters())
    assembler.feed(Chunk(data=b"\x57", t_host_s=0.0, channel=BATTERY_LEVEL))
    assert assembler.health.battery_percent == 87.0
    assert not assembler.refusals


def test_a_device_is_called_what_it_called_itself_first() -> None:
    told = Told(RecordingContext())
    for said in ("", "scale 7", "ready"):
        told.notice(SampleBlock(events=(DeviceText(text=said),)))
    assert told.serial == "scale 7"
