"""The local level follows what it is shown, says what it cannot know, and finds its variances."""

import numpy as np
import pytest

from tissuesense.analysis.course.local_level import local_level
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag


def _simulated(
    rng: np.random.Generator, n: int, irregular: float, level: float
) -> tuple[np.ndarray, np.ndarray]:
    truth = np.cumsum(rng.normal(0, level**0.5, n))
    return truth, truth + rng.normal(0, irregular**0.5, n)


def test_without_scatter_the_level_is_what_was_observed() -> None:
    fitted = local_level([3.0, 5.0, 4.0], 0.0, 1.0)
    assert fitted.level is not None
    np.testing.assert_allclose(fitted.level, [3, 5, 4])


def test_a_level_that_cannot_move_is_the_running_mean() -> None:
    fitted = local_level([3.0, 5.0, 7.0], 1.0, 0.0)
    assert fitted.filtered is not None
    assert fitted.level is not None
    np.testing.assert_allclose(fitted.filtered, [3, 4, 5])
    np.testing.assert_allclose(fitted.level, 5.0)
    assert fitted.level_sd is not None
    np.testing.assert_allclose(fitted.level_sd, 3**-0.5)


def test_what_was_never_observed_before_the_first_visit_stays_unknown_going_forward() -> None:
    fitted = local_level([np.nan, 4.0, 6.0], 1.0, 0.5)
    assert fitted.filtered is not None
    assert fitted.level is not None
    assert fitted.level_sd is not None
    assert np.isnan(fitted.filtered[0])
    assert fitted.level[0] == fitted.level[1]
    assert fitted.level_sd[0] > fitted.level_sd[1]


def test_a_missing_visit_and_a_longer_pause_are_the_same() -> None:
    missing = local_level([1.0, np.nan, np.nan, 2.0, 2.5], 0.3, 0.1)
    paused = local_level([1.0, 2.0, 2.5], 0.3, 0.1, time=[0, 3, 4])
    assert missing.loglik == pytest.approx(paused.loglik)
    assert missing.level is not None
    assert paused.level is not None
    np.testing.assert_allclose(missing.level[[0, 3, 4]], paused.level)


def test_the_likelihood_by_differences_is_that_of_the_filter() -> None:
    """The estimate is at the filter's own maximum: any step away from it is less likely."""
    rng = np.random.default_rng(4)
    _, y = _simulated(rng, 40, 1.0, 0.3)
    y[[5, 6, 20]] = np.nan
    time = np.cumsum(rng.uniform(0.5, 3.0, 40))
    best = local_level(y, time=time)
    assert best.loglik is not None
    assert best.sigma2_irregular is not None
    assert best.sigma2_level is not None
    for factor in (0.9, 1.1):
        for scaled in (
            (best.sigma2_irregular * factor, best.sigma2_level),
            (best.sigma2_irregular, best.sigma2_level * factor),
        ):
            nearby = local_level(y, *scaled, time=time).loglik
            assert nearby is not None
            assert nearby < best.loglik


@pytest.mark.parametrize("given", ["sigma2_irregular", "sigma2_level"])
def test_one_given_variance_stays_and_the_other_is_found(given: str) -> None:
    rng = np.random.default_rng(8)
    _, y = _simulated(rng, 400, 1.0, 0.25)
    truth = {"sigma2_irregular": 1.0, "sigma2_level": 0.25}
    fitted = local_level(y, **{given: truth[given]})
    assert getattr(fitted, given) == truth[given]
    (other,) = set(truth) - {given}
    assert getattr(fitted, other) == pytest.approx(truth[other], rel=0.4)


def test_variances_at_the_edge_are_exactly_zero() -> None:
    alternating = local_level(np.tile([1.0, 2.0], 20))
    assert alternating.sigma2_level == 0.0
    rising = local_level(np.arange(20.0))
    assert rising.sigma2_irregular == 0.0


@pytest.mark.parametrize("n", [5, 40, 200])
def test_even_visits_are_fitted_as_nearly_even_ones(n: int) -> None:
    """Sines, eigenvectors or, for long series, elimination: one likelihood."""
    rng = np.random.default_rng(n)
    y = rng.normal(0, 1, n).cumsum() + rng.normal(0, 2, n)
    uneven = np.arange(n) + 1e-6 * rng.random(n)
    even, nearly = local_level(y), local_level(y, time=uneven)
    assert even.loglik == pytest.approx(nearly.loglik, abs=1e-4)
    assert even.sigma2_irregular == pytest.approx(nearly.sigma2_irregular, rel=1e-3, abs=1e-6)
    assert even.sigma2_level == pytest.approx(nearly.sigma2_level, rel=1e-3, abs=1e-6)


def test_smoothed_intervals_cover_the_true_level() -> None:
    rng = np.random.default_rng(2)
    inside = []
    for _ in range(300):
        truth, y = _simulated(rng, 12, 0.0148, 0.0025)
        fitted = local_level(y, 0.0148, 0.0025)
        assert fitted.level is not None
        assert fitted.level_sd is not None
        inside.append(np.abs(fitted.level - truth) <= 1.96 * fitted.level_sd)
    assert 0.93 <= np.mean(inside) <= 0.97


@pytest.mark.parametrize("y", [[], [np.nan, np.nan], [1.0, 2.0, 3.0], [2.0, 2.0, 2.0, 2.0, 2.0]])
def test_too_little_to_estimate_from_is_said_and_not_guessed(y: list[float]) -> None:
    fitted = local_level(y)
    assert fitted.level is None
    assert fitted.loglik is None
    assert fitted.flags == (QualityFlag.TOO_FEW,)


def test_a_single_visit_with_known_variances_is_its_own_level() -> None:
    fitted = local_level([5.0], 2.0, 1.0)
    assert fitted.level is not None
    assert fitted.level_sd is not None
    assert (fitted.level[0], fitted.level_sd[0] ** 2) == (5.0, pytest.approx(2.0))
    assert fitted.loglik is None


@pytest.mark.parametrize(
    ("y", "options", "why"),
    [
        ([[1.0]], {}, "one-dimensional"),
        ([1.0, np.inf], {}, "infinite"),
        ([1.0, 2.0], {"sigma2_level": -1.0}, "sigma2_level"),
        ([1.0, 2.0], {"sigma2_irregular": 0.0, "sigma2_level": 0.0}, "both 0"),
        ([1.0, 2.0], {"time": [1.0, 1.0]}, "increase"),
        ([1.0, 2.0], {"time": [1.0]}, "time has 1"),
    ],
)
def test_a_wrong_call_is_refused(y: list[float], options: dict[str, object], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        local_level(y, **options)  # type: ignore[arg-type] # on purpose
