"""Files that break the contract each get their own words, and none costs another its numbers."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.conftest import Program
from tests.e2e.test_cli_analyze import SIDECAR, good

RAMP = [f"{i / 10},{i},0" for i in range(60)]
HEAD = "time_s,force_n,marker"


def write(path: Path, rows: list[str], head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    path.with_suffix(".json").write_text(json.dumps(SIDECAR), encoding="utf-8")
    return path


def entries(said_stdout: str) -> dict[str, Any]:
    return {Path(entry["path"]).name: entry for entry in json.loads(said_stdout)["files"]}


def test_a_path_that_is_not_there_is_an_entry_beside_the_others(
    program: Program, tmp_path: Path
) -> None:
    said = program("analyze", tmp_path / "absent.csv", good(tmp_path / "good.csv"), "--json")
    assert said.returncode == 1
    found = entries(said.stdout)
    assert found["absent.csv"]["error"]["code"] == "not_found"
    assert len(found["good.csv"]["trials"]) == 2


def test_a_folder_gives_its_files_in_any_spelling_and_no_folder_named_like_one(
    program: Program, tmp_path: Path
) -> None:
    write(tmp_path / "LOUD.CSV", RAMP)
    (tmp_path / "not_a_file.csv").mkdir()
    said = program("analyze", tmp_path, "--json")
    assert said.returncode == 0
    assert set(entries(said.stdout)) == {"LOUD.CSV"}


def test_the_sentence_about_a_file_names_it_once(program: Program, tmp_path: Path) -> None:
    path = write(tmp_path / "backwards.csv", RAMP[::-1])
    said = program("analyze", path)
    assert said.stderr.count(str(path)) == 1


def test_time_that_goes_backwards_is_named_where_it_does(program: Program, tmp_path: Path) -> None:
    path = write(tmp_path / "restarted.csv", RAMP[20:] + RAMP[:20])
    assert "at sample 41 of 60" in program("analyze", path).stderr


def test_a_marker_written_only_at_the_signal_gives_the_same_numbers(
    program: Program, tmp_path: Path
) -> None:
    full = good(tmp_path / "full.csv")
    sparse = tmp_path / "sparse.csv"
    text = full.read_text(encoding="utf-8")
    assert ",1\n" in text
    sparse.write_text(text.replace(",0\n", ",\n"), encoding="utf-8")
    sparse.with_suffix(".json").write_bytes(full.with_suffix(".json").read_bytes())
    found = entries(program("analyze", full, sparse, "--json").stdout)
    assert found["sparse.csv"]["trials"] == found["full.csv"]["trials"]
    assert "missing_values" not in found["sparse.csv"]["flags"]


@pytest.mark.parametrize("latency", [{"mean": -0.3, "sd": 0.1}, {"mean": 0.3, "sd": -0.1}])
def test_a_reaction_before_the_sensation_is_refused(
    program: Program, tmp_path: Path, latency: dict[str, float]
) -> None:
    path = write(tmp_path / "early.csv", RAMP)
    path.with_suffix(".json").write_text(json.dumps(SIDECAR | {"latency_s": latency}))
    said = program("analyze", path, "--json")
    assert said.returncode == 1
    error = entries(said.stdout)["early.csv"]["error"]
    assert error["code"] == "sidecar_value"
    assert "latency_s" in error["message"]


def test_a_tolerance_shows_its_numbers_to_people(program: Program, tmp_path: Path) -> None:
    path = good(tmp_path / "a.csv")
    sidecar = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    path.with_suffix(".json").write_text(json.dumps(sidecar | {"kind": "tolerance"}))
    said = program("analyze", path)
    assert "Threshold" in said.stdout
    assert "±" in said.stdout
