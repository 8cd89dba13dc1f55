"""Invented records to print: presses of simulated clients, analysed and kept as a store would."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tissuesense.analysis.analyse import analyze
from tissuesense.core.recording import Recording, RecordingKind
from tissuesense.core.site import BodySite, ComplaintKind, Side
from tissuesense.record.client import Client, ClientId
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.historic import HistoricMeasurement, HistoricQuantity
from tissuesense.record.history import MeasurementRecord, VisitRecord
from tissuesense.record.intake import Complaint
from tissuesense.record.joint import JointFinding
from tissuesense.record.measurement import Measurement, MeasurementId
from tissuesense.record.notes import MissingReason, NotDone, SoapNote
from tissuesense.record.scales import AshworthGrade, TardieuEntry
from tissuesense.record.treatment import Intensity, Technique, TreatmentDose
from tissuesense.record.visit import Block, ManualFinding, Visit, VisitId
from tissuesense.report.document import Document
from tissuesense.report.readings import VisitView
from tissuesense.report.visit_report import visit_document
from tissuesense.services.records import stored_findings
from tissuesense.simulation.session import simulated_recording
from tissuesense.simulation.spec import SessionSpec

OPENED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
VISIT = Visit(
    id=VisitId("V-7QK4Z0A0"),
    client=ClientId("TS-7QK47"),
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


def noted(*found: ManualFinding) -> tuple[Entry[Any], ...]:
    """Return manual findings as entries of the visit."""
    return tuple(entry("palpation", each, number) for number, each in enumerate(found, start=1))


def entry(kind: str, statement: object, number: int) -> Entry[Any]:
    """Return a statement of the visit in its envelope."""
    return Entry(
        id=EntryId(f"E-{kind}-{number}"),
        seq=number,
        kind=kind,
        recorded_at=OPENED,
        actor="M. Example",
        client=VISIT.client,
        visit=VISIT.id,
        supersedes=None,
        reason="",
        statement=statement,
        hash=f"{number:064x}",
    )


def measured(
    spec: SessionSpec, *, minute: int, block: Block = Block.PRE, presses: int = 3
) -> MeasurementRecord:
    simulated = simulated_recording(spec, presses)
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
        trace_sha256=simulated.trace.sha256,
        capture_sha256=None,
        device_model=spec.gauge_model,
        block=block,
    )
    computed = stored_findings(
        measurement.id, analyze(recording), computed_at=measurement.measured_at
    )
    return MeasurementRecord(measurement=measurement, computed=computed)


@cache
def _any_recording(kind: RecordingKind) -> MeasurementRecord:
    return measured(simulated_spec("trapezius_upper", Side.LEFT, kind), minute=1, presses=1)


def stated(
    kind: RecordingKind, quantity: str, presses: list[float], *, session: tuple[str, float, float]
) -> MeasurementRecord:
    """Return a recording whose numbers are given; `session` is (quantity, value, u)."""
    record = _any_recording(kind)
    some = record.computed[0]
    of_presses = [
        replace(
            some,
            item="trial" if kind is RecordingKind.PPT else "press",
            index=index,
            quantity=quantity,
            value=value,
            accepted=True,
            flags=(),
        )
        for index, value in enumerate(presses, start=1)
    ]
    name, value, u = session
    whole = replace(
        some, item="session", index=None, quantity=name, value=value, standard_uncertainty=u
    )
    return replace(record, computed=(*of_presses, whole))


def view_of(record: VisitRecord, *complaints: Complaint) -> VisitView:
    client = Client(id=VISIT.client, created_at=OPENED)
    return VisitView(client=client, visits=(record.visit,), record=record, complaints=complaints)


def empty_visit() -> VisitView:
    """Return a visit in which nothing was examined."""
    return view_of(VisitRecord(visit=replace(VISIT, practitioner="", reason="")))


@cache
def partial_visit() -> VisitView:
    """Return a site only felt, one measured on one side, one whose recording gave no value."""
    lone = simulated_spec("trapezius_upper", Side.LEFT, RecordingKind.PPT)
    unfinished = simulated_spec("tibialis_anterior", Side.LEFT, RecordingKind.PPT)
    return view_of(
        VisitRecord(
            visit=VISIT,
            entries=noted(felt("levator_scapulae", Side.RIGHT)),
            measurements=(
                measured(lone, minute=5),
                measured(unfinished, minute=6, presses=1),
            ),
        )
    )


@cache
def full_visit() -> VisitView:
    """Return three sites, both sides, hand and sensor, in one recording presses that slipped."""
    places = [(site, side) for site in SITES for side in (Side.LEFT, Side.RIGHT)]
    kinds = (RecordingKind.PPT, RecordingKind.INDENTATION)
    specs = [simulated_spec(site, side, kind) for site, side in places for kind in kinds]
    specs[0] = replace(specs[0], fault="slip")
    note = "Taut band two fingers above the spine of the scapula; says it radiates to the temple"
    return view_of(
        VisitRecord(
            visit=VISIT,
            entries=(
                *noted(
                    *(
                        felt(*place, minute=minute, note=note if place == places[0] else "")
                        for minute, place in enumerate(places)
                    )
                ),
                *_written(),
                entry("historic", _elsewhere(), 99),
            ),
            measurements=(
                *(
                    measured(spec, minute=10 + minute, presses=4 if spec.fault else 3)
                    for minute, spec in enumerate(specs)
                ),
                *_worked_on(SITES[0], minute=30),
            ),
        ),
        HEADACHE,
    )


HEADACHE = Complaint(
    kind=ComplaintKind.HEADACHE, region="left temple", nrs_now=6, nrs_worst=8, onset="two years"
)


def _elsewhere() -> HistoricMeasurement:
    return HistoricMeasurement(
        site=BodySite(SITES[0], Side.LEFT),
        measured_at=OPENED,
        instrument="",
        quantities=(HistoricQuantity(name="peak_force", values=(21.5,), unit="N"),),
        source_sha256="b" * 64,
    )


def _written() -> Iterator[Entry[Any]]:
    """Yield what a therapist writes beside palpation: joint, treatment, note, what was left out."""
    site = BodySite(SITES[1], Side.LEFT)
    for number, (kind, statement) in enumerate(
        (
            (
                "joint",
                JointFinding(
                    joint="neck",
                    movement="rotation",
                    side=Side.LEFT,
                    active_deg=52,
                    ashworth=AshworthGrade.ONE_PLUS,
                    tardieu=TardieuEntry(quality=2, r1_deg=30, r2_deg=50),
                ),
            ),
            (
                "dose",
                TreatmentDose(
                    site=site,
                    technique=Technique.MFR,
                    seconds=90,
                    intensity=Intensity.LIGHT,
                    nrs_during=4,
                ),
            ),
            ("note", SoapNote(subjective="Sore after the last visit.", plan="Come again.")),
            ("not_done", NotDone(what="ppt suboccipitals left", reason=MissingReason.REFUSED)),
        ),
        start=50,
    ):
        yield entry(kind, statement, number)


def _worked_on(site: str, *, minute: int) -> Iterator[MeasurementRecord]:
    """Yield taps on both sides, a treatment of the left, and taps of the relaxed left after it."""
    for side in (Side.LEFT, Side.RIGHT):
        yield measured(simulated_spec(site, side, RecordingKind.TAP), minute=minute, presses=3)
        minute += 1
    left = simulated_spec(site, Side.LEFT, RecordingKind.DOSE)
    yield measured(left, minute=minute, block=Block.TREATMENT, presses=1)
    softer = replace(left, kind=RecordingKind.TAP, subject="relaxed")
    yield measured(softer, minute=minute + 1, block=Block.POST, presses=3)


@cache
def treated_visit() -> VisitView:
    """Return one site on both sides, before and after treatment."""
    blocks = (Block.PRE, Block.POST)
    sides = (Side.LEFT, Side.RIGHT)
    site, kind = "trapezius_upper", RecordingKind.PPT
    return view_of(
        VisitRecord(
            visit=VISIT,
            entries=noted(*(felt(site, s, block=b) for b in blocks for s in sides)),
            measurements=tuple(
                measured(
                    simulated_spec(site, side, kind),
                    minute=20 * (block is Block.POST) + (side is Side.RIGHT),
                    block=block,
                )
                for block in blocks
                for side in sides
            ),
        )
    )


VISITS: dict[str, Callable[[], VisitView]] = {
    "empty": empty_visit,
    "partial": partial_visit,
    "full": full_visit,
    "treated": treated_visit,
}


@cache
def document(visit: str) -> Document:
    return visit_document(VISITS[visit]())


def simulated_spec(site: str, side: Side, kind: RecordingKind) -> SessionSpec:
    return SessionSpec(subject="tender_firm_left", site=site, side=side, kind=kind)
