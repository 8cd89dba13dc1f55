"""Decay rates and frequencies of a sum of damped swings, without a start and without a search.

Windows of evenly spaced samples of such a sum span a space with as many dimensions as there are
complex exponentials in it, and a step on by one sample turns that space by exactly their factors:
the matrix pencil of Y. Hua and T. K. Sarkar, IEEE Trans Acoust Speech Signal Process 38 (1990).
"""

import numpy as np
from numpy.typing import NDArray

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError

_LONGEST_WINDOW = 12  # longer ones hardly help a start, and cost with the cube of their length
_RIDGE = 1e-12  # a lone spike spans the last direction by itself


def exponents(values: FloatArray, step_s: float, rank: int) -> NDArray[np.complex128]:
    """Return the complex exponents of ``sum of c_i exp(exponent_i t)``, a second each.

    Parameters
    ----------
    values
        Evenly spaced, shape (n,) with n >= 2 * rank + 2.
    rank
        How many exponents; a swing has two, conjugate to one another.

    Returns
    -------
    array, shape (rank,)
        Real part: minus the decay rate. Imaginary part: the angular frequency.

    Raises
    ------
    UsageError
        When there are too few values for the rank.
    """
    if values.size < 2 * rank + 2:
        raise UsageError(f"values must hold at least {2 * rank + 2} samples, not {values.size}.")
    window = min(values.size // 2, _LONGEST_WINDOW)
    windows = values[np.arange(values.size - window + 1)[:, np.newaxis] + np.arange(window)]
    # The leading singular vectors, by way of the small matrix of products: a start needs no more.
    _, vectors = np.linalg.eigh(windows.T @ windows)
    here, later = vectors[:-1, -rank:], vectors[1:, -rank:]
    products = here.T @ here + _RIDGE * np.eye(rank)
    factors = np.linalg.eigvals(np.linalg.solve(products, here.T @ later)).astype(np.complex128)
    factors[factors == 0] = np.finfo(np.float64).tiny  # gone within a sample
    return np.asarray(np.log(factors) / step_s, dtype=np.complex128)
