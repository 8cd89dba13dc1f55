"""Persons, days and presses are told apart, and what follows from each is what simulation gives."""

import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import tissuesense as ts
from tissuesense.analysis.agreement.measurement_error import minimal_detectable_change
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import MissingExtraError, UsageError

# Of the natural logarithm: usual scatter of thresholds between sessions and between trials.
SESSION, TRIAL, TRIALS = 0.01, 0.0144, 3
USUAL = ts.reliability.VarianceComponents(person=0.09, session=SESSION, trial=TRIAL)


def simulated(rng: np.random.Generator, persons: int, sessions: int, trials: int) -> FloatArray:
    """Draw scores with the variances of `USUAL`."""
    return (
        rng.normal(5.6, math.sqrt(USUAL.person), (persons, 1, 1))
        + rng.normal(0, math.sqrt(SESSION), (persons, sessions, 1))
        + rng.normal(0, math.sqrt(TRIAL), (persons, sessions, trials))
    )


def test_lumbar_presses_of_liew_2021() -> None:
    """Printed: 222.28 N2 between subjects are 70.1 %, the ICC of single presses is 0.73."""
    total = 222.28 / 0.701
    assert total == pytest.approx(317.09, abs=0.005)
    sem = ts.reliability.sem_from_icc(math.sqrt(total), 0.73)
    assert sem == pytest.approx(9.253, abs=5e-4)
    assert 10 * minimal_detectable_change(sem) == pytest.approx(256.5, abs=0.05)  # kPa on 1 cm2
    found = ts.reliability.VarianceComponents(
        person=222.28, session=4.83, trial=total - 222.28 - 4.83
    )
    assert found.shares["person"] == pytest.approx(0.701, abs=5e-4)
    assert found.shares["session"] == pytest.approx(0.015, abs=5e-4)


def test_the_usual_scatter_of_a_mean_of_three_presses() -> None:
    assert USUAL.sem_between_sessions(TRIALS) == pytest.approx(0.1217, abs=1e-4)
    assert math.exp(USUAL.mdc95_between_sessions(TRIALS)) == pytest.approx(1.4010, abs=1e-4)
    assert USUAL.sem_within_session(TRIALS) == pytest.approx(0.12 / math.sqrt(3))


def test_one_stable_person_in_twenty_exceeds_the_detectable_change() -> None:
    change = np.diff(simulated(np.random.default_rng(35), 20_000, 2, TRIALS).mean(axis=2))
    share = np.mean(np.abs(change) > USUAL.mdc95_between_sessions(TRIALS))
    assert share == pytest.approx(0.05, abs=0.005)


def test_a_change_as_large_as_the_detectable_one_is_seen_half_the_time() -> None:
    limit = USUAL.mdc95_between_sessions(TRIALS)
    noise = np.diff(simulated(np.random.default_rng(36), 20_000, 2, TRIALS).mean(axis=2))
    share = np.mean(np.abs(noise + math.log(1.40)) > limit)
    assert share == pytest.approx(0.50, abs=0.02)
    sem = USUAL.sem_between_sessions(TRIALS)
    assert ts.reliability.chance_to_detect(math.log(1.40), sem) == pytest.approx(0.499, abs=2e-3)
    assert ts.reliability.chance_to_detect(0.0, sem) == pytest.approx(0.05)


def test_the_components_of_a_large_table_are_the_true_ones() -> None:
    found = ts.reliability.variance_components(simulated(np.random.default_rng(1), 4000, 3, 3))
    assert found.method == "ANOVA"
    assert found.person == pytest.approx(USUAL.person, rel=0.08)
    assert found.session == pytest.approx(SESSION, rel=0.08)
    assert found.trial == pytest.approx(TRIAL, rel=0.03)


def test_of_one_trial_a_session_and_pairs_of_sessions_it_is_the_one_way_icc() -> None:
    """Averaging the trials first leaves the table that the one-way form is of."""
    scores = simulated(np.random.default_rng(2), 30, 2, TRIALS)
    found = ts.reliability.variance_components(scores)
    one_way = ts.reliability.icc(scores.mean(axis=2)).icc1
    assert found.icc_between_sessions(TRIALS) == pytest.approx(one_way.value)


@pytest.mark.parametrize("seed", range(4))
def test_the_two_ways_agree_where_both_apply(seed: int) -> None:
    """A table too unbalanced by one missing person is balanced without that person."""
    scores = simulated(np.random.default_rng(seed), 12, 3, 2)
    balanced = ts.reliability.variance_components(scores)
    empty_row = np.concatenate([scores, np.full((1, 3, 2), np.nan)])
    by_reml = ts.reliability.variance_components(empty_row)
    assert (balanced.method, by_reml.method) == ("ANOVA", "REML")
    for name in ("person", "session", "trial"):
        assert getattr(by_reml, name) == pytest.approx(getattr(balanced, name), abs=2e-5), name
    assert by_reml.mean == pytest.approx(balanced.mean)


def test_missing_presses_at_random_do_not_move_the_components() -> None:
    rng = np.random.default_rng(5)
    scores = simulated(rng, 60, 3, 3)
    holed = np.where(rng.random(scores.shape) < 0.15, np.nan, scores)
    whole, found = (ts.reliability.variance_components(s) for s in (scores, holed))
    assert found.trial == pytest.approx(whole.trial, rel=0.1)
    assert found.session == pytest.approx(whole.session, abs=0.003)
    assert found.person == pytest.approx(whole.person, rel=0.1)


def test_without_the_extra_a_table_with_holes_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = simulated(np.random.default_rng(1), 5, 2, 2)
    scores[0, 0, 0] = np.nan
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)
    with pytest.raises(MissingExtraError, match="needs the optional part 'stats'") as caught:
        ts.reliability.variance_components(scores)
    assert caught.value.hint == "Install it with: pip install 'tissuesense[stats]'"


TABLES = arrays(np.float64, (4, 3, 2), elements=st.floats(-10, 10).map(lambda x: round(x, 3)))


@given(scores=TABLES, shift=st.floats(-50, 50), factor=st.floats(0.1, 10))
def test_components_follow_the_scale_and_not_the_zero(
    scores: FloatArray, shift: float, factor: float
) -> None:
    plain = ts.reliability.variance_components(scores)
    moved = ts.reliability.variance_components(factor * (scores + shift))
    for name in ("person", "session", "trial"):
        assert getattr(moved, name) == pytest.approx(
            factor**2 * getattr(plain, name), rel=1e-6, abs=1e-7
        )


@given(scores=TABLES)
def test_no_component_is_negative_and_no_scatter_is_lost(scores: FloatArray) -> None:
    """Pooling strata keeps the total sum of squares."""
    found = ts.reliability.variance_components(scores)
    persons, sessions, trials = scores.shape
    strata = [
        found.trial,
        found.trial + trials * found.session,
        found.trial + trials * found.session + sessions * trials * found.person,
    ]
    degrees = [persons * sessions * (trials - 1), persons * (sessions - 1), persons - 1]
    assert min(found.person, found.session, found.trial) >= 0
    assert np.dot(strata, degrees) == pytest.approx(np.square(scores - scores.mean()).sum())


@given(a=st.floats(0, 10), b=st.floats(0, 10), c=st.floats(0.01, 10), k=st.integers(1, 9))
def test_more_presses_are_never_worse_and_a_day_never_helps(
    a: float, b: float, c: float, k: int
) -> None:
    found = ts.reliability.VarianceComponents(person=a, session=b, trial=c)
    between = [found.icc_between_sessions(n) or 0.0 for n in (k, k + 1)]
    within = [found.icc_within_session(n) or 0.0 for n in (k, k + 1)]
    assert between[0] <= between[1] + 1e-12
    assert between[0] <= within[0] + 1e-12
    assert found.sem_within_session(k) <= found.sem_between_sessions(k)
    assert sum(found.shares.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        ([[1.0, 2.0], [3.0, 4.0]], r"not \(2, 2\)"),
        ([[[1.0], [2.0]], [[3.0], [4.0]]], "two or more of each"),
        ([[[1.0, np.inf], [2.0, 3.0]]] * 2, "infinite"),
        ([[[1.0, np.nan], [2.0, np.nan]]] * 2, "Too many scores are missing"),
        ([[["x", "y"], ["z", "w"]]] * 2, "not a table of numbers"),
    ],
)
def test_what_is_no_such_table_is_refused(scores: object, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        ts.reliability.variance_components(scores)  # type: ignore[arg-type] # wrong on purpose


def test_a_mean_of_no_presses_and_a_negative_variance_are_refused() -> None:
    with pytest.raises(UsageError, match="one trial or more"):
        USUAL.sem_between_sessions(0)
    with pytest.raises(UsageError, match="session is -1"):
        ts.reliability.VarianceComponents(person=1.0, session=-1.0, trial=1.0)
