"""A drawing is measured as it was drawn: where, how much, how far."""

import numpy as np
import pytest

from tissuesense.analysis.sensory.referred_pain import ReferredPain, referred_pain
from tissuesense.core.arrays import BoolArray
from tissuesense.core.errors import UsageError

BODY = np.zeros((100, 60), dtype=bool)
BODY[:, 10:50] = True


def drawing(*boxes: tuple[slice, slice]) -> BoolArray:
    marks = np.zeros(BODY.shape, dtype=bool)
    for box in boxes:
        marks[box] = True
    return marks


def measured(marks: BoolArray) -> ReferredPain:
    return referred_pain(marks, BODY, pressed_at=(50, 30), mm_per_pixel=2.0, local_radius_mm=10)


LOCAL = (slice(48, 52), slice(28, 32))
FAR = (slice(80, 90), slice(20, 40))
OUTSIDE = (slice(80, 90), slice(50, 60))


def test_nothing_marked_is_no_referred_pain() -> None:
    found = measured(drawing())

    assert (found.present, found.area_share, found.nearest_mm) == (False, 0, None)
    assert "No pain was marked" in found.verdict


def test_marks_about_the_pressed_place_are_local() -> None:
    found = measured(drawing(LOCAL))

    assert not found.present
    assert found.local_area_share == pytest.approx(16 / 4000)


def test_marks_elsewhere_are_referred_with_area_and_distance() -> None:
    found = measured(drawing(LOCAL, FAR))

    assert found.present
    assert found.area_share == pytest.approx(200 / 4000)
    assert found.nearest_mm == pytest.approx(60)
    assert found.farthest_mm == pytest.approx(2 * np.hypot(39, 10))


def test_what_is_drawn_twice_counts_once() -> None:
    assert measured(drawing(FAR, FAR)).area_share == measured(drawing(FAR)).area_share


def test_marks_off_the_body_do_not_count_and_are_said() -> None:
    found = measured(drawing(FAR, OUTSIDE))

    assert found.area_share == pytest.approx(200 / 4000)
    assert found.outside_share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("marks", "body", "scale"),
    [
        (np.zeros((2, 2)), np.ones((2, 3)), 1.0),
        (np.zeros((2, 2)), np.zeros((2, 2)), 1.0),
        (np.zeros(4), np.ones(4), 1.0),
        (np.zeros((2, 2)), np.ones((2, 2)), 0.0),
    ],
)
def test_a_wrong_call_is_named(marks: BoolArray, body: BoolArray, scale: float) -> None:
    with pytest.raises(UsageError):
        referred_pain(marks, body, pressed_at=(0, 0), mm_per_pixel=scale, local_radius_mm=1)
