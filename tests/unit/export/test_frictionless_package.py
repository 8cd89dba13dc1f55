"""The data package is valid by Frictionless's own program, with types, units and keys."""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import frictionless
import pytest
from tests.unit.export.whole_record import whole_record, whole_request

from tissuesense.export.registry import FORMATS
from tissuesense.export.tables.schema import TABLES

FRICTIONLESS = FORMATS["frictionless"]


def problems(out: Path) -> list[Any]:
    report = frictionless.validate(str(out / "datapackage.json"))
    return [*report.errors, *(error for task in report.tasks for error in task.errors)]


def described(out: Path) -> dict[str, dict[str, Any]]:
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


@pytest.mark.parametrize("identified", [False, True])
def test_it_is_valid(tmp_path: Path, identified: bool) -> None:
    records = (whole_record(), whole_record(11))
    out = tmp_path / "out"
    FRICTIONLESS.write(whole_request(out, identified=identified, records=records))
    assert problems(out) == []
    names = {table.name for table in TABLES} | {"traces"}
    assert set(described(out)) == names | ({"identity"} if identified else set())


def test_without_parquet_the_samples_are_csv_and_valid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pyarrow", None)
        FRICTIONLESS.write(whole_request(tmp_path / "out"))
    assert described(tmp_path / "out")["traces"]["path"] == "traces.csv"
    assert problems(tmp_path / "out") == []


def test_no_clients_make_a_valid_package(tmp_path: Path) -> None:
    FRICTIONLESS.write(whole_request(tmp_path / "out", records=()))
    assert problems(tmp_path / "out") == []


def test_types_units_choices_and_keys_are_told(tmp_path: Path) -> None:
    FRICTIONLESS.write(whole_request(tmp_path / "out"))
    schemas = {name: resource["schema"] for name, resource in described(tmp_path / "out").items()}
    trials = {field["name"]: field for field in schemas["trials"]["fields"]}
    manual = {field["name"]: field for field in schemas["manual"]["fields"]}

    assert (trials["threshold_kpa"]["type"], trials["threshold_kpa"]["unit"]) == ("number", "kPa")
    assert manual["tenderness"]["constraints"]["enum"] == [0, 1, 2, 3]
    assert manual["tenderness"]["choices"]["2"] == "winces"
    assert schemas["values"]["primaryKey"] == ["finding"]
    homes = {key["reference"]["resource"] for key in schemas["values"]["foreignKeys"]}
    assert homes == {"participants", "visits", "measurements"}
    assert {field["type"] for schema in schemas.values() for field in schema["fields"]} == {
        "string",
        "integer",
        "number",
        "boolean",
        "date",
        "datetime",
    }


def test_a_row_taken_away_is_noticed(tmp_path: Path) -> None:
    FRICTIONLESS.write(whole_request(tmp_path / "out"))
    path = tmp_path / "out" / "visits.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows[:-1])
    assert {error.type for error in problems(tmp_path / "out")} >= {"foreign-key", "hash-count"}
