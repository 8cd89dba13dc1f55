"""Read a trace file of a million rows: 20 minutes at 800 samples a second."""

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from benchmarks.timing import Pair, cpu_s

from tissuesense.core.recording import RecordingContext
from tissuesense.core.trace import Trace
from tissuesense.files.trace_csv import read_trace, write_trace

_ROWS = 1_000_000
_RATE_HZ = 800.0


def measure() -> Pair:
    """Time both."""
    rng = np.random.default_rng(1)
    trace = Trace(t_s=np.arange(_ROWS) / _RATE_HZ, force_n=rng.normal(20.0, 5.0, _ROWS))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.csv"
        write_trace(path, trace, RecordingContext())
        return Pair(
            work=f"read {_ROWS:,} rows of CSV",
            ours_s=cpu_s(lambda: read_trace(path)),
            peer="pandas.read_csv",
            peer_s=cpu_s(lambda: pd.read_csv(path)),
            remark="ours also hashes the file and checks the order of the times",
        )
