"""Trace files: read with every fault named, written so that each number comes back exactly."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import TraceFileError, UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.timebase import Timebase, regularise
from tissuesense.core.trace import COLUMN_NAMES, Trace
from tissuesense.files.csv_columns import Header, read_columns, read_header
from tissuesense.files.replace import replace_file
from tissuesense.files.sidecar import SideCar, read_sidecar, sidecar_path, write_sidecar

_TIME = "time_s"
_MARKER = "marker"
_FEWEST_SAMPLES = 2  # one sample has no rate and no duration
# Thirty thousand years: a larger time is a damaged cell, and steps between such could overflow.
_LATEST_S = 1e12
_ROWS_AT_ONCE = 100_000
_NOTHING: Mapping[str, Any] = MappingProxyType({})


def read_trace(path: str | Path) -> Recording:
    """Read a CSV of samples and its side-car, mending and flagging what can be mended.

    Columns of other names are left out, and so are rows with an empty cell (flag
    ``missing_values``), doubled rows and gaps being flagged as `regularise` does. An empty marker
    means no signal. A column that is empty throughout counts as absent.

    Raises
    ------
    TraceFileError
        When the file or its side-car cannot be understood; `problem` is a stable word, and the
        message names the line where there is one.
    """
    path = Path(path)
    header = read_header(path)
    names = _known_columns(path, header)
    sidecar = read_sidecar(sidecar_path(path))
    table = read_columns(path, header, names)
    if not table.shape[0]:
        raise _unusable(path, "names its columns and holds no samples", "no_rows")
    columns = _columns_with_values(table, names)
    time_s = columns.pop(_TIME, None)
    if time_s is None or not columns:
        raise _unusable(path, "has no row with both a time and a reading", "no_rows")

    base = _timebase(path, time_s, np.column_stack(list(columns.values())))
    if base.t_s.size < _FEWEST_SAMPLES:
        raise _unusable(path, f"holds {base.t_s.size} usable sample(s); two are the least", "short")
    return Recording(
        trace=Trace(
            t_s=base.t_s,
            clock=sidecar.clock,
            **{name: values[base.keep] for name, values in columns.items()},
        ),
        context=sidecar.context,
        quality=_quality(base, sidecar),
        name=str(path),
        content_sha256=_file_sha256(path),
    )


def write_trace(
    path: str | Path,
    trace: Trace,
    context: RecordingContext,
    extra: Mapping[str, Any] = _NOTHING,
) -> None:
    """Write `trace` as CSV, its `context` and the `extra` keys as the side-car.

    Each file is replaced in one step, the side-car first: a trace never stands beside nothing.

    Raises
    ------
    UsageError
        When the name does not end in .csv.
    FileWriteError
        When the folder or the disk refuses.
    """
    path = Path(path)
    if path.suffix.lower() != ".csv":
        raise UsageError(f"A trace file's name ends in .csv; '{path.name}' does not.")
    write_sidecar(sidecar_path(path), context, extra)
    replace_file(path, _lines(trace))


def _known_columns(path: Path, header: Header) -> tuple[str, ...]:
    """Return time and the known columns that the header names, refusing a header that misleads."""
    found = ", ".join(header.names)
    known = tuple(name for name in (_TIME, *COLUMN_NAMES) if name in header.names)
    if len(header.names) == 1 and any(mark in found for mark in ";\t"):
        problem, why = "delimiter", "separates its columns with something else than a comma"
    elif all(_looks_like_a_number(name) for name in header.names):
        problem, why = "no_header", "starts with numbers; its first line must name the columns"
    elif _TIME not in known:
        problem, why = "no_time_column", f"has no column time_s; its columns are: {found}"
    elif len(known) == 1:
        problem, why = "no_columns", f"has no column of readings; its columns are: {found}"
    elif any(header.names.count(name) > 1 for name in known):
        problem, why = "duplicate_column", f"names a column twice: {found}"
    else:
        return known
    raise TraceFileError(
        f"{path} {why}.",
        path=path,
        code=problem,
        line=header.lines,
        hint=f"Known columns: {', '.join((_TIME, *COLUMN_NAMES))}.",
    )


def _looks_like_a_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _columns_with_values(table: FloatArray, names: Sequence[str]) -> dict[str, FloatArray]:
    """Return the columns that hold anything; in that of markers, nothing means no signal."""
    columns = {
        name: values
        for name, values in zip(names, table.T, strict=True)
        if not np.isnan(values).all()
    }
    if _MARKER in columns:  # some programs write it only where the client signals
        columns[_MARKER] = np.nan_to_num(columns[_MARKER], nan=0.0)
    return columns


def _timebase(path: Path, time_s: FloatArray, values: FloatArray) -> Timebase:
    believable = np.where(np.greater(np.fabs(time_s), _LATEST_S), np.nan, time_s)
    try:
        return regularise(believable, values)
    except UsageError as err:
        raise TraceFileError(
            f"{path}: {err.message}",
            path=path,
            code="time_backwards",
            hint="Sort the rows by time, or split the file where a new recording starts.",
        ) from err


def _quality(base: Timebase, sidecar: SideCar) -> QualitySummary:
    return QualitySummary(
        gaps=base.quality.gaps,
        rejected_frames=sidecar.rejected_frames,
        duplicates=base.quality.duplicates,
        flags=tuple(dict.fromkeys((*base.quality.flags, *sidecar.flags))),
    )


def _file_sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as err:  # taken away, or its disk, since it was read
        raise TraceFileError(
            f"{path} cannot be read any more: {err.strerror or err}.",
            path=path,
            code="not_readable",
        ) from err


def _lines(trace: Trace) -> Iterator[str]:
    """Yield the file in pieces; `repr` gives the shortest digits that read back exactly."""
    names, columns = zip(*((_TIME, trace.t_s), *trace.columns()), strict=True)
    yield ",".join(names) + "\n"
    for first in range(0, trace.size, _ROWS_AT_ONCE):
        part = slice(first, first + _ROWS_AT_ONCE)
        cells = [_cells(name, values[part]) for name, values in zip(names, columns, strict=True)]
        yield "".join(f"{','.join(row)}\n" for row in zip(*cells, strict=True))


def _cells(name: str, values: FloatArray) -> Iterator[str]:
    if name == _MARKER and np.isin(values, (0, 1)).all():
        return map(str, values.astype(int).tolist())
    return map(repr, values.tolist())


def _unusable(path: Path, why: str, problem: str) -> TraceFileError:
    return TraceFileError(f"{path} {why}.", path=path, code=problem, hint="Record it again.")
