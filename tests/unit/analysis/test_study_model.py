"""A study's slope and its scatter come out in the unit of the data, with intervals that hold."""

import math
import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import tissuesense as ts
from tissuesense.core.errors import MissingExtraError, UsageError
from tissuesense.core.quality import QualityFlag

Table = dict[str, NDArray[Any]]
SLOPE = 0.03


def study(
    seed: int, *, persons: int = 40, sessions: int = 6, trials: int = 3, slope_sd: float = 0.01
) -> Table:
    """Draw ln y = 5.6 + person .30 + (.03 + person's slope) session + session .10 + press .12."""
    rng = np.random.default_rng(seed)
    y = (
        rng.normal(5.6, 0.30, (persons, 1, 1))
        + rng.normal(SLOPE, slope_sd, (persons, 1, 1)) * np.arange(sessions)[:, None]
        + rng.normal(0, 0.10, (persons, sessions, 1))
        + rng.normal(0, 0.12, (persons, sessions, trials))
    )
    person, session, _ = np.indices(y.shape)
    return {"person": person.ravel(), "session": session.ravel(), "kpa": np.exp(y).ravel()}


@pytest.fixture(scope="module")
def fitted() -> ts.trend.StudyModel:
    return ts.trend.study_model(study(37))


def test_forty_persons_six_sessions_three_presses(fitted: ts.trend.StudyModel) -> None:
    assert fitted.fixed["session"].value == pytest.approx(SLOPE, abs=0.01)
    assert fitted.sd["trial"] == pytest.approx(0.12, abs=0.01)
    assert fitted.sd["session"] == pytest.approx(0.10, abs=0.02)
    assert fitted.sd["person"] == pytest.approx(0.30, abs=0.08)
    assert fitted.sd["slope"] < 0.03
    assert (fitted.n_persons, fitted.n_sessions, fitted.n_trials) == (40, 240, 720)


def test_it_says_what_was_found_and_how(fitted: ts.trend.StudyModel) -> None:
    percent = fitted.percent("session")
    low, high = percent.ci95
    assert percent.value == pytest.approx(100 * math.expm1(fitted.fixed["session"].value))
    assert low < percent.value < high
    assert fitted.sentence().startswith("A unit of session changes the value by +")
    assert "restricted maximum likelihood" in fitted.sentence()
    assert fitted.flags == ()


def test_scatter_is_in_the_unit_of_the_data_and_no_multiple_of_the_residual() -> None:
    """Twice the scatter of presses leaves that of persons and sessions where it was."""
    table = study(3, slope_sd=0.0)
    rng = np.random.default_rng(4)
    noisy = table | {"kpa": table["kpa"] * np.exp(rng.normal(0, 0.208, table["kpa"].size))}
    plain, found = (ts.trend.study_model(t, random_slope=False) for t in (table, noisy))
    assert found.sd["trial"] == pytest.approx(0.24, abs=0.02)
    assert found.sd["person"] == pytest.approx(plain.sd["person"], abs=0.02)
    assert found.sd["session"] == pytest.approx(plain.sd["session"], abs=0.04)


def test_balanced_it_is_the_analysis_of_variance() -> None:
    table = study(8, persons=15, sessions=3)
    found = ts.trend.study_model(table, fixed="1", random_slope=False)
    scores = np.log(table["kpa"]).reshape(15, 3, 3)
    components = ts.reliability.variance_components(scores)
    for name in ("person", "session", "trial"):
        assert found.sd[name] == pytest.approx(math.sqrt(getattr(components, name)), abs=1e-4)


def test_the_unit_of_the_values_moves_the_intercept_alone() -> None:
    table = study(9, persons=12, sessions=3, trials=2)
    pascal = table | {"kpa": 1000 * table["kpa"]}
    a, b = (ts.trend.study_model(t) for t in (table, pascal))
    assert b.fixed["session"].value == pytest.approx(a.fixed["session"].value, abs=1e-6)
    assert b.fixed["Intercept"].value - a.fixed["Intercept"].value == pytest.approx(
        math.log(1000), abs=1e-6
    )
    assert b.sd["person"] == pytest.approx(a.sd["person"], abs=1e-3)


def test_groups_and_sites_are_told_apart() -> None:
    rng = np.random.default_rng(6)
    person, session, site, _ = np.indices((20, 3, 2, 2))
    treated = person >= 10
    y = (
        5.6
        + rng.normal(0, 0.3, (20, 1, 1, 1))
        + rng.normal(0, 0.15, (20, 1, 2, 1))
        + rng.normal(0, 0.08, (20, 3, 1, 1))
        + 0.15 * treated * session
        + rng.normal(0, 0.12, person.shape)
    )
    table = {
        "person": person.ravel(),
        "session": session.ravel(),
        "site": np.array(["neck", "shin"])[site.ravel()],
        "group": np.array(["control", "massage"])[treated.ravel().astype(int)],
        "kpa": np.exp(y).ravel(),
    }
    found = ts.trend.study_model(table, fixed="group * session + site", within=("site",))
    effect = "group[T.massage]:session"
    assert found.fixed[effect].value == pytest.approx(0.15, abs=0.05)
    assert found.sd["site"] == pytest.approx(0.15, abs=0.08)
    assert effect in found.sentence(effect)


def test_presses_that_are_missing_are_left_out() -> None:
    table = study(10, persons=12, sessions=3, trials=2)
    table["kpa"][::7] = np.nan
    found = ts.trend.study_model(table)
    assert found.n_trials == np.isfinite(table["kpa"]).sum()


def test_no_change_is_not_sold_as_one() -> None:
    table = study(11, persons=6, sessions=2, trials=2)
    rng = np.random.default_rng(1)
    table["kpa"] = rng.permutation(table["kpa"])
    assert "cannot be told from no change" in ts.trend.study_model(table).sentence()


def test_a_fit_that_did_not_converge_claims_nothing(fitted: ts.trend.StudyModel) -> None:
    from dataclasses import replace

    said = replace(fitted, flags=(QualityFlag.POOR_FIT,)).sentence()
    assert said.startswith("The fit did not converge; nothing is claimed")


@pytest.mark.slow
@pytest.mark.timeout(400)  # 45 s alone on a processor
def test_its_intervals_hold_the_truth() -> None:
    """500 studies of 12 persons, 3 sessions, 2 presses: 92 to 98 %."""
    held = 0
    for seed in range(500):
        found = ts.trend.study_model(study(seed, persons=12, sessions=3, trials=2))
        low, high = found.fixed["session"].ci95
        held += low <= SLOPE <= high
    assert 0.92 <= held / 500 <= 0.98


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"kpa": None}, "no column 'kpa'"),
        ({"kpa": np.full(720, -1.0)}, "must be positive"),
        ({"person": np.zeros(3)}, "'person' is not as long"),
        ({"person": np.zeros(720)}, "3 persons or more"),
    ],
)
def test_what_is_no_study_is_refused(change: dict[str, Any], why: str) -> None:
    table = {k: v for k, v in (study(1) | change).items() if v is not None}
    with pytest.raises(UsageError, match=why):
        ts.trend.study_model(table)


def test_a_formula_that_does_not_fit_is_refused_and_an_effect_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="cannot be fitted"):
        ts.trend.study_model(study(1), fixed="dose")
    found = ts.trend.study_model(study(1, persons=5, sessions=2, trials=2))
    with pytest.raises(UsageError, match="no fixed term 'dose'"):
        found.percent("dose")


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "statsmodels.regression.mixed_linear_model", None)
    with pytest.raises(MissingExtraError, match=r"A mixed model of a study needs .* 'stats'"):
        ts.trend.study_model(study(1))
