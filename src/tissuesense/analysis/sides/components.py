"""What may enter the hypertonia index, and how site and reference compare in each component."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from tissuesense.analysis.agreement.repeats import PRESS_GATE, TAP_GATE, Gate, within_gate
from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError

# One line a degree of freedom, the preferred component first; all rise with tone.
FAMILIES = (
    ("tangent_stiffness_n_mm", "secant_stiffness_n_mm", "tap_stiffness_n_m", "tap_frequency_hz"),
    ("fung_b_per_mm", "power_exponent"),
)
# Which way these go with tone depends on the state of contraction: shown, not counted.
SHOWN_ONLY = ("relaxation_fraction", "log_decrement")
COMPONENTS = (*FAMILIES[0], *FAMILIES[1], *SHOWN_ONLY)

_FEWEST_REPEATS = 2
# Leaving out every set beyond its gate would choose the sets that scatter least by accident, and
# their intervals would be too short. What scatters three times as much is no set.
HOPELESS = 3.0
# With 3 repeats a correlation is hardly known: a fifth of it is not believed.
_SHRINKAGE = 0.2
# No hand and no gauge repeats better. Repeats that agree to the last digit were rounded, and many
# of them do not average that out.
_LEAST_SD = 2e-3
_PAIN_WORDS = ("pain", "ppt", "threshold", "tolerance", "tender", "rating", "vas", "nrs")


def gate_of(name: str) -> Gate:
    """Return how far repeats of a component may scatter before they are flagged."""
    return TAP_GATE if name.startswith("tap_") else PRESS_GATE


def logs_of(side: Mapping[str, ArrayLike], argument: str) -> dict[str, FloatArray]:
    """Return the natural logarithms of the repeats of each component.

    Raises
    ------
    UsageError
        When a name is unknown, or an array is not one-dimensional, finite and positive.
    """
    if not isinstance(side, Mapping):
        raise UsageError(f"{argument} must map component names to arrays of repeats.")
    known(side, argument)
    logs = {}
    for name, repeats in side.items():
        values = column(repeats, f"{argument}['{name}']")
        if (values <= 0).any():
            raise UsageError(f"{argument}['{name}'] holds {values.min():g}; it must be positive.")
        logs[name] = np.log(values)
    return logs


def known(names: Mapping[str, object], argument: str) -> None:
    """Refuse a name that is no component.

    Raises
    ------
    UsageError
        When there is one.
    """
    unknown = next((name for name in names if name not in COMPONENTS), None)
    if unknown is None:
        return
    if any(word in str(unknown).lower() for word in _PAIN_WORDS):
        raise UsageError(
            f"{argument} holds '{unknown}', and pain never enters the hypertonia index.",
            hint="Show it beside the index; ts.modulation compares the pain of two sides.",
        )
    raise UsageError(
        f"{argument} holds the unknown component '{unknown}'.",
        hint=f"Components are {', '.join(COMPONENTS)}.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Logarithms of the repeats of every component, at the site and at its reference.

    Attributes
    ----------
    stated
        Standard uncertainties of log ratios that are known beforehand, by component.
    repeat_correlation
        Of each repeat with the next one on its side.
    """

    site: Mapping[str, FloatArray]
    reference: Mapping[str, FloatArray]
    stated: Mapping[str, float] = field(default_factory=dict)
    repeat_correlation: float = 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """Those of `COMPONENTS` that one side has, in their order."""
        return tuple(name for name in COMPONENTS if name in self.site or name in self.reference)

    def sizes(self, name: str) -> tuple[int, int]:
        """Return the numbers of repeats."""
        one, other = (side.get(name, np.empty(0)).size for side in (self.site, self.reference))
        return one, other

    def is_usable(self, name: str) -> bool:
        """Return whether both sides can be compared in this component."""
        return min(self.sizes(name)) >= (1 if name in self.stated else _FEWEST_REPEATS)

    def is_hopeless(self, name: str) -> bool:
        """Return whether repeats scatter too much to be called repeats."""
        if name in self.stated:
            return False
        return math.sqrt(self._pooled(name, name)) > HOPELESS * gate_of(name).most

    def is_beyond_gate(self, name: str) -> bool:
        """Return whether the repeats of a side scatter more than good ones do."""
        return name not in self.stated and not all(
            within_gate(np.exp(side[name]), gate_of(name)) for side in (self.site, self.reference)
        )

    def log_ratio(self, name: str) -> float:
        """Return the mean logarithm at the site less that at the reference."""
        return float(self.site[name].mean() - self.reference[name].mean())

    def sd(self, name: str) -> float:
        """Return the standard uncertainty of the log ratio."""
        return math.sqrt(self._covariance(name, name))

    def dof(self, names: Sequence[str]) -> float:
        """Return the degrees of freedom of the least known of their variances."""
        return min(
            (sum(self.sizes(n)) - 2.0 for n in names if n not in self.stated), default=math.inf
        )

    def covariance(self, names: Sequence[str]) -> FloatArray:
        """Return the covariance of log ratios, its correlations shrunk, shape (p, p)."""
        matrix = np.array([[self._covariance(a, b) for b in names] for a in names])
        return (1 - _SHRINKAGE) * matrix + _SHRINKAGE * np.diag(np.diag(matrix))

    def _covariance(self, one: str, other: str) -> float:
        """Return the covariance of two log ratios; 0 where their repeats cannot be paired."""
        if one in self.stated or other in self.stated:
            return self.stated[one] ** 2 if one == other else 0.0
        if self.sizes(one) != self.sizes(other):
            return 0.0
        shares = sum(1 / n for n in self.sizes(one))
        pooled = self._pooled(one, other) * _inflation(self.sizes(one), self.repeat_correlation)
        if one != other:
            return pooled * shares
        return max(pooled * shares, 2 * _LEAST_SD**2)

    def _pooled(self, one: str, other: str) -> float:
        """Return the covariance between repeats, of both sides together."""
        products = sum(
            float((side[one] - side[one].mean()) @ (side[other] - side[other].mean()))
            for side in (self.site, self.reference)
        )
        return products / (sum(self.sizes(one)) - 2)


def _inflation(sizes: tuple[int, int], correlation: float) -> float:
    """Return what a first-order autoregression of repeats makes of the variance of a difference.

    Means vary more than by their scatter over n, and the scatter itself looks smaller.
    """
    of_means = []
    for n in sizes:
        lags = np.arange(1, n)
        of_means.append(1 + 2 * float(((1 - lags / n) * correlation**lags).sum()))
    difference = sum(g / n for g, n in zip(of_means, sizes, strict=True)) / sum(
        1 / n for n in sizes
    )
    seen = sum(n - g for g, n in zip(of_means, sizes, strict=True)) / (sum(sizes) - 2)
    return difference / seen
