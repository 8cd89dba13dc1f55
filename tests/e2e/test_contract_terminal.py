"""What a shell may do to the program - close its output, fill the disk - earns no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.conftest import Program
from tests.e2e.test_cli_analyze import good

from tissuesense.cli.main import VERBS

TISSUESENSE = f"'{sys.executable}' -m tissuesense"


def shell(line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", line], capture_output=True, encoding="utf-8", check=False, timeout=100
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such shell")
@pytest.mark.parametrize("closing", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("switch", ["", "--json"])
def test_a_closed_output_changes_nothing_else(tmp_path: Path, closing: str, switch: str) -> None:
    said = shell(f"{TISSUESENSE} analyze '{good(tmp_path / 'a.csv')}' {switch} {closing}")
    assert said.returncode == 0
    assert said.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("switch", ["", "--json"])
def test_a_full_disk_is_named_and_not_called_a_fault_of_the_program(
    tmp_path: Path, switch: str
) -> None:
    said = shell(f"{TISSUESENSE} analyze '{good(tmp_path / 'a.csv')}' {switch} >/dev/full")
    assert said.returncode == 1
    assert "No space left" in said.stderr
    assert "inside tissuesense" not in said.stderr
    assert "Traceback" not in said.stderr


def test_every_verb_that_is_listed_explains_itself_with_an_example(program: Program) -> None:
    listed = program("--help").stdout
    there = [verb for verb in VERBS if f"\n  {verb} " in listed]
    assert len(there) >= 10
    for verb in there:
        assert f"Example: tissuesense {verb} " in program(verb, "--help").stdout


def test_without_an_area_measure_names_its_own_option(program: Program) -> None:
    said = program(
        "measure", "--device", "serial:///dev/none?model=mark10", "--site", "thenar",
        "--side", "left",
    )  # fmt: skip
    assert said.returncode == 2
    assert "--probe-area-cm2" in said.stderr
