"""`import` from a shell: a file comes in whole or a sentence says why not, and what to do."""

import json
from pathlib import Path

import pytest
from tests.e2e.conftest import Program

TABLE = """Measurement time;Iteration;Subject name;Object;Side;Stiffness
14.03.2025 10:22;1;Anna Example;Soleus;Left;251,3
14.03.2025 10:22;2;Anna Example;Soleus;Left;255,0
"""
PEAKS = "Date;Muscle;Side;Peak [kgf]\n14.03.2025;wade;L;3,25\n"


@pytest.fixture
def client(program: Program) -> str:
    """Return the one client of a plain store in `store`."""
    return program("clients", "add", "--plain", "--data", "store").stdout.strip()


def written(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, encoding="utf-8")
    return name


def test_record_goes_from_one_store_to_another(
    program: Program, tmp_path: Path, client: str
) -> None:
    opened = program("visit", "open", "--client", client, "--data", "store")
    visit = json.loads(opened.stdout)["visit"]
    felt = ("--site", "trapezius_upper", "--side", "left", "--tenderness", "2")
    program("visit", "finding", "--visit", visit, *felt, "--data", "store")
    assert (
        program("export", "--format", "json", "--out", "a.json", "--data", "store").returncode == 0
    )

    into = ("import", "--format", "json", "a.json", "--data", "other", "--plain")
    tried = program(*into, "--dry-run")
    assert tried.returncode != 0  # there is no store yet, and a dry run makes none
    assert not (tmp_path / "other").exists()
    done = program(*into, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["clients"] == [client]
    assert program("verify", "--data", "other").returncode == 0

    program("export", "--format", "json", "--out", "b.json", "--data", "other")
    one, two = (json.loads((tmp_path / name).read_text()) for name in ("a.json", "b.json"))
    assert one["clients"] == two["clients"]
    again = program(*into)
    assert again.returncode == 1
    assert "in the store" in again.stderr


def test_table_of_a_myotonpro(program: Program, tmp_path: Path, client: str) -> None:
    written(tmp_path, "myoton.csv", TABLE)
    take = ("import", "--format", "myoton", "--client", client, "myoton.csv", "--data", "store")
    tried = program(*take, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "Would take in: 1 clients, 1 visits, 1 measurements." in tried.stderr
    done = program(*take, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["measurements"], told["visits"], told["dry_run"]) == (1, 1, False)
    assert "no samples" in done.stderr
    again = program(*take)
    assert again.returncode == 1
    assert "--again" in again.stderr
    assert program(*take, "--again").returncode == 0
    assert "Anna" not in done.stdout + done.stderr + again.stderr


def test_map_is_suggested_answered_and_used(program: Program, tmp_path: Path, client: str) -> None:
    written(tmp_path, "peaks.csv", PEAKS)
    suggested = program("import", "--format", "gauge-csv", "--suggest", "peaks.csv")
    assert suggested.returncode == 0, suggested.stderr
    take = ("import", "--format", "gauge-csv", "--client", client, "peaks.csv", "--data", "store")
    written(tmp_path, "map.toml", suggested.stdout)
    asked = program(*take, "--map", "map.toml")
    assert asked.returncode == 2
    assert "question mark" in asked.stderr
    written(tmp_path, "map.toml", suggested.stdout.replace('"?"', "1.0"))
    unknown = program(*take, "--map", "map.toml")
    assert unknown.returncode == 1
    assert "not in the catalogue" in unknown.stderr
    done = program(*take, "--map", "map.toml", "--map", "wade=soleus")
    assert done.returncode == 0, done.stderr
    assert program("verify", "--data", "store").returncode == 0


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--format", "myoton", "there.csv"), 2, "--client"),
        (("--format", "xml", "there.csv"), 2, "xml"),
        (("--format", "json", "there.csv"), 1, "not JSON"),
        (("--format", "json", "nowhere.json"), 2, "cannot be read"),
        (("--format", "json", "there.csv", "--client", "CLIENT"), 2, "--client"),
        (("--format", "myoton", "there.csv", "--client", "CLIENT"), 1, "MyotonPRO"),
        (("--format", "gauge-csv", "there.csv", "--client", "CLIENT"), 2, "map"),
        (("--format", "gauge-csv", "there.csv", "--client", "CLIENT", "--map", "no"), 2, "no"),
        (("--format", "myoton", "there.csv", "--client", "TS-00000"), 1, "client"),
        (
            ("--format", "myoton", "there.csv", "--client", "CLIENT", "--date-format", "x"),
            2,
            "--date-format",
        ),
    ],
)
def test_wrong_calls_and_wrong_files_are_told_apart(
    program: Program, tmp_path: Path, client: str, words: tuple[str, ...], code: int, sentence: str
) -> None:
    written(tmp_path, "there.csv", TABLE if "TS-00000" in words else PEAKS)
    called = [word.replace("CLIENT", client) for word in words]
    done = program("import", *called, "--data", "store")
    assert (done.returncode, done.stdout) == (code, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
