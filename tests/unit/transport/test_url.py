"""A device URL is read as the contract writes it, and a wrong one is refused with what is right."""

import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.transport.url import parse_device_url, simulated_at


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("serial:///dev/ttyUSB0?model=mark10&baud=9600", "/dev/ttyUSB0"),
        ("serial:/dev/ttyUSB0?model=mark10", "/dev/ttyUSB0"),
        ("serial:COM3?model=mark10", "COM3"),
        ("serial://COM3?model=mark10", "COM3"),
        ("serial:socket://127.0.0.1:7000?model=mark10", "socket://127.0.0.1:7000"),
        (
            "serial:rfc2217://host:2217?model=mark10&ign_set_control&timeout=3",
            "rfc2217://host:2217?ign_set_control&timeout=3",
        ),
        (
            "serial:spy:///dev/ttyUSB0?file=wire.txt&model=mark10&all",
            "spy:///dev/ttyUSB0?file=wire.txt&all",
        ),
        ("ble:C0:FF:EE:00:00:01?model=progressor", "C0:FF:EE:00:00:01"),
        ("ble:My%20Gauge?model=progressor", "My Gauge"),
        ("replay:/data/a.capture?speed=0", "/data/a.capture"),
        ("replay:C:\\traces\\a.capture", "C:\\traces\\a.capture"),
        ("sim:?subject=relaxed", ""),
    ],
)
def test_the_address_is_what_the_transport_needs(text: str, address: str) -> None:
    assert parse_device_url(text).address == address


def test_settings_of_the_wire_are_typed() -> None:
    url = parse_device_url("serial:COM3?model=mark10&baud=9600&unit=kgf&invert=1")
    assert (url.baud, url.parameters.unit, url.parameters.invert) == (9600, "kgf", True)


def test_a_simulation_keeps_its_own_settings() -> None:
    url = parse_device_url("sim:?subject=relaxed&seed=7&speed=0&model=mark10&rate_hz=10")
    assert (url.model, url.speed) == ("mark10", 0.0)
    assert url.options == {"subject": "relaxed", "seed": "7", "rate_hz": "10"}


def test_a_simulated_gauge_carries_the_depth_that_its_kind_needs() -> None:
    assert parse_device_url("sim:").model == "progressor"
    assert parse_device_url("sim:?kind=indentation").model == "text-line"
    assert parse_device_url("sim:?kind=dose").model == "progressor"
    assert parse_device_url("sim:?kind=dose&technique=myofascial").model == "text-line"


@pytest.mark.parametrize(
    ("text", "column", "able"),
    [
        ("sim:?kind=tap&model=progressor", "acceleration_m_s2", {"text-line", "tissuesense-link"}),
        ("sim:?kind=stretch&model=mark10", "angle_deg", {"text-line", "tissuesense-link"}),
        ("sim:?kind=rom&model=wh-c06", "angle_deg", {"text-line"}),
    ],
)
def test_a_wire_that_cannot_carry_what_a_kind_consists_of_is_refused(
    text: str, column: str, able: set[str]
) -> None:
    with pytest.raises(ConfigurationError, match=column) as caught:
        parse_device_url(text)
    assert able <= set(caught.value.known)


def test_a_press_without_a_depth_is_a_press() -> None:
    assert parse_device_url("sim:?kind=indentation&model=progressor").model == "progressor"


def test_real_time_is_the_usual_speed() -> None:
    assert parse_device_url("sim:").speed == 1.0
    assert parse_device_url("replay:a.capture").speed == 1.0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "sim"),
        ("/dev/ttyUSB0", "serial"),
        ("usb:1?model=mark10", "ble"),
        ("serial:COM3?model=mark10&parity=E", "baud"),
        ("serial:COM3", "mark10"),
        ("serial:COM3?model=mark11", "wagner-fpx"),
        ("ble:X?model=mark10", "serial"),
        ("serial:COM3?model=progressor", "ble"),
        ("serial:COM3?model=mark10&unit=stone", "kgf"),
        ("serial:COM3?model=mark10&invert=maybe", "1"),
        ("serial:COM3?model=mark10&capacity_n=100", "unit"),
        ("serial:COM3?model=mark10&rate_hz=10", "unit"),
        ("sim:?sbject=relaxed", "subject"),
    ],
)
def test_a_wrong_url_is_refused_with_what_is_known(text: str, named: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_device_url(text)
    assert named in caught.value.known


@pytest.mark.parametrize(
    "text",
    [
        "serial:?model=mark10",
        "ble:?model=progressor",
        "replay:",
        "serial:COM3?model=mark10&baud=fast",
        "serial:COM3?model=mark10&baud=0",
        "serial:COM3?model=mark10&baud=99999999999999",
        "serial:COM3?model=mark10&baud=9600&baud=19200",
        "sim:?speed=-1",
        "sim:?speed=nan",
    ],
)
def test_a_value_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_device_url(text)


@pytest.mark.parametrize(
    ("url", "at"),
    [
        ("sim:?subject=relaxed", "sim:?subject=relaxed&site=tibialis_anterior&side=right"),
        ("sim:", "sim:?site=tibialis_anterior&side=right"),
        ("sim:?side=left", "sim:?side=left"),
        ("serial:///dev/ttyUSB0?model=mark10", "serial:///dev/ttyUSB0?model=mark10"),
    ],
)
def test_a_simulated_gauge_is_put_where_it_measures(url: str, at: str) -> None:
    assert simulated_at(url, BodySite("tibialis_anterior", Side.RIGHT)) == at


def test_a_place_that_is_not_simulated_changes_no_url() -> None:
    assert simulated_at("sim:?seed=2", BodySite("deltoid", Side.RIGHT)) == "sim:?seed=2"


@pytest.mark.parametrize(
    ("url", "at"),
    [
        ("sim:?seed=2&side=left", "sim:?seed=2&side=left&kind=tap"),
        ("sim:?kind=rom&side=left", "sim:?kind=rom&side=left"),
        ("sim:", "sim:?site=levator_scapulae&side=left&kind=tap"),
        ("replay:a.capture", "replay:a.capture"),
    ],
)
def test_a_simulated_gauge_does_what_is_measured(url: str, at: str) -> None:
    site = BodySite("levator_scapulae", Side.LEFT)
    assert simulated_at(url, site, RecordingKind.TAP) == at


def test_a_kind_is_added_where_the_place_is_not_stated() -> None:
    assert simulated_at("sim:?seed=2", None, RecordingKind.ROM) == "sim:?seed=2&kind=rom"
    assert simulated_at("sim:?seed=2", None) == "sim:?seed=2"
