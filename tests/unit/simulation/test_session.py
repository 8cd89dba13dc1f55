"""Claim: a simulated session is endless, the same for the same spec, and one with its truth."""

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.simulation.indentation_press import IndentationTruth
from tissuesense.simulation.pain_press import PainTruth
from tissuesense.simulation.sensor import PERFECT_SENSOR, Sensor
from tissuesense.simulation.session import (
    SessionPiece,
    SessionSpec,
    Truth,
    simulated_recording,
    simulated_session,
)

KINDS = (RecordingKind.PPT, RecordingKind.INDENTATION, RecordingKind.TOLERANCE)
COLUMNS = {
    RecordingKind.PPT: {"force_n"},
    RecordingKind.TOLERANCE: {"force_n"},
    RecordingKind.INDENTATION: {"force_n", "displacement_mm"},
    RecordingKind.TAP: {"force_n", "acceleration_m_s2"},
    RecordingKind.STRETCH: {"force_n", "angle_deg"},
    RecordingKind.ROM: {"angle_deg"},
    RecordingKind.DOSE: {"force_n"},
}


def pieces(spec: SessionSpec, count: int = 4) -> list[SessionPiece]:
    return list(islice(simulated_session(spec), count))


def pain(truth: Truth) -> PainTruth:
    assert isinstance(truth, PainTruth)
    return truth


@pytest.mark.parametrize("kind", RecordingKind)
@pytest.mark.parametrize("fault", [None, "dropped", "spikes"])
def test_the_same_spec_gives_the_same_samples(kind: RecordingKind, fault: str | None) -> None:
    spec = SessionSpec(kind=kind, fault=fault, seed=9)
    for one, again in zip(pieces(spec), pieces(spec), strict=True):
        assert np.array_equal(one.t_s, again.t_s)
        assert one.columns.keys() == again.columns.keys()
        for name, values in one.columns.items():
            assert np.array_equal(values, again.columns[name])
        assert (one.marks_s, one.truth) == (again.marks_s, again.truth)


@pytest.mark.parametrize("kind", RecordingKind)
def test_each_kind_has_the_columns_that_it_consists_of(kind: RecordingKind) -> None:
    trace = simulated_recording(SessionSpec(kind=kind, marker=False), presses=2).trace
    assert {name for name, _ in trace.columns()} == COLUMNS[kind]


def test_a_glide_has_a_way_and_a_hold_in_place_has_none() -> None:
    for technique, has_way in (("myofascial", True), ("neuromuscular", False)):
        spec = SessionSpec(kind=RecordingKind.DOSE, technique=technique)
        assert ("displacement_mm" in pieces(spec, 1)[0].columns) is has_way


def test_an_accelerometer_at_rest_shows_gravity_and_its_own_offset() -> None:
    spec = SessionSpec(kind=RecordingKind.TAP)
    (piece,) = pieces(spec, 1)
    resting = piece.columns["acceleration_m_s2"][:200]
    assert np.median(resting) == pytest.approx(-9.80665 + 0.12, abs=0.15)
    assert np.std(resting) == pytest.approx(0.05, rel=0.2)


def test_an_inclinometer_is_a_little_uncertain() -> None:
    def angle(sensor: Sensor) -> FloatArray:
        spec = SessionSpec(kind=RecordingKind.ROM, sensor=sensor)
        return pieces(spec, 1)[0].columns["angle_deg"]

    noise = angle(Sensor(jitter=0.0)) - angle(PERFECT_SENSOR)
    assert np.std(noise) == pytest.approx(0.2, rel=0.1)
    assert np.mean(noise) == pytest.approx(0.0, abs=0.05)


@pytest.mark.parametrize(
    ("kind", "column"),
    [(RecordingKind.TAP, "acceleration_m_s2"), (RecordingKind.ROM, "angle_deg")],
)
def test_spikes_hit_whatever_is_measured(kind: RecordingKind, column: str) -> None:
    clean, faulty = (
        np.concatenate([p.columns[column] for p in pieces(SessionSpec(kind=kind, fault=fault), 6)])
        for fault in (None, "spikes")
    )
    far = np.fabs(faulty - clean) > 15.0
    assert 0.0005 < far.mean() < 0.006


@pytest.mark.parametrize(
    "change", [{"seed": 2}, {"side": Side.RIGHT}, {"site": "levator_scapulae"}], ids=str
)
def test_another_seed_or_place_gives_other_presses(change: dict[str, object]) -> None:
    spec = SessionSpec()
    other = replace(spec, **change)  # type: ignore[arg-type] # the rows above name real fields
    for one, another in zip(pieces(spec), pieces(other), strict=True):
        assert pain(one.truth).onset_s != pain(another.truth).onset_s


@pytest.mark.parametrize("rate_hz", [10.0, 80.0, 1000.0, 3200.0])
def test_another_sampling_rate_sees_the_same_presses(rate_hz: float) -> None:
    reference = pain(pieces(SessionSpec(), 1)[0].truth)
    seen = pain(pieces(SessionSpec(rate_hz=rate_hz), 1)[0].truth)
    assert seen.latent_threshold_kpa == reference.latent_threshold_kpa
    assert seen.sensation_s == reference.sensation_s
    assert seen.peak_kpa == reference.peak_kpa


@pytest.mark.parametrize("rate_hz", [10.0, 80.0, 3200.0])
def test_time_goes_on_from_piece_to_piece_at_the_asked_rate(rate_hz: float) -> None:
    t_s = np.concatenate([piece.t_s for piece in pieces(SessionSpec(rate_hz=rate_hz))])
    assert np.diff(t_s).min() > 0.0
    assert np.diff(t_s).max() < 2.0 / rate_hz
    assert (t_s.size - 1) / (t_s[-1] - t_s[0]) == pytest.approx(rate_hz, rel=1e-3)


@pytest.mark.parametrize("kind", KINDS)
def test_the_events_of_a_press_lie_in_order_within_its_piece(kind: RecordingKind) -> None:
    for piece in pieces(SessionSpec(kind=kind, seed=3), 10):
        truth = piece.truth
        if isinstance(truth, PainTruth):
            events = [truth.onset_s, truth.sensation_s, truth.marker_s, truth.release_s]
        else:
            assert isinstance(truth, IndentationTruth)
            events = [truth.contact_s, truth.peak_s, truth.release_s]
        in_time = [piece.t_s[0], *(e for e in events if e is not None), truth.end_s, piece.t_s[-1]]
        assert all(a <= b for a, b in pairwise(in_time))


def test_at_least_five_seconds_lie_between_presses() -> None:
    truths = [pain(piece.truth) for piece in pieces(SessionSpec(), 10)]
    assert all(later.onset_s - earlier.end_s >= 5.0 for earlier, later in pairwise(truths))


def test_the_button_is_read_with_a_sample() -> None:
    for piece in pieces(SessionSpec(seed=4), 6):
        assert len(piece.marks_s) == 1
        assert piece.marks_s[0] in piece.t_s
        assert piece.marks_s[0] == pain(piece.truth).marker_s


def test_without_a_button_nobody_marks() -> None:
    for piece in pieces(SessionSpec(marker=False)):
        assert piece.marks_s == ()
        assert pain(piece.truth).threshold_source == "release"


def test_pressure_is_force_over_the_area_of_the_tip() -> None:
    small, large = (pieces(SessionSpec(probe_area_cm2=a), 1)[0] for a in (0.5, 2.0))
    assert pain(small.truth).peak_kpa == pain(large.truth).peak_kpa
    assert large.force_n.max() / small.force_n.max() == pytest.approx(4.0, rel=0.1)


def test_tolerance_lies_above_the_threshold() -> None:
    threshold, tolerance = (
        np.mean([pain(p.truth).latent_threshold_kpa for p in pieces(SessionSpec(kind=kind), 12)])
        for kind in (RecordingKind.PPT, RecordingKind.TOLERANCE)
    )
    assert tolerance > 1.4 * threshold


def test_only_an_indentation_has_a_depth() -> None:
    for kind in KINDS:
        has_depth = pieces(SessionSpec(kind=kind), 1)[0].displacement_mm is not None
        assert has_depth is (kind is RecordingKind.INDENTATION)


def test_a_press_that_reaches_the_safety_limit_ends_there_without_a_mark() -> None:
    spec = SessionSpec(subject="high_threshold", site="tibialis_anterior", side=Side.RIGHT)
    piece = pieces(spec, 1)[0]
    truth = pain(piece.truth)
    assert truth.censored
    assert truth.threshold_kpa is None
    assert piece.marks_s == ()
    assert spec.cutoff_kpa <= truth.peak_kpa < spec.cutoff_kpa * 1.05


def test_the_threshold_varies_from_press_to_press_around_the_subjects_own() -> None:
    felt = [pain(p.truth).latent_threshold_kpa for p in pieces(SessionSpec(), 60)]
    assert np.median(felt) == pytest.approx(320.0, rel=0.05)
    assert 0.04 < np.std(np.log(felt)) < 0.12


def test_a_recording_holds_all_samples_and_marks_of_its_pieces() -> None:
    spec = SessionSpec(seed=6)
    recording = simulated_recording(spec, presses=3)
    seen = pieces(spec, 3)
    assert recording.trace.size == sum(piece.t_s.size for piece in seen)
    assert recording.truths == tuple(piece.truth for piece in seen)
    assert recording.trace.marker is not None
    marks_s = recording.trace.t_s[recording.trace.marker == 1]
    assert tuple(marks_s) == tuple(mark for piece in seen for mark in piece.marks_s)


def test_an_indentation_is_recorded_with_depth_and_without_marker() -> None:
    trace = simulated_recording(SessionSpec(kind=RecordingKind.INDENTATION), presses=1).trace
    assert trace.displacement_mm is not None
    assert trace.marker is None


def test_arrays_of_a_piece_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        pieces(SessionSpec(), 1)[0].force_n[0] = 0.0
