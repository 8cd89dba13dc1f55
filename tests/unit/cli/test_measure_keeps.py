"""No measurement is lost because the record refused it."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.services.full_disk import largest_file

from tissuesense.analysis.analyse import analyze
from tissuesense.cli.commands.measure import _keep, _nothing_lost, _tell
from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordNotFound
from tissuesense.devices.health import GaugeHealth
from tissuesense.files.trace_csv import read_trace
from tissuesense.record.client import ClientId
from tissuesense.services.measure import Ending, Measured, measure
from tissuesense.services.measure_plan import plan_measurement
from tissuesense.store.opening import open_store
from tissuesense.transport.device import open_device


def one_press(capture: Path) -> Measured:
    plan = plan_measurement({"kind": "ppt", "site": "thenar", "side": "left"}, trials=1)

    async def run() -> Measured:
        async with open_device("sim:?speed=0&seed=1", capture=capture) as device:
            return await measure(device, plan, show=lambda _: None, stop=asyncio.Event())

    return asyncio.run(run())


def test_what_the_store_refuses_is_kept_in_files(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    measured = one_press(path.with_suffix(".capture"))
    assert measured.complete
    folder = tmp_path / "store"
    with (
        open_store(folder, clock=ManualClock(), create=True, plain=True) as store,
        pytest.raises(RecordNotFound),
    ):
        _keep(measured, path, asked=False, store=store, client=ClientId("TS-00000"))
    assert read_trace(path).trace == measured.recording.trace
    assert path.with_suffix(".capture").exists()


def test_a_complete_measurement_that_nobody_asked_to_keep_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    measured = one_press(path.with_suffix(".capture"))
    assert _keep(measured, path, asked=False, store=None, client=None) == {}
    assert list(tmp_path.iterdir()) == []


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
    path = tmp_path / "m.csv"
    measured = one_press(path.with_suffix(".capture"))
    assert measured.health.battery_v == 4.1
    tired = replace(measured, health=GaugeHealth(battery_v=3.1, low_battery=True))
    _keep(tired, path, asked=True, store=None, client=None)
    _tell(tired, {}, as_json=True)
    told = capsys.readouterr()
    assert "low battery" in told.err
    for document in (path.with_suffix(".json").read_text(), told.out):
        assert json.loads(document)["notices"] == ["low_battery"]
        assert json.loads(document)["battery_v"] == 3.1


def test_a_disk_that_takes_no_more_ends_the_measurement_as_a_lost_gauge_does(
    tmp_path: Path,
) -> None:
    path = tmp_path / "m.csv"
    with largest_file(8_000):
        measured = one_press(path.with_suffix(".capture"))
    assert measured.ending is Ending.DEVICE
    assert "cannot be written" in measured.why
    _keep(measured, path, asked=False, store=None, client=None)
    assert read_trace(path).trace == measured.recording.trace


def test_without_a_press_nothing_is_added_to_the_visit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "m.csv"
    measured = one_press(path.with_suffix(".capture"))
    still = replace(measured.recording, trace=measured.recording.trace.between(0.0, 0.5))
    idle = replace(measured, recording=still, analysis=analyze(still), ending=Ending.ASKED)
    with open_store(tmp_path / "s", clock=ManualClock(), create=True, plain=True) as store:
        assert _keep(idle, path, asked=False, store=store, client=ClientId("TS-00000")) == {}
    assert "nothing was added to the visit" in capsys.readouterr().err
    assert path.exists()
