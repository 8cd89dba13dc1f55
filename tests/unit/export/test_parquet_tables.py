"""Parquet files hold the tables with their types and units, in row groups, to the last bit."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from tests.unit.export.whole_record import TRICKY, whole_record, whole_request
from tests.unit.record.strategies import client_records

from tissuesense.core.errors import MissingExtraError, UsageError
from tissuesense.export.registry import FORMATS
from tissuesense.export.tables.schema import TABLES
from tissuesense.record.history import ClientRecord
from tissuesense.record.people import Identity

PARQUET = FORMATS["parquet"]
pq = pytest.importorskip("pyarrow.parquet")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("parquet") / "whole"
    PARQUET.write(whole_request(out, identified=True))
    return out


def rows_of(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def test_every_table_is_there(whole: Path) -> None:
    names = {path.stem for path in whole.glob("*.parquet")}
    assert names == {table.name for table in TABLES} | {"identity", "traces"}


def test_units_and_descriptions_are_in_the_fields(whole: Path) -> None:
    schema = pq.read_schema(whole / "trials.parquet")
    assert schema.field("threshold_kpa").metadata[b"unit"] == b"kPa"
    assert schema.field("secant_stiffness_n_mm").metadata[b"unit"] == b"N/mm"
    assert pq.read_schema(whole / "traces.parquet").field("time_s").metadata[b"unit"] == b"s"
    for table in TABLES:
        fields = pq.read_schema(whole / f"{table.name}.parquet")
        assert [field.name for field in fields] == list(table.names)
        assert all(b"description" in field.metadata for field in fields)


def test_types_are_those_of_the_columns(whole: Path) -> None:
    visit = rows_of(whole / "visits.parquet")[0]
    assert visit["opened_at"] == whole_record().visits[0].visit.opened_at
    assert visit["utc_offset_min"] == 60
    assert rows_of(whole / "identity.parquet")[0]["birth_date"].year == 1981
    assert rows_of(whole / "measurements.parquet")[1]["void"] is True
    assert rows_of(whole / "notes.parquet")[0]["free"] == TRICKY


def test_samples_are_those_of_the_record(whole: Path) -> None:
    frame = pd.read_parquet(whole / "traces.parquet")
    for measured in whole_record().measurements():
        measurement = measured.measurement
        mine = frame[frame["measurement"] == measurement.id]
        assert mine["time_s"].tolist() == measurement.trace.t_s.tolist()
        for name, values in measurement.trace.columns():
            assert mine[name].tolist() == values.tolist()


# Shrinking would write thousands of folders, for minutes.
@given(record=client_records())
@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_any_record_reads_back(
    record: ClientRecord, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("any") / "out"
    PARQUET.write(
        replace(whole_request(out, records=(record,)), identity=lambda _client: Identity())
    )
    notes = [row["note"] for row in rows_of(out / "manual.parquet")]
    assert notes == [f.note or None for visit in record.visits for f in visit.manual_findings]
    computed = [finding for m in record.measurements() for finding in m.computed]
    assert [(row["value"], row["u"]) for row in rows_of(out / "values.parquet")] == [
        (finding.value, finding.standard_uncertainty) for finding in computed
    ]
    assert [row["practitioner"] for row in rows_of(out / "visits.parquet")] == [
        visit.visit.practitioner or None for visit in record.visits
    ]


def test_much_is_written_in_several_row_groups(tmp_path: Path) -> None:
    record = whole_record()
    many = tuple(
        replace(record, client=replace(record.client, id=f"TS-{n:05}"))  # type: ignore[arg-type] # no real pseudonyms
        for n in range(60)
    )
    PARQUET.write(whole_request(tmp_path / "out", records=many))
    values = pq.ParquetFile(tmp_path / "out" / "values.parquet").metadata
    traces = pq.ParquetFile(tmp_path / "out" / "traces.parquet").metadata
    assert values.num_rows == 60 * sum(len(m.computed) for m in record.measurements())
    assert values.num_row_groups == 2
    assert traces.num_row_groups > 2
    largest = max(traces.row_group(n).num_rows for n in range(traces.num_row_groups))
    assert largest < 250_000


def test_without_pyarrow_the_extra_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtraError, match="'scale'"):
        PARQUET.write(whole_request(tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    PARQUET.write(whole_request(tmp_path / "out"))
    before = (tmp_path / "out" / "values.parquet").read_bytes()
    with pytest.raises(UsageError, match="not an empty folder"):
        PARQUET.write(whole_request(tmp_path / "out"))
    assert (tmp_path / "out" / "values.parquet").read_bytes() == before
