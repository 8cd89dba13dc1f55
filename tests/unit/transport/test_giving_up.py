"""Whoever gives up a gauge that sends no reading says what it sent instead, and what to do."""

from collections import Counter

import pytest

from tissuesense.devices.codec import Rejection
from tissuesense.transport.giving_up import silent


@pytest.mark.parametrize(
    ("refused", "advice"),
    [
        ({Rejection.NOT_LIVE: 9, Rejection.MALFORMED: 1}, "peak hold"),
        ({Rejection.BAD_UNIT: 9, Rejection.MALFORMED: 1}, "unit=N"),
        ({Rejection.MALFORMED: 9, Rejection.NOT_LIVE: 1}, "baud="),
        ({Rejection.MALFORMED: 5, Rejection.BAD_UNIT: 5}, "baud="),
    ],
)
def test_what_came_mostly_decides_what_to_do(refused: dict[Rejection, int], advice: str) -> None:
    error = silent("COM3", 10.0, refused=Counter(refused), refused_commands=0, takes_unit=True)
    assert "10 pieces without sense" in error.message
    assert advice in error.hint


def test_a_gauge_that_refuses_commands_is_told_from_a_silent_one() -> None:
    refusing = silent("COM3", 10.0, refused=Counter(), refused_commands=3, takes_unit=False)
    nothing = silent("COM3", 10.0, refused=Counter(), refused_commands=0, takes_unit=False)
    assert "refused 3 commands" in refusing.message
    assert "sent nothing for 10 s" in nothing.message
