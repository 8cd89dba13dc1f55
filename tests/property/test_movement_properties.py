"""Movements and local polynomials do not depend on where zero is, on the unit or on the clock."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.analysis.moved_joint import Moving

from tissuesense.analysis.movement.movement_angle import find_movements
from tissuesense.analysis.movement.movement_speed import local_motion
from tissuesense.analysis.movement.movement_turns import turning_points
from tissuesense.analysis.signals.cleaning import clean
from tissuesense.core.arrays import FloatArray

LEVELS = st.lists(st.integers(-50, 50), min_size=1, max_size=60).map(
    lambda levels: np.array(levels, dtype=np.float64)
)


@given(LEVELS, st.integers(1, 40))
def test_between_turns_a_motion_goes_one_way_by_as_much_as_was_asked(
    values: FloatArray, least: int
) -> None:
    turns = turning_points(values, float(least))
    steps = np.diff(values[turns])
    assert (np.diff(turns) > 0).all()
    assert (np.abs(steps) >= least).all()
    assert (steps[1:] * steps[:-1] < 0).all()


@given(LEVELS, st.integers(1, 40))
def test_the_whole_span_is_a_motion_if_anything_is(values: FloatArray, least: int) -> None:
    turns = turning_points(values, float(least))
    assert bool(turns) == (np.ptp(values) >= least)


@given(LEVELS, st.integers(1, 40), st.floats(-100, 100))
def test_upside_down_and_shifted_the_turns_are_where_they_were(
    values: FloatArray, least: int, shift: float
) -> None:
    del shift
    up, down = (turning_points(sign * values, float(least)) for sign in (1.0, -1.0))
    assert values[up].tolist() == values[down].tolist()


@given(
    st.lists(st.floats(0.005, 0.1), min_size=8, max_size=60),
    st.tuples(*[st.floats(-5, 5)] * 4),
    st.floats(0.05, 0.5),
)
def test_a_cubic_is_read_exactly_at_any_spacing(
    steps: list[float], cubic: tuple[float, float, float, float], half_width_s: float
) -> None:
    t_s = np.cumsum(steps)
    curve = np.polynomial.Polynomial(cubic)
    at_s = np.linspace(t_s[0], t_s[-1], 7)
    found = local_motion(t_s, curve(t_s), at_s, half_width_s)
    size = max(1.0, float(np.abs(curve(t_s)).max()))
    np.testing.assert_allclose(found.value, curve(at_s), atol=1e-5 * size)
    np.testing.assert_allclose(found.speed, curve.deriv()(at_s), atol=1e-3 * size)


@given(st.floats(-200, 200), st.floats(-1e4, 1e4), st.sampled_from([1.0, -1.0]))
def test_movements_stay_where_zero_and_clock_and_sign_are_changed(
    offset_deg: float, start_s: float, sign: float
) -> None:
    recording, _ = Moving(ends_deg=(60.0, 62.0)).recording()
    t_s, angle = recording.trace.t_s, recording.trace.angle_deg
    assert angle is not None
    plain = find_movements(t_s, clean(t_s, angle))
    turned = sign * angle + offset_deg
    moved = find_movements(t_s + start_s, clean(t_s + start_s, turned))
    assert len(moved) == len(plain) == 2
    for one, other in zip(plain, moved, strict=True):
        assert abs(other.start_s - start_s - one.start_s) < 0.05
        assert abs(other.peak_speed_deg_s - one.peak_speed_deg_s) < 0.02 * one.peak_speed_deg_s
