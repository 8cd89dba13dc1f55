"""A client's story as one page tells it: no sample of any recording is opened for it."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from tissuesense.core.site import BodySite
from tissuesense.core.trace import Trace
from tissuesense.record.care import Goal, Referral
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord, current
from tissuesense.record.intake import Consent, ContraindicationScreen
from tissuesense.record.statements import KINDS
from tissuesense.record.visit import ManualFinding
from tissuesense.report.change_words import Judged, judge
from tissuesense.report.course_view import CourseView
from tissuesense.report.series import Series, series_of
from tissuesense.services.standing import checklist, standing
from tissuesense.store.opened import Store

_NOT_TOLD = frozenset({"client", "identity", "identity_read", "exported", "imported"})
_TOLD = tuple(kind for kind in KINDS if kind not in _NOT_TOLD)
_NO_SAMPLES = Trace(t_s=np.empty(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One quantity of one site over the visits, and what may be said of its change.

    Attributes
    ----------
    band
        What the unchanged stay within; None where that is unknown.
    """

    series: Series
    judged: Judged
    band: tuple[float, float] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStory:
    """One site: the hand's latest grade beside what the sensor measured.

    Attributes
    ----------
    control
        Whether it lies far from every complaint.
    felt
        The hand's latest finding before treatment, with its visit; None: never felt.
    """

    site: BodySite
    control: bool
    felt: tuple[VisitRecord, ManualFinding] | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What the page of a client shows.

    Attributes
    ----------
    screen
        What to be careful with, and when it was asked; None: not asked yet.
    consents
        The latest word on each purpose.
    """

    view: CourseView
    screen: Entry[ContraindicationScreen] | None
    consents: tuple[Consent, ...]
    referral: Referral | None
    goals: tuple[Goal, ...]
    sites: tuple[SiteStory, ...]


def story_of(store: Store, client: ClientId, *, today: date) -> Story:
    """Return the story of a client.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    record = told_record(store, client)
    told = checklist(record)
    view = CourseView(
        record=record,
        on=today,
        standing=standing(record, today=today),
        controls=frozenset({told.control.muscle.id}) - {item.muscle.id for item in told.items},
    )
    view = view.with_series(series_of(view.care))
    screens = record.current("screen")
    consents = {consent.purpose: consent for consent in record.statements("consent")}
    return Story(
        view=view,
        screen=screens[-1] if screens else None,
        consents=tuple(consents.values()),
        referral=record.latest("referral"),
        goals=record.statements("goal"),
        sites=tuple(_sites(store, view)),
    )


def told_record(store: Store, client: ClientId) -> ClientRecord:
    """Return a client's record with every number and without the samples behind them.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.reading():
        known = store.clients.get(client)
        visits = store.visits.of_client(client)
        entries = store.ledger.of_client(client, *_TOLD)
    by_visit: dict[str, list[Entry[Any]]] = {"": []}
    for entry in entries:
        by_visit.setdefault(entry.visit or "", []).append(entry)
    return ClientRecord(
        client=known,
        entries=tuple(by_visit[""]),
        visits=tuple(
            VisitRecord(
                visit=visit,
                entries=tuple(e for e in found if e.kind not in _MEASURED),
                measurements=tuple(_measurements(found)),
            )
            for visit in visits
            for found in [by_visit.get(visit.id, [])]
        ),
    )


_MEASURED = frozenset({"measurement", "analysis"})


def _measurements(entries: Sequence[Entry[Any]]) -> Iterator[MeasurementRecord]:
    struck = {e.statement.measurement: e.statement for e in current(entries, "void")}
    for entry in entries:
        if entry.kind != "measurement":
            continue
        name = entry.statement.id
        analyses = (e.statement for e in entries if e.kind == "analysis")
        yield MeasurementRecord(
            measurement=entry.statement.with_trace(_NO_SAMPLES),
            computed=tuple(f for a in analyses if a.measurement == name for f in a.findings),
            void=struck.get(name),
        )


def _sites(store: Store, view: CourseView) -> Iterator[SiteStory]:
    """Yield every site that was felt or measured, control sites last."""
    felt = {one.site: one.found[-1] for one in view.felt()}
    lines: dict[BodySite, list[Series]] = {}
    for series in view.series:
        lines.setdefault(series.site, []).append(series)
    sites: Iterable[BodySite] = dict.fromkeys([*lines, *felt])
    for site in sorted(sites, key=lambda site: site.name in view.controls):
        yield SiteStory(
            site=site,
            control=site.name in view.controls,
            felt=felt.get(site),
            lines=tuple(_line(store, one) for one in lines.get(site, ())),
        )


# Of measurements that never change; it goes with the store that they were read from.
_KNOWN: WeakKeyDictionary[Store, dict[Hashable, tuple[Judged, tuple[float, float] | None]]] = (
    WeakKeyDictionary()
)
_MOST_KNOWN = 4000


def _line(store: Store, series: Series) -> Line:
    """Return what may be said of a change, worked out once for the same numbers."""
    known = _KNOWN.setdefault(store, {})
    records = [point.reading.record for point in series.points]
    numbers = tuple((record.measurement.id, len(record.computed)) for record in records)
    key = (series.site, series.measure.session, numbers)
    if key not in known:
        if len(known) >= _MOST_KNOWN:
            known.clear()
        known[key] = judge(series), series.error_band()
    judged, band = known[key]
    return Line(series=series, judged=judged, band=band)
