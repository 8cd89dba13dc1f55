"""The 95 % intervals beyond the threshold hold the truth in 92 to 98 of 100 simulated persons."""

import math
from collections.abc import Callable

import numpy as np
import pytest

import tissuesense as ts
from tissuesense.core.quantity import Estimate

RUNS = 500
PRESSES = np.arange(10.0)
COURSE = 20 + 25 * (1 - np.exp(-PRESSES / 4))  # ratings that rise and level off
STIMULI = np.array([150.0, 220, 290, 360, 430, 500])
SCATTER_LN = 0.12

Experiment = Callable[[np.random.Generator], tuple[object, float]]


def ratings(rng: np.random.Generator) -> ts.modulation.RatingScores:
    return ts.modulation.rating_scores(COURSE + rng.normal(0, 2, 10))


def difference(rng: np.random.Generator) -> tuple[object, float]:
    return ratings(rng).difference, COURSE[-1] - COURSE[0]


def multiple(rng: np.random.Generator) -> tuple[object, float]:
    return ratings(rng).ratio, COURSE[-1] / COURSE[0]


def area(rng: np.random.Generator) -> tuple[object, float]:
    return ratings(rng).area, COURSE.sum() / COURSE[0]


def late_minus_early(rng: np.random.Generator) -> tuple[object, float]:
    return ratings(rng).late_minus_early, COURSE[-3:].mean() - COURSE[:3].mean()


def straight(rng: np.random.Generator) -> ts.modulation.RatingScores:
    return ts.modulation.rating_scores(20 + 2.5 * PRESSES + rng.normal(0, 3, 10))


def least_squares_trend(rng: np.random.Generator) -> tuple[object, float]:
    return straight(rng).trend_ols, 2.5


def robust_trend(rng: np.random.Generator) -> tuple[object, float]:
    return straight(rng).trend, 2.5


def line(rng: np.random.Generator) -> ts.modulation.StimulusResponse:
    return ts.modulation.stimulus_response(STIMULI, 0.18 * STIMULI - 20 + rng.normal(0, 2, 6))


def slope(rng: np.random.Generator) -> tuple[object, float]:
    return line(rng).slope, 0.18


def pressure_rated_40(rng: np.random.Generator) -> tuple[object, float]:
    return line(rng).pressure_kpa, 60 / 0.18


def exponent(rng: np.random.Generator) -> tuple[object, float]:
    rated = 40 * (STIMULI / 350) ** 1.6 * np.exp(rng.normal(0, 0.08, 6))
    return ts.modulation.stimulus_response(STIMULI, rated).power_exponent, 1.6


def modulated(rng: np.random.Generator, *, control: bool) -> ts.modulation.ConditionedModulation:
    spread = 15.0
    before, after = (level + rng.normal(0, spread, 5) for level in (300, 360))
    idle = (300 + rng.normal(0, spread, 5), 310 + rng.normal(0, spread, 5)) if control else None
    return ts.modulation.conditioned_modulation(before, after, timing="parallel", control=idle)


def absolute_change(rng: np.random.Generator) -> tuple[object, float]:
    return modulated(rng, control=False).absolute, 60


def percent_change(rng: np.random.Generator) -> tuple[object, float]:
    return modulated(rng, control=False).percent, 20


def log_change(rng: np.random.Generator) -> tuple[object, float]:
    return modulated(rng, control=False).log_ratio, math.log(1.2)


def change_beyond_the_control_run(rng: np.random.Generator) -> tuple[object, float]:
    return modulated(rng, control=True).absolute, 50


def index(rng: np.random.Generator) -> tuple[object, float]:
    day, sites = rng.normal(0, 0.6**0.5 * SCATTER_LN), rng.normal(0, 0.4**0.5 * SCATTER_LN, 6)
    measured = 300 * np.exp(day + sites)
    thresholds = {
        f"site {i}": Estimate(value=kpa, standard_uncertainty=SCATTER_LN * kpa, unit="kPa")
        for i, kpa in enumerate(measured.tolist())
    }
    found = ts.modulation.tenderness_index(thresholds, correlation=0.6)
    return found.mean_ln, math.log(300)


def sides(rng: np.random.Generator) -> tuple[object, float]:
    left, right = (level * np.exp(rng.normal(0, SCATTER_LN, 5)) for level in (320, 260))
    return ts.modulation.side_difference(left, right).ln_ratio, math.log(320 / 260)


def tolerance_over_threshold(rng: np.random.Generator) -> tuple[object, float]:
    low, high = (level * np.exp(rng.normal(0, SCATTER_LN, 5)) for level in (250, 500))
    return ts.modulation.tolerance_range(low, high).ratio, 2.0


@pytest.mark.parametrize(
    "experiment",
    [
        difference,
        multiple,
        area,
        late_minus_early,
        least_squares_trend,
        robust_trend,
        slope,
        pressure_rated_40,
        exponent,
        absolute_change,
        percent_change,
        log_change,
        change_beyond_the_control_run,
        index,
        sides,
        tolerance_over_threshold,
    ],
    ids=lambda experiment: experiment.__name__,
)
def test_the_interval_covers_as_often_as_it_says(experiment: Experiment) -> None:
    hits = 0
    for seed in range(RUNS):
        found, truth = experiment(np.random.default_rng([seed, 2026]))
        assert isinstance(found, Estimate), found
        low, high = found.ci95
        hits += low <= truth <= high

    assert 0.92 <= hits / RUNS <= 0.98


def test_an_index_that_takes_its_sites_for_independent_is_too_sure() -> None:
    """The test of the interval above can fail: without the correlation it does."""
    hits = 0
    for seed in range(RUNS):
        found, truth = index(np.random.default_rng([seed, 2026]))
        assert isinstance(found, Estimate)
        naive = SCATTER_LN / math.sqrt(6)
        hits += found.value - 1.96 * naive <= truth <= found.value + 1.96 * naive

    assert hits / RUNS < 0.85
