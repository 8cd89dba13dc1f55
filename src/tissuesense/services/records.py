"""Use cases of the record: take a client in, open a visit, keep what was found and measured."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
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
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.measurement import (
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
    finding_id,
    new_measurement_id,
)
from tissuesense.record.stated import read_manual_finding
from tissuesense.record.visit import Block, ManualFinding, Visit, VisitId, new_visit_id
from tissuesense.store.opening import Store

_Entry = TypeVar("_Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquisition:
    """How a recording came about: what is kept beside it.

    Attributes
    ----------
    capture
        The capture file's bytes; None for a trace that was imported.
    """

    device_model: str
    measured_at: datetime
    capture: bytes | None = None
    block: Block = Block.PRE


def add_client(store: Store, *, clock: Clock, rng: np.random.Generator) -> Client:
    """Take a new client in, under a pseudonym that nobody has."""
    with store.transaction():
        taken = {client.id for client in store.clients.all()}
        while (drawn := new_client_id(rng)) in taken:
            pass
        client = Client(id=drawn, created_at=clock.now())
        store.clients.add(client)
    return client


def open_visit(
    store: Store,
    client_id: ClientId,
    *,
    clock: Clock,
    rng: np.random.Generator,
    practitioner: str = "",
    reason: str = "",
) -> Visit:
    """Open a visit of a client.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.transaction():
        visit = Visit(
            id=new_visit_id(rng),
            client=store.clients.get(client_id).id,
            opened_at=clock.local_now(),
            practitioner=practitioner,
            reason=reason,
        )
        store.visits.add(visit)
    return visit


def add_manual_finding(
    store: Store, visit_id: VisitId, stated: Mapping[str, Any], *, clock: Clock
) -> ManualFinding:
    """Write down what the hands found; `stated` has the keys of `ManualFinding`, site and side.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When a key is unknown or missing, or a value is out of its scale.
    """
    finding = read_manual_finding(stated, visit=visit_id, found_at=clock.now())
    with store.transaction():
        store.visits.get(visit_id)
        store.manual_findings.add(finding)
    return finding


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
        id=new_measurement_id(rng),
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
        store.visits.get(visit_id)
        store.measurements.add(measurement, acquisition.capture)
        store.findings.add(computed)
    return MeasurementRecord(measurement=measurement, computed=computed)


def analyse_again(
    store: Store, measurement_id: MeasurementId, *, clock: Clock
) -> MeasurementRecord:
    """Analyse stored raw data with this version; the numbers are added, the old ones stay."""
    with store.transaction():
        measurement = store.measurements.get(measurement_id)
        before = store.findings.of_measurement(measurement_id)
        added = stored_findings(
            measurement_id,
            analyze(measurement.recording()),
            computed_at=clock.now(),
            first_number=len(before) + 1,
        )
        store.findings.add(added)
    return MeasurementRecord(measurement=measurement, computed=(*before, *added))


def load_visit_record(store: Store, visit_id: VisitId) -> VisitRecord:
    """Return what was found in one visit, and touch no other.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    with store.transaction():
        visit = store.visits.get(visit_id)
        manual = store.manual_findings.of_visit(visit_id)
        measured = store.measurements.of_visit(visit_id)
        computed = _grouped(store.findings.of_visit(visit_id), lambda found: found.measurement)
    return VisitRecord(
        visit=visit,
        manual_findings=manual,
        measurements=tuple(
            MeasurementRecord(measurement=taken, computed=tuple(computed[taken.id]))
            for taken in measured
        ),
    )


def load_client_record(store: Store, client_id: ClientId) -> ClientRecord:
    """Return everything that is known of a client, the raw captures left in the store.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.transaction():
        client = store.clients.get(client_id)
        visits = store.visits.of_client(client_id)
        return ClientRecord(
            client=client, visits=tuple(load_visit_record(store, visit.id) for visit in visits)
        )


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


def _grouped(entries: Iterable[_Entry], key: Callable[[_Entry], str]) -> dict[str, list[_Entry]]:
    groups: dict[str, list[_Entry]] = defaultdict(list)
    for entry in entries:
        groups[key(entry)].append(entry)
    return groups
