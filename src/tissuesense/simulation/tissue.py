"""Soft tissue under a tip: non-linear elasticity with Prony relaxation, and what is true of it.

Quasi-linear viscoelasticity (Fung, *Biomechanics*, 2nd ed. 1993, 7.6): the force is the elastic
response ``g(depth)`` convolved with a reduced relaxation function
``G(t) = equilibrium + sum weight_i exp(-t / tau_i)``. The truths below are read off the noise-free
curves themselves; no estimator takes part.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.simulation.grid import fading


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerLaw:
    """``g = k_n * (depth / 1 mm) ** exponent``: 1 a flat punch, 1.5 a ball, about 2 a limb."""

    k_n: float
    exponent: float

    def force_n(self, depth_mm: FloatArray) -> FloatArray:
        """Return the instantaneous elastic force, shape (n,); 0 off the skin."""
        return np.asarray(self.k_n * np.maximum(depth_mm, 0.0) ** self.exponent)


@dataclass(frozen=True, slots=True, kw_only=True)
class FungLaw:
    """``g = a_n * (exp(b_per_mm * depth) - 1)``: stiffness grows in step with force."""

    a_n: float
    b_per_mm: float

    def force_n(self, depth_mm: FloatArray) -> FloatArray:
        """Return the instantaneous elastic force, shape (n,); 0 off the skin."""
        return np.asarray(self.a_n * np.expm1(self.b_per_mm * np.maximum(depth_mm, 0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tissue:
    """An elastic law and how its force relaxes.

    Attributes
    ----------
    equilibrium
        Share of the elastic force that never relaxes.
    branches
        (weight, tau_s) of each Maxwell branch.
    """

    elastic: PowerLaw | FungLaw
    equilibrium: float
    branches: tuple[tuple[float, float], ...]

    def force_n(self, depth_mm: FloatArray, dt_s: float) -> FloatArray:
        """Return the force for a depth given every `dt_s`, shape (n,), the tissue rested at first.

        A Maxwell branch of time constant tau follows ``h' = g' - h / tau``. Over a step on which
        ``g`` is a straight line this integrates exactly to
        ``h[n+1] = e h[n] + tau (1 - e) (g[n+1] - g[n]) / dt`` with ``e = exp(-dt / tau)``: a
        first-order recursive filter of the increments of ``g``. The sum may turn negative on the
        way out, as if the skin stuck to the tip; see `pushing_n`.
        """
        g = self.elastic.force_n(depth_mm)
        steps = np.diff(g, prepend=g[:1])
        force = self.equilibrium * g
        for weight, tau_s in self.branches:
            decay = math.exp(-dt_s / tau_s)
            gain = -math.expm1(-dt_s / tau_s) * tau_s / dt_s
            force = force + weight * fading(gain * steps, decay)
        return np.asarray(force)

    def stiffened(self, factor: float) -> "Tissue":
        """Return the same tissue with every force `factor` times as large."""
        return Tissue(
            elastic=self.elastic,
            equilibrium=self.equilibrium * factor,
            branches=tuple((weight * factor, tau_s) for weight, tau_s in self.branches),
        )


def pushing_n(force_n: FloatArray) -> FloatArray:
    """Return what a tip that does not stick feels: tissue pushes, it never pulls."""
    return np.maximum(force_n, 0.0)


def secant_stiffness_n_mm(depth_mm: FloatArray, force_n: FloatArray) -> float:
    """Return force over depth between 20 % and 80 % of the last force of a loading curve.

    Raises
    ------
    UsageError
        When the curve does not rise from below 20 % to its last force.
    """
    low_mm, high_mm = (_depth_at(depth_mm, force_n, share * force_n[-1]) for share in (0.2, 0.8))
    if not high_mm > low_mm:
        raise UsageError("A loading curve must go in deeper between 20 % and 80 % of its force.")
    return float(0.6 * force_n[-1] / (high_mm - low_mm))


def work_n_mm(depth_mm: FloatArray, force_n: FloatArray) -> float:
    """Return the integral of force over depth: positive going in, negative coming out."""
    return float(np.trapezoid(force_n, depth_mm))


def _depth_at(depth_mm: FloatArray, force_n: FloatArray, level_n: float) -> float:
    """Return the depth where the force first reaches a level, between the two samples around it."""
    after = int(np.argmax(force_n >= level_n))
    if after == 0:
        raise UsageError(f"A loading curve must begin below {level_n:.3g} N.")
    pair = slice(after - 1, after + 1)
    return float(np.interp(level_n, force_n[pair], depth_mm[pair]))
