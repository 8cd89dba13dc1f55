"""What keeps anybody from a store on a server is said plainly, and no secret with it."""

import logging
import shutil
import traceback
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.postgres.conftest import PASSWORD, TestServer

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import (
    ConfigurationError,
    MissingExtraError,
    RecordError,
    RecordNotFound,
    SchemaTooNew,
    StoreLocked,
    TissueSenseError,
    UsageError,
)
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.place import ServerPlace, store_place
from tissuesense.store.server_engine import LEDGER_SCHEMA, server_engine
from tissuesense.store.upgrade import MIGRATIONS, upgrade_on_server

CLOCK = ManualClock()
PASSPHRASE = "five unrelated words in a row"  # noqa: S105 - of a store that lives for a test
SECRET = "hush-hush"  # noqa: S105 - likewise
NEXT_VERSION = '''
"""A later version."""
from alembic import op
revision, down_revision, branch_labels, depends_on = "next", "0002", None, None

def upgrade() -> None:
    op.execute("CREATE TABLE later (id integer)")
    op.execute("{statement}")
'''


def made(server: TestServer, practice: str = "north") -> Store:
    return open_store(server.address(practice), clock=CLOCK, create=True, plain=True)


def refused(address: str, error: type[TissueSenseError]) -> TissueSenseError:
    """Return the error with which opening an address ends, which tells nothing of it."""
    with pytest.raises(error) as caught:
        open_store(address, clock=CLOCK, create=True, plain=True)
    told = traceback.format_exception(caught.value, limit=0)  # causes too, without their code
    for secret in (SECRET, PASSWORD, "/data", "127.0.0.1", "clinic-server"):
        assert secret not in f"{told} {caught.value.hint}"
    return caught.value


@pytest.mark.parametrize("user", ["postgres", "overseer"])
def test_user_that_sees_every_practice_is_refused(server: TestServer, user: str) -> None:
    error = refused(server.address(user=user), ConfigurationError)
    assert "sees the rows of every practice" in error.message
    assert "CREATE ROLE" in error.hint


def test_wrong_password_is_told_from_a_wrong_passphrase(server: TestServer) -> None:
    error = refused(server.address(password=SECRET), RecordError)
    assert not isinstance(error, StoreLocked)
    assert "password" in error.message
    assert "not the passphrase" in error.hint


def test_missing_password_is_told(server: TestServer) -> None:
    assert "password" in refused(server.address(password=""), RecordError).message


def test_server_without_the_database_is_told(server: TestServer) -> None:
    address = server.address().replace(server.database, "nowhere")
    assert "no such database" in refused(address, RecordError).message


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://clinic:{SECRET}@127.0.0.1:1/record?practice=north",
        f"postgresql://clinic:{SECRET}@/record?host=/nowhere/data&practice=north",
    ],
)
def test_server_that_does_not_answer_is_told(address: str) -> None:
    error = refused(address, RecordError)
    assert "does not answer" in error.message


@pytest.mark.parametrize(
    "rest",
    [
        "/record",
        "/record?practice=",
        "/record?practice=North",
        "/record?practice=a'%3B--",
        "/record?practice=a&practice=b",
        "/record?practice=north&nonsense=1",
        "[::1/record?practice=north",
    ],
)
def test_address_that_cannot_be_read_is_told(rest: str) -> None:
    error = refused(f"postgresql://clinic:{SECRET}@clinic-server{rest}", UsageError)
    assert "?practice=NAME" in error.hint


def test_missing_driver_is_named(server: TestServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    assert "tissuesense[postgres]" in refused(server.address(), MissingExtraError).hint


def test_user_without_rights_is_told(server: TestServer) -> None:
    assert "does not let" in refused(server.address(user="guest"), RecordError).message
    made(server).close()
    assert "does not let" in refused(server.address(user="guest"), RecordError).message


def test_practice_that_is_not_there_is_not_made_by_reading(server: TestServer) -> None:
    with pytest.raises(RecordNotFound, match="no store of this practice"):
        open_store(server.address(), clock=CLOCK)
    made(server).close()
    with pytest.raises(RecordNotFound, match="no store of this practice"):
        open_store(server.address("south"), clock=CLOCK)


def test_passphrase_locks_the_store_and_each_practice_has_its_own(server: TestServer) -> None:
    address = server.address()
    with open_store(address, clock=CLOCK, create=True, passphrase=PASSPHRASE) as store:
        assert store.recovery_code
        name = store.name
    with open_store(address, clock=CLOCK, passphrase=PASSPHRASE) as store:
        assert store.name == name
        assert store.recovery_code is None
    for wrong in ("", SECRET):
        with pytest.raises(StoreLocked):
            open_store(address, clock=CLOCK, passphrase=wrong)
    with open_store(server.address("south"), clock=CLOCK, create=True, passphrase=SECRET) as store:
        assert store.name != name


def test_new_store_without_a_passphrase_is_refused(server: TestServer) -> None:
    with pytest.raises(UsageError, match="needs a passphrase"):
        open_store(server.address(), clock=CLOCK, create=True)
    with pytest.raises(RecordNotFound):
        open_store(server.address(), clock=CLOCK)


def later_version(tmp_path: Path, statement: str) -> Path:
    scripts = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, scripts)
    (scripts / "versions" / "next.py").write_text(NEXT_VERSION.format(statement=statement))
    return scripts


def upgraded(server: TestServer, scripts: Path) -> None:
    place = store_place(server.address())
    assert isinstance(place, ServerPlace)
    engine = server_engine(place, LEDGER_SCHEMA, taking_turns=True)
    try:
        upgrade_on_server(engine, (), migrations=scripts)
    finally:
        engine.dispose()


def test_store_of_a_later_version_is_refused_untouched(server: TestServer, tmp_path: Path) -> None:
    made(server).close()
    upgraded(server, later_version(tmp_path, "ALTER TABLE later ENABLE ROW LEVEL SECURITY"))
    for create in (False, True):
        with pytest.raises(SchemaTooNew):
            open_store(server.address(), clock=CLOCK, create=create, plain=True)
    with pytest.raises(SchemaTooNew):
        made(server, "south")


def test_failed_upgrade_leaves_the_tables_as_they_were(server: TestServer, tmp_path: Path) -> None:
    made(server).close()
    with pytest.raises(Exception, match="nowhere"):
        upgraded(server, later_version(tmp_path, "INSERT INTO nowhere VALUES (1)"))
    made(server).close()
    with server.raw() as connection:
        assert connection.execute("SELECT to_regclass('later')").fetchone() == (None,)


def test_table_without_row_security_is_noticed(server: TestServer) -> None:
    made(server).close()
    with server.raw() as connection:
        connection.execute("ALTER TABLE visit NO FORCE ROW LEVEL SECURITY")
    with pytest.raises(ConfigurationError, match="keep the practices apart"):
        open_store(server.address(), clock=CLOCK)


def test_connection_that_broke_is_an_error_and_the_next_one_works(server: TestServer) -> None:
    with made(server) as store:
        with (
            pytest.raises(RecordError, match="does not answer"),
            store.transaction() as session,
        ):
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert store.ledger.head()[0] == 0


def test_nothing_of_the_address_or_the_record_is_logged(
    server: TestServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    twice = text("INSERT INTO client VALUES (DEFAULT, 'E', :id, now()), (DEFAULT, 'E', :id, now())")
    with made(server) as store, pytest.raises(RecordError), store.transaction() as session:
        session.execute(twice, {"id": SECRET})
    assert SECRET not in caplog.text
    assert PASSWORD not in caplog.text
    assert repr(store_place(server.address())) == "ServerPlace(practice='north')"
