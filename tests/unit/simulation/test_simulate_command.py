"""Claim: `simulate` writes recordings that read back, with a truth no analysis can stumble upon."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from tissuesense.cli.commands.simulate import command
from tissuesense.core.errors import ConfigurationError, FileWriteError, UsageError
from tissuesense.core.recording import RecordingKind
from tissuesense.files.trace_csv import read_trace
from tissuesense.services.simulate import catalogue, simulate_recordings
from tissuesense.simulation.faults import FAULTS
from tissuesense.simulation.kinds import KINDS
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.simulation.subjects import SUBJECTS


def run(*arguments: str) -> str:
    """Run the verb and return its stdout; what it raises comes out."""
    app = typer.Typer()
    app.command()(command)
    result = CliRunner().invoke(app, arguments)
    if result.exception is not None:
        raise result.exception
    return result.stdout


@pytest.mark.parametrize("kind", RecordingKind)
def test_a_written_recording_reads_back_exactly(tmp_path: Path, kind: RecordingKind) -> None:
    spec = SessionSpec(kind=kind, seed=5)
    (written,) = simulate_recordings(tmp_path, spec, recordings=1, presses=2)
    recording = read_trace(written.trace_path)
    expected = simulated_recording(spec, presses=2)
    # A file does not know the clock's kind; its columns must be the same to the last bit.
    assert recording.trace.sha256 == expected.trace.sha256
    assert recording.context.to_dict().items() >= spec.context().to_dict().items()


def test_every_recording_has_its_own_seed_and_truth(tmp_path: Path) -> None:
    written = list(simulate_recordings(tmp_path, SessionSpec(seed=7), recordings=3, presses=1))
    truths = [json.loads(w.truth_path.read_text(encoding="utf-8")) for w in written]
    assert [truth["seed"] for truth in truths] == [7, 8, 9]
    assert [truth["trace"] for truth in truths] == [w.trace_path.name for w in written]
    assert len({truth["presses"][0]["latent_threshold_kpa"] for truth in truths}) == 3


def test_the_truth_stands_in_no_side_car(tmp_path: Path) -> None:
    list(simulate_recordings(tmp_path, SessionSpec(), recordings=1, presses=1))
    traces = list(tmp_path.glob("*.csv"))
    assert len(traces) == 1
    sidecar = traces[0].with_suffix(".json").read_text(encoding="utf-8")
    assert "threshold_kpa" not in sidecar
    assert sorted(p.suffixes[-2:] for p in tmp_path.iterdir()) == [
        [".csv"],
        [".json"],
        [".truth", ".json"],
    ]


def test_the_side_car_says_that_readings_came_twice(tmp_path: Path) -> None:
    spec = SessionSpec(fault="doubled")
    (written,) = simulate_recordings(tmp_path, spec, recordings=1, presses=1)
    assert "duplicates" in read_trace(written.trace_path).quality.flags


def test_a_fault_that_no_file_can_show_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no file shows it") as refusal:
        list(simulate_recordings(tmp_path, SessionSpec(fault="silence"), recordings=1, presses=1))
    assert "sim:?fault=silence" in refusal.value.hint


def test_a_folder_that_cannot_be_made_is_an_error_of_that_folder(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(FileWriteError) as refusal:
        list(simulate_recordings(blocked / "below", SessionSpec(), recordings=1, presses=1))
    assert refusal.value.path == blocked / "below"


def test_list_names_every_subject_and_fault() -> None:
    listed = json.loads(run("--list", "--json"))
    assert listed == catalogue()
    assert [row["name"] for row in listed["subjects"]] == list(SUBJECTS)
    assert [row["name"] for row in listed["faults"]] == list(FAULTS)
    shown = run("--list")
    assert all(name in shown for name in (*SUBJECTS, *FAULTS))


def test_json_is_one_document_that_names_the_files(tmp_path: Path) -> None:
    options = ("--kind", "indentation", "--count", "2", "--presses", "1", "--rate-hz", "100")
    document = json.loads(run("--out", str(tmp_path), *options, "--json"))
    assert len(document["recordings"]) == 2
    for recording in document["recordings"]:
        assert Path(recording["path"]).exists()
        assert Path(recording["truth_path"]).exists()
        assert recording["presses"][0]["secant_stiffness_n_mm"] > 0.0


def test_options_reach_the_recording(tmp_path: Path) -> None:
    run("--out", str(tmp_path), "--no-marker", "--probe-area-cm2", "0.5", "--side", "right")
    recording = read_trace(next(tmp_path.glob("*.csv")))
    assert recording.context.stop_mode == "verbal_peak"
    assert recording.context.tip is not None
    assert recording.context.tip.area_cm2 == 0.5
    assert recording.context.side == "right"


def test_without_a_folder_the_call_is_wrong() -> None:
    with pytest.raises(UsageError) as refusal:
        run("--seed", "3")
    assert "--out" in refusal.value.hint


@pytest.mark.parametrize("kind", RecordingKind)
def test_the_truth_of_every_kind_is_written_under_its_own_name(
    tmp_path: Path, kind: RecordingKind
) -> None:
    run("--out", str(tmp_path), "--kind", kind)
    (path,) = tmp_path.glob("*.truth.json")
    truths = json.loads(path.read_text(encoding="utf-8"))[KINDS[kind].items]
    assert len(truths) == KINDS[kind].usual_count


def test_two_techniques_do_not_write_over_each_other(tmp_path: Path) -> None:
    for technique in ("neuromuscular", "myofascial"):
        options = ("--kind", "dose", "--technique", technique, "--presses", "1")
        run("--out", str(tmp_path), *options)
    assert len(list(tmp_path.glob("*.csv"))) == 2
