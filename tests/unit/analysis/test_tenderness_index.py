"""An index over sites knows that their errors go together, and is refused over other sites."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.sensory.tenderness_index import (
    LogNorm,
    between_site_correlation,
    tenderness_index,
)
from tissuesense.analysis.sensory.widespread_index import widespread_index
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

NORM = LogNorm(mean_ln=math.log(300), sd_ln=0.4, source="invented")
LOST = NotEstimable(reason=QualityFlag.TOO_FEW, detail="Too few presses.")

kilopascals = st.floats(50, 900)


def of(kpa: float, u_ln: float = 0.1) -> Estimate:
    return Estimate(value=kpa, standard_uncertainty=u_ln * kpa, unit="kPa")


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


@given(values=st.lists(kilopascals, min_size=2, max_size=9))
def test_the_index_is_the_geometric_mean(values: list[float]) -> None:
    sites = {f"site {i}": of(kpa) for i, kpa in enumerate(values)}
    found = tenderness_index(sites, correlation=0.5)

    assert known(found.mean_ln).value == pytest.approx(np.mean(np.log(values)))
    assert known(found.geometric_mean_kpa).value == pytest.approx(np.exp(np.mean(np.log(values))))


@pytest.mark.parametrize(
    ("correlation", "u"), [(0.0, 0.1 / 2), (1.0, 0.1), (0.5, 0.1 * math.sqrt(0.5 / 4 + 0.5))]
)
def test_errors_that_go_together_do_not_average_out(correlation: float, u: float) -> None:
    found = tenderness_index({f"s{i}": of(300) for i in range(4)}, correlation=correlation)

    assert known(found.mean_ln).u == pytest.approx(u)


def test_the_variance_is_the_written_sum_over_pairs() -> None:
    u, r = np.array([0.05, 0.1, 0.2]), 0.3
    sites = {f"s{i}": of(300, each) for i, each in enumerate(u)}
    pairs = r * (u.sum() ** 2 - (u**2).sum())

    found = tenderness_index(sites, correlation=r)
    assert known(found.mean_ln).u ** 2 == pytest.approx(((u**2).sum() + pairs) / 9)


def test_low_thresholds_are_more_sensitive_than_usual() -> None:
    sites = {"a": of(300 * math.exp(-0.4)), "b": of(300 * math.exp(-0.8))}
    found = tenderness_index(sites, correlation=0.5, norms={"a": NORM, "b": NORM})

    assert known(found.mean_z).value == pytest.approx(1.5)
    assert known(found.mean_z).u == pytest.approx(known(found.mean_ln).u / 0.4)
    assert "1.5 sd more sensitive" in found.verdict


def test_a_norm_for_some_sites_is_no_norm_for_the_index() -> None:
    found = tenderness_index({"a": of(300), "b": of(250)}, correlation=0.5, norms={"a": NORM})

    assert isinstance(found.mean_z, NotEstimable)
    assert isinstance(found.mean_ln, Estimate)


def test_a_site_that_was_not_measured_refuses_the_index() -> None:
    found = tenderness_index({"neck": of(300), "shin": LOST}, correlation=0.5)

    assert isinstance(found.mean_ln, NotEstimable)
    assert found.flags == (QualityFlag.MISSING_VALUES,)
    assert "shin" in found.verdict


def test_single_readings_are_averaged_first() -> None:
    found = tenderness_index({"a": [280, 300, 320], "b": [290, 300, 310]}, correlation=0.5)

    assert known(found.geometric_mean_kpa).value == pytest.approx(300)


def test_sites_that_move_together_correlate() -> None:
    rng = np.random.default_rng(2)
    day, own = rng.normal(0, 0.6**0.5, (400, 1)), rng.normal(0, 0.4**0.5, (400, 5))

    assert between_site_correlation(300 * np.exp(0.1 * (day + own))) == pytest.approx(0.6, abs=0.06)


@given(local=kilopascals, remote=kilopascals)
def test_local_less_remote_is_even(local: float, remote: float) -> None:
    there, back = widespread_index(of(local), of(remote)), widespread_index(of(remote), of(local))

    assert known(there.local_minus_remote).value == pytest.approx(math.log(local / remote))
    assert known(back.local_minus_remote).value == pytest.approx(
        -known(there.local_minus_remote).value
    )


def test_a_remote_site_is_set_against_its_norm() -> None:
    found = widespread_index(of(150), of(200), remote_norm=NORM)

    assert known(found.remote_z).value == pytest.approx(math.log(1.5) / 0.4)
    assert isinstance(found.local_z, NotEstimable)
    assert "75 % of the remote one" in found.verdict


def test_a_remote_site_that_was_not_measured_leaves_nothing_to_compare() -> None:
    found = widespread_index(of(150), LOST)

    assert found.verdict == LOST.detail
    assert found.flags == (QualityFlag.TOO_FEW,)


@pytest.mark.parametrize("correlation", [-0.1, 1.1, math.nan])
def test_a_correlation_lies_from_0_to_1(correlation: float) -> None:
    with pytest.raises(UsageError, match="correlation"):
        tenderness_index({"a": of(1), "b": of(2)}, correlation=correlation)


@pytest.mark.parametrize("table", [[[1, 2]], [1, 2, 3], [[1, 0]] * 3, [[1, 2]] * 3])
def test_a_table_that_tells_no_correlation_is_refused(table: list[list[float]]) -> None:
    with pytest.raises(UsageError):
        between_site_correlation(table)


def test_one_site_is_no_index() -> None:
    with pytest.raises(UsageError, match="two sites"):
        tenderness_index({"a": of(300)}, correlation=0.5)


def test_a_threshold_of_0_is_refused() -> None:
    with pytest.raises(UsageError, match="positive"):
        tenderness_index({"a": [0, 0], "b": of(300)}, correlation=0.5)


def test_a_norm_scatters() -> None:
    with pytest.raises(UsageError):
        LogNorm(mean_ln=5.7, sd_ln=0, source="invented")
