"""Read tables back with the csv module, by nothing but the types that the codebook declares."""

import csv
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path

from tissuesense.export.tables.column import Table, Type, Value
from tissuesense.export.tables.schema import EVERY_TABLE

BY_NAME: Mapping[str, Table] = {table.name: table for table in EVERY_TABLE}
_READ: Mapping[Type, Callable[[str], Value]] = {
    Type.TEXT: lambda text: text.removeprefix("'"),
    Type.WHOLE: int,
    Type.NUMBER: float,
    Type.YES_NO: {"true": True, "false": False}.__getitem__,
    Type.DATE: date.fromisoformat,
    Type.TIME: datetime.fromisoformat,
}


def rows_of(path: Path, *, delimiter: str = ",", nothing: str = "") -> list[dict[str, Value]]:
    """Return a table's rows with their types, as the documentation says to read them."""
    columns = {column.name: column.type for column in BY_NAME[path.stem].columns}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            {
                name: None if cell == nothing else _READ[columns.get(name, Type.TEXT)](cell)
                for name, cell in row.items()
            }
            for row in csv.DictReader(file, delimiter=delimiter, strict=True)
        ]


def every_text(folder: Path) -> str:
    """Return all that stands in the text files of a folder."""
    return "\n".join(
        path.read_bytes().decode("utf-8", errors="replace")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    )
