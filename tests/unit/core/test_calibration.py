"""A calibration turns indications into newtons and refuses what it does not cover."""

import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from tissuesense.core.calibration import Calibration
from tissuesense.core.errors import CalibrationError, UsageError

COVARIANCE = ((0.04, -0.001, 2e-6), (-0.001, 1e-4, -3e-7), (2e-6, -3e-7, 4e-9))
QUADRATIC = Calibration(
    identifier="C-7",
    instrument="FPX-50 12345",
    gain=1.02,
    offset_n=-0.3,
    curvature_per_n=2e-4,
    covariance=COVARIANCE,
    residual_n=0.05,
    range_n=(-5.0, 250.0),
    performed_on=date(2026, 1, 5),
    valid_until=date(2027, 1, 5),
)


def drawn(count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Draw coefficients as the covariance says."""
    mean = [QUADRATIC.offset_n, QUADRATIC.gain, QUADRATIC.curvature_per_n]
    return np.random.default_rng(7).multivariate_normal(mean, np.array(COVARIANCE), count)


def test_applying_follows_the_stated_curve() -> None:
    indicated = np.array([-5.0, 0.0, 10.0, 100.0])
    expected = [-0.3 - 5.1 + 0.005, -0.3, -0.3 + 10.2 + 0.02, -0.3 + 102.0 + 2.0]
    np.testing.assert_allclose(QUADRATIC.apply(indicated), expected, rtol=1e-14)


def test_a_calibration_without_numbers_changes_nothing() -> None:
    plain = Calibration(identifier="none", instrument="any")
    force = np.array([-3.0, 0.0, 77.7])
    assert np.array_equal(plain.apply(force), force)
    assert np.array_equal(plain.standard_uncertainty_n(force), np.zeros(3))


def test_the_uncertainty_of_a_force_is_that_of_drawing_calibrations() -> None:
    indicated = np.array([-4.0, 0.0, 20.0, 120.0, 240.0])
    offset, gain, curvature = drawn(200_000).T
    forces = offset + np.outer(indicated, gain) + np.outer(indicated**2, curvature)
    found = QUADRATIC.standard_uncertainty_n(indicated)
    np.testing.assert_allclose(found, np.hypot(forces.std(axis=1), 0.05), rtol=0.01)


def test_the_uncertainty_of_a_force_above_a_baseline_is_that_of_drawing_calibrations() -> None:
    _, gain, curvature = drawn(200_000).T
    steps = gain * (80.0 - 5.0) + curvature * (80.0**2 - 5.0**2)
    expected = math.hypot(steps.std(), math.sqrt(2) * 0.05)
    assert QUADRATIC.difference_uncertainty_n(5.0, 80.0) == pytest.approx(expected, rel=0.01)


def test_an_offset_known_badly_does_not_blur_a_difference() -> None:
    vague = replace(QUADRATIC, covariance=((1e6, 0, 0), (0, 0, 0), (0, 0, 0)), residual_n=0.0)
    assert vague.difference_uncertainty_n(5.0, 80.0) == 0.0
    assert vague.standard_uncertainty_n(np.array([5.0]))[0] == pytest.approx(1e3)


def test_no_difference_leaves_only_the_residual_twice() -> None:
    assert QUADRATIC.difference_uncertainty_n(9.0, 9.0) == pytest.approx(math.sqrt(2) * 0.05)


@pytest.mark.parametrize(("indicated_n", "worst"), [(-5.1, "-5.10"), (250.5, "250.50")])
def test_an_indication_out_of_range_is_refused_by_its_value(indicated_n: float, worst: str) -> None:
    with pytest.raises(CalibrationError, match=rf"{worst} N .* range -5 to 250") as caught:
        QUADRATIC.standard_uncertainty_n(np.array([0.0, indicated_n, 10.0]))
    assert caught.value.hint


def test_the_ends_of_the_range_are_in_it() -> None:
    assert QUADRATIC.standard_uncertainty_n(np.array([-5.0, 250.0])).size == 2


def test_no_forces_have_no_uncertainties() -> None:
    assert QUADRATIC.standard_uncertainty_n(np.empty(0)).size == 0


def test_the_calibration_of_another_gauge_is_refused() -> None:
    with pytest.raises(CalibrationError, match="'FPX-50 12345', not of 'FPX-50 999'"):
        QUADRATIC.check(instrument="FPX-50 999", on=None)


def test_an_expired_calibration_is_refused() -> None:
    with pytest.raises(CalibrationError, match="until 2027-01-05"):
        QUADRATIC.check(instrument=None, on=date(2027, 1, 6))


@pytest.mark.parametrize("instrument", [None, "FPX-50 12345"])
@pytest.mark.parametrize("on", [None, date(2027, 1, 5)])
def test_a_calibration_that_applies_says_nothing(instrument: str | None, on: date | None) -> None:
    QUADRATIC.check(instrument=instrument, on=on)


def test_a_calibration_without_an_end_does_not_expire() -> None:
    replace(QUADRATIC, valid_until=None).check(instrument=None, on=date(2999, 1, 1))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"gain": 0.0}, "gain of 0"),
        ({"gain": math.nan}, "finite"),
        ({"offset_n": math.inf}, "finite"),
        ({"curvature_per_n": math.nan}, "finite"),
        ({"residual_n": -0.1}, "not negative"),
        ({"residual_n": math.nan}, "finite"),
        ({"range_n": (10.0, -10.0)}, "low to high"),
        ({"range_n": (math.nan, 10.0)}, "low to high"),
        ({"covariance": ((1.0, 0.0), (0.0, 1.0))}, "3 x 3"),
        ({"covariance": ((1.0, 0.5, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))}, "symmetric"),
        ({"covariance": ((1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0))}, "negative"),
        ({"covariance": ((1.0, 2.0, 0.0), (2.0, 1.0, 0.0), (0.0, 0.0, 1.0))}, "negative"),
    ],
)
def test_a_calibration_that_cannot_be_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        replace(QUADRATIC, **wrong)


def test_a_written_calibration_reads_back_the_same() -> None:
    assert Calibration.from_dict(QUADRATIC.to_dict()) == QUADRATIC


def test_what_is_not_written_takes_the_neutral_value() -> None:
    assert Calibration.from_dict({"id": "a", "instrument": "b"}) == Calibration(
        identifier="a", instrument="b"
    )


def test_an_open_range_is_written_without_infinities() -> None:
    written = Calibration(identifier="a", instrument="b", range_n=(0.0, math.inf)).to_dict()
    assert written["range_n"] == [0.0, None]


@pytest.mark.parametrize(
    "wrong",
    [
        "C-7",
        7,
        [],
        {},
        {"id": "a"},
        {"id": "a", "instrument": "b", "gain": "much"},
        {"id": "a", "instrument": "b", "gain": None},
        {"id": "a", "instrument": "b", "range_n": [0.0]},
        {"id": "a", "instrument": "b", "range_n": ["low", "high"]},
        {"id": "a", "instrument": "b", "range_n": 5},
        {"id": "a", "instrument": "b", "covariance": [[1.0]]},
        {"id": "a", "instrument": "b", "valid_until": "tomorrow"},
        {"id": "a", "instrument": "b", "valid_until": 20260105},
    ],
)
def test_what_is_not_a_calibration_is_refused_as_one(wrong: Any) -> None:  # noqa: ANN401 - parsed JSON
    with pytest.raises(UsageError, match="calibration"):
        Calibration.from_dict(wrong)
