"""Connections to a PostgreSQL server, each of them one practice's and no other's.

Every transaction begins by saying whose it is; the policies on the tables (see the migrations) let
it see and write that practice's rows alone. One that may write waits for its turn, so that entries
of a ledger come one after the other and whatever was read before writing still holds.
"""

import hashlib
import logging
import os
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from tissuesense.core.errors import MissingExtraError, UsageError
from tissuesense.record.document import canonical_json
from tissuesense.store.place import ServerPlace
from tissuesense.store.transaction import READING

LEDGER_SCHEMA = "tissuesense"
# Apart, so that "pg_dump --exclude-schema=tissuesense_keys" leaves every client's key out.
KEYS_SCHEMA = "tissuesense_keys"

_LOG = "record"
_LOCK_TIMEOUT = "10s"
_CONNECT_TIMEOUT_S = 10
_HERE = ("", "localhost", "127.0.0.1", "::1")


def server_engine(place: ServerPlace, schema: str, *, taking_turns: bool) -> Engine:
    """Return an engine for one of the two schemas; nothing is connected yet.

    Parameters
    ----------
    taking_turns
        Whether a transaction that may write waits until no other of this practice does.

    Raises
    ------
    MissingExtraError
        When the driver is not installed.
    UsageError
        When libpq does not understand the address.
    """
    engine = create_engine(
        "postgresql+psycopg://",  # the address stays with the opener: an engine shows its own
        creator=_opener(place, schema),
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        pool_pre_ping=True,  # a server may be restarted between two visits
        hide_parameters=True,  # no health text in a log or a traceback
        json_serializer=canonical_json,
        use_native_hstore=False,
        logging_name=_LOG,
    )
    # Below this level SQLAlchemy would write whole rows into a log.
    logging.getLogger(f"sqlalchemy.engine.Engine.{_LOG}").setLevel(logging.WARNING)
    event.listen(engine, "begin", _beginner(place.practice, taking_turns=taking_turns))
    return engine


def lock_number(name: str) -> int:
    """Return the number under which the server knows a lock."""
    digest = hashlib.sha256(f"tissuesense {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _opener(place: ServerPlace, schema: str) -> Callable[[], Any]:
    try:
        import psycopg  # noqa: PLC0415 - an extra
        from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - as above
    except ImportError:
        raise MissingExtraError("A store on a PostgreSQL server", extra="postgres") from None
    try:
        settings: dict[str, Any] = conninfo_to_dict(place.address)
    except psycopg.Error:  # whose words may repeat the password
        raise UsageError(
            "The address of the server is not one that PostgreSQL understands.",
            hint="It reads postgresql://USER@HOST/DATABASE?practice=NAME.",
        ) from None
    settings |= {
        "application_name": "tissuesense",
        "connect_timeout": _CONNECT_TIMEOUT_S,
        "options": f"-c search_path={schema} -c timezone=UTC -c lock_timeout={_LOCK_TIMEOUT}",
    }
    if _is_elsewhere(str(settings.get("host", ""))) and "PGSSLMODE" not in os.environ:
        settings.setdefault("sslmode", "require")  # libpq would rather go unencrypted than not go

    def connect() -> Any:  # noqa: ANN401 - the driver's own type
        return psycopg.connect(**settings)

    return connect


def _is_elsewhere(hosts: str) -> bool:
    return any(host not in _HERE and not host.startswith("/") for host in hosts.split(","))


def _beginner(practice: str, *, taking_turns: bool) -> Callable[[Connection], None]:
    # One message each, and no parameters, which the server takes only one statement with. The name
    # was checked: it has no quote in it.
    mine = f"SET LOCAL tissuesense.practice = '{practice}'"
    my_turn = f"; SELECT pg_advisory_xact_lock({lock_number(practice)})" if taking_turns else ""

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(READING):
            # All of it as of one moment, although nobody is kept from writing meanwhile.
            reading = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
            connection.exec_driver_sql(f"{reading}; {mine}")
        else:
            connection.exec_driver_sql(mine + my_turn)

    return begin
