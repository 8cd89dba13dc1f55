"""What is said of a gauge at rest does not depend on its zero, its unit, its sign or the hour."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.signals.at_rest import AtRest, at_rest, push_sign
from tissuesense.core.quantity import Estimate
from tissuesense.core.trace import Trace

# Small whole numbers of a power of two: shifted and scaled without rounding.
GRAIN = 2.0**-7
seeds = st.integers(0, 2**32 - 1)
shifts = st.integers(-4000, 4000).map(lambda n: n * GRAIN)
scales = st.sampled_from([-8.0, -1.0, 0.5, 4.0, 32.0])
hours_s = st.integers(-(2**16), 2**16).map(float)


def readings(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    t_s = np.arange(512) / 64.0
    drift = rng.integers(-3, 4) * t_s / 8.0
    noise = rng.normal(0.0, rng.uniform(0.5, 8.0), t_s.size)
    return t_s, np.round(noise + drift) * GRAIN


def figures(found: AtRest) -> tuple[float | None, ...]:
    drift = found.drift_n_per_min
    assert isinstance(drift, Estimate)
    return (found.zero_n, found.noise_n, found.step_n, drift.value, drift.u)


def told(t_s: np.ndarray, force_n: np.ndarray) -> tuple[float | None, ...]:
    return figures(at_rest(Trace(t_s=t_s, force_n=force_n)))


@given(seeds, shifts)
def test_a_zero_moves_only_the_zero(seed: int, shift: float) -> None:
    t_s, force_n = readings(seed)
    zero, *rest = told(t_s, force_n)
    assert zero is not None
    assert told(t_s, force_n + shift) == pytest.approx((zero + shift, *rest), rel=1e-6, abs=1e-9)


@given(seeds, scales)
def test_a_unit_scales_everything(seed: int, scale: float) -> None:
    t_s, force_n = readings(seed)
    wide = at_rest(Trace(t_s=t_s, force_n=32 * force_n))
    other = at_rest(Trace(t_s=t_s, force_n=32 * scale * force_n))
    # In tens of newtons, both are beyond what a light touch may be; only the grain decides.
    zero, noise, step, drift, u = figures(wide)
    size = abs(scale)
    assert None not in {zero, noise, step, drift}
    expected = (scale * (zero or 0), size * (noise or 0), size * (step or 0), scale * (drift or 0))
    assert figures(other)[:4] == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert figures(other)[4] == pytest.approx(size * (u or 0), rel=1e-6, abs=1e-9)


@given(seeds, hours_s)
def test_the_hour_changes_nothing(seed: int, hour_s: float) -> None:
    t_s, force_n = readings(seed)
    assert told(t_s + hour_s, force_n) == pytest.approx(told(t_s, force_n), rel=1e-6, abs=1e-9)


@given(seeds, st.sampled_from([1, -1]), st.floats(5.0, 80.0))
def test_turning_the_gauge_turns_the_push(seed: int, sign: int, height_n: float) -> None:
    t_s, force_n = readings(seed)
    force_n[200:300] += sign * height_n
    assert push_sign(t_s, force_n, zero_n=0.0, noise_n=0.06) == sign
    assert push_sign(t_s, -force_n, zero_n=0.0, noise_n=0.06) == -sign
