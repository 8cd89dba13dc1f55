"""Each file gives numbers or an error of its own, and none stops the others."""

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.analysis.registry import ESTIMATORS
from tissuesense.core.errors import UsageError
from tissuesense.files.trace_csv import read_trace, write_trace
from tissuesense.services.analyse_files import (
    FileFailure,
    analyse_file,
    analyse_files,
    analysis_document,
    find_traces,
)
from tissuesense.simulation.session import SessionSpec, simulated_recording


def simulated(path: Path, **sidecar: object) -> Path:
    recording = simulated_recording(SessionSpec(seed=3), presses=2)
    write_trace(path, recording.trace, recording.context)
    side = json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) | sidecar
    stated = {key: value for key, value in side.items() if value is not None}
    path.with_suffix(".json").write_text(json.dumps(stated), encoding="utf-8")
    return path


def failure(path: Path) -> FileFailure:
    outcome = analyse_file(path)
    assert isinstance(outcome, FileFailure)
    return outcome


def test_the_numbers_are_those_of_analyze_on_the_same_file(tmp_path: Path) -> None:
    path = simulated(tmp_path / "a.csv")
    outcome = analyse_file(path)
    assert isinstance(outcome, RecordingAnalysis)
    assert outcome.to_dict() == analyze(read_trace(path)).to_dict()
    assert len(outcome.to_dict()["trials"]) == 2


def test_without_an_area_the_message_says_which_key_to_add(tmp_path: Path) -> None:
    found = failure(simulated(tmp_path / "a.csv", probe_area_cm2=None))
    assert found.code == "no_probe_area"
    assert "probe_area_cm2" in found.message
    assert found.to_dict()["duration_s"] > 10


def test_without_a_kind_the_message_says_which_key_to_add(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time_s,force_n\n0,1\n1,2\n", encoding="utf-8")
    found = failure(path)
    assert found.code == "no_kind"
    assert '"kind"' in found.message


def test_a_kind_that_this_version_cannot_analyse_is_an_error_of_that_file(tmp_path: Path) -> None:
    found = failure(simulated(tmp_path / "a.csv", kind="rom"))
    assert "rom" in found.message


def test_a_kind_without_its_column_is_an_error_of_that_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("time_s,angle_deg\n0,1\n1,2\n", encoding="utf-8")
    path.with_suffix(".json").write_text('{"kind": "ppt", "probe_area_cm2": 1}', encoding="utf-8")
    assert failure(path).code == "no_column"


def test_one_bad_file_does_not_cost_the_others(tmp_path: Path) -> None:
    simulated(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_text("", encoding="utf-8")
    simulated(tmp_path / "c.csv")
    files = analysis_document(analyse_files(find_traces([tmp_path])))["files"]
    assert [Path(entry["path"]).name for entry in files] == ["a.csv", "b.csv", "c.csv"]
    assert [entry["error"] is None for entry in files] == [True, False, True]
    assert files[0]["trials"] == files[2]["trials"]
    assert set(files[1]) <= set(files[0])


def test_a_failed_entry_is_plain_json(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("time_s,force_n\n0,x\n", encoding="utf-8")
    document = analysis_document(analyse_files([tmp_path / "b.csv"]))
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert document["files"][0]["error"]["code"] == "not_a_number"


def test_folders_are_searched_below_and_nothing_is_named_twice(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "deep/er/c.csv", "a.json", "a.truth.json", "notes.txt"):
        (tmp_path / name).write_text("", encoding="utf-8")
    found = find_traces([tmp_path / "b.csv", tmp_path])
    assert [path.name for path in found] == ["b.csv", "a.csv", "c.csv"]


def test_a_path_that_is_not_there_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="absent"):
        find_traces([tmp_path / "absent"])


def test_a_folder_without_traces_is_a_wrong_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no \.csv"):
        find_traces([tmp_path])


OUTSIDERS = """
from tissuesense.analysis.result import Estimator
from tissuesense.core.recording import RecordingKind

def analyse(recording):
    raise {error}

ESTIMATOR = Estimator(
    name="outsider", version="1", kinds=frozenset({{RecordingKind.ROM}}), analyse=analyse
)
"""


@pytest.fixture(params=["RuntimeError('drawer stuck')", "TypeError('a')", "OSError(5, 'gone')"])
def outsider(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Install another package's estimator for `rom`, one that fails."""
    package = tmp_path / "installed"
    (package / "outsider-1.dist-info").mkdir(parents=True)
    (package / "outsider.py").write_text(OUTSIDERS.format(error=request.param), encoding="utf-8")
    (package / "outsider-1.dist-info" / "METADATA").write_text("Name: outsider\nVersion: 1\n")
    (package / "outsider-1.dist-info" / "entry_points.txt").write_text(
        "[tissuesense.estimators]\noutsider = outsider:ESTIMATOR\n"
    )
    monkeypatch.syspath_prepend(package)
    monkeypatch.setattr(ESTIMATORS, "_targets", None)
    monkeypatch.delitem(ESTIMATORS._built_in, "range_of_motion")  # the kind is claimed once
    yield
    sys.modules.pop("outsider", None)


@pytest.mark.usefixtures("outsider")
def test_whatever_happens_inside_an_estimator_does_not_cost_the_other_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="tissuesense")
    files = [
        simulated(tmp_path / "a.csv"),
        simulated(tmp_path / "b.csv", kind="rom"),
        simulated(tmp_path / "c.csv"),
    ]
    codes = [(entry.to_dict()["error"] or {}).get("code") for entry in analyse_files(files)]
    assert codes == [None, "internal", None]
    (record,) = [record for record in caplog.records if record.exc_info]
    assert record.levelno == logging.DEBUG


def test_hidden_folders_hold_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "data").mkdir(parents=True)
    (tmp_path / ".venv" / "data" / "theirs.csv").write_text("a,b\n")
    (tmp_path / "ours.csv").write_text("time_s,force_n\n")
    assert [path.name for path in find_traces([tmp_path])] == ["ours.csv"]
