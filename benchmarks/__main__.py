"""Run every benchmark and print one table: ours, a named peer, and who is faster by how much.

Example: ``python -m benchmarks``, or ``python -m benchmarks csv_read start`` for some of them.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module

from benchmarks.timing import NotHereError, Pair
from rich.console import Console
from rich.table import Table

_WIDTH = 150
MODULES = (
    "pain_trials",
    "icc",
    "icc_bootstrap",
    "quest_plus",
    "local_level",
    "ramp_hold_fit",
    "motion_fit",
    "motion_response",
    "pyrheo_relaxation",
    "progressor_decode",
    "tap",
    "csv_read",
    "start",
    "course_report",
    "export_memory",
    "store_scale",
    "live_view",
    "ble_latency",
    "ble_cpu",
)


# One core for both: numpy's threads, which wait busily, would count as the peer's processor time.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def main(names: Sequence[str]) -> None:
    """Run the benchmarks called `names`, all of them where none is named.

    Leaves with 1 where a goal was missed, with 2 for a name that there is not.
    """
    unknown = [name for name in names if name not in MODULES]
    if unknown:
        Console(stderr=True).print(f"There is no benchmark {unknown[0]}; known: {MODULES}.")
        sys.exit(2)
    pairs = tuple(_measured(names or MODULES))
    # A log is not a terminal: give the table the width that it reads well in.
    console = Console()
    Console(width=max(console.width, _WIDTH)).print(table_of(pairs))
    sys.exit(any(pair.missed for pair in pairs))


def table_of(pairs: Sequence[Pair]) -> Table:
    """Return the table."""
    table = Table("Work", "Ours", "Goal", "Peer", "Peer's", "Compared", "Not in common")
    table.caption = "Processor time, least of several rounds; on the wall: commands and delays."
    for pair in pairs:
        ours, peers = (_told(value, pair.unit) for value in (pair.ours_s, pair.peer_s))
        table.add_row(pair.work, ours, pair.goal, pair.peer, peers, compared(pair), pair.remark)
    return table


def compared(pair: Pair) -> str:
    """Say which of the two is faster or takes less, and how many times."""
    more, less = ("slower", "faster") if pair.unit == "s" else ("more", "less")
    ratio = pair.ours_s / pair.peer_s
    return f"{ratio:.1f} x {more}" if ratio > 1 else f"{1 / ratio:.1f} x {less}"


def _told(value: float, unit: str) -> str:
    return f"{value:.3f} s" if unit == "s" else f"{value:.0f} {unit}"


def _measured(names: Sequence[str]) -> Iterator[Pair]:
    for name in names:
        Console(stderr=True).print(f"{name} ...")
        try:
            yield import_module(f"benchmarks.{name}").measure()
        except NotHereError as err:
            Console(stderr=True).print(f"{name} is left out: {err}.")


if __name__ == "__main__":
    main(sys.argv[1:])
