"""Claim: each named fault does to the samples what its sentence says, and nothing else."""

from itertools import islice

import numpy as np
import pytest

from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import RecordingKind
from tissuesense.simulation.faults import FAULTS, FaultPlace
from tissuesense.simulation.indentation_press import IndentationTruth
from tissuesense.simulation.operator import Flaw, Hand
from tissuesense.simulation.pain_press import PainTruth
from tissuesense.simulation.session import (
    SessionPiece,
    SessionSpec,
    simulated_recording,
    simulated_session,
)

CALM = Hand(knock_share=0.0, rest_share=0.0)


def pieces(
    fault: str | None, kind: RecordingKind = RecordingKind.PPT, *, marker: bool = True
) -> list[SessionPiece]:
    spec = SessionSpec(fault=fault, kind=kind, hand=CALM, marker=marker, seed=8)
    return list(islice(simulated_session(spec), 4))


def pains(found: list[SessionPiece]) -> list[PainTruth]:
    return [piece.truth for piece in found if isinstance(piece.truth, PainTruth)]


def during(piece: SessionPiece, from_s: float, to_s: float) -> FloatArray:
    return piece.force_n[(piece.t_s >= from_s) & (piece.t_s <= to_s)]


@pytest.mark.parametrize("name", [n for n, f in FAULTS.items() if f.place is FaultPlace.LINK])
def test_a_fault_of_the_link_leaves_the_samples_alone(name: str) -> None:
    for clean, carried in zip(pieces(None), pieces(name), strict=True):
        assert np.array_equal(clean.force_n, carried.force_n)


@pytest.mark.parametrize("name", [n for n, f in FAULTS.items() if f.place is FaultPlace.GAUGE])
def test_a_fault_of_the_gauge_leaves_the_press_alone(name: str) -> None:
    for clean, faulty in zip(pains(pieces(None)), pains(pieces(name)), strict=True):
        assert clean.peak_kpa == faulty.peak_kpa
        assert clean.release_s == faulty.release_s


def test_dropped_readings_are_missing() -> None:
    clean, faulty = (sum(p.t_s.size for p in pieces(name)) for name in (None, "dropped"))
    assert 1 - faulty / clean == pytest.approx(0.03, abs=0.01)


def test_doubled_readings_stand_there_twice_and_are_kept_once_in_a_recording() -> None:
    t_s = np.concatenate([piece.t_s for piece in pieces("doubled")])
    repeats = np.count_nonzero(np.diff(t_s) == 0.0)
    assert repeats / t_s.size == pytest.approx(0.03, abs=0.01)
    recording = simulated_recording(SessionSpec(fault="doubled", hand=CALM, seed=8), presses=4)
    assert recording.quality.duplicates == repeats
    assert QualityFlag.DUPLICATES in recording.quality.flags
    assert recording.trace.size == t_s.size - repeats


def test_spikes_are_few_and_far_off() -> None:
    difference = np.concatenate(
        [f.force_n - c.force_n for f, c in zip(pieces("spikes"), pieces(None), strict=True)]
    )
    far = np.fabs(difference) > 15.0
    assert 0.001 < far.mean() < 0.006
    assert np.fabs(difference[~far]).max() < 0.02


def test_a_drifting_zero_rises_by_newtons_and_an_unzeroed_one_stays_off() -> None:
    clean, drifting, unzeroed = (
        [float(np.median(p.force_n[:80])) for p in pieces(name)]
        for name in (None, "drift", "unzeroed")
    )
    assert drifting[-1] - drifting[0] > 2.0
    assert np.all(np.diff(drifting) > 0.0)
    assert np.allclose(np.subtract(unzeroed, clean), 4.2 - 0.35, atol=0.02)


def test_a_clipped_press_has_no_threshold_that_could_be_read() -> None:
    for piece, truth in zip(pieces("clip"), pains(pieces("clip")), strict=True):
        assert piece.force_n.max() == 10.0
        assert truth.censored
        assert truth.threshold_kpa is None
        assert truth.peak_kpa > 100.0


@pytest.mark.parametrize(("name", "factor"), [("slow_hand", 0.5), ("fast_hand", 1.7)])
def test_a_hand_of_the_wrong_speed_keeps_to_it(name: str, factor: float) -> None:
    rates = [truth.ramp_rate_kpa_s for truth in pains(pieces(name))]
    assert np.mean(rates) == pytest.approx(50.0 * factor, rel=0.1)


def test_a_wandering_hand_goes_more_unevenly() -> None:
    def unevenness(name: str | None) -> float:
        spreads = []
        for piece, truth in zip(pieces(name), pains(pieces(name)), strict=True):
            ramp = during(piece, truth.onset_s + 1.0, truth.release_s)
            step = np.diff(ramp[::20])  # quarters of a second
            spreads.append(np.std(step) / np.mean(step))
        return float(np.mean(spreads))

    assert unevenness("wandering") > 2.0 * unevenness(None)


@pytest.mark.parametrize("name", list(Flaw))
def test_a_flaw_hits_every_other_press(name: Flaw) -> None:
    assert [truth.flaw for truth in pains(pieces(name))] == [name, None, name, None]


def test_a_slip_loses_force_within_a_moment_and_goes_on_to_the_threshold() -> None:
    piece = pieces("slip")[0]
    truth = pains([piece])[0]
    ramp = during(piece, truth.onset_s, truth.release_s)
    fall_n = (np.maximum.accumulate(ramp) - ramp).max()
    assert fall_n == pytest.approx(6.0, abs=0.7)
    assert truth.threshold_kpa is not None
    assert truth.threshold_kpa > truth.latent_threshold_kpa


def test_a_double_peak_gives_way_by_a_fifth_and_comes_back() -> None:
    piece = pieces("double_peak", marker=False)[0]
    truth = pains([piece])[0]
    after = during(piece, truth.release_s, truth.end_s) - 0.35
    peak_n = truth.peak_kpa / 10
    lowest = int(np.argmin(after[:20]))
    assert after[lowest] < 0.85 * peak_n
    assert after[lowest:].max() > 0.94 * peak_n


def test_a_plateau_lasts_a_second() -> None:
    flawed, clean = (pains(pieces(name, marker=False))[0] for name in ("plateau", None))
    assert flawed.release_s == clean.release_s
    assert flawed.end_s - clean.end_s == pytest.approx(1.0, abs=0.1)
    assert flawed.threshold_kpa == pytest.approx(clean.threshold_kpa, rel=1e-3)


def test_an_early_release_comes_before_anything_is_felt() -> None:
    piece = pieces("early_release")[0]
    truth = pains([piece])[0]
    assert truth.release_s - truth.onset_s < 0.8
    assert truth.sensation_s is None
    assert truth.threshold_kpa is None
    assert not truth.censored
    assert piece.marks_s == ()


def test_an_early_release_of_an_indentation_has_no_hold() -> None:
    held = [
        piece.truth.hold_s
        for piece in pieces("early_release", RecordingKind.INDENTATION)
        if isinstance(piece.truth, IndentationTruth) and piece.truth.relaxation_fraction is None
    ]
    assert len(held) == 2
    assert max(held) < 0.3
