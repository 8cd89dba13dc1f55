"""Conditioned modulation: how a threshold or a rating changes while, or after, pain elsewhere.

The same sign means opposite things: a threshold that rises was inhibited, a rating that rises was
facilitated. So the convention is part of the result. An effect is called real only beyond twice
the standard error of measurement, and whose error that was is part of the result too.

Sources: Kennedy DL, Kemp HI, Wu C, Ridout DA, Rice ASC (2020) Determining real change in
conditioned pain modulation, J Pain 21:708-721 (the rule of two standard errors; that of the
pressure pain threshold; that the same person's response hardly repeats, kappa below 0.36);
Schliessbach J and others (2019) Scand J Pain (healthy people may show slightly negative effects);
Cummins TM and others (2021) (a control run without conditioning).
"""

import math
from dataclasses import dataclass
from typing import Literal

from tissuesense.analysis.sensory.paired import (
    Reading,
    difference,
    independent_difference,
    log_ratio,
    percent_change,
    reading_of,
)
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.units import NEWTON_PER_KGF, pressure_kpa

Measure = Literal["threshold", "rating"]
Timing = Literal["parallel", "sequential"]
Direction = Literal["inhibition", "facilitation"]

_UNITS: dict[Measure, str] = {"threshold": "kPa", "rating": "points"}
_INHIBITION: dict[Measure, int] = {"threshold": 1, "rating": -1}
_MOST_BY_CHANCE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSem:
    """A standard error of measurement and whose it is.

    Raises
    ------
    UsageError
        When it is not positive or does not say whose it is.
    """

    sem: float
    unit: str
    source: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.sem) and self.sem > 0):
            raise UsageError(f"A standard error of measurement must be positive, not {self.sem}.")
        if not self.source.strip():
            raise UsageError("Say whose standard error of measurement this is.")


KENNEDY_2020 = ReferenceSem(
    sem=0.21 * pressure_kpa(NEWTON_PER_KGF, 1.0),
    unit="kPa",
    source="Kennedy et al. 2020: 0.21 kg/cm2, pressure pain threshold, 50 healthy volunteers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionedModulation:
    """What conditioning did.

    Attributes
    ----------
    absolute
        Conditioned less unconditioned, in kPa or points.
    percent
        100 (conditioned / unconditioned - 1).
    log_ratio
        ln (conditioned / unconditioned): for statistics, because it is even.
    inhibition_sign
        +1 where inhibition makes these positive (thresholds), -1 where negative (ratings).
    timing
        "parallel": tested during conditioning; "sequential": right after it.
    control_subtracted
        Whether the change of a run without conditioning was taken off.
    reference
        Whose standard error of measurement judged the effect; None where there is none.
    limit
        The absolute effect beyond which it counts as real.
    real, direction
        None where it cannot be told, and direction also where it is not real.
    """

    absolute: Outcome
    percent: Outcome
    log_ratio: Outcome
    measure: Measure
    inhibition_sign: int
    timing: Timing
    control_subtracted: bool
    reference: ReferenceSem | None
    limit: float | None
    real: bool | None
    direction: Direction | None
    flags: tuple[QualityFlag, ...]

    @property
    def verdict(self) -> str:
        """One sentence; what was found and nothing of what it may mean."""
        if isinstance(self.absolute, NotEstimable):
            return self.absolute.detail
        low, high = self.absolute.coverage_interval()
        unit = self.absolute.unit
        changed = (
            f"The {self.measure} changed by {self.absolute.value:+.3g} {unit} "
            f"(95 % interval {low:+.3g} to {high:+.3g})"
        )
        if self.reference is None or self.limit is None:
            return f"{changed}; no standard error of measurement says whether that is real."
        beyond = "beyond" if self.real else "not beyond"
        word = f", an {self.direction}," if self.direction == "inhibition" else ""
        word = word or (f", a {self.direction}," if self.direction else ",")
        return (
            f"{changed}{word} {beyond} the {self.limit:.3g} {unit} that measuring gives by itself "
            f"({self.reference.source})."
        )


def conditioned_modulation(
    before: Reading,
    conditioned: Reading,
    *,
    timing: Timing,
    measure: Measure = "threshold",
    reference: ReferenceSem | None = None,
    control: tuple[Reading, Reading] | None = None,
) -> ConditionedModulation:
    """Return how far conditioning changed a threshold or a rating.

    Parameters
    ----------
    before, conditioned
        Means with their uncertainty, in kPa or points; or the single readings, shape (n,), n at
        least 2. What cannot be estimated (a censored threshold) stays so.
    timing
        Tested in parallel with conditioning or sequentially, right after it.
    reference
        Standard error of measurement; for thresholds that of Kennedy (2020) unless the own is
        given, for ratings none.
    control
        The same two readings of a run without conditioning; its change is taken off. The limit
        then grows by the root of 2, because the control run brings its own error.

    Raises
    ------
    UsageError
        When a value is below 0 or a threshold 0, or units do not agree.
    """
    if timing not in ("parallel", "sequential") or measure not in _UNITS:
        raise UsageError(f"Timing is parallel or sequential, not {timing}; measure is {measure}.")
    run = _run(before, conditioned, measure)
    if control is not None:
        without = _run(*control, measure)
        run = tuple(independent_difference(c, r) for c, r in zip(without, run, strict=True))
    absolute, percent, logarithm = run
    if reference is None and measure == "threshold":
        reference = KENNEDY_2020
    if reference is not None and reference.unit != _UNITS[measure]:
        raise UsageError(f"The standard error must be in {_UNITS[measure]}, not {reference.unit}.")
    limit = None
    if reference is not None:
        limit = _MOST_BY_CHANCE * reference.sem * (1.0 if control is None else math.sqrt(2.0))
    real, direction = _judged(absolute, limit, _INHIBITION[measure])
    reasons = [found.reason for found in run if isinstance(found, NotEstimable)]
    return ConditionedModulation(
        absolute=absolute,
        percent=percent,
        log_ratio=logarithm,
        measure=measure,
        inhibition_sign=_INHIBITION[measure],
        timing=timing,
        control_subtracted=control is not None,
        reference=reference,
        limit=limit,
        real=real,
        direction=direction,
        flags=tuple(dict.fromkeys(reasons)),
    )


def _run(before: Reading, after: Reading, measure: Measure) -> tuple[Outcome, ...]:
    """Return absolute, percent and logarithmic change of one run."""
    unit = _UNITS[measure]
    first, second = reading_of(before, "before", unit=unit), reading_of(after, "after", unit=unit)
    for value in (first, second):
        if isinstance(value, Estimate) and not (
            value.value > 0 or (measure == "rating" and value.value == 0)
        ):
            raise UsageError(f"A {measure} cannot be {value.value} {unit}.")
    return difference(first, second), percent_change(first, second), log_ratio(first, second)


def _judged(
    absolute: Outcome, limit: float | None, inhibition: int
) -> tuple[bool | None, Direction | None]:
    if isinstance(absolute, NotEstimable) or limit is None:
        return None, None
    if -limit <= absolute.value <= limit:
        return False, None
    return True, "inhibition" if absolute.value * inhibition > 0 else "facilitation"
