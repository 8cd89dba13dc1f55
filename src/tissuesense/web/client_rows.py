"""The rows of a client's page: what the hands felt, what the sensor measured, what changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tissuesense.record.visit import ManualFinding
from tissuesense.report.change_words import Judged
from tissuesense.report.course_view import Told
from tissuesense.report.quantities import number, spread
from tissuesense.report.words import complaint_words
from tissuesense.services.client_story import Line, SiteStory, Story
from tissuesense.web.language import Language
from tissuesense.web.naming import site_name
from tissuesense.web.sparkline import Sparkline, sparkline

_PLENTY = 2
_WORST_RATING = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One quantity of a site.

    Attributes
    ----------
    value, spread, unit
        The latest, written out; `value` is empty where no visit gave a number.
    at_least
        Whether the press ended at its limit.
    first
        The day of the first value.
    values
        Every value in words, oldest first.
    """

    title: str
    value: str
    spread: str
    unit: str
    at_least: bool
    on: date
    first: date
    spark: Sparkline | None
    values: str
    judged: Judged


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One site; `trend` is the address of its curve, empty where nothing was measured."""

    name: str
    control: bool
    hand: ManualFinding | None
    hand_on: date | None
    measured: tuple[Measured, ...]
    trend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintRow:
    """One complaint with every rating; `worst` is the highest told, None where never asked."""

    words: str
    onset: str
    ratings: tuple[tuple[date, int], ...]
    worst: int | None
    told_on: date
    spark: Sparkline | None


def site_rows(story: Story, tongue: Language) -> Iterator[SiteRow]:
    """Yield a row for each site."""
    client = story.view.record.client.id
    for one in story.sites:
        visit, hand = one.felt or (None, None)
        yield SiteRow(
            name=site_name(one.site, tongue),
            control=one.control,
            hand=hand,
            hand_on=None if visit is None else visit.visit.opened_at.date(),
            measured=tuple(_measured(line, tongue) for line in _shown(one)),
            trend=f"/clients/{client}/trend?site={one.site.name}&side={one.site.side}"
            if one.lines
            else "",
        )


def complaint_rows(story: Story, tongue: Language) -> Iterator[ComplaintRow]:
    """Yield a row for each complaint."""
    return (_complaint(told, tongue) for told in story.view.complaints())


def _shown(one: SiteStory) -> Iterator[Line]:
    """Yield the lines with a number, and of the rest nothing but one that says so."""
    valued = [line for line in one.lines if line.series.valued]
    yield from valued or one.lines[:1]


def _measured(line: Line, tongue: Language) -> Measured:
    series, unit = line.series, line.series.measure.unit
    first, latest = series.ends if series.valued else (series.points[0], series.points[-1])
    values = [point.value for point in series.valued if point.value is not None]
    return Measured(
        title=series.measure.title,
        value="" if latest.value is None else written(latest.value, unit, tongue),
        spread="" if latest.u is None else _spread(latest.u, unit, tongue),
        unit=unit,
        at_least=latest.at_least,
        on=latest.when.date(),
        first=first.when.date(),
        spark=sparkline(values, line.band) if len(values) >= _PLENTY else None,
        values=", ".join(written(value, unit, tongue) for value in values),
        judged=line.judged,
    )


def _complaint(told: Told, tongue: Language) -> ComplaintRow:
    asked = [(when.date(), c.nrs_now) for when, c in told.said if c.nrs_now is not None]
    worst = [c.nrs_worst for _, c in told.said if c.nrs_worst is not None]
    numbers = [float(now) for _, now in asked]
    latest = told.said[-1][1]
    return ComplaintRow(
        words=tongue.gettext(complaint_words(latest)),
        onset=latest.onset,
        ratings=tuple(asked),
        worst=max([*worst, *(now for _, now in asked)], default=None),
        told_on=told.said[-1][0].date(),
        spark=sparkline(numbers, top=_WORST_RATING) if len(numbers) >= _PLENTY else None,
    )


def written(value: float, unit: str, tongue: Language) -> str:
    """Return a number with the decimals of its unit, as a language writes it."""
    return tongue.number(value, _decimals(number(value, unit)))


def _spread(u: float, unit: str, tongue: Language) -> str:
    """Return "± 14"; of one that rounds to nothing, "± <1"."""
    told = spread(u, unit)
    if "<" in told:
        return told if tongue.code == "en" else told.replace(".", ",")
    return f"± {written(u, unit, tongue)}"


def _decimals(text: str) -> int:
    return len(text.partition(".")[2])
