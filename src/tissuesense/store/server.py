"""A practice's store on a PostgreSQL server: its safe, its tables, and who may open them.

The server's administrator makes a database and a role that owns it; the rest is made here. What the
server holds of a client is sealed as in a folder; the index, with pseudonyms, times, grades and
numbers, is as readable to the server's administrator as any other table.
"""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from tissuesense.core.errors import ConfigurationError, RecordConflict, RecordError, RecordNotFound
from tissuesense.store.failures import in_our_words
from tissuesense.store.place import ServerPlace
from tissuesense.store.server_engine import KEYS_SCHEMA, LEDGER_SCHEMA, server_engine
from tissuesense.store.upgrade import upgrade_on_server

_SEES_ALL = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
_HAS_SAFES = f"SELECT to_regclass('{LEDGER_SCHEMA}.practice_safe') IS NOT NULL"
_OPEN_TABLES = """
SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname IN (:ledger, :keys)
AND relkind IN ('r', 'p') AND relname <> 'alembic_version'
AND NOT (relrowsecurity AND relforcerowsecurity)
"""


class Server:
    """The place of one practice on a server that was proved to answer.

    Raises
    ------
    MissingExtraError
        When the driver is not installed.
    ConfigurationError
        When the user of the address could see the rows of every practice.
    RecordError
        When the server does not answer, or refuses.
    """

    def __init__(self, place: ServerPlace) -> None:
        self.engine = server_engine(place, LEDGER_SCHEMA, taking_turns=True)
        self.key_engine = server_engine(place, KEYS_SCHEMA, taking_turns=False)
        try:
            with in_our_words(), self.engine.connect() as connection:
                _refuse_who_sees_all(connection)
        except BaseException:
            self.close()
            raise

    @property
    def exists(self) -> bool:
        """Whether there is a store of this practice."""
        return self._kept() is not None

    def safe(self) -> dict[str, Any]:
        """Return how this practice's key is wrapped.

        Raises
        ------
        RecordNotFound
            When there is no store of this practice.
        RecordError
            When the server refuses, or the safe is damaged.
        """
        kept = self._kept()
        if kept is None:
            raise RecordNotFound(
                "There is no store of this practice on the server.",
                hint="'tissuesense clients add' makes one; ?practice=NAME names another practice.",
            )
        try:
            return dict(json.loads(kept))
        except (ValueError, TypeError) as err:
            raise RecordError(
                "The safe of this practice is damaged.", hint="Restore the server from a backup."
            ) from err

    def upgrade(self) -> None:
        """Bring the tables up to date, and see to it that each keeps the practices apart.

        Raises
        ------
        SchemaTooNew
            When a later version wrote them; nothing was touched.
        ConfigurationError
            When a table shows every practice's rows to everybody.
        RecordError
            When the server refuses.
        """
        with in_our_words():
            upgrade_on_server(self.engine, (LEDGER_SCHEMA, KEYS_SCHEMA))
            schemas = {"ledger": LEDGER_SCHEMA, "keys": KEYS_SCHEMA}
            with self.engine.connect() as connection:
                if connection.execute(text(_OPEN_TABLES), schemas).scalar_one():
                    raise ConfigurationError(
                        "A table of the store does not keep the practices apart.",
                        hint="Restore the database with its row security: pg_dump writes it too.",
                    )

    def make(self, safe: Mapping[str, Any]) -> None:
        """Make a store of this practice; its safe is what makes it one.

        Raises
        ------
        RecordConflict
            When another program made one meanwhile.
        """
        self.upgrade()
        with in_our_words(), self.engine.begin() as connection:
            if connection.execute(text("SELECT count(*) FROM practice_safe")).scalar_one():
                raise RecordConflict(
                    "Another program has just made a store of this practice.", hint="Try again."
                )
            self.put_safe(connection, safe)

    def write_safe(self, safe: Mapping[str, Any]) -> None:
        """Put another safe in the place of this practice's, in one step.

        Raises
        ------
        RecordError
            When the server refuses.
        """
        with in_our_words(), self.engine.begin() as connection:
            connection.execute(text("DELETE FROM practice_safe"))
            self.put_safe(connection, safe)

    def put_safe(self, connection: Connection, safe: Mapping[str, Any]) -> None:
        """Put the safe of a practice that has none, as a part of what else is going on."""
        insert = text("INSERT INTO practice_safe (safe) VALUES (:safe)")
        connection.execute(insert, {"safe": json.dumps(safe)})

    def close(self) -> None:
        """Let go of the server."""
        self.engine.dispose()
        self.key_engine.dispose()

    def _kept(self) -> str | None:
        with in_our_words(), self.engine.connect() as connection:
            if not connection.execute(text(_HAS_SAFES)).scalar_one():
                return None
            kept = connection.execute(text("SELECT safe FROM practice_safe"))
            return kept.scalar_one_or_none()


def _refuse_who_sees_all(connection: Connection) -> None:
    if connection.execute(text(_SEES_ALL)).scalar_one():
        raise ConfigurationError(
            "This user of the server sees the rows of every practice: it is a superuser, or "
            "bypasses row security.",
            hint="Let the administrator make one that does not: CREATE ROLE clinic LOGIN PASSWORD "
            "'...'; CREATE DATABASE record OWNER clinic;",
        )
