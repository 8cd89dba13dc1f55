"""The report of a course of 26 visits as a PDF, with the command: start, key, record, pages."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.filled_practice import FIRST_DAY, LONG_COURSE, fill_course
from benchmarks.timing import Pair, wall_s

from tissuesense.core.clock import SystemClock
from tissuesense.report.pdf import render_pdf
from tissuesense.services.reporting import build_course_report
from tissuesense.store.opening import open_store

_PASSPHRASE = "of a store that lives for a minute"  # noqa: S105 - it guards nobody
_ON = FIRST_DAY.date().replace(year=FIRST_DAY.year + 1)


def measure() -> Pair:
    """Time both."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "store"
        with open_store(place, clock=SystemClock(), create=True, passphrase=_PASSPHRASE) as store:
            client = fill_course(store)
            document = build_course_report(store, client, on=_ON)
        command = [
            *(sys.executable, "-m", "tissuesense", "report", "--kind", "course"),
            *("--client", client, "--on", _ON.isoformat()),
            *("--data", str(place), "--out", str(Path(folder) / "course.pdf")),
        ]
        known = {**os.environ, "TISSUESENSE_PASSPHRASE": _PASSPHRASE}
        return Pair(
            work=f"report of a course, {LONG_COURSE} visits, as PDF",
            ours_s=wall_s(
                lambda: subprocess.run(command, env=known, check=True, capture_output=True),
                rounds=3,
            ),
            peer="typst: the same pages",
            peer_s=wall_s(lambda: render_pdf(document), rounds=1),  # a second time it remembers
            remark="ours also starts, derives the key, reads 208 recordings and draws the figures",
            goal_s=3.0,
        )
