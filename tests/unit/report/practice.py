"""Invented records to print: presses of simulated clients, analysed and kept as a store would."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tissuesense.analysis.analyse import analyze
from tissuesense.core.recording import Recording, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.client import Client, ClientId
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.measurement import Measurement, MeasurementId
from tissuesense.record.visit import Block, ManualFinding, Visit, VisitId
from tissuesense.report.readings import VisitView
from tissuesense.services.records import stored_findings
from tissuesense.simulation.session import simulated_recording
from tissuesense.simulation.spec import SessionSpec

OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
VISIT = Visit(
    id=VisitId("V-7QK4Z0AB"),
    client=ClientId("TS-7QK4Z"),
    opened_at=OPENED,
    practitioner="M. Example",
    reason="Neck pain on the left for six weeks, worse after desk work",
)
SITES = ("trapezius_upper", "levator_scapulae", "tibialis_anterior")
TENDER_FIRM = {"trapezius_upper": (2, 2), "levator_scapulae": (1, 1), "tibialis_anterior": (0, 0)}


def felt(
    site: str, side: Side, *, minute: int = 2, note: str = "", block: Block = Block.PRE
) -> ManualFinding:
    tenderness, tone = TENDER_FIRM[site] if side is Side.LEFT else (0, 0)
    return ManualFinding(
        visit=VISIT.id,
        site=BodySite(site, side),
        found_at=OPENED + timedelta(minutes=minute),
        block=block,
        tenderness=tenderness,
        tone=tone,
        note=note,
    )


def measured(spec: SessionSpec, *, minute: int, block: Block = Block.PRE) -> MeasurementRecord:
    simulated = simulated_recording(spec, 4 if spec.fault else 3)
    recording = Recording(
        trace=simulated.trace, context=simulated.context, quality=simulated.quality
    )
    measurement = Measurement(
        id=MeasurementId(f"M-{minute:08d}"),
        visit=VISIT.id,
        site=BodySite(spec.site, spec.side),
        kind=spec.kind,
        measured_at=OPENED + timedelta(minutes=minute),
        trace=simulated.trace,
        context=simulated.context,
        quality=simulated.quality,
        capture=None,
        trace_sha256=simulated.trace.sha256,
        device_model=spec.model,
        block=block,
    )
    computed = stored_findings(
        measurement.id, analyze(recording), computed_at=measurement.measured_at
    )
    return MeasurementRecord(measurement=measurement, computed=computed)


def view_of(record: VisitRecord) -> VisitView:
    client = Client(id=VISIT.client, created_at=OPENED)
    return VisitView(client=ClientRecord(client=client, visits=(record,)), record=record)


def empty_visit() -> VisitView:
    return view_of(VisitRecord(visit=replace(VISIT, practitioner="", reason="")))


def partial_visit() -> VisitView:
    """One side felt and pressed once, the other not; a press that gave no value."""
    lone = simulated_spec("trapezius_upper", Side.LEFT, RecordingKind.PPT)
    return view_of(
        VisitRecord(
            visit=VISIT,
            manual_findings=(felt("levator_scapulae", Side.RIGHT),),
            measurements=(measured(lone, minute=5),),
        )
    )


def full_visit() -> VisitView:
    """Three sites, both sides, hand and sensor, one recording with presses that do not count."""
    places = [(site, side) for site in SITES for side in (Side.LEFT, Side.RIGHT)]
    kinds = (RecordingKind.PPT, RecordingKind.INDENTATION)
    specs = [simulated_spec(site, side, kind) for site, side in places for kind in kinds]
    specs[0] = replace(specs[0], fault="slip")
    note = "Taut band two fingers above the spine of the scapula; says it radiates to the temple"
    return view_of(
        VisitRecord(
            visit=VISIT,
            manual_findings=tuple(
                felt(*place, minute=minute, note=note if place == places[0] else "")
                for minute, place in enumerate(places)
            ),
            measurements=tuple(
                measured(spec, minute=10 + minute) for minute, spec in enumerate(specs)
            ),
        )
    )


def simulated_spec(site: str, side: Side, kind: RecordingKind) -> SessionSpec:
    return SessionSpec(subject="tender_firm_left", site=site, side=side, kind=kind)
