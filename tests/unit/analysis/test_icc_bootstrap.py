"""A bootstrapped interval holds the true reliability as often as it says."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tissuesense as ts
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

# Shrout and Fleiss (1979), table 2.
JUDGED = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


@pytest.mark.parametrize(
    ("form", "n", "k", "rho"),
    [("icc1", 15, 2, 0.9), ("icc3", 24, 3, 0.8), ("icc3k", 12, 3, 0.6), ("icc2", 50, 2, 0.85)],
)
def test_500_tables_hold_the_truth(
    form: Literal["icc1", "icc2", "icc3", "icc3k"], n: int, k: int, rho: float
) -> None:
    rng = np.random.default_rng(11)
    truth = k * rho / (1 + (k - 1) * rho) if form.endswith("k") else rho
    held = 0
    for _ in range(500):
        table = rng.normal(0, rho**0.5, (n, 1)) + rng.normal(0, (1 - rho) ** 0.5, (n, k))
        found = ts.reliability.bootstrap_icc(table, rng, form=form, resamples=400)
        assert found.ci95 is not None
        held += found.ci95[0] <= truth <= found.ci95[1]
    assert 0.92 <= held / 500 <= 0.98


def test_the_value_is_that_of_the_table() -> None:
    found = ts.reliability.bootstrap_icc(JUDGED, np.random.default_rng(1), form="icc3")
    assert found.value == pytest.approx(0.7148, abs=1e-4)
    assert found.ci95 is not None
    assert found.ci95[0] < 0.7148 < found.ci95[1] < 1


def test_the_same_generator_gives_the_same_interval_and_another_nearly() -> None:
    a, b, c = (
        ts.reliability.bootstrap_icc(JUDGED, np.random.default_rng(seed), form="icc3")
        for seed in (1, 1, 2)
    )
    assert a == b
    assert a != c
    assert a.ci95 == pytest.approx(c.ci95, abs=0.05)


@given(shift=st.floats(-100, 100), factor=st.floats(0.1, 10))
def test_neither_zero_nor_scale_move_it(shift: float, factor: float) -> None:
    table = np.array(JUDGED, dtype=float)
    plain, moved = (
        ts.reliability.bootstrap_icc(t, np.random.default_rng(3), form="icc3", resamples=100)
        for t in (table, factor * (table + shift))
    )
    assert moved.ci95 == pytest.approx(plain.ci95, abs=1e-6)


def test_quantiles_are_there_for_the_asking() -> None:
    rng = np.random.default_rng(1)
    found = ts.reliability.bootstrap_icc(JUDGED, rng, form="icc3", interval="percentile")
    assert found.interval == "percentile"
    assert found.ci95 is not None
    assert found.ci95[0] < 0.7148 < found.ci95[1]


def test_a_large_table_is_resampled_in_parts_to_the_same_values() -> None:
    rng = np.random.default_rng(4)
    table = rng.normal(0, 1, (3000, 1)) + rng.normal(0, 0.5, (3000, 2))
    found = ts.reliability.bootstrap_icc(table, np.random.default_rng(5), resamples=1000)
    exact = ts.reliability.icc(table).icc2
    assert found.ci95 == pytest.approx(exact.ci95, abs=0.005)


@pytest.mark.parametrize("scores", [JUDGED[:4], [[5, 5, 5]] * 6])
def test_too_few_targets_and_equal_ones_have_no_interval(scores: list[list[int]]) -> None:
    found = ts.reliability.bootstrap_icc(scores, np.random.default_rng(1))
    assert (found.ci95, found.flags) == (None, (QualityFlag.TOO_FEW,))


def test_a_form_that_there_is_not_and_too_few_resamples_are_refused() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(UsageError, match="no form 'icc4'"):
        ts.reliability.bootstrap_icc(JUDGED, rng, form="icc4")  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(UsageError, match="100 resamples are the least"):
        ts.reliability.bootstrap_icc(JUDGED, rng, resamples=10)
