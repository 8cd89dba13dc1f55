"""Mixed models for studies: many persons, several sessions each, several presses a session.

``ln value = fixed terms + person + person's slope + session within person + ... + press``, by
restricted maximum likelihood. Every random term is a standard deviation of the logarithm, read
where statsmodels keeps it in the unit of the data (see `mixed_model`). Sessions that were missed
need not be filled in: the likelihood uses what is there, which is right where missing has nothing
to do with the pain of that day.

Sources: Pinheiro JC, Bates DM (2000) Mixed-effects models in S and S-PLUS, chapters 1, 2 and 5;
Laird NM, Ware JH (1982) Random-effects models for longitudinal data, Biometrics 38:963-974.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tissuesense.analysis.agreement.mixed_model import fit_mixed
from tissuesense.core.arrays import FloatArray, vector
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

_FEWEST_PERSONS = 3
_SESSIONS_FOR_SLOPES = 4
_RESPONSE, _TIME = "log_value", "time_from_mean"
METHOD = "restricted maximum likelihood (REML)"


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyModel:
    """A fitted study.

    Attributes
    ----------
    fixed
        Name of each fixed term -> its effect on the natural logarithm; intervals by Student's t
        with one degree of freedom less than there are persons.
    sd
        Standard deviation of each random term, of the logarithm: "person" (at the mean time),
        "session", "slope" where there is one, further groupings, and "trial".
    loglik
        The restricted one: not to be compared between models of different fixed terms.
    flags
        `poor_fit` where the fit did not converge.
    """

    fixed: Mapping[str, Estimate]
    sd: Mapping[str, float]
    loglik: float
    n_persons: int
    n_sessions: int
    n_trials: int
    method: str = METHOD
    flags: tuple[QualityFlag, ...] = ()

    def percent(self, effect: str) -> Estimate:
        """Return a fixed term's effect in percent of the value.

        Raises
        ------
        UsageError
            When there is no such term.
        """
        if effect not in self.fixed:
            raise UsageError(
                f"There is no fixed term '{effect}'; there are {', '.join(self.fixed)}."
            )
        log = self.fixed[effect]
        low, high = (100 * math.expm1(bound) for bound in log.ci95)
        return Estimate(
            value=100 * math.expm1(log.value),
            standard_uncertainty=100 * math.exp(log.value) * log.u,
            unit="%",
            interval95=(low, high),
        )

    def sentence(self, effect: str | None = None) -> str:
        """Return the result in plain words: of one fixed term, the last where none is named.

        Raises
        ------
        UsageError
            When there is no such term.
        """
        effect = effect or list(self.fixed)[-1]
        percent = self.percent(effect)
        low, high = percent.ci95
        basis = (
            f"{self.n_persons} persons, {self.n_sessions} sessions, {self.n_trials} presses; "
            f"{self.method}"
        )
        if self.flags:
            return f"The fit did not converge; nothing is claimed ({basis})."
        seen = f"{percent.value:+.1f} % (95 % interval {low:+.1f} to {high:+.1f} %)"
        sure = low > 0 or high < 0
        what = "changes the value by" if sure else "cannot be told from no change:"
        return f"A unit of {effect} {what} {seen} ({basis})."


def study_model(
    table: Mapping[str, Sequence[Any] | NDArray[Any]],
    *,
    fixed: str = "session",
    value: str = "kpa",
    person: str = "person",
    session: str = "session",
    within: Sequence[str] = (),
    random_slope: bool | None = None,
) -> StudyModel:
    """Fit a mixed model to a long table, one row for each press.

    Parameters
    ----------
    table
        Columns of one length; a press without a value is NaN. A pandas table will do.
    fixed
        Right side of the formula, such as ``"group * session + sex"``; columns of text are factors.
    value
        Column of positive values; their logarithm is modelled.
    person, session
        Columns that name them; numbers for the session give its slope.
    within
        Further columns whose levels scatter within a person, such as ``("site",)``.
    random_slope
        Whether persons differ in their slope over sessions; from four sessions on where absent.

    Raises
    ------
    UsageError
        When a column is missing, a value is not positive, there are fewer than three persons, or
        table and formula do not fit together.
    MissingExtraError
        When the extra `stats` is not installed.
    """
    columns, y = _columns(table, {value, person, session, *within}, value)
    persons, sessions = columns[person], columns[session]
    n_persons = np.unique(persons).size
    if n_persons < _FEWEST_PERSONS:
        raise UsageError(f"A study has {_FEWEST_PERSONS} persons or more.")
    random = {name: f"0 + C({name})" for name in (session, *within)}
    time, unit = _time(sessions)
    many = np.unique(sessions).size >= _SESSIONS_FOR_SLOPES
    if unit > 0 and (many if random_slope is None else random_slope):
        random["slope"] = f"0 + {_TIME}"
    fit = fit_mixed(
        columns | {_RESPONSE: np.log(y), _TIME: time},
        f"{_RESPONSE} ~ {fixed}",
        group=person,
        random=random,
        what="A mixed model of a study",
    )
    names = {person: "person", session: "session", "residual": "trial"}
    sd = {names.get(name, name): math.sqrt(v) for name, v in fit.variances.items()}
    if "slope" in sd:
        sd["slope"] /= unit
    return StudyModel(
        fixed={
            name: Estimate(
                value=value, standard_uncertainty=fit.fixed_se[name], unit="1", dof=n_persons - 1
            )
            for name, value in fit.fixed.items()
        },
        sd=sd,
        loglik=fit.loglik,
        n_persons=n_persons,
        n_sessions=len(set(zip(persons.tolist(), sessions.tolist(), strict=True))),
        n_trials=y.size,
        flags=() if fit.converged else (QualityFlag.POOR_FIT,),
    )


def _columns(
    table: Mapping[str, Sequence[Any] | NDArray[Any]], needed: set[str], value: str
) -> tuple[dict[str, NDArray[Any]], FloatArray]:
    """Return the columns and the values of those rows that have a value."""
    columns = {str(name): np.asarray(table[name]) for name in table}
    if missing := sorted(needed - set(columns)):
        raise UsageError(f"The table has no column '{missing[0]}'; it has {', '.join(columns)}.")
    y = vector(columns[value], value)
    if sizes := {name for name, column in columns.items() if column.shape != y.shape}:
        raise UsageError(f"The column '{min(sizes)}' is not as long as '{value}'.")
    seen = ~np.isnan(y)
    if not seen.any() or not (np.isfinite(y[seen]) & (y[seen] > 0)).all():
        raise UsageError(f"'{value}' must be positive and finite; a missing one is NaN.")
    return {name: column[seen] for name, column in columns.items()}, y[seen]


def _time(sessions: NDArray[Any]) -> tuple[FloatArray, float]:
    """Return the time from its mean in units of its spread, and that unit; 0 where it has none.

    In those units intercepts and slopes are of one size and hardly depend on one another.
    """
    if not np.issubdtype(sessions.dtype, np.number):
        return np.zeros(sessions.size), 0.0
    time = sessions.astype(np.float64)
    unit = float(time.std())
    return (time - time.mean()) / (unit or 1.0), unit
