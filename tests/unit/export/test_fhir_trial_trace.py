"""A trace in FHIR is what the gauge sent, at even steps, and says where it sent nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.trace import COLUMN_NAMES, Trace
from tissuesense.export.fhir.trial_trace import COLUMNS, MOST_SAMPLES, sampled


def read(data: dict[str, object]) -> np.ndarray:
    """Return the values as a receiver computes them; NaN where there is none."""
    counts = [np.nan if word == "E" else float(word) for word in str(data["data"]).split(" ")]
    return np.array(counts) * float(str(data["factor"]))


def test_every_column_of_a_trace_has_its_unit() -> None:
    assert set(COLUMNS) == set(COLUMN_NAMES)


@given(
    rate_hz=st.sampled_from([10.0, 62.5, 80.0, 100.0, 1000.0]),
    force_n=st.lists(st.floats(-50, 500), min_size=3, max_size=200),
    start_s=st.floats(0, 1e4),
)
def test_even_samples_come_back_to_half_a_count(
    rate_hz: float, force_n: list[float], start_s: float
) -> None:
    t_s = start_s + np.arange(len(force_n)) / rate_hz
    found = sampled(Trace(t_s=t_s, force_n=np.array(force_n)))
    assert found is not None
    data = found.columns["force_n"]
    values = read(data)
    # Between two samples the line is read off where the rounded step falls.
    slack = 0.5e-3 + np.ptp(force_n) * 1e-3 + 1e-9
    assert len(values) in {len(force_n), len(force_n) - 1}
    assert np.allclose(values, force_n[: len(values)], rtol=0, atol=slack)
    assert data["period"] == pytest.approx(1e3 / rate_hz, rel=1e-3)
    assert found.start_s == t_s[0]


def test_a_gap_is_marked_and_not_bridged() -> None:
    t_s = np.concatenate([np.arange(50), np.arange(90, 150)]) / 100
    found = sampled(Trace(t_s=t_s, force_n=np.full(t_s.size, 5.0)))
    assert found is not None
    values = read(found.columns["force_n"])
    assert np.isnan(values[50:90]).all()
    assert (values[:50] == 5.0).all()
    assert (values[90:] == 5.0).all()


def test_a_signal_of_one_sample_is_kept() -> None:
    t_s = np.arange(100_000) / 1000
    marker = np.zeros(t_s.size)
    marker[54_321] = 1.0
    found = sampled(Trace(t_s=t_s, force_n=np.zeros(t_s.size), marker=marker))
    assert found is not None
    marks = read(found.columns["marker"])
    assert marks.sum() == 1
    period_s = float(found.columns["marker"]["period"]) / 1e3
    assert marks.argmax() * period_s == pytest.approx(54.321, abs=period_s)


def test_a_long_recording_is_thinned_to_what_a_receiver_takes() -> None:
    t_s = np.arange(3 * MOST_SAMPLES + 7) / 80
    found = sampled(Trace(t_s=t_s, force_n=np.sin(t_s)))
    assert found is not None
    values = read(found.columns["force_n"])
    assert values.size <= MOST_SAMPLES + 1
    period_s = float(found.columns["force_n"]["period"]) / 1e3
    assert (values.size - 1) * period_s == pytest.approx(t_s[-1], abs=period_s)


@pytest.mark.parametrize("samples", [0, 1])
def test_too_few_samples_have_no_step(samples: int) -> None:
    assert sampled(Trace(t_s=np.arange(float(samples)), force_n=np.zeros(samples))) is None
