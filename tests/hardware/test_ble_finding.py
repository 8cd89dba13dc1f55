"""The gauge that is meant is used and no other; where that cannot be, a sentence says why."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.fake_peripheral import Peripheral, Progressor
from tests.hardware.radio_listening import listen_by_radio

from tissuesense.core.clock import SystemClock
from tissuesense.core.errors import (
    DeviceNotFound,
    RadioProblem,
    RadioUnavailable,
    TransportError,
)
from tissuesense.transport.device import open_device
from tissuesense.transport.discovery import FoundPeripheral, scan_ble

URL = "ble:Progressor_0042?model=progressor"
BY_ADDRESS = f"ble:{Progressor.address}?model=progressor"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


class Namesake(Progressor):
    address = "C0:FF:EE:00:00:2B"
    rssi_dbm = -71


class LongerName(Progressor):
    name = "Progressor_0042_spare"
    address = "C0:FF:EE:00:00:2C"


class Untouchable(Peripheral):
    """To connect to it would be wrong."""

    name = "Headphones"
    address = "C0:FF:EE:00:00:2D"


@pytest.mark.parametrize(
    "named", ["c0:ff:ee:00:00:2a", "progressor_0042", "Progressor_", "PROGRESSOR%5F0042"]
)
def test_a_gauge_is_found_by_address_or_name_in_any_case_and_by_a_names_beginning(
    system_bus: str, capture: Path, named: str
) -> None:
    gauge = Progressor()
    bluez = FakeBluez(Untouchable(), gauge)
    heard = listen_by_radio(
        bluez, f"ble:{named}?model=progressor", capture, system_bus, seconds=0.1
    )
    assert heard.error is None
    assert heard.trace.size > 0
    assert gauge.sent > 0
    assert heard.device.instrument == "01002a"


def test_a_gauge_that_a_killed_program_left_connected_is_found(
    system_bus: str, capture: Path
) -> None:
    class LeftBluez(FakeBluez):
        async def appear(self) -> None:
            await super().appear()
            self.connect_for_another(gauge)

    gauge = Progressor()
    bluez = LeftBluez(gauge)
    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=0.1)
    assert heard.error is None
    assert heard.trace.size > 0
    assert (bluez.connections, bluez.disconnections) == (1, 1)  # the other's was taken over


def test_two_gauges_of_one_name_are_not_guessed_between(system_bus: str, capture: Path) -> None:
    gauges = Namesake(), Progressor()
    bluez = FakeBluez(*gauges)
    with pytest.raises(TransportError) as caught:
        listen_by_radio(bluez, URL, capture, system_bus, seconds=1.0)
    for gauge in gauges:
        assert gauge.address in caught.value.message
        assert f"{gauge.rssi_dbm} dBm" in caught.value.message
    assert f"ble:{Progressor.address}" in caught.value.hint  # the nearer one
    assert bluez.connections == 0
    assert not capture.exists()


def test_an_address_tells_two_of_one_name_apart(system_bus: str, capture: Path) -> None:
    wanted, other = Progressor(), Namesake()
    listen_by_radio(FakeBluez(other, wanted), BY_ADDRESS, capture, system_bus, seconds=0.1)
    assert wanted.sent > 0
    assert other.sent == 0


def test_a_whole_name_outweighs_the_beginning_of_another(system_bus: str, capture: Path) -> None:
    wanted, other = Progressor(), LongerName()
    listen_by_radio(FakeBluez(other, wanted), URL, capture, system_bus, seconds=0.1)
    assert wanted.sent > 0
    assert other.sent == 0


def test_a_lost_gauge_is_not_replaced_by_one_of_the_same_name(
    system_bus: str, capture: Path
) -> None:
    mine, other = Progressor(), Namesake()
    bluez = FakeBluez(mine)

    async def swap() -> None:
        await asyncio.sleep(0.3)
        bluez.lose_link(mine, out_of_reach=True)
        bluez.come_back(other)

    heard = listen_by_radio(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=1.5, meanwhile=swap
    )
    assert heard.error is not None
    assert other.sent == 0


def test_an_absent_gauge_is_not_found_and_what_is_there_is_named(
    system_bus: str, capture: Path
) -> None:
    url = "ble:Progressor_9999?model=progressor"
    bluez = FakeBluez(Progressor(), Untouchable())
    with pytest.raises(DeviceNotFound) as caught:
        listen_by_radio(bluez, url, capture, system_bus, seconds=1.0, give_up_s=0.5)
    assert caught.value.seen == ("Headphones", "Progressor_0042")
    assert "Headphones" in caught.value.hint
    assert not capture.exists()


def test_a_gauge_that_interference_keeps_from_connecting_is_asked_again(
    system_bus: str, capture: Path
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.refuse("Connect", "org.bluez.Error.Failed", "Software caused connection abort", times=2)
    heard = listen_by_radio(bluez, BY_ADDRESS, capture, system_bus, seconds=0.1)
    assert heard.error is None
    assert bluez.connections == 1


def test_a_gauge_that_will_not_connect_is_not_asked_for_ever(
    system_bus: str, capture: Path
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.refuse("Connect", "org.bluez.Error.Failed", "Software caused connection abort")
    with pytest.raises(TransportError, match="Software caused connection abort"):
        listen_by_radio(bluez, BY_ADDRESS, capture, system_bus, seconds=0.1)


@pytest.mark.parametrize("deaf_to", ["Connect", "StartNotify"])
def test_a_gauge_that_does_not_answer_keeps_nobody_longer_than_stated(
    system_bus: str, capture: Path, deaf_to: str
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.never_answers = frozenset({deaf_to})
    clock = SystemClock()
    began_s = clock.monotonic_s()
    with pytest.raises(TransportError, match="did not answer in time"):
        listen_by_radio(bluez, BY_ADDRESS, capture, system_bus, seconds=9.0, give_up_s=1.0)
    assert clock.monotonic_s() - began_s < 4.0  # the goodbyes included


def test_a_gauge_that_vanishes_while_it_is_connected_to_is_said_to_have(
    system_bus: str, capture: Path
) -> None:
    class Shy(Progressor):
        def connected(self, notify: object) -> None:
            del notify
            asyncio.get_running_loop().call_soon(bluez.lose_link, self)

    bluez = FakeBluez(Shy())
    bluez.never_answers = frozenset({"StartNotify"})
    with pytest.raises(TransportError):
        listen_by_radio(bluez, BY_ADDRESS, capture, system_bus, seconds=9.0, give_up_s=2.0)
    assert not capture.exists()


def test_a_radio_that_is_off_is_said_to_be_off(system_bus: str, capture: Path) -> None:
    bluez = FakeBluez(Progressor(), powered=False)
    with pytest.raises(RadioUnavailable) as caught:
        listen_by_radio(bluez, URL, capture, system_bus, seconds=1.0)
    assert caught.value.reason is RadioProblem.POWERED_OFF
    assert caught.value.hint


def test_a_machine_without_a_radio_has_no_adapter(system_bus: str, capture: Path) -> None:
    bluez = FakeBluez(Progressor(), plugged_in=False)
    with pytest.raises(RadioUnavailable) as caught:
        listen_by_radio(bluez, URL, capture, system_bus, seconds=1.0)
    assert caught.value.reason is RadioProblem.NO_ADAPTER
    assert caught.value.hint


def test_a_machine_without_the_service_has_no_adapter(system_bus: str, capture: Path) -> None:
    async def play() -> None:
        async with open_device(URL, capture=capture, give_up_s=1.0):
            pass

    del system_bus
    with pytest.raises(RadioUnavailable) as caught:
        asyncio.run(play())
    assert caught.value.reason is RadioProblem.NO_ADAPTER


@pytest.mark.parametrize(
    ("member", "error"),
    [
        ("GetManagedObjects", "org.freedesktop.DBus.Error.AccessDenied"),
        ("StartDiscovery", "org.freedesktop.DBus.Error.AccessDenied"),
        ("StartDiscovery", "org.bluez.Error.NotAuthorized"),
        ("StartDiscovery", "org.bluez.Error.NotPermitted"),
        ("Connect", "org.freedesktop.DBus.Error.AccessDenied"),
    ],
)
def test_a_refused_permission_is_said_with_what_mends_it(
    system_bus: str, capture: Path, member: str, error: str
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.refuse(member, error, "Rejected send message")
    with pytest.raises(RadioUnavailable) as caught:
        listen_by_radio(bluez, BY_ADDRESS, capture, system_bus, seconds=1.0)
    assert caught.value.reason is RadioProblem.PERMISSION_REFUSED
    assert "usermod -aG bluetooth" in caught.value.hint


@pytest.mark.parametrize(
    ("member", "error", "text"),
    [
        ("Connect", "org.bluez.Error.AuthenticationFailed", "Authentication Failed"),
        ("StartNotify", "org.bluez.Error.AuthenticationFailed", "Authentication Failed"),
        ("StartNotify", "org.bluez.Error.NotAuthorized", "Operation Not Authorized"),
        ("StartNotify", "org.bluez.Error.NotPermitted", "Not paired"),
        ("WriteValue", "org.bluez.Error.NotAuthorized", "Operation Not Authorized"),
        ("WriteValue", "org.bluez.Error.Failed", "Operation failed with ATT error: 0x0f"),
    ],
)
def test_a_gauge_that_wants_to_be_paired_says_so(
    system_bus: str, capture: Path, member: str, error: str, text: str
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.refuse(member, error, text)
    with pytest.raises(TransportError) as caught:
        listen_by_radio(bluez, BY_ADDRESS, capture, system_bus, seconds=1.0)
    assert not isinstance(caught.value, RadioUnavailable)
    assert "Pair it" in caught.value.hint


def test_a_gauge_that_another_program_listens_to_is_no_matter_of_permission(
    system_bus: str, capture: Path
) -> None:
    bluez = FakeBluez(Progressor())
    bluez.refuse("StartNotify", "org.bluez.Error.NotPermitted", "Notify acquired")
    with pytest.raises(TransportError, match="Notify acquired") as caught:
        listen_by_radio(bluez, BY_ADDRESS, capture, system_bus, seconds=1.0)
    assert not isinstance(caught.value, RadioUnavailable)


def _scan(bluez: FakeBluez, system_bus: str) -> tuple[FoundPeripheral, ...]:
    async def play() -> tuple[FoundPeripheral, ...]:
        await bluez.start(system_bus)
        try:
            return await scan_ble(0.3)
        finally:
            await bluez.stop()

    return asyncio.run(play())


def test_a_scan_knows_the_model_of_what_it_hears(system_bus: str) -> None:
    (found,) = _scan(FakeBluez(Progressor()), system_bus)
    assert (found.name, found.address) == (Progressor.name, Progressor.address)
    assert found.model == "progressor"


def test_a_name_that_would_steer_the_terminal_is_shown_without_that(
    system_bus: str, capture: Path
) -> None:
    class Impostor(Progressor):
        name = "Progressor_\x1b[2J\u202e7"

    (found,) = _scan(FakeBluez(Impostor()), system_bus)
    assert found.name == "Progressor_\ufffd[2J\ufffd7"
    refusals: dict[str, Callable[[], FakeBluez]] = {
        "Nobody": lambda: FakeBluez(Impostor()),
        "Progressor": lambda: FakeBluez(Impostor(), Namesake()),
    }
    for named, around in refusals.items():
        url = f"ble:{named}?model=progressor"
        with pytest.raises(TransportError) as caught:
            listen_by_radio(around(), url, capture, system_bus, seconds=1.0, give_up_s=0.5)
        assert found.name in f"{caught.value.message} {caught.value.hint}"
        assert f"{caught.value.message} {caught.value.hint}".isprintable()
