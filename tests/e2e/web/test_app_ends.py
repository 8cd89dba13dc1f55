"""Claim: the app ends when it is told to, and what it was recording survives when it is killed."""

import os
import re
import signal
import struct
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.e2e.web.conftest import running
from tests.e2e.web.visitor import Visitor
from websockets.exceptions import ConnectionClosed

from tissuesense.analysis.analyse import analyze
from tissuesense.core.clock import SystemClock
from tissuesense.core.quality import QualityFlag
from tissuesense.record.visit import VisitId
from tissuesense.services.judged import judged_presses
from tissuesense.services.records import load_visit_record
from tissuesense.store.folder import StoreFolder
from tissuesense.store.opening import open_store

pytestmark = pytest.mark.timeout(180)
PASSPHRASE = "far too secret to tell"  # noqa: S105 - of a record in a temporary folder
_SOON_S = 5.0
_PRESSED_N = 8.0


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Make an empty record with a passphrase."""
    place = tmp_path / "store"
    open_store(place, clock=SystemClock(), create=True, passphrase=PASSPHRASE).close()
    return place


def await_press(visitor: Visitor) -> None:
    """Watch until the gauge is pressed."""
    with visitor.live() as live:
        force_n = 0.0
        while force_n < _PRESSED_N:
            said = live.recv(timeout=20)
            if isinstance(said, bytes):
                (force_n,) = struct.unpack("<f", said[-4:])


def begin_round(visitor: Visitor) -> tuple[str, str]:
    """Take a client in and begin to measure on a gauge that presses by itself."""
    client = visitor.form("/clients/new").headers["location"]
    visit = visitor.form(f"{client}/visits").headers["location"]
    asked: dict[str, str | list[str]] = {
        "site": "trapezius_upper.left",
        "gauge": "sim:?seed=1",
        "kind": "ppt",
        "block": "pre",
        "trials": "3",
        "preset": "somedic30",
        "probe_area_cm2": "1",
    }
    begun = visitor.form(f"{visit}/measure", asked)
    assert begun.headers.get("location") == "/measure", begun.text
    return client, visit


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGTERM there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_well_while_screens_watch_and_a_round_goes_on(
    record: Path, number: signal.Signals
) -> None:
    with (
        running("--data", str(record), TISSUESENSE_PASSPHRASE=PASSPHRASE) as app,
        Visitor(app) as visitor,
    ):
        begin_round(visitor.come_in())
        with ExitStack() as watching:
            live = [watching.enter_context(visitor.live()) for _ in range(5)]
            for one in live:
                one.recv(timeout=10)
            began = time.monotonic()
            app.process.send_signal(number)
            for one in live:
                with pytest.raises(ConnectionClosed):  # noqa: PT012 - what was on its way comes first
                    while True:
                        one.recv(timeout=10)
        assert app.process.wait(timeout=30) == 0
        assert time.monotonic() - began < _SOON_S


def test_a_press_that_was_going_on_when_it_was_killed_is_there_and_said(record: Path) -> None:
    own = {"TISSUESENSE_PASSPHRASE": PASSPHRASE}
    with running("--data", str(record), **own) as app, Visitor(app) as visitor:
        client, visit = begin_round(visitor.come_in())
        await_press(visitor)
        locked = visitor.form("/lock")
        assert locked.status_code == 409, "the record stays open while a round goes on"
        os.kill(app.process.pid, signal.SIGKILL)
        app.process.wait(timeout=10)
    with running("--data", str(record), **own) as app, Visitor(app) as visitor:
        today = visitor.come_in().client.get("/")
        assert today.status_code == 200
        assert "interrupted" in today.text
        assert list(StoreFolder(record).running.glob("*")) == []
        shown = visitor.client.get(f"{visit}/summary")
        assert shown.status_code == 200
        assert visitor.client.get(client).status_code == 200
        kept = re.search(r"was interrupted; it is now kept as (M-[0-9A-Z]+)", today.text)
        assert kept is not None
        measured = visitor.client.get(f"{visit}/measurements/{kept[1]}")
        assert measured.status_code == 200
        assert "peak_kpa" in measured.text, "the press is there"
    with open_store(record, clock=SystemClock(), passphrase=PASSPHRASE) as store:
        (found,) = load_visit_record(store, VisitId(visit.rpartition("/")[2])).measurements
    recording = found.measurement.recording()
    assert QualityFlag.DROP in recording.quality.flags, "marked as cut off"
    (press,) = judged_presses(analyze(recording))
    assert not press.accepted
    assert recording.trace.force_n is not None
    assert recording.trace.force_n.max() > _PRESSED_N
