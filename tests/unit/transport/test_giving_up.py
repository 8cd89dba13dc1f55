"""Whoever gives up a gauge that sends no reading says what it sent instead, and what to do."""

from collections import Counter

import pytest

from tissuesense.devices.codec import Rejection
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.giving_up import silent

TEXT = DEVICES["text-line"]


@pytest.mark.parametrize(
    ("refused", "advice"),
    [
        ({Rejection.NOT_LIVE: 9, Rejection.MALFORMED: 1}, "peak hold"),
        ({Rejection.BAD_UNIT: 9, Rejection.MALFORMED: 1}, "unit=N"),
        ({Rejection.ANOTHER_VERSION: 9, Rejection.MALFORMED: 1}, "another major version"),
        ({Rejection.MALFORMED: 9, Rejection.NOT_LIVE: 1}, "baud="),
        ({Rejection.MALFORMED: 5, Rejection.BAD_UNIT: 5}, "baud="),
    ],
)
def test_what_came_mostly_decides_what_to_do(refused: dict[Rejection, int], advice: str) -> None:
    error = silent("COM3", 10.0, refused=Counter(refused), refused_commands=0, profile=TEXT)
    assert "10 pieces without sense" in error.message
    assert advice in error.hint


def test_a_gauge_that_refuses_commands_is_told_from_a_silent_one() -> None:
    refusing = silent("COM3", 10.0, refused=Counter(), refused_commands=3, profile=TEXT)
    nothing = silent("COM3", 10.0, refused=Counter(), refused_commands=0, profile=TEXT)
    assert "refused 3 commands" in refusing.message
    assert "sent nothing for 10 s" in nothing.message


def test_only_a_model_that_can_be_told_its_unit_is_said_to_be() -> None:
    refused = Counter({Rejection.BAD_UNIT: 3})
    told, fixed = (
        silent("COM3", 10.0, refused=refused, refused_commands=0, profile=DEVICES[model])
        for model in ("text-line", "lutron")
    )
    assert "unit=N" in told.hint
    assert "unit=N" not in fixed.hint


def test_an_advertised_reading_that_stays_the_same_is_said_to_be_no_new_one() -> None:
    steady = silent("IF_B7", 10.0, refused=Counter(), refused_commands=0, profile=DEVICES["wh-c06"])
    assert "no new reading for 10 s" in steady.message
    assert "change the load" in steady.hint
    assert "baud" not in steady.hint
