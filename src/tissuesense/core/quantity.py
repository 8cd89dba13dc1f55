"""Measured values and the refusal to give one, in the vocabulary of the GUM.

Source: JCGM 100:2008, Evaluation of measurement data - Guide to the expression of uncertainty in
measurement; clause 5.1.2 (law of propagation) and annex G.4 (effective degrees of freedom).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measured value with its standard uncertainty (coverage factor 1).

    Attributes
    ----------
    budget
        Named source of uncertainty -> its contribution, in the unit of the value.
    interval95
        A 95 % interval that is not the symmetric one of value, uncertainty and degrees of
        freedom (order statistics, ratios); None where the symmetric one holds.
    """

    value: float
    standard_uncertainty: float
    unit: str
    dof: float = math.inf
    budget: Mapping[str, float] = field(default_factory=dict)
    interval95: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise UsageError(f"An estimate must be finite, not {self.value}.")
        if not (math.isfinite(self.standard_uncertainty) and self.standard_uncertainty >= 0):
            raise UsageError(
                f"A standard uncertainty must be finite and not negative, "
                f"not {self.standard_uncertainty}."
            )
        if not self.dof > 0:
            raise UsageError(f"Degrees of freedom must be positive, not {self.dof}.")
        object.__setattr__(self, "budget", MappingProxyType(dict(self.budget)))

    @classmethod
    def from_budget(
        cls,
        value: float,
        budget: Mapping[str, float],
        *,
        unit: str,
        dof: Mapping[str, float] | None = None,
    ) -> "Estimate":
        """Combine uncorrelated contributions; `dof` names those that are not exactly known.

        Effective degrees of freedom after Welch and Satterthwaite (JCGM 100:2008, G.2b).

        Raises
        ------
        UsageError
            When `dof` names a source that is not in the budget.
        """
        unknown = set(dof or {}) - set(budget)
        if unknown:
            raise UsageError(f"The budget has no source named {', '.join(sorted(unknown))}.")
        combined = math.sqrt(math.fsum(u * u for u in budget.values()))
        finite = {name: nu for name, nu in (dof or {}).items() if math.isfinite(nu)}
        denominator = math.fsum(budget[name] ** 4 / nu for name, nu in finite.items())
        effective = combined**4 / denominator if denominator > 0 else math.inf
        return cls(
            value=value,
            standard_uncertainty=combined,
            unit=unit,
            dof=effective,
            budget=budget,
        )

    def __reduce__(self) -> tuple[Any, ...]:
        # A mapping proxy cannot be pickled, and estimates travel between processes.
        values = (
            self.value,
            self.standard_uncertainty,
            self.unit,
            self.dof,
            dict(self.budget),
            self.interval95,
        )
        return (_restored, values)

    def coverage_interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval that holds the true value with probability `level`."""
        if level == 0.95 and self.interval95 is not None:  # noqa: PLR2004 - the stored level
            return self.interval95
        half = coverage_factor(self.dof, level) * self.standard_uncertainty
        return (self.value - half, self.value + half)

    @property
    def u(self) -> float:
        """The standard uncertainty, by its name in the contract's Q."""
        return self.standard_uncertainty

    @property
    def ci95(self) -> tuple[float, float]:
        """The 95 % interval, by its name in the contract's Q."""
        return self.coverage_interval()

    def scaled(self, factor: float, unit: str) -> "Estimate":
        """Return the same measurement in another unit."""
        interval = self.interval95
        if interval is not None:
            interval = (min(factor * b for b in interval), max(factor * b for b in interval))
        return Estimate(
            value=self.value * factor,
            standard_uncertainty=self.standard_uncertainty * abs(factor),
            unit=unit,
            dof=self.dof,
            budget={name: u * abs(factor) for name, u in self.budget.items()},
            interval95=interval,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's Q: value, u, ci95."""
        return {"value": self.value, "u": self.u, "ci95": list(self.ci95)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NotEstimable:
    """The data cannot answer. Never a NaN, never an exception.

    Attributes
    ----------
    reason
        The flag that goes beside the null.
    detail
        A sentence for a clinician: what was missing, what to do.
    """

    reason: QualityFlag
    detail: str


Outcome = Estimate | NotEstimable


def _restored(
    value: float,
    standard_uncertainty: float,
    unit: str,
    dof: float,
    budget: dict[str, float],
    interval95: tuple[float, float] | None,
) -> Estimate:
    return Estimate(
        value=value,
        standard_uncertainty=standard_uncertainty,
        unit=unit,
        dof=dof,
        budget=budget,
        interval95=interval95,
    )


def quantity_json(outcome: Outcome | None) -> dict[str, Any] | None:
    """Return the contract's Q, or None where there is no estimate."""
    return outcome.to_dict() if isinstance(outcome, Estimate) else None


def coverage_factor(dof: float, level: float = 0.95) -> float:
    """Return the two-sided coverage factor of Student's t with `dof` degrees of freedom."""
    # scipy.special, not scipy.stats: the latter alone takes half a second to import.
    from scipy.special import ndtri, stdtrit  # noqa: PLC0415 - keeps `--help` fast

    tail = 0.5 + level / 2
    return float(ndtri(tail) if math.isinf(dof) else stdtrit(dof, tail))
