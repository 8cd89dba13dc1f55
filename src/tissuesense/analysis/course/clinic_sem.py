"""A clinic's own standard error of measurement, starting from the published one.

Of pain thresholds the published figure counts from the start as what it is worth. Of every other
quantity it comes from devices and sites that are not the clinic's: it is taken half as large again
until six sessions were repeated, and only then blended with the clinic's own.

Source: `measurement_error.blended_sem`; the published figures are data, in `published_sem.toml`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from tissuesense.analysis.agreement.measurement_error import blended_sem, minimal_detectable_change
from tissuesense.analysis.agreement.published_sem import (
    CAUTION,
    PAIN_THRESHOLD,
    published_sems,
    usual_sem,
)
from tissuesense.analysis.course.change import UsualScatter
from tissuesense.core.arrays import column
from tissuesense.core.errors import UsageError

PRIOR_WEIGHT = 10.0
# A published figure of another quantity is taken with care until there are this many sessions.
ENOUGH_SESSIONS = 6
_TRIALS = 3
_POSITIVE = ("ln", "kPa")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSem:
    """A standard error of measurement to work with, and what it is made of.

    Attributes
    ----------
    sem
        On `scale`: "ln", of the natural logarithm, or the unit of the values.
    own, own_df
        From the clinic's repeats; None without any.
    prior, prior_source
        The published start; None where there is none for the site.
    is_prior
        It rests on the published start alone, taken with care.
    """

    sem: float
    scale: str
    own: float | None
    own_df: int
    prior: float | None
    prior_source: str | None
    prior_weight: float
    is_prior: bool = False

    @property
    def mdc95(self) -> float:
        """Change that 95 % of unchanged persons stay below, on `scale`."""
        return minimal_detectable_change(self.sem)

    @property
    def own_share(self) -> float:
        """How much of the weight is the clinic's own, 0 to 1."""
        if self.is_prior:
            return 0.0
        weight = self.prior_weight if self.prior is not None else 0.0
        return self.own_df / (self.own_df + weight)

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        size = f"{100 * self.sem:.0f} %" if self.scale == "ln" else f"{self.sem:.1f} {self.scale}"
        start = (
            f"published figure: {self.prior_source}" if self.prior_source else "no published one"
        )
        return (
            f"Repeated values of an unchanged person scatter by {size}; "
            f"{100 * self.own_share:.0f} % of that rests on this clinic's own repeats ({start})."
        )


def clinic_sem(
    repeats: Sequence[ArrayLike],
    *,
    quantity: str = PAIN_THRESHOLD,
    site: str | None = None,
    scale: str | None = None,
    prior: float | None = None,
    prior_weight: float = PRIOR_WEIGHT,
) -> ClinicSem:
    """Return the standard error that the clinic's own repeats and the published one give together.

    Parameters
    ----------
    repeats
        For each unchanged person (or site of one), the values of two or more days; a single value
        adds nothing. May be empty.
    quantity
        Name with unit, such as "tap_frequency_hz"; pressures are in kPa.
    site
        Whose published figure to start from, on the scale "kPa"; the largest where several are.
    scale
        "ln" for scatter that grows with the value, as that of all positive quantities does; of
        thresholds the start is then the usual scatter of three presses between days, of every
        site. "kPa" to use the published figures of thresholds, which are in kPa. Not stated: "ln",
        but "degree" for angles.
    prior
        A start of one's own, on `scale`.
    prior_weight
        How many repeats the start is worth.

    Raises
    ------
    UsageError
        When a value that is followed by its logarithm is not positive, a weight is negative, the
        scale fits the quantity not, or neither repeat nor start is there.

    Examples
    --------
    >>> found = clinic_sem([[310, 290], [205, 222, 214]], site="trapezius_upper", scale="kPa")
    >>> round(found.sem, 1), found.own_df
    (18.8, 3)
    """
    scale = scale or _usual_scale(quantity)
    own_variance, own_df = _pooled(repeats, scale)
    source: str | None = "stated"
    careful = prior is None and quantity != PAIN_THRESHOLD
    if prior is None:
        prior, source = _start(quantity, site, scale)
    own = math.sqrt(own_variance) if own_df else None
    if prior is None and not own_df:
        raise UsageError(
            f"There are no repeats, and no published standard error of {site or 'an unnamed site'}."
        )
    weight = prior_weight if prior is not None else 0.0
    is_prior = careful and _sessions(repeats) < ENOUGH_SESSIONS
    sem = blended_sem(prior or 0.0, weight, own or 0.0, own_df)
    return ClinicSem(
        sem=CAUTION * (prior or 0.0) if is_prior else sem,
        scale=scale,
        own=own,
        own_df=own_df,
        prior=prior,
        prior_source=source,
        prior_weight=prior_weight,
        is_prior=is_prior,
    )


def usual_scatter(quantity: str) -> UsualScatter:
    """Return the scatter from which a course of values of `quantity` starts.

    For `change_over_visits`. Of pain thresholds it is the literature's; of another quantity the
    published standard error, half as large again, and the usual scatter between repeats of one
    visit. How far a level wanders in a week, half the published error, is an assumption.

    Raises
    ------
    UsageError
        When nothing is known of the quantity.
    """
    if quantity == PAIN_THRESHOLD:
        return UsualScatter()
    row = usual_sem(quantity)
    return UsualScatter(
        trial=row.within or 0.0,
        visit=CAUTION * row.on_scale,
        wander_per_week=row.on_scale / 2,
        unit=row.unit if row.is_difference else "1",
    )


def _usual_scale(quantity: str) -> str:
    if quantity == PAIN_THRESHOLD:
        return "ln"
    row = usual_sem(quantity)
    return row.unit if row.is_difference else "ln"


def _sessions(repeats: Sequence[ArrayLike]) -> int:
    """Return how many sessions were repeats of another."""
    sizes = [column(values, "repeats").size for values in repeats]
    return sum(size for size in sizes if size > 1)


def _pooled(repeats: Sequence[ArrayLike], scale: str) -> tuple[float, int]:
    """Return the variance within persons, pooled over them, and its degrees of freedom."""
    squares, df = 0.0, 0
    for number, values in enumerate(repeats):
        found = column(values, f"repeats[{number}]")
        if scale in _POSITIVE and (found <= 0).any():
            raise UsageError(f"repeats[{number}] holds a value that is not positive.")
        if not found.size:
            continue
        y = [math.log(x) for x in found] if scale == "ln" else found.tolist()
        mean = math.fsum(y) / len(y)
        squares += math.fsum((x - mean) ** 2 for x in y)
        df += len(y) - 1
    return (squares / df if df else 0.0), df


def _start(quantity: str, site: str | None, scale: str) -> tuple[float | None, str | None]:
    if quantity != PAIN_THRESHOLD:
        row = usual_sem(quantity, site=site)
        if scale != (row.unit if row.is_difference else "ln"):
            raise UsageError(f"Errors of '{quantity}' are not on the scale '{scale}'.")
        return row.on_scale, row.source
    if scale == "ln":
        return math.sqrt(float(UsualScatter().variance(_TRIALS))), "usual scatter of thresholds"
    there = [row for row in published_sems() if row.site == site]
    if not there:
        return None, None
    largest = max(there, key=lambda row: row.sem)
    return largest.sem, largest.source
