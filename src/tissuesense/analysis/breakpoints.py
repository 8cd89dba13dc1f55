"""Where a line bends: least-squares break points on a grid of candidates."""

from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray

_CANDIDATES = 25


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
    residual_sd
        Scatter about the fitted curve: noise, and how far what was fitted is not that curve.
    gain
        Share of the single line's squared residuals that the bend explains, 0 to 1.
    """

    t_s: float
    value: float
    value_u: float
    slope_before: float
    slope_after: float
    residual_sd: float
    gain: float


def find_bend(
    t_s: FloatArray,
    values: FloatArray,
    between_s: tuple[float, float],
    *,
    noise: float,
    curved: bool = False,
) -> Bend:
    """Fit a line up to a bend and another (`curved`: a parabola) after it, where that fits best.

    Parameters
    ----------
    t_s, values
        Shape (n,), n at least 4 (`curved`: 5).
    between_s
        The bend is looked for here, first coarsely, then finely about the best place.
    noise
        Standard deviation of one sample.
    """
    start, end = between_s
    coarse = np.linspace(start, end, _CANDIDATES)
    best = coarse[int(np.argmin(_squares(t_s, values, coarse, curved=curved)[0]))]
    width = (end - start) / (_CANDIDATES - 1)
    fine = np.linspace(max(start, best - width), min(end, best + width), _CANDIDATES)
    squares, coefficients, normal = _squares(t_s, values, fine, curved=curved)
    chosen = int(np.argmin(squares))

    value, slope_before, slope_after = (float(c) for c in coefficients[chosen][:3])
    variance = float(np.linalg.inv(normal[chosen])[0, 0]) * noise**2
    # A bend seen through noise is known in time to about noise / change of slope.
    timing = slope_before * noise / max(abs(slope_before - slope_after), 1e-9)
    single = _residual_of_one_line(t_s, values)
    return Bend(
        t_s=float(fine[chosen]),
        value=value,
        value_u=float(np.sqrt(max(variance, 0.0) + timing**2)),
        slope_before=slope_before,
        slope_after=slope_after,
        residual_sd=float(np.sqrt(squares[chosen] / max(1, t_s.size - coefficients.shape[1] - 1))),
        gain=1.0 - float(squares[chosen]) / single if single > 0 else 0.0,
    )


def _squares(
    t_s: FloatArray, values: FloatArray, candidates: FloatArray, *, curved: bool
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return squared residuals (k,), coefficients (k, p) and normal matrices (k, p, p)."""
    # A part beyond the bend and a part before it; each is 0 on the other side.
    after = np.maximum(t_s[None, :] - candidates[:, None], 0.0)
    before = np.minimum(t_s[None, :] - candidates[:, None], 0.0)
    basis = [np.ones_like(after), before, after, *([after * after] if curved else [])]
    design = np.stack(basis, axis=2)
    normal = design.transpose(0, 2, 1) @ design
    # A bend at the edge leaves a column empty; the tiny ridge keeps the system solvable, and its
    # squared residuals, those of fewer terms, keep it from winning.
    normal += 1e-12 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(len(basis))
    moment = design.transpose(0, 2, 1) @ values
    coefficients = np.linalg.solve(normal, moment[..., None])[..., 0]
    residual = values - (design @ coefficients[..., None])[..., 0]
    return np.einsum("kn,kn->k", residual, residual), coefficients, normal


def _residual_of_one_line(t_s: FloatArray, values: FloatArray) -> float:
    x, y = t_s - t_s.mean(), values - values.mean()
    spread = float(x @ x)
    slope = float(x @ y) / spread if spread > 0 else 0.0
    return float(np.sum((y - slope * x) ** 2))
