"""One call chooses the estimator by kind and says whose flags are whose."""

import json
from dataclasses import replace

import numpy as np
import pytest

import tissuesense
from tissuesense.analysis.analyse import RecordingAnalysis, analyze, estimator_for
from tissuesense.analysis.pain.trials import PainThreshold
from tissuesense.core.calibration import Calibration
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import ConfigurationError, UsageError
from tissuesense.core.quality import QualityFlag as Flag
from tissuesense.core.quality import QualitySummary
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.trace import Trace

T_S = np.arange(0, 12, 1 / 80)
FORCE_N = np.interp(T_S, [0, 2, 8, 8.5], [0, 0, 30, 0])
PPT = RecordingContext(kind=RecordingKind.PPT, tip=ContactTip(area_cm2=1.0))


def recording(force_n: np.ndarray[tuple[int], np.dtype[np.float64]] = FORCE_N) -> Recording:
    return Recording(trace=Trace(t_s=T_S, force_n=force_n), context=PPT, name="a.csv")


def pain(item: Recording) -> PainThreshold:
    analysis = analyze(item).analysis
    assert isinstance(analysis, PainThreshold)
    return analysis


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("ppt", "pain_threshold"),
        ("tolerance", "pain_threshold"),
        ("indentation", "indentation"),
        ("tap", "tap"),
        ("stretch", "stretch"),
        ("rom", "range_of_motion"),
        ("dose", "dose"),
    ],
)
def test_each_kind_has_its_estimator(kind: str, name: str) -> None:
    assert estimator_for(RecordingKind(kind)).name == name


@pytest.mark.parametrize("kind", RecordingKind)
def test_no_kind_is_without_an_estimator(kind: RecordingKind) -> None:
    assert kind in estimator_for(kind).kinds


def test_an_estimator_of_other_kinds_is_refused() -> None:
    with pytest.raises(UsageError, match="'tap' cannot analyse a recording of kind 'ppt'"):
        analyze(recording(), estimator="tap")


def test_an_unknown_estimator_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError) as told:
        analyze(recording(), estimator="tarot")
    assert "pain_threshold" in told.value.hint


def test_the_analysis_is_reached_by_its_everyday_name() -> None:
    assert isinstance(tissuesense.analyze(recording()), RecordingAnalysis)


def test_a_file_is_written_as_the_contract_says() -> None:
    written = json.loads(json.dumps(analyze(recording()).to_dict(), allow_nan=False))
    assert written["path"] == "a.csv"
    assert written["kind"] == "ppt"
    assert written["sample_rate_hz"] == pytest.approx(80)
    assert written["duration_s"] == pytest.approx(12 - 1 / 80)
    assert written["sha256"] == recording().trace.sha256
    assert written["error"] is None
    assert len(written["trials"]) == 1
    assert written["session"]["n_accepted"] == 1


def test_the_hash_of_the_file_comes_before_that_of_the_trace() -> None:
    assert analyze(replace(recording(), content_sha256="ab12")).to_dict()["sha256"] == "ab12"


def test_flags_of_the_recording_and_of_the_analysis_are_told_once_each() -> None:
    quality = QualitySummary(flags=(Flag.GAP, Flag.TOO_FEW))
    assert analyze(replace(recording(), quality=quality)).flags == (Flag.GAP, Flag.TOO_FEW)


def test_findings_are_those_of_the_analysis() -> None:
    found = analyze(recording())
    assert found.findings() == tuple(found.analysis.findings())
    assert {finding.item for finding in found.findings()} == {"trial", "session"}


def test_tolerance_is_read_as_a_threshold_is() -> None:
    tolerance = replace(recording(), context=replace(PPT, kind=RecordingKind.TOLERANCE))
    assert analyze(tolerance).analysis == analyze(recording()).analysis


@pytest.mark.parametrize("first_n", [5.0, 15.0])
def test_a_press_under_way_when_the_recording_starts_has_no_false_zero(first_n: float) -> None:
    t_s = np.arange(0, 10, 1 / 80)
    force = np.interp(t_s, [0, 5, 5.3], [first_n, 30, 0])
    (trial,) = pain(Recording(trace=Trace(t_s=t_s, force_n=force), context=PPT)).trials
    assert isinstance(trial.threshold_kpa, Estimate)
    assert trial.threshold_kpa.value == pytest.approx(300, rel=2e-3)
    assert trial.tare_n == pytest.approx(0.0, abs=0.05)


def test_a_calibration_is_applied_and_enters_the_budget() -> None:
    gauge = Calibration(
        identifier="C-1",
        instrument="any",
        gain=2.0,
        covariance=((0, 0, 0), (0, 0.01**2, 0), (0, 0, 0)),
    )
    item = replace(recording(FORCE_N / 2), context=replace(PPT, calibration=gauge))
    (trial,) = pain(item).trials
    assert isinstance(trial.threshold_kpa, Estimate)
    assert trial.threshold_kpa.value == pytest.approx(300, rel=1e-3)
    assert trial.threshold_kpa.budget["calibration"] == pytest.approx(1.5, rel=1e-3)


def test_an_area_known_badly_enters_the_budget() -> None:
    vague = ContactTip(area_cm2=1.0, area_uncertainty_cm2=0.02)
    (trial,) = pain(replace(recording(), context=replace(PPT, tip=vague))).trials
    assert isinstance(trial.threshold_kpa, Estimate)
    assert trial.threshold_kpa.budget["probe area"] == pytest.approx(0.02 * 300, rel=1e-3)


def test_a_single_wrong_reading_is_said_and_does_no_harm() -> None:
    spiked = FORCE_N.copy()
    spiked[400] += 20
    found = pain(recording(spiked))
    assert Flag.SPIKES in found.flags
    (trial,) = found.trials
    assert isinstance(trial.threshold_kpa, Estimate)
    assert trial.threshold_kpa.value == pytest.approx(300, rel=2e-3)


def test_trials_that_differ_too_much_ask_for_another() -> None:
    t_s = np.arange(0, 30, 1 / 80)
    corners = ([0, 2, 6, 6.4, 12, 18, 18.5], [0, 0, 20, 0, 0, 30, 0])
    item = Recording(trace=Trace(t_s=t_s, force_n=np.interp(t_s, *corners)), context=PPT)
    assert Flag.TRIAL_SPREAD in pain(item).flags


def test_readings_lost_for_long_during_a_press_void_it() -> None:
    kept = (T_S < 5.0) | (T_S > 5.7)
    item = Recording(trace=Trace(t_s=T_S[kept], force_n=FORCE_N[kept]), context=PPT)
    (trial,) = pain(item).trials
    assert not isinstance(trial.threshold_kpa, Estimate)
    assert Flag.DROP in trial.flags
    assert not trial.accepted


def test_a_press_that_is_not_let_go_tells_no_threshold() -> None:
    noise = np.random.default_rng(2).normal(0, 0.05, T_S.size)
    force = np.interp(T_S, [0, 2, 8], [0, 0, 30]) + noise
    (trial,) = pain(recording(force)).trials
    assert not isinstance(trial.threshold_kpa, Estimate)
    assert trial.release_s is None
    assert Flag.NOT_RELEASED in trial.flags
    assert not trial.accepted


def test_a_signal_stands_without_a_release() -> None:
    force = np.interp(T_S, [0, 2, 8], [0, 0, 30])
    marker = (T_S > 7.0).astype(np.float64)
    item = Recording(trace=Trace(t_s=T_S, force_n=force, marker=marker), context=PPT)
    (trial,) = pain(item).trials
    assert isinstance(trial.threshold_kpa, Estimate)
    assert trial.threshold_kpa.value == pytest.approx(250, abs=1.0)


@pytest.mark.parametrize(("peak_n", "presses"), [(1.7, 0), (2.3, 1)])
def test_a_press_reaches_twenty_kilopascals(peak_n: float, presses: int) -> None:
    noise = np.random.default_rng(2).normal(0, 0.02, T_S.size)
    force = np.interp(T_S, [0, 2, 3, 3.3], [0, 0, peak_n, 0]) + noise
    assert len(pain(recording(force)).trials) == presses


def test_a_rest_on_the_skin_is_left_out_of_the_ramp() -> None:
    """A hand rests at 80 kPa for two seconds, then presses at 50 kPa/s."""
    force = np.interp(T_S, [0, 1, 1.2, 3.2, 7.6, 8.0], [0, 0, 8, 8, 30, 0])
    (trial,) = pain(recording(force)).trials
    assert isinstance(trial.ramp_rate_kpa_s, Estimate)
    assert trial.ramp_rate_kpa_s.value == pytest.approx(50, rel=0.02)
    assert Flag.PRELOAD in trial.flags


@pytest.mark.parametrize("start_s", [1.5, 2.0, 3.25])
def test_a_press_begins_where_its_line_leaves_zero(start_s: float) -> None:
    force = np.interp(T_S, [0, start_s, start_s + 6, start_s + 6.5], [0, 0, 30, 0])
    (trial,) = pain(recording(force)).trials
    assert trial.onset_s == pytest.approx(start_s, abs=0.02)


def test_the_rate_is_that_above_a_fifth_of_the_threshold() -> None:
    """A slow toe at 20 kPa/s up to a sixth, then 50 kPa/s."""
    force = np.interp(T_S, [0, 2, 4.5, 9.5, 10.0], [0, 0, 5, 30, 0])
    (trial,) = pain(recording(force)).trials
    assert isinstance(trial.ramp_rate_kpa_s, Estimate)
    assert trial.ramp_rate_kpa_s.value == pytest.approx(50, rel=1e-3)


@pytest.mark.parametrize(
    ("moved_n", "said", "accepted"), [(0.2, False, True), (0.45, True, True), (0.9, True, False)]
)
def test_a_zero_that_moved_during_a_press_is_judged(
    moved_n: float, said: bool, accepted: bool
) -> None:
    """Remarked above 0.3 N, rejected above a fiftieth of the 30 N peak."""
    noise = np.random.default_rng(4).normal(0, 0.01, T_S.size)
    moving = moved_n * np.clip((T_S - 2) / 6.5, 0, 1)
    (trial,) = pain(recording(FORCE_N + moving + noise)).trials
    assert (Flag.DRIFT in trial.flags) is said
    assert trial.accepted is accepted
