"""Claim: what must not matter to a threshold does not: offset, time of day, units, extra rests."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tissuesense.analysis.estimators.pain_threshold import analyse
from tissuesense.core.arrays import FloatArray
from tissuesense.core.contact import ContactTip
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.trace import Trace


def recording(
    *,
    peak_kpa: float = 300.0,
    rate_kpa_s: float = 50.0,
    offset_n: float = 0.0,
    start_s: float = 0.0,
    area_cm2: float = 1.0,
    seed: int = 0,
) -> Recording:
    top_s = 2 + peak_kpa / rate_kpa_s
    t = np.arange(0, top_s + 3, 1 / 80)
    pressure = np.interp(t, [0, 2, top_s, top_s + peak_kpa / 600], [0, 0, peak_kpa, 0])
    pressure += np.random.default_rng(seed).normal(0, 0.5, t.size)
    return Recording(
        trace=Trace(t_s=t + start_s, force_n=pressure * area_cm2 / 10 + offset_n),
        context=RecordingContext(kind=RecordingKind.PPT, tip=ContactTip(area_cm2=area_cm2)),
    )


def threshold(item: Recording) -> Estimate:
    (trial,) = analyse(item).trials
    assert isinstance(trial.threshold_kpa, Estimate)
    return trial.threshold_kpa


@settings(max_examples=25, deadline=None)
@given(offset_n=st.floats(-50, 50))
def test_an_offset_changes_nothing(offset_n: float) -> None:
    plain, moved = threshold(recording()), threshold(recording(offset_n=offset_n))
    assert abs(plain.value - moved.value) < 1e-6 * plain.value


@settings(max_examples=25, deadline=None)
@given(start_s=st.floats(-1e5, 1e5))
def test_a_shift_of_time_changes_nothing(start_s: float) -> None:
    plain, moved = threshold(recording()), threshold(recording(start_s=start_s))
    assert abs(plain.value - moved.value) < 1e-3 * plain.value


@settings(max_examples=25, deadline=None)
@given(area_cm2=st.floats(0.5, 2.0))
def test_the_same_pressure_under_another_tip_is_the_same_threshold(area_cm2: float) -> None:
    plain, other = threshold(recording()), threshold(recording(area_cm2=area_cm2))
    assert abs(plain.value - other.value) < 2e-3 * plain.value


@settings(max_examples=40, deadline=None)
@given(peak_kpa=st.floats(80, 800), rate_kpa_s=st.floats(30, 100), seed=st.integers(0, 1000))
def test_every_clean_press_is_one_trial_read_within_one_percent(
    peak_kpa: float, rate_kpa_s: float, seed: int
) -> None:
    found = threshold(recording(peak_kpa=peak_kpa, rate_kpa_s=rate_kpa_s, seed=seed))
    assert abs(found.value / peak_kpa - 1) < 0.01


@settings(max_examples=60, deadline=None)
@given(
    force=arrays(np.float64, st.integers(0, 400), elements=st.floats(-1e6, 1e6)),
    step_s=st.floats(1e-4, 1.0),
)
def test_any_force_at_all_is_answered(force: FloatArray, step_s: float) -> None:
    trace = Trace(t_s=np.arange(float(force.size)) * step_s, force_n=force)
    context = RecordingContext(kind=RecordingKind.PPT, tip=ContactTip(area_cm2=1.0))
    result = analyse(Recording(trace=trace, context=context))
    assert len(result.to_dict()["trials"]) == len(result.trials)
