"""How a place of an invented person changes over a course of care, and from day to day."""

import math
from dataclasses import dataclass

import numpy as np

_MOST_OF_IT_WEEKS = 4.0
# From day to day, natural logarithm: shares of what repeated days of one person differ by, this
# program's assumptions. Half of a day's mood is felt everywhere alike.
_DAY_THRESHOLD_LN, _DAY_FIRMNESS_LN = 0.06, 0.025
_SHARED = math.sqrt(0.5)
_TREATED_THRESHOLD, _TREATED_FIRMNESS = 1.14, 0.93
_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a place is heading: factors that it comes ever closer to, two thirds in four weeks."""

    threshold: float = 1.0
    firmness: float = 1.0

    def at(self, week: float) -> "Course":
        """Return the factors that hold `week` weeks after care began."""
        share = -math.expm1(-week / _MOST_OF_IT_WEEKS)
        return Course(threshold=self.threshold**share, firmness=self.firmness**share)


STEADY = Course()
TREATED = Course(threshold=_TREATED_THRESHOLD, firmness=_TREATED_FIRMNESS)


def day_factors(person: str, place: str, seed: int, week: float) -> Course:
    """Draw how a place differs on one day from what is usual for it; all of a day give the same."""
    day = math.floor(week * _DAYS)
    mood, spot = (
        np.random.default_rng([seed, day, *f"day {name}".encode()]).standard_normal(2)
        for name in (person, f"{person} {place}")
    )
    threshold, firmness = _SHARED * (mood + spot)
    return Course(
        threshold=math.exp(_DAY_THRESHOLD_LN * threshold),
        firmness=math.exp(_DAY_FIRMNESS_LN * firmness),
    )
