"""Trouble that a gauge reports of itself is told and written down, each kind by its word."""

import pytest

from tissuesense.devices.codec import Fault, FaultKind
from tissuesense.devices.health import GaugeHealth
from tissuesense.transport.stream_quality import StreamQuality


@pytest.mark.parametrize(
    ("kind", "notice", "word"),
    [
        (FaultKind.LOW_BATTERY, "low_battery", "low battery"),
        (FaultKind.SENSOR, "sensor_fault", "sensor"),
        (FaultKind.REFUSED_COMMAND, "refused_command", "refused 1 "),
    ],
)
def test_a_fault_is_told_and_written_down(kind: FaultKind, notice: str, word: str) -> None:
    quality = StreamQuality()
    quality.note(Fault(kind=kind))

    assert quality.health.to_dict()["notices"] == [notice]
    (sentence,) = quality.health.sentences
    assert word in sentence


def test_an_overload_is_told_and_its_flag_written_down_beside_the_samples() -> None:
    quality = StreamQuality()
    quality.note(Fault(kind=FaultKind.OVERLOAD))

    (sentence,) = quality.health.sentences
    assert "overload" in sentence
    assert quality.health.to_dict()["notices"] == []


def test_of_a_gauge_without_trouble_nothing_is_told() -> None:
    assert GaugeHealth().sentences == ()
    assert GaugeHealth().to_dict() == {"notices": []}
