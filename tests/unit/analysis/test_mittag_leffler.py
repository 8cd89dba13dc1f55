"""The Mittag-Leffler function has the values of its series, and the slopes of its values."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import erfcx, rgamma

from tissuesense.analysis.viscoelastic.mittag_leffler import mittag_leffler, mittag_leffler_slopes
from tissuesense.core.errors import UsageError

# Even Bernoulli numbers B_2 ... B_20, as fractions.
BERNOULLI = (
    (1, 6),
    (-1, 30),
    (1, 42),
    (-1, 30),
    (5, 66),
    (-691, 2730),
    (7, 6),
    (-3617, 510),
    (43867, 798),
    (-174611, 330),
)
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")


def reciprocal_gamma(z: Decimal) -> Decimal:
    """1 / Gamma(z), z > 0, by Stirling's series after a shift to large z."""
    product = Decimal(1)
    while z < 120:
        product *= z
        z += 1
    log_gamma = (z - Decimal("0.5")) * z.ln() - z + (2 * PI).ln() / 2
    for k, (top, bottom) in enumerate(BERNOULLI, start=1):
        log_gamma += Decimal(top) / bottom / (2 * k * (2 * k - 1)) / z ** (2 * k - 1)
    return product * (-log_gamma).exp()


def series(x: float, order: str, second: str) -> float:
    a, b, minus = Decimal(order), Decimal(second), -Decimal(x)
    with localcontext() as context:
        context.prec = 70
        total, power, k = Decimal(0), Decimal(1), 0
        while True:
            total += (term := power * reciprocal_gamma(a * k + b))
            power *= minus
            if k > 5 and abs(term) < Decimal("1e-30"):
                return float(total)
            k += 1


def test_of_order_one_it_is_the_exponential() -> None:
    x = np.linspace(0.0, 700.0, 200)

    assert mittag_leffler(x, 1.0) == pytest.approx(np.exp(-x), rel=1e-14)


def test_just_below_order_one_it_is_nearly_that() -> None:
    x = np.linspace(0.0, 30.0, 100)

    assert mittag_leffler(x, 1 - 1e-13) == pytest.approx(np.exp(-x), abs=1e-13)


def test_of_order_one_half_it_is_the_scaled_error_function_over_14_decades() -> None:
    x = np.geomspace(1e-6, 1e8, 300)

    assert mittag_leffler(x, 0.5) == pytest.approx(erfcx(x), rel=1e-12)


@pytest.mark.parametrize("order", ["0.3", "0.5", "0.75", "0.9", "1"])
@pytest.mark.parametrize("second", ["0.4", "1", "1.7", "2"])
def test_it_is_the_sum_of_its_series(order: str, second: str) -> None:
    x = [0.0, 0.05, 0.5, 1.0, 2.5]
    exact = [series(value, order, second) for value in x]

    assert mittag_leffler(x, float(order), float(second)) == pytest.approx(
        exact, rel=1e-10, abs=1e-13
    )


@given(
    x=st.floats(min_value=1e-4, max_value=1e6),
    order=st.floats(min_value=0.01, max_value=0.99),
    second=st.floats(min_value=0.05, max_value=1.5),
)
def test_neighbours_in_the_second_parameter_obey_the_recurrence(
    x: float, order: float, second: float
) -> None:
    here = mittag_leffler([x], order, second)[0]
    next_one = mittag_leffler([x], order, second + order)[0]

    assert here + x * next_one == pytest.approx(rgamma(second), rel=1e-10, abs=1e-12)


@given(order=st.floats(min_value=0.05, max_value=1.0))
def test_it_falls_from_one_and_stays_above_zero(order: float) -> None:
    value = mittag_leffler(np.concatenate(([0.0], np.geomspace(1e-3, 1e3, 80))), order)

    assert value[0] == pytest.approx(1.0, abs=1e-13)
    assert (np.diff(value) <= 1e-13).all()
    assert value.min() > -1e-13


@given(
    order=st.floats(min_value=0.05, max_value=0.95),
    second=st.floats(min_value=0.1, max_value=2.0),
)
def test_the_slopes_are_those_of_the_values(order: float, second: float) -> None:
    x, step = np.geomspace(1e-2, 1e3, 20), 1e-5
    slopes = mittag_leffler_slopes(x, order, second)

    def change(da: float, db: float, dx: float) -> np.ndarray:
        ends = [
            mittag_leffler(x * np.exp(sign * dx), order + sign * da, second + sign * db)
            for sign in (1, -1)
        ]
        return (ends[0] - ends[1]) / (2 * step)

    assert slopes.value == pytest.approx(mittag_leffler(x, order, second), abs=1e-13)
    assert slopes.by_order == pytest.approx(change(step, 0, 0), abs=2e-8)
    assert slopes.by_second == pytest.approx(change(0, step, 0), abs=2e-8)
    assert slopes.by_log_x == pytest.approx(change(0, 0, step), abs=2e-8)


@pytest.mark.parametrize(
    ("x", "order", "second", "name"),
    [
        ([-1.0], 0.5, 1.0, "x"),
        ([float("nan")], 0.5, 1.0, "x"),
        ([1.0], 0.0, 1.0, "order"),
        ([1.0], 1.1, 1.0, "order"),
        ([1.0], 0.5, -0.1, "second"),
        ([1.0], 0.5, 3.5, "second"),
    ],
)
def test_what_it_is_not_defined_for_is_refused_by_name(
    x: list[float], order: float, second: float, name: str
) -> None:
    with pytest.raises(UsageError, match=f"^{name} "):
        mittag_leffler(x, order, second)
