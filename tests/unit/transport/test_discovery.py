"""What is found is named for what it is, known gauges first, each with a URL that can be copied."""

from dataclasses import replace

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from tissuesense.core.errors import ConfigurationError
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.discovery import (
    MODEL,
    FoundPeripheral,
    FoundPort,
    Signal,
    UsbIdentity,
    _model_of,
    in_order,
    scan_serial,
)
from tissuesense.transport.url import parse_device_url
from tissuesense.transport.usb_names import driver_of, model_named, plug_name

GAUGE = FoundPeripheral(
    name="Progressor_0042", address="C0:FF:EE:00:00:2A", rssi_dbm=-55, model="progressor"
)


def plug(name: str, vid: int, pid: int, *, product: str = "", maker: str = "") -> ListPortInfo:
    info = ListPortInfo(name)
    info.vid, info.pid, info.serial_number = vid, pid, "A1"
    info.product, info.manufacturer, info.description = product, maker, product or "n/a"
    return info


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> list[ListPortInfo]:
    ports: list[ListPortInfo] = []
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    return ports


@pytest.mark.parametrize(
    ("vid", "pid", "name", "driver"),
    [
        (0x10C4, 0xEA60, "USB serial adapter (CP210x)", "cp210x"),
        (0x0403, 0x6001, "USB serial adapter (FTDI FT232)", "ftdi_sio"),
        (0x1A86, 0x7523, "USB serial adapter (CH340)", "ch341"),
        (0x1A86, 0x55D4, "USB serial adapter (CH9102)", "cdc_acm"),
        (0x067B, 0x2303, "USB serial adapter (PL2303)", "pl2303"),
        (0x2341, 0x0043, "microcontroller board (Arduino)", None),
        (0x10C4, 0x0001, None, None),
    ],
)
def test_a_plug_is_named_by_its_numbers(
    vid: int, pid: int, name: str | None, driver: str | None
) -> None:
    assert (plug_name(vid, pid), driver_of(vid, pid)) == (name, driver)


def test_a_bridge_chip_says_nothing_of_the_gauge(plugged: list[ListPortInfo]) -> None:
    plugged.append(plug("/dev/ttyUSB0", 0x10C4, 0xEA60, product="CP2102 USB to UART"))
    (found,) = scan_serial()
    assert found.adapter == "USB serial adapter (CP210x)"
    assert found.model is None
    assert found.url == f"serial:///dev/ttyUSB0?model={MODEL}"
    with pytest.raises(ConfigurationError):  # nobody shall measure with a guess
        parse_device_url(found.url)


def test_a_plug_that_names_its_maker_is_a_hint(plugged: list[ListPortInfo]) -> None:
    plugged.append(plug("/dev/ttyACM0", 0x1234, 0x5678, product="Mark-10 Series 5"))
    (found,) = scan_serial()
    assert found.model == "mark10"
    assert found.adapter is None
    assert parse_device_url(found.url).address == "/dev/ttyACM0"


@pytest.mark.parametrize("words", ["", "USB2.0-Serial", "FT232R USB UART", "Arduino Uno"])
def test_words_that_name_no_maker_are_no_hint(words: str) -> None:
    assert model_named(words) is None


def test_known_ports_come_first_then_plugs_then_the_rest(plugged: list[ListPortInfo]) -> None:
    plugged += [
        ListPortInfo("/dev/ttyS0"),
        plug("/dev/ttyUSB1", 0x0403, 0x6001),
        plug("/dev/ttyUSB2", 0x1, 0x2, product="MARK-10 M5"),
        plug("/dev/ttyUSB0", 0x10C4, 0xEA60),
    ]
    order = [found.port for found in scan_serial()]
    assert order == ["/dev/ttyUSB2", "/dev/ttyUSB0", "/dev/ttyUSB1", "/dev/ttyS0"]


@pytest.mark.parametrize(
    "port", ["COM3", "/dev/cu.usbserial-0001", "/dev/tty US?B&0", "\\\\.\\COM12"]
)
def test_the_url_of_a_port_reads_back_as_that_port(port: str) -> None:
    read = parse_device_url(FoundPort(port=port, description="", model="mark10").url)
    assert (read.scheme, read.address, read.model) == ("serial", port, "mark10")


@pytest.mark.parametrize(
    "name", ["Progressor_0042", "Anna's gauge", "Gauge?a=b&c", "50 % Kraft", "x:y"]
)
def test_the_url_of_a_peripheral_reads_back_as_its_name(name: str) -> None:
    read = parse_device_url(replace(GAUGE, name=name).url)
    assert (read.scheme, read.address, read.model) == ("ble", name, "progressor")


def test_two_of_one_name_are_told_apart_by_their_addresses() -> None:
    twin = replace(GAUGE, name="PROGRESSOR_0042", address="C0:FF:EE:00:00:2B", rssi_dbm=-70)
    longer = replace(GAUGE, name="Progressor_00421", address="C0:FF:EE:00:00:2C")
    urls = {parse_device_url(found.url).address for found in in_order([GAUGE, twin, longer])}
    assert urls == {GAUGE.address, twin.address, longer.name}


@pytest.mark.parametrize("name", ["", "Progressor_\ufffd7"])
def test_a_name_that_cannot_be_written_gives_way_to_the_address(name: str) -> None:
    assert parse_device_url(replace(GAUGE, name=name).url).address == GAUGE.address


def test_known_gauges_come_first_then_the_nearest() -> None:
    tv = FoundPeripheral(name="TV", address="1", rssi_dbm=-30, model=None)
    phone = FoundPeripheral(name="Phone", address="2", rssi_dbm=-80, model=None)
    far = replace(GAUGE, address="3", name="Progressor_1", rssi_dbm=-90)
    names = [found.name for found in in_order([phone, far, tv, GAUGE])]
    assert names == ["Progressor_0042", "Progressor_1", "TV", "Phone"]


@pytest.mark.parametrize(
    ("dbm", "signal"),
    [(-40, "strong"), (-60, "strong"), (-61, "fair"), (-80, "fair"), (-81, "weak"), (-126, "weak")],
)
def test_signal_strength_has_a_word(dbm: int, signal: str) -> None:
    assert replace(GAUGE, rssi_dbm=dbm).signal == signal


@pytest.mark.parametrize("dbm", [-127, 127])
def test_a_strength_that_the_system_does_not_know_is_not_called_weak(dbm: int) -> None:
    assert replace(GAUGE, rssi_dbm=dbm).signal is Signal.UNKNOWN


@pytest.mark.parametrize(
    "model", [name for name, profile in DEVICES.items() if profile.serial is not None]
)
def test_what_a_model_needs_stated_is_in_its_url_in_capitals(model: str) -> None:
    url = FoundPort(
        port="/dev/ttyUSB0", description="", usb=UsbIdentity(vendor=1, product=2, serial=None),
        model=model,
    ).url  # fmt: skip
    needs = DEVICES[model].example_parameters
    assert ("unit=UNIT" in url) is (needs.unit is not None)
    assert ("capacity_n=NEWTON" in url) is (needs.capacity_n is not None)
    filled = url.replace("UNIT", "N").replace("MV_V", "2").replace("NEWTON", "500")
    read = parse_device_url(filled)
    DEVICES[model].codec(read.parameters)  # nothing that it needs is missing


@pytest.mark.parametrize("model", [n for n, p in DEVICES.items() if p.advertisement is not None])
def test_a_device_that_only_advertises_is_known_and_takes_no_connection(model: str) -> None:
    link = DEVICES[model].advertisement
    assert link is not None
    for prefix in link.name_prefixes:
        assert _model_of(f"{prefix}_1", [], ()) == model
    assert _model_of("", [], {link.company_id: b""}) == model
    assert _model_of("Somebody's watch", [], {link.company_id: b""}) is None
    found = FoundPeripheral(name="", address="1", rssi_dbm=-50, model=model)
    assert not found.connects
    assert GAUGE.connects
