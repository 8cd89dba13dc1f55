"""Claim: a rise of any course is followed exactly, and its derivatives are those of its rows."""

import numpy as np
import pytest

from tissuesense.analysis.viscoelastic.motion_response import fading_response
from tissuesense.analysis.viscoelastic.ramp_hold import branch_response
from tissuesense.analysis.viscoelastic.relaxation_swept import Swept

TIME_S = np.concatenate(([0.0], np.sort(np.random.default_rng(0).uniform(0.0, 6.0, 400))))
END_S, CONTACT_S = 1.2345, 0.013


def swept() -> Swept:
    return Swept.begun(TIME_S, CONTACT_S, END_S, 0.01)


def theta(spread: float) -> np.ndarray:
    rates = np.random.default_rng(1).normal(0.0, spread, swept().shape.size - 1)
    return np.concatenate((np.log([0.4, 3.0]), [END_S], rates))


def test_of_constant_rate_it_is_a_ramp() -> None:
    fine_s = np.arange(0.0, 6.0, 1e-3)
    course = Swept.begun(fine_s, 0.0, 1.0, 0.01)
    rows, _ = course.rows(np.concatenate((np.log([0.4]), course.shape)))

    assert rows[1] == pytest.approx(branch_response(fine_s, 1.0, 0.4), abs=1e-9)


def test_a_branch_fades_as_it_does_under_any_motion() -> None:
    rows, _ = swept().rows(theta(0.7))

    assert (np.diff(rows[0]) >= 0).all()
    assert rows[0, -1] == 1.0
    assert rows[2] == pytest.approx(fading_response(TIME_S, rows[0], 3.0), abs=1e-12)


def test_derivatives() -> None:
    course, at = swept(), theta(0.7)
    _, slopes = course.rows(at)
    for k, slope in enumerate(slopes):
        step = np.zeros(at.size)
        step[k] = 1e-6
        numeric = (course.rows(at + step)[0] - course.rows(at - step)[0]) / 2e-6
        assert slope == pytest.approx(numeric, abs=1e-7)


def test_responses_may_be_asked_for_in_any_order() -> None:
    course, at = swept(), theta(0.7)
    rows, _ = course.rows(at)

    assert course.responses(at, TIME_S[::-1])[:, ::-1] == pytest.approx(rows, abs=1e-12)
