"""The one array type that crosses floors: float64, one-dimensional, read-only."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tissuesense.core.errors import UsageError

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def column(values: ArrayLike, name: str) -> FloatArray:
    """Return `values` as a finite, read-only, one-dimensional float64 array.

    Raises
    ------
    UsageError
        When `values` is not one-dimensional, not numeric, or holds NaN or infinity.
    """
    array = vector(values, name)
    if not np.isfinite(array).all():
        where = int(np.flatnonzero(~np.isfinite(array))[0])
        raise UsageError(f"{name} holds {array[where]} at index {where}; it must be finite.")
    return array


def vector(values: ArrayLike, name: str) -> FloatArray:
    """Return `values` as a read-only, one-dimensional float64 array; NaN is let through.

    Raises
    ------
    UsageError
        When `values` is not one-dimensional or not numeric.
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as err:
        raise UsageError(f"{name} is not an array of numbers.") from err
    if array.ndim != 1:
        raise UsageError(f"{name} must be one-dimensional, not of shape {array.shape}.")
    return frozen(array)


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return `array`, no longer writeable."""
    array.setflags(write=False)
    return array
