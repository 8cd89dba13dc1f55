"""The program starts lightly, says what went wrong in a sentence and leaves with the right code."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

from tissuesense import __version__
from tissuesense.cli.main import main

HEAVY = ("matplotlib", "sqlalchemy", "alembic", "bleak", "serial", "typst", "scipy.stats", "jinja2")


def modules_after(statement: str) -> set[str]:
    listing = subprocess.run(
        [sys.executable, "-c", f"{statement}; import sys; print(*sys.modules)"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return set(listing.stdout.split())


def test_importing_the_package_loads_next_to_nothing() -> None:
    loaded = modules_after("import tissuesense")
    assert not loaded & {*HEAVY, "numpy", "scipy", "typer", "rich"}


def test_the_help_loads_no_numbers_plots_web_or_database() -> None:
    loaded = modules_after("from tissuesense.cli.main import build_app; build_app()")
    assert not loaded & {*HEAVY, "numpy", "scipy", "asyncio"}


def test_reading_and_analysing_loads_no_plots_web_or_database() -> None:
    loaded = modules_after("import tissuesense as ts; ts.read_trace; ts.analyze")
    assert not loaded & set(HEAVY)


def test_help_lists_the_verbs_and_each_has_an_example(program: Program) -> None:
    from tissuesense.cli.main import VERBS

    listed = program("--help")
    assert listed.returncode == 0
    there = [verb for verb in VERBS if f"\n  {verb} " in listed.stdout]
    assert {"analyze", "measure"} <= set(there)
    for verb in ("analyze", "measure"):
        assert f"Example: tissuesense {verb} " in program(verb, "--help").stdout


def test_the_version_is_said(program: Program) -> None:
    said = program("--version")
    assert (said.returncode, said.stdout) == (0, f"tissuesense {__version__}\n")


@pytest.mark.parametrize(
    "words",
    [
        ("massage",),
        ("analyze",),
        ("analyze", "--jason", "x"),
        ("analyze", "absent.csv"),
        ("measure", "--kind", "ppt"),
        ("measure", "--device", "sim:?", "--site", "thenar", "--side", "port"),
        ("measure", "--device", "usb:x", "--site", "thenar", "--side", "left"),
        ("measure", "--device", "sim:?", "--site", "thenar", "--side", "left", "--preset", "x"),
        ("measure", "--device", "sim:?", "--site", "thenar", "--side", "left", "--trials", "0"),
        ("measure", "--device", "sim:?", "--site", "thenar", "--side", "left", "--kind", "rub"),
        ("measure", "--device", "sim:?", "--site", "thenar", "--side", "left", "--client", "Ann"),
    ],
)
def test_a_wrong_call_is_two_with_a_sentence_and_an_empty_stdout(
    program: Program, words: tuple[str, ...]
) -> None:
    said = program(*words)
    assert said.returncode == 2
    assert said.stdout == ""
    assert "Traceback" not in said.stderr
    assert said.stderr.strip()


def test_a_fault_of_the_program_is_a_sentence_and_a_traceback_only_on_request(
    tmp_path: Path,
) -> None:
    broken = (
        "import sys\n"
        "from tissuesense.cli import main as door\n"
        "def build_app():\n"
        "    def app(**_): raise RuntimeError('drawer stuck')\n"
        "    return app\n"
        "door.build_app = build_app\n"
        "door.main(sys.argv[1:])\n"
    )
    script = tmp_path / "broken.py"
    script.write_text(broken, encoding="utf-8")
    run = [sys.executable, str(script)]
    quiet = subprocess.run(run, capture_output=True, encoding="utf-8", check=False)
    loud = subprocess.run([*run, "--debug"], capture_output=True, encoding="utf-8", check=False)
    assert quiet.returncode == loud.returncode == 1
    assert "drawer stuck" in quiet.stderr
    assert "--debug" in quiet.stderr
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr


@pytest.mark.parametrize("place", [0, 1, 2])
def test_debug_may_stand_anywhere(program: Program, place: int) -> None:
    words = ["analyze", "absent.csv"]
    words.insert(place, "--debug")
    assert "Traceback" in program(*words).stderr


@pytest.mark.parametrize(
    "words",
    [
        ("demo",),
        ("simulate",),
        ("measure", "--device", "sim:?speed=0", "--site", "thenar", "--side", "left"),
    ],
    ids=lambda words: words[0],
)
def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(
    program: Program, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "file").touch()
    said = program(*words, "--out", tmp_path / "file" / "folder")
    assert said.returncode == 1
    assert "cannot be made" in said.stderr


def test_a_traceback_shows_no_passphrase(program: Program, tmp_path: Path) -> None:
    store = ("--data", str(tmp_path / "store"))
    right, wrong = ({"TISSUESENSE_PASSPHRASE": phrase} for phrase in ("right", "hunter-nine"))
    assert program("clients", "add", *store, **right).returncode == 0
    said = program("--debug", "clients", *store, **wrong)
    assert "Traceback" in said.stderr
    assert "hunter-nine" not in said.stderr + said.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs a pipe whose reader leaves")
def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    rows = "".join(f"{i / 80},{i % 7}\n" for i in range(400))
    for i in range(60):
        (tmp_path / f"{i}.csv").write_text(f"time_s,force_n\n{rows}", encoding="utf-8")
    command = f"'{sys.executable}' -m tissuesense analyze '{tmp_path}' --json | head -n 1"
    said = subprocess.run(["sh", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert said.stdout == "{\n"
    assert "Traceback" not in said.stderr
    assert "BrokenPipe" not in said.stderr


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_whatever_the_program_writes_is_for_its_owner_alone(
    program: Program, tmp_path: Path
) -> None:
    before = os.umask(0o022)
    try:
        device = ("--device", "sim:?speed=0", "--site", "thenar", "--side", "left")
        for words in (
            ("record", "--device", "sim:?speed=0", "--seconds", "1", "--out", "a.csv"),
            ("measure", *device, "--trials", "1", "--out", "measured"),
            ("clients", "add", "--plain", "--data", "practice", "--json"),
        ):
            assert program(*words).returncode == 0, words
        client = json.loads(program("clients", "--data", "practice", "--json").stdout)
        store = ("--client", client["clients"][0]["id"], "--data", "practice")
        assert program("visit", "open", *store).returncode == 0
        assert program("report", *store, "--out", "report.html").returncode == 0
    finally:
        os.umask(before)
    written = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert len(written) > 9
    assert {path: oct(mode) for path, mode in written.items() if mode & 0o077} == {}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such permissions")
def test_the_door_leaves_the_mask_of_whoever_calls_it() -> None:
    before = os.umask(0o027)
    try:
        with pytest.raises(SystemExit):
            main(["--version"])
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
