"""Every stored number comes out of its raw bytes again to the last bit, and if not, says why."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, text
from tests.unit.services.captured import CLOCK, captured_session, imported_session

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.core.errors import RecordNotFound, TissueSenseError
from tissuesense.core.recording import RecordingKind
from tissuesense.record.client import ClientId
from tissuesense.record.history import MeasurementRecord
from tissuesense.services.records import Acquisition, add_client, open_visit, save_measurement
from tissuesense.services.reproduce import reproduce
from tissuesense.simulation.spec import SessionSpec
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.schema import EntryRow, RawRow
from tissuesense.store.traces import trace_bytes


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Yield a new plain store."""
    with open_store(tmp_path, clock=CLOCK, create=True, plain=True) as store:
        yield store


def saved(store: Store, session: tuple[RecordingAnalysis, Acquisition]) -> MeasurementRecord:
    rng = np.random.default_rng(3)
    client = add_client(store, clock=CLOCK, rng=rng)
    visit = open_visit(store, client.id, clock=CLOCK, rng=rng)
    return save_measurement(store, visit.id, *session, clock=CLOCK, rng=rng)


def altered(store: Store, kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Rewrite what an entry holds behind the program's back, as somebody with the keys could."""
    with store.transaction() as session:
        for trigger in ("entry_no_update", "raw_no_update"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        row = session.scalars(select(EntryRow).where(EntryRow.kind == kind)).one()
        sealer = store.keys.sealer(ClientId(row.client_id or ""))
        content = json.loads(sealer.open(row.id, row.sealed))
        change(content["body"])
        row.sealed = sealer.seal(row.id, json.dumps(content).encode())


def raw_altered(store: Store, column: str, content: bytes) -> None:
    """Put other raw data in the place of those that were kept."""
    with store.transaction() as session:
        session.execute(text("DROP TRIGGER raw_no_update"))
        row = session.scalars(select(RawRow)).one()
        sealer = store.keys.sealer(ClientId(row.client_id))
        setattr(row, column, sealer.seal(f"{column} of {row.measurement_id}", content))


def one_more(body: dict[str, Any]) -> None:
    for found in body["findings"]:
        found["value"] = None if found["value"] is None else found["value"] + 1


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_comes_out_of_the_capture_again(store: Store, seed: int) -> None:
    record = saved(store, captured_session(SessionSpec(seed=seed)))
    outcome = reproduce(store, record.measurement.id)
    assert outcome.differences == ()
    assert outcome.from_capture
    assert outcome.compared == len(record.findings) > 0


def test_trace_without_a_capture_is_analysed_again(store: Store) -> None:
    record = saved(store, imported_session())
    outcome = reproduce(store, record.measurement.id)
    assert outcome.equal
    assert not outcome.from_capture


def test_one_number_can_be_asked_for(store: Store) -> None:
    record = saved(store, captured_session())
    outcome = reproduce(store, record.findings[-1].id)
    assert (outcome.equal, outcome.compared) == (True, 1)


def test_change_of_the_last_bit_is_noticed(store: Store) -> None:
    record = saved(store, captured_session())
    number = next(finding for finding in record.findings if finding.value is not None)
    assert number.value is not None
    nudged = float(np.nextafter(number.value, np.inf))

    def nudge(body: dict[str, Any]) -> None:
        next(f for f in body["findings"] if f["id"] == number.id)["value"] = nudged

    altered(store, "analysis", nudge)
    outcome = reproduce(store, record.measurement.id)
    (difference,) = outcome.differences
    assert (difference.stored, difference.found) == (nudged, number.value)
    assert "altered" in outcome.why


def test_number_that_was_removed_is_noticed(store: Store) -> None:
    record = saved(store, captured_session())
    altered(store, "analysis", lambda body: body["findings"].pop(0))
    outcome = reproduce(store, record.measurement.id)
    assert [difference.stored for difference in outcome.differences] == [None]


def test_estimator_of_another_version_is_named_as_the_reason(store: Store) -> None:
    analysed, acquisition = captured_session()
    earlier = replace(analysed, estimator=replace(analysed.estimator, version="0-earlier"))
    record = saved(store, (earlier, acquisition))
    altered(store, "analysis", one_more)
    outcome = reproduce(store, record.measurement.id)
    assert not outcome.equal
    assert "0-earlier" in outcome.why


def test_estimator_of_another_name_is_named_as_the_reason(store: Store) -> None:
    analysed, acquisition = captured_session()
    other = replace(analysed, estimator=replace(analysed.estimator, name="somebody_elses"))
    record = saved(store, (other, acquisition))
    altered(store, "analysis", one_more)
    assert "somebody_elses" in reproduce(store, record.measurement.id).why


def test_program_of_another_version_is_named_as_the_reason(store: Store) -> None:
    record = saved(store, captured_session())

    def of_another_version(body: dict[str, Any]) -> None:
        for found in body["findings"]:
            found["method"]["software_version"] = "0.0.1"

    altered(store, "analysis", of_another_version)
    assert reproduce(store, record.measurement.id).equal
    altered(store, "analysis", one_more)
    assert "0.0.1" in reproduce(store, record.measurement.id).why


def test_raw_trace_that_was_changed_is_noticed(store: Store) -> None:
    record = saved(store, imported_session())
    columns = bytearray(trace_bytes(record.measurement.trace))
    columns[-1] ^= 0x80  # the sign of the last sample's last column
    raw_altered(store, "trace", bytes(columns))
    outcome = reproduce(store, record.measurement.id)
    assert outcome.differences[0].where == "trace"
    assert "raw data" in outcome.why


def test_capture_that_was_changed_is_noticed(store: Store) -> None:
    session = captured_session()
    record = saved(store, session)
    capture = bytearray(session[1].capture or b"")
    capture[len(capture) // 2] ^= 1
    raw_altered(store, "capture", bytes(capture))
    with pytest.raises(TissueSenseError, match="damaged"):
        reproduce(store, record.measurement.id)


def test_quality_that_was_changed_is_noticed_though_no_number_depends_on_it(store: Store) -> None:
    record = saved(store, captured_session())
    altered(store, "measurement", lambda body: body["quality"].update(rejected_frames=7))
    outcome = reproduce(store, record.measurement.id)
    (difference,) = outcome.differences
    assert (difference.where, difference.what) == ("quality", "rejected_frames")
    assert (difference.stored, difference.found) == (7, record.measurement.quality.rejected_frames)
    assert "how the trace came about" in outcome.why


def test_capture_of_another_session_is_noticed(store: Store) -> None:
    record = saved(store, captured_session())
    _, other = captured_session(SessionSpec(seed=2))
    raw_altered(store, "capture", other.capture or b"")
    outcome = reproduce(store, record.measurement.id)
    assert not outcome.equal
    assert outcome.differences[0].where == "trace"


@pytest.mark.parametrize("kind", [RecordingKind.PPT, RecordingKind.INDENTATION])
def test_a_press_that_was_taken_back_comes_out_taken_back(
    store: Store, kind: RecordingKind
) -> None:
    whole, acquisition = captured_session(SessionSpec(kind=kind))
    context = whole.recording.context
    context = replace(context, extra={**context.extra, "taken_back": [2]})
    analysed = analyze(replace(whole.recording, context=context))
    record = saved(store, (analysed, acquisition))
    outcome = reproduce(store, record.measurement.id)
    assert outcome.equal
    assert outcome.from_capture
    taken_back = {found.index for found in record.findings if "taken_back" in found.flags}
    assert taken_back == {2}
    assert reproduce(store, record.findings[0].id).equal
    # Without what the side-car says, the session is another one.
    altered(store, "measurement", lambda body: body["context"].pop("taken_back"))
    assert not reproduce(store, record.measurement.id).equal


def test_outcome_is_plain_data(store: Store) -> None:
    record = saved(store, captured_session())

    def turned(body: dict[str, Any]) -> None:
        for found in body["findings"]:
            found |= {"accepted": not found["accepted"], "flags": []}

    altered(store, "analysis", turned)
    outcome = reproduce(store, record.measurement.id)
    document = json.loads(json.dumps(outcome.to_dict(), allow_nan=False))
    assert document["equal"] is False
    assert document["raw"] == "capture"
    assert {difference["what"] for difference in document["differences"]} >= {"accepted"}


@pytest.mark.parametrize("identifier", ["M-00000000", "M-00000000-1", "nonsense", ""])
def test_what_is_not_in_the_store_is_not_found(store: Store, identifier: str) -> None:
    with pytest.raises(RecordNotFound):
        reproduce(store, identifier)


def test_tolerance_is_reproduced_like_a_threshold(store: Store) -> None:
    session = captured_session(SessionSpec(kind=RecordingKind.TOLERANCE))
    assert reproduce(store, saved(store, session).measurement.id).equal
