"""Tender points are counted on force, whatever the tip, and the count says how sure it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.sensory.at_least import AtLeast
from tissuesense.analysis.sensory.tender_points import LIMIT_N, POINTS_1990, tender_points
from tissuesense.core.errors import NoProbeArea, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

forces = st.lists(st.floats(5, 100), min_size=18, max_size=18)


def force(n: float, u: float = 0.5) -> Estimate:
    return Estimate(value=n, standard_uncertainty=u, unit="N")


def test_there_are_nine_points_on_each_side() -> None:
    assert len(set(POINTS_1990)) == 18


@given(newtons=forces)
def test_the_count_is_that_of_forces_up_to_4_kgf(newtons: list[float]) -> None:
    found = tender_points(dict(zip(POINTS_1990, map(force, newtons), strict=True)))

    assert found.count == sum(n <= LIMIT_N for n in newtons)
    assert found.n_measured == 18
    assert found.lowest <= found.count <= found.highest


@given(newtons=forces, area=st.floats(0.3, 3))
def test_a_count_from_pressures_is_the_same_on_every_tip(newtons: list[float], area: float) -> None:
    pressures = [force(n).scaled(10 / area, "kPa") for n in newtons]
    on_force = tender_points(dict(zip(POINTS_1990, map(force, newtons), strict=True)))
    on_pressure = tender_points(dict(zip(POINTS_1990, pressures, strict=True)), tip_area_cm2=area)

    assert on_pressure.count == on_force.count
    assert on_pressure.tip is not None
    assert on_force.tip is None


def test_exactly_4_kgf_counts() -> None:
    found = tender_points({("occiput", "left"): force(LIMIT_N)})

    assert (found.count, found.n_measured) == (1, 1)


def test_a_threshold_near_4_kgf_could_count_or_not() -> None:
    found = tender_points(
        {
            ("knee", "left"): force(LIMIT_N - 0.5, 1.0),
            ("knee", "right"): force(LIMIT_N + 0.5, 1.0),
            ("gluteal", "left"): force(20),
            ("gluteal", "right"): force(80),
        }
    )

    assert found.count == 2
    assert len(found.undecided) == 2
    assert (found.lowest, found.highest) == (1, 3 + 14)


def test_points_that_were_not_measured_are_named_and_counted_nowhere() -> None:
    unknown = NotEstimable(reason=QualityFlag.SLIP, detail="The tip slipped.")
    found = tender_points({("knee", "left"): force(20), ("knee", "right"): unknown})

    assert (found.count, found.n_measured, len(found.missing)) == (1, 1, 17)
    assert found.flags == (QualityFlag.MISSING_VALUES,)
    assert "1 of the 1 points measured (17 of 18 were not)" in found.verdict


@pytest.mark.parametrize(("reached_n", "measured"), [(100.0, 1), (39.3, 1), (30.0, 0)])
def test_a_press_to_the_limit_counts_as_not_tender_only_where_it_passed_4_kgf(
    reached_n: float, measured: int
) -> None:
    found = tender_points({("knee", "left"): AtLeast(bound=reached_n, unit="N")})

    assert (found.count, found.n_measured) == (0, measured)


def test_a_censored_pressure_is_turned_into_force() -> None:
    found = tender_points({("knee", "left"): AtLeast(bound=1000, unit="kPa")}, tip_area_cm2=0.3)

    assert found.n_measured == 0


def test_an_unsure_area_does_not_make_a_force_unsure() -> None:
    kpa = Estimate.from_budget(380, {"reading": 2.0, "probe area": 40.0}, unit="kPa")
    found = tender_points({("knee", "left"): kpa}, tip_area_cm2=1.0)

    assert found.undecided == ()


def test_the_verdict_gives_the_count_and_its_error_and_names_no_disease() -> None:
    found = tender_points({point: force(20) for point in POINTS_1990})

    assert found.verdict.startswith("18 of 18 points")
    assert "4 to 6 points" in found.verdict
    assert "fibromyalgia" not in found.verdict.lower()


def test_a_pressure_without_an_area_is_refused() -> None:
    with pytest.raises(NoProbeArea):
        tender_points({("knee", "left"): force(20).scaled(10, "kPa")})


@pytest.mark.parametrize(
    ("point", "value"),
    [
        (("elbow", "left"), force(20)),
        (("knee", "midline"), force(20)),
        (("knee", "nowhere"), force(20)),
        (("knee", "left"), force(20).scaled(0.1, "kgf")),
    ],
)
def test_a_wrong_call_is_named(point: tuple[str, str], value: Estimate) -> None:
    with pytest.raises(UsageError):
        tender_points({point: value})
