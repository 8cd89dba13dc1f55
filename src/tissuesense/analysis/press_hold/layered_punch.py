"""How much stiffer a layer on bone is under a flat tip than the same tissue without end.

Sources: N. N. Lebedev and Ya. S. Ufliand, J Appl Math Mech 22 (1958) (the integral equation);
W. C. Hayes, L. M. Keer, G. Herrmann and L. F. Mockros, J Biomech 5 (1972), 541-551 (the factor
kappa for a layer bonded to a rigid base under a frictionless flat punch).
"""

from functools import cache

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError

# Beyond, the tip is wider than four times the layer is thick, and no muscle is.
WIDEST_OVER_THICKNESS = 2.0
_NODES = 32
_WAVES = 96
# The kernel falls as exp(-2 s).
_SHORTEST_WAVE = 24.0


def layer_factor(radius_over_thickness: float, poisson_ratio: float) -> float:
    """Return kappa: force for a small depth over that on tissue without end.

    Parameters
    ----------
    radius_over_thickness
        Radius of the tip over thickness of the layer, 0 to 2.
    poisson_ratio
        0 to 0.5; 0.5 is tissue that keeps its volume.

    Raises
    ------
    UsageError
        When one of them lies outside.
    """
    if not 0.0 <= radius_over_thickness <= WIDEST_OVER_THICKNESS:
        raise UsageError(
            f"radius_over_thickness must lie between 0 and {WIDEST_OVER_THICKNESS:g}, "
            f"not be {radius_over_thickness:g}."
        )
    if not 0.0 <= poisson_ratio <= 0.5:  # noqa: PLR2004 - tissue that keeps its volume
        raise UsageError(f"poisson_ratio must lie between 0 and 0.5, not be {poisson_ratio:g}.")
    x, weight = _gauss(0.0, 1.0, _NODES)
    s, ds = _gauss(0.0, _SHORTEST_WAVE, _WAVES)
    waves = np.cos(np.outer(s * radius_over_thickness, x))
    beneath = ds * _of_bone(s, poisson_ratio)
    kernel = radius_over_thickness * (waves.T * beneath) @ waves
    equation = np.eye(_NODES) - 2 / np.pi * kernel * weight
    return float(weight @ np.linalg.solve(equation, np.ones(_NODES)))


def _of_bone(s: FloatArray, poisson_ratio: float) -> FloatArray:
    """Return what the base below changes for each wave number; 0 without one."""
    c = 3 - 4 * poisson_ratio
    free = 2 * c * np.sinh(2 * s) - 4 * s
    return np.asarray(1 - free / (2 * c * np.cosh(2 * s) + 1 + c * c + 4 * s * s))


@cache
def _gauss(low: float, high: float, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return places and weights of Gauss and Legendre's rule between two limits."""
    x, weight = np.polynomial.legendre.leggauss(nodes)
    return low + (high - low) * (x + 1) / 2, weight * (high - low) / 2
