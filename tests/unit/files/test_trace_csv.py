"""A trace file is read whole or refused with the place and the reason; written, it reads back."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import FileWriteError, TraceFileError, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.files.csv_columns import read_columns, read_header
from tissuesense.files.trace_csv import _file_sha256, read_trace, write_trace

GOOD = "time_s,force_n\n0.0,1.0\n0.1,2.0\n0.2,3.0\n"


def written(folder: Path, text: str | bytes, sidecar: object = None) -> Path:
    path = folder / "press.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    if sidecar is not None:
        side = sidecar if isinstance(sidecar, str) else json.dumps(sidecar)
        path.with_suffix(".json").write_text(side, encoding="utf-8")
    return path


def refusal(path: Path) -> TraceFileError:
    with pytest.raises(TraceFileError) as refused:
        read_trace(path)
    return refused.value


def test_columns_context_and_hash_are_read(tmp_path: Path) -> None:
    sidecar = {"kind": "ppt", "probe_area_cm2": 0.5, "site": "thenar", "side": "left", "lot": 7}
    path = written(tmp_path, "time_s,force_n,marker\n0,1.5,0\n0.1,2.5,1\n", sidecar)
    recording = read_trace(path)
    assert recording.trace.t_s.tolist() == [0.0, 0.1]
    assert recording.trace.marker is not None
    assert recording.trace.marker.tolist() == [0.0, 1.0]
    assert recording.context.kind is RecordingKind.PPT
    assert recording.context.tip == ContactTip(area_cm2=0.5)
    assert recording.context.extra == {"lot": 7}
    assert recording.content_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert recording.quality.flags == ()


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        (b"", "empty", None),
        (b"\n\n", "empty", None),
        (b"time_s,force_n\n", "no_rows", None),
        (b"time_s,force_n\n,\n,\n", "no_rows", None),
        (b"time_s,force_n\n0.0,1.0\n", "short", None),
        (b"time_s,force_n\n0,1\n0.1,strong\n0.2,3\n", "not_a_number", 3),
        (b"time_s,force_n\n0,1\n0.1,1_0\n", "not_a_number", 3),
        ("time_s,force_n\n0,1\n0.1,٣\n".encode(), "not_a_number", 3),
        (b"seconds,force_n\n0,1\n", "no_time_column", 1),
        (b"time_s,force_lbf\n0,1\n", "no_columns", 1),
        (b"time_s,force_n,force_n\n0,1,2\n", "duplicate_column", 1),
        (b"0.0,1.0\n0.1,2.0\n", "no_header", 1),
        (b"time_s;force_n\n0,0;1,5\n0,1;2,5\n", "delimiter", 1),
        (b"time_s\tforce_n\n0\t1\n", "delimiter", 1),
        (b"time_s,force_n\n0,0,1,5\n0,1,2,5\n", "cells", 2),
        (GOOD.encode("utf-16"), "not_text", 1),
        (b"time_s,force_n\n0,1\n0.1,\xff\n", "not_text", 1),
        (b"time_s,force_n\n0.3,1\n0.2,1\n0.1,1\n0.05,1\n", "time_backwards", None),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_where(
    tmp_path: Path, text: bytes, problem: str, line: int | None
) -> None:
    error = refusal(written(tmp_path, text))
    assert error.problem == problem
    assert error.line == line
    assert "press.csv" in str(error)


def test_the_message_names_line_column_and_cell(tmp_path: Path) -> None:
    error = refusal(written(tmp_path, "time_s,force_n\n0,1\n0.1,strong\n"))
    assert "Line 3" in str(error)
    assert "force_n" in str(error)
    assert "'strong'" in str(error)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.csv").problem == "not_found"
    assert refusal(tmp_path).problem == "not_readable"


@pytest.mark.parametrize("blank", ["", " ", "NaN", "nan", "NA", "null", "inf"])
def test_a_row_with_a_blank_is_left_out_and_flagged(tmp_path: Path, blank: str) -> None:
    recording = read_trace(written(tmp_path, f"{GOOD}0.3,{blank}\n0.4,5.0\n"))
    assert recording.trace.t_s.tolist() == [0.0, 0.1, 0.2, 0.4]
    assert QualityFlag.MISSING_VALUES in recording.quality.flags


def test_a_last_line_that_was_cut_off_is_left_out_and_flagged(tmp_path: Path) -> None:
    recording = read_trace(written(tmp_path, GOOD + "0.3"))
    assert recording.trace.size == 3
    assert QualityFlag.MISSING_VALUES in recording.quality.flags


def test_doubled_rows_are_dropped_and_flagged(tmp_path: Path) -> None:
    recording = read_trace(written(tmp_path, GOOD + "0.2,3.0\n0.3,4.0\n"))
    assert recording.trace.size == 4
    assert recording.quality.duplicates == 1
    assert QualityFlag.DUPLICATES in recording.quality.flags


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("\n", "\r\n"),
        "\ufeff" + GOOD,
        GOOD.replace("time_s,force_n", " Time_s , FORCE_N "),
        GOOD.replace("\n", "\n\n"),
        '"time_s","force_n"\n"0.0","1.0"\n0.1,2.0\n0.2,3.0\n',
        "note,time_s,force_n\nbegin,0.0,1.0\n,0.1,2.0\nend,0.2,3.0\n",
        "time_s,force_n,angle_deg\n0.0,1.0,\n0.1,2.0,\n0.2,3.0,\n",
    ],
    ids=["crlf", "bom", "loose header", "blank lines", "quoted", "text column", "empty column"],
)
def test_harmless_differences_read_the_same(tmp_path: Path, text: str) -> None:
    recording = read_trace(written(tmp_path, text))
    assert recording.trace == read_trace(written(tmp_path, GOOD)).trace
    assert recording.quality.flags == ()


@pytest.mark.parametrize(
    ("sidecar", "problem", "named"),
    [
        ("{", "sidecar_not_json", "press.json"),
        ("[" * 100_000, "sidecar_not_json", "press.json"),
        ("[1]", "sidecar_value", "list"),
        ({"kind": "ptt"}, "sidecar_value", "kind"),
        ({"probe_area_cm2": "1.0"}, "sidecar_value", "probe_area_cm2"),
        ({"probe_area_cm2": 0}, "sidecar_value", "probe_area_cm2"),
        ({"cutoff_kpa": 10**400}, "sidecar_value", "press.json"),
        ({"side": "port"}, "sidecar_value", "side"),
        ({"latency_s": 0.3}, "sidecar_value", "latency_s"),
        ({"calibration": [1]}, "sidecar_value", "calibration"),
        ({"flags": "gap"}, "sidecar_value", "flags"),
        ({"rejected_frames": -1}, "sidecar_value", "rejected_frames"),
    ],
)
def test_a_wrong_side_car_names_the_key(
    tmp_path: Path, sidecar: object, problem: str, named: str
) -> None:
    error = refusal(written(tmp_path, GOOD, sidecar))
    assert error.problem == problem
    assert named in str(error)


def test_what_the_recorder_noticed_comes_back_with_the_trace(tmp_path: Path) -> None:
    sidecar = {"flags": ["gap", "later_word"], "rejected_frames": 3, "clock": "device"}
    recording = read_trace(written(tmp_path, GOOD, sidecar))
    assert recording.quality.flags == (QualityFlag.GAP,)
    assert recording.quality.rejected_frames == 3
    assert recording.trace.clock is ClockSource.DEVICE


def test_written_and_read_again_it_is_the_same(tmp_path: Path) -> None:
    trace = Trace(
        t_s=np.array([0.1, 0.2, 0.30000000000000004]),
        force_n=np.array([1 / 3, -0.0, 5e-324]),
        displacement_mm=np.array([1e300, 2.0, 3.0]),
        marker=np.array([0.0, 1.0, 0.0]),
    )
    context = RecordingContext(
        kind=RecordingKind.PPT, tip=ContactTip(area_cm2=1.0), site="thenar", side=Side.LEFT
    )
    write_trace(tmp_path / "a.csv", trace, context, {"flags": ["gap"], "operator": "TS"})
    recording = read_trace(tmp_path / "a.csv")
    assert recording.trace == trace
    assert recording.context.site == "thenar"
    assert recording.quality.flags == (QualityFlag.GAP,)
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").splitlines()[2].endswith(",1")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.csv", "a.json"]


def test_a_name_that_is_no_csv_is_refused(tmp_path: Path) -> None:
    trace = Trace(t_s=np.array([0.0]), force_n=np.array([1.0]))
    with pytest.raises(UsageError, match=r"\.csv"):
        write_trace(tmp_path / "a.json", trace, RecordingContext())
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_a_plain_error(tmp_path: Path) -> None:
    trace = Trace(t_s=np.array([0.0]), force_n=np.array([1.0]))
    with pytest.raises(FileWriteError) as refused:
        write_trace(tmp_path / "absent" / "a.csv", trace, RecordingContext())
    assert refused.value.path.parent == tmp_path / "absent"


@pytest.mark.skipif(os.name != "posix", reason="needs a device that is always full")
def test_a_write_that_fails_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    (tmp_path / ".press.csv.part").symlink_to("/dev/full")
    trace = Trace(t_s=np.arange(1000.0), force_n=np.arange(1000.0))
    with pytest.raises(FileWriteError):
        write_trace(path, trace, RecordingContext())
    assert path.read_text(encoding="utf-8") == GOOD


def test_a_file_that_goes_while_it_is_read_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    header = read_header(path)
    path.unlink()
    for read_on in (lambda: read_columns(path, header, header.names), lambda: _file_sha256(path)):
        with pytest.raises(TraceFileError) as refused:
            read_on()
        assert refused.value.problem in {"not_found", "not_readable"}
