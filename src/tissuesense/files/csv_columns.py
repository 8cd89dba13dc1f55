"""Columns of numbers from a CSV: fast where every cell is a number, exact about any that is not."""

import csv
import math
import warnings
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tissuesense.core.errors import TraceFileError

# How spreadsheets and data frames write "nothing here".
_BLANKS = frozenset({"", "nan", "na", "n/a", "null", "none"})
_ENCODING = "utf-8-sig"  # with or without a byte order mark
_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The first line that is not empty.

    Attributes
    ----------
    lines
        How many lines it takes up, those before it included.
    """

    names: tuple[str, ...]
    lines: int


def read_header(path: Path) -> Header:
    """Return the column names, lower-case and trimmed.

    Raises
    ------
    TraceFileError
        When the file cannot be opened, is empty or is not text.
    """
    for line, cells in _rows(path):
        return Header(names=tuple(cell.strip().lower() for cell in cells), lines=line)
    raise TraceFileError(f"{path} is empty.", path=path, code="empty", hint="Record it again.")


def read_columns(path: Path, header: Header, wanted: Sequence[str]) -> NDArray[np.float64]:
    """Return the wanted columns, in the order asked, shape (rows, columns); blanks are NaN.

    A line with fewer cells than the header, such as the last one of a recording that was cut off,
    gives a row of NaN.

    Raises
    ------
    TraceFileError
        When a wanted cell is not a number or a line has more cells than the header; it names
        line and column.
    """
    places = [header.names.index(name) for name in wanted]
    table = _all_numbers(path, header)
    if table is not None:
        return table[:, places]
    return _cell_by_cell(path, header, places)


def _all_numbers(path: Path, header: Header) -> NDArray[np.float64] | None:
    """Read with numpy's parser; None where any line needs a closer look."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)  # numpy only warns of a file without rows
        try:
            table: NDArray[np.float64] = np.loadtxt(
                path,
                delimiter=",",
                skiprows=header.lines,
                comments=None,
                ndmin=2,
                encoding=_ENCODING,
            )
        except (ValueError, UserWarning, OSError):
            return None
    return table if table.shape[1] == len(header.names) else None


def _cell_by_cell(path: Path, header: Header, places: Sequence[int]) -> NDArray[np.float64]:
    width = len(header.names)
    values = array("d")
    for line, cells in _rows(path):
        if line <= header.lines:
            continue
        if len(cells) > width:
            raise TraceFileError(
                f"Line {line} of {path} has {len(cells)} cells where the header names {width}.",
                path=path,
                code="cells",
                line=line,
                hint="Separate columns with commas and write decimals with a point.",
            )
        if len(cells) < width:
            values.extend([math.nan] * len(places))
            continue
        try:
            values.extend([_number(cells[place]) for place in places])
        except ValueError as err:
            raise _not_a_number(path, line, header, cells, places) from err
    return np.array(values, dtype=np.float64).reshape(-1, len(places))


def _number(cell: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        if cell.strip().lower() in _BLANKS:
            return math.nan
        raise
    if "_" in cell or not cell.isascii():  # float() takes 1_0 and the digits of every script
        raise ValueError(cell)
    return number


def _not_a_number(
    path: Path, line: int, header: Header, cells: Sequence[str], places: Sequence[int]
) -> TraceFileError:
    for place in places:
        try:
            _number(cells[place])
        except ValueError:
            break
    return TraceFileError(
        f"Line {line} of {path} has {cells[place][:_LONGEST_QUOTE]!r} in column "
        f"{header.names[place]}, which is not a number.",
        path=path,
        code="not_a_number",
        line=line,
        hint="Leave a cell empty where there is no reading.",
    )


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of every line that is not blank."""
    line = 0
    try:
        with path.open(encoding=_ENCODING, newline="") as file:
            reader = csv.reader(file)
            for cells in reader:
                line = reader.line_num
                if len(cells) > 1 or (cells and cells[0].strip()):
                    yield line, cells
    except FileNotFoundError as err:
        raise TraceFileError(f"There is no file {path}.", path=path, code="not_found") from err
    except OSError as err:
        raise TraceFileError(
            f"{path} cannot be read: {err.strerror or err}.", path=path, code="not_readable"
        ) from err
    except (UnicodeDecodeError, csv.Error) as err:
        raise TraceFileError(
            f"{path} is not a CSV text in UTF-8: trouble after line {line} ({err}).",
            path=path,
            code="not_text",
            line=line + 1,
            hint="Export it again as CSV, encoding UTF-8.",
        ) from err
