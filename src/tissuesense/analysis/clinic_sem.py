"""A clinic's own standard error of measurement, starting from the published one of the site.

Source: `measurement_error.blended_sem`; the published figures are data, in `published_sem.toml`.
"""

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from numpy.typing import ArrayLike

from tissuesense.analysis.change import UsualScatter
from tissuesense.analysis.measurement_error import blended_sem, minimal_detectable_change
from tissuesense.core.arrays import column
from tissuesense.core.errors import UsageError
from tissuesense.core.units import NEWTON_PER_KGF, pressure_kpa

PRIOR_WEIGHT = 10.0
_TRIALS = 3
Scale = Literal["kPa", "ln"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSem:
    """One figure from the literature.

    Attributes
    ----------
    between
        What the two measurements had not in common: "raters", "days", or "mixed".
    """

    site: str
    sem_kpa: float
    between: str
    source: str
    n: int | None = None
    target_rate_kpa_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicSem:
    """A standard error of measurement to work with, and what it is made of.

    Attributes
    ----------
    sem
        On `scale`: in kPa, or of the natural logarithm.
    own, own_df
        From the clinic's repeats; None without any.
    prior, prior_source
        The published start; None where there is none for the site.
    """

    sem: float
    scale: Scale
    own: float | None
    own_df: int
    prior: float | None
    prior_source: str | None
    prior_weight: float

    @property
    def mdc95(self) -> float:
        """Change that 95 % of unchanged persons stay below, on `scale`."""
        return minimal_detectable_change(self.sem)

    @property
    def own_share(self) -> float:
        """How much of the weight is the clinic's own, 0 to 1."""
        weight = self.prior_weight if self.prior is not None else 0.0
        return self.own_df / (self.own_df + weight)

    @property
    def sentence(self) -> str:
        """The result in plain words."""
        size = f"{self.sem:.1f} kPa" if self.scale == "kPa" else f"{100 * self.sem:.0f} %"
        start = (
            f"published figure: {self.prior_source}" if self.prior_source else "no published one"
        )
        return (
            f"Repeated values of an unchanged person scatter by {size}; "
            f"{100 * self.own_share:.0f} % of that rests on this clinic's own repeats ({start})."
        )


@cache
def published_sems() -> tuple[PublishedSem, ...]:
    """Return every published standard error that is shipped."""
    text = files("tissuesense.analysis").joinpath("published_sem.toml").read_text(encoding="utf-8")
    return tuple(_published(row) for row in tomllib.loads(text)["sem"])


def clinic_sem(
    repeats: Sequence[ArrayLike],
    *,
    site: str | None = None,
    scale: Scale = "ln",
    prior: float | None = None,
    prior_weight: float = PRIOR_WEIGHT,
) -> ClinicSem:
    """Return the standard error that the clinic's own repeats and the published one give together.

    Parameters
    ----------
    repeats
        For each unchanged person (or site of one), the values in kPa of two or more days, positive;
        a single value adds nothing. May be empty.
    site
        Whose published figure to start from, on the scale "kPa"; the largest where several are.
    scale
        "ln" for scatter that grows with the value, as that of thresholds does: then the start is
        the usual scatter of three presses between days, of every site. "kPa" to use the
        published figures, which are in kPa.
    prior
        A start of one's own, on `scale`.
    prior_weight
        How many repeats the start is worth.

    Raises
    ------
    UsageError
        When a value is not positive, a weight is negative, or neither repeat nor start is there.

    Examples
    --------
    >>> found = clinic_sem([[310, 290], [205, 222, 214]], site="trapezius_upper", scale="kPa")
    >>> round(found.sem, 1), found.own_df
    (18.8, 3)
    """
    own_variance, own_df = _pooled(repeats, scale)
    source: str | None = "stated"
    if prior is None:
        prior, source = _start(site, scale)
    own = math.sqrt(own_variance) if own_df else None
    if prior is None and not own_df:
        raise UsageError(
            f"There are no repeats, and no published standard error of {site or 'an unnamed site'}."
        )
    weight = prior_weight if prior is not None else 0.0
    return ClinicSem(
        sem=blended_sem(prior or 0.0, weight, own or 0.0, own_df),
        scale=scale,
        own=own,
        own_df=own_df,
        prior=prior,
        prior_source=source,
        prior_weight=prior_weight,
    )


def _pooled(repeats: Sequence[ArrayLike], scale: Scale) -> tuple[float, int]:
    """Return the variance within persons, pooled over them, and its degrees of freedom."""
    squares, df = 0.0, 0
    for number, values in enumerate(repeats):
        kpa = column(values, f"repeats[{number}]")
        if (kpa <= 0).any():
            raise UsageError(f"repeats[{number}] holds a threshold that is not positive.")
        if not kpa.size:
            continue
        y = [math.log(x) for x in kpa] if scale == "ln" else kpa.tolist()
        mean = math.fsum(y) / len(y)
        squares += math.fsum((x - mean) ** 2 for x in y)
        df += len(y) - 1
    return (squares / df if df else 0.0), df


def _start(site: str | None, scale: Scale) -> tuple[float | None, str | None]:
    if scale == "ln":
        return math.sqrt(float(UsualScatter().variance(_TRIALS))), "usual scatter of thresholds"
    there = [row for row in published_sems() if row.site == site]
    if not there:
        return None, None
    largest = max(there, key=lambda row: row.sem_kpa)
    return largest.sem_kpa, largest.source


def _published(row: dict[str, Any]) -> PublishedSem:
    kpa_per_unit = {
        "kPa": 1.0,
        "kgf/cm2": pressure_kpa(NEWTON_PER_KGF, 1.0),
        "N": pressure_kpa(1.0, row.get("tip_area_cm2", math.nan)),
    }
    return PublishedSem(
        site=row["site"],
        sem_kpa=row["sem"] * kpa_per_unit[row["unit"]],
        between=row["between"],
        source=row["source"],
        n=row.get("n"),
        target_rate_kpa_s=row.get("target_rate_kpa_s"),
    )
