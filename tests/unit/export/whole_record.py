"""An invented client's record with every kind of statement in it, as pure objects without a store.

Two visits: the first whole, signed and amended; the second for relaxation. One measurement of pain
that counts and was analysed twice, one struck out, one of stiffness with a press taken back, one of
another instrument.
`IDENTITY` is who it is; no other text of the record names the client.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np

from tissuesense.analysis.analyse import analyze
from tissuesense.core.recording import Recording, RecordingKind
from tissuesense.core.site import BodySite, ComplaintKind, Side
from tissuesense.export.registry import Request
from tissuesense.record.at_the_table import Retake, SiteList, TakenBackBy
from tissuesense.record.audit import Exported, IdentityRead, Imported
from tissuesense.record.care import (
    CarePlan,
    Episode,
    Goal,
    GoalMeasure,
    Modality,
    Phase,
    PrescriberCode,
    Referral,
)
from tissuesense.record.client import Client, ClientId, new_client_id
from tissuesense.record.document import sha256
from tissuesense.record.entry import Entry, EntryId, new_entry_id
from tissuesense.record.historic import HistoricMeasurement, HistoricQuantity
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.intake import (
    Answer,
    BodyView,
    Complaint,
    Consent,
    ConsentPurpose,
    ContraindicationScreen,
    DailyLife,
    DrawnMark,
    LifeTopic,
    PainQuality,
    PostureObservation,
    PostureView,
    ScreenAnswer,
)
from tissuesense.record.joint import EndFeel, JointFinding
from tissuesense.record.measurement import Measurement, MeasurementId, new_measurement_id
from tissuesense.record.notes import (
    Meaning,
    MeasurementVoid,
    MissingReason,
    NotDone,
    Signature,
    SoapNote,
    VisitClosed,
)
from tissuesense.record.people import Handedness, Identity, Practice, Profile, SexAtBirth
from tissuesense.record.scales import AshworthGrade, TardieuEntry
from tissuesense.record.treatment import Intensity, Technique, TreatmentDose
from tissuesense.record.visit import (
    Block,
    Intent,
    ManualFinding,
    Position,
    Temperature,
    Visit,
    VisitId,
    new_visit_id,
)
from tissuesense.services.records import stored_findings
from tissuesense.simulation.session import SessionSpec, simulated_recording

PRACTICE = Practice(name="Example practice", address="1 Invented Street")
IDENTITY = Identity(
    name="Wilhelmina Beispiel-Österreich",
    birth_date=date(1981, 4, 2),
    phone="+43 1 5550147",
    email="w.beispiel@example.org",
    address="7 Nowhere Lane, Exampletown",
    insurer="Invented Mutual",
    member_number="ZZ-000-4711",
)
EXPORTED_AT = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
ZONE = timezone(timedelta(hours=1))
FIRST_VISIT_AT = datetime(2026, 3, 2, 9, 30, tzinfo=ZONE)
SECOND_VISIT_AT = datetime(2026, 3, 9, 17, 5, tzinfo=ZONE)
THERAPIST = "R. Tester"
LEFT = BodySite("trapezius_upper", Side.LEFT)
RIGHT = BodySite("trapezius_upper", Side.RIGHT)
SCALENES = BodySite("scalenes", Side.LEFT)
CAPTURE = b"a capture as the wire said it"
# Text that breaks naive writers: quotes, a comma, lines, a formula, letters of many scripts.
TRICKY = '=HYPERLINK("http://x"), said "ow",\r\nthen laughed; ½ 北京 \U0001f642\tend '


@dataclass
class Writing:
    """Writes entries in their envelopes, one minute after the other."""

    client: ClientId
    rng: np.random.Generator
    at: datetime
    entries: list[Entry[Any]] = field(default_factory=list)
    numbers: Callable[[], int] = field(default_factory=lambda: count(1).__next__)

    def state(
        self,
        kind: str,
        statement: object,
        *,
        visit: VisitId | None = None,
        supersedes: EntryId | None = None,
        reason: str = "",
    ) -> Entry[Any]:
        """Write one statement down."""
        self.at += timedelta(minutes=1)
        seq = self.numbers()
        entry = Entry(
            id=new_entry_id(self.rng),
            seq=seq,
            kind=kind,
            recorded_at=self.at,
            actor=THERAPIST,
            client=self.client,
            visit=visit,
            supersedes=supersedes,
            reason=reason,
            statement=statement,
            hash=sha256(str(seq).encode()),
        )
        self.entries.append(entry)
        return entry

    def taken(self) -> tuple[Entry[Any], ...]:
        """Return what was written since it was asked last."""
        written, self.entries = tuple(self.entries), []
        return written


@cache
def whole_record(seed: int = 7) -> ClientRecord:
    """Return the record; another seed gives another client with other numbers."""
    rng = np.random.default_rng(seed)
    client = Client(id=new_client_id(rng), created_at=datetime(2026, 3, 2, 8, 0, tzinfo=UTC))
    writing = Writing(client=client.id, rng=rng, at=client.created_at)
    episode = _intake(writing)
    stated = writing.taken()
    visits = (_first_visit(writing, seed, episode), _second_visit(writing, seed))
    return ClientRecord(client=client, entries=stated, visits=visits)


def whole_request(
    out: Path, *, identified: bool = False, records: tuple[ClientRecord, ...] | None = None
) -> Request:
    """Return a request for the record, or for others."""
    return Request(
        records=iter(records if records is not None else (whole_record(),)),
        out=out,
        practice=PRACTICE,
        exported_at=EXPORTED_AT,
        identity=(lambda _client: IDENTITY) if identified else (lambda _client: None),
        capture=lambda _measurement: CAPTURE,
    )


def _intake(writing: Writing) -> EntryId:
    code = PrescriberCode(system="ICD-10", code="M54.2", text="Cervicalgia", supplied_by="Dr. Who")
    episode = writing.state(
        "episode",
        Episode(
            title="Neck and headache",
            opened_on=date(2026, 3, 2),
            onset="autumn",
            mechanism="long drives",
            codes=(code,),
        ),
    ).id
    profile = Profile(
        birth_year=1981,
        sex_at_birth=SexAtBirth.FEMALE,
        handedness=Handedness.RIGHT,
        height_cm=168.5,
        mass_kg=0.1 + 61.2,
    )
    writing.state("profile", profile)
    writing.state(
        "consent",
        Consent(
            purpose=ConsentPurpose.TREATMENT,
            given=True,
            on=date(2026, 3, 2),
            text_version="3",
            text_sha256=sha256(b"the text"),
            how="signed on paper",
        ),
    )
    writing.state("consent", Consent(purpose=ConsentPurpose.RESEARCH, given=False))
    writing.state(
        "screen",
        ContraindicationScreen(
            answers=(
                ScreenAnswer(item="anticoagulant", answer=Answer.NO),
                ScreenAnswer(item="neuropathy", answer=Answer.UNKNOWN),
                ScreenAnswer(item="other", answer=Answer.YES, detail="bruises after sport"),
            ),
            ceiling_kpa=800.0,
            blocked_sites=("scalenes", "temporalis"),
        ),
    )
    _complaints(writing)
    writing.state(
        "posture",
        PostureObservation(
            finding="forward_head", view=PostureView.LEFT, side=Side.LEFT, degree=2, note="seated"
        ),
    )
    writing.state(
        "daily_life",
        DailyLife(
            topic=LifeTopic.ERGONOMICS,
            answer="two screens, both to the left",
            habit="desk_work",
            question="How do you sit?",
            question_version="1",
            remark="turns left all day",
        ),
    )
    _plan(writing, code)
    writing.state("identity_read", IdentityRead(why="to call back"))
    writing.state("exported", Exported(form="json"))
    writing.state("imported", Imported(form="myoton", file_sha256=sha256(b"a file"), items=2))
    return episode


def _complaints(writing: Writing) -> None:
    headache = Complaint(
        kind=ComplaintKind.HEADACHE,
        region="temples",
        nrs_now=3,
        nrs_worst=7,
        nrs_mean_24h=4,
        onset="since autumn",
        better_with="a walk",
        worse_with="late screens",
        note=TRICKY,
        drawing=(
            DrawnMark(view=BodyView.FRONT, x=0.125, y=0.1, quality=PainQuality.ACHE),
            DrawnMark(view=BodyView.BACK, x=1 / 3, y=0.2, quality=PainQuality.TINGLING),
        ),
    )
    first = writing.state("complaint", replace(headache, nrs_now=2))
    writing.state("complaint", headache, supersedes=first.id, reason="misheard")
    for kind in list(ComplaintKind)[1:]:
        writing.state("complaint", Complaint(kind=kind, side=Side.LEFT, region="left hand"))


def _plan(writing: Writing, code: PrescriberCode) -> None:
    writing.state(
        "referral",
        Referral(
            prescriber="Dr. Who",
            on=date(2026, 2, 27),
            condition="neck pain",
            frequency="twice a week",
            duration="three weeks",
            modalities=(Modality.NEUROMUSCULAR, Modality.MYOFASCIAL),
            codes=(code,),
            document_sha256=sha256(b"the paper"),
            letter_of_medical_necessity=True,
            payer_note="letter on file",
        ),
    )
    writing.state(
        "care_plan",
        CarePlan(
            starts_on=date(2026, 3, 2),
            phases=(
                Phase(per_week=2, per_week_to=3, weeks=3, name="start"),
                Phase(per_week=1, weeks=4),
                Phase(every_weeks=5, every_weeks_to=6, name="maintenance"),
            ),
            modalities=(Modality.NEUROMUSCULAR,),
            review_on=date(2026, 4, 20),
            sessions_ordered=12,
            payer_note="to be reviewed",
            note="mornings",
        ),
    )
    writing.state(
        "goal",
        Goal(
            text="less tender",
            measure=GoalMeasure.PAIN_THRESHOLD,
            site="trapezius_upper",
            side=Side.LEFT,
            start_value=210.5,
            target_value=300.0,
            unit="kPa",
            due=date(2026, 5, 1),
        ),
    )
    writing.state("goal", Goal(text="drive for an hour"))


def _first_visit(writing: Writing, seed: int, episode: EntryId) -> VisitRecord:
    writing.at = FIRST_VISIT_AT.astimezone(UTC)
    visit = Visit(
        id=new_visit_id(writing.rng),
        client=writing.client,
        opened_at=FIRST_VISIT_AT,
        practitioner=THERAPIST,
        reason="headache",
        position=Position.PRONE,
        room_temperature_c=22.5,
        today="one coffee",
        episode=episode,
    )
    writing.state("visit", visit, visit=visit.id)
    sites = SiteList(sites=(RIGHT, SCALENES, LEFT), felt_only=(SCALENES,), catalogue="1.0")
    writing.state("site_list", sites, visit=visit.id)
    _hands(writing, visit.id)
    ppt = _measured(writing, visit.id, SessionSpec(seed=seed))
    later = stored_findings(
        ppt.measurement.id,
        analyze(ppt.measurement.recording()),
        computed_at=FIRST_VISIT_AT.astimezone(UTC) + timedelta(days=4),
        first_number=len(ppt.computed) + 1,
    )
    ppt = replace(ppt, computed=(*ppt.computed, *later))
    wrong = _measured(writing, visit.id, SessionSpec(seed=seed + 1, side=Side.RIGHT))
    void = MeasurementVoid(measurement=wrong.measurement.id, why="wrong side")
    writing.state("void", void, visit=visit.id)
    stiffness = _measured(
        writing,
        visit.id,
        SessionSpec(seed=seed, kind=RecordingKind.INDENTATION),
        block=Block.POST,
        taken_back=2,
    )
    _treatment(writing, visit.id, stiffness.measurement.id)
    _words(writing, visit.id)
    return VisitRecord(
        visit=visit,
        entries=writing.taken(),
        measurements=(ppt, replace(wrong, void=void), stiffness),
    )


def _second_visit(writing: Writing, seed: int) -> VisitRecord:
    writing.at = SECOND_VISIT_AT.astimezone(UTC)
    visit = Visit(
        id=new_visit_id(writing.rng),
        client=writing.client,
        opened_at=SECOND_VISIT_AT,
        intent=Intent.RELAXATION,
    )
    writing.state("visit", visit, visit=visit.id)
    writing.state("historic", _elsewhere(), visit=visit.id)
    measured = _measured(writing, visit.id, SessionSpec(seed=seed + 2))
    return VisitRecord(visit=visit, entries=writing.taken(), measurements=(measured,))


def _elsewhere() -> HistoricMeasurement:
    return HistoricMeasurement(
        site=LEFT,
        measured_at=SECOND_VISIT_AT - timedelta(days=300),
        instrument="MyotonPRO 000123",
        quantities=(
            HistoricQuantity(
                name="myotonpro_stiffness", values=(301.0, 305.5, 290.0), unit="N/m", method="tap"
            ),
            HistoricQuantity(name="peak_force", values=(0.1 + 0.2,), unit="N"),
        ),
        source_sha256=sha256(b"a file of another instrument"),
        site_as_named="Trap upper L",
        circumstances="Central, Lying, Relaxed",
        probe_area_cm2=0.07,
    )


def _hands(writing: Writing, visit: VisitId) -> None:
    found = ManualFinding(
        visit=visit,
        site=LEFT,
        found_at=writing.at,
        tenderness=2,
        tone=1,
        taut_band=True,
        twitch=False,
        refers=True,
        refers_to="behind the eye",
        temperature=Temperature.WARMER,
        texture="ropy",
        note="left over right",
        seen_value_first=False,
    )
    first = writing.state("palpation", replace(found, tenderness=1), visit=visit)
    writing.state(
        "palpation", found, visit=visit, supersedes=first.id, reason="pressed again, deeper"
    )
    writing.state(
        "palpation",
        ManualFinding(visit=visit, site=RIGHT, found_at=writing.at, block=Block.POST),
        visit=visit,
    )
    writing.state(
        "joint",
        JointFinding(
            joint="neck",
            movement="rotation",
            side=Side.LEFT,
            active_deg=61.5,
            passive_deg=68.0,
            end_feel=EndFeel.FIRM,
            pain=True,
            ashworth=AshworthGrade.ONE_PLUS,
            tardieu=TardieuEntry(quality=2, r1_deg=40.0, r2_deg=65.25),
            note="stops early",
        ),
        visit=visit,
    )


def _treatment(writing: Writing, visit: VisitId, measurement: MeasurementId) -> None:
    writing.state(
        "dose",
        TreatmentDose(
            site=LEFT,
            technique=Technique.NMT_ALTERNATING,
            started_at=writing.at,
            seconds=90.5,
            intensity=Intensity.MODERATE,
            measurement=measurement,
            nrs_during=6,
            note="eased off twice",
        ),
        visit=visit,
    )
    writing.state("dose", TreatmentDose(site=RIGHT, technique=Technique.MFR), visit=visit)
    writing.state(
        "not_done",
        NotDone(what="stretch of the left elbow", reason=MissingReason.REFUSED, note="next time"),
        visit=visit,
    )


def _words(writing: Writing, visit: VisitId) -> None:
    note = SoapNote(
        subjective="slept badly",
        objective="left lower than right",
        assessment="tender on the left",
        plan="again on Thursday",
        free=TRICKY,
    )
    first = writing.state("note", replace(note, plan=""), visit=visit)
    writing.state("note", note, visit=visit, supersedes=first.id, reason="plan was missing")
    writing.state(
        "signature",
        Signature(
            signer=THERAPIST,
            meaning=Meaning.AUTHOR,
            signed_at=writing.at,
            content_sha256=sha256(b"the visit"),
            entries=len(writing.entries),
        ),
        visit=visit,
    )
    writing.state("closed", VisitClosed(closed_at=writing.at, note="on time"), visit=visit)


def _measured(
    writing: Writing,
    visit: VisitId,
    spec: SessionSpec,
    *,
    block: Block = Block.PRE,
    taken_back: int | None = None,
) -> MeasurementRecord:
    simulated = simulated_recording(spec)
    context = simulated.context
    if taken_back is not None:
        context = replace(context, extra={**context.extra, "taken_back": [taken_back]})
    site = context.body_site
    assert site is not None
    writing.at += timedelta(minutes=5)
    recording = Recording(trace=simulated.trace, context=context, quality=simulated.quality)
    measurement = Measurement(
        id=new_measurement_id(writing.rng),
        visit=visit,
        site=site,
        kind=spec.kind,
        measured_at=writing.at,
        context=context,
        quality=simulated.quality,
        trace_sha256=simulated.trace.sha256,
        capture_sha256=sha256(CAPTURE),
        device_model="progressor",
        block=block,
        trace=simulated.trace,
    )
    if taken_back is not None:
        _take_back(writing, measurement, taken_back)
    return MeasurementRecord(
        measurement=measurement,
        computed=stored_findings(measurement.id, analyze(recording), computed_at=writing.at),
    )


def _take_back(writing: Writing, measurement: Measurement, press: int) -> None:
    for back in (True, False, True):
        retake = Retake(
            measurement=measurement.id,
            press=press,
            taken_back=back,
            at=writing.at,
            by=TakenBackBy.DOUBLE_TAP,
            why="coughed" if back else "",
        )
        writing.state("retake", retake, visit=measurement.visit)


def imported_struck_out(record: ClientRecord) -> ClientRecord:
    """Return the record with every imported number struck out."""
    visits = []
    for visit in record.visits:
        voids = (
            replace(
                entry,
                id=EntryId(f"{entry.id}V"),
                kind="void",
                statement=MeasurementVoid(measurement=entry.id, why="wrong client"),
            )
            for entry in visit.current("historic")
        )
        visits.append(replace(visit, entries=(*visit.entries, *voids)))
    return replace(record, visits=tuple(visits))
