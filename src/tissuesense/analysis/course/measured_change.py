"""Change over visits of measurements that carry their protocols: guarded where they differ."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tissuesense.analysis.agreement.published_sem import PAIN_THRESHOLD
from tissuesense.analysis.course.bounded_change import change_with_limits
from tissuesense.analysis.course.change import UsualScatter
from tissuesense.analysis.course.change_result import Change
from tissuesense.analysis.course.clinic_sem import usual_scatter
from tissuesense.analysis.course.comparability import Comparable, Comparison, comparable
from tissuesense.analysis.course.conditions import comparable_conditions
from tissuesense.core.errors import UsageError
from tissuesense.core.protocol import Protocol
from tissuesense.core.quantity import Estimate

_FRACTION = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A value of one day, with how it was taken; a pain threshold unless `quantity` says more.

    Attributes
    ----------
    value
        In the unit of the quantity; None where nothing was measured on that day.
    protocol
        Of a pain threshold; another quantity states its `conditions`.
    quantity
        Name with unit, as "tangent_stiffness_n_mm", "tap_frequency_hz" or "range_deg".
    conditions
        What the number belongs to, by the keys of `conditions.comparable_conditions`.
    trials
        How many presses, taps or movements it is the mean or the median of.
    rate_kpa_s
        How fast the force rose in fact.
    at_limit
        The value is the safety cut-off, and the threshold lies above it.
    """

    day: float
    value: float | None
    protocol: Protocol = field(default_factory=Protocol)
    quantity: str = PAIN_THRESHOLD
    conditions: Mapping[str, float | str] = field(default_factory=dict)
    trials: int = 3
    rate_kpa_s: float | None = None
    at_limit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredChange:
    """A change, or the refusal to give one.

    Attributes
    ----------
    change
        None where the protocols refuse it.
    comparison
        Of the visit that differs most from the last baseline visit.
    sentence
        The result in plain words, the warning with it.
    """

    change: Change | None
    comparison: Comparison
    sentence: str


def change_of_measured(
    visits: Sequence[Measured],
    *,
    baseline_visits: int = 1,
    usual: UsualScatter | None = None,
    retest_shift: Estimate | None = None,
) -> MeasuredChange:
    """Return `change_over_visits`, where every visit may be compared with the baseline.

    A visit under another tip or another way of stopping refuses the whole: leaving it out silently
    would choose the data by the way they were taken.

    Parameters
    ----------
    visits
        In the order of their days.
    baseline_visits, retest_shift
        As in `change_over_visits`.
    usual
        Scatter to start from; unless stated, the usual one of the quantity.

    Raises
    ------
    UsageError
        When there is no visit, visits are of several quantities, nothing is known of how the
        quantity scatters, or as `change_over_visits`.
    """
    if not visits:
        raise UsageError("visits is empty: a change needs a value before and one after.")
    quantities = sorted({visit.quantity for visit in visits})
    if len(quantities) > 1:
        raise UsageError(f"A change is of one quantity, not of {' and '.join(quantities)}.")
    change = change_with_limits(
        [visit.day for visit in visits],
        [math.nan if visit.value is None else visit.value for visit in visits],
        [visit.at_limit for visit in visits],
        trials=[visit.trials for visit in visits],
        baseline_visits=baseline_visits,
        usual=usual or usual_scatter(*quantities),
        retest_shift=retest_shift,
    )
    pairs = list(_comparisons(visits, baseline_visits, change.mdc_rise_percent))
    worst = max(pairs, key=_gravity, default=Comparison(verdict=Comparable.YES))
    if worst.verdict is Comparable.REFUSE:
        return MeasuredChange(
            change=None, comparison=worst, sentence=f"No change is computed. {worst.sentence}"
        )
    warned = worst.verdict is Comparable.WARN
    return MeasuredChange(
        change=change,
        comparison=worst,
        sentence=f"{change.sentence} {worst.sentence}" if warned else change.sentence,
    )


def _comparisons(
    visits: Sequence[Measured], baseline_visits: int, mdc_percent: float | None
) -> Iterator[Comparison]:
    """Compare each measured visit with the last measured baseline visit."""
    before = [visit for visit in visits[:baseline_visits] if visit.value is not None]
    if not before:
        return
    base = before[-1]
    mdc_kpa = None if mdc_percent is None else (base.value or 0.0) * mdc_percent * _FRACTION
    for visit in visits:
        if visit.value is None or visit is base:
            continue
        if visit.quantity != PAIN_THRESHOLD:
            yield comparable_conditions(visit.quantity, base.conditions, visit.conditions)
            continue
        # Presses that were refused make a mean of fewer; the model knows that already.
        one, other = (replace(v.protocol, trials=None) for v in (base, visit))
        yield comparable(
            one, other, achieved_kpa_s=(base.rate_kpa_s, visit.rate_kpa_s), mdc_kpa=mdc_kpa
        )


def _gravity(comparison: Comparison) -> tuple[int, int, float]:
    return (
        tuple(Comparable).index(comparison.verdict),
        len(comparison.reasons),
        math.fabs(comparison.rate_artefact_kpa or 0.0),
    )
