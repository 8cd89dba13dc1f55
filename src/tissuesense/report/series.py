"""One quantity of one site over the visits of a course of care, and how far it has moved."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import fmean

from tissuesense.analysis.agreement.published_sem import PAIN_THRESHOLD, published_sems
from tissuesense.analysis.course.change_result import Change
from tissuesense.analysis.course.measured_change import (
    Measured,
    MeasuredChange,
    change_of_measured,
)
from tissuesense.core.quality import QualityFlag
from tissuesense.core.site import BodySite
from tissuesense.record.history import VisitRecord
from tissuesense.record.visit import Block, Visit
from tissuesense.report.measures import MEASURES, Measure
from tissuesense.report.readings import Reading

_DAY_S = 86400.0
_FEWEST = 2
# What a number belongs to, by the names that comparing asks for, and by those of the findings.
_OF_PRESSES = {"peak_n": "peak_n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What was measured at one visit, before treatment.

    Attributes
    ----------
    value
        None where a recording was made and gave no number.
    at_least
        The press ended at its limit: the value is that limit, and the true one lies above.
    """

    visit: Visit
    reading: Reading
    value: float | None
    u: float | None = None
    ci95: tuple[float, float] | None = None
    at_least: bool = False

    @property
    def when(self) -> datetime:
        """When the visit was."""
        return self.visit.opened_at

    @property
    def value_or_0(self) -> float:
        """The value, for arithmetic where it is known to be there."""
        return self.value or 0.0

    @property
    def trials(self) -> int:
        """How many presses count."""
        return len(self.reading.accepted())


@dataclass(frozen=True, kw_only=True)
class Series:
    """One quantity of one site, oldest visit first; only what was measured before treatment.

    Attributes
    ----------
    points
        A visit each, those without a number too.
    """

    site: BodySite
    measure: Measure
    points: tuple[Point, ...]

    @property
    def valued(self) -> tuple[Point, ...]:
        """The points that have a number."""
        return tuple(point for point in self.points if point.value is not None)

    @property
    def ends(self) -> tuple[Point, Point]:
        """The first and the latest point with a number; one twice where there is but one."""
        return self.valued[0], self.valued[-1]

    def too_few_trials(self, point: Point) -> bool:
        """Whether a value rests on a single press, of a quantity that is pressed repeatedly."""
        return self.measure.repeat is not None and not point.at_least and point.trials < _FEWEST

    @cached_property
    def found(self) -> MeasuredChange | None:
        """The change since the first visit.

        None where fewer than two visits have a number, or nothing is known of how far the quantity
        scatters.
        """
        known = self.measure.known_as == PAIN_THRESHOLD or published_sems(self.measure.known_as)
        if len(self.valued) < _FEWEST or not known:
            return None
        first = self.valued[0].when
        return change_of_measured([_measured(p, first, self.measure) for p in self.valued])

    @property
    def change(self) -> Change | None:
        """The change since the first visit, where there is one to give."""
        return None if self.found is None else self.found.change

    def error_band(self) -> tuple[float, float] | None:
        """Return what the unchanged stay within, about the first value; None where unknown."""
        if self.change is None or not self.valued:
            return None
        base, change = self.valued[0].value or 0.0, self.change
        if change.mdc is not None:
            return base - change.mdc, base + change.mdc
        if change.mdc_rise_percent is None or change.mdc_fall_percent is None:
            return None
        return tuple(
            base * (1 + p / 100) for p in (change.mdc_fall_percent, change.mdc_rise_percent)
        )  # type: ignore[return-value]  # two of them

    def within_error(self, point: Point) -> bool:
        """Whether a value lies where measuring alone would put it, about the first one."""
        band = self.error_band()
        return band is None or point.value is None or band[0] <= point.value <= band[1]


def series_of(visits: Iterable[VisitRecord]) -> tuple[Series, ...]:
    """Return every quantity of every site, in the order in which they were first measured."""
    points: dict[tuple[BodySite, str], dict[str, Point]] = {}
    for record in visits:
        for site, measure, point in _points(record):
            points.setdefault((site, measure.session), {})[record.visit.id] = point
    measures = {measure.session: measure for measure in MEASURES}
    return tuple(
        Series(site=site, measure=measures[name], points=tuple(found.values()))
        for (site, name), found in points.items()
    )


def _points(record: VisitRecord) -> Iterator[tuple[BodySite, Measure, Point]]:
    """Yield what was measured; of several recordings at one site, the last with a number."""
    for measured in record.counting:
        taken = measured.measurement
        if taken.block is not Block.PRE:
            continue
        for measure in MEASURES:
            if measure.kind is taken.kind:
                yield taken.site, measure, _point(record.visit, Reading(measured), measure)


def _point(visit: Visit, reading: Reading, measure: Measure) -> Point:
    found = reading.session(measure.session)
    if found is not None:
        return Point(
            visit=visit,
            reading=reading,
            value=found.value,
            u=found.standard_uncertainty,
            ci95=found.ci95,
        )
    limit = reading.measurement.context.cutoff_kpa
    presses = reading.presses()
    reached = bool(presses) and all(QualityFlag.CENSORED in press.flags for press in presses)
    censored = measure.session == PAIN_THRESHOLD and reached
    return Point(visit=visit, reading=reading, value=limit if censored else None, at_least=censored)


def _measured(point: Point, first: datetime, measure: Measure) -> Measured:
    context = point.reading.measurement.context
    rates = point.reading.values("ramp_rate_kpa_s")
    return Measured(
        day=(point.when - first).total_seconds() / _DAY_S,
        value=point.value,
        protocol=context.protocol,
        quantity=measure.known_as,
        conditions=_conditions(point.reading),
        trials=max(point.trials, 1),
        rate_kpa_s=fmean(rates) if rates else context.target_rate_kpa_s,
        at_limit=point.at_least,
    )


def _conditions(reading: Reading) -> Mapping[str, float | str]:
    context = reading.measurement.context
    stated: dict[str, float | str | None] = {
        "tip_area_cm2": context.tip.area_cm2 if context.tip else None,
        "tap_mass_kg": context.tap_mass_kg,
        "movement": context.text("movement"),
    }
    for condition, quantity in _OF_PRESSES.items():
        values = [value for value in reading.values(quantity) if math.isfinite(value)]
        stated[condition] = fmean(values) if values else None
    return {key: value for key, value in stated.items() if value is not None}
