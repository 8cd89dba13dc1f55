"""What is handed out is whole or not there, is written down, and as JSON comes back bit for bit."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.services.filled_store import CLOCK, client_ids, filled
from tests.unit.services.full_disk import largest_file

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import (
    ConfigurationError,
    FileWriteError,
    RecordConflict,
    RecordNotFound,
    UsageError,
)
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.export.formats.json_record import SCHEMA, trace_from_json, trace_json
from tissuesense.record.audit import ErasureScope
from tissuesense.record.client import ClientId
from tissuesense.record.document import record_from_json
from tissuesense.services.adopt import adopt
from tissuesense.services.care import enter
from tissuesense.services.erasing import erase, plan_erasure
from tissuesense.services.exporting import HandedOut, Order, export
from tissuesense.services.records import load_client_record
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

RNG = np.random.default_rng(6)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return an open plain store with three clients."""
    with filled(tmp_path / "store", plain=True) as store:
        yield store


def exported(store: Store, out: Path, form: str = "json", **more: Any) -> HandedOut:  # noqa: ANN401 - fields of an order
    return export(store, Order(form=form, out=out, **more), clock=CLOCK, rng=RNG)


def audit(store: Store, kind: str) -> dict[str, int]:
    return {client: len(store.ledger.of_client(client, kind)) for client in client_ids(store)}


def consent(store: Store, client: ClientId, *, given: bool, purpose: str = "sharing") -> None:
    stated = {"purpose": purpose, "given": given}
    enter(store, "consent", stated, clock=CLOCK, rng=RNG, client=client)


def taken_in(document: Path, folder: Path) -> Store:
    """Return a new store with every client of an exported document, read line by line."""
    store = open_store(folder, clock=CLOCK, create=True, plain=True)
    with document.open(encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            if line.startswith("]"):
                break
            client = json.loads(line.rstrip("\n").removesuffix(","))
            traces = {name: trace_from_json(data) for name, data in client["traces"].items()}
            captures = {name: base64.b64decode(text) for name, text in client["captures"].items()}
            record = record_from_json(client["record"], traces=traces)
            adopt(store, record, capture=captures.get, rng=RNG)
    return store


def test_json_out_and_in_and_out_again_is_equal_but_for_its_stamp(
    store: Store, tmp_path: Path
) -> None:
    exported(store, tmp_path / "1.json")
    exported(store, tmp_path / "2.json")
    with taken_in(tmp_path / "1.json", tmp_path / "other") as other:
        exported(other, tmp_path / "3.json")
        records = [load_client_record(other, client) for client in client_ids(other)]
        captures = [other.raw.capture(m.measurement.id) for r in records for m in r.measurements()]
    assert len(captures) == 3
    assert None not in captures
    first, second, third = (
        json.loads((tmp_path / f"{n}.json").read_text(encoding="utf-8")) for n in (1, 2, 3)
    )
    assert first["schema"] == SCHEMA
    assert len(first["clients"]) == 3
    assert first["clients"] == second["clients"] == third["clients"]


def test_json_without_the_identity_names_nobody_and_keeps_own_words(
    store: Store, tmp_path: Path
) -> None:
    client = client_ids(store)[0]
    enter(store, "identity", {"name": "Frieda Example"}, clock=CLOCK, rng=RNG, client=client)
    told = {"kind": "headache", "note": "since the move to Aunt Berta's"}
    enter(store, "complaint", told, clock=CLOCK, rng=RNG, client=client)
    exported(store, tmp_path / "a.json")
    exported(store, tmp_path / "b.fhir", form="fhir")
    written = (tmp_path / "a.json").read_text(encoding="utf-8")
    assert "Aunt Berta" in written
    assert "Frieda" not in written
    assert "Aunt Berta" not in (tmp_path / "b.fhir").read_text(encoding="utf-8")


def test_each_client_stands_on_a_line_of_its_own(store: Store, tmp_path: Path) -> None:
    exported(store, tmp_path / "a.json")
    first, *lines, last = (tmp_path / "a.json").read_text(encoding="utf-8").splitlines()
    clients = [json.loads(line.removesuffix(",")) for line in lines]
    listed = [client.id for client in store.clients.all()]
    assert [client["record"]["client"]["id"] for client in clients] == listed
    assert json.loads(f"{first}{last}")["exported"]["at"] == CLOCK.now().isoformat()


columns = st.integers(2, 30).flatmap(
    lambda n: st.fixed_dictionaries(
        {
            name: st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=n, max_size=n)
            for name in ("force_n", "displacement_mm")
        }
    )
)


@given(columns, st.sampled_from(list(ClockSource)))
def test_samples_come_back_bit_for_bit(values: dict[str, list[float]], clock: ClockSource) -> None:
    size = len(values["force_n"])
    trace = Trace(
        t_s=np.cumsum(np.full(size, 0.1)),
        clock=clock,
        **{name: np.array(column) for name, column in values.items()},
    )
    again = trace_from_json(json.loads(json.dumps(trace_json(trace))))
    assert again == trace
    assert again.sha256 == trace.sha256


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["clock", "samples", "columns", "x"]), json_values))
def test_trace_that_is_none_is_refused_in_words(data: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="trace"):
        trace_from_json(data)


@pytest.mark.parametrize("text", ["AAAA", "?", "ä", 7, None])
def test_column_that_is_not_what_it_says_is_refused(text: object) -> None:
    data = {"clock": "file", "samples": 2, "columns": {"t_s": text}}
    with pytest.raises(UsageError, match="could not be read"):
        trace_from_json(data)


def test_names_stay_in_the_store_unless_they_are_asked_for(store: Store, tmp_path: Path) -> None:
    exported(store, tmp_path / "without.json")
    assert b"Frieda" not in (tmp_path / "without.json").read_bytes()
    assert set(audit(store, "identity_read").values()) == {0}
    exported(store, tmp_path / "with.json", with_identity=True)
    content = json.loads((tmp_path / "with.json").read_text(encoding="utf-8"))
    names = {client["identity"]["name"] for client in content["clients"]}
    assert names == {f"Frieda Example {n}" for n in range(3)}
    assert set(audit(store, "identity_read").values()) == {1}


def test_identity_that_was_erased_is_nobodys(store: Store, tmp_path: Path) -> None:
    client = client_ids(store)[0]
    plan = plan_erasure(store, client, clock=CLOCK, scope=ErasureScope.IDENTITY)
    erase(store, plan, reason="asked", clock=CLOCK, rng=RNG, despite_retention=True)
    exported(store, tmp_path / "a.json", with_identity=True)
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    unnamed = [c["record"]["client"]["id"] for c in content["clients"] if c["identity"] is None]
    assert unnamed == [client]


def test_record_of_each_client_says_that_it_was_handed_out(store: Store, tmp_path: Path) -> None:
    one, two, three = client_ids(store)
    exported(store, tmp_path / "a.json", clients=(two, two))
    assert audit(store, "exported") == {one: 0, two: 1, three: 0}
    (entry,) = store.ledger.of_client(two, "exported")
    assert (entry.statement.form, entry.statement.with_identity) == ("json", False)
    content = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert [c["record"]["client"]["id"] for c in content["clients"]] == [two]


def test_client_who_withdrew_sharing_is_left_out_or_refused_unless_it_is_the_clients_wish(
    store: Store, tmp_path: Path
) -> None:
    one, two, three = client_ids(store)
    consent(store, one, given=True)
    consent(store, one, given=False)
    consent(store, two, given=False)
    consent(store, two, given=True)
    consent(store, three, given=False, purpose="research")
    done = exported(store, tmp_path / "all.json")
    assert (done.clients, done.left_out) == ((two, three), 1)
    with pytest.raises(RecordConflict, match=one) as caught:
        exported(store, tmp_path / "one.json", clients=(one, two))
    assert "--on-clients-request" in caught.value.hint
    assert not (tmp_path / "one.json").exists()
    assert audit(store, "exported") == {one: 0, two: 1, three: 1}
    asked = exported(store, tmp_path / "one.json", clients=(one,), on_clients_request=True)
    assert asked.clients == (one,)


def test_what_is_there_is_not_written_over(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "mine").touch()
    for out, form in (("a.json", "json"), ("folder", "json"), ("folder", "csv"), ("a.json", "csv")):
        with pytest.raises(UsageError, match="exists already"):
            exported(store, tmp_path / out, form)
    assert (tmp_path / "a.json").read_text() == "mine"
    assert set(audit(store, "exported").values()) == {0}


def test_client_and_format_that_are_none_are_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(RecordNotFound):
        exported(store, tmp_path / "a.json", clients=(ClientId("TS-00000"),))
    with pytest.raises(ConfigurationError, match="no export format"):
        exported(store, tmp_path / "a.json", "xml")
    assert {path.name for path in tmp_path.iterdir()} == {"store"}


def test_full_disk_is_said_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    with largest_file(20_000), pytest.raises(FileWriteError, match="cannot be written"):
        exported(store, tmp_path / "a.json")
    assert {path.name for path in tmp_path.iterdir()} == {"store"}
    assert set(audit(store, "exported").values()) == {0}


def test_place_that_is_not_there_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileWriteError, match="cannot be written"):
        exported(store, tmp_path / "missing" / "a.json")


@pytest.mark.parametrize("form", ["fhir", "redcap", "frictionless", "bids", "parquet", "csv"])
def test_every_format_writes_what_it_was_asked_for_and_says_what_it_loses(
    store: Store, tmp_path: Path, form: str
) -> None:
    if form == "fhir":
        pytest.importorskip("fhir.resources")
    if form == "parquet":
        pytest.importorskip("pyarrow")
    out = tmp_path / "out"
    done = exported(store, out, form)
    assert done.losses
    assert out.is_file() == (form == "fhir")
    files = [out] if out.is_file() else [path for path in out.rglob("*") if path.is_file()]
    assert sum(file.stat().st_size for file in files) > 0
    assert not any(b"Frieda" in file.read_bytes() for file in files)
    assert {path.name for path in tmp_path.iterdir()} == {"store", "out"}


def test_empty_folder_is_filled(store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    exported(store, tmp_path / "out", "csv")
    assert any((tmp_path / "out").iterdir())


def test_store_without_clients_gives_a_document_without_clients(tmp_path: Path) -> None:
    with open_store(tmp_path / "store", clock=CLOCK, create=True, plain=True) as store:
        export(store, Order(form="json", out=tmp_path / "a.json"), clock=ManualClock(), rng=RNG)
    assert json.loads((tmp_path / "a.json").read_text())["clients"] == []
