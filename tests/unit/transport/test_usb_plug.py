"""A USB gauge is known again by its plug, under whatever name, and never taken for its twin."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from tissuesense.transport.discovery import UsbIdentity, scan_serial
from tissuesense.transport.usb_plug import UsbPlug


@dataclass
class Machine:
    """The ports that the system lists, by name."""

    ports: dict[str, tuple[int, str | None] | None] = field(default_factory=dict)

    def comports(self) -> list[ListPortInfo]:
        return [self._info(name, usb) for name, usb in self.ports.items()]

    @staticmethod
    def _info(name: str, usb: tuple[int, str | None] | None) -> ListPortInfo:
        info = ListPortInfo(name)
        info.description = "Gauge\x1b[2J"
        if usb is not None:
            info.vid, (info.pid, info.serial_number) = 0x0403, usb
        return info


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(list_ports, "comports", machine.comports)
    return machine


def _plug(port: str) -> UsbPlug:
    plug = UsbPlug.at(port)
    assert plug is not None
    return plug


def test_a_port_that_is_not_on_usb_has_no_plug(machine: Machine) -> None:
    machine.ports = {"/dev/ttyS0": None}
    assert UsbPlug.at("/dev/ttyS0") is None
    assert UsbPlug.at("/dev/ttyUSB0") is None


def test_a_gauge_is_found_where_it_was(machine: Machine) -> None:
    machine.ports = {"/dev/ttyUSB0": (1, "A")}
    assert _plug("/dev/ttyUSB0").find() == "/dev/ttyUSB0"


def test_a_gauge_that_was_pulled_out_is_nowhere(machine: Machine) -> None:
    machine.ports = {"/dev/ttyUSB0": (1, "A"), "/dev/ttyUSB1": (1, "B")}
    plug = _plug("/dev/ttyUSB0")
    del machine.ports["/dev/ttyUSB0"]
    assert plug.find() is None


@pytest.mark.parametrize("serial_number", ["A", None])
def test_a_gauge_is_found_under_another_name(machine: Machine, serial_number: str | None) -> None:
    machine.ports = {"/dev/ttyUSB0": (1, serial_number), "/dev/ttyUSB1": (2, serial_number)}
    plug = _plug("/dev/ttyUSB0")
    machine.ports = {"/dev/ttyUSB1": (2, serial_number), "/dev/ttyUSB2": (1, serial_number)}
    assert plug.find() == "/dev/ttyUSB2"


def test_another_gauge_under_the_old_name_is_not_taken_for_it(machine: Machine) -> None:
    machine.ports = {"/dev/ttyUSB0": (1, "A")}
    plug = _plug("/dev/ttyUSB0")
    machine.ports = {"/dev/ttyUSB0": (1, "B")}
    assert plug.find() is None


def test_a_twin_without_serial_number_that_was_there_all_along_is_not_taken_for_it(
    machine: Machine,
) -> None:
    machine.ports = {"/dev/ttyUSB0": (1, None), "/dev/ttyUSB1": (1, None)}
    plug = _plug("/dev/ttyUSB0")
    del machine.ports["/dev/ttyUSB0"]
    assert plug.find() is None
    machine.ports["/dev/ttyUSB2"] = (1, None)
    assert plug.find() == "/dev/ttyUSB2"


def test_a_name_that_points_to_the_port_stays_its_name(machine: Machine, tmp_path: Path) -> None:
    for name in ("ttyUSB0", "ttyUSB1"):
        (tmp_path / name).touch()
    link = tmp_path / "by-id"
    link.symlink_to(tmp_path / "ttyUSB0")
    machine.ports = {str(tmp_path / "ttyUSB0"): (1, "A")}
    plug = _plug(str(link))
    link.unlink()
    link.symlink_to(tmp_path / "ttyUSB1")
    machine.ports = {str(tmp_path / "ttyUSB1"): (1, "A")}
    assert plug.find() == str(link)


def test_a_scan_tells_the_plug_and_shows_no_control_characters(machine: Machine) -> None:
    machine.ports = {"/dev/ttyUSB0": (7, "A")}
    (found,) = scan_serial()
    assert found.usb == UsbIdentity(vendor=0x0403, product=7, serial="A")
    assert found.description.isprintable()
