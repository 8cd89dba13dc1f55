"""Claim: on recordings with known truth, numbers and intervals are as good as we promise.

The recordings come from a generator that shares nothing with the estimators, nor with the
simulator that the program itself carries.
"""

import math

import pytest
from tests.conformance.examiner.examine import examine
from tests.conformance.examiner.generator import GENERATORS
from tests.conformance.examiner.score import Summary

QUICK = pytest.param(60, 1, id="quick")
THOROUGH = [pytest.param(200, seed, id=f"seed{seed}", marks=pytest.mark.slow) for seed in (2, 3)]
SETS = [QUICK, *THOROUGH]

_SUMMARIES: dict[tuple[str, int, int], Summary] = {}


def examined(kind: str, count: int, seed: int) -> Summary:
    """Examine once for all the tests that ask about the same recordings."""
    key = (kind, count, seed)
    if key not in _SUMMARIES:
        _SUMMARIES[key] = Summary(scores=tuple(examine(*key)))
    return _SUMMARIES[key]


@pytest.mark.parametrize(("count", "seed"), SETS)
@pytest.mark.parametrize("kind", ["ppt", "indentation"])
def test_presses_are_counted_exactly_in_97_percent_of_recordings(
    kind: str, count: int, seed: int
) -> None:
    assert examined(kind, count, seed).exact_share >= 0.97


@pytest.mark.parametrize(("count", "seed"), SETS)
@pytest.mark.parametrize("kind", GENERATORS)
def test_every_recording_is_answered(kind: str, count: int, seed: int) -> None:
    assert examined(kind, count, seed).failures == []


@pytest.mark.parametrize(("count", "seed"), SETS)
def test_nothing_is_found_where_nobody_pressed(count: int, seed: int) -> None:
    assert examined("nothing", count, seed).exact_share >= 0.97


@pytest.mark.parametrize(("count", "seed"), SETS)
@pytest.mark.parametrize(
    ("kind", "error", "quantile", "most"),
    [
        ("ppt", "threshold", 0.5, 0.004),
        ("ppt", "threshold", 0.95, 0.02),
        ("ppt", "rate", 0.5, 0.005),
        ("ppt", "rate", 0.95, 0.03),
        ("indentation", "secant", 0.9, 0.05),
        ("indentation", "tangent_5n", 0.9, 0.05),
        ("indentation", "tangent_10n", 0.9, 0.05),
        ("indentation", "power", 0.9, 0.12),
        ("indentation", "fung_b", 0.9, 0.10),
        ("indentation", "contact_mm", 0.9, 0.4),
        ("indentation", "relaxation", 0.9, 0.02),
        ("indentation", "energy_loss", 0.9, 0.03),
    ],
)
def test_errors_stay_within_what_we_promise(
    kind: str, error: str, quantile: float, most: float, count: int, seed: int
) -> None:
    found = examined(kind, count, seed).error(error, quantile)

    assert math.isfinite(found)
    assert found <= most


@pytest.mark.parametrize(("count", "seed"), SETS)
def test_intervals_of_the_latent_threshold_cover_it(count: int, seed: int) -> None:
    assert 0.90 <= examined("ppt", count, seed).coverage("latent") <= 0.99


@pytest.mark.parametrize(("count", "seed"), THOROUGH)
@pytest.mark.parametrize(
    "quantity", ["secant", "tangent_5n", "tangent_10n", "power", "fung_b", "contact_mm"]
)
def test_intervals_of_press_and_hold_cover_them(quantity: str, count: int, seed: int) -> None:
    assert 0.90 <= examined("indentation", count, seed).coverage(quantity) <= 0.995


@pytest.mark.parametrize(("count", "seed"), SETS)
def test_a_press_that_met_a_limit_before_the_signal_has_no_threshold(count: int, seed: int) -> None:
    summary = examined("censored", count, seed)

    assert summary.exact_share >= 0.97
    assert summary.error("censored", 0.95) == 0.0
    assert summary.error("threshold", 0.95) <= 0.02
