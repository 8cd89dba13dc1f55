"""All that the last page of a visit shows, loaded in one go."""

from dataclasses import dataclass

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.record.history import ClientRecord, MeasurementRecord
from tissuesense.record.visit import Block, VisitId
from tissuesense.report.readings import VisitView
from tissuesense.report.series import Series, series_of
from tissuesense.services.records import load_client_record, load_measurement
from tissuesense.services.reporting import visit_view
from tissuesense.services.visit_summary import VisitSummary, summary_of
from tissuesense.store.opened import Store

EARLIER_SHOWN = 3  # visits whose ramps lie under today's
_FEWEST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage:
    """A visit and what it is compared with.

    Attributes
    ----------
    series
        What was measured up to this visit, of what was measured in it and at another before.
    """

    view: VisitView
    summary: VisitSummary
    series: tuple[Series, ...]


def load_visit_page(store: Store, visit: VisitId) -> VisitPage:
    """Return a visit, its table, and the curves that end in it.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    with store.reading():
        client = store.visits.client_of(visit)
        view = visit_view(store, client, visit)
        record = load_client_record(store, client)
    return VisitPage(view=view, summary=summary_of(view), series=_ending_in(record, visit))


def ramps_of_site(store: Store, visit: VisitId, site: BodySite) -> tuple[MeasurementRecord, ...]:
    """Return the recordings of pain thresholds at a site: this visit's, then the visits before.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    with store.reading():
        here = store.visits.get(visit)
        points = store.trends.site(here.client, site, "ppt_kpa")
        earlier = [p for p in points if p.visit != visit and p.measured_at < here.opened_at]
        by_visit = {p.visit: p.measurement for p in earlier if p.block is Block.PRE}
        chosen = [p.measurement for p in points if p.visit == visit]
        chosen += list(by_visit.values())[-EARLIER_SHOWN:][::-1]
        found = [load_measurement(store, measurement) for measurement in chosen]
    return tuple(f for f in found if f.measurement.kind is RecordingKind.PPT and f.void is None)


def _ending_in(record: ClientRecord, visit: VisitId) -> tuple[Series, ...]:
    ids = [one.visit.id for one in record.visits]
    upto = record.visits[: ids.index(visit) + 1]
    return tuple(
        series
        for series in series_of(upto)
        if len(series.points) >= _FEWEST and series.points[-1].visit.id == visit
    )
