"""Tables as Parquet files, written in row groups so that memory stays flat."""

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tissuesense.core.errors import MissingExtraError
from tissuesense.export.tables.column import Column, Row, Table, Type
from tissuesense.export.tables.measured import TRACES
from tissuesense.record.measurement import Measurement

_ROWS_AT_ONCE = 10_000
_SAMPLES_AT_ONCE = 200_000
# A row takes far less memory once it is packed; so do many pieces, once they are one.
_ROWS_UNPACKED = 250
_PIECES = 50


def has_arrow() -> bool:
    """Return whether Parquet can be written."""
    return find_spec("pyarrow") is not None


class ParquetTables:
    """The tables of a folder, each in a Parquet file of its own.

    Units and descriptions are in the metadata of the fields.

    Parameters
    ----------
    tables
        Those that are there even when they are empty.

    Raises
    ------
    MissingExtraError
        When the part of the package that writes Parquet is not installed.
    """

    def __init__(self, folder: Path, tables: Iterable[Table]) -> None:
        self._arrow = _arrow("pyarrow")
        self._parquet = _arrow("pyarrow.parquet")
        self._folder = folder
        self._files = ExitStack()
        self._open: dict[str, _File] = {}
        for table in tables:
            self._file(table)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with self._files:
            if error is None:
                for file in self._open.values():
                    file.flush()

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Take further rows of a table; the file gets them many at a time."""
        file = self._file(table)
        for row in rows:
            file.rows.append(row)
            if len(file.rows) >= _ROWS_UNPACKED:
                file.pack()
            if file.packed >= _ROWS_AT_ONCE:
                file.flush()

    def add_samples(self, measurement: Measurement) -> None:
        """Take the samples of a measurement."""
        file = self._file(TRACES)
        trace = measurement.trace
        columns = {"time_s": trace.t_s, **dict(trace.columns())}
        arrow, size = self._arrow, trace.size
        arrays = [
            arrow.array([measurement.id] * size, arrow.string()),
            *(
                arrow.array(columns[name])
                if name in columns
                else arrow.nulls(size, arrow.float64())
                for name in TRACES.names[1:]
            ),
        ]
        file.add(arrow.Table.from_arrays(arrays, schema=file.schema))
        if file.packed >= _SAMPLES_AT_ONCE:
            file.flush()

    def _file(self, table: Table) -> "_File":
        if table.name not in self._open:
            schema = _schema(self._arrow, table)
            path = self._folder / f"{table.name}.parquet"
            writer = self._parquet.ParquetWriter(path, schema, compression="zstd")
            self._files.enter_context(writer)
            self._open[table.name] = _File(self._arrow, schema, writer)
        return self._open[table.name]


class _File:
    """One table on its way into its file."""

    def __init__(self, arrow: Any, schema: Any, writer: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        self._arrow = arrow
        self._writer = writer
        self.schema = schema
        self.rows: list[Row] = []
        self.packed = 0
        self._pieces: list[Any] = []

    def add(self, piece: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Take rows that are packed already."""
        self._pieces.append(piece)
        self.packed += piece.num_rows
        if len(self._pieces) >= _PIECES:
            self._pieces = [self._arrow.concat_tables(self._pieces).combine_chunks()]

    def pack(self) -> None:
        """Pack the rows that came one by one."""
        if self.rows:
            columns = zip(*self.rows, strict=True)
            arrays = [
                self._arrow.array(column, field.type)
                for column, field in zip(columns, self.schema, strict=True)
            ]
            self.rows = []
            self.add(self._arrow.Table.from_arrays(arrays, schema=self.schema))

    def flush(self) -> None:
        """Write what has come together as one row group."""
        self.pack()
        if self.packed:
            whole = self._arrow.concat_tables(self._pieces)
            self._writer.write_table(whole, row_group_size=len(whole))
        self._pieces, self.packed = [], 0


def _arrow(name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    try:
        return import_module(name)
    except ImportError as err:
        raise MissingExtraError("Writing Parquet", extra="scale") from err


_TYPES: dict[Type, Callable[[Any], Any]] = {
    Type.TEXT: lambda arrow: arrow.string(),
    Type.WHOLE: lambda arrow: arrow.int64(),
    Type.NUMBER: lambda arrow: arrow.float64(),
    Type.YES_NO: lambda arrow: arrow.bool_(),
    Type.DATE: lambda arrow: arrow.date32(),
    Type.TIME: lambda arrow: arrow.timestamp("us", tz="UTC"),
}


def _schema(arrow: Any, table: Table) -> Any:  # noqa: ANN401 - pyarrow has no types
    fields = [_field(arrow, column) for column in table.columns]
    return arrow.schema(fields, metadata={"title": table.title, "key": table.key})


def _field(arrow: Any, column: Column) -> Any:  # noqa: ANN401 - pyarrow has no types
    told = {"description": column.description, "unit": column.unit, "refers_to": column.home}
    metadata = {key: value for key, value in told.items() if value}
    return arrow.field(column.name, _TYPES[column.type](arrow), metadata=metadata)
