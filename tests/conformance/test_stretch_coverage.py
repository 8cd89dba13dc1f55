"""Intervals of stiffness, damping and range hold the truth in 92 to 98 of 100 simulated runs."""

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.unit.analysis.moved_joint import Moving
from tests.unit.analysis.stretched_limb import Limb, Stretching

from tissuesense.analysis.estimators.range_of_motion import analyse_range_of_motion
from tissuesense.analysis.estimators.stretch import analyse_stretch
from tissuesense.analysis.movement.stretch_noise import SampleNoise, fit_stretches
from tissuesense.analysis.movement.stretch_points import StretchPoints, condense
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate, coverage_factor

RUNS = 500
SPEEDS_DEG_S = (10.0, 30.0, 90.0, 180.0, 180.0, 90.0, 30.0, 10.0)
STIFFNESS, DAMPING = 0, 1


def noise(rng: np.random.Generator, size: int, keeps: float, rate_hz: float) -> FloatArray:
    """Return white noise and, where `keeps` is not 0, a hand's that follows itself."""
    white = rng.normal(0, 0.03, size)
    if not keeps:
        return np.asarray(white)
    lasting = keeps ** (100.0 / rate_hz)
    steps = rng.normal(0, 0.06 * np.sqrt(1 - lasting**2), size)
    steps[0] = rng.normal(0, 0.06)
    return np.asarray(white + lfilter([1.0], [1.0, -lasting], steps))


def shares(rate_hz: float, jitter: float, keeps: float, damping: float) -> FloatArray:
    """Return how often the intervals of stiffness and damping hold the truth, on one motion."""
    limb = Limb(damping=damping)
    stretching = Stretching(
        limb=limb,
        speeds_deg_s=SPEEDS_DEG_S,
        rate_hz=rate_hz,
        jitter=jitter,
        angle_noise_deg=0.0,
        torque_noise_n_m=0.0,
        lever_m=None,
    )
    trace, (_, spans) = stretching.recording().trace, stretching.way()
    assert trace.torque_n_m is not None
    assert trace.angle_deg is not None
    angle = np.radians(trace.angle_deg)
    rng = np.random.default_rng([int(rate_hz), int(100 * keeps)])
    truth = np.array([limb.stiffness, damping])
    hits = np.zeros((RUNS, 2))
    for run in range(RUNS):
        torque = trace.torque_n_m + noise(rng, trace.size, keeps, rate_hz)
        points = [condense(trace.t_s, torque, angle, span, parts=14) for span in spans]
        found = [p for p in points if isinstance(p, StretchPoints)]
        fit = fit_stretches(found, SampleNoise(torque_n_m=0.03, angle_rad=0.0))
        assert fit is not None
        half = coverage_factor(fit.freedom) * np.sqrt(np.diag(fit.covariance)[:2])
        hits[run] = np.abs(fit.coefficients[:2] - truth) <= half
    return np.asarray(hits.mean(axis=0))


@pytest.mark.parametrize(
    ("rate_hz", "jitter", "keeps", "damping"),
    [(100.0, 0.0, 0.0, 0.35), (60.0, 0.3, 0.92, 0.35), (200.0, 0.0, 0.8, 0.0)],
    ids=["white", "a hand's, irregular times", "a hand's, no damping"],
)
def test_intervals_of_the_joint_fit_cover_the_truth(
    rate_hz: float, jitter: float, keeps: float, damping: float
) -> None:
    found = shares(rate_hz, jitter, keeps, damping)
    assert (found >= 0.92).all(), found
    assert (found <= 0.98).all(), found


def test_taking_a_hands_noise_for_white_would_be_too_sure() -> None:
    """The test above can fail: least squares that believes its samples do."""
    stretching = Stretching(speeds_deg_s=SPEEDS_DEG_S, angle_noise_deg=0.0, torque_noise_n_m=0.0)
    trace, (_, spans) = stretching.recording().trace, stretching.way()
    assert trace.force_n is not None
    assert trace.angle_deg is not None
    angle, true = np.radians(trace.angle_deg), 0.25 * trace.force_n
    points = [condense(trace.t_s, true, angle, span, parts=14) for span in spans]
    found = [p for p in points if isinstance(p, StretchPoints)]
    design = np.concatenate([p.design() for p in found])
    read, normal = np.linalg.pinv(design), np.linalg.inv(design.T @ design)
    rng, hits = np.random.default_rng(5), 0
    for _ in range(200):
        seen = noise(rng, trace.size, 0.92, 100.0)
        left = np.concatenate([p.filters[0] @ _thinned(p, trace.t_s, seen) for p in found])
        error = read @ left
        residual = left - design @ error
        variance = float(residual @ residual) / (design.shape[0] - design.shape[1])
        hits += abs(error[DAMPING]) <= 1.96 * np.sqrt(variance * normal[DAMPING, DAMPING])
    assert hits / 200 < 0.9


def _thinned(points: StretchPoints, t_s: FloatArray, values: FloatArray) -> FloatArray:
    return np.asarray(np.interp(points.sample_s, t_s, values))


def test_whole_recordings_cover_the_truth_and_show_no_catch() -> None:
    """Noise of angle and torque, a wandering hand, movements found by the program itself."""
    hits: list[bool] = []
    catches = 0
    base = Stretching(speeds_deg_s=(20.0, 60.0, 180.0, 60.0, 180.0), sway_n_m=0.05, rate_hz=60.0)
    for seed in range(120):
        analysis = analyse_stretch(base.but(seed=seed).recording())
        for outcome, true in (
            (analysis.session.stiffness_n_m_rad, 4.0),
            (analysis.session.damping_n_m_s_rad, 0.35),
        ):
            if isinstance(outcome, Estimate):
                low, high = outcome.ci95
                hits.append(low <= true <= high)
        catches += sum(stretch.catch_angle_deg is not None for stretch in analysis.stretches)
    # 120 runs know a share to two hundredths.
    assert 0.90 <= np.mean(hits) <= 1.0
    assert catches <= 6


@pytest.mark.parametrize(
    "moving",
    [Moving(), Moving(rate_hz=100.0, sway_deg=0.12), Moving(hold_s=0.0), Moving(rate_hz=25.0)],
    ids=["still", "swaying", "turning at once", "slow sampling"],
)
def test_intervals_of_the_range_cover_the_truth(moving: Moving) -> None:
    hits = []
    for seed in range(125):
        recording, truths = moving.but(seed=seed).recording()
        movements = analyse_range_of_motion(recording).movements
        assert len(movements) == len(truths)
        for movement, (start, end) in zip(movements, truths, strict=True):
            low, high = movement.range_deg.ci95
            hits.append(low <= end - start <= high)
    assert len(hits) == 500
    assert 0.92 <= np.mean(hits) <= 0.99
