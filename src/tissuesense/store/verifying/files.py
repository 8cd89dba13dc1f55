"""The files of a store: is every page, every table and the marker as the program wrote it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError
from tissuesense.store.folder import StoreFolder, marker_text
from tissuesense.store.opened import Store
from tissuesense.store.upgrade import upgrade
from tissuesense.store.verifying.findings import Findings, Part

# The text of a table's definition is the library's, which may word it anew; that of a trigger is
# our own, and a guard that says something else is none.
_SCHEMA = (
    "SELECT type, name, tbl_name, CASE type WHEN 'trigger' THEN sql END FROM sqlite_master",
    """SELECT 'table', m.name, c.name, c.type, c."notnull", c.pk
    FROM sqlite_master m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'""",
    """SELECT 'index', m.name, c.name, c.seqno, c.coll, c."desc"
    FROM sqlite_master m JOIN pragma_index_xinfo(m.name) c WHERE m.type = 'index'""",
)


def check_files(store: Store, findings: Findings) -> None:
    """Look at the marker and at both database files; what a server keeps, it looks after."""
    if store.engine.dialect.name != "sqlite":
        return
    folder = StoreFolder(store.path)
    _check_marker(folder, findings)
    for path, engine in ((folder.database, store.engine), (folder.keys, store.key_engine)):
        for problem in _problems(engine):
            findings.add(Part.FILE, f"{path.name}: {problem}.")
    _check_schema(store.engine, findings)


def _check_marker(folder: StoreFolder, findings: Findings) -> None:
    # Its digest was proved when the store was opened; that says nothing of blanks.
    try:
        same = folder.marker.read_text(encoding="utf-8") == marker_text(folder.safe())
    except (OSError, ValueError, RecordError):
        same = False
    if not same:
        findings.add(Part.FILE, f"{folder.marker.name} is not as the program wrote it.")


def _problems(engine: Engine) -> list[str]:
    """Return what is wrong with the pages of a database, each checked by its own checksum.

    A second look is what counts: another program may be moving pages while the first is taken.
    """
    return _look(engine) and _look(engine)


def _look(engine: Engine) -> list[str]:
    # Plain SQLite has no checksums, and does not know the first.
    checks = ("cipher_integrity_check", "integrity_check")
    return [problem for check in checks for problem in _told(engine, check)]


def _told(engine: Engine, pragma: str) -> Iterator[str]:
    # Outside of a transaction: nobody has to wait.
    try:
        with closing(engine.raw_connection()) as connection:
            rows = connection.cursor().execute(f"PRAGMA {pragma}").fetchall()
    except (engine.dialect.loaded_dbapi.DatabaseError, UnicodeDecodeError) as err:
        engine.dispose()  # see `reading`
        yield str(err)
        return
    yield from (str(row[0]) for row in rows if row[0] != "ok")


def _check_schema(engine: Engine, findings: Findings) -> None:
    expected = _fresh_schema()
    try:
        found = _schema(engine)
    except (engine.dialect.loaded_dbapi.DatabaseError, UnicodeDecodeError):
        engine.dispose()
        findings.add(Part.FILE, "The list of tables cannot be read.")
        return
    foreign = {each for each in found - expected if each[0] == "trigger"}
    changed = {(kind, name) for kind, name, *_ in (expected - found) | foreign}
    for kind, name in sorted(changed):
        findings.add(Part.FILE, f"The {kind} {name} of the database is not as it was made.")


def _schema(engine: Engine) -> set[tuple[Any, ...]]:
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        return {tuple(row) for query in _SCHEMA for row in cursor.execute(query).fetchall()}


def _fresh_schema() -> set[tuple[Any, ...]]:
    """Return the schema that the migrations give."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        upgrade(engine, StoreFolder(Path()), clock=ManualClock())  # puts no copy aside: it is new
        return _schema(engine)
    finally:
        engine.dispose()
