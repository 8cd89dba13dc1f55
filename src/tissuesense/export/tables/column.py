"""What a table of the export is made of: columns that say what they hold and whence it comes."""

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from tissuesense.record.history import ClientRecord

Value = str | int | float | bool | date | datetime | None
Row = tuple[Value, ...]
JOINED_BY = ";"


class Type(enum.StrEnum):
    """What the cells of a column hold."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    YES_NO = "yes or no"
    DATE = "date"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    Attributes
    ----------
    at
        Where a row's origin has the value: a dotted name, or how to find it.
    unit
        Empty: it has none.
    choices
        Every value that there may be, and what it means; empty: any.
    home
        The table whose key it holds.
    private
        Somebody's own words, or who somebody is: handed out with the identity alone.
    person
        The name of somebody of the practice, or of a doctor: without the identity a number that
        tells people apart.
    required
        Every row has a value.
    short
        Its name where only 26 letters are allowed.
    """

    name: str
    type: Type
    description: str
    at: str | Callable[[Any], Any]
    unit: str = ""
    choices: Mapping[str | int, str] = field(default_factory=lambda: MappingProxyType({}))
    home: str = ""
    private: bool = False
    person: bool = False
    required: bool = False
    short: str = ""

    def reader(self) -> Callable[[Any], Value]:
        """Return what reads this column's cell from the origin of a row."""
        find = attrgetter(self.at) if isinstance(self.at, str) else self.at
        as_cell = _AS_CELL[self.type]

        def cell(origin: Any) -> Value:  # noqa: ANN401 - each table has its own
            found = find(origin)
            return None if found is None else as_cell(found)

        return cell


@dataclass(frozen=True, kw_only=True)
class Table:
    """One table.

    Attributes
    ----------
    rows
        What its rows are made from; None where they are gathered from the whole export.
    key
        The column that no two rows share; empty: there is none.
    short
        Put before the names of its columns where all tables share one.
    """

    name: str
    short: str
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[ClientRecord], Iterable[Any]] | None = None
    key: str = ""

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    @cached_property
    def telling(self) -> tuple[int, ...]:
        """Where the columns stand that may tell who somebody is."""
        return tuple(i for i, each in enumerate(self.columns) if each.private or each.person)

    @cached_property
    def _readers(self) -> tuple[Callable[[Any], Value], ...]:
        return tuple(column.reader() for column in self.columns)

    def row(self, origin: Any) -> Row:  # noqa: ANN401 - each table has its own
        """Return one row; what nobody stated is None."""
        return tuple(read(origin) for read in self._readers)


def _text(found: Any) -> str | None:  # noqa: ANN401 - a word, an enumeration, several words
    """Return text; nothing said and no text are one and the same."""
    return (JOINED_BY.join(map(str, found)) if isinstance(found, tuple) else str(found)) or None


_AS_CELL: Mapping[Type, Callable[[Any], Value]] = MappingProxyType(
    {
        Type.TEXT: _text,
        Type.WHOLE: int,
        Type.NUMBER: float,
        Type.YES_NO: bool,
        Type.DATE: lambda found: found,
        Type.TIME: lambda found: found,
    }
)


def column(name: str, kind: Type, description: str, **more: Any) -> Column:  # noqa: ANN401 - the fields of a column
    """Declare a column; its value is called as it is, unless `at` says otherwise."""
    return Column(name=name, type=kind, description=description, **({"at": name} | more))


def text(name: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of text that names nobody."""
    return column(name, Type.TEXT, description, **more)


def words(name: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of somebody's own words."""
    return column(name, Type.TEXT, description, private=True, **more)


def person(name: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of names of the practice's people and of doctors."""
    return column(name, Type.TEXT, description, person=True, **more)


def number(name: str, unit: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of numbers in a unit; "1" is that of a ratio."""
    return column(name, Type.NUMBER, description, unit=unit, **more)


def whole(name: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of whole numbers."""
    return column(name, Type.WHOLE, description, **more)


def yes_no(name: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of yes and no."""
    return column(name, Type.YES_NO, description, **more)


def day(name: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of dates."""
    return column(name, Type.DATE, description, **more)


def time(name: str, description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of times, each with its offset from UTC."""
    return column(name, Type.TIME, description, **more)


def choice(name: str, of: Iterable[str], description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of one word out of some."""
    meanings = {str(word): str(word).replace("_", " ") for word in of}
    return column(name, Type.TEXT, description, choices=MappingProxyType(meanings), **more)


def grade(name: str, meanings: Mapping[int, str], description: str, **more: Any) -> Column:  # noqa: ANN401 - as `column`
    """Declare a column of whole numbers that each mean something."""
    return column(name, Type.WHOLE, description, choices=MappingProxyType(dict(meanings)), **more)


def within(columns: Iterable[Column], part: str) -> tuple[Column, ...]:
    """Return columns whose values stand in a part of the origin."""
    return tuple(
        replace(each, at=f"{part}.{each.at}" if isinstance(each.at, str) else each.at)
        for each in columns
    )


def _reference(name: str, home: str, description: str) -> Callable[..., Column]:
    def reference(at: str | Callable[[Any], Any] = name) -> Column:
        return column(name, Type.TEXT, description, at=at, home=home, required=True)

    return reference


client_column = _reference("client", "participants", "Whom it is about: a pseudonym.")
visit_column = _reference("visit", "visits", "The visit that it belongs to.")
measurement_column = _reference("measurement", "measurements", "The measurement it belongs to.")
site_column = _reference("site", "sites", "Where on the body.")
