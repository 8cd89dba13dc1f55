"""How springs and springpots relax: what each model answers, and how that changes.

A springpot of order a lies between a spring (0) and a dashpot (1); after a step its force falls
as ``t**-a`` (R. C. Koeller 1984). Two of them in series give

    A (t/tau)**-b E_{a-b, 1-b}(-(t/tau)**(a-b)),  0 <= b < a <= 1

which starts as ``t**-b`` and ends as ``t**-a``; with b = 0 the first is a spring (H. Schiessel and
others 1995). Springs beside them add a constant.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import expit

from tissuesense.analysis.viscoelastic.hold_models import Exponentials, HoldModel, exponentials
from tissuesense.analysis.viscoelastic.mittag_leffler import mittag_leffler_slopes
from tissuesense.core.arrays import FloatArray


def _springpot(
    lags_s: FloatArray, integrals: int, theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    order = float(expit(theta[0]))
    value = lags_s ** (integrals - order)
    slope = -np.log(lags_s) * value
    if integrals:
        value = value / (1 - order)
        slope = slope / (1 - order) + value / (1 - order)
    return value[np.newaxis], (slope * order * (1 - order))[np.newaxis, np.newaxis]


def _in_series(
    lags_s: FloatArray, integrals: int, orders: tuple[float, float], log_tau: float
) -> tuple[FloatArray, FloatArray]:
    """Return two springpots in series; slopes are with a - b, b and log tau."""
    span, late = orders
    u = lags_s / np.exp(log_tau)
    log_u = np.log(u)
    ml = mittag_leffler_slopes(u**span, span, 1 - late + integrals)
    scale = u**-late * lags_s**integrals
    slopes = np.stack(
        [
            ml.by_order + ml.by_log_x * log_u,
            -ml.by_second - ml.value * log_u,
            ml.value * late - ml.by_log_x * span,
        ]
    )
    return scale * ml.value, scale * slopes


def _spring_and_springpot(
    lags_s: FloatArray, integrals: int, theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    order = float(expit(theta[0]))
    value, slopes = _in_series(lags_s, integrals, (order, 0.0), theta[1])
    return value[np.newaxis], np.stack([slopes[0] * order * (1 - order), slopes[2]])[:, np.newaxis]


def _two_springpots(
    lags_s: FloatArray, integrals: int, theta: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Theta: the logit of b, that of (a - b) / (1 - b), log tau."""
    b, share = expit(theta[:2])
    value, slopes = _in_series(lags_s, integrals, (share * (1 - b), b), theta[2])
    by_b = (slopes[1] - share * slopes[0]) * b * (1 - b)
    by_share = slopes[0] * (1 - b) * share * (1 - share)
    return value[np.newaxis], np.stack([by_b, by_share, slopes[2]])[:, np.newaxis]


class _TwoSpringpots(HoldModel):
    """Reads its second order off the first and the share of what is left above it."""

    __slots__ = ()

    def natural(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        b, share = expit(theta[:2])
        values = np.array([b, b + (1 - b) * share, np.exp(theta[2])])
        d_b, d_share = b * (1 - b), share * (1 - share)
        slopes = np.diag([d_b, (1 - b) * d_share, values[2]])
        slopes[1, 0] = (1 - share) * d_b
        return values, slopes


MODELS: Mapping[str, HoldModel] = MappingProxyType(
    {
        "springpot": HoldModel(
            words="a springpot",
            parameters=("order",),
            branches=("springpot",),
            answer=_springpot,
            spring=False,
        ),
        "fractional_kelvin_voigt": HoldModel(
            words="a spring beside a springpot",
            parameters=("order",),
            branches=("springpot",),
            answer=_springpot,
            spring=True,
        ),
        "spring_springpot": HoldModel(
            words="a spring and a springpot in series",
            parameters=("order", "tau_s"),
            branches=("branch",),
            answer=_spring_and_springpot,
            spring=False,
        ),
        "fractional_zener": HoldModel(
            words="a spring beside a spring and a springpot in series",
            parameters=("order", "tau_s"),
            branches=("branch",),
            answer=_spring_and_springpot,
            spring=True,
        ),
        "fractional_maxwell": _TwoSpringpots(
            words="two springpots in series",
            parameters=("early_order", "order", "tau_s"),
            branches=("branch",),
            answer=_two_springpots,
            spring=False,
        ),
        "fractional_zener_general": _TwoSpringpots(
            words="a spring beside two springpots in series",
            parameters=("early_order", "order", "tau_s"),
            branches=("branch",),
            answer=_two_springpots,
            spring=True,
        ),
    }
)


_MOST_TERMS = 3

# Sums of exponentials are fitted by `relaxation`; here they only stand in comparison.
PRONY: Mapping[str, HoldModel] = MappingProxyType(
    {
        f"prony{terms}": Exponentials(
            words=f"a spring beside {terms} springs in series with dashpots",
            parameters=tuple(f"tau_{i + 1}_s" for i in range(terms)),
            branches=tuple(f"branch_{i + 1}" for i in range(terms)),
            answer=exponentials,
            spring=True,
        )
        for terms in range(1, _MOST_TERMS + 1)
    }
)
