"""Arrays that cross floors are finite, one-dimensional float64 and cannot be written to."""

import numpy as np
import pytest

from tissuesense.core.arrays import column, frozen, vector
from tissuesense.core.errors import UsageError


def test_a_column_is_a_copy_that_nobody_can_change() -> None:
    mine = np.array([1.0, 2.0])
    kept = column(mine, "x")
    mine[0] = 9.0
    assert kept[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        kept[0] = 9.0


def test_whole_numbers_become_float64() -> None:
    assert column([1, 2, 3], "x").dtype == np.float64


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_column_names_where_it_is_not_finite(wrong: float) -> None:
    with pytest.raises(UsageError, match=r"force_n holds .* at index 2"):
        column([0.0, 1.0, wrong, wrong], "force_n")


def test_a_vector_may_hold_nan() -> None:
    assert np.isnan(vector([1.0, np.nan], "x")[1])


@pytest.mark.parametrize("wrong", [3.0, [[1.0, 2.0]], np.zeros((2, 1))])
def test_another_shape_is_refused_by_name(wrong: object) -> None:
    with pytest.raises(UsageError, match="force_n must be one-dimensional"):
        vector(wrong, "force_n")  # type: ignore[arg-type]  # what a caller may get wrong


@pytest.mark.parametrize("wrong", [["a"], [None, {}], [[1.0], [1.0, 2.0]]])
def test_what_is_not_numbers_is_refused_by_name(wrong: list[object]) -> None:
    with pytest.raises(UsageError, match="force_n is not an array of numbers"):
        vector(wrong, "force_n")  # type: ignore[arg-type]  # what a caller may get wrong


def test_a_frozen_array_is_the_same_array() -> None:
    array = np.zeros(2)
    assert frozen(array) is array
    assert not array.flags.writeable
