"""Use cases of the record: take a client in, open a visit, keep what was found and measured."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

import numpy as np

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.analysis.result import Finding
from tissuesense.core.clock import Clock
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.version import __version__
from tissuesense.record.client import Client, ClientId, new_client_id
from tissuesense.record.document import sha256
from tissuesense.record.entry import Draft, Entry, new_entry_id
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord, current
from tissuesense.record.measurement import (
    Analysis,
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
    finding_id,
    new_measurement_id,
)
from tissuesense.record.statements import KINDS, body_of, read_statement
from tissuesense.record.visit import Block, ManualFinding, Visit, VisitId, new_visit_id
from tissuesense.services.care import enter
from tissuesense.store.opened import Store

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """How a recording came about: what is kept beside it.

    Attributes
    ----------
    capture
        The capture file's bytes; None for a trace that was imported.
    id
        Drawn before it was measured; None where it is to be drawn now.
    """

    device_model: str
    measured_at: datetime
    capture: bytes | None = None
    block: Block = Block.PRE
    id: MeasurementId | None = None


def add_client(store: Store, *, clock: Clock, rng: np.random.Generator) -> Client:
    """Take a new client in, under a pseudonym that nobody has or had."""
    with store.transaction():
        while store.clients.taken(drawn := new_client_id(rng)):
            pass
        store.keys.make(drawn)
        client = Client(id=drawn, created_at=clock.now())
        _append(store, "client", client, rng, at=client.created_at, client=drawn)
    return client


def open_visit(
    store: Store,
    client_id: ClientId,
    *,
    clock: Clock,
    rng: np.random.Generator,
    opened_at: datetime | None = None,
    **stated: Any,  # noqa: ANN401 - the fields of a visit, checked when it is read
) -> Visit:
    """Open a visit of a client; `stated` has fields of `Visit` such as practitioner and reason.

    Parameters
    ----------
    opened_at
        Local time, for a visit that is written down later; now where absent.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    UsageError
        When a field is unknown or out of its scale.
    """
    visit: Visit = read_statement(
        "visit",
        {
            **stated,
            "opened_at": (opened_at or clock.local_now()).isoformat(),
            "id": new_visit_id(rng),
            "client": client_id,
        },
    )
    with store.transaction():
        store.clients.get(client_id)
        _append(
            store, "visit", visit, rng,
            at=clock.now(), client=client_id, visit=visit.id,
        )  # fmt: skip
    return visit


def visit_of_day(store: Store, client: ClientId, moment: datetime) -> VisitId | None:
    """Return the client's latest visit of the day of `moment`; None where there is none."""
    day = moment.date()
    visits = [v for v in store.visits.of_client(client) if v.opened_at.date() == day]
    return max(visits, key=lambda visit: visit.opened_at).id if visits else None


def add_manual_finding(
    store: Store,
    visit_id: VisitId,
    stated: Mapping[str, Any],
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> ManualFinding:
    """Write down what the hands found; `stated` has the keys of `ManualFinding`, site and side.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When a key is unknown or missing, or a value is out of its scale.
    """
    entry = enter(store, "palpation", stated, clock=clock, rng=rng, visit=visit_id)
    found: ManualFinding = entry.statement
    return found


def save_measurement(
    store: Store,
    visit_id: VisitId,
    analysed: RecordingAnalysis,
    acquisition: Acquisition,
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> MeasurementRecord:
    """Keep a recording, its raw data and every number that was computed from it, or nothing.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When the recording does not say where on the body it was made.
    """
    recording = analysed.recording
    site = recording.context.body_site
    if site is None:
        raise UsageError("A measurement in the record needs its site and side.")
    measurement = Measurement(
        id=acquisition.id or new_measurement_id(rng),
        visit=visit_id,
        site=site,
        kind=analysed.kind,
        measured_at=acquisition.measured_at,
        trace=recording.trace,
        context=recording.context,
        quality=recording.quality,
        trace_sha256=recording.trace.sha256,
        capture_sha256=None if acquisition.capture is None else sha256(acquisition.capture),
        device_model=acquisition.device_model,
        block=acquisition.block,
    )
    computed = stored_findings(measurement.id, analysed, computed_at=clock.now())
    with store.transaction():
        client = store.visits.client_of(visit_id)
        append = partial(_append, store, rng=rng, at=clock.now(), client=client, visit=visit_id)
        store.raw.add(client, measurement, acquisition.capture)
        append("measurement", measurement)
        append("analysis", Analysis(measurement=measurement.id, findings=computed))
    return MeasurementRecord(measurement=measurement, computed=computed)


def analyse_again(
    store: Store,
    measurement_id: MeasurementId,
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> MeasurementRecord:
    """Analyse stored raw data with this version; the numbers are added, the old ones stay."""
    with store.transaction():
        before = load_measurement(store, measurement_id)
        measurement = before.measurement
        added = stored_findings(
            measurement_id,
            analyze(measurement.recording()),
            computed_at=clock.now(),
            first_number=len(before.computed) + 1,
        )
        _append(
            store, "analysis", Analysis(measurement=measurement_id, findings=added), rng,
            at=clock.now(),
            client=store.visits.client_of(measurement.visit),
            visit=measurement.visit,
        )  # fmt: skip
    return replace(before, computed=(*before.computed, *added))


def load_measurement(store: Store, measurement_id: MeasurementId) -> MeasurementRecord:
    """Return a measurement and every number computed from it.

    Raises
    ------
    RecordNotFound
        When there is no such measurement.
    """
    with store.reading():
        entries = store.ledger.of_visit(store.raw.visit_of(measurement_id), *_MEASURED)
        wanted = [e for e in entries if e.kind == "void" or _measurement_of(e) == measurement_id]
        return _measurement_records(store, wanted)[0]


def load_visit_record(store: Store, visit_id: VisitId) -> VisitRecord:
    """Return what was found in one visit, and touch no other.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    with store.reading():
        visit = store.visits.get(visit_id)
        return _visit_record(store, visit, store.ledger.of_visit(visit_id))


def load_client_record(store: Store, client_id: ClientId) -> ClientRecord:
    """Return everything that is known of a client, the raw captures left in the store.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.reading():
        client = store.clients.get(client_id)
        kinds = [kind for kind in KINDS if kind not in ("client", "identity")]
        entries = store.ledger.of_client(client_id, *kinds)
        by_visit = _grouped(entries, lambda entry: entry.visit or "")
        visits = store.visits.of_client(client_id)
        return ClientRecord(
            client=client,
            entries=tuple(by_visit[""]),
            visits=tuple(_visit_record(store, visit, by_visit[visit.id]) for visit in visits),
        )


_MEASURED = ("measurement", "analysis", "void")


def _visit_record(store: Store, visit: Visit, entries: Iterable[Entry[Any]]) -> VisitRecord:
    found = tuple(entries)
    return VisitRecord(
        visit=visit,
        entries=tuple(e for e in found if e.kind not in ("measurement", "analysis")),
        measurements=_measurement_records(store, [e for e in found if e.kind in _MEASURED]),
    )


def _measurement_records(
    store: Store, entries: Iterable[Entry[Any]]
) -> tuple[MeasurementRecord, ...]:
    """Put together what was measured, oldest first; of one time, in the order of keeping."""
    known = tuple(entries)
    found = _grouped((e for e in known if e.kind != "void"), _measurement_of)
    struck = {e.statement.measurement: e.statement for e in current(known, "void")}
    traces = store.raw.traces(MeasurementId(name) for name in found)
    records = [
        MeasurementRecord(
            measurement=measured[0].statement.with_trace(traces[MeasurementId(name)]),
            computed=tuple(
                f for e in measured if e.kind == "analysis" for f in e.statement.findings
            ),
            void=struck.get(name),
        )
        for name, measured in found.items()
    ]
    return tuple(sorted(records, key=lambda record: record.measurement.measured_at))


def _measurement_of(entry: Entry[Any]) -> str:
    name: str = entry.statement.id if entry.kind == "measurement" else entry.statement.measurement
    return name


def _append(
    store: Store,
    kind: str,
    statement: object,
    rng: np.random.Generator,
    *,
    at: datetime,
    client: ClientId,
    visit: VisitId | None = None,
) -> None:
    draft = Draft(
        id=new_entry_id(rng),
        kind=kind,
        body=body_of(kind, statement),
        client=client,
        visit=visit,
    )
    store.ledger.append(draft, at=at, actor=store.actor)


def stored_findings(
    measurement_id: MeasurementId,
    analysed: RecordingAnalysis,
    *,
    computed_at: datetime,
    first_number: int = 1,
) -> tuple[StoredFinding, ...]:
    """Return every number of an analysis with its provenance."""
    method = method_of(analysed)
    return tuple(
        _stored(finding, measurement_id, number, method, computed_at)
        for number, finding in enumerate(analysed.findings(), start=first_number)
    )


def method_of(analysed: RecordingAnalysis) -> MethodVersion:
    """Return which program gave these numbers."""
    return MethodVersion(
        estimator=analysed.estimator.name,
        estimator_version=analysed.estimator.version,
        software_version=__version__,
    )


def _stored(
    finding: Finding,
    measurement_id: MeasurementId,
    number: int,
    method: MethodVersion,
    computed_at: datetime,
) -> StoredFinding:
    flags = tuple(str(flag) for flag in finding.flags)
    value: float | None = None
    uncertainty: float | None = None
    interval: tuple[float, float] | None = None
    match finding.value:
        case Estimate() as estimate:
            value, uncertainty = estimate.value, estimate.standard_uncertainty
            interval = estimate.coverage_interval()
        case NotEstimable(reason=reason):
            flags = tuple(dict.fromkeys((*flags, str(reason))))
        case bare:
            value = bare
    return StoredFinding(
        id=finding_id(measurement_id, number),
        measurement=measurement_id,
        item=finding.item,
        index=finding.index,
        quantity=finding.quantity,
        value=value,
        standard_uncertainty=uncertainty,
        ci95=interval,
        accepted=finding.accepted,
        flags=flags,
        method=method,
        computed_at=computed_at,
    )


def _grouped(entries: Iterable[_Item], key: Callable[[_Item], str]) -> dict[str, list[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups
