"""What an export takes of memory at its peak: it must not grow with the practice.

``python -m benchmarks.export_memory STORE FORMAT OUT`` is one export, in a process of its own.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from benchmarks.filled_practice import fill
from benchmarks.timing import NotHereError, Pair

from tissuesense.core.clock import SystemClock
from tissuesense.services.exporting import Order, export
from tissuesense.store.opening import open_store

_FEW, _MANY = 200, 1000
_FORMATS = ("fhir", "frictionless", "parquet", "json")
_GROWTH = 1.2
_STATUS = Path("/proc/self/status")


def measure() -> Pair:
    """Measure both, for the format whose memory grows the most."""
    if not _STATUS.exists():
        raise NotHereError("the system does not say what a process took at its peak")
    with tempfile.TemporaryDirectory() as folder:
        stores = {
            clients: _filled(Path(folder) / str(clients), clients) for clients in (_FEW, _MANY)
        }
        peaks = {form: [_peak_mb(stores[n], form) for n in (_FEW, _MANY)] for form in _FORMATS}
    form, (few_mb, many_mb) = max(peaks.items(), key=lambda peak: peak[1][1] / peak[1][0])
    return Pair(
        work=f"memory of an export of {_MANY:,} clients at its peak",
        ours_s=many_mb,
        peer=f"the same of {_FEW} clients",
        peer_s=few_mb,
        remark=f"{form}, which grows the most of {', '.join(_FORMATS)}",
        goal_s=_GROWTH * few_mb,
        unit="MB",
    )


def _filled(place: Path, clients: int) -> Path:
    with open_store(place, clock=SystemClock(), create=True, plain=True) as store:
        fill(store, clients=clients)
    return place


def _peak_mb(store: Path, form: str) -> float:
    command = [sys.executable, "-m", "benchmarks.export_memory", str(store), form]
    out = store / f"export-{form}"
    done = subprocess.run([*command, str(out)], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _exported(place: Path, form: str, out: Path) -> float:
    """Export everybody and return the peak of this process's memory, in MB."""
    clock = SystemClock()
    with open_store(place, clock=clock) as store:
        export(store, Order(form=form, out=out), clock=clock, rng=np.random.default_rng())
    # Not `getrusage`, whose peak a process has from the one that started it.
    (peak,) = (line for line in _STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    print(_exported(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])))
