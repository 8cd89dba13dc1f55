"""Killed at any moment, the program loses the last 100 ms of a press and no finished one."""

import os
import re
import select
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from tissuesense.analysis.analyse import analyze
from tissuesense.core.clock import SystemClock
from tissuesense.record.client import ClientId
from tissuesense.record.history import MeasurementRecord
from tissuesense.services.judged import judged_presses
from tissuesense.services.records import add_client, load_client_record
from tissuesense.services.running_capture import Recovered, recover
from tissuesense.store.folder import StoreFolder
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.verification import verify
from tissuesense.transport.capture_file import read_capture

PASSPHRASE = "five unrelated words in a row"  # noqa: S105 - of a store that lives for a test
CLOCK = SystemClock()
KILLS = 12
# Samples wait in the gauge until a packet is full, and this machine may be busy with other tests.
ON_THE_WAY_S = 0.4

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a signal that cannot be caught")


class Run:
    """The real program, measuring two presses of a client."""

    def __init__(self, data: Path, client: ClientId, speed: float) -> None:
        words = f"--device sim:?subject=relaxed&seed=1&speed={speed} --kind ppt --trials 2"
        place = "--site trapezius_upper --side left"
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tissuesense", "measure", *words.split(), *place.split()),
                *("--client", client, "--data", data),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | {"TISSUESENSE_PASSPHRASE": PASSPHRASE},
        )
        self._said = b""

    def listen(self, until: bytes, patience_s: float) -> None:
        """Read what it says until it says something, ends, or patience does."""
        assert self._process.stderr is not None
        end_s = time.monotonic() + patience_s
        while until not in self._said and (left_s := end_s - time.monotonic()) > 0:
            ready, _, _ = select.select([self._process.stderr], [], [], left_s)
            if ready:
                text = os.read(self._process.stderr.fileno(), 65536)
                if not text:
                    return
                self._said += text

    def kill(self) -> int:
        """Kill it; return how many presses it had told of."""
        self._process.kill()
        rest = self._process.communicate(timeout=60)[1]
        assert b"wrong inside" not in self._said + rest, self._said + rest
        return len(re.findall(rb"^Press \d+:", self._said, re.MULTILINE))


def opened(data: Path) -> Store:
    return open_store(data, clock=CLOCK, create=True, passphrase=PASSPHRASE)


def with_a_client(data: Path, rng: np.random.Generator) -> ClientId:
    with opened(data) as store:
        return add_client(store, clock=CLOCK, rng=rng).id


def recovered(
    data: Path, client: ClientId, rng: np.random.Generator
) -> tuple[tuple[Recovered, ...], tuple[MeasurementRecord, ...]]:
    """Open the store again and take in what is left; return that, and what the client has."""
    with opened(data) as store:
        taken = recover(store, clock=CLOCK, rng=rng)
        visits = load_client_record(store, client).visits
    return taken, tuple(record for visit in visits for record in visit.measurements)


@pytest.mark.slow
def test_no_finished_press_is_lost_whenever_it_is_killed(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    data = tmp_path / "store"
    outcomes = set()
    for kill in range(KILLS):
        client = with_a_client(data, rng)
        run = Run(data, client, speed=20)
        # A third each: somewhere from its start on, in the second press, and while it saves.
        if kill % 3 == 0:
            run.listen(b"Saved", patience_s=float(rng.uniform(0.3, 3.0)))
        else:
            run.listen(b"Press 1:" if kill % 3 == 1 else b"Press 2:", patience_s=60)
            time.sleep(float(rng.uniform(0.0, 0.2)))
        told = run.kill()
        taken, kept = recovered(data, client, rng)
        assert len(kept) == 1 or (told == 0 and not kept)
        assert list(StoreFolder(data).running.glob("*")) == []
        for record in kept:
            presses = judged_presses(analyze(record.measurement.recording()))
            assert len(presses) >= told, (kill, told, presses)
        outcomes.add((bool(taken), bool(kept)))
    with opened(data) as store:
        found = verify(store)
    assert found.broken is None
    assert (True, True) in outcomes, "no kill met a recording: the claim was not tried"


@pytest.mark.slow
def test_at_the_pace_of_a_hand_the_last_moment_is_all_that_is_lost(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    data = tmp_path / "store"
    for _ in range(3):
        client = with_a_client(data, rng)
        run = Run(data, client, speed=1)
        await_recording(data)
        run.listen(b"never", patience_s=float(rng.uniform(1.0, 3.0)))
        killed_at = datetime.now(UTC)
        run.kill()
        _, (record,) = recovered(data, client, rng)
        with opened(data) as store:
            raw = store.raw.capture(record.measurement.id)
        assert raw is not None
        capture = read_capture(raw)
        header = capture.header
        assert header.started_at is not None
        last_s = capture.chunks[-1].t_host_s - header.started_host_s
        lost = killed_at - (header.started_at + timedelta(seconds=last_s))
        assert lost.total_seconds() < 0.1 + ON_THE_WAY_S
        assert record.measurement.trace.duration_s > 0.5


def await_recording(data: Path) -> None:
    for _ in range(600):
        if any(file.stat().st_size > 2000 for file in StoreFolder(data).running.glob("*.capture")):
            return
        time.sleep(0.1)
    pytest.fail("no recording began")


def test_next_measurement_takes_in_what_the_killed_one_left(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    data = tmp_path / "store"
    client = with_a_client(data, rng)
    run = Run(data, client, speed=20)
    run.listen(b"Press 1:", patience_s=60)
    run.kill()
    (left,) = StoreFolder(data).running.glob("*.capture")
    said = subprocess.run(
        [
            *(sys.executable, "-m", "tissuesense", "measure", "--device", "sim:?seed=2&speed=0"),
            *("--site", "trapezius_upper", "--side", "right", "--trials", "1"),
            *("--client", client, "--data", data),
        ],
        env=os.environ | {"TISSUESENSE_PASSPHRASE": PASSPHRASE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert f"was interrupted; it is now kept as {left.stem}" in said.stderr
    assert not left.exists()
    taken, kept = recovered(data, client, rng)
    assert taken == ()
    assert len(kept) == 2
