"""Invented courses of care to print: what each visit measured is stated, not simulated."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from tests.unit.report.practice import HEADACHE, OPENED, TENDER_FIRM, VISIT, stated

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.care import CarePlan, Episode, Goal, GoalMeasure, Phase, Referral
from tissuesense.record.client import Client
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.historic import HistoricFlag, HistoricMeasurement, HistoricQuantity
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.joint import JointFinding
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.notes import Meaning, MeasurementVoid, Signature, SoapNote, VisitClosed
from tissuesense.record.people import Practice
from tissuesense.record.schedule import schedule
from tissuesense.record.treatment import Intensity, Technique, TreatmentDose
from tissuesense.record.visit import Intent, ManualFinding, Visit, VisitId
from tissuesense.report.course_view import CourseView
from tissuesense.report.readings import Signed
from tissuesense.report.series import series_of

CLIENT = Client(id=VISIT.client, created_at=OPENED)
LEFT = BodySite("trapezius_upper", Side.LEFT)
RIGHT = BodySite("trapezius_upper", Side.RIGHT)
CONTROL = BodySite("tibialis_anterior", Side.RIGHT)
SCATTER = (0.97, 1.0, 1.03)
ON = date(2026, 3, 30)
PLAN = CarePlan(
    starts_on=OPENED.date(),
    phases=(
        Phase(per_week=2, per_week_to=3, weeks=3),
        Phase(per_week=1, weeks=4),
        Phase(every_weeks=5, every_weeks_to=6),
    ),
    sessions_ordered=12,
    payer_note="Letter on file.",
)


def opened(number: int) -> datetime:
    """Return when visit `number` was, from 0 on: one a week."""
    return OPENED + timedelta(weeks=number)


def visit(number: int, **changes: Any) -> Visit:  # noqa: ANN401 - fields of many types
    return replace(VISIT, id=VisitId(f"V-{number:08d}"), opened_at=opened(number), **changes)


def threshold(
    number: int, kpa: float, site: BodySite = LEFT, *, u: float = 5.0, trials: int = 3
) -> MeasurementRecord:
    """Return a pain threshold measured in visit `number`."""
    presses = [kpa * factor for factor in SCATTER[:trials]]
    record = stated(RecordingKind.PPT, "threshold_kpa", presses, session=("ppt_kpa", kpa, u))
    record = replace(
        record,
        computed=tuple(
            replace(f, ci95=(kpa - 2 * u, kpa + 2 * u)) if f.item == "session" else f
            for f in record.computed
        ),
    )
    if trials < 2:
        record = replace(
            record,
            computed=tuple(
                f if f.item != "session" else replace(f, value=None, standard_uncertainty=None)
                for f in record.computed
            ),
        )
    return _placed(record, number, site)


def _placed(record: MeasurementRecord, number: int, site: BodySite) -> MeasurementRecord:
    measurement = replace(
        record.measurement,
        id=MeasurementId(f"M-{number}{site.name}{site.side}"),
        visit=VisitId(f"V-{number:08d}"),
        site=site,
        measured_at=opened(number) + timedelta(minutes=10),
    )
    return replace(record, measurement=measurement)


def written(
    kind: str,
    statement: object,
    seq: int,
    at: datetime,
    **changes: Any,  # noqa: ANN401 - fields of many types
) -> Entry[Any]:
    return Entry(
        id=EntryId(changes.pop("id", f"E-{kind}-{seq}")),
        seq=seq,
        kind=kind,
        recorded_at=at,
        actor="M. Example",
        client=CLIENT.id,
        visit=changes.pop("visit", None),
        supersedes=changes.pop("supersedes", None),
        reason=changes.pop("reason", ""),
        statement=statement,
        hash=f"{seq:064x}",
    )


def palpated(number: int, site: BodySite, tenderness: int) -> ManualFinding:
    return ManualFinding(
        visit=VisitId(f"V-{number:08d}"),
        site=site,
        found_at=opened(number) + timedelta(minutes=2),
        tenderness=tenderness,
        tone=TENDER_FIRM.get(site.name, (0, 0))[1],
    )


def of_thresholds(values: Sequence[float], *, trials: int = 3, site: BodySite = LEFT) -> CourseView:
    """Return a course of one site with a threshold each week."""
    visits = tuple(
        VisitRecord(visit=visit(n), measurements=(threshold(n, kpa, site, trials=trials),))
        for n, kpa in enumerate(values)
    )
    return viewed(ClientRecord(client=CLIENT, visits=visits))


def viewed(record: ClientRecord, **known: Any) -> CourseView:  # noqa: ANN401 - fields of many types
    view = CourseView(record=record, on=ON, controls=frozenset({CONTROL.name}), **known)
    return view.with_series(series_of(view.care))


@cache
def empty_course() -> CourseView:
    return viewed(ClientRecord(client=CLIENT))


@cache
def partial_course() -> CourseView:
    """Return one visit, without a plan: one site felt, one measured with a single press."""
    entries = (written("palpation", palpated(0, RIGHT, 1), 5, opened(0)),)
    only = VisitRecord(visit=visit(0), entries=entries, measurements=(threshold(0, 200, trials=1),))
    return viewed(ClientRecord(client=CLIENT, visits=(only,)))


@cache
def full_course() -> CourseView:
    """Return nine weekly visits of care with everything in them, and one to relax."""
    visits = [_full_visit(n) for n in range(9)]
    visits.append(_relaxation(9))
    complaints = (
        written("complaint", replace(HEADACHE, nrs_now=nrs), 20 + n, opened(n))
        for n, nrs in ((0, 6), (4, 4), (8, 2))
    )
    goal = Goal(
        text="Bear more pressure",
        measure=GoalMeasure.PAIN_THRESHOLD,
        site=LEFT.name,
        side=LEFT.side,
        start_value=180,
        target_value=260,
        unit="kPa",
    )
    referral = Referral(
        prescriber="Dr Example",
        on=OPENED.date(),
        condition="Tension-type headache",
        frequency="twice a week",
        letter_of_medical_necessity=True,
    )
    stated_once = (referral, PLAN, goal, Episode(title="Headache", opened_on=OPENED.date()))
    kinds = ("referral", "care_plan", "goal", "episode")
    entries = (
        *(
            written(kind, said, seq, opened(0))
            for seq, (kind, said) in enumerate(zip(kinds, stated_once, strict=True), start=1)
        ),
        *complaints,
    )
    record = ClientRecord(client=CLIENT, entries=entries, visits=tuple(visits))
    kept = [opened(n).date() for n in range(9)]
    return viewed(
        record,
        standing=schedule(PLAN, kept, today=ON),
        practice=Practice(name="A practice"),
        signed={visit(n).id: (signed(),) for n in range(8)} | {visit(8).id: (signed(later=2),)},
        agreement=("Over 9 visits, nothing to compare.",),
        head="f" * 64,
    )


def _full_visit(n: int) -> VisitRecord:
    rising = 180.0 + 12 * n
    measurements = [
        threshold(n, rising, LEFT),
        threshold(n, 300.0 + (-1) ** n, RIGHT),
        threshold(n, 450.0 - 2 * (n % 3), CONTROL),
    ]
    note = SoapNote(subjective="Less headache.", plan="Come again next week.")
    at, who = opened(n), visit(n).id
    entries = [
        written("palpation", palpated(n, LEFT, 2 if n < 5 else 1), 100 + n, at, visit=who),
        written("dose", dose(LEFT), 200 + n, at, visit=who),
        written("note", note, 300 + n, at, visit=who, id=f"E-note-{n}"),
        written(
            "closed", VisitClosed(closed_at=at + timedelta(minutes=40)), 400 + n, at, visit=who
        ),
    ]
    if n == 0:
        entries.append(written("historic", imported(), 600, at, visit=who))
        turned = JointFinding(joint="neck", movement="rotation", side=Side.LEFT, active_deg=52)
        entries.append(written("joint", turned, 601, at, visit=who))
    if n == 8:
        entries.append(
            written(
                "note",
                replace(note, plan="Come again in five weeks."),
                500,
                at + timedelta(hours=1),
                visit=who,
                supersedes=f"E-note-{n}",
                reason="The plan has changed.",
            )
        )
        struck = threshold(n, 999.0, RIGHT)
        void = MeasurementVoid(measurement=struck.measurement.id, why="Wrong side.")
        measurements.append(replace(struck, void=void))
    return VisitRecord(visit=visit(n), entries=tuple(entries), measurements=tuple(measurements))


def imported() -> HistoricMeasurement:
    """Return numbers of another instrument, far beyond all others, of a day without an hour."""
    return HistoricMeasurement(
        site=LEFT,
        measured_at=opened(0),
        instrument="MyotonPRO 17",
        quantities=(
            HistoricQuantity(name="myotonpro_stiffness", values=(2511.5, 2550.0), unit="N/m"),
            HistoricQuantity(name="peak_force", values=(98765.0,), unit="N"),
        ),
        source_sha256="a" * 64,
        flags=(HistoricFlag.RAW_ABSENT, HistoricFlag.TIME_UNKNOWN),
    )


def _relaxation(n: int) -> VisitRecord:
    """Return a relaxation visit with a measurement, which nothing may be told of."""
    relaxing = visit(n, intent=Intent.RELAXATION, reason="To relax.")
    return VisitRecord(visit=relaxing, measurements=(threshold(n, 777.0, LEFT),))


def dose(site: BodySite) -> TreatmentDose:
    return TreatmentDose(
        site=site,
        technique=Technique.NMT_ISCHEMIC,
        seconds=90,
        intensity=Intensity.MODERATE,
        nrs_during=6,
    )


def signed(*, later: int = 0, intact: bool = True) -> Signed:
    signature = Signature(
        signer="M. Example",
        meaning=Meaning.AUTHOR,
        signed_at=opened(8) + timedelta(minutes=45),
        content_sha256="0" * 64,
        entries=4,
    )
    return Signed(signature=signature, later=later, intact=intact)


COURSES: dict[str, Callable[[], CourseView]] = {
    "empty": empty_course,
    "partial": partial_course,
    "full": full_course,
}
