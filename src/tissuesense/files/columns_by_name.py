"""Which column is meant: names compared without regard to case, blanks, order or a unit behind."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tissuesense.core.errors import RecordError
from tissuesense.files.delimited_text import Line, Table

_UNIT = re.compile(r"(?P<name>.+?)[ _]*[\[(](?P<unit>[^\])]*)[\])]")
_LOOSE = re.compile(r"[\s_.:-]+")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTitle:
    """A column's name and the unit in brackets behind it, empty where there is none."""

    name: str
    unit: str


def column_title(written: str) -> ColumnTitle:
    """Return name and unit of "Stiffness [N/m]", both in plain small letters."""
    match = _UNIT.fullmatch(written.strip())
    name, unit = (match["name"], match["unit"]) if match else (written, "")
    return ColumnTitle(name=plain(name), unit=unit.replace(" ", "").lower())


def plain(written: str) -> str:
    """Return a name as it is compared: small letters, one blank between words."""
    return _LOOSE.sub(" ", written).strip().casefold()


def places(header: Sequence[str], wanted: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return where each wanted column stands, of those that the header has.

    Parameters
    ----------
    wanted
        Spellings, plain, by the name under which a column is asked for.

    Raises
    ------
    RecordError
        When two columns could be meant.
    """
    meanings = {spelling: name for name, known in wanted.items() for spelling in known}
    found: dict[str, int] = {}
    for place, written in enumerate(header):
        meaning = meanings.get(column_title(written).name)
        if meaning is None:
            continue
        if meaning in found:
            raise RecordError(f"Columns {found[meaning] + 1} and {place + 1} both say '{meaning}'.")
        found[meaning] = place
    return found


def cells_at(table: Table, columns: Iterable[int]) -> Iterator[tuple[int, str]]:
    """Yield line number and cell of these columns, line after line."""
    wanted = tuple(columns)
    for line in table.lines():
        for place in wanted:
            yield line.number, line.cells[place]


def understood(
    line: Line, place: int, read: Callable[[str], _Value], *, header: Sequence[str], what: str
) -> _Value:
    """Return what `read` makes of one cell.

    Raises
    ------
    RecordError
        When it refuses the cell; the sentence names line and column and does not repeat the cell,
        which may be anybody's name.
    """
    try:
        return read(line.cells[place])
    except ValueError:
        raise RecordError(
            f"Line {line.number} of the file: column {place + 1} ({header[place][:60]}) does not "
            f"hold {what}."
        ) from None
