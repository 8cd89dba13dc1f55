"""A Frictionless data package: the CSV tables and `datapackage.json`, which says what they hold."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from typing import Any

from tissuesense.core.version import __version__
from tissuesense.export.registry import Format, Request
from tissuesense.export.tables.arrow import ParquetTables, has_arrow
from tissuesense.export.tables.column import Column, Row, Table, Type
from tissuesense.export.tables.delimited import DelimitedTables
from tissuesense.export.tables.folder import new_folder
from tissuesense.export.tables.measured import TRACES
from tissuesense.export.tables.pour import pour
from tissuesense.export.tables.readme import LOSSES, NUMBERS, SHIELDED, readme
from tissuesense.export.tables.schema import EVERY_TABLE, TABLES
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import Measurement

_ABOUT = (
    (
        "datapackage.json describes every table in the Frictionless standard: types, units, what "
        "values there may be, keys and how the tables belong together. codebook.csv says the same."
    ),
    (
        "The samples of all measurements are in traces.parquet, or in traces.csv where Parquet "
        "could not be written; the column context of measurements.csv is the side-car of each, as "
        "JSON."
    ),
    NUMBERS,
    SHIELDED,
)
_TYPES: Mapping[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "string"},
    Type.WHOLE: {"type": "integer"},
    Type.NUMBER: {"type": "number"},
    Type.YES_NO: {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    Type.DATE: {"type": "date"},
    Type.TIME: {"type": "datetime"},
}
_KEYS: Mapping[str, str] = {table.name: table.key for table in EVERY_TABLE}


class _Folder(DelimitedTables):
    """The tables, and all traces in one file."""

    def __init__(self, folder: Path, parquet: ParquetTables | None) -> None:
        super().__init__(folder, TABLES)
        self._parquet = parquet

    def add_trace(self, measured: MeasurementRecord, client: str, *, whole: bool) -> None:  # noqa: ARG002 - a sample names nobody
        """Write the samples."""
        if self._parquet is None:
            self.add(TRACES, _rows(measured.measurement))
        else:
            self._parquet.add_samples(measured.measurement)


def _rows(measurement: Measurement) -> Iterator[Row]:
    trace = measurement.trace
    columns = {"time_s": trace.t_s, **dict(trace.columns())}
    cells = (
        columns[name].tolist() if name in columns else repeat(None, trace.size)
        for name in TRACES.names[1:]
    )
    return zip(repeat(measurement.id, trace.size), *cells, strict=True)


def _write(request: Request) -> None:
    with new_folder(request.out) as folder:
        with ExitStack() as files:
            parquet = files.enter_context(ParquetTables(folder, [TRACES])) if has_arrow() else None
            tally = pour(request, files.enter_context(_Folder(folder, parquet)))
        package = json.dumps(_package(request, folder), indent=2, ensure_ascii=False)
        (folder / "datapackage.json").write_text(f"{package}\n", encoding="utf-8")
        page = readme(
            "Record as a data package", request, tally, paragraphs=_ABOUT, losses=FORMAT.losses
        )
        (folder / "README.txt").write_text(page, encoding="utf-8")


def _package(request: Request, folder: Path) -> dict[str, Any]:
    return {
        "profile": "data-package",
        "name": "tissuesense-record",
        "title": "Pressure pain thresholds, stiffness and manual findings",
        "description": f"{NUMBERS} {SHIELDED}",
        "created": request.exported_at.isoformat(),
        "version": __version__,
        "resources": [
            _resource(table, path)
            for table in EVERY_TABLE
            for path in folder.glob(f"{table.name}.*")
        ],
    }


def _resource(table: Table, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    told: dict[str, Any] = {
        "name": table.name,
        "title": table.title,
        "profile": "tabular-data-resource",
        "path": path.name,
        "format": path.suffix.removeprefix("."),
        "schema": _schema(table),
    }
    if path.suffix == ".parquet":
        # Readers decode the file and never see its bytes: they could not check `bytes` and `hash`.
        return told | {"mediatype": "application/vnd.apache.parquet", "sha256": digest}
    return told | {
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
    }


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(column, is_key=column.name == table.key) for column in table.columns],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = [table.key]
    keys = [
        {"fields": [column.name], "reference": {"resource": column.home, "fields": [home_key]}}
        for column in table.columns
        if (home_key := _KEYS.get(column.home))
    ]
    return schema | ({"foreignKeys": keys} if keys else {})


def _field(column: Column, *, is_key: bool) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.required:
        constraints["required"] = True
    if is_key:
        constraints["unique"] = True
    if column.choices:
        constraints["enum"] = list(column.choices)
    return {
        "name": column.name,
        **_TYPES[column.type],
        "description": column.description,
        **({"unit": column.unit} if column.unit else {}),
        **({"choices": _meanings(column)} if column.choices else {}),
        **({"constraints": constraints} if constraints else {}),
    }


def _meanings(column: Column) -> dict[str, str]:
    return {str(value): meaning for value, meaning in column.choices.items()}


FORMAT = Format(
    title="Frictionless data package",
    folder=True,
    losses=(*LOSSES, "Text of a side-car that no estimator reads is left out."),
    write=_write,
)
