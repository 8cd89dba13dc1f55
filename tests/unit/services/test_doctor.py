"""What is in the way is named with the one thing that mends it, on each of the three systems."""

import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tissuesense.services.doctor import examine, in_the_way
from tissuesense.services.doctor_findings import Finding, State
from tissuesense.services.doctor_mends import System, Trouble, mend
from tissuesense.services.machine import Machine
from tissuesense.transport.discovery import FoundPort, UsbIdentity
from tissuesense.transport.port_access import Holder, PortAccess
from tissuesense.transport.radio_state import Radio, RadioState

USB = UsbIdentity(vendor=0x1A86, product=0x7523, serial=None)
PORT = FoundPort(port="/dev/ttyUSB0", description="", usb=USB, adapter="USB serial adapter (CH340)")
OPEN = PortAccess(port="/dev/ttyUSB0", on_usb=True, permitted=True, group="dialout")
CLOSED = replace(OPEN, permitted=False)
NAMES: dict[str, str | int] = {
    "user": "anna", "group": "dialout", "port": "/dev/ttyUSB0", "pid": 17,
    "driver": "ch341", "python": "/usr/bin/python3", "package": "bleak",
}  # fmt: skip

WELL = Machine(
    system=System.LINUX,
    name="Linux 6.1",
    user="anna",
    python=(3, 12, 1),
    executable="/usr/bin/python3",
    packages={"pyserial": "3.5", "bleak": "3.1.0"},
    ports=(PORT,),
    access=(OPEN,),
    programs=frozenset({"bash"}),
    radio=Radio(state=RadioState.READY, heard=2),
    store=Path("store"),
    store_writable=True,
    free_bytes=80_000_000_000,
    now=datetime(2026, 12, 1, tzinfo=UTC),
    columns=100,
)


def found(check: str, machine: Machine) -> Finding:
    (finding,) = [finding for finding in examine(machine) if finding.check == check]
    return finding


def well_but(**changes: Any) -> Machine:  # noqa: ANN401 - fields of different types
    return replace(WELL, **changes)


@pytest.mark.parametrize("system", System)
def test_nothing_is_in_the_way_of_a_machine_that_is_well(system: System) -> None:
    findings = examine(replace(WELL, system=system))
    assert in_the_way(findings) == ()
    assert {finding.state for finding in findings} == {State.OK}
    assert all(finding.mend is None for finding in findings)


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("system", System)
def test_every_trouble_has_one_remedy_on_every_system(trouble: Trouble, system: System) -> None:
    remedy = mend(trouble, system, **NAMES)
    assert remedy
    assert "{" not in remedy
    assert "\n" not in remedy


@pytest.mark.parametrize(
    ("trouble", "remedies"),
    [
        (
            Trouble.REFUSED,
            ("sudo usermod -aG bluetooth anna", "Privacy & Security > Bluetooth", "Settings"),
        ),
        (Trouble.POWERED_OFF, ("bluetoothctl power on", "System Settings", "Settings")),
        (Trouble.CLOCK, ("sudo timedatectl set-ntp true", "System Settings", "Settings")),
        (Trouble.STORE, ("export TISSUESENSE_DATA", "export TISSUESENSE_DATA", "setx")),
    ],
)
def test_each_system_has_its_own_way(trouble: Trouble, remedies: tuple[str, ...]) -> None:
    for system, part in zip(System, remedies, strict=True):
        assert part in mend(trouble, system, **NAMES)


def test_a_remedy_cannot_be_made_to_run_anything_else() -> None:
    evil = "x; rm -rf ~"
    remedy = mend(Trouble.NOT_PERMITTED, System.LINUX, group=evil, user=evil)
    assert shlex.split(remedy) == ["sudo", "usermod", "-aG", evil, evil]
    windows = mend(
        Trouble.PACKAGE_MISSING, System.WINDOWS, python="C:\\My Python\\p.exe", package="x"
    )
    assert windows.startswith('"C:\\My Python\\p.exe" -m pip')


@pytest.mark.parametrize(
    ("check", "machine", "remedy"),
    [
        ("python", well_but(python=(3, 9, 2)), "Install Python 3.11"),
        (
            "packages",
            well_but(packages={"pyserial": "3.5", "bleak": None}, radio=None),
            "/usr/bin/python3 -m pip install bleak",
        ),
        ("port_permission", well_but(access=(CLOSED,)), "sudo usermod -aG dialout anna"),
        (
            "port_permission",
            well_but(access=(replace(CLOSED, group="uucp"),)),
            "sudo usermod -aG uucp anna",
        ),
        ("port_permission", well_but(access=(replace(CLOSED, joined=True),)), "newgrp dialout"),
        (
            "port_permission",
            well_but(access=(replace(CLOSED, group="root"),)),
            "sudo chmod a+rw /dev/ttyUSB0",
        ),
        (
            "port_busy",
            well_but(access=(replace(OPEN, holders=(Holder(pid=17, name="minicom"),)),)),
            "kill 17",
        ),
        (
            "port_busy",
            well_but(access=(replace(OPEN, holders=(Holder(pid=17, name="ModemManager"),)),)),
            "sudo systemctl mask --now ModemManager.service",
        ),
        (
            "braille",
            well_but(programs=frozenset({"brltty"}), unserved=(USB,), ports=(), access=()),
            "sudo systemctl mask --now brltty-udev.service brltty.service",
        ),
        ("serial_ports", well_but(unserved=(USB,), ports=(), access=()), "sudo modprobe ch341"),
        ("store", well_but(store_writable=False), "export TISSUESENSE_DATA"),
        ("disk", well_but(free_bytes=10_000_000), "Free some space"),
        ("clock", well_but(now=datetime(1970, 1, 1, tzinfo=UTC)), "sudo timedatectl set-ntp true"),
        ("terminal", well_but(columns=60), "80 characters"),
    ],
)
def test_one_trouble_is_found_and_mended(check: str, machine: Machine, remedy: str) -> None:
    finding = found(check, machine)
    assert finding.state is State.TROUBLE
    assert finding.mend is not None
    assert remedy in finding.mend
    assert finding.sentence.endswith((".", ":"))
    assert [other.check for other in in_the_way(examine(machine))] == [check]


@pytest.mark.parametrize(
    ("state", "check", "remedy"),
    [
        (RadioState.NO_SERVICE, "bluetooth_service", "systemctl enable --now bluetooth"),
        (RadioState.NO_ADAPTER, "bluetooth_adapter", "Plug in a Bluetooth adapter"),
        (RadioState.BLOCKED_BY_SWITCH, "bluetooth_blocked", "switch or key"),
        (RadioState.BLOCKED, "bluetooth_blocked", "rfkill unblock bluetooth"),
        (RadioState.POWERED_OFF, "bluetooth_power", "bluetoothctl power on"),
        (RadioState.REFUSED, "bluetooth_permission", "usermod -aG bluetooth anna"),
        (RadioState.FAILED, "bluetooth_scan", "systemctl restart bluetooth"),
    ],
)
def test_the_way_to_the_air_is_open_up_to_the_one_step_that_is_closed(
    state: RadioState, check: str, remedy: str
) -> None:
    machine = well_but(radio=Radio(state=state, detail="It said no."))
    steps = [finding for finding in examine(machine) if finding.check.startswith("bluetooth")]
    states = [finding.state for finding in steps]
    closed = [finding.check for finding in steps].index(check)
    assert states == [
        *[State.OK] * closed,
        State.TROUBLE,
        *[State.UNKNOWN] * (len(states) - closed - 1),
    ]
    assert remedy in (steps[closed].mend or "")


def test_a_port_that_leads_nowhere_and_may_not_be_opened_is_in_nobodys_way() -> None:
    built_in = replace(CLOSED, port="/dev/ttyS0", on_usb=False)
    finding = found("port_permission", well_but(access=(built_in,)))
    assert finding.state is State.UNKNOWN
    assert finding.mend == "sudo usermod -aG dialout anna"
    both = well_but(access=(built_in, CLOSED))
    assert found("port_permission", both).sentence.startswith("/dev/ttyUSB0 ")


def test_no_port_is_no_trouble_for_who_has_a_bluetooth_gauge() -> None:
    machine = well_but(ports=(), access=())
    assert found("serial_ports", machine).state is State.UNKNOWN
    assert in_the_way(examine(machine)) == ()


def test_modem_manager_is_suspected_only_where_it_could_do_harm() -> None:
    runs = frozenset({"ModemManager"})
    suspect = found("modem_manager", well_but(programs=runs))
    assert suspect.state is State.UNKNOWN
    assert "mask --now ModemManager" in (suspect.mend or "")
    assert found("modem_manager", well_but(programs=runs, access=())).state is State.OK


def test_a_braille_display_that_took_nothing_is_left_alone() -> None:
    assert found("braille", well_but(programs=frozenset({"brltty"}))).state is State.OK


@pytest.mark.parametrize("system", [System.MACOS, System.WINDOWS])
def test_what_only_linux_has_is_not_asked_elsewhere(system: System) -> None:
    asked = {finding.check for finding in examine(well_but(system=system))}
    assert not asked & {"modem_manager", "braille", "bluetooth_blocked"}


@pytest.mark.parametrize("system", [System.MACOS, System.WINDOWS])
def test_a_system_that_does_not_tell_is_not_guessed_about(system: System) -> None:
    silent = replace(OPEN, permitted=None)
    machine = well_but(
        system=system, programs=None, access=(silent,), free_bytes=None, columns=None
    )
    unknown = {f.check for f in examine(machine) if f.state is State.UNKNOWN}
    assert unknown == {"port_permission", "port_busy", "disk", "terminal"}
    assert "/dev/ttyUSB0" in (found("port_busy", machine).mend or "")
    assert in_the_way(examine(machine)) == ()


def test_a_finding_is_the_same_in_json() -> None:
    told = found("clock", WELL).to_dict()
    assert told == {
        "check": "clock",
        "title": "Clock",
        "state": "ok",
        "sentence": "It shows 2026-12-01.",
        "mend": None,
    }
