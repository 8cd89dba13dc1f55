"""The one door to statsmodels' mixed linear models: variances in the unit of the data, by REML.

statsmodels prints random variances as multiples of the residual one ("scale") in its table of
parameters, and in the unit of the data in `cov_re` and `vcomp`; only the latter are read here. Its
gradient optimisers often stop where a variance is nearly 0, so that simplex and Powell are used.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import MissingExtraError, UsageError

_METHODS = ["nm", "powell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedFit:
    """One fit by restricted maximum likelihood.

    Attributes
    ----------
    fixed, fixed_se
        Estimate and standard error of each fixed term.
    variances
        Of each random term, in the squared unit of the data; "residual" among them.
    """

    fixed: Mapping[str, float]
    fixed_se: Mapping[str, float]
    variances: Mapping[str, float]
    loglik: float
    converged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedReml:
    """Variance components of sessions in persons."""

    person: float
    session: float
    trial: float
    mean: float


def nested_reml(y: FloatArray, person: NDArray[np.intp], session: NDArray[np.intp]) -> NestedReml:
    """Return the components of scores with the person and the session of each, shape (n,) all.

    Raises
    ------
    MissingExtraError
        When statsmodels is not there.
    """
    found = fit_mixed(
        {"y": y, "person": person, "session": session},
        "y ~ 1",
        group="person",
        random={"session": "0 + C(session)"},
        what="Variance components of a table with missing cells",
    )
    return NestedReml(
        person=found.variances["person"],
        session=found.variances["session"],
        trial=found.variances["residual"],
        mean=found.fixed["Intercept"],
    )


def fit_mixed(
    table: Mapping[str, Sequence[Any] | NDArray[Any]],
    formula: str,
    *,
    group: str,
    random: Mapping[str, str],
    what: str,
) -> MixedFit:
    """Fit a random intercept for each `group`, and independent `random` terms within it.

    Parameters
    ----------
    random
        Name -> formula of its design, such as ``"0 + C(session)"``.
    what
        Of what the fit is, for the error that names the missing part.

    Raises
    ------
    MissingExtraError
        When statsmodels is not there.
    UsageError
        When the formula and the table do not fit together, or the fit is not possible.
    """
    try:
        import pandas as pd  # noqa: PLC0415 - of the optional part
        from patsy import PatsyError  # noqa: PLC0415 - as above
        from statsmodels.regression.mixed_linear_model import MixedLM  # noqa: PLC0415 - as above
        from statsmodels.tools.sm_exceptions import ModelWarning  # noqa: PLC0415 - as above
    except ImportError as err:
        raise MissingExtraError(what, extra="stats") from err
    try:
        with warnings.catch_warnings():
            # Convergence is asked for below; a variance of 0, which they warn of, is an answer.
            warnings.simplefilter("ignore", ModelWarning)
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", RuntimeWarning)
            model = MixedLM.from_formula(
                formula,
                pd.DataFrame(dict(table)),
                groups=group,
                re_formula="1",
                vc_formula=dict(random),
            )
            fit = model.fit(reml=True, method=_METHODS)
            errors = fit.bse_fe
    except (ValueError, PatsyError, np.linalg.LinAlgError) as err:
        why = str(err).partition("\n")[0]
        raise UsageError(f"The mixed model '{formula}' cannot be fitted: {why}.") from err
    variances = dict(zip(model.exog_vc.names, map(float, fit.vcomp), strict=True))
    return MixedFit(
        fixed={str(name): float(value) for name, value in fit.fe_params.items()},
        fixed_se={str(name): float(value) for name, value in errors.items()},
        variances={
            group: float(np.asarray(fit.cov_re)[0, 0]),
            **variances,
            "residual": float(fit.scale),
        },
        loglik=float(fit.llf),
        converged=bool(fit.converged) and math.isfinite(fit.llf),
    )
