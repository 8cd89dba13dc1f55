"""A budget names its sources, weighs them, and says in words which one rules.

The worked budget is that of one session value: 300 kPa, three presses at 50 kPa/s on a 1 cm2 tip.
"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.pain.budget import (
    peak_sampling_u,
    reaction_u,
    rectangular_u,
    resolution_u,
    tilt_u,
    tip_diameter_u,
    uncertainty_budget,
)
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate

KPA = 300.0
WORKED = {
    "calibration": rectangular_u(0.01 * KPA),
    "resolution": resolution_u(0.5),
    "unloaded level": 0.50,
    "probe area": tip_diameter_u(KPA, diameter_mm=11.284, half_width_mm=0.05),
    "tilt": tilt_u(KPA, most_deg=10.0),
    "reaction time": reaction_u(50.0, latency_sd_s=0.1),
    "peak sampling": peak_sampling_u(50.0, step_s=1 / 80),
    "repeatability": 0.12 * KPA / math.sqrt(3),
}


def worked(dof: float = 2.0) -> Estimate:
    return Estimate.from_budget(KPA, WORKED, unit="kPa", dof={"repeatability": dof})


@pytest.mark.parametrize(
    ("source", "u_kpa"),
    [
        ("calibration", 1.73),
        ("resolution", 0.14),
        ("probe area", 1.53),
        ("tilt", 2.63),
        ("reaction time", 5.00),
        ("peak sampling", 0.18),
        ("repeatability", 20.78),
    ],
)
def test_each_source_of_the_worked_budget(source: str, u_kpa: float) -> None:
    assert WORKED[source] == pytest.approx(u_kpa, abs=0.005)


def test_the_worked_budget_as_a_whole() -> None:
    budget = uncertainty_budget(worked(), {"repeatability": 2.0})
    assert budget.u == pytest.approx(21.67, abs=0.01)
    assert 2 * budget.u == pytest.approx(43.34, abs=0.01)
    assert budget.dof == pytest.approx(2.363, abs=0.01)
    assert budget.expanded == pytest.approx(80.77, abs=0.01)
    assert budget.contributions[0].source == "repeatability"
    assert budget.contributions[0].dof == 2.0


def test_with_scatter_known_from_many_visits_the_interval_is_half_as_wide() -> None:
    """With twenty degrees of freedom or more the worked example says about 45 kPa."""
    assert uncertainty_budget(worked(dof=20.0)).expanded == pytest.approx(45, abs=0.5)


def test_the_degrees_of_freedom_of_repeatability_are_found_from_the_effective_ones() -> None:
    (first, *others) = uncertainty_budget(worked()).contributions
    assert first.dof == pytest.approx(2.0)
    assert all(math.isinf(other.dof) for other in others)


def test_it_says_which_source_rules_and_what_would_help() -> None:
    said = uncertainty_budget(worked()).sentence
    assert said.startswith("92 % of the variance comes from how the presses differ")
    assert "3.7 times u" in said
    assert "press more often" in said
    slow = Estimate.from_budget(KPA, {"reaction time": 5.0, "tilt": 1.0}, unit="kPa")
    assert "reaction time" in uncertainty_budget(slow).sentence
    assert "times u" not in uncertainty_budget(slow).sentence
    other = Estimate.from_budget(KPA, {"tilt": 1.0}, unit="kPa")
    assert uncertainty_budget(other).sentence == "100 % of the variance comes from the tilt."
    nothing = Estimate(value=KPA, standard_uncertainty=0.0, unit="kPa")
    assert uncertainty_budget(nothing).sentence == "No source of uncertainty is known."


@given(
    st.dictionaries(
        st.sampled_from(["repeatability", "calibration", "tilt", "probe area"]),
        st.floats(0.01, 100),
        min_size=1,
    ),
    st.floats(1, 50),
)
def test_shares_add_up_and_fall(sources: dict[str, float], dof: float) -> None:
    known = {"repeatability": dof} if "repeatability" in sources else {}
    budget = uncertainty_budget(Estimate.from_budget(KPA, sources, unit="kPa", dof=known))
    shares = [c.share for c in budget.contributions]
    assert sum(shares) == pytest.approx(1.0)
    assert shares == sorted(shares, reverse=True)
    assert budget.expanded >= budget.u * 1.959


def test_a_budget_is_written_as_plain_data() -> None:
    written = uncertainty_budget(worked()).to_dict()
    assert [row["source"] for row in written["sources"]][:2] == ["repeatability", "reaction time"]
    assert written["sources"][1]["dof"] is None
    assert written["expanded95"] == pytest.approx(80.77, abs=0.01)


@pytest.mark.parametrize("bad", [-0.1, math.inf, math.nan])
def test_an_impossible_amount_is_refused(bad: float) -> None:
    with pytest.raises(UsageError, match="most_deg"):
        tilt_u(KPA, most_deg=bad)
    with pytest.raises(UsageError, match="half_width"):
        rectangular_u(bad)
