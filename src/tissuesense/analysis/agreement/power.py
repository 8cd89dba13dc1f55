"""How many clients a study needs, and how often a true change is seen.

Source: Machin D, Campbell MJ, Tan SB, Tan SH (2018) Sample sizes for clinical, laboratory and
epidemiology studies, 4th ed., chapter on paired continuous data; both after the normal law.
"""

import math

from scipy.special import ndtr, ndtri

from tissuesense.analysis.agreement.measurement_error import Z95, minimal_detectable_change
from tissuesense.core.errors import UsageError

_USUAL_POWER = 0.80
_DROP_OUT = 0.15


def sample_size_paired(
    change: float, sem: float, *, power: float = _USUAL_POWER, drop_out: float = _DROP_OUT
) -> int:
    """Return how many persons show a mean `change` from before to after, two-sided at 5 %.

    ``n = (z_0.975 + z_power)^2 2 sem^2 / change^2``, and `drop_out` more. The change is taken to be
    the same in every person; where it differs, enter the standard deviation of the differences over
    the root of 2 for `sem`.

    Parameters
    ----------
    change, sem
        In one unit, or both of the logarithm.

    Raises
    ------
    UsageError
        When the change is 0, `sem` is not positive, or a probability is not between 0 and 1.

    Examples
    --------
    >>> sample_size_paired(30.0, 40.0)
    33
    """
    _check(sem)
    if change == 0 or not math.isfinite(change):
        raise UsageError(f"No number of persons shows a change of {change}.")
    if not (0 < power < 1 and 0 <= drop_out < 1):
        raise UsageError(f"power and drop_out are probabilities, not {power} and {drop_out}.")
    z = Z95 + float(ndtri(power))
    return math.ceil(2 * (z * sem / change) ** 2 * (1 + drop_out))


def chance_to_detect(change: float, sem: float, *, z: float = Z95) -> float:
    """Return how often a true `change` of one person exceeds the minimal detectable change.

    A change as large as the minimal detectable one is seen half the time, not always.

    Parameters
    ----------
    change, sem
        In one unit, or both of the logarithm.

    Raises
    ------
    UsageError
        When `sem` is not positive, or `change` not finite.

    Examples
    --------
    >>> round(chance_to_detect(57.1, 20.6), 2)
    0.5
    """
    _check(sem)
    if not math.isfinite(change):
        raise UsageError(f"change must be finite, not {change}.")
    scatter = math.sqrt(2) * sem
    limit = minimal_detectable_change(sem, z)
    return float(ndtr((change - limit) / scatter) + ndtr((-change - limit) / scatter))


def _check(sem: float) -> None:
    if not (math.isfinite(sem) and sem > 0):
        raise UsageError(f"A standard error of measurement must be positive, not {sem}.")
