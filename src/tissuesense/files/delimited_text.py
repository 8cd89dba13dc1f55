"""Other programs' tables as text: any usual encoding and delimiter, a header found, lines counted.

Nothing here knows what a column means. Memory stays flat: lines are read as they are asked for.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tissuesense.core.errors import RecordError

_DELIMITERS = (";", "\t", "|", ",")
_LONGEST_LINE = 100_000
_MOST_COLUMNS = 500
# Programs write a title, a serial number and a date above the table; no more than this.
_HEADER_WITHIN = 60
_SEP = "sep="  # a first line by which spreadsheets tell one another the delimiter

Header = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a table.

    Attributes
    ----------
    number
        Where it stands in the file, from 1 on.
    """

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table in a text, its lines not read yet.

    Attributes
    ----------
    header
        The column names as they are written, trimmed.
    header_line
        Where the header stands, from 1 on.
    """

    text: str
    header: Header
    header_line: int
    delimiter: str

    def lines(self) -> Iterator[Line]:
        """Yield the lines below the header that are not blank.

        Raises
        ------
        RecordError
            When a line has more or fewer cells than the header, or a quote is never closed.
        """
        width = len(self.header)
        for line in _lines(self.text, self.delimiter):
            if line.number <= self.header_line or not any(line.cells):
                continue
            cells = line.cells
            if len(cells) > width and not any(cells[width:]):
                cells = cells[:width]
            if len(cells) != width:
                raise RecordError(
                    f"Line {line.number} of the file has {len(cells)} cells where the header "
                    f"names {width} columns.",
                    hint="The file may have been cut off, or edited by hand: export it again.",
                )
            yield Line(number=line.number, cells=cells)


def decoded(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or the Windows code page of Western Europe.

    Raises
    ------
    RecordError
        When it is none of them.
    """
    try:
        text = content.decode(_encoding(content))
    except UnicodeDecodeError:
        text = _western(content)
    if "\0" in text:
        raise _not_text()
    return text.removeprefix("\ufeff")


def find_table(text: str, is_header: Callable[[Header], bool]) -> Table | None:
    """Return the table whose header `is_header` knows; None where no delimiter gives one.

    Raises
    ------
    RecordError
        When the text has lines or columns beyond any table's.
    """
    for delimiter in _delimiters(text):
        for line in _first_lines(text, delimiter):
            if is_header(line.cells):
                return Table(
                    text=text, header=line.cells, header_line=line.number, delimiter=delimiter
                )
    return None


def possible_tables(text: str) -> Iterator[Table]:
    """Yield every line near the top as the header of a table, for each delimiter in it."""
    for delimiter in _delimiters(text):
        for line in _first_lines(text, delimiter):
            if len(line.cells) > 1:
                yield Table(
                    text=text, header=line.cells, header_line=line.number, delimiter=delimiter
                )


def _first_lines(text: str, delimiter: str) -> Iterator[Line]:
    try:
        for line in _lines(text, delimiter):
            if line.number > _HEADER_WITHIN:
                return
            yield line
    except _QuotingError:
        return  # it is another delimiter's file


def _lines(text: str, delimiter: str) -> Iterator[Line]:
    reader = csv.reader(_bounded(text), delimiter=delimiter, strict=True)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            raise _QuotingError(
                f"The file cannot be read as a table from line {reader.line_num} on: {err}.",
                hint="A quote may be missing: export the file again.",
            ) from err
        if len(cells) > _MOST_COLUMNS:
            raise RecordError(
                f"Line {reader.line_num} of the file has {len(cells):,} cells; no more than "
                f"{_MOST_COLUMNS} are read."
            )
        yield Line(number=reader.line_num, cells=tuple(cell.strip() for cell in cells))


def _bounded(text: str) -> Iterator[str]:
    """Yield line after line; one of a megabyte is no line of a table."""
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if len(line) > _LONGEST_LINE:
            raise RecordError(
                f"Line {number} of the file is longer than {_LONGEST_LINE:,} characters."
            )
        # csv counts what it is given, and the first line keeps its place in the count.
        yield "\n" if number == 1 and line.lower().startswith(_SEP) else line


def _delimiters(text: str) -> Sequence[str]:
    first = text[: len(_SEP) + 1].lower()
    if first.startswith(_SEP) and first[-1] in _DELIMITERS:
        return (first[-1],)
    return _DELIMITERS


def _encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = content[:200]
    if start[1::2].count(0) > len(start) // 3:
        return "utf-16-le"
    if start[::2].count(0) > len(start) // 3:
        return "utf-16-be"
    return "utf-8-sig"


def _western(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise _not_text() from None


def _not_text() -> RecordError:
    return RecordError(
        "The file is not text in UTF-8, UTF-16 or Windows-1252.",
        hint="Export it again as CSV, encoding UTF-8.",
    )


class _QuotingError(RecordError):
    """Quotes that no delimiter of this file explains."""
