"""A level taken to stand still is dangerously sure of itself; one that may wander is not."""

import numpy as np
import pytest

import tissuesense as ts
from tissuesense.core.arrays import FloatArray

SESSIONS, RUNS = 12, 800
SCATTER, WANDER = 0.0148, 0.0025


def levels(kind: str, rng: np.random.Generator) -> FloatArray:
    """Draw true levels, shape (runs, sessions)."""
    if kind == "rises":  # by 2 % a session from the sixth on
        return np.tile(np.maximum(np.arange(SESSIONS) - 4, 0) * 0.02, (RUNS, 1))
    return rng.normal(0, WANDER**0.5, (RUNS, SESSIONS)).cumsum(axis=1)


@pytest.mark.parametrize(
    ("kind", "assumed", "held"),
    [
        ("wanders", WANDER, 0.946),
        ("wanders", 0.0, 0.507),
        ("rises", WANDER, 0.967),
        ("rises", 0.0004, 0.725),
        ("rises", 0.0, 0.235),
    ],
)
def test_how_often_the_filtered_interval_holds_the_last_level(
    kind: str, assumed: float, held: float
) -> None:
    rng = np.random.default_rng(38)
    inside = 0
    for truth in levels(kind, rng):
        found = ts.trend.local_level(
            truth + rng.normal(0, SCATTER**0.5, SESSIONS), SCATTER, assumed
        )
        assert found.filtered is not None
        assert found.filtered_sd is not None
        inside += abs(found.filtered[-1] - truth[-1]) <= 1.96 * found.filtered_sd[-1]
    assert inside / RUNS == pytest.approx(held, abs=0.04)
