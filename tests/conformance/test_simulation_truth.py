"""Claim: what the simulation calls true is what a perfect gauge would show, and what theory says.

The tabulated values were computed apart from this program, from the closed forms for a standard
linear solid and a two-term Prony series under ramp and hold.
"""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from tissuesense.core.recording import RecordingKind
from tissuesense.simulation.indentation_press import IndentationTruth
from tissuesense.simulation.operator import STEADY_HAND, Hand
from tissuesense.simulation.pain_press import PainTruth
from tissuesense.simulation.sensor import PERFECT_SENSOR
from tissuesense.simulation.session import SessionPiece, SessionSpec, simulated_session
from tissuesense.simulation.tissue import PowerLaw, Tissue, pushing_n, work_n_mm

CALM = Hand(knock_share=0.0, rest_share=0.0)
CALM_AND_STILL = replace(CALM, tremor=0.0)
PUNCH = PowerLaw(k_n=1.0, exponent=1.0)
STEP_S = 0.001

SOLID = Tissue(elastic=PUNCH, equilibrium=1.0, branches=((0.8, 2.0),))
TWO_TERMS = Tissue(elastic=PUNCH, equilibrium=0.6, branches=((0.5, 0.3), (0.4, 4.0)))


def pieces(spec: SessionSpec, count: int) -> list[SessionPiece]:
    return list(islice(simulated_session(spec), count))


def perfect(
    kind: RecordingKind, rate_hz: float, *, marker: bool = True, hand: Hand = CALM
) -> list[SessionPiece]:
    spec = SessionSpec(
        kind=kind, rate_hz=rate_hz, hand=hand, sensor=PERFECT_SENSOR, marker=marker, seed=12
    )
    return pieces(spec, 4)


@pytest.mark.parametrize(
    ("tissue", "speed_mm_s", "ramp_s", "table"),
    [
        (
            SOLID,
            5.0,
            1.0,
            {
                0.25: 2.190025,
                0.5: 4.269594,
                1.0: 8.147755,
                1.5: 7.451474,
                2.0: 6.909210,
                3.0: 6.157994,
                5.0: 5.426002,
                10.0: 5.034968,
                21.0: 5.000143,
            },
        ),
        (
            TWO_TERMS,
            10.0,
            0.5,
            {
                0.5: 6.096736,
                1.0: 4.888940,
                2.0: 4.300336,
                5.0: 3.610363,
                11.0: 3.136190,
                31.0: 3.000918,
            },
        ),
    ],
    ids=["standard solid", "two terms"],
)
def test_ramp_and_hold_agree_with_the_table_to_six_decimals(
    tissue: Tissue, speed_mm_s: float, ramp_s: float, table: dict[float, float]
) -> None:
    t_s = np.arange(round(max(table) / STEP_S) + 1) * STEP_S
    force = tissue.force_n(speed_mm_s * np.minimum(t_s, ramp_s), STEP_S)
    for moment_s, expected_n in table.items():
        assert force[round(moment_s / STEP_S)] == pytest.approx(expected_n, abs=6e-7)


def test_hysteresis_of_a_standard_solid_agrees_with_its_certified_ratio() -> None:
    t_s = np.arange(2001) * STEP_S
    depth = 5.0 * np.minimum(t_s, 2.0 - t_s)
    force = SOLID.force_n(depth, STEP_S)
    going_in, coming_out = slice(0, 1001), slice(1000, None)

    def loss(curve: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        regained = -work_n_mm(depth[coming_out], curve[coming_out])
        return 1.0 - regained / work_n_mm(depth[going_in], curve[going_in])

    assert loss(force) == pytest.approx(0.221642, abs=1e-6)
    assert loss(pushing_n(force)) == pytest.approx(0.200090, abs=1e-6)


@pytest.mark.parametrize("rate_hz", [10.0, 80.0, 1000.0])
def test_a_perfect_gauge_shows_the_threshold_at_the_marker(rate_hz: float) -> None:
    for piece in perfect(RecordingKind.PPT, rate_hz):
        truth = piece.truth
        assert isinstance(truth, PainTruth)
        (mark_s,) = piece.marks_s
        shown_kpa = 10.0 * piece.force_n[np.flatnonzero(piece.t_s == mark_s)[0]]
        assert shown_kpa == pytest.approx(truth.threshold_kpa, abs=1e-9)


def test_a_perfect_gauge_shows_the_threshold_as_the_peak_where_there_is_no_button() -> None:
    for piece in perfect(RecordingKind.PPT, 1000.0, marker=False):
        truth = piece.truth
        assert isinstance(truth, PainTruth)
        # A hand that turns round within 50 ms still gains a little while it decides.
        assert 10.0 * piece.force_n.max() == pytest.approx(truth.threshold_kpa, rel=2e-3)
        assert 10.0 * piece.force_n.max() == pytest.approx(truth.peak_kpa, abs=1e-9)


def test_a_perfect_gauge_shows_the_latent_threshold_when_it_is_felt() -> None:
    for piece in perfect(RecordingKind.PPT, 1000.0):
        truth = piece.truth
        assert isinstance(truth, PainTruth)
        assert truth.sensation_s is not None
        shown_kpa = 10.0 * np.interp(truth.sensation_s, piece.t_s, piece.force_n)
        assert shown_kpa == pytest.approx(truth.latent_threshold_kpa, abs=0.15)


def test_the_ramp_rate_of_a_steady_hand_is_the_rate_it_aims_at() -> None:
    spec = SessionSpec(hand=STEADY_HAND, target_rate_kpa_s=40.0, seed=12)
    for piece in pieces(spec, 4):
        assert isinstance(piece.truth, PainTruth)
        assert piece.truth.ramp_rate_kpa_s == pytest.approx(40.0, rel=1e-9)


def test_reaction_time_adds_to_the_threshold_what_rate_and_latency_say() -> None:
    """The mean excess at the button is rate x 0.30 s: 15 kPa at 50 kPa/s, over many persons."""
    excess = []
    for seed in range(150):
        truth = pieces(SessionSpec(seed=seed, hand=CALM, sensor=PERFECT_SENSOR), 1)[0].truth
        assert isinstance(truth, PainTruth)
        assert truth.threshold_kpa is not None
        excess.append(truth.threshold_kpa - truth.latent_threshold_kpa)
    # Half a sampling interval of 1/80 s passes, on average, before the button is read.
    expected = 50.0 * (0.30 + 0.5 / 80)
    assert np.mean(excess) == pytest.approx(expected, abs=3 * np.std(excess) / np.sqrt(150))
    assert np.std(excess) == pytest.approx(50.0 * 0.10, rel=0.3)


def test_what_a_perfect_gauge_shows_of_an_indentation_is_its_truth() -> None:
    for piece in perfect(RecordingKind.INDENTATION, 1000.0, hand=CALM_AND_STILL):
        truth = piece.truth
        assert isinstance(truth, IndentationTruth)
        assert piece.displacement_mm is not None
        at = dict(
            zip(
                ("contact", "peak", "release"),
                np.searchsorted(piece.t_s, [truth.contact_s, truth.peak_s, truth.release_s]),
                strict=True,
            )
        )
        loading = slice(at["contact"], at["peak"] + 1)
        force, depth = piece.force_n, piece.displacement_mm
        assert depth[at["contact"]] == pytest.approx(truth.contact_mm, abs=0.01)
        assert force[at["peak"]] == pytest.approx(truth.peak_n, rel=1e-3)
        rising = force[loading] >= np.array([[0.2], [0.8]]) * truth.peak_n
        low_mm, high_mm = depth[loading][np.argmax(rising, axis=1)]
        assert 0.6 * truth.peak_n / (high_mm - low_mm) == pytest.approx(
            truth.secant_stiffness_n_mm, rel=5e-3
        )
        relaxed = 1.0 - force[at["release"]] / force[at["peak"]]
        assert relaxed == pytest.approx(truth.relaxation_fraction, abs=1e-3)
        regained = -np.trapezoid(force[at["release"] :], depth[at["release"] :])
        spent = np.trapezoid(force[loading], depth[loading])
        assert 1.0 - regained / spent == pytest.approx(truth.energy_loss_ratio, abs=1e-3)


def test_firmer_tissue_has_the_greater_stiffness_and_the_same_relaxation() -> None:
    relaxed, firm = (
        [
            piece.truth
            for piece in pieces(
                SessionSpec(kind=RecordingKind.INDENTATION, subject=name, hand=CALM), 8
            )
            if isinstance(piece.truth, IndentationTruth)
        ]
        for name in ("relaxed", "firm_left")
    )

    def median(truths: list[IndentationTruth], name: str) -> float:
        return float(np.median([getattr(truth, name) for truth in truths]))

    assert median(firm, "secant_stiffness_n_mm") > 1.4 * median(relaxed, "secant_stiffness_n_mm")
    assert median(firm, "relaxation_fraction") == pytest.approx(
        median(relaxed, "relaxation_fraction"), abs=0.03
    )


def test_a_trembling_hand_changes_what_is_shown_and_not_what_is_true_of_the_tissue() -> None:
    kind = RecordingKind.INDENTATION
    trembling, still = (perfect(kind, 80.0, hand=hand) for hand in (CALM, CALM_AND_STILL))
    for shown, true in zip(trembling, still, strict=True):
        assert shown.truth == true.truth
        assert not np.array_equal(shown.force_n, true.force_n)
