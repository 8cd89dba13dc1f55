"""Whether a change is more than error, in the few words that may be said of it."""

import enum
import math
from dataclasses import dataclass

from tissuesense.analysis.course.treatment_effect import TreatmentEffect
from tissuesense.core.quantity import Estimate
from tissuesense.report.quantities import NOTHING, number, signed
from tissuesense.report.series import Series

_FEWEST_TRIALS = 2
_CLAIMED = {"very likely": "", "probably": "probably "}


class Size(enum.Enum):
    """How a change stands beside measurement error."""

    BEYOND = "larger than measurement error"
    WITHIN = "within measurement error"
    TOO_FEW = "not enough trials"
    ONCE = "measured at one visit only"
    UNSURE = "the values scatter too much to tell"
    REFUSED = "not comparable"
    UNKNOWN = "measurement error is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A change beside its error, ready to be printed; `NOTHING` where there is no number.

    Attributes
    ----------
    words
        The verdict, direction first where there is one: "higher: larger than measurement error".
    difference
        Latest less first in the unit of the measure, and `percent` the same in percent.
    level
        How far the level has moved by all visits together, with its 95 % interval.
    error
        What the unchanged stay within.
    """

    size: Size
    words: str
    difference: str = NOTHING
    percent: str = NOTHING
    level: str = NOTHING
    error: str = NOTHING

    @property
    def is_claimed(self) -> bool:
        """Whether a change may be told as one."""
        return self.size is Size.BEYOND


def judge(series: Series) -> Judged:
    """Return what may be said of the change from the first visit to the latest.

    It is told as a change only where both the level over all visits and the latest value itself
    lie beyond what measuring alone gives.
    """
    if len(series.points) < _FEWEST_TRIALS:
        return Judged(size=Size.ONCE, words=Size.ONCE.value)
    if len(series.valued) < _FEWEST_TRIALS or any(map(series.too_few_trials, series.ends)):
        return Judged(size=Size.TOO_FEW, words=Size.TOO_FEW.value)
    if series.found is None:
        return _numbers(series, Size.UNKNOWN, Size.UNKNOWN.value)
    if series.change is None:
        why = "; ".join(series.found.comparison.reasons)
        return Judged(size=Size.REFUSED, words=f"{Size.REFUSED.value}: {why}")
    size = _size(series)
    if size is not Size.BEYOND:
        return _numbers(series, size, size.value)
    way = "higher" if series.ends[1].value_or_0 > series.ends[0].value_or_0 else "lower"
    sure = _CLAIMED[series.change.verdict]
    return _numbers(series, size, f"{sure}{way}: {size.value}")


def _size(series: Series) -> Size:
    change = series.change
    if change is None or change.verdict == "not enough data":
        return Size.TOO_FEW
    moved = not series.within_error(series.ends[1])
    if change.verdict in _CLAIMED and moved and _same_way(series):
        return Size.BEYOND
    return Size.UNSURE if moved else Size.WITHIN


def _same_way(series: Series) -> bool:
    """Whether the level over all visits has moved the way that the latest value has."""
    change, (first, latest) = series.change, series.ends
    if change is None:
        return False
    level = change.percent or change.difference
    moved = change.bound_percent if level is None else level.value
    return moved is not None and moved * (latest.value_or_0 - first.value_or_0) > 0


def _numbers(series: Series, size: Size, words: str) -> Judged:
    first, latest = (end.value_or_0 for end in series.ends)
    bound = any(end.at_least for end in series.ends)
    unit, change = series.measure.unit, series.change
    angle = change is not None and change.mdc is not None
    level, error = NOTHING, NOTHING
    if change is not None:
        found = change.difference if angle else change.percent
        if isinstance(found, Estimate):
            low, high = found.ci95
            shown = unit if angle else "%"
            level = f"{signed(found.value)} {shown} ({signed(low)} to {signed(high)})"
        if change.mdc is not None:
            error = f"± {number(change.mdc, unit)} {unit}"
        elif change.mdc_fall_percent is not None and change.mdc_rise_percent is not None:
            error = f"{signed(change.mdc_fall_percent)} to {signed(change.mdc_rise_percent)} %"
    if bound:
        return Judged(size=size, words=words, level=level, error=error)
    return Judged(
        size=size,
        words=words,
        difference=_signed(latest - first, unit),
        percent=NOTHING if angle or not first else f"{signed(100 * (latest / first - 1))} %",
        level=level,
        error=error,
    )


def judge_in_visit(found: TreatmentEffect) -> Judged:
    """Return what may be said of the change from before treatment to after it."""
    if min(found.n_before, found.n_after) < _FEWEST_TRIALS or not isinstance(
        found.change, Estimate
    ):
        return Judged(size=Size.TOO_FEW, words=Size.TOO_FEW.value)
    if found.verdict in {"higher", "lower"}:
        return Judged(size=Size.BEYOND, words=f"{found.verdict}: {Size.BEYOND.value}")
    beyond = found.mdc is not None and math.fabs(found.change.value) > found.mdc
    size = Size.UNSURE if beyond else Size.WITHIN
    return Judged(size=size, words=size.value)


def _signed(value: float, unit: str) -> str:
    text = number(value, unit)
    return f"+{text}" if value > 0 and float(text) != 0 else text
