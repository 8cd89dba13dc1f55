"""Start the program: `tissuesense --help` in a process of its own."""

import subprocess
import sys

from benchmarks.timing import Pair, wall_s


def measure() -> Pair:
    """Time both."""
    return Pair(
        work="start: tissuesense --help",
        ours_s=wall_s(lambda: _run("-m", "tissuesense", "--help")),
        peer="python -c pass",
        peer_s=wall_s(lambda: _run("-c", "pass")),
        remark="the peer is what no program written in Python can go below",
        goal_s=0.5,
    )


def _run(*arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
