"""What goes beyond the threshold gives, to the digit, what its formulas give by hand."""

import pytest

import tissuesense as ts
from tissuesense.core.errors import NoProbeArea
from tissuesense.core.quantity import Estimate
from tissuesense.core.units import newton_per_unit

RISING = [10, 14, 18, 22, 25, 28, 30, 31, 32, 33]


def known(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def threshold(kpa: float) -> Estimate:
    return Estimate(value=kpa, standard_uncertainty=10, unit="kPa")


def test_conditioned_modulation() -> None:
    found = ts.modulation.conditioned_modulation(
        [250, 260, 255], [300, 310, 296], timing="sequential"
    )

    assert known(found.absolute).value == pytest.approx(47.0)
    assert known(found.absolute).u == pytest.approx(5.07, abs=0.005)
    assert known(found.percent).value == pytest.approx(18.43, abs=0.005)
    assert known(found.percent).u == pytest.approx(2.11, abs=0.005)
    assert known(found.log_ratio).value == pytest.approx(0.16916, abs=5e-6)


def test_two_standard_errors_of_kennedy_are_41_19_kilopascals() -> None:
    found = ts.modulation.conditioned_modulation([250, 252], [295, 297], timing="parallel")

    assert found.limit == pytest.approx(41.19, abs=0.005)
    assert found.real
    assert "Kennedy" in found.verdict


def test_temporal_summation() -> None:
    found = ts.modulation.rating_scores(RISING)

    assert known(found.difference).value == 23
    assert known(found.ratio).value == pytest.approx(3.3)
    assert known(found.trend_ols).value == pytest.approx(2.5758, abs=5e-5)
    assert known(found.trend).value == pytest.approx(2.60)
    assert known(found.late_minus_early).value == pytest.approx(18.0)
    assert known(found.area).value == pytest.approx(24.3)


def test_stimulus_response() -> None:
    found = ts.modulation.stimulus_response([100, 200, 300, 400], [5, 20, 40, 65])

    assert known(found.slope).value == pytest.approx(0.20)
    assert known(found.pressure_kpa).value == pytest.approx(287.5)
    assert known(found.power_exponent).value == pytest.approx(1.8536, abs=5e-5)


def test_side_difference() -> None:
    found = ts.modulation.side_difference(threshold(320), threshold(260))

    assert known(found.percent_of_mean).value == pytest.approx(20.69, abs=0.005)
    assert known(found.ln_ratio).value == pytest.approx(0.20764, abs=5e-6)


@pytest.mark.parametrize(("area_cm2", "kpa"), [(1.77, 221.61), (1.0, 392.27)])
def test_four_kilogram_force_is_another_pressure_on_every_tip(area_cm2: float, kpa: float) -> None:
    """221.61 where 4 kgf is cut to 39.2245 N; the exact figure is 221.62."""
    found = ts.modulation.tender_points({}, tip_area_cm2=area_cm2)

    assert found.limit_kpa == pytest.approx(4 * newton_per_unit("kgf") * 10 / area_cm2)
    assert found.limit_kpa == pytest.approx(kpa, abs=0.011)


def test_without_an_area_four_kilogram_force_is_no_pressure() -> None:
    with pytest.raises(NoProbeArea):
        _ = ts.modulation.tender_points({}).limit_kpa


def test_fieller_s_interval_solves_its_own_equation() -> None:
    """At each limit the line differs from 40 by exactly t standard errors of the line there."""
    x, y = [100.0, 200, 300, 400, 500], [8.0, 17, 43, 55, 80]
    found = ts.modulation.stimulus_response(x, y)
    slope, n = known(found.slope), len(x)
    t = 3.182446305284263  # Student, 3 degrees of freedom, printed in every table as 3.182
    mean_x, mean_y = sum(x) / n, sum(y) / n
    spread = sum((xi - mean_x) ** 2 for xi in x)
    residual = slope.u * spread**0.5
    for limit in known(found.pressure_kpa).ci95:
        off = mean_y + slope.value * (limit - mean_x) - 40
        error = residual * (1 / n + (limit - mean_x) ** 2 / spread) ** 0.5
        assert off**2 == pytest.approx((t * error) ** 2, rel=1e-9)
