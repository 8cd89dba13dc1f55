"""A shell at a plain store."""

from pathlib import Path

import pytest
from tests.unit.cli.shell import Shell


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """Return what types commands at a store of its own that does not exist yet."""
    for name in ("PASSPHRASE", "NEW_PASSPHRASE", "RECOVERY_CODE", "ACTOR"):
        monkeypatch.delenv(f"TISSUESENSE_{name}", raising=False)
    monkeypatch.setenv("TISSUESENSE_DATA", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "80")
    return Shell(folder=tmp_path, capsys=capsys, monkeypatch=monkeypatch)


@pytest.fixture
def client(shell: Shell) -> str:
    """Take a client in; return the pseudonym."""
    return str(shell.done("clients", "add", "--plain", "--json").json["id"])


@pytest.fixture
def visit(shell: Shell, client: str) -> str:
    """Open a visit of that client; return its id."""
    return str(shell.done("visit", "open", "--client", client).json["visit"])
