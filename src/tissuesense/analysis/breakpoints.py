"""Where a line bends: least-squares break points on a grid of candidates."""

from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Bend:
    """A continuous curve of a line and what follows it.

    Attributes
    ----------
    t_s, value
        Where the line ends.
    value_u
        Standard uncertainty of `value`, from the noise of one sample.
    slope_before, slope_after
        Of the line, and at the very start of what follows.
    gain
        Share of the single line's squared residuals that the bend explains, 0 to 1.
    """

    t_s: float
    value: float
    value_u: float
    slope_before: float
    slope_after: float
    gain: float


def find_bend(
    t_s: FloatArray,
    values: FloatArray,
    candidates: FloatArray,
    *,
    noise: float,
    curved: bool = False,
) -> Bend:
    """Fit a line up to each candidate and another (`curved`: a parabola) after it; take the best.

    Parameters
    ----------
    t_s, values
        Shape (n,), n at least 4 (`curved`: 5).
    candidates
        Times at which the bend may be, shape (k,).
    noise
        Standard deviation of one sample.
    """
    origin = float(t_s[0])
    x, k = t_s - origin, candidates - origin
    after = np.maximum(x[None, :] - k[:, None], 0.0)
    before = x[None, :] - k[:, None] - after  # <= 0 up to the bend, then 0: its slope is the line's
    basis = [np.ones_like(after), before, after]
    if curved:
        basis.append(after * after)
    design = np.stack(basis, axis=2)
    normal = np.einsum("kni,knj->kij", design, design)
    # A candidate outside the samples leaves a column empty; the tiny ridge keeps it solvable and
    # its squared residuals, then those of fewer terms, keep it from winning.
    normal += 1e-12 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(normal.shape[1])
    moment = np.einsum("kni,n->ki", design, values)
    coefficients = np.linalg.solve(normal, moment[..., None])[..., 0]
    residual = values[None, :] - np.einsum("kni,ki->kn", design, coefficients)
    squares = np.einsum("kn,kn->k", residual, residual)
    best = int(np.argmin(squares))

    value, slope_before, slope_after = (float(c) for c in coefficients[best][:3])
    variance = float(np.linalg.inv(normal[best])[0, 0]) * noise**2
    # A bend seen through noise is known in time to about noise / change of slope.
    timing = slope_before * noise / max(abs(slope_before - slope_after), 1e-9)
    straight = np.polynomial.polynomial.polyfit(x, values, 1)
    single = float(np.sum((values - straight[0] - straight[1] * x) ** 2))
    return Bend(
        t_s=float(candidates[best]),
        value=value,
        value_u=float(np.sqrt(max(variance, 0.0) + timing**2)),
        slope_before=slope_before,
        slope_after=slope_after,
        gain=1.0 - float(squares[best]) / single if single > 0 else 0.0,
    )
