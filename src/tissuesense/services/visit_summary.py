"""A visit in one table: hand, sensor, the other side, the change, and what may be said of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tissuesense.analysis.course.treatment_effect import TreatmentEffect
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.record.visit import Block, Intent, ManualFinding
from tissuesense.report.change_words import Size, judge_in_visit
from tissuesense.report.comparison import (
    change_in_visit,
    compare_stiffness,
    compare_thresholds,
    measured_twice,
    verdict_words,
)
from tissuesense.report.measures import MEASURES, PAIN_THRESHOLD, STIFFNESS, Measure
from tissuesense.report.readings import Reading, SiteView, VisitView

_COMPARE = {
    PAIN_THRESHOLD.session: compare_thresholds,
    STIFFNESS.session: compare_stiffness,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One value.

    Attributes
    ----------
    value
        None where a recording was made and gave no number.
    u
        Standard uncertainty; None where it has none.
    counted, pressed
        How many presses count, of how many.
    at_least
        The press ended at its limit: the true value lies above this one.
    """

    value: float | None
    u: float | None
    counted: int
    pressed: int
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """From before treatment to after it, beside what measuring alone gives.

    Attributes
    ----------
    difference
        In the unit of the measure; None without a number.
    percent, mdc_percent
        The same in percent, and the fall and the rise that count as measurement error.
    mdc
        The same in the unit, for what is not compared in percent.
    """

    size: Size
    higher: bool | None
    difference: float | None
    percent: float | None
    mdc_percent: tuple[float, float] | None
    mdc: float | None

    @property
    def is_claimed(self) -> bool:
        """Whether it may be told as a change."""
        return self.size is Size.BEYOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One quantity of one site; `against` is how it stands to the other side, in words."""

    measure: Measure
    before: Shown | None
    after: Shown | None
    other: Shown | None
    other_percent: float | None
    against: str
    change: Change | None

    @property
    def band(self) -> tuple[float, float] | None:
        """Return what an unchanged site stays within, about the value before."""
        if self.change is None or self.before is None or self.before.value is None:
            return None
        base = self.before.value
        if self.change.mdc_percent is not None:
            low, high = self.change.mdc_percent
            return base * (1 + low / 100), base * (1 + high / 100)
        mdc = self.change.mdc
        return None if mdc is None else (base - mdc, base + mdc)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteLines:
    """One site and side: what the hands found, before and after, and every quantity of it."""

    site: BodySite
    hand: ManualFinding | None
    hand_after: ManualFinding | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSummary:
    """A visit as its last page tells it; of a relaxation visit nothing clinical is."""

    sites: tuple[SiteLines, ...]
    clinical: bool

    @property
    def changes(self) -> tuple[tuple[SiteLines, Line], ...]:
        """Every quantity that was measured before and after."""
        return tuple((one, line) for one in self.sites for line in one.lines if line.change)

    @property
    def claimed(self) -> tuple[tuple[SiteLines, Line, Change], ...]:
        """The changes that are larger than measurement error."""
        return tuple(
            (one, line, line.change)
            for one, line in self.changes
            if line.change is not None and line.change.is_claimed
        )


def summary_of(view: VisitView) -> VisitSummary:
    """Return the table of a visit."""
    if view.record.visit.intent is Intent.RELAXATION:
        return VisitSummary(sites=(), clinical=False)
    later = {s.site: s for pair in view.pairs(Block.POST) for s in pair.sides}
    found = []
    for pair in view.pairs(Block.PRE):
        for here in pair.sides:
            there = next((side for side in pair.sides if side is not here), None)
            found.append(_site(here, there, later.pop(here.site, None)))
    alone = [_site(None, None, after) for after in later.values()]
    return VisitSummary(sites=(*found, *alone), clinical=True)


def _site(before: SiteView | None, other: SiteView | None, after: SiteView | None) -> SiteLines:
    known = before or after
    if known is None:
        raise LookupError("A site is there before treatment or after it.")
    return SiteLines(
        site=known.site,
        hand=None if before is None else before.hand,
        hand_after=None if after is None else after.hand,
        lines=tuple(_lines(before, other, after)),
    )


def _lines(
    before: SiteView | None, other: SiteView | None, after: SiteView | None
) -> Iterator[Line]:
    twice = {} if before is None or after is None else _twice(before, after)
    for measure in MEASURES:
        first, second, there = (
            None if side is None else side.reading(measure.kind) for side in (before, after, other)
        )
        if first is None and second is None:
            continue
        percent, against = _against(measure, before, other)
        yield Line(
            measure=measure,
            before=_shown(first, measure),
            after=_shown(second, measure),
            other=_shown(there, measure),
            other_percent=percent,
            against=against,
            change=twice.get(measure.session),
        )


def _twice(before: SiteView, after: SiteView) -> dict[str, Change]:
    return {
        measure.session: _change(measure, first, second)
        for measure, first, second in measured_twice(before, after)
    }


def _change(measure: Measure, before: Reading, after: Reading) -> Change:
    effect = change_in_visit(measure, before, after)
    found = before.session(measure.session)
    return change_of(effect, base=None if found is None else found.value)


def change_of(effect: TreatmentEffect, *, base: float | None) -> Change:
    """Return a change as a page tells it: difference, percent and verdict from one comparison.

    Parameters
    ----------
    base
        The value before, to which a percentage is applied.
    """
    size = judge_in_visit(effect).size
    moved = effect.change.value if isinstance(effect.change, Estimate) else None
    percent = effect.percent.value if isinstance(effect.percent, Estimate) else None
    difference = moved
    if effect.percent is not None:
        difference = None if percent is None or base is None else base * percent / 100
    told = size is not Size.TOO_FEW
    return Change(
        size=size,
        higher=None if moved is None else moved > 0,
        difference=difference if told else None,
        percent=percent if told else None,
        mdc_percent=effect.mdc_percent,
        mdc=None if effect.mdc_percent is not None else effect.mdc,
    )


def _shown(reading: Reading | None, measure: Measure) -> Shown | None:
    if reading is None:
        return None
    found = reading.session(measure.session)
    counted, presses = len(reading.accepted()), reading.presses()
    if found is None:
        limit = reading.measurement.context.cutoff_kpa
        reached = bool(presses) and all(QualityFlag.CENSORED in p.flags for p in presses)
        censored = reading.measurement.kind is RecordingKind.PPT and reached
        value = limit if censored else None
        return Shown(
            value=value, u=None, counted=counted, pressed=len(presses),
            at_least=censored and limit is not None,
        )  # fmt: skip
    return Shown(
        value=found.value, u=found.standard_uncertainty, counted=counted, pressed=len(presses)
    )


def _against(
    measure: Measure, here: SiteView | None, there: SiteView | None
) -> tuple[float | None, str]:
    compare = _COMPARE.get(measure.session)
    if compare is None or here is None or there is None:
        return None, ""
    found = compare(here, there)
    return (None, "") if found is None else (found.percent, verdict_words(found))
