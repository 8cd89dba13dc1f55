"""What is written reads back bit for bit, and no bytes raise anything but a file's own error."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from tissuesense.core.errors import TraceFileError
from tissuesense.core.recording import RecordingContext
from tissuesense.core.trace import COLUMN_NAMES, Trace
from tissuesense.files.csv_columns import _all_numbers, _cell_by_cell, read_header
from tissuesense.files.trace_csv import read_trace, write_trace

FINITE = st.floats(allow_nan=False, allow_infinity=False)


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    times = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=40, unique=True)
    t_s = np.array(sorted(draw(times)))
    names = draw(st.sets(st.sampled_from(COLUMN_NAMES), min_size=1))
    values = npst.arrays(np.float64, t_s.size, elements=FINITE)
    columns: dict[str, Any] = {name: draw(values) for name in sorted(names)}
    return Trace(t_s=t_s, **columns)


@given(traces())
def test_write_then_read_gives_every_number_back(trace: Trace) -> None:
    with folder() as place:
        write_trace(place / "t.csv", trace, RecordingContext())
        assert read_trace(place / "t.csv").trace == trace


CELL = st.sampled_from(
    [
        "0",
        "1",
        "2.5",
        "-3e5",
        "1e999",
        "nan",
        "",
        " ",
        "x",
        '"',
        '"1"',
        "1_0",
        "0x1",
        "time_s",
        "\r",
    ]
)
LINES = st.lists(st.lists(CELL, max_size=4).map(",".join), max_size=12).map("\n".join)


@settings(max_examples=300)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: f"time_s,force_n\n{text}".encode()),
        LINES.map(lambda text: f"time_s,force_n\n{text}".encode()),
        LINES.map(lambda text: f"time_s,force_n,marker,note\n{text}".encode()),
    )
)
@example(b"time_s,force_n\n-1e308,1\n1e308,1\n0,1\n")
@example(b"time_s,force_n\n0,\x00\n")
@example(b'time_s,force_n\n0,"' + b"1" * 200_000)
def test_any_bytes_are_a_trace_or_a_file_error(data: bytes) -> None:
    with folder() as place:
        path = place / "t.csv"
        path.write_bytes(data)
        with suppress(TraceFileError):
            assert read_trace(path).trace.size >= 2


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
KEYS = st.sampled_from(
    [
        "kind",
        "probe_area_cm2",
        "probe_area_uncertainty_cm2",
        "target_rate_kpa_s",
        "site",
        "side",
        "stop_mode",
        "latency_s",
        "cutoff_kpa",
        "full_scale_n",
        "calibration",
        "flags",
        "rejected_frames",
        "clock",
    ]
)


@settings(max_examples=300)
@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_any_side_car_is_understood_or_a_file_error(sidecar: dict[str, object]) -> None:
    with folder() as place:
        (place / "t.csv").write_text("time_s,force_n\n0,1\n1,2\n", encoding="utf-8")
        (place / "t.json").write_text(json.dumps(sidecar), encoding="utf-8")
        with suppress(TraceFileError):
            assert read_trace(place / "t.csv").trace.size == 2


@settings(max_examples=300)
@given(LINES)
def test_the_fast_reader_never_differs_from_the_careful_one(text: str) -> None:
    with folder() as place:
        path = place / "t.csv"
        path.write_text(f"time_s,force_n\n{text}", encoding="utf-8")
        header = read_header(path)
        fast = _all_numbers(path, header)
        if fast is not None:
            np.testing.assert_array_equal(fast, _cell_by_cell(path, header, [0, 1]))
