"""The tables hold every statement that stands now, every number, and nobody's name unasked."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.export.whole_record import (
    IDENTITY,
    THERAPIST,
    TRICKY,
    imported_struck_out,
    whole_record,
    whole_request,
)

from tissuesense.analysis.analyse import analyze
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.export.registry import Request
from tissuesense.export.tables.column import Row, Table
from tissuesense.export.tables.context import side_car
from tissuesense.export.tables.measured import MEASUREMENTS
from tissuesense.export.tables.numbers import RESULTS, TRIALS, VALUES
from tissuesense.export.tables.people import IDENTITY as IDENTITY_TABLE
from tissuesense.export.tables.people import PARTICIPANTS, VISITS
from tissuesense.export.tables.pour import Tally, pour
from tissuesense.export.tables.quantities import OF_A_SESSION, OF_A_TRIAL, QUANTITIES, unit_of
from tissuesense.export.tables.schema import EVERY_TABLE, OF_CLIENTS
from tissuesense.record.entry import EntryId
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.statements import KINDS, About, statement_json
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.simulation.spec import SIMULATED_KINDS


class Held:
    """A sink that keeps everything, by the names of the columns."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {table.name: [] for table in EVERY_TABLE}
        self.traces: list[str] = []

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        self.rows[table.name] += [dict(zip(table.names, row, strict=True)) for row in rows]

    def add_trace(self, measured: MeasurementRecord, client: str, *, whole: bool) -> None:
        assert client.startswith("TS-")
        assert isinstance(whole, bool)
        self.traces.append(measured.measurement.id)


def poured(request: Request) -> tuple[dict[str, list[dict[str, Any]]], Tally]:
    held = Held()
    tally = pour(request, held)
    return held.rows, tally


def leaves(content: object) -> Iterator[object]:
    """Yield every value of plain JSON data that says something."""
    if isinstance(content, dict):
        for each in content.values():
            yield from leaves(each)
    elif isinstance(content, list):
        for each in content:
            yield from leaves(each)
    elif content is not None and content != "":
        yield content


def said(cell: object) -> Iterator[str]:
    """Yield a cell as JSON would say it, and the words that it joins."""
    if isinstance(cell, bool | int | float):
        yield str(float(cell))
    elif hasattr(cell, "isoformat"):
        yield cell.isoformat().replace("+00:00", "Z")
        yield cell.isoformat()
    elif cell is not None:
        yield str(cell)
        yield from str(cell).split(";")


def test_the_record_of_these_tests_holds_every_kind_of_statement() -> None:
    record = whole_record()
    held = {
        entry.kind for entry in (*record.entries, *(e for v in record.visits for e in v.entries))
    }
    of_clients = {name for name, kind in KINDS.items() if kind.about is not About.PRACTICE}
    assert of_clients - held == {"client", "identity", "measurement", "analysis"}


def test_everything_that_is_stated_now_is_in_a_cell_of_its_entry(tmp_path: Path) -> None:
    record = whole_record()
    rows, _ = poured(whole_request(tmp_path, identified=True))
    cells: dict[str, set[str]] = {}
    for table in OF_CLIENTS:
        for row in rows[table.name]:
            told = {word for cell in row.values() for word in said(cell)}
            cells.setdefault(row.get("entry", row.get("visit", row["client"])), set()).update(told)

    entries = [*record.current(*KINDS), *(e for v in record.visits for e in v.current(*KINDS))]
    for entry in entries:
        if entry.kind in {"identity_read", "exported", "imported"}:
            continue
        where = {"profile": entry.client, "visit": entry.visit, "closed": entry.visit}
        home = cells.get(where.get(entry.kind) or entry.id, set())
        if entry.kind == "void":
            home = {word for row in rows["measurements"] for c in row.values() for word in said(c)}
        for leaf in leaves(statement_json(entry.kind, entry.statement)):
            plain = str(float(leaf)) if isinstance(leaf, bool | int | float) else str(leaf)
            assert plain in home, f"{entry.kind}: {leaf}"


def test_what_was_amended_is_left_out_and_counted(tmp_path: Path) -> None:
    rows, tally = poured(whole_request(tmp_path))
    record = whole_record()
    entries = [*record.entries, *(e for visit in record.visits for e in visit.entries)]
    amended = {entry.supersedes for entry in entries if entry.supersedes}

    assert len(amended) == 3
    assert tally.superseded == rows["participants"][0]["superseded"] == len(amended)
    assert not amended & {row.get("entry") for table in OF_CLIENTS for row in rows[table.name]}


def test_a_struck_out_measurement_is_there_and_marked(tmp_path: Path) -> None:
    rows, _ = poured(whole_request(tmp_path, identified=True))
    void = [row for row in rows["measurements"] if row["void"]]

    assert len(rows["measurements"]) == 4
    assert [row["void_why"] for row in void] == ["wrong side"]
    for name in ("results", "trials", "values"):
        assert {row["measurement"] for row in rows[name] if row["void"]} == {void[0]["measurement"]}


def test_a_press_that_was_taken_back_is_there_and_marked(tmp_path: Path) -> None:
    rows, _ = poured(whole_request(tmp_path))
    told = [
        (row["recording"], row["press"], row["taken_back"], row["why"]) for row in rows["retakes"]
    ]
    (name,) = {row["recording"] for row in rows["retakes"]}

    assert told == [(name, 2, back, None) for back in (True, False, True)]
    pressed = {row["index"]: row for row in rows["trials"] if row["measurement"] == name}
    assert {index: row["accepted"] for index, row in pressed.items()} == {
        1: True,
        2: False,
        3: True,
    }
    assert "taken_back" in pressed[2]["flags"].split(";")
    (measured,) = (row for row in rows["measurements"] if row["measurement"] == name)
    assert RecordingContext.from_dict(json.loads(measured["context"])).taken_back == {2}


def test_the_sites_of_a_list_stand_in_its_order(tmp_path: Path) -> None:
    rows, _ = poured(whole_request(tmp_path))
    (listed,) = rows["site_lists"]
    found = [
        (row["entry"], row["number"], row["side"], row["site"], row["felt_only"])
        for row in rows["listed_sites"]
    ]
    assert found == [
        (listed["entry"], 1, "right", "trapezius_upper", False),
        (listed["entry"], 2, "left", "scalenes", True),
        (listed["entry"], 3, "left", "trapezius_upper", False),
    ]
    assert "scalenes" in {row["site"] for row in rows["sites"]}


def test_imported_numbers_that_were_struck_out_are_there_and_marked(tmp_path: Path) -> None:
    record = imported_struck_out(whole_record())
    rows, _ = poured(whole_request(tmp_path, records=(record,), identified=True))

    assert [(row["void"], row["void_why"]) for row in rows["historic"]] == [(True, "wrong client")]
    assert {row["void"] for row in rows["historic_values"]} == {True}
    kept, _ = poured(whole_request(tmp_path))
    assert {row["void"] for row in (*kept["historic"], *kept["historic_values"])} == {False}


def test_every_number_ever_computed_is_there_and_the_latest_are_marked(tmp_path: Path) -> None:
    rows, _ = poured(whole_request(tmp_path))
    computed = [f for measured in whole_record().measurements() for f in measured.computed]
    latest = {f.id for measured in whole_record().measurements() for f in measured.findings}

    assert [row["finding"] for row in rows["values"]] == [f.id for f in computed]
    assert [row["value"] for row in rows["values"]] == [f.value for f in computed]
    assert {row["finding"] for row in rows["values"] if row["latest"]} == latest


def test_wide_and_long_tables_have_the_same_numbers(tmp_path: Path) -> None:
    rows, _ = poured(whole_request(tmp_path))
    wide = {
        (row["measurement"], row["item"], row.get("index"), name): row[name]
        for table in (TRIALS, RESULTS)
        for row in rows[table.name]
        for name in QUANTITIES
        if row.get(name) is not None
    }
    long = {
        (row["measurement"], row["item"], row["index"], row["quantity"]): row["value"]
        for row in rows["values"]
        if row["latest"] and row["value"] is not None
    }
    assert wide == long


@pytest.mark.parametrize("kind", SIMULATED_KINDS)
def test_every_number_of_an_estimator_has_a_column_and_a_unit(kind: RecordingKind) -> None:
    simulated = simulated_recording(SessionSpec(kind=kind))
    recording = Recording(
        trace=simulated.trace, context=simulated.context, quality=simulated.quality
    )
    for finding in analyze(recording).findings():
        assert finding.quantity in (OF_A_SESSION if finding.index is None else OF_A_TRIAL)


def test_the_unit_of_an_unknown_quantity_is_read_from_its_name() -> None:
    assert unit_of("impulse_kpa_s") == "kPa s"
    assert unit_of("somebodys_rate_kpa_s") == "kPa/s"
    assert unit_of("tangent_stiffness_40n_n_mm") == "N/mm"
    assert unit_of("somebodys_score") == "1"


def test_no_name_and_no_words_leave_without_the_identity(tmp_path: Path) -> None:
    rows, tally = poured(whole_request(tmp_path))
    told = str(rows)
    for secret in (TRICKY, THERAPIST, "Dr. Who", "long drives", "misheard", *of(IDENTITY)):
        assert repr(secret)[1:-1] not in told
    assert rows["identity"] == []
    assert tally.withheld > 40
    assert rows["visits"][0]["practitioner"] == rows["notes"][0]["actor"] == "P1"
    assert rows["visits"][1]["practitioner"] is None
    assert rows["referrals"][0]["prescriber"] == "P2"


def test_the_identity_is_a_table_of_its_own(tmp_path: Path) -> None:
    rows, _ = poured(whole_request(tmp_path, identified=True))
    told = str({name: held for name, held in rows.items() if name != "identity"})

    assert [row["name"] for row in rows["identity"]] == [IDENTITY.name]
    assert set(IDENTITY_TABLE.names) - {"client"} == {field.name for field in fields(IDENTITY)}
    for secret in of(IDENTITY):
        assert secret not in told


def of(statement: object) -> list[str]:
    return [str(leaf) for leaf in leaves(statement_json("identity", statement))]


def test_somebodys_words_in_a_side_car_are_for_the_identity_alone() -> None:
    measurement = next(whole_record().measurements()).measurement
    context = replace(
        measurement.context,
        stop_mode="Anna says stop",
        extra={
            "lever_arm_m": 0.25,
            "joint": "elbow",
            "remark": "Anna",
            "ratings": [{"nrs": 5, "by": "Anna"}],
            "site_ppt_kpa": {"value": 300.0, "u": 20.0},
        },
    )
    measurement = replace(measurement, context=context)
    nobody = side_car(measurement, whole=False)

    assert "Anna" not in str(nobody)
    assert (nobody["lever_arm_m"], nobody["joint"]) == (0.25, "elbow")
    assert nobody["site_ppt_kpa"] == {"value": 300.0, "u": 20.0}
    assert RecordingContext.from_dict(nobody).tip == context.tip
    assert side_car(measurement, whole=True)["remark"] == "Anna"


def test_a_visit_belongs_to_the_episode_as_it_stands_now(tmp_path: Path) -> None:
    record = whole_record()
    (episode,) = record.current("episode")
    later = replace(episode, id=EntryId("E-LATER"), supersedes=episode.id, reason="closed")
    amended = replace(record, entries=(*record.entries, later))
    rows, _ = poured(whole_request(tmp_path, records=(amended,)))

    assert [row["entry"] for row in rows["episodes"]] == ["E-LATER"]
    assert rows["visits"][0]["episode"] == "E-LATER"


def test_tables_are_declared_soundly() -> None:
    by_name = {table.name: table for table in EVERY_TABLE}
    assert len(by_name) == len({table.short for table in EVERY_TABLE}) == len(EVERY_TABLE)
    for table in EVERY_TABLE:
        assert len(set(table.names)) == len(table.names)
        assert not table.key or table.key in table.names
        for column in table.columns:
            assert column.description.endswith(".")
            assert not column.home or by_name[column.home].key == column.name
            assert not (column.private and column.required)


def test_keys_are_unique_and_references_resolve(tmp_path: Path) -> None:
    rows, _ = poured(whole_request(tmp_path, records=(whole_record(), whole_record(11))))
    keys = {t.name: [row[t.key] for row in rows[t.name]] for t in EVERY_TABLE if t.key}
    for name, found in keys.items():
        assert len(set(found)) == len(found), name
        assert None not in found
    for table in EVERY_TABLE:
        for column in table.columns:
            if column.home:
                assert {row[column.name] for row in rows[table.name]} <= set(keys[column.home])


def test_every_client_visit_and_measurement_is_there_once(tmp_path: Path) -> None:
    records = (whole_record(), whole_record(11))
    rows, tally = poured(whole_request(tmp_path, records=records))
    assert [row["client"] for row in rows[PARTICIPANTS.name]] == [r.client.id for r in records]
    assert len(rows[VISITS.name]) == sum(len(record.visits) for record in records)
    measured = [m.measurement.id for record in records for m in record.measurements()]
    assert [row["measurement"] for row in rows[MEASUREMENTS.name]] == measured
    assert tally.rows[VALUES.name] == len(rows[VALUES.name])
