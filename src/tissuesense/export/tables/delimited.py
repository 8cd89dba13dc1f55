"""Tables as text files, one a table, every row written as it comes."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from tissuesense.core.arrays import FloatArray
from tissuesense.core.trace import Trace
from tissuesense.export.tables.cells import cell
from tissuesense.export.tables.column import Row, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a text file is written; lines end as RFC 4180 has it."""

    delimiter: str = ","
    ending: str = ".csv"
    nothing: str = ""

    def writer(self, file: TextIO) -> Any:  # noqa: ANN401 - the csv module does not name its writer
        """Return what writes rows of text into `file`."""
        return csv.writer(file, delimiter=self.delimiter, lineterminator="\r\n")


class DelimitedTables:
    """The tables of a folder, each in a file of its own.

    Parameters
    ----------
    tables
        Those that are there even when they are empty.
    """

    def __init__(self, folder: Path, tables: Iterable[Table], style: Style | None = None) -> None:
        self._folder = folder
        self._style = style or Style()
        self._files = ExitStack()
        self._writers: dict[str, Any] = {}
        folder.mkdir(exist_ok=True)
        for table in tables:
            self._writer(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._files.close()

    def path(self, table: Table) -> Path:
        """Return where a table stands."""
        return self._folder / f"{table.name}{self._style.ending}"

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Write further rows of a table."""
        nothing = self._style.nothing
        self._writer(table).writerows(
            [cell(value, nothing=nothing) for value in row] for row in rows
        )

    def _writer(self, table: Table) -> Any:  # noqa: ANN401 - the csv module does not name its writer
        if table.name not in self._writers:
            path = self.path(table)
            file = self._files.enter_context(path.open("w", encoding="utf-8", newline=""))
            writer = self._style.writer(file)
            writer.writerow(table.names)
            self._writers[table.name] = writer
        return self._writers[table.name]


def sample_names(trace: Trace) -> tuple[str, ...]:
    """Return the columns of a trace's file."""
    return ("time_s", *(name for name, _ in trace.columns()))


def sample_rows(trace: Trace) -> Iterator[tuple[str, ...]]:
    """Yield the samples of a trace as text, every number exact."""
    columns = (("time_s", trace.t_s), *trace.columns())
    return zip(*(_samples(name, values) for name, values in columns), strict=True)


def _samples(name: str, values: FloatArray) -> Iterator[str]:
    if name == "marker" and set(values.tolist()) <= {0.0, 1.0}:
        return map(str, values.astype(int).tolist())
    return map(repr, values.tolist())
