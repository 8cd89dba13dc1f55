"""A scale that only advertises gives one sample for each changed advertisement, and no other."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest
from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.fake_peripheral import Progressor, Scale
from tests.hardware.radio_listening import NEWTON_PER_KG, listen_by_radio

from tissuesense.core.errors import DeviceNotFound, TransportError, TransportTimeout
from tissuesense.core.quality import QualityFlag

URL = "ble:IF_B7?model=wh-c06"
HOLD_S = 0.15  # three advertisements


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "scale.capture"


def _weighing(scale: Scale, *kilograms: float) -> Callable[[], Coroutine[None, None, None]]:
    async def weigh() -> None:
        for kg in kilograms:
            scale.weigh(kg)
            await asyncio.sleep(HOLD_S)

    return weigh


def _newtons(*kilograms: float) -> list[float]:
    return [round(kg * NEWTON_PER_KG, 4) for kg in kilograms]


def test_each_change_is_one_sample_also_back_to_what_it_was(system_bus: str, capture: Path) -> None:
    scale = Scale()
    kilograms = (10.0, 12.34, 10.0, 12.34, 87.3, 10.0)
    heard = listen_by_radio(
        FakeBluez(scale),
        URL,
        capture,
        system_bus,
        seconds=1.5,
        meanwhile=_weighing(scale, *kilograms),
    )
    assert heard.error is None
    said = heard.force_n
    assert said[said[0] == 0.0 :] == _newtons(*kilograms)
    assert heard.device.instrument == "IF_B7"
    assert heard.quality.flags == ()


def test_a_steady_scale_is_one_sample_and_no_reason_to_listen_anew(
    system_bus: str, capture: Path
) -> None:
    class Still(Scale):
        still = True

    bluez = FakeBluez(Still())
    heard = listen_by_radio(bluez, URL, capture, system_bus, seconds=4.0)
    assert heard.error is None
    assert heard.force_n == [0.0]
    assert bluez.discoveries == 1


def test_it_is_found_by_its_address_and_never_connected_to(system_bus: str, capture: Path) -> None:
    bluez = FakeBluez(Progressor(), Scale())
    url = f"ble:{Scale.address.lower()}?model=wh-c06"
    heard = listen_by_radio(bluez, url, capture, system_bus, seconds=0.2)
    assert heard.error is None
    assert heard.force_n == [0.0]
    assert bluez.connections == 0


def test_the_captured_frame_is_read_off_the_air(system_bus: str, capture: Path) -> None:
    scale = Scale()
    scale.manufacturer_data = {0x0100: bytes.fromhex("02031164FB012D925001221A00000190CE")}
    heard = listen_by_radio(FakeBluez(scale), URL, capture, system_bus, seconds=0.2)
    assert heard.force_n == _newtons(87.30)


def test_data_of_other_makers_are_not_its_readings(system_bus: str, capture: Path) -> None:
    class Headphones(Scale):
        name = "IF_B7 headphones"
        address = "C0:FF:EE:00:00:2D"
        company_id = 0x004C

    class Chatty(Scale):
        def weigh(self, kg: float) -> None:
            super().weigh(kg)
            self.manufacturer_data = {0x004C: bytes([round(kg)]), **self.manufacturer_data}

    heard = listen_by_radio(
        FakeBluez(Headphones(), Chatty()), URL, capture, system_bus, seconds=0.3
    )
    assert heard.error is None
    assert heard.force_n == [0.0]


class Namesake(Scale):
    address = "2A:C0:19:11:23:E2"


def test_two_scales_of_one_name_are_not_guessed_between(system_bus: str, capture: Path) -> None:
    with pytest.raises(TransportError) as caught:
        listen_by_radio(FakeBluez(Scale(), Namesake()), URL, capture, system_bus, seconds=0.3)
    assert Scale.address in caught.value.message
    assert Namesake.address in caught.value.message


def test_what_another_scale_says_is_not_taken_for_its_own(system_bus: str, capture: Path) -> None:
    other = Namesake()
    url = f"ble:{Scale.address}?model=wh-c06"
    heard = listen_by_radio(
        FakeBluez(Scale(), other),
        url,
        capture,
        system_bus,
        seconds=0.5,
        meanwhile=_weighing(other, 50.0, 60.0),
    )
    assert heard.force_n == [0.0]


def test_an_absent_scale_is_not_found(system_bus: str, capture: Path) -> None:
    bluez = FakeBluez(Progressor())
    with pytest.raises(DeviceNotFound) as caught:
        listen_by_radio(bluez, URL, capture, system_bus, seconds=1.0, give_up_s=0.5)
    assert caught.value.seen == (Progressor.name,)


def test_a_scale_that_falls_silent_is_given_up(system_bus: str, capture: Path) -> None:
    scale = Scale()
    bluez = FakeBluez(scale)

    async def leave() -> None:
        await _weighing(scale, 1.0, 2.0)()
        bluez.lose_link(scale, out_of_reach=True)

    heard = listen_by_radio(
        bluez, URL, capture, system_bus, seconds=9.0, give_up_s=1.0, meanwhile=leave
    )
    assert isinstance(heard.error, TransportTimeout)
    assert heard.force_n[-1] == _newtons(2.0)[0]


def test_a_scale_is_heard_again_when_the_service_was_started_again(
    system_bus: str, capture: Path
) -> None:
    scale = Scale()
    bluez = FakeBluez(scale)

    async def restart() -> None:
        await _weighing(scale, 1.0, 2.0)()
        await bluez.crash()
        await asyncio.sleep(0.5)
        await bluez.appear()
        for kg in range(3, 60):
            await _weighing(scale, float(kg))()

    heard = listen_by_radio(
        bluez, URL, capture, system_bus, seconds=5.0, give_up_s=6.0, meanwhile=restart
    )
    assert heard.error is None
    assert heard.force_n == sorted(set(heard.force_n))
    assert QualityFlag.GAP in heard.quality.flags
    assert heard.force_n[-1] > _newtons(20.0)[0]
