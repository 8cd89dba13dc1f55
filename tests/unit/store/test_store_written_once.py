"""What is in a store is never changed, and comes in whole or not at all."""

import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, RecordError, RecordNotFound, UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.core.trace import Trace
from tissuesense.record.client import Client, ClientId
from tissuesense.record.document import sha256
from tissuesense.record.measurement import (
    FindingId,
    Measurement,
    MeasurementId,
    MethodVersion,
    StoredFinding,
    finding_id,
)
from tissuesense.record.visit import ManualFinding, Visit, VisitId
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.schema import Base
from tissuesense.store.traces import decode_trace, encode_trace

CLOCK = ManualClock()
SITE = BodySite("trapezius_upper", Side.LEFT)
CLIENT = Client(id=ClientId("TS-7QK47"), created_at=CLOCK.now())
VISIT = Visit(id=VisitId("V-1"), client=CLIENT.id, opened_at=CLOCK.now())
CAPTURE = b"what the wire said"
TRACE = Trace(t_s=np.array([0.0, 0.1]), force_n=np.array([0.0, 1.0]))
MEASUREMENT = Measurement(
    id=MeasurementId("M-1"),
    visit=VISIT.id,
    site=SITE,
    kind=RecordingKind.PPT,
    measured_at=CLOCK.now(),
    trace=TRACE,
    context=RecordingContext(),
    quality=QualitySummary(),
    trace_sha256=TRACE.sha256,
    capture_sha256=sha256(CAPTURE),
    device_model="mark10",
)
FINDING = StoredFinding(
    id=finding_id(MEASUREMENT.id, 1),
    measurement=MEASUREMENT.id,
    item="session",
    index=None,
    quantity="ppt_kpa",
    value=0.1 + 0.2,
    standard_uncertainty=None,
    ci95=None,
    accepted=True,
    flags=(),
    method=MethodVersion(estimator="e", estimator_version="1", software_version="0.1"),
    computed_at=CLOCK.now(),
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Return a plain store with one entry of every kind, open."""
    store = open_store(tmp_path, clock=CLOCK, create=True, plain=True)
    store.clients.add(CLIENT)
    store.visits.add(VISIT)
    store.manual_findings.add(ManualFinding(visit=VISIT.id, site=SITE, found_at=CLOCK.now()))
    store.measurements.add(MEASUREMENT, CAPTURE)
    store.findings.add([FINDING])
    return store


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_database_itself_refuses_to_change_a_row(store: Store, table: str) -> None:
    column = next(iter(Base.metadata.tables[table].columns)).name
    with (
        store,
        pytest.raises(RecordConflict),
        store.transaction() as session,
    ):
        session.execute(text(f"UPDATE {table} SET {column} = {column}"))  # noqa: S608 - our names


def test_entry_cannot_be_written_twice(store: Store) -> None:
    with store:
        with pytest.raises(RecordConflict):
            store.clients.add(CLIENT)
        with pytest.raises(RecordConflict):
            store.measurements.add(MEASUREMENT, CAPTURE)
        with pytest.raises(RecordConflict):
            store.findings.add([FINDING])


def test_entry_cannot_refer_to_what_is_not_there(store: Store) -> None:
    with store:
        with pytest.raises(RecordConflict):
            store.visits.add(replace(VISIT, id=VisitId("V-2"), client=ClientId("TS-0")))
        with pytest.raises(RecordConflict):
            store.measurements.add(
                replace(MEASUREMENT, id=MeasurementId("M-2"), visit=VisitId("V-0")), CAPTURE
            )
        with pytest.raises(RecordConflict):
            store.findings.add(
                [replace(FINDING, id=FindingId("M-0-1"), measurement=MeasurementId("M-0"))]
            )


def test_refusal_names_nobody(store: Store) -> None:
    with store, pytest.raises(RecordConflict) as caught:
        store.clients.add(CLIENT)
    said = [str(caught.value), str(caught.value.__cause__)]
    assert not any(CLIENT.id in words for words in said)


def test_what_is_not_there_is_not_found(store: Store) -> None:
    with store:
        for look in (
            lambda: store.clients.get(ClientId("TS-0")),
            lambda: store.visits.get(VisitId("V-0")),
            lambda: store.measurements.get(MeasurementId("M-0")),
            lambda: store.findings.get(FindingId("M-0-1")),
        ):
            with pytest.raises(RecordNotFound):
                look()


def test_later_analysis_adds_and_the_earlier_one_stays(store: Store) -> None:
    later = replace(
        FINDING,
        id=finding_id(MEASUREMENT.id, 2),
        value=0.3,
        method=replace(FINDING.method, estimator_version="2"),
    )
    with store:
        store.findings.add([later])
        assert store.findings.of_measurement(MEASUREMENT.id) == (FINDING, later)
        assert store.findings.get(FINDING.id) == FINDING


def test_one_method_is_one_row_however_many_numbers_it_gave(store: Store) -> None:
    more = [replace(FINDING, id=finding_id(MEASUREMENT.id, n)) for n in (2, 3)]
    with store:
        store.findings.add(more)
        with store.transaction() as session:
            assert session.scalar(text("SELECT count(*) FROM method")) == 1


def test_transaction_that_fails_leaves_nothing(store: Store) -> None:
    def add_and_fail() -> None:
        with store.transaction():
            store.visits.add(replace(VISIT, id=VisitId("V-2")))
            store.visits.get(VisitId("V-0"))

    with store:
        with pytest.raises(RecordNotFound):
            add_and_fail()
        assert store.visits.of_client(CLIENT.id) == (VISIT,)


def test_time_without_a_zone_is_refused(store: Store) -> None:
    with store, pytest.raises(UsageError, match="zone"):
        store.visits.add(
            replace(VISIT, id=VisitId("V-2"), opened_at=VISIT.opened_at.replace(tzinfo=None))
        )


def test_visit_comes_back_with_the_clock_on_the_wall_of_its_practice(store: Store) -> None:
    nepal = timezone(timedelta(hours=5, minutes=45))
    opened = datetime(2026, 1, 5, 1, 30, tzinfo=nepal)  # in UTC it was still the day before
    visit = replace(VISIT, id=VisitId("V-2"), opened_at=opened)
    with store:
        store.visits.add(visit)
        again = store.visits.get(visit.id).opened_at
    assert (again, again.utcoffset()) == (opened, opened.utcoffset())
    assert again.isoformat() == "2026-01-05T01:30:00+05:45"


def test_another_capture_than_the_named_one_is_refused(store: Store) -> None:
    other = replace(MEASUREMENT, id=MeasurementId("M-2"))
    with store:
        for capture in (b"something else", None):
            with pytest.raises(UsageError, match="capture"):
                store.measurements.add(other, capture)


def test_measurements_of_one_time_come_in_the_order_of_keeping(store: Store) -> None:
    names = ["M-9", "M-3", "M-5"]
    with store:
        for name in names:
            store.measurements.add(replace(MEASUREMENT, id=MeasurementId(name)), CAPTURE)
        kept = [measurement.id for measurement in store.measurements.of_visit(VISIT.id)]
    assert kept == [MEASUREMENT.id, *names]


def test_two_open_stores_see_one_another(store: Store) -> None:
    with store, open_store(store.path, clock=CLOCK) as second:
        second.visits.add(replace(VISIT, id=VisitId("V-2")))
        assert len(store.visits.of_client(CLIENT.id)) == 2


def test_store_that_another_program_keeps_to_itself_is_an_error(store: Store) -> None:
    with store, open_store(store.path, clock=CLOCK) as second:
        with store.transaction() as session:
            session.execute(text("PRAGMA busy_timeout = 50"))
        with second.transaction():
            second.clients.all()  # the transaction begins with its first word
            with pytest.raises(RecordConflict, match="another program"):
                store.clients.all()


def test_trace_that_lost_bytes_is_an_error() -> None:
    header, columns = encode_trace(TRACE)
    with pytest.raises(RecordError, match="samples"):
        decode_trace(header, columns[:-1])


DIES_IN_THE_MIDDLE = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from tissuesense.core.clock import ManualClock
from tissuesense.record.client import Client, ClientId
from tissuesense.store.opening import open_store

now = datetime(2026, 1, 5, tzinfo=UTC)
store = open_store(Path(sys.argv[1]), clock=ManualClock(), create=True, plain=True)
store.clients.add(Client(id=ClientId("TS-SAVED"), created_at=now))
with store.transaction() as session:
    store.clients.add(Client(id=ClientId("TS-HALF"), created_at=now))
    session.flush()
    os._exit(9)
"""


def test_program_that_dies_loses_only_what_it_had_not_finished(tmp_path: Path) -> None:
    died = subprocess.run(
        [sys.executable, "-c", DIES_IN_THE_MIDDLE, str(tmp_path)], check=False, timeout=60
    )
    assert died.returncode == 9
    with open_store(tmp_path, clock=CLOCK) as store:
        assert [client.id for client in store.clients.all()] == ["TS-SAVED"]
