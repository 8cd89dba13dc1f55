"""The 95 % interval of a coefficient between -1 and 1, from independent groups of cases.

Taken where the spread is even, at Fisher's ``z = artanh r``, with Student's t of as many degrees of
freedom as there are groups less one, and turned back. Where every single case is as expected the
spread is 0, which would make the interval a point; then it reaches as far as what so many groups
would still have shown no trace of in one of forty samples, ``1 - 0.025**(1 / groups)``.

Sources: Fisher RA (1921) for the transformation; Clopper and Pearson (1934) for the second.
"""

import math

from tissuesense.core.quantity import Estimate, coverage_factor

_ONE_SIDED = 0.025
_EXACT = 1e-9


def fisher_estimate(value: float, spread: float, n_groups: int, unseen: float = 2.0) -> Estimate:
    """Return the coefficient with its interval.

    Parameters
    ----------
    spread
        Its standard uncertainty.
    unseen
        How far the coefficient falls for each share of cases that are as unexpected as can be
        without being seen; matters only where it is 1 or -1.
    """
    dof = n_groups - 1
    if abs(value) < 1 - _EXACT:
        half = coverage_factor(dof) * spread / (1 - value * value)
        low, high = (math.tanh(math.atanh(value) + sign * half) for sign in (-1, 1))
    else:
        slack = min(unseen * (1 - _ONE_SIDED ** (1 / n_groups)), 2.0)
        low, high = (1 - slack, 1.0) if value > 0 else (-1.0, slack - 1)
        value, spread = math.copysign(1.0, value), slack / 2
    return Estimate(
        value=value, standard_uncertainty=spread, unit="1", dof=dof, interval95=(low, high)
    )
