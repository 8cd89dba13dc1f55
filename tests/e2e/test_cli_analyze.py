"""`analyze` gives one document for any mixture of good and bad files, and a table for people."""

import json
from pathlib import Path

from tests.e2e.conftest import Program

from tissuesense.files.trace_csv import write_trace
from tissuesense.simulation.session import SessionSpec, simulated_recording

SIDECAR = {"kind": "ppt", "probe_area_cm2": 1.0}


def good(path: Path) -> Path:
    recording = simulated_recording(SessionSpec(seed=5), presses=2)
    write_trace(path, recording.trace, recording.context)
    return path


def bad(path: Path, text: str, sidecar: dict[str, object] | None = None) -> Path:
    path.write_text(text, encoding="utf-8")
    if sidecar is not None:
        path.with_suffix(".json").write_text(json.dumps(sidecar), encoding="utf-8")
    return path


def test_json_is_all_that_stdout_has(program: Program, tmp_path: Path) -> None:
    said = program("analyze", good(tmp_path / "a.csv"), "--json")
    assert said.returncode == 0
    document = json.loads(said.stdout)
    assert document["schema"] == "tissuesense.analysis/1"
    assert document["files"][0]["error"] is None
    assert len(document["files"][0]["trials"]) == 2
    assert said.stderr == ""


def test_every_bad_file_has_its_own_error_and_the_good_one_its_numbers(
    program: Program, tmp_path: Path
) -> None:
    ramp = "".join(f"{i / 10},{i}\n" for i in range(30))
    head = "time_s,force_n\n"
    good(tmp_path / "good.csv")
    bad(tmp_path / "no_area.csv", head + ramp, {"kind": "ppt"})
    bad(tmp_path / "no_kind.csv", head + ramp)
    bad(tmp_path / "text.csv", head + ramp + "3.0,heavy\n", SIDECAR)
    bad(tmp_path / "empty.csv", "", SIDECAR)
    bad(tmp_path / "header.csv", head, SIDECAR)
    bad(tmp_path / "one.csv", head + "0,1\n", SIDECAR)
    bad(tmp_path / "backwards.csv", head + "".join(f"{9 - i},{i}\n" for i in range(9)), SIDECAR)
    bad(tmp_path / "sidecar.csv", head + ramp).with_suffix(".json").write_text("{", "utf-8")
    bad(tmp_path / "commas.csv", "time_s;force_n\n0,1;2,5\n", SIDECAR)

    said = program("analyze", tmp_path, "--json")
    assert said.returncode == 1
    found = {Path(entry["path"]).stem: entry for entry in json.loads(said.stdout)["files"]}
    assert {name: e["error"]["code"] for name, e in found.items() if e["error"]} == {
        "no_area": "no_probe_area",
        "no_kind": "no_kind",
        "text": "not_a_number",
        "empty": "empty",
        "header": "no_rows",
        "one": "short",
        "backwards": "time_backwards",
        "sidecar": "sidecar_not_json",
        "commas": "delimiter",
    }
    assert len(found["good"]["trials"]) == 2
    assert "Line 32" in found["text"]["error"]["message"]
    assert "9 of 10 files could not be analysed." in said.stderr
    assert "Traceback" not in said.stderr


def test_blank_cells_are_a_flag_and_not_an_error(program: Program, tmp_path: Path) -> None:
    path = good(tmp_path / "a.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[100] = lines[100].split(",")[0] + ",NaN,0"
    path.write_text("\n".join(lines), encoding="utf-8")
    said = program("analyze", path, "--json")
    assert said.returncode == 0
    assert "missing_values" in json.loads(said.stdout)["files"][0]["flags"]


def test_a_person_gets_thresholds_with_uncertainty_and_words(
    program: Program, tmp_path: Path
) -> None:
    said = program("analyze", good(tmp_path / "a.csv"))
    assert said.returncode == 0
    assert "left trapezius upper" in " ".join(said.stdout.split())  # a long path wraps the line
    assert "±" in said.stdout
    assert "kPa" in said.stdout
    assert "trial 2" in said.stdout
    assert "accepted" in said.stdout
    assert "tare_applied" not in said.stdout


def test_a_terminal_without_plus_minus_gets_the_table_all_the_same(
    program: Program, tmp_path: Path
) -> None:
    said = program("analyze", good(tmp_path / "a.csv"), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert said.returncode == 0
    assert "kPa" in said.stdout
