"""No measurement is lost, and none is kept that nobody asked for."""

import asyncio
import json
import tempfile
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.services.full_disk import largest_file

from tissuesense.analysis.analyse import analyze
from tissuesense.cli.commands.measure import _for_client, _for_nobody, _nothing_lost, _tell
from tissuesense.core.clock import ManualClock, SystemClock
from tissuesense.core.errors import RecordNotFound
from tissuesense.devices.health import GaugeHealth
from tissuesense.files.trace_csv import read_trace
from tissuesense.services.measure import Ending, Measured, measure
from tissuesense.services.measure_plan import MeasurePlan, plan_measurement
from tissuesense.services.records import add_client, load_client_record
from tissuesense.store.opening import open_store
from tissuesense.transport.capture_writer import CapturePlace
from tissuesense.transport.device import open_device

PLAN = plan_measurement({"kind": "ppt", "site": "trapezius_upper", "side": "left"}, trials=1)
Pressing = Callable[[MeasurePlan, Path | CapturePlace], Coroutine[Any, Any, Measured]]


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which temporary ones are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def practice(tmp_path: Path) -> tuple[str, str]:
    """Return the folder of a store and the client in it."""
    folder = tmp_path / "store"
    with open_store(folder, clock=SystemClock(), create=True, plain=True) as store:
        client = add_client(store, clock=SystemClock(), rng=np.random.default_rng(1)).id
    return str(folder), client


def pressing(change: Callable[[Measured], Measured] = lambda measured: measured) -> Pressing:
    async def run(plan: MeasurePlan, capture: Path | CapturePlace) -> Measured:
        async with open_device("sim:?speed=0&seed=1", capture=capture) as device:
            return change(await measure(device, plan, show=lambda _: None, stop=asyncio.Event()))

    return run


def idle(measured: Measured) -> Measured:
    still = replace(measured.recording, trace=measured.recording.trace.between(0.0, 0.5))
    return replace(measured, recording=still, analysis=analyze(still), ending=Ending.ASKED)


def the_trace(folder: Path) -> Path:
    (trace,) = folder.rglob("*.csv")
    return trace


def test_a_complete_measurement_that_nobody_asked_to_keep_leaves_nothing(kept_in: Path) -> None:
    assert _for_nobody(pressing(), PLAN, None).complete
    assert list(kept_in.iterdir()) == []


def test_only_what_this_measurement_left_is_said_to_be_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "earlier.csv").write_text("another day")
    path = tmp_path / "m.csv"
    with pytest.raises(KeyboardInterrupt), _nothing_lost(path):
        raise KeyboardInterrupt
    assert "kept" not in capsys.readouterr().err
    path.with_suffix(".capture").touch()
    with pytest.raises(KeyboardInterrupt), _nothing_lost(path):
        raise KeyboardInterrupt
    assert "kept" in capsys.readouterr().err


def test_a_low_battery_is_said_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tired = GaugeHealth(battery_v=3.1, low_battery=True)
    measured = _for_nobody(pressing(lambda m: replace(m, health=tired)), PLAN, tmp_path / "out")
    _tell(measured, {}, as_json=True)
    told = capsys.readouterr()
    assert "low battery" in told.err
    side_car = the_trace(tmp_path / "out").with_suffix(".json")
    for document in (side_car.read_text(), told.out):
        assert json.loads(document)["notices"] == ["low_battery"]
        assert json.loads(document)["battery_v"] == 3.1


def test_a_disk_that_takes_no_more_ends_the_measurement_as_a_lost_gauge_does(
    kept_in: Path,
) -> None:
    def room_again(measured: Measured) -> Measured:
        full.__exit__(None, None, None)
        return measured

    full = largest_file(8_000)
    full.__enter__()
    measured = _for_nobody(pressing(room_again), PLAN, None)
    assert measured.ending is Ending.DEVICE
    assert "cannot be written" in measured.why
    assert read_trace(the_trace(kept_in)).trace == measured.recording.trace


def test_what_is_measured_of_a_client_is_in_the_record_and_nowhere_else(
    practice: tuple[str, str], kept_in: Path
) -> None:
    folder, client = practice
    measured, saved = _for_client(pressing(), PLAN, None, client, folder, None)
    with open_store(Path(folder), clock=ManualClock()) as store:
        (taken,) = load_client_record(store, store.clients.all()[0].id).measurements()
    assert saved["measurement"] == taken.measurement.id
    assert taken.measurement.trace == measured.recording.trace
    assert list(kept_in.iterdir()) == []
    assert list((Path(folder) / "running").glob("*.capture")) == []


def test_without_a_press_nothing_is_added_to_the_visit(
    practice: tuple[str, str], kept_in: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, client = practice
    _, saved = _for_client(pressing(idle), PLAN, None, client, folder, None)
    assert saved == {}
    assert "nothing was added to the visit" in capsys.readouterr().err
    assert the_trace(kept_in).exists()


def test_whom_the_record_does_not_know_is_not_pressed(practice: tuple[str, str]) -> None:
    async def never(_plan: MeasurePlan, _capture: Path | CapturePlace) -> Measured:
        pytest.fail("the gauge was opened")

    with pytest.raises(RecordNotFound):
        _for_client(never, PLAN, None, "TS-00000", practice[0], None)
