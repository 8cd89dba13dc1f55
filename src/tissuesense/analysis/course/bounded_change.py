"""Change over visits where a press reached the safety cut-off: "at least" and "at most".

A visit that ended at its limit says that the threshold lies above it. With the limit in its place
the change is a bound: a limit after the baseline makes it "at least", one in the baseline "at
most". A bound is claimed where it lies beyond the minimal detectable change on its own side, and
never becomes an estimate.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.course.change import change_over_visits
from tissuesense.analysis.course.change_result import Change
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

_REACHED = "the safety cut-off was reached"


def change_with_limits(
    days: ArrayLike,
    values: ArrayLike,
    at_limit: ArrayLike,
    *,
    baseline_visits: int = 1,
    **options: Any,  # noqa: ANN401 - those of `change_over_visits`
) -> Change:
    """Return `change_over_visits`, where some values are limits that the true ones lie above.

    Parameters
    ----------
    days, values, baseline_visits, options
        As in `change_over_visits`; a visit that reached its limit has the limit as its value.
    at_limit
        True where it did, shape (n,).

    Returns
    -------
    Change
        Where any limit was reached, without estimates and probabilities; `bound_percent` says how
        large the change is at least (a limit after the baseline) or at most (one in it). None
        where limits stand on both sides: then nothing is known.

    Raises
    ------
    UsageError
        When a shape differs, or as `change_over_visits`.
    """
    reached = np.asarray(at_limit, dtype=bool)
    value = np.asarray(values, dtype=np.float64)
    if reached.shape != value.shape:
        raise UsageError(f"at_limit has the shape {reached.shape} where values has {value.shape}.")
    reached = reached & ~np.isnan(value)
    change = change_over_visits(days, value, baseline_visits=baseline_visits, **options)
    if change.percent is None or not reached.any():
        return change
    before, after = reached[:baseline_visits].any(), reached[baseline_visits:].any()
    bound = None if before and after else change.percent.value
    beyond = bound is not None and (bound > 0 if after else bound < 0)
    verdict = change.verdict if beyond else "cannot tell"
    return replace(
        change,
        log_change=None,
        percent=None,
        probability_higher=None,
        probability_beyond_mdc=None,
        bound_percent=bound,
        verdict=verdict,
        sentence=_sentence(bound, verdict, "at least" if after else "at most"),
        flags=(*change.flags, QualityFlag.CENSORED),
    )


def _sentence(bound: float | None, verdict: str, side: str) -> str:
    if bound is None:
        return f"No change can be told: before and after, {_REACHED}."
    seen = f"{side} {bound:+z.0f} %, because {_REACHED}"
    if verdict == "cannot tell":
        return f"No change can be claimed: it is {seen}."
    way = "higher" if bound > 0 else "lower"
    return f"The value is {verdict} {way} than at the start: {seen}."
