"""A table of scores, targets by raters, and its mean squares: where every reliability begins.

Sources: Shrout PE, Fleiss JL (1979) Intraclass correlations: uses in assessing rater reliability,
Psychol Bull 86:420-428, table 3; McGraw KO, Wong SP (1996) Forming inferences about some intraclass
correlation coefficients, Psychol Methods 1:30-46.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tissuesense.core.errors import UsageError

Number = float | NDArray[np.float64]
_TABLE_AXES = 2
_ROUNDING = 2 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanSquares:
    """Of one table, as floats, or of a stack of them, as arrays of shape (...).

    Attributes
    ----------
    targets, raters
        Between targets (BMS), between raters (JMS).
    within, residual
        Within targets (WMS), and what is left of that without the raters' means (EMS).
    n, k
        How many targets and raters.
    """

    targets: Number
    raters: Number
    within: Number
    residual: Number
    n: int
    k: int


def score_tables(scores: ArrayLike, *, axes: int | None = None) -> NDArray[np.float64]:
    """Return scores as finite float64 of shape (..., n targets, k raters), n and k at least 2.

    Raises
    ------
    UsageError
        When the shape is another, or a score is missing.
    """
    try:
        table = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError) as err:
        raise UsageError("scores is not a table of numbers.") from err
    wanted = table.ndim >= _TABLE_AXES if axes is None else table.ndim == axes
    if not wanted or min(table.shape[-2:]) < 2:  # noqa: PLR2004 - one target varies with nothing
        raise UsageError(
            "scores must have a row for each of two or more targets and a column for each of two "
            f"or more raters; its shape is {table.shape}."
        )
    if not np.isfinite(table).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(table))[0])
        raise UsageError(
            f"scores holds {table[where]} at {where}: these formulas need every rater's score of "
            "every target."
        )
    return table


def mean_squares(table: NDArray[np.float64]) -> MeanSquares:
    """Return the mean squares of a two-way table, or of each table of a stack.

    Parameters
    ----------
    table
        Shape (..., n, k), as `score_tables` gives it.
    """
    n, k = table.shape[-2:]
    # Sums by the bare ufunc and by einsum: a third of the time that methods of small arrays take.
    total = np.add.reduce
    # About the mean first: squares of large, nearly equal scores would lose their difference.
    centred = table - total(table, axis=(-2, -1), keepdims=True) / (n * k)
    rows, columns = total(centred, axis=-1) / k, total(centred, axis=-2) / n
    residual = centred - rows[..., :, None] - columns[..., None, :]
    between_rows = k * np.einsum("...i,...i", rows, rows)
    between_columns = n * np.einsum("...i,...i", columns, columns)
    left = np.einsum("...ij,...ij", residual, residual)
    # What rounding alone leaves of a perfect agreement is no disagreement.
    rounding = _ROUNDING * np.maximum.reduce(np.abs(table), axis=(-2, -1))
    left = np.where(left > n * k * rounding**2, left, 0.0)
    squares = (
        between_rows / (n - 1),
        between_columns / (k - 1),
        (between_columns + left) / (n * (k - 1)),
        left / ((n - 1) * (k - 1)),
    )
    # Plain numbers are ten times faster to calculate with than arrays of one.
    targets, raters, within, rest = map(float, squares) if table.ndim == _TABLE_AXES else squares
    return MeanSquares(targets=targets, raters=raters, within=within, residual=rest, n=n, k=k)
