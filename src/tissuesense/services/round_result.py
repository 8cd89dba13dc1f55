"""What came of a round: each site with its value, where the hands were there first."""

from dataclasses import dataclass

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.record.history import MeasurementRecord, VisitRecord
from tissuesense.record.measurement import MeasurementId, StoredFinding
from tissuesense.record.visit import ManualFinding
from tissuesense.report.measures import MEASURES
from tissuesense.services.records import load_visit_record
from tissuesense.services.table.order import TableOrder
from tissuesense.services.table.view import SiteState, TableView
from tissuesense.store.opened import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResult:
    """One site of the round.

    Attributes
    ----------
    value
        Of the whole recording; None where it could not be estimated or is not to be seen yet.
    hidden
        Whether it waits for the hands: nobody felt the site before.
    accepted, presses
        How many presses count, of how many.
    """

    site: BodySite
    state: SiteState
    why: str
    felt: ManualFinding | None
    measurement: MeasurementId | None
    value: StoredFinding | None
    unit: str
    hidden: bool
    accepted: int
    presses: int


def round_result(store: Store, order: TableOrder, view: TableView) -> tuple[SiteResult, ...]:
    """Return what came of a round, in the order of its sites.

    Raises
    ------
    RecordNotFound
        When there is no such visit any more.
    """
    record = load_visit_record(store, order.visit)
    kept = {one.measurement.id: one for one in record.measurements}
    return tuple(
        _result(
            order,
            record,
            kept.get(one.measurement) if one.measurement else None,
            site=one.site,
            state=one.state,
            why=one.why,
        )
        for one in view.sites
    )


def _result(
    order: TableOrder,
    record: VisitRecord,
    measured: MeasurementRecord | None,
    *,
    site: BodySite,
    state: SiteState,
    why: str,
) -> SiteResult:
    felt = next((m for m in reversed(record.manual_findings) if m.site == site), None)
    hidden = order.blinded or (felt is None and order.kind is not RecordingKind.DOSE)
    value, unit = None, ""
    if measured is not None:
        for measure in MEASURES:
            if measure.kind is measured.measurement.kind and value is None:
                value, unit = measured.finding(measure.session, "session"), measure.unit
    judged = {} if measured is None else {f.index: f.accepted for f in measured.findings if f.index}
    return SiteResult(
        site=site,
        state=state,
        why=why,
        felt=felt,
        measurement=None if measured is None else measured.measurement.id,
        value=None if hidden else value,
        unit=unit,
        hidden=hidden and value is not None,
        accepted=sum(judged.values()),
        presses=len(judged),
    )
