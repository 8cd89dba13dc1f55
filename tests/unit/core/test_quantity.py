"""A value carries its uncertainty by the rules of the GUM; what cannot be known is said."""

import math

import pytest

from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, coverage_factor, quantity_json

# A session of three presses at 300 kPa, read at the peak, 50 kPa/s, 80 Hz; worked by hand.
P_KPA = 300.0
BUDGET = {
    "calibration": 0.01 * P_KPA / math.sqrt(3),
    "resolution": 0.5 / math.sqrt(12),
    "unloaded level": 0.50,
    "tip": 2 * (0.05 / 11.284) * P_KPA / math.sqrt(3),
    "tilt": P_KPA * (1 - math.cos(math.radians(10))) / math.sqrt(3),
    "reaction time": 50 * 0.1,
    "sampling": 50 / 80 / 2 / math.sqrt(3),
    "repeatability": 36 / math.sqrt(3),
}


@pytest.fixture
def session() -> Estimate:
    return Estimate.from_budget(P_KPA, BUDGET, unit="kPa", dof={"repeatability": 2})


def test_the_worked_budget_combines_as_on_paper(session: Estimate) -> None:
    assert session.standard_uncertainty == pytest.approx(21.67, abs=0.01)
    assert session.dof == pytest.approx(2.363, abs=0.001)


def test_the_worked_budget_has_its_expanded_uncertainty(session: Estimate) -> None:
    low, high = session.coverage_interval()
    assert (high - low) / 2 == pytest.approx(80.77, abs=0.01)
    assert (high + low) / 2 == pytest.approx(P_KPA)


def test_the_budget_is_kept_and_cannot_be_changed(session: Estimate) -> None:
    assert dict(session.budget) == BUDGET
    with pytest.raises(TypeError):
        session.budget["tilt"] = 0.0  # type: ignore[index]  # that is the claim


def test_a_budget_that_changes_later_does_not_change_the_estimate() -> None:
    budget = {"reading": 1.0}
    estimate = Estimate.from_budget(5.0, budget, unit="N")
    budget["reading"] = 9.0
    assert estimate.budget["reading"] == 1.0


def test_a_budget_known_exactly_has_endless_degrees_of_freedom() -> None:
    assert Estimate.from_budget(1.0, {"a": 3.0, "b": 4.0}, unit="N").standard_uncertainty == 5.0
    assert Estimate.from_budget(1.0, {"a": 3.0}, unit="N").dof == math.inf
    assert Estimate.from_budget(1.0, {"a": 3.0}, unit="N", dof={"a": math.inf}).dof == math.inf


def test_a_source_that_contributes_nothing_limits_no_degrees_of_freedom() -> None:
    estimate = Estimate.from_budget(1.0, {"a": 0.0, "b": 1.0}, unit="N", dof={"a": 2})
    assert estimate.dof == math.inf


def test_an_empty_budget_is_no_uncertainty() -> None:
    estimate = Estimate.from_budget(1.0, {}, unit="N")
    assert estimate.coverage_interval() == (1.0, 1.0)


@pytest.mark.parametrize(
    ("dof", "level", "factor"),
    [
        (2, 0.95, 4.3027),
        (1, 0.95, 12.7062),
        (9, 0.95, 2.2622),
        (math.inf, 0.95, 1.9600),
        (math.inf, 0.99, 2.5758),
        (2, 0.6827, 1.321),
    ],
)
def test_coverage_factors_are_those_of_the_printed_tables(
    dof: float, level: float, factor: float
) -> None:
    assert coverage_factor(dof, level) == pytest.approx(factor, abs=6e-4)


def test_an_interval_of_order_statistics_replaces_the_symmetric_one() -> None:
    slope = Estimate(value=4.0, standard_uncertainty=0.2, unit="1", interval95=(3.7, 4.4))
    assert slope.coverage_interval() == (3.7, 4.4)
    low, high = slope.coverage_interval(0.99)
    assert (low, high) == pytest.approx((4 - 2.5758 * 0.2, 4 + 2.5758 * 0.2), abs=1e-4)


@pytest.mark.parametrize("factor", [10.0, -0.5])
def test_scaling_changes_value_uncertainty_budget_and_interval_alike(factor: float) -> None:
    estimate = Estimate(
        value=4.0,
        standard_uncertainty=0.2,
        unit="N",
        dof=7.0,
        budget={"reading": 0.2},
        interval95=(3.7, 4.4),
    )
    scaled = estimate.scaled(factor, "kPa")
    assert scaled.value == 4.0 * factor
    assert scaled.standard_uncertainty == pytest.approx(0.2 * abs(factor))
    assert scaled.budget["reading"] == pytest.approx(0.2 * abs(factor))
    assert scaled.interval95 == tuple(sorted((3.7 * factor, 4.4 * factor)))
    assert (scaled.unit, scaled.dof) == ("kPa", 7.0)


def test_scaling_leaves_a_symmetric_interval_symmetric() -> None:
    assert Estimate(value=1.0, standard_uncertainty=0.1, unit="N").scaled(2, "N").interval95 is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_an_estimate_is_finite(value: float) -> None:
    with pytest.raises(UsageError, match="finite"):
        Estimate(value=value, standard_uncertainty=0.0, unit="N")


@pytest.mark.parametrize("u", [math.nan, math.inf, -0.1])
def test_an_uncertainty_is_finite_and_not_negative(u: float) -> None:
    with pytest.raises(UsageError, match="standard uncertainty"):
        Estimate(value=1.0, standard_uncertainty=u, unit="N")


@pytest.mark.parametrize("dof", [0.0, -1.0, math.nan])
def test_degrees_of_freedom_are_positive(dof: float) -> None:
    with pytest.raises(UsageError, match="Degrees of freedom"):
        Estimate(value=1.0, standard_uncertainty=0.1, unit="N", dof=dof)


def test_a_quantity_is_written_with_its_uncertainty_and_interval() -> None:
    written = quantity_json(Estimate(value=2.0, standard_uncertainty=1.0, unit="N", dof=2))
    assert written is not None
    assert set(written) == {"value", "u", "ci95"}
    assert (written["value"], written["u"]) == (2.0, 1.0)
    assert written["ci95"] == pytest.approx([2 - 4.3027, 2 + 4.3027], abs=1e-4)


def test_a_program_reads_a_quantity_by_the_names_that_are_written() -> None:
    measured = Estimate(value=2.0, standard_uncertainty=1.0, unit="N", interval95=(0.5, 5.0))
    assert measured.to_dict() == {
        "value": measured.value,
        "u": measured.u,
        "ci95": list(measured.ci95),
    }


def test_what_could_not_be_estimated_is_written_as_null() -> None:
    refused = NotEstimable(reason=QualityFlag.TOO_FEW, detail="Press again.")
    assert quantity_json(refused) is None
    assert quantity_json(None) is None
