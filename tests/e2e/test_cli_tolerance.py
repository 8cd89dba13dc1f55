"""A tolerance is analysed as a threshold is, its cut-off holds, and ratings come with the file."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Program
from tests.unit.analysis.pressed_train import pressed_train

import tissuesense as ts
from tissuesense.core.quantity import Estimate
from tissuesense.files.trace_csv import write_trace


def simulated(program: Program, folder: Path, kind: str) -> Path:
    said = program("simulate", "--out", folder, "--kind", kind, "--seed", "3")
    assert said.returncode == 0, said.stderr
    (trace,) = folder.glob(f"{kind}-*.csv")
    return trace


def analysed(program: Program, trace: Path) -> dict[str, Any]:
    said = program("analyze", trace, "--json")
    assert said.returncode == 0, said.stderr
    (entry,) = json.loads(said.stdout)["files"]
    assert isinstance(entry, dict)
    return entry


def test_a_tolerance_has_the_document_of_a_threshold(program: Program, tmp_path: Path) -> None:
    threshold = analysed(program, simulated(program, tmp_path, "ppt"))
    tolerance = analysed(program, simulated(program, tmp_path, "tolerance"))

    assert tolerance["kind"] == "tolerance"
    assert tolerance.keys() == threshold.keys()
    assert tolerance["trials"][0].keys() == threshold["trials"][0].keys()
    assert tolerance["session"]["ppt_kpa"]["value"] > threshold["session"]["ppt_kpa"]["value"]


def test_people_read_a_tolerance_in_the_same_table(program: Program, tmp_path: Path) -> None:
    said = program("analyze", simulated(program, tmp_path, "tolerance"))

    assert said.returncode == 0
    assert "tolerance" in said.stdout
    assert "session" in said.stdout


def test_a_press_to_the_cut_off_has_no_tolerance(program: Program, tmp_path: Path) -> None:
    trace = simulated(program, tmp_path, "tolerance")
    beside = trace.with_suffix(".json")
    beside.write_text(json.dumps(json.loads(beside.read_text("utf-8")) | {"cutoff_kpa": 300}))
    found = analysed(program, trace)

    for trial in found["trials"]:
        assert trial["threshold_kpa"] is None
        assert "censored" in trial["flags"]
        assert not trial["accepted"]
    assert found["session"]["ppt_kpa"] is None


def test_ratings_of_the_side_car_score_the_presses_of_the_file(tmp_path: Path) -> None:
    recording = pressed_train([300, 306, 296, 301, 310, 295, 303, 298, 305, 299])
    trace = tmp_path / "series.csv"
    ratings = [10, 14, 18, 22, 25, 28, 30, 31, 32, 33]
    write_trace(trace, recording.trace, recording.context, {"ratings": ratings})

    found = ts.modulation.temporal_summation(ts.read_trace(trace))
    assert found.ratings.tolist() == ratings
    assert isinstance(found.scores.difference, Estimate)
    assert found.scores.difference.value == 23
