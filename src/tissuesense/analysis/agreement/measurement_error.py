"""How far a person's repeated values scatter, and what change is more than that scatter.

Sources: de Vet HCW, Terwee CB, Knol DL, Bouter LM (2006) When to use agreement versus reliability
measures, J Clin Epidemiol 59:1033-1039, for the two standard errors of measurement; Jacobson NS,
Truax P (1991) Clinical significance, J Consult Clin Psychol 59:12-19, for the reliable change
index; Graybill FA, Wang CM (1980) Confidence intervals on nonnegative linear combinations of
variances, J Am Stat Assoc 75:869-873, for the interval of agreement; Fraser CG, Harris EK (1989)
Generation and application of data on biological variation in clinical chemistry, Crit Rev Clin Lab
Sci 27:409-437, for the reference change value.
"""

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy.special import chdtri

from tissuesense.analysis.agreement.score_table import MeanSquares, mean_squares, score_tables
from tissuesense.core.errors import UsageError

# Two sessions each scatter by the standard error, so that their difference does by sqrt(2) times.
Z90, Z95 = 1.6448536269514722, 1.959963984540054
_SQRT2 = math.sqrt(2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementError:
    """Standard error of measurement and minimal detectable change, in the unit of the scores.

    Attributes
    ----------
    sem_consistency
        Without the differences between the raters' (or sessions') means.
    sem_agreement
        With them: what a value scatters by when anybody may measure, on any day.
    mdc95_consistency, mdc95_agreement
        ``1.96 sqrt(2)`` times these: the change that 95 % of unchanged persons stay below.
    sem_agreement_ci95
        Confidence interval. Two or three raters say little of how far raters differ at large, so
        that it is wide unless there are many.
    df_consistency, df_agreement
        Degrees of freedom of the variances behind them.
    """

    sem_consistency: float
    sem_agreement: float
    sem_agreement_ci95: tuple[float, float]
    df_consistency: int
    df_agreement: int

    @property
    def mdc95_consistency(self) -> float:
        """Minimal detectable change, raters' means left out."""
        return minimal_detectable_change(self.sem_consistency)

    @property
    def mdc95_agreement(self) -> float:
        """Minimal detectable change, raters' means included."""
        return minimal_detectable_change(self.sem_agreement)

    @property
    def sem_consistency_ci95(self) -> tuple[float, float]:
        """Confidence interval by chi-square."""
        return sem_interval(self.sem_consistency, self.df_consistency)


def sem_mdc(scores: ArrayLike) -> MeasurementError:
    """Return standard errors of measurement and minimal detectable changes of a table.

    Parameters
    ----------
    scores
        Shape (n targets, k raters or sessions); no score may be missing.

    Raises
    ------
    UsageError
        When the shape is another, or a score is missing.
    """
    squares = mean_squares(score_tables(scores, axes=2))
    n, k = squares.n, squares.k
    return MeasurementError(
        sem_consistency=math.sqrt(float(squares.residual)),
        sem_agreement=math.sqrt(float(squares.within)),
        sem_agreement_ci95=_agreement_interval(squares),
        df_consistency=(n - 1) * (k - 1),
        df_agreement=n * (k - 1),
    )


def _agreement_interval(squares: MeanSquares) -> tuple[float, float]:
    """Return the interval of Graybill and Wang for the root of (JMS + (n - 1) EMS) / n.

    Chi-square with the n (k - 1) degrees of freedom of the sum would take the raters' means, which
    are only k, for as well known as everything else.
    """
    n, k = squares.n, squares.k
    below = above = 0.0
    for part, df in (
        (float(squares.raters) / n, k - 1),
        (float(squares.residual) * (n - 1) / n, (n - 1) * (k - 1)),
    ):
        below += (part * (1 - df / float(chdtri(df, 0.025)))) ** 2
        above += (part * (df / float(chdtri(df, 0.975)) - 1)) ** 2
    variance = float(squares.within)
    return math.sqrt(max(variance - math.sqrt(below), 0.0)), math.sqrt(variance + math.sqrt(above))


def minimal_detectable_change(sem: float, z: float = Z95) -> float:
    """Return ``z sqrt(2) sem``, in the unit of `sem`; `Z95` and `Z90` are the usual z.

    Raises
    ------
    UsageError
        When one of them is negative or not finite.
    """
    _not_negative(sem=sem, z=z)
    return z * _SQRT2 * sem


def sem_interval(sem: float, df: float) -> tuple[float, float]:
    """Return the 95 % confidence interval of a standard error with `df` degrees of freedom.

    Raises
    ------
    UsageError
        When `sem` is negative, `df` not positive, or one of them is not finite.
    """
    _not_negative(sem=sem, df=df)
    if df == 0:
        raise UsageError("df must be above 0: a standard error without repeats has no interval.")
    return (
        sem * math.sqrt(df / float(chdtri(df, 0.025))),
        sem * math.sqrt(df / float(chdtri(df, 0.975))),
    )


def sem_from_icc(sd: float, icc: float) -> float:
    """Return ``sd sqrt(1 - icc)``: for published figures only, of one and the same table.

    Raises
    ------
    UsageError
        When `icc` is above 1, `sd` is negative, or one of them is not finite.
    """
    _not_negative(sd=sd)
    if not (math.isfinite(icc) and icc <= 1):
        raise UsageError(f"icc is at most 1, not {icc}.")
    return sd * math.sqrt(1 - icc)


def blended_sem(prior: float, prior_weight: float, own: float, own_df: float) -> float:
    """Return the standard error that a clinic may use while its own is still uncertain.

    The variances are pooled by degrees of freedom, the published one counting `prior_weight`: it
    begins as the published figure and becomes the clinic's own (the posterior mean of a scaled
    inverse chi-square prior; Gelman and others, Bayesian Data Analysis, 3rd ed., section 2.6).

    Raises
    ------
    UsageError
        When one of them is negative or not finite, or both weights are 0.
    """
    _not_negative(prior=prior, prior_weight=prior_weight, own=own, own_df=own_df)
    total = prior_weight + own_df
    if total == 0:
        raise UsageError("prior_weight and own_df are both 0: there is nothing to blend.")
    return math.sqrt((prior_weight * prior**2 + own_df * own**2) / total)


def reliable_change_index(before: float, after: float, sem: float, *, shift: float = 0.0) -> float:
    """Return the change in units of its own scatter; beyond 1.96 it is more than chance.

    Parameters
    ----------
    shift
        Mean change on a retest of unchanged persons, such as the rise from the first session to
        the second; it is no effect of treatment.

    Raises
    ------
    UsageError
        When `sem` is not positive, or a value is not finite.
    """
    if not (math.isfinite(sem) and sem > 0):
        raise UsageError(f"A standard error of measurement must be positive, not {sem}.")
    change = after - before - shift
    if not math.isfinite(change):
        raise UsageError(f"before, after and shift must be finite: {before}, {after}, {shift}.")
    return change / (_SQRT2 * sem)


def _not_negative(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (math.isfinite(number) and number >= 0):
            raise UsageError(f"{name} must be finite and not negative; it is {number}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceChange:
    """Relative changes, as fractions, that scatter alone exceeds in 5 % of cases.

    Attributes
    ----------
    symmetric
        Up and down alike: for small scatter.
    rise, fall
        By the logarithm, for any scatter: a doubling and a halving count the same.
    """

    symmetric: float
    rise: float
    fall: float


def reference_change(cv_measuring: float, cv_within_person: float) -> ReferenceChange:
    """Return the reference change values of two coefficients of variation, as fractions.

    Source of the logarithmic form: Fokkema MR and others (2006) Reference change values for
    brain natriuretic peptides revisited, Clin Chem 52:1602-1603.

    Raises
    ------
    UsageError
        When a coefficient of variation is negative or not finite.
    """
    _not_negative(cv_measuring=cv_measuring, cv_within_person=cv_within_person)
    variance = cv_measuring**2 + cv_within_person**2
    log_change = minimal_detectable_change(math.sqrt(math.log1p(variance)))
    return ReferenceChange(
        symmetric=minimal_detectable_change(math.sqrt(variance)),
        rise=math.expm1(log_change),
        fall=math.expm1(-log_change),
    )
