"""Claim: zeros, the clock, the area of the tip and the sampling change only what they should."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.analysis.dosed import dose_recording

from tissuesense.analysis.dose.result import Dose
from tissuesense.analysis.estimators.dose import analyse_dose
from tissuesense.core.arrays import FloatArray
from tissuesense.core.contact import ContactTip
from tissuesense.core.recording import Recording
from tissuesense.core.trace import Trace

RECORDING = dose_recording()
FORCE_N: FloatArray = dict(RECORDING.trace.columns())["force_n"]


def dose_of(recording: Recording) -> Dose:
    (dose,) = analyse_dose(recording).doses
    return dose


BEFORE = dose_of(RECORDING)


@given(zero_n=st.floats(-20, 20), start_s=st.floats(-1000, 1000))
def test_the_zero_and_the_clock_change_nothing(zero_n: float, start_s: float) -> None:
    trace = replace(RECORDING.trace, t_s=RECORDING.trace.t_s + start_s, force_n=FORCE_N + zero_n)
    after = dose_of(replace(RECORDING, trace=trace))

    assert after.impulse_kpa_s.value == pytest.approx(BEFORE.impulse_kpa_s.value, rel=1e-4)
    assert after.levels_kpa == pytest.approx(BEFORE.levels_kpa, rel=1e-3)
    assert after.alternations == BEFORE.alternations
    assert after.start_s - start_s == pytest.approx(BEFORE.start_s, abs=0.03)
    for hold, before in zip(after.holds, BEFORE.holds, strict=True):
        assert hold.stay.seconds == pytest.approx(before.stay.seconds, abs=0.05)


@given(area_cm2=st.floats(0.5, 2.0))
def test_pressure_is_force_over_area(area_cm2: float) -> None:
    context = replace(RECORDING.context, tip=ContactTip(area_cm2=area_cm2))
    after = dose_of(replace(RECORDING, context=context))

    assert after.impulse_kpa_s.value * area_cm2 == pytest.approx(
        BEFORE.impulse_kpa_s.value, rel=2e-3
    )
    assert after.alternations == BEFORE.alternations


@given(slope_n_s=st.floats(-0.004, 0.004))
def test_an_even_drift_of_the_zero_is_taken_off(slope_n_s: float) -> None:
    trace = replace(RECORDING.trace, force_n=FORCE_N + slope_n_s * RECORDING.trace.t_s)
    after = dose_of(replace(RECORDING, trace=trace))

    assert after.impulse_kpa_s.value == pytest.approx(BEFORE.impulse_kpa_s.value, rel=2e-3)


@given(lost=st.sets(st.integers(0, FORCE_N.size - 1), max_size=120))
def test_single_lost_samples_hardly_matter(lost: set[int]) -> None:
    kept = np.setdiff1d(np.arange(FORCE_N.size), list(lost))
    trace = replace(RECORDING.trace, t_s=RECORDING.trace.t_s[kept], force_n=FORCE_N[kept])
    after = dose_of(replace(RECORDING, trace=trace))

    assert after.impulse_kpa_s.value == pytest.approx(BEFORE.impulse_kpa_s.value, rel=3e-3)
    assert after.alternations == BEFORE.alternations


@given(ppt_kpa=st.floats(20, 600))
def test_time_above_falls_as_the_share_rises(ppt_kpa: float) -> None:
    context = replace(RECORDING.context, extra={"site_ppt_kpa": ppt_kpa})
    after = dose_of(replace(RECORDING, context=context))

    assert after.seconds_above is not None
    seconds = [after.seconds_above[share] for share in sorted(after.seconds_above)]
    assert seconds == sorted(seconds, reverse=True)
    assert all(0 <= s <= after.contact_s + 0.2 for s in seconds)


@given(
    force_n=st.lists(st.floats(-30, 60), min_size=0, max_size=400),
    rate_hz=st.sampled_from([1.0, 7.0, 80.0]),
)
def test_any_force_gives_finite_numbers_or_none(force_n: list[float], rate_hz: float) -> None:
    trace = Trace(t_s=np.arange(len(force_n)) / rate_hz, force_n=np.array(force_n))
    context = replace(RECORDING.context, extra={"site_ppt_kpa": 300.0})
    found = analyse_dose(Recording(trace=trace, context=context))

    json.dumps(found.to_dict(), allow_nan=False)
    assert all(dose.end_s > dose.start_s and dose.contact_s > 0 for dose in found.doses)
    assert all(hold.stay.seconds >= 3 for dose in found.doses for hold in dose.holds)
