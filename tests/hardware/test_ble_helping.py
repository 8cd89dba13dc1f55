"""Whoever looks for a Bluetooth gauge finds it with its URL, or is told which step is closed."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.fake_peripheral import Peripheral, Progressor, Scale
from tests.hardware.fake_radio import on_the_air

from tissuesense.transport.discovery import scan_ble
from tissuesense.transport.radio_state import Radio, RadioState, listen_to_radio
from tissuesense.transport.url import parse_device_url


class Namesake(Progressor):
    address = "C0:FF:EE:00:00:2B"
    rssi_dbm = -71


class Far(Progressor):
    name = "Progressor_7"
    address = "C0:FF:EE:00:00:07"
    rssi_dbm = -93


class Headphones(Peripheral):
    name = "Headphones"
    address = "C0:FF:EE:00:00:2D"
    rssi_dbm = -31


def tissuesense(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tissuesense", "devices", *words],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"COLUMNS": "80"} | environment,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def checks(said: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert "Traceback" not in said.stderr
    return {check["check"]: check for check in json.loads(said.stdout)["checks"]}


def test_a_scan_names_every_gauge_with_a_url_that_means_only_it(system_bus: str) -> None:
    bluez = FakeBluez(Headphones(), Far(), Namesake(), Progressor(), Scale())
    with on_the_air(system_bus, bluez):
        said = tissuesense("scan", "--seconds", "1", "--json")
    told = json.loads(said.stdout)["ble"]
    assert said.returncode == 0
    assert [found["model"] for found in told][-1] is None  # however near, it is no gauge
    by_address = {found["address"]: found for found in told}
    assert by_address[Progressor.address]["url"] == f"ble:{Progressor.address}?model=progressor"
    assert by_address[Namesake.address]["url"] == f"ble:{Namesake.address}?model=progressor"
    assert by_address[Far.address]["url"] == "ble:Progressor_7?model=progressor"
    assert [by_address[kind.address]["signal"] for kind in (Progressor, Namesake, Far)] == [
        "strong",
        "fair",
        "weak",
    ]
    scale = by_address[Scale.address]
    assert (scale["model"], scale["connects"]) == ("wh-c06", False)
    assert parse_device_url(scale["url"]).address == Scale.name


def test_a_scan_shows_two_of_one_name_with_their_addresses(system_bus: str) -> None:
    with on_the_air(system_bus, FakeBluez(Namesake(), Progressor(), Headphones())):
        said = tissuesense("scan", "--seconds", "1")
    shown = said.stdout.partition("Bluetooth gauges")[2]
    assert shown.index(Progressor.address) < shown.index(Namesake.address)  # the nearer first
    assert "strong signal (-55 dBm)" in shown
    assert "Headphones" in shown.partition("Other Bluetooth devices")[2]
    assert f"probe 'ble:{Progressor.address}?model=progressor'" in shown.splitlines()[-1]


def test_an_empty_room_says_what_to_do(system_bus: str) -> None:
    with on_the_air(system_bus, FakeBluez()):
        said = tissuesense("scan", "--seconds", "0.3")
    assert said.returncode == 0
    assert "None heard. Switch the gauge on" in said.stdout


def test_a_scan_counts_what_it_hears_while_it_listens(system_bus: str) -> None:
    counts: list[int] = []
    with on_the_air(system_bus, FakeBluez(Progressor(), Headphones())):
        asyncio.run(scan_ble(0.4, counts.append))
    assert counts == [1, 2]


def test_a_gauge_in_reach_is_probed_by_the_url_of_the_scan(system_bus: str) -> None:
    with on_the_air(system_bus, FakeBluez(Progressor())):
        scanned = json.loads(tissuesense("scan", "--seconds", "0.5", "--json").stdout)
        said = tissuesense("probe", scanned["ble"][0]["url"], "--seconds", "3", "--json")
    told = json.loads(said.stdout)
    assert said.returncode == 0
    assert told["instrument"] == "01002a"
    assert told["battery_v"] == pytest.approx(3.987)
    assert told["rate_hz"] == pytest.approx(80, rel=0.02)
    assert (told["clock"], told["missed_samples"], told["gaps"]) == ("device", 0, [])
    assert told["delay_spread_s"] >= 0
    # It counts grams, 80 a second: a zero that moves by 80 g x 9.80665 m/s2 each second.
    assert told["drift_n_per_min"]["value"] == pytest.approx(60 * 0.080 * 9.80665, rel=0.02)


def test_a_probe_of_an_absent_gauge_names_who_is_there(system_bus: str) -> None:
    with on_the_air(system_bus, FakeBluez(Headphones())):
        said = tissuesense("probe", "ble:Progressor_9?model=progressor", "--give-up", "1", "--json")
    assert said.returncode == 1
    assert json.loads(said.stdout)["error"]["code"] == "device_not_found"
    assert "Headphones" in said.stderr


def state_of(bus: str, bluez: FakeBluez, sys_root: Path) -> Radio:
    with on_the_air(bus, bluez):
        return asyncio.run(listen_to_radio(0.3, sys_root=sys_root))


def switch(root: Path, *, kind: str, soft: int, hard: int) -> None:
    folder = root / "class" / "rfkill" / f"rfkill{len(list(root.glob('class/rfkill/*')))}"
    folder.mkdir(parents=True)
    for name, value in (("type", kind), ("soft", soft), ("hard", hard)):
        (folder / name).write_text(f"{value}\n")


def test_a_radio_that_works_is_ready_and_counts_what_it_hears(
    system_bus: str, tmp_path: Path
) -> None:
    radio = state_of(system_bus, FakeBluez(Progressor(), Headphones()), tmp_path)
    assert (radio.state, radio.heard) == (RadioState.READY, 2)


@pytest.mark.parametrize(
    ("bluez", "state"),
    [
        (lambda: FakeBluez(powered=False), RadioState.POWERED_OFF),
        (lambda: FakeBluez(plugged_in=False), RadioState.NO_ADAPTER),
    ],
    ids=["off", "missing"],
)
def test_an_adapter_that_is_off_or_missing_is_told_apart(
    system_bus: str, tmp_path: Path, bluez: Callable[[], FakeBluez], state: RadioState
) -> None:
    radio = state_of(system_bus, bluez(), tmp_path)
    assert radio.state is state
    assert "Bluetooth cannot be used" in radio.detail


@pytest.mark.parametrize(
    ("error", "state"),
    [
        ("org.freedesktop.DBus.Error.AccessDenied", RadioState.REFUSED),
        ("org.bluez.Error.NotReady", RadioState.POWERED_OFF),
        ("org.bluez.Error.Failed", RadioState.FAILED),
    ],
)
def test_a_service_that_refuses_to_listen_says_why(
    system_bus: str, tmp_path: Path, error: str, state: RadioState
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.refuse("StartDiscovery", error, "It said no")
    assert state_of(system_bus, bluez, tmp_path).state is state


@pytest.mark.parametrize(
    ("soft", "hard", "state"),
    [
        (1, 0, RadioState.BLOCKED),
        (0, 1, RadioState.BLOCKED_BY_SWITCH),
        (1, 1, RadioState.BLOCKED_BY_SWITCH),
        (0, 0, RadioState.POWERED_OFF),
    ],
)
def test_what_blocks_the_radio_is_told_before_that_it_is_off(
    system_bus: str, tmp_path: Path, soft: int, hard: int, state: RadioState
) -> None:
    switch(tmp_path, kind="wlan", soft=1, hard=1)
    switch(tmp_path, kind="bluetooth", soft=soft, hard=hard)
    assert state_of(system_bus, FakeBluez(powered=False), tmp_path).state is state


def test_a_bus_without_the_service_has_no_service(system_bus: str, tmp_path: Path) -> None:
    del system_bus
    assert asyncio.run(listen_to_radio(0.3, sys_root=tmp_path)).state is RadioState.NO_SERVICE


def test_the_doctor_finds_a_working_radio_in_nobodys_way(system_bus: str) -> None:
    with on_the_air(system_bus, FakeBluez(Progressor())):
        said = tissuesense("doctor", "--json")
    radio = {name: c["state"] for name, c in checks(said).items() if name.startswith("bluetooth")}
    assert set(radio.values()) == {"ok"}
    assert "1 device heard" in checks(said)["bluetooth_scan"]["sentence"]


def test_the_doctor_switches_a_radio_on_with_one_command(system_bus: str) -> None:
    with on_the_air(system_bus, FakeBluez(powered=False)):
        said = tissuesense("doctor")
    assert said.returncode == 1
    lines = [line.strip() for line in said.stdout.splitlines()]
    assert "bluetoothctl power on" in lines
    assert "Only known once the above is mended." in said.stdout
