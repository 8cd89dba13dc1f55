"""What a threshold's scatter is made of: persons, a person's days, the presses of one day.

``y = mean + person + session + trial``, each with a variance of its own; from these follow how
reliable the mean of k presses is and what change it can show. Balanced tables are solved by
analysis of variance; where a lower stratum scatters more than the one above it, the two are pooled,
which is then the restricted maximum likelihood. Tables with missing cells go to REML itself.

Sources: Searle SR, Casella G, McCulloch CE (1992) Variance components, chapters 3 and 4; Thompson
WA (1962) The problem of negative estimates of variance components, Ann Math Stat 33:273-289, for
the pooling; Liew B and others (2021) A novel metric of reliability in pressure pain threshold
measurement, Sci Rep 11, for reliability across sessions and repetitions at once.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tissuesense.analysis.agreement.measurement_error import minimal_detectable_change
from tissuesense.analysis.agreement.mixed_model import nested_reml
from tissuesense.core.errors import UsageError

_AXES = 3
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceComponents:
    """Three variances, in the squared unit of the scores; published ones can be entered.

    Attributes
    ----------
    person, session, trial
        Between persons, between the sessions of one person, between the trials of one session.
    method
        "ANOVA" (of a balanced table), "REML", or "published".
    """

    person: float
    session: float
    trial: float
    mean: float | None = None
    method: Literal["ANOVA", "REML", "published"] = "published"

    def __post_init__(self) -> None:
        for name in ("person", "session", "trial"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) >= 0):
                raise UsageError(f"A variance is not negative; {name} is {getattr(self, name)}.")

    @property
    def total(self) -> float:
        """Variance of a single press of a person drawn at random."""
        return self.person + self.session + self.trial

    @property
    def shares(self) -> dict[str, float]:
        """Fraction of the total that each component makes; of nothing, zeros."""
        whole = self.total or 1.0
        return {name: getattr(self, name) / whole for name in ("person", "session", "trial")}

    def icc_between_sessions(self, trials: int = 1) -> float | None:
        """Return how well means of `trials` presses of two different days agree on persons."""
        return _ratio(self.person, self.person + self.session + self.trial / _count(trials))

    def icc_within_session(self, trials: int = 1) -> float | None:
        """Return the same for two such means of one day: what a day adds does not count."""
        lasting = self.person + self.session
        return _ratio(lasting, lasting + self.trial / _count(trials))

    def sem_between_sessions(self, trials: int = 1) -> float:
        """Return the standard error of a mean of `trials` presses, for another day."""
        return math.sqrt(self.session + self.trial / _count(trials))

    def sem_within_session(self, trials: int = 1) -> float:
        """Return the standard error of such a mean, for the same day."""
        return math.sqrt(self.trial / _count(trials))

    def mdc95_between_sessions(self, trials: int = 1) -> float:
        """Return the change from day to day that 95 % of unchanged persons stay below."""
        return minimal_detectable_change(self.sem_between_sessions(trials))

    def mdc95_within_session(self, trials: int = 1) -> float:
        """Return the same for two blocks of presses of one day."""
        return minimal_detectable_change(self.sem_within_session(trials))


def variance_components(scores: ArrayLike) -> VarianceComponents:
    """Return the variance between persons, between sessions and between trials.

    Parameters
    ----------
    scores
        Shape (persons, sessions, trials), at least 2 of each; NaN is a missing press. Logarithms
        where the scatter grows with the value, as that of thresholds does.

    Raises
    ------
    UsageError
        When the shape is another, a score is infinite, or too few are left.
    MissingExtraError
        When cells are missing and the extra `stats`, which solves that, is not installed.

    Examples
    --------
    >>> two_presses_on_two_days = [[[5.5, 5.7], [5.6, 5.6]], [[6.1, 6.2], [6.3, 6.0]]]
    >>> found = variance_components(two_presses_on_two_days)
    >>> round(found.icc_between_sessions(2), 2), found.method
    (0.96, 'ANOVA')
    """
    table = _table(scores)
    if np.isnan(table).any():
        return _by_reml(table)
    return _by_anova(table)


def _table(scores: ArrayLike) -> NDArray[np.float64]:
    try:
        table = np.asarray(scores, dtype=np.float64)
    except (TypeError, ValueError) as err:
        raise UsageError("scores is not a table of numbers; a missing one is NaN.") from err
    if table.ndim != _AXES or min(table.shape) < _FEWEST:
        raise UsageError(
            "scores must have the shape (persons, sessions, trials), two or more of each, "
            f"not {table.shape}."
        )
    if np.isinf(table).any():
        raise UsageError("scores holds an infinite value; a missing one is NaN.")
    return table


def _by_anova(table: NDArray[np.float64]) -> VarianceComponents:
    persons, sessions, trials = table.shape
    of_session = table.mean(axis=2)
    of_person = of_session.mean(axis=1)
    degrees = [persons * sessions * (trials - 1), persons * (sessions - 1), persons - 1]
    squares = [
        float(np.square(table - of_session[:, :, None]).sum()),
        float(trials * np.square(of_session - of_person[:, None]).sum()),
        float(sessions * trials * np.square(of_person - of_person.mean()).sum()),
    ]
    trial, session, person = _rising(squares, degrees)
    return VarianceComponents(
        person=(person - session) / (sessions * trials),
        session=(session - trial) / trials,
        trial=trial,
        mean=float(table.mean()),
        method="ANOVA",
    )


def _rising(squares: list[float], degrees: list[int]) -> list[float]:
    """Return mean squares that do not fall from stratum to stratum; those that would are pooled."""
    pools: list[tuple[float, int, int]] = []  # sum of squares, degrees of freedom, strata
    for total, df in zip(squares, degrees, strict=True):
        pool = (total, df, 1)
        while pools and pools[-1][0] / pools[-1][1] > pool[0] / pool[1]:
            below = pools.pop()
            pool = (below[0] + pool[0], below[1] + pool[1], below[2] + pool[2])
        pools.append(pool)
    return [total / df for total, df, strata in pools for _ in range(strata)]


def _by_reml(table: NDArray[np.float64]) -> VarianceComponents:
    person, session, _ = np.nonzero(~np.isnan(table))
    repeated = np.unique(person * table.shape[1] + session).size
    if np.unique(person).size < _FEWEST or not np.unique(person).size < repeated < person.size:
        raise UsageError(
            "Too many scores are missing: two persons, a second session of one and a second trial "
            "of one session are the least."
        )
    found = nested_reml(table[~np.isnan(table)], person, session)
    return VarianceComponents(
        person=found.person,
        session=found.session,
        trial=found.trial,
        mean=found.mean,
        method="REML",
    )


def _count(trials: int) -> int:
    if trials < 1:
        raise UsageError(f"A mean is of one trial or more, not {trials}.")
    return trials


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None
