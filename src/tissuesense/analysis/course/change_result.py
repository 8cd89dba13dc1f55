"""What a change over visits is reported as: numbers, how sure it is, and a sentence."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr

from tissuesense.analysis.agreement.measurement_error import Z95
from tissuesense.analysis.course.level_path import LevelPath
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate

_UNUSUAL = 2.58
# Very likely: the 95 % interval leaves out "no change".
_VERY_LIKELY, _PROBABLY = 0.975, 0.75

Verdict = Literal["very likely", "probably", "cannot tell", "not enough data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Change from the baseline to the last visit.

    Attributes
    ----------
    log_change
        Natural logarithm of the ratio; None for fewer than two visits, and for a quantity that is
        followed by its differences.
    percent
        The same in percent, with its interval.
    difference
        Last less baseline in the unit of the values, for a quantity that is followed by its
        differences; None for all others.
    probability_higher
        That the level has risen at all.
    probability_beyond_mdc
        That it has moved, the way it was seen to, by more than the minimal detectable change.
    mdc_rise_percent, mdc_fall_percent
        What 95 % of unchanged persons stay within between two such visits; `mdc` where the change
        is a difference.
    unusual_visits
        Indices of visits that lie far from what the others led to expect.
    verdict
        How sure it is that there was a change beyond what measuring alone gives.
    sentence
        The result in plain words.
    bound_percent
        Where a press reached the safety cut-off: what the change is at least, or at most.
    """

    log_change: Estimate | None
    percent: Estimate | None
    probability_higher: float | None
    probability_beyond_mdc: float | None
    mdc_rise_percent: float | None
    mdc_fall_percent: float | None
    unusual_visits: tuple[int, ...]
    verdict: Verdict
    sentence: str
    bound_percent: float | None = None
    flags: tuple[QualityFlag, ...] = ()
    difference: Estimate | None = None
    mdc: float | None = None


def told(mean: float, sd: float, mdc: float, path: LevelPath, unit: str) -> Change:
    """Return a change of the level, with what 95 % of unchanged persons stay within.

    Parameters
    ----------
    mean, sd, mdc
        Of the natural logarithm where `unit` is "1", else in that unit.
    """
    higher = float(ndtr(mean / sd)) if sd > 0 else float(mean > 0)
    beyond = float(ndtr((abs(mean) - mdc) / sd)) if sd > 0 else float(abs(mean) > mdc)
    moved = max(higher, 1 - higher)
    verdict: Verdict = "cannot tell"
    if abs(mean) > mdc and moved >= _PROBABLY:
        verdict = "very likely" if moved >= _VERY_LIKELY else "probably"
    found = Estimate(value=mean, standard_uncertainty=sd, unit=unit)
    is_ratio = unit == "1"
    percent = _as_percent(found) if is_ratio else None
    rise, fall = (_percent(mdc), _percent(-mdc)) if is_ratio else (mdc, -mdc)
    return Change(
        log_change=found if is_ratio else None,
        percent=percent,
        difference=None if is_ratio else found,
        probability_higher=higher,
        probability_beyond_mdc=beyond,
        mdc_rise_percent=rise if is_ratio else None,
        mdc_fall_percent=fall if is_ratio else None,
        mdc=None if is_ratio else mdc,
        unusual_visits=tuple(int(i) for i in np.flatnonzero(np.abs(path.innovations) > _UNUSUAL)),
        verdict=verdict,
        sentence=_sentence(percent or found, verdict, rise, fall),
    )


def _as_percent(log_change: Estimate) -> Estimate:
    mean, sd = log_change.value, log_change.standard_uncertainty
    low, high = (_percent(mean + z * sd) for z in (-Z95, Z95))
    return Estimate(
        value=_percent(mean),
        standard_uncertainty=100 * math.exp(mean) * sd,
        unit="%",
        interval95=(low, high),
    )


def _percent(log_ratio: float) -> float:
    return 100 * math.expm1(log_ratio)


def _sentence(change: Estimate, verdict: Verdict, rise: float, fall: float) -> str:
    (low, high), unit = change.ci95, change.unit
    seen = f"{change.value:+z.0f} {unit} (95 % interval {low:+z.0f} to {high:+z.0f} {unit})"
    usual = f"what repeated measuring alone gives ({fall:+z.0f} to {rise:+z.0f} {unit})"
    if verdict == "cannot tell":
        within = fall <= change.value <= rise
        why = f"it lies within {usual}" if within else "the visits scatter too much"
        return f"No change can be claimed: {seen}; {why}."
    way = "higher" if change.value > 0 else "lower"
    return f"The value is {verdict} {way} than at the start: {seen}, more than {usual}."


def no_change() -> Change:
    """Return what is said where there is no value before treatment or none after it."""
    return Change(
        log_change=None,
        percent=None,
        probability_higher=None,
        probability_beyond_mdc=None,
        mdc_rise_percent=None,
        mdc_fall_percent=None,
        unusual_visits=(),
        verdict="not enough data",
        sentence="A change needs a value before treatment and one after it.",
        flags=(QualityFlag.TOO_FEW,),
    )
