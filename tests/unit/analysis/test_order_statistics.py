"""Medians and quantiles are those of NumPy, to the last bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tissuesense.analysis.numerics.order_statistics import median, quantile, quantiles
from tissuesense.core.arrays import FloatArray

VALUES = arrays(np.float64, st.integers(1, 80), elements=st.floats(-1e6, 1e6))


@given(VALUES)
def test_the_median_is_that_of_numpy(values: FloatArray) -> None:
    assert median(values) == np.median(values)


@given(VALUES, st.floats(0, 1))
def test_a_quantile_is_that_of_numpy(values: FloatArray, share: float) -> None:
    assert quantile(values, share) == np.quantile(values, share)


@given(VALUES, st.lists(st.floats(0, 1), min_size=1, max_size=4))
def test_several_quantiles_are_each_by_itself(values: FloatArray, shares: list[float]) -> None:
    assert quantiles(values, *shares) == tuple(quantile(values, share) for share in shares)


@pytest.mark.parametrize("values", [[3.0], [2.0, 1.0], [1.0, 1.0, 1.0]])
def test_the_values_are_left_as_they_were(values: list[float]) -> None:
    given_values = np.array(values)
    median(given_values)
    quantile(given_values, 0.3)
    assert given_values.tolist() == values
