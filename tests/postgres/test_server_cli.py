"""The command line works on a server as it does in a folder, from the first client to the check."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.postgres.conftest import PASSWORD, TestServer


def run(*arguments: str, data: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tissuesense", *arguments],
        env={**os.environ, "TISSUESENSE_DATA": data},
        cwd=cwd, capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def told(process: subprocess.CompletedProcess[str]) -> str:
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_course_from_the_first_client_to_the_check(server: TestServer, tmp_path: Path) -> None:
    data = server.address()
    client = told(run("clients", "add", "--plain", data=data, cwd=tmp_path)).strip()
    measured = run(
        "measure", "--device", "sim:?seed=3", "--client", client, "--site", "trapezius_upper",
        "--side", "left", "--json",
        data=data, cwd=tmp_path,
    )  # fmt: skip
    told(measured)
    listed = json.loads(told(run("clients", "--json", data=data, cwd=tmp_path)))
    assert listed == {"clients": [{"id": client, "visits": 1, "sites": ["trapezius_upper"]}]}
    verified = json.loads(told(run("verify", "--json", data=data, cwd=tmp_path)))
    assert verified["ok"]
    assert verified["measurements"] == 1


def test_option_names_the_server_too(server: TestServer, tmp_path: Path) -> None:
    nowhere = str(tmp_path / "nowhere")
    option = ("--data", server.address("south"))
    client = told(run("clients", "add", "--plain", *option, data=nowhere, cwd=tmp_path)).strip()
    listed = json.loads(told(run("clients", "--json", *option, data=nowhere, cwd=tmp_path)))
    assert [one["id"] for one in listed["clients"]] == [client]
    assert not Path(nowhere).exists()


@pytest.mark.parametrize("verb", ["clients", "verify"])
def test_error_is_one_sentence_without_a_secret(
    server: TestServer, tmp_path: Path, verb: str
) -> None:
    found = run(verb, data=server.address("west"), cwd=tmp_path)
    assert found.returncode == 1
    assert "no store of this practice" in found.stderr
    assert "Traceback" not in found.stderr
    assert PASSWORD not in found.stderr
    assert str(server.socket) not in found.stderr
