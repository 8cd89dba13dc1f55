"""The index, held against the entries that it was made from, row by row and both ways."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Dialect, func, select

from tissuesense.core.errors import RecordConflict, RecordError
from tissuesense.record.entry import Entry
from tissuesense.store.index import RULES, index_rows
from tissuesense.store.opened import Store
from tissuesense.store.schema import INDEX, EntryRow, IndexMadeRow, IndexRow
from tissuesense.store.verifying.batches import KeptEntry
from tissuesense.store.verifying.findings import Findings, Part
from tissuesense.store.verifying.kept import Kept, exact, kept_of, reading, table_of


def index_problems(entry: Entry[Any] | None, found: KeptEntry, dialect: Dialect) -> Iterator[str]:
    """Say how the index differs from what an entry gives.

    Parameters
    ----------
    entry
        None where it gives nothing: another took its place, or its client was erased.
    """
    expected: dict[type[IndexRow], list[Kept]] = {}
    for row in [] if entry is None else index_rows(entry):
        expected.setdefault(type(row), []).append(kept_of(row, dialect))
    for kind in INDEX:
        yield from _differences(kind, expected.get(kind, []), [*found.indexed.get(kind, ())])


def check_index_strays(store: Store, findings: Findings) -> None:
    """Look for rows of the index that no entry gave."""
    for kind in INDEX:
        name = kind.__tablename__
        strays = select(func.count()).where(kind.entry_id.not_in(select(EntryRow.id)))
        try:
            with reading(store.engine, store.reading) as session:
                count = session.scalar(strays)
        except RecordConflict:
            raise
        except RecordError:
            findings.add(Part.FILE, f"The table {name} of the index cannot be read.")
        else:
            if count:
                findings.add(Part.INDEX, f"Rows of {name} that belong to no entry: {count}.")


def check_index_rules(store: Store, findings: Findings) -> None:
    """Look whether it is written down that the index was made by the rules of this version."""
    try:
        with reading(store.engine, store.reading) as session:
            versions = session.scalars(select(IndexMadeRow.version)).all()
    except RecordConflict:
        raise
    except RecordError:
        findings.add(Part.FILE, "The table index_made cannot be read.")
    else:
        if versions != [RULES]:
            findings.add(Part.INDEX, "The index was made by the rules of another version.")


def _differences(kind: type[IndexRow], expected: list[Kept], found: list[Kept]) -> Iterator[str]:
    columns = table_of(kind).columns
    places = [place for place, column in enumerate(columns) if column.primary_key]
    wanted = {_key(row, places): exact(row) for row in expected}
    there = {_key(row, places): exact(row) for row in found}
    name = kind.__tablename__
    if missing := len(wanted.keys() - there.keys()):
        yield f"the index lacks rows of {name}: {missing}"
    if extra := len(there.keys() - wanted.keys()):
        yield f"the index has more rows of {name} than it gives: {extra}"
    changed = {
        column.name
        for key in wanted.keys() & there.keys()
        for column, one, other in zip(columns, wanted[key], there[key], strict=True)
        if one != other
    }
    if changed:
        yield f"the index has another {' and '.join(sorted(changed))} in {name}"


def _key(row: Kept, places: list[int]) -> Kept:
    return exact(tuple(row[place] for place in places))
