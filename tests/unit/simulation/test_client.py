"""Claim: simulated clients react with the stated latencies and vary as much as they are said to."""

import numpy as np
import pytest

from tissuesense.core.recording import LATENCY_BY_RELEASE, LATENCY_WITH_MARKER
from tissuesense.simulation.client import Client, Reaction


def reactions(
    count: int, *, with_button: bool, lateness: float | None = None, spread_ln: float = 0.1
) -> list[Reaction]:
    """React once each as `count` persons, or always as the one of a given lateness."""
    rng = np.random.default_rng(7)
    persons = rng.standard_normal(count) if lateness is None else np.full(count, lateness)
    return [
        Client(threshold_kpa=300.0, spread_ln=spread_ln, lateness=float(late)).reaction(
            with_button=with_button, rng=rng
        )
        for late in persons
    ]


def test_a_button_is_pressed_with_the_stated_latency() -> None:
    button_s = [r.button_s for r in reactions(4000, with_button=True) if r.button_s is not None]
    assert len(button_s) == 4000
    assert np.mean(button_s) == pytest.approx(LATENCY_WITH_MARKER.mean_s, abs=0.01)
    assert np.std(button_s) == pytest.approx(LATENCY_WITH_MARKER.sd_s, rel=0.06)


def test_without_a_button_the_hand_leaves_with_the_stated_latency() -> None:
    drawn = reactions(4000, with_button=False)
    release_s = [r.release_s for r in drawn]
    assert all(r.button_s is None for r in drawn)
    assert np.mean(release_s) == pytest.approx(LATENCY_BY_RELEASE.mean_s, abs=0.01)
    assert np.std(release_s) == pytest.approx(LATENCY_BY_RELEASE.sd_s, rel=0.06)


def test_one_person_varies_less_than_people_differ() -> None:
    button_s = [r.button_s for r in reactions(4000, with_button=True, lateness=1.0)]
    one = np.std(np.array(button_s, dtype=float))
    assert one < 0.6 * LATENCY_WITH_MARKER.sd_s


def test_the_tester_lets_go_after_the_button() -> None:
    for reaction in reactions(500, with_button=True):
        assert reaction.button_s is not None
        assert reaction.release_s - reaction.button_s >= 0.12


def test_nobody_reacts_before_anybody_could() -> None:
    eager = reactions(500, with_button=True, lateness=-5.0)
    assert min(r.button_s for r in eager if r.button_s is not None) == 0.12


def test_thresholds_spread_around_their_median() -> None:
    drawn = reactions(4000, with_button=True, spread_ln=0.12)
    logs = np.log([r.latent_threshold_kpa / 300.0 for r in drawn])
    assert np.median(logs) == pytest.approx(0.0, abs=0.01)
    assert np.std(logs) == pytest.approx(0.12, rel=0.05)


def test_the_button_does_not_change_what_is_felt() -> None:
    with_button, without = (reactions(50, with_button=b) for b in (True, False))
    felt = [[r.latent_threshold_kpa for r in drawn] for drawn in (with_button, without)]
    assert felt[0] == felt[1]
