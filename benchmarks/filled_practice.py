"""A practice after some years: a store with many clients, filled through the ledger itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.core.recording import Recording
from tissuesense.core.site import BodySite, ComplaintKind, Side
from tissuesense.core.trace import Trace
from tissuesense.record.care import CarePlan, Phase
from tissuesense.record.client import Client, ClientId, new_client_id
from tissuesense.record.entry import Draft, new_entry_id
from tissuesense.record.intake import Complaint
from tissuesense.record.measurement import Analysis, Measurement, new_measurement_id
from tissuesense.record.notes import MeasurementVoid, SoapNote
from tissuesense.record.statements import body_of
from tissuesense.record.treatment import Technique, TreatmentDose
from tissuesense.record.visit import ManualFinding, Visit, VisitId, new_visit_id
from tissuesense.services.records import stored_findings
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.store.opened import Store

TRIALS = 3
MEASUREMENTS_A_VISIT = 3
FIRST_DAY = datetime(2024, 1, 8, 8, 0, tzinfo=UTC)
DAYS = 700
_BATCH = 200
_SAMPLES = 40
PRACTITIONERS = ("M. Example", "N. Example")
LONG_COURSE = 26
_MUSCLES = ("trapezius_upper", "levator_scapulae", "infraspinatus", "splenius_capitis", "soleus")
_SITES = tuple(BodySite(muscle, Side.LEFT) for muscle in _MUSCLES)
_BOTH_SIDES = tuple(
    BodySite(muscle, side) for muscle in _MUSCLES[:4] for side in (Side.LEFT, Side.RIGHT)
)
_STRUCK_OUT = 100
_PLAN = CarePlan(
    starts_on=FIRST_DAY.date(),
    phases=(Phase(per_week=2, weeks=4), Phase(per_week=1, weeks=8), Phase(every_weeks=5)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Who is in the store, and what there is of them.

    Attributes
    ----------
    long
        Those with a course of 26 visits.
    """

    clients: tuple[ClientId, ...]
    long: tuple[ClientId, ...]
    visits: int
    measurements: int

    @property
    def trials(self) -> int:
        """Presses in all recordings together."""
        return TRIALS * self.measurements


def fill(store: Store, *, clients: int, seed: int = 1) -> Practice:
    """Fill a new store; from client to client 1 to 4 visits, 3 sites in each, by hand and gauge.

    One client in 200 has a course of 26 visits.
    """
    rng = np.random.default_rng(seed)
    ids = _pseudonyms(clients, rng)
    store.keys.make(*ids)
    filling = _Filling(store, rng, _analysed())
    for start in range(0, clients, _BATCH):
        with store.transaction():
            for client in ids[start : start + _BATCH]:
                filling.take_in(client, visits=LONG_COURSE if client == ids[start] else None)
    return Practice(
        clients=ids,
        long=ids[::_BATCH],
        visits=filling.visits,
        measurements=filling.measurements,
    )


def fill_course(store: Store, *, seed: int = 1) -> ClientId:
    """Take in one client with a course of 26 visits, 4 muscles on both sides in each."""
    rng = np.random.default_rng(seed)
    client = new_client_id(rng)
    store.keys.make(client)
    with store.transaction():
        _Filling(store, rng, _analysed()).course(client)
    return client


def _pseudonyms(count: int, rng: np.random.Generator) -> tuple[ClientId, ...]:
    drawn: dict[ClientId, None] = {}
    while len(drawn) < count:
        drawn[new_client_id(rng)] = None
    return tuple(drawn)


def _analysed() -> RecordingAnalysis:
    simulated = simulated_recording(SessionSpec(seed=1), presses=TRIALS)
    return analyze(
        Recording(trace=simulated.trace, context=simulated.context, quality=simulated.quality)
    )


class _Filling:
    """One recording, analysed once, stands for all of them: what counts here is how many."""

    def __init__(self, store: Store, rng: np.random.Generator, analysed: RecordingAnalysis) -> None:
        self._store = store
        self._rng = rng
        self._analysed = analysed
        t_s = np.arange(_SAMPLES) / 80
        self._trace = Trace(t_s=t_s, force_n=np.sin(t_s))
        self.visits = 0
        self.measurements = 0

    def take_in(self, client: ClientId, *, visits: int | None = None) -> None:
        """Write down a client with a plan and every visit."""
        begun = FIRST_DAY + timedelta(days=int(self._rng.integers(DAYS // 2)))
        self._begin(client, begun)
        for at in self._times(begun, visits):
            chosen = self._rng.permutation(len(_SITES))[:MEASUREMENTS_A_VISIT]
            self._visit(client, at, [_SITES[number] for number in chosen])

    def course(self, client: ClientId) -> None:
        """Write down a client who came twice a week, with all that is written on each visit."""
        self._begin(client, FIRST_DAY)
        for number in range(LONG_COURSE):
            at = FIRST_DAY + timedelta(days=7 * number // 2)
            told = Complaint(kind=ComplaintKind.PAIN, region="neck", nrs_now=8 - number // 5)
            self._append("complaint", told, at, client)
            visit = self._visit(client, at, _BOTH_SIDES)
            for site in _BOTH_SIDES:
                dose = TreatmentDose(site=site, technique=Technique.NMT_ISCHEMIC, seconds=90.0)
                self._append("dose", dose, at, client, visit)
            note = SoapNote(subjective="Slept better.", assessment="As before.", plan="Go on.")
            self._append("note", note, at, client, visit)

    def _begin(self, client: ClientId, at: datetime) -> None:
        self._append("client", Client(id=client, created_at=at), at, client)
        self._append("care_plan", replace(_PLAN, starts_on=at.date()), at, client)

    def _times(self, begun: datetime, visits: int | None) -> Iterator[datetime]:
        some = 1 + self.visits % 3 + (self.visits % 5 == 0)
        for number in range(visits or some):
            weeks = number * (1 if visits else int(self._rng.integers(1, 12)))
            yield begun + timedelta(weeks=weeks, minutes=int(self._rng.integers(480)))

    def _visit(self, client: ClientId, at: datetime, sites: Sequence[BodySite]) -> VisitId:
        visit = Visit(
            id=new_visit_id(self._rng),
            client=client,
            opened_at=at,
            practitioner=PRACTITIONERS[self.visits % len(PRACTITIONERS)],
            reason="neck",
        )
        self._append("visit", visit, at, client, visit.id)
        self.visits += 1
        for site in sites:
            felt = ManualFinding(
                visit=visit.id, site=site, found_at=at, tenderness=int(self._rng.integers(4))
            )
            self._append("palpation", felt, at, client, visit.id)
            self._measure(client, visit.id, site, at)
        return visit.id

    def _measure(self, client: ClientId, visit: VisitId, site: BodySite, at: datetime) -> None:
        recording = self._analysed.recording
        measurement = Measurement(
            id=new_measurement_id(self._rng),
            visit=visit,
            site=site,
            kind=self._analysed.kind,
            measured_at=at,
            trace=self._trace,
            context=recording.context,
            quality=recording.quality,
            trace_sha256=self._trace.sha256,
            capture_sha256=None,
            device_model="simulated",
        )
        findings = stored_findings(measurement.id, self._analysed, computed_at=at)
        self._store.raw.add(client, measurement, None)
        self._append("measurement", measurement, at, client, visit)
        said = Analysis(measurement=measurement.id, findings=findings)
        self._append("analysis", said, at, client, visit)
        self.measurements += 1
        if self.measurements % _STRUCK_OUT == 0:
            void = MeasurementVoid(measurement=measurement.id, why="Wrong side.")
            self._append("void", void, at, client, visit)

    def _append(
        self,
        kind: str,
        statement: object,
        at: datetime,
        client: ClientId,
        visit: VisitId | None = None,
    ) -> None:
        draft = Draft(
            id=new_entry_id(self._rng),
            kind=kind,
            body=body_of(kind, statement),
            client=client,
            visit=visit,
        )
        self._store.ledger.append(draft, at=at, actor="benchmark")
