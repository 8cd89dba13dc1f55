"""Published standard errors of measurement, as data: what repeated values of the unchanged scatter.

The figures and their sources stand in `published_sem.toml`. Errors of pressures, stiffnesses and
frequencies grow with the value and are ratios; those of angles are differences, because an angle
may be anywhere about 0.
"""

import math
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tissuesense.core.errors import UsageError
from tissuesense.core.units import NEWTON_PER_KGF, pressure_kpa

PAIN_THRESHOLD = "ppt_kpa"
DIFFERENCE_UNIT = "degree"
# A figure of other devices and other sites is trusted with care: so many times as large.
CAUTION = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSem:
    """One figure from the literature.

    Attributes
    ----------
    sem
        In `unit`.
    between
        What the two measurements had not in common: "raters", "days", or "mixed".
    typical
        A usual value in `unit`, to make a fraction of `sem`; None where none is stated.
    within
        Usual standard deviation between repeats of one visit: a fraction, or in degrees.
    convention
        It is this program's own, because no figure could be read.
    """

    quantity: str
    site: str
    sem: float
    unit: str
    between: str
    source: str
    n: int | None = None
    target_rate_kpa_s: float | None = None
    typical: float | None = None
    within: float | None = None
    convention: bool = False

    @property
    def is_difference(self) -> bool:
        """Whether errors of this quantity are differences and not ratios."""
        return self.unit == DIFFERENCE_UNIT

    @property
    def on_scale(self) -> float:
        """The error on the scale on which it is even: of the logarithm, or in degrees."""
        return self.sem if self.is_difference or self.typical is None else self.sem / self.typical


def published_sems(quantity: str = PAIN_THRESHOLD) -> tuple[PublishedSem, ...]:
    """Return every published standard error of a quantity that is shipped; pressures in kPa."""
    return tuple(row for row in _rows() if row.quantity == quantity)


def usual_sem(quantity: str, *, site: str | None = None) -> PublishedSem:
    """Return the published standard error to start from: the largest of those that fit best.

    One of the same site goes before those of others, and what one rater's repeats scatter before
    what raters differ by, since a course is mostly measured by one hand.

    Raises
    ------
    UsageError
        When nothing is known of the quantity.
    """
    rows = published_sems(quantity)
    if not rows:
        known = sorted({row.quantity for row in _rows()})
        raise UsageError(
            f"No usual measurement error is known of '{quantity}'.",
            hint=f"Known are {', '.join(known)}; state your own for another quantity.",
        )
    return max(rows, key=lambda row: (row.site == site, row.between != "raters", row.on_scale))


@cache
def _rows() -> tuple[PublishedSem, ...]:
    text = (
        files("tissuesense.analysis.agreement")
        .joinpath("published_sem.toml")
        .read_text(encoding="utf-8")
    )
    return tuple(_published(row) for row in tomllib.loads(text)["sem"])


def _published(row: dict[str, Any]) -> PublishedSem:
    kpa_per_unit = {
        "kPa": 1.0,
        "kgf/cm2": pressure_kpa(NEWTON_PER_KGF, 1.0),
        "N": pressure_kpa(1.0, row.pop("tip_area_cm2", math.nan)),
    }
    pressure = kpa_per_unit.get(row["unit"])
    if pressure is None:
        return PublishedSem(**row)
    in_kpa = {"quantity": PAIN_THRESHOLD, "sem": row["sem"] * pressure, "unit": "kPa"}
    return PublishedSem(**{**row, **in_kpa})
