"""Every movement of a joint is found with its start, end and range, and its scatter said."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.analysis.moved_joint import Moving

from tissuesense.analysis.analyse import analyze
from tissuesense.analysis.estimators.range_of_motion import analyse_range_of_motion
from tissuesense.analysis.movement.range_of_motion_result import PRIOR_SD_DEG, RangeAnalysis
from tissuesense.core.errors import NoColumn, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace


def told(analysis: RangeAnalysis, truths: list[tuple[float, float]], *, within_deg: float) -> None:
    assert len(analysis.movements) == len(truths)
    for movement, (start, end) in zip(analysis.movements, truths, strict=True):
        assert movement.start_deg.value == pytest.approx(start, abs=within_deg)
        assert movement.end_deg.value == pytest.approx(end, abs=within_deg)
        assert movement.range_deg.value == pytest.approx(abs(end - start), abs=within_deg)


@pytest.mark.parametrize(
    ("moving", "within_deg"),
    [
        (Moving(), 0.3),
        (Moving(rate_hz=20.0), 0.5),
        (Moving(rate_hz=200.0, noise_deg=0.5), 0.3),
        (Moving(sign=-1), 0.3),
        (Moving(tremor_deg=1.5, rate_hz=100.0), 0.6),
        (Moving(drift_deg_s=0.02), 1.5),
        (Moving(pause_at=0.4), 0.3),
        (Moving(hold_s=0.0), 0.5),
        (Moving(resolution_deg=1.0), 0.8),
        (Moving(ends_deg=(-50.0, 60.0, -50.0, 60.0), start_deg=0.0), 0.3),
        (Moving(ends_deg=(12.0, 12.0, 12.0), start_deg=0.0), 0.4),
    ],
    ids=[
        "plain", "slow sampling", "noisy", "falling angle", "tremor", "drift", "pause on the way",
        "turning at once", "whole degrees", "both ways from rest", "small range",
    ],
)  # fmt: skip
def test_every_movement_is_found_and_no_way_back(moving: Moving, within_deg: float) -> None:
    recording, truths = moving.recording()
    told(analyse_range_of_motion(recording), truths, within_deg=within_deg)


def test_a_swing_from_one_side_to_the_other_is_one_movement() -> None:
    t_s = np.arange(0, 16, 0.02)
    angle = 60 * np.sin(2 * np.pi * np.clip(t_s - 2, 0, 12) / 4)
    trace = Trace(t_s=t_s, angle_deg=angle + np.random.default_rng(2).normal(0, 0.1, t_s.size))
    analysis = analyse_range_of_motion(Recording(trace=trace))
    ranges = [movement.range_deg.value for movement in analysis.movements]
    assert ranges[0] == pytest.approx(60, abs=1.0)
    assert ranges[1:-1] == pytest.approx([120.0] * (len(ranges) - 2), abs=1.0)


def test_peak_speed_is_that_of_the_movement() -> None:
    recording, _ = Moving().recording()
    for movement in analyse_range_of_motion(recording).movements:
        seconds = movement.end_s - movement.start_s
        mean = movement.range_deg.value / seconds
        assert 1.2 * mean < movement.peak_speed_deg_s < 2.0 * mean


def test_the_session_is_the_median_with_the_scatter_of_repeats() -> None:
    recording, _ = Moving(ends_deg=(65.0, 75.0, 70.0)).recording()
    analysis = analyse_range_of_motion(recording)
    assert isinstance(analysis.range_deg, Estimate)
    assert analysis.range_deg.value == pytest.approx(65.0, abs=0.4)
    assert analysis.range_deg.dof < 3
    assert analysis.mdc_from == "own repeats"
    assert analysis.mdc_deg == pytest.approx(1.96 * np.sqrt(2) * 5.0 * 1.160 / np.sqrt(3), rel=0.1)


def test_too_few_repeats_take_a_prior_that_is_labelled() -> None:
    recording, _ = Moving(ends_deg=(70.0,)).recording()
    analysis = analyse_range_of_motion(recording)
    assert analysis.mdc_from == "prior"
    assert analysis.mdc_deg == pytest.approx(1.96 * np.sqrt(2) * PRIOR_SD_DEG, rel=1e-3)
    assert QualityFlag.TOO_FEW in analysis.flags


def test_more_repeats_detect_a_smaller_change() -> None:
    few, many = (
        analyse_range_of_motion(Moving(ends_deg=ends).recording()[0])
        for ends in ((68.0, 72.0, 70.0), (68.0, 72.0, 70.0) * 3)
    )
    assert few.mdc_deg is not None
    assert many.mdc_deg is not None
    assert many.mdc_deg < few.mdc_deg


def test_stillness_and_drift_alone_are_no_movement() -> None:
    t_s = np.arange(1000) / 50
    angle = np.random.default_rng(4).normal(0, 0.2, t_s.size) + 0.1 * t_s
    analysis = analyse_range_of_motion(Recording(trace=Trace(t_s=t_s, angle_deg=angle)))
    assert analysis.movements == ()
    assert analysis.flags == (QualityFlag.NO_MOVEMENT,)
    assert analysis.to_dict()["session"]["range_deg"] is None
    assert analysis.mdc_deg is None


def test_a_movement_with_a_gap_does_not_count() -> None:
    recording, _ = Moving().recording()
    whole = analyse_range_of_motion(recording).movements[1]
    t_s, angle = recording.trace.t_s, recording.trace.angle_deg
    assert angle is not None
    middle = (whole.start_s + whole.end_s) / 2
    kept = np.abs(t_s - middle) > 0.25
    gone = replace(recording, trace=Trace(t_s=t_s[kept], angle_deg=angle[kept]))
    analysis = analyse_range_of_motion(gone)
    assert [movement.accepted for movement in analysis.movements] == [True, False, True, True]
    assert analysis.n_accepted == 3


def test_the_side_car_says_how_it_was_moved() -> None:
    recording, _ = Moving().recording(joint="knee", movement="passive")
    session = analyze(recording).to_dict()["session"]
    assert (session["joint"], session["movement"]) == ("knee", "passive")
    with pytest.raises(UsageError, match="active or passive"):
        analyse_range_of_motion(Moving().recording(movement="quick")[0])


def test_without_an_angle_there_is_nothing_to_read() -> None:
    trace = Trace(t_s=np.arange(10.0), force_n=np.zeros(10))
    context = RecordingContext.from_dict({"kind": "rom"})
    with pytest.raises(NoColumn, match="angle_deg"):
        analyse_range_of_motion(Recording(trace=trace, context=context))


def test_the_document_and_the_rows_have_the_contracts_names() -> None:
    analysis = analyse_range_of_motion(Moving().recording()[0])
    first = analysis.to_dict()["movements"][0]
    assert set(first) >= {"start_deg", "end_deg", "range_deg", "peak_speed_deg_s"}
    assert set(first["range_deg"]) == {"value", "u", "ci95"}
    assert {row.item for row in analysis.findings()} == {"movement", "session"}


@pytest.mark.parametrize("rate_hz", [100.0, 200.0])
def test_the_highest_speed_is_that_of_the_motion_whatever_its_course(rate_hz: float) -> None:
    t_s = np.arange(0, 8, 1 / rate_hz)

    def way(seconds: float, from_s: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        u = np.clip((t_s - from_s) / seconds, 0, 1)
        return u**3 * (10 - 15 * u + 6 * u**2)

    even = 90 * np.clip(t_s - 2, 0, 1)
    for angle, truth in (
        (even, 90.0),
        (60 * way(0.8, 2), 60 * 1.875 / 0.8),
        (60 * way(3.0, 2), 60 * 1.875 / 3.0),
        (40 * (way(0.8, 2) + way(0.8, 3.8)), 40 * 1.875 / 0.8),
    ):
        analysis = analyse_range_of_motion(Recording(trace=Trace(t_s=t_s, angle_deg=angle)))
        assert [m.peak_speed_deg_s for m in analysis.movements] == pytest.approx([truth], rel=0.02)


def test_repeats_alike_by_chance_make_no_change_of_nothing_detectable() -> None:
    moving = Moving(ends_deg=(60.0, 60.0, 60.0), noise_deg=0.01)
    analysis = analyse_range_of_motion(moving.recording()[0])
    assert analysis.mdc_deg is not None
    assert analysis.mdc_deg > 0.1 * 1.96 * np.sqrt(2) * PRIOR_SD_DEG / np.sqrt(3)
