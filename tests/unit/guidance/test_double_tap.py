"""Claim: two firm taps mean something; a press, one tap, or two that are far apart mean nothing."""

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.guidance.double_tap import DoubleTap

RATE_HZ = 80


def force(*pieces: tuple[float, float]) -> tuple[list[float], list[float]]:
    """Return times and forces of pieces of (seconds, newtons)."""
    values = np.concatenate([np.full(round(s * RATE_HZ), n) for s, n in pieces])
    return (np.arange(values.size) / RATE_HZ).tolist(), values.tolist()


TAP, OFF = (0.1, 6.0), (0.25, 0.0)


@pytest.mark.parametrize(
    ("pieces", "meant"),
    [
        ((OFF, TAP, OFF, TAP, OFF), True),
        ((OFF, TAP, (2.0, 0.0)), False),
        ((OFF, TAP, (1.2, 0.0), TAP, OFF), False),
        ((OFF, (0.1, 2.5), OFF, (0.1, 2.5), OFF), False),  # too light
        ((OFF, (0.6, 6.0), OFF, TAP, OFF), False),  # the first one was a press
        ((OFF, TAP, OFF, (8.0, 40.0), OFF), False),
        ((OFF, TAP, OFF, TAP), False),  # the second is not over
    ],
)
def test_two_firm_taps_within_a_second(
    pieces: tuple[tuple[float, float], ...], meant: bool
) -> None:
    assert DoubleTap().follow(*force(*pieces)) is meant


def test_three_taps_mean_it_once() -> None:
    t_s, force_n = force(OFF, TAP, OFF, TAP, OFF, TAP, OFF)
    taps = DoubleTap()
    assert sum(taps.follow([t], [n]) for t, n in zip(t_s, force_n, strict=True)) == 1


@given(st.lists(st.integers(1, 30), min_size=1, max_size=20))
def test_it_does_not_matter_how_the_samples_come(cuts: list[int]) -> None:
    t_s, force_n = force(OFF, TAP, OFF, TAP, OFF)
    taps, seen = DoubleTap(), False
    edges = [0, *(edge for edge in accumulate(cuts) if edge < len(t_s)), len(t_s)]
    for start, end in pairwise(edges):
        seen = taps.follow(t_s[start:end], force_n[start:end]) or seen
    assert seen
