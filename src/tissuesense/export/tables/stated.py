"""How a table is made of what was stated: one row an entry, or one row each thing it states.

Only what stands now is in a table: an entry whose place another has taken is not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tissuesense.core.site import Side
from tissuesense.export.tables.column import (
    Column,
    Table,
    choice,
    client_column,
    person,
    text,
    time,
    visit_column,
    whole,
    within,
    words,
)
from tissuesense.record.entry import Entry
from tissuesense.record.history import ClientRecord
from tissuesense.record.visit import Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One of several things that an entry states, counted from 1."""

    entry: Entry[Any]
    number: int
    part: Any


BLOCK = choice("block", Block, "Before, during or after treatment.", required=True)
SIDE = choice("side", Side, "Which side of the body.")
BODY_SIDE = choice("side", Side, "Which side of the body.", at="site.side", required=True)


def nrs(name: str, description: str) -> Column:
    """Declare a column of a numeric rating."""
    return whole(name, f"{description}: 0 none to 10 worst imaginable.")


def _envelope(*, of_visit: bool) -> tuple[Column, ...]:
    return (
        text("entry", "Id of the entry in the ledger.", at="id", required=True),
        client_column(),
        *((visit_column(),) if of_visit else ()),
        time("recorded_at", "When it was written down.", required=True),
        person("actor", "Who wrote it down."),
        text("amends", "The entry whose place it took.", at="supersedes"),
        words("amended_because", "Why.", at="reason"),
    )


def _entries(record: ClientRecord, kind: str) -> Iterator[Entry[Any]]:
    yield from record.current(kind)
    for visit in record.visits:
        yield from visit.current(kind)


def stated(
    name: str, short: str, kind: str, title: str, columns: Iterable[Column], *, visit: bool = False
) -> Table:
    """Declare a table of one kind of statement; `columns` are of its fields."""
    return Table(
        name=name,
        short=short,
        title=title,
        rows=lambda record: _entries(record, kind),
        key="entry",
        columns=(*_envelope(of_visit=visit), *within(columns, "statement")),
    )


def parts_of(
    name: str,
    short: str,
    title: str,
    parts: Mapping[str, Callable[[Any], Iterable[Any]]],
    columns: Iterable[Column],
) -> Table:
    """Declare a table of what entries state several of; `parts` says how, by kind of statement."""

    def rows(record: ClientRecord) -> Iterator[Part]:
        for kind, of in parts.items():
            for entry in _entries(record, kind):
                for count, part in enumerate(of(entry.statement), start=1):
                    yield Part(entry=entry, number=count, part=part)

    return Table(
        name=name,
        short=short,
        title=title,
        rows=rows,
        key="part",
        columns=(
            text(
                "part",
                "Its entry and its number in it.",
                at=lambda origin: f"{origin.entry.id}/{origin.number}",
                required=True,
            ),
            text("entry", "Id of the entry in the ledger.", at="entry.id", required=True),
            client_column("entry.client"),
            whole("number", "Its place in the entry, from 1.", required=True),
            *within(columns, "part"),
        ),
    )
