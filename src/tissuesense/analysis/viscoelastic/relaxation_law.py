"""How the elastic response grows with depth, as a share of what it is at full depth.

A power of the depth, as contact of a flat punch (1), a ball (1.5) or a limb (about 2) has it; or
Fung's law (Y. C. Fung, Biomechanics, 2nd ed. 1993, 7.5), whose stiffness grows in step with force.
Each knows its response to a depth, and what a Maxwell branch makes of a ramp at constant speed,
with the derivatives that a search needs. The one number of a law is searched for by its logit
between two bounds.
"""

import math
from typing import NamedTuple, Protocol

import numpy as np

from tissuesense.analysis.viscoelastic.ramp_hold import kept_share
from tissuesense.core.arrays import FloatArray

_LARGEST_CODE = 25.0
_EXPONENT_STEP = 1e-4


class Response(NamedTuple):
    """What comes of a depth, and its derivatives, each of shape (n,)."""

    value: FloatArray
    by_code: FloatArray
    by_share: FloatArray


class Ramped(NamedTuple):
    """What a branch makes of a ramp, and its derivatives, each of shape (n,).

    `by_log_x` is that with respect to the logarithm of ramp time over time constant.
    """

    value: FloatArray
    by_log_x: FloatArray
    by_code: FloatArray
    by_share: FloatArray


class Law(Protocol):
    """An elastic response, 0 at contact and 1 at full depth."""

    @property
    def name(self) -> str:
        """In a word."""
        ...

    @property
    def start(self) -> float:
        """Where a search begins."""
        ...

    def number(self, code: float) -> tuple[float, float]:
        """Return the law's number for its code, and the derivative."""
        ...

    def response(self, share: FloatArray, code: float) -> Response:
        """Return the response at shares of the full depth, 0 < share <= 1."""
        ...

    def ramped(self, share: FloatArray, x: float, code: float) -> Ramped:
        """Return a branch's force at shares of a ramp that lasts `x` time constants, x >= 0."""
        ...


class Power:
    """``share ** p``."""

    __slots__ = ()
    name = "power"
    bounds = (0.5, 4.0)
    start = -0.98  # p = 1.45

    def number(self, code: float) -> tuple[float, float]:
        """Return p."""
        return _between(*self.bounds, code)

    def response(self, share: FloatArray, code: float) -> Response:
        """Return ``share ** p``."""
        p, slope = self.number(code)
        g = share**p
        return Response(g, g * np.log(share) * slope, p * g / share)

    def ramped(self, share: FloatArray, x: float, code: float) -> Ramped:
        """Return ``share**p M(1, p+1, -x share)``."""
        p, slope = self.number(code)
        return power_ramped(share, x, p, slope)


class Linear:
    """``share``: a flat punch, and nothing to search for."""

    __slots__ = ()
    name = "linear"
    start = math.nan

    def number(self, code: float) -> tuple[float, float]:
        """Return 1, whatever the code."""
        del code
        return 1.0, 0.0

    def response(self, share: FloatArray, code: float) -> Response:
        """Return the share itself."""
        del code
        return Response(share, np.zeros_like(share), np.ones_like(share))

    def ramped(self, share: FloatArray, x: float, code: float) -> Ramped:
        """Return ``(1 - exp(-x share)) / x``."""
        del code
        return power_ramped(share, x, 1.0, 0.0)


class Fung:
    """``(exp(B share) - 1) / (exp(B) - 1)``."""

    __slots__ = ()
    name = "fung"
    bounds = (0.02, 15.0)
    start = -1.6  # B = 2.5

    def number(self, code: float) -> tuple[float, float]:
        """Return B: Fung's constant times the full depth."""
        return _between(*self.bounds, code)

    def response(self, share: FloatArray, code: float) -> Response:
        """Return the share of the force at full depth."""
        b, slope = self.number(code)
        whole = math.expm1(b)
        g = np.expm1(b * share) / whole
        steep = np.exp(b * share) / whole
        return Response(g, (share * steep - g * math.exp(b) / whole) * slope, b * steep)

    def ramped(self, share: FloatArray, x: float, code: float) -> Ramped:
        """Return ``B (exp(B share) - exp(-x share)) / ((B + x) (exp(B) - 1))``."""
        b, slope = self.number(code)
        whole = math.expm1(b)
        rising, fading = np.exp(b * share) / whole, np.exp(-x * share) / whole
        h = b * (rising - fading) / (b + x)
        by_b = h * (1 / b - math.exp(b) / whole - 1 / (b + x)) + b * share * rising / (b + x)
        by_log_x = x * (b * share * fading - h) / (b + x)
        return Ramped(h, by_log_x, by_b * slope, b * rising - x * h)


def power_ramped(share: FloatArray, x: float, p: float, slope: float) -> Ramped:
    """Return a power law's `Law.ramped`, for p and its derivative with respect to the code."""
    g, at = share**p, x * share
    if x == 0.0:  # a spring keeps all
        still = np.zeros_like(share)
        return Ramped(g, still, g * np.log(share) * slope, p * g / share)
    kept = kept_share(at, p)
    by_p = np.zeros_like(share)
    if slope > 0:
        step = _EXPONENT_STEP
        by_p = (kept_share(at, p + step) - kept_share(at, p - step)) / (2 * step)
        by_p = g * (np.log(share) * kept + by_p) * slope
    return Ramped(g * kept, g * (p * (1 - kept) - at * kept), by_p, g * (p / share - x * kept))


def _between(low: float, high: float, code: float) -> tuple[float, float]:
    share = 1 / (1 + math.exp(-min(max(code, -_LARGEST_CODE), _LARGEST_CODE)))
    return low + (high - low) * share, (high - low) * share * (1 - share)
