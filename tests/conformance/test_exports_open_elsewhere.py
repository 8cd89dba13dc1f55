"""Programs of others open every tabular export, and all of them read the same numbers."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import frictionless
import numpy as np
import pandas as pd
import pytest
from tests.unit.export.read_back import every_text, rows_of
from tests.unit.export.redcap_reader import read_dictionary, read_records
from tests.unit.export.whole_record import CAPTURE, whole_record, whole_request

from tissuesense.core.clock import ManualClock
from tissuesense.export.registry import FORMATS
from tissuesense.export.tables.quantities import QUANTITIES
from tissuesense.services.adopt import adopt
from tissuesense.services.erasing import erase, plan_erasure
from tissuesense.services.exporting import Order, export
from tissuesense.store.opening import open_store

pq = pytest.importorskip("pyarrow.parquet")
RECORDS = (whole_record(), whole_record(11))
Numbers = dict[tuple[str, str], float]
WANTED = ("value", "u", "ci95_low", "ci95_high")


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    for name in ("csv", "frictionless", "redcap", "bids", "parquet"):
        FORMATS[name].write(whole_request(folder / name, records=RECORDS))
    return folder


def numbers(rows: Iterator[dict[str, Any]] | list[dict[str, Any]], key: str) -> Numbers:
    """Return every number of a table by the key of its row and its column."""
    names = WANTED if key == "finding" else tuple(QUANTITIES)
    return {
        (str(row[key]), name): float(row[name])
        for row in rows
        if row.get(key) is not None
        for name in names
        if row.get(name) is not None and not math.isnan(float(row[name]))
    }


def by_csv(folder: Path, table: str) -> list[dict[str, Any]]:
    return rows_of(folder / "csv" / f"{table}.csv")


def by_pandas(folder: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pd.read_csv(folder / "csv" / f"{table}.csv").to_dict("records")
    return rows


def by_frictionless(folder: Path, table: str) -> list[dict[str, Any]]:
    package = frictionless.Package(str(folder / "frictionless" / "datapackage.json"))
    resource: Any = package.get_resource(table)  # a table, whose class has no types
    return [row.to_dict() for row in resource.read_rows()]


def by_pyarrow(folder: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "parquet" / f"{table}.parquet").to_pylist()
    return rows


def by_pandas_from_parquet(folder: Path, table: str) -> list[dict[str, Any]]:
    frame = pd.read_parquet(folder / "parquet" / f"{table}.parquet")
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows


def by_redcap_rules(folder: Path, table: str) -> list[dict[str, Any]]:
    fields = read_dictionary(folder / "redcap" / "data_dictionary.csv")
    rows = read_records(folder / "redcap" / "records.csv", fields)
    short = {"values": "val", "trials": "tri"}[table]
    known = {QUANTITIES[name].short or name: name for name in QUANTITIES}
    names = [cell.removeprefix(f"{short}_") for row in rows for cell in row.cells]
    told = {name: known.get(name, name) for name in names}
    return [
        {told[cell.removeprefix(f"{short}_")]: value for cell, value in row.cells.items()}
        for row in rows
        if row.form == table
    ]


def by_bids_rules(folder: Path, table: str) -> list[dict[str, Any]]:
    return rows_of(folder / "bids" / "phenotype" / f"{table}.tsv", delimiter="\t", nothing="n/a")


READERS = (
    by_csv,
    by_pandas,
    by_frictionless,
    by_pyarrow,
    by_pandas_from_parquet,
    by_redcap_rules,
    by_bids_rules,
)


@pytest.mark.parametrize("reader", READERS)
def test_the_long_table_has_every_number_to_the_last_digit(
    exports: Path, reader: Callable[[Path, str], list[dict[str, Any]]]
) -> None:
    expected: Numbers = {}
    for record in RECORDS:
        for finding in (f for m in record.measurements() for f in m.computed):
            low, high = finding.ci95 or (None, None)
            told = (finding.value, finding.standard_uncertainty, low, high)
            expected |= {
                (finding.id, name): number
                for name, number in zip(WANTED, told, strict=True)
                if number is not None
            }

    assert numbers(reader(exports, "values"), "finding") == expected


@pytest.mark.parametrize("reader", READERS)
def test_the_wide_table_has_the_same_numbers(
    exports: Path, reader: Callable[[Path, str], list[dict[str, Any]]]
) -> None:
    expected = {
        (f"{m.measurement.id}/{f.item}/{f.index}", f.quantity): f.value
        for record in RECORDS
        for m in record.measurements()
        for f in m.findings
        if f.index is not None and f.value is not None
    }

    assert numbers(reader(exports, "trials"), "trial") == expected


@pytest.mark.parametrize("name", ["csv", "frictionless", "redcap", "bids", "parquet"])
def test_an_erased_client_is_in_no_export(
    name: str, tmp_path: Path, clock: ManualClock, rng: np.random.Generator
) -> None:
    kept, erased = RECORDS
    with open_store(tmp_path / "store", clock=clock, create=True, plain=True) as store:
        for record in RECORDS:
            adopt(store, record, capture=lambda _measurement: CAPTURE, rng=rng)
        plan = plan_erasure(store, erased.client.id, clock=clock)
        erase(store, plan, reason="asked", clock=clock, rng=rng, despite_retention=True)
        done = export(store, Order(form=name, out=tmp_path / "out"), clock=clock, rng=rng)

    assert done.clients == (kept.client.id,)
    told = every_text(tmp_path / "out")
    assert kept.client.id in told
    assert erased.client.id not in told
    for measured in erased.measurements():
        assert measured.measurement.id not in told


def test_frictionless_finds_no_fault(exports: Path) -> None:
    report = frictionless.validate(str(exports / "frictionless" / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "message"])
