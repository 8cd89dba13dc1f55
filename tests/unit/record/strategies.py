"""Any record that may be: the clients, visits, traces and numbers that properties are tried on."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from hypothesis import strategies as st

from tissuesense.core.calibration import Calibration
from tissuesense.core.contact import ContactTip
from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.recording import ReactionLatency, RecordingContext, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.record.client import Client, new_client_id
from tissuesense.record.document import sha256
from tissuesense.record.entry import Entry, new_entry_id
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord
from tissuesense.record.measurement import (
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
    finding_id,
    new_measurement_id,
)
from tissuesense.record.visit import Block, ManualFinding, Visit, VisitId, new_visit_id

numbers = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=1e-6, max_value=1e6)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
times = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone itself
    timezones=st.just(UTC),
)
local_times = st.builds(
    lambda at, offset_min: at.astimezone(timezone(timedelta(minutes=offset_min))),
    times.filter(lambda at: 1900 < at.year < 9999),
    st.integers(-12 * 60, 14 * 60),
)
# What the wire said, by the names under which a record speaks of it.
CAPTURES = {sha256(said): said for said in (b"", b"1.0 N\r\n", bytes(range(256)))}
seeds = st.integers(0, 2**32 - 1)
sites = st.builds(
    BodySite, st.from_regex(r"[a-z][a-z0-9_]{1,20}", fullmatch=True), st.sampled_from(Side)
)
flags = st.lists(st.sampled_from(QualityFlag), max_size=3, unique=True).map(tuple)
methods = st.builds(MethodVersion, estimator=texts, estimator_version=texts, software_version=texts)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    size = draw(st.integers(0, 6))
    t_s = sorted(draw(st.lists(numbers, min_size=size, max_size=size, unique=True)))
    column = st.none() | st.lists(numbers, min_size=size, max_size=size).map(np.array)
    return Trace(
        t_s=np.array(t_s, dtype=np.float64),
        force_n=draw(column),
        displacement_mm=draw(column),
        acceleration_m_s2=draw(column),
        angle_deg=draw(column),
        torque_n_m=draw(column),
        marker=draw(column),
        clock=draw(st.sampled_from(ClockSource)),
    )


calibrations = st.builds(
    Calibration,
    identifier=texts,
    instrument=texts,
    gain=positive,
    offset_n=numbers,
    range_n=st.just((-np.inf, np.inf)) | st.just((0.0, 250.0)),
    valid_until=st.none() | st.dates(),
)
contexts = st.builds(
    RecordingContext,
    kind=st.none() | st.sampled_from(RecordingKind),
    tip=st.none() | st.builds(ContactTip, area_cm2=positive, area_uncertainty_cm2=positive),
    target_rate_kpa_s=st.none() | positive,
    site=st.none() | texts,
    side=st.none() | st.sampled_from(Side),
    instrument=st.none() | texts,
    latency=st.none() | st.builds(ReactionLatency, mean_s=positive, sd_s=positive),
    cutoff_kpa=positive,
    calibration=st.none() | calibrations,
    extra=st.dictionaries(texts.map("x_{}".format), numbers | texts, max_size=2),
)
qualities = st.builds(
    QualitySummary,
    gaps=st.lists(st.tuples(numbers, numbers), max_size=2).map(tuple),
    rejected_frames=st.integers(0, 9),
    duplicates=st.integers(0, 9),
    flags=flags,
)


@st.composite
def computed(draw: st.DrawFn, measurement: MeasurementId) -> tuple[StoredFinding, ...]:
    """Draw up to two analyses of one measurement."""
    analyses = st.tuples(methods, times, st.integers(1, 3))
    runs = draw(st.lists(analyses, max_size=2, unique_by=lambda run: run[:2]))
    labels = [(method, at) for method, at, count in runs for _ in range(count)]
    return tuple(
        StoredFinding(
            id=finding_id(measurement, number),
            measurement=measurement,
            item=draw(texts),
            index=draw(st.none() | st.integers(1, 99)),
            quantity=draw(texts),
            value=draw(st.none() | numbers),
            standard_uncertainty=draw(st.none() | positive),
            ci95=draw(st.none() | st.tuples(numbers, numbers)),
            accepted=draw(st.booleans()),
            flags=tuple(str(flag) for flag in draw(flags)),
            method=method,
            computed_at=at,
        )
        for number, (method, at) in enumerate(labels, start=1)
    )


@st.composite
def measurement_records(
    draw: st.DrawFn, visit: VisitId, rng: np.random.Generator
) -> MeasurementRecord:
    trace = draw(traces())
    measurement = Measurement(
        id=new_measurement_id(rng),
        visit=visit,
        site=draw(sites),
        kind=draw(st.sampled_from(RecordingKind)),
        measured_at=draw(times),
        trace=trace,
        context=draw(contexts),
        quality=draw(qualities),
        trace_sha256=trace.sha256,
        capture_sha256=draw(st.none() | st.sampled_from(sorted(CAPTURES))),
        device_model=draw(texts),
        block=draw(st.sampled_from(Block)),
    )
    return MeasurementRecord(measurement=measurement, computed=draw(computed(measurement.id)))


def manual_findings(visit: VisitId) -> st.SearchStrategy[ManualFinding]:
    return st.builds(
        ManualFinding,
        visit=st.just(visit),
        site=sites,
        found_at=times,
        block=st.sampled_from(Block),
        tenderness=st.none() | st.integers(0, 3),
        tone=st.none() | st.integers(-2, 2),
        note=texts,
    )


@st.composite
def client_records(draw: st.DrawFn) -> ClientRecord:
    rng = np.random.default_rng(draw(seeds))
    client = Client(id=new_client_id(rng), created_at=draw(times))
    visits = []
    for _ in range(draw(st.integers(0, 2))):
        visit = Visit(
            id=new_visit_id(rng),
            client=client.id,
            opened_at=draw(local_times),
            practitioner=draw(texts),
            reason=draw(texts),
        )
        measured = draw(st.lists(measurement_records(visit.id, rng), max_size=2))
        stated: list[tuple[str, Visit | ManualFinding]] = [("visit", visit)]
        stated += [("palpation", f) for f in draw(st.lists(manual_findings(visit.id), max_size=2))]
        visits.append(
            VisitRecord(
                visit=visit,
                entries=tuple(
                    Entry(
                        id=new_entry_id(rng),
                        seq=0,
                        kind=kind,
                        recorded_at=draw(times),
                        actor=draw(texts),
                        client=client.id,
                        visit=visit.id,
                        supersedes=None,
                        reason="",
                        statement=statement,
                        hash="",
                    )
                    for kind, statement in stated
                ),
                measurements=tuple(sorted(measured, key=lambda m: m.measurement.measured_at)),
            )
        )
    visits.sort(key=lambda record: (record.visit.opened_at, record.visit.id))
    return ClientRecord(client=client, visits=tuple(visits))


def traces_of(record: ClientRecord) -> dict[str, Trace]:
    """Return the traces of a record by their hash."""
    measurements = [measured.measurement for measured in record.measurements()]
    return {m.trace_sha256: m.trace for m in measurements}
