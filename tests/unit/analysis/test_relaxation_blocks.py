"""Claim: stretches grow with the age of the hold, hold every sample once, and lose no mean."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.viscoelastic.relaxation_blocks import Blocks

TIME_S = np.arange(0.0, 21.0, 1 / 80)


def test_the_ramp_is_kept_sample_by_sample_and_the_hold_in_a_tenth_of_the_rows() -> None:
    blocks = Blocks(TIME_S, 1.0)
    sizes = blocks.means(np.ones(TIME_S.size)) ** 2

    assert sizes.sum() == pytest.approx(TIME_S.size)
    assert sizes[:80] == pytest.approx(np.ones(80))
    assert sizes.size < TIME_S.size / 6
    assert sizes[-5:].min() > 20


@given(seed=st.integers(0, 10_000), end_s=st.floats(0.0, 20.0))
def test_averaging_again_changes_nothing(seed: int, end_s: float) -> None:
    rows = np.random.default_rng(seed).normal(size=(2, TIME_S.size))
    blocks = Blocks(TIME_S, end_s)
    once = blocks.spread_out(rows)

    assert blocks.spread_out(once) == pytest.approx(once)
    assert once.sum(axis=1) == pytest.approx(rows.sum(axis=1))
    # What is fitted is the projection: products of means are products of what they stand for.
    means = blocks.means(rows)
    assert means @ means.T == pytest.approx(once @ once.T)


def test_uneven_times_are_as_good() -> None:
    time_s = np.cumsum(np.random.default_rng(1).uniform(0.001, 0.1, 400))
    rows = np.arange(400.0)

    assert Blocks(time_s, 2.0).spread_out(rows).sum() == pytest.approx(rows.sum())
