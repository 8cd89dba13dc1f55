"""REDCap: a data dictionary and the records, each as a CSV that the project takes in.

The dictionary's headers, the columns of repeating instruments and the rule for variable names are
those of REDCap's own templates, and the length of 26 letters that of its style advice; none of it
was tried on a server.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from tissuesense.export.registry import Format, Request
from tissuesense.export.tables.cells import cell
from tissuesense.export.tables.column import Column, Row, Table, Type, Value
from tissuesense.export.tables.folder import new_folder
from tissuesense.export.tables.people import IDENTITY, PARTICIPANTS
from tissuesense.export.tables.pour import pour
from tissuesense.export.tables.readme import LOSSES, SHIELDED, readme
from tissuesense.export.tables.schema import OF_CLIENTS
from tissuesense.record.history import MeasurementRecord

HEADERS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
RECORD = ("record_id", "redcap_repeat_instrument", "redcap_repeat_instance")
_CLIENT = "client"
_VALIDATED_AS: Mapping[Type, str] = MappingProxyType(
    {
        Type.WHOLE: "integer",
        Type.NUMBER: "number",
        Type.DATE: "date_ymd",
        Type.TIME: "datetime_seconds_ymd",
    }
)
_ABOUT = (
    (
        "CAUTION: uploading a data dictionary REPLACES ALL INSTRUMENTS of the project. Use a new "
        "project, or add these rows to the dictionary that it has."
    ),
    (
        "1. In a new project, upload data_dictionary.csv. 2. In the project's setup, enable "
        f"repeating instruments for every form but {PARTICIPANTS.name} and {IDENTITY.name}. "
        "3. Import records.csv with the date format Y-M-D. REDCap shows what it is going to do and "
        "does it when you press the button to import. Empty cells overwrite nothing."
    ),
    "Choices are coded; the dictionary says what each code means. Times are in UTC.",
    SHIELDED,
)


class _Project:
    """The records, row by row, and which forms they fill."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = ExitStack()
        self._places: dict[str, int] = {}
        self._instances: Counter[str] = Counter()
        names = list(RECORD)
        for table in OF_CLIENTS:
            self._places[table.name] = len(names)
            names += [variable(table, column) for column in _fields(table)]
        self._width = len(names)
        self._records = self._new("records.csv", names)
        self._identity: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._files.close()

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Write further rows of a form."""
        if table is IDENTITY:
            self._add_identity(rows)
        elif table is PARTICIPANTS:
            self._instances.clear()
            self._add(table, rows, repeats=False)
        elif table.name in self._places:
            self._add(table, rows, repeats=True)

    def add_trace(self, measured: MeasurementRecord, client: str, *, whole: bool) -> None:
        """Leave the samples out: no form holds them."""

    def _add(self, table: Table, rows: Iterable[Row], *, repeats: bool) -> None:
        before = [""] * (self._places[table.name] - len(RECORD))
        after = [""] * (self._width - self._places[table.name] - len(_fields(table)))
        for client, cells in _coded(table, rows):
            self._instances[table.name] += 1
            which = [table.name, str(self._instances[table.name])] if repeats else ["", ""]
            self._records.writerow([client, *which, *before, *cells, *after])

    def _add_identity(self, rows: Iterable[Row]) -> None:
        if self._identity is None:
            names = [variable(IDENTITY, column) for column in _fields(IDENTITY)]
            self._identity = self._new("identity.csv", [RECORD[0], *names])
        self._identity.writerows([client, *cells] for client, cells in _coded(IDENTITY, rows))

    def _new(self, name: str, header: Iterable[str]) -> Any:  # noqa: ANN401 - the csv module does not name its writer
        path = self._folder / name
        writer = csv.writer(self._files.enter_context(path.open("w", encoding="utf-8", newline="")))
        writer.writerow(header)
        return writer


def variable(table: Table, column: Column) -> str:
    """Return the name of a column among those of all forms."""
    return f"{table.short}_{column.short or column.name}"


def _fields(table: Table) -> list[Column]:
    return [column for column in table.columns if column.name != _CLIENT]


def _coded(table: Table, rows: Iterable[Row]) -> Iterator[tuple[str, list[str]]]:
    at = table.names.index(_CLIENT)
    for row in rows:
        pairs = zip(table.columns, row, strict=True)
        yield (
            str(row[at]),
            [_code(column, value) for column, value in pairs if column.name != _CLIENT],
        )


def _code(column: Column, value: Value) -> str:
    if value is None:
        return ""
    if column.choices:
        return _codes(column)[value]
    match value:
        case bool():
            return str(int(value))
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case _:
            return cell(value)


def _codes(column: Column) -> dict[Any, str]:
    """Return the code of each choice: a grade is its own, words are counted from 1."""
    if column.type is Type.WHOLE:
        return {value: str(value) for value in column.choices}
    return {value: str(code) for code, value in enumerate(column.choices, start=1)}


def _dictionary(tables: Iterable[Table]) -> Iterator[dict[str, str]]:
    yield {
        HEADERS[0]: RECORD[0],
        "Form Name": PARTICIPANTS.name,
        "Field Type": "text",
        "Field Label": "A pseudonym that means nothing.",
    }
    for table in tables:
        for column in _fields(table):
            yield {
                HEADERS[0]: variable(table, column),
                "Form Name": table.name,
                "Field Type": _field_type(column),
                "Field Label": column.description,
                HEADERS[5]: " | ".join(
                    f"{code}, {column.choices[value]}" for value, code in _codes(column).items()
                ),
                "Field Note": column.unit,
                HEADERS[7]: "" if column.choices else _VALIDATED_AS.get(column.type, ""),
                "Identifier?": "y" if column.private or column.person else "",
            }


def _field_type(column: Column) -> str:
    if column.choices:
        return "radio"
    if column.type is Type.YES_NO:
        return "yesno"
    return "notes" if column.private and column.type is Type.TEXT else "text"


def _write(request: Request) -> None:
    with new_folder(request.out) as folder:
        with _Project(folder) as project:
            tally = pour(request, project)
        tables = (*OF_CLIENTS, *([IDENTITY] if tally.rows[IDENTITY.name] else []))
        path = folder / "data_dictionary.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, HEADERS, restval="")
            writer.writeheader()
            writer.writerows(_dictionary(tables))
        page = readme("Record for REDCap", request, tally, paragraphs=_ABOUT, losses=FORMAT.losses)
        (folder / "README.txt").write_text(page, encoding="utf-8")


FORMAT = Format(
    title="REDCap data dictionary and records",
    folder=True,
    losses=(
        *LOSSES,
        "The samples of the traces are left out.",
        "Times are in UTC and cut to the second; visits have the offset of their own clock.",
        "What is known of sites and devices beyond their names is left out.",
        "Text of a side-car that no estimator reads is left out.",
    ),
    write=_write,
)
