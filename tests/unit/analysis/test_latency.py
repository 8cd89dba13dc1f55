"""A threshold is corrected by rate x reaction time, and is then less certain."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tissuesense.analysis.pain.latency import expected_latency, latent_threshold, with_usual_latency
from tissuesense.analysis.pain.ramp import PressedCurve
from tissuesense.analysis.pain.readout import Stop
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import LatencyOrigin, ReactionLatency, RecordingContext

T_S = np.arange(0, 8, 1 / 80)
CURVE = PressedCurve(t_s=T_S, p_kpa=50 * T_S, noise_kpa=0.0, step_s=1 / 80)
STOP = Stop(source="marker", t_s=6.0, p_kpa=300.0, u_kpa=0.5)
RAW = Estimate.from_budget(300.0, {"reading": 0.5, "probe area": 1.5}, unit="kPa")
USUAL = ReactionLatency(mean_s=0.30, sd_s=0.10)


def corrected(curve: PressedCurve = CURVE, latency: ReactionLatency = USUAL) -> Estimate:
    outcome = latent_threshold(curve, STOP, RAW, 1.2, latency)
    assert isinstance(outcome, Estimate)
    return outcome


@pytest.mark.parametrize(
    ("rate", "mean_s", "bias_kpa"),
    [(30, 0.2, 6.0), (40, 0.3, 12.0), (50, 0.5, 25.0), (98.1, 0.3, 29.4)],
)
def test_the_correction_is_rate_times_latency(rate: float, mean_s: float, bias_kpa: float) -> None:
    latency = ReactionLatency(mean_s=mean_s, sd_s=0.1)
    found = corrected(replace(CURVE, p_kpa=rate * T_S), latency)
    assert 300.0 - found.value == pytest.approx(bias_kpa, abs=0.05)
    assert found.budget["reaction time"] == pytest.approx(rate * 0.1, rel=1e-6)


def test_the_sources_of_the_uncorrected_value_stay_and_two_join_them() -> None:
    found = corrected()
    assert set(found.budget) == {"reading", "probe area", "reaction time", "ramp rate"}
    assert found.standard_uncertainty == pytest.approx(math.hypot(0.5, 1.5, 5.0), rel=1e-6)


def test_the_rate_is_the_local_one_just_before_the_stop() -> None:
    """20 kPa/s for long, 80 in the last eight tenths of a second."""
    bent = replace(CURVE, p_kpa=np.interp(T_S, [0, 5.2, 8], [0, 104, 328]))
    assert 300.0 - corrected(bent).value == pytest.approx(80 * 0.3, rel=1e-6)


def test_with_sparse_samples_the_rate_is_taken_from_more_of_the_ramp() -> None:
    t_s = np.arange(0, 8, 0.5)
    bent = np.interp(t_s, [0, 4, 8], [0, 80, 400])
    sparse = PressedCurve(t_s=t_s, p_kpa=bent, noise_kpa=0.0, step_s=0.5)
    assert corrected(sparse).value == pytest.approx(300 - 80 * 0.3, abs=1e-6)


def test_a_rate_known_badly_widens_the_corrected_value() -> None:
    noise = np.random.default_rng(1).normal(0, 5, T_S.size)
    noisy = replace(CURVE, p_kpa=50 * T_S + noise, noise_kpa=5.0)
    assert corrected(noisy).budget["ramp rate"] > 0.1
    assert corrected().budget["ramp rate"] == pytest.approx(0.0, abs=1e-9)


def test_without_a_threshold_there_is_nothing_to_correct() -> None:
    refused = NotEstimable(reason=QualityFlag.CENSORED, detail="Higher than the limit.")
    assert latent_threshold(CURVE, STOP, refused, 1.2, USUAL) is refused


def test_without_a_rate_there_is_no_correction() -> None:
    few = PressedCurve(
        t_s=np.array([5.0, 6.0]), p_kpa=np.array([250.0, 300.0]), noise_kpa=0.0, step_s=1.0
    )
    outcome = latent_threshold(few, STOP, RAW, 1.2, USUAL)
    assert isinstance(outcome, NotEstimable)
    assert outcome.reason is QualityFlag.TOO_FEW


@pytest.mark.parametrize(
    ("stop_mode", "source", "mean_s", "sd_s"),
    [
        (None, "marker", 0.30, 0.10),
        (None, "release", 0.55, 0.15),
        ("button_patient", "marker", 0.30, 0.10),
        # Half of a connection interval of 50 ms later, spread evenly over one.
        ("button_patient_ble", "marker", 0.325, math.hypot(0.10, 0.05 / math.sqrt(12))),
        ("verbal_tester_button", "marker", 0.60, 0.15),
        ("verbal_peak", "release", 0.55, 0.15),
        ("tester_release_on_sign", "release", 0.70, 0.25),
        ("a mode of one's own", "marker", 0.30, 0.10),
        ("a mode of one's own", "release", 0.55, 0.15),
    ],
)
def test_the_usual_latency_is_that_of_the_way_of_stopping(
    stop_mode: str | None, source: str, mean_s: float, sd_s: float
) -> None:
    latency = expected_latency(RecordingContext(stop_mode=stop_mode), source)
    assert (latency.mean_s, latency.sd_s) == pytest.approx((mean_s, sd_s))


@pytest.mark.parametrize("source", ["marker", "release"])
def test_a_stated_latency_comes_before_any_usual_one(source: str) -> None:
    stated = ReactionLatency(mean_s=0.42, sd_s=0.03)
    context = RecordingContext(stop_mode="verbal_peak", latency=stated)
    assert expected_latency(context, source) is stated


@pytest.mark.parametrize("origin", LatencyOrigin)
def test_a_signal_s_own_latency_is_not_that_of_a_press_without_a_signal(
    origin: LatencyOrigin,
) -> None:
    tested = ReactionLatency(mean_s=0.25, sd_s=0.03, origin=origin)
    context = RecordingContext(stop_mode="button_patient", latency=tested)
    assert expected_latency(context, "marker") is tested
    assert expected_latency(context, "release").mean_s == 0.55
    of_release = replace(context, stop_mode="tester_release_on_sign")
    assert expected_latency(of_release, "release") is tested


def test_the_usual_latency_is_written_down_with_where_it_is_from() -> None:
    known = with_usual_latency(RecordingContext(stop_mode="verbal_tester_button"))
    assert known.to_dict()["latency_s"] == {"mean": 0.60, "sd": 0.15, "from": "table"}
    assert with_usual_latency(known) is known
    nobody_knows = RecordingContext(stop_mode="a mode of one's own")
    assert with_usual_latency(nobody_knows) is nobody_knows
