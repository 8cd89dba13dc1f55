"""Listen for radios until it is certain which one is meant."""

import asyncio
import contextlib
import math
from dataclasses import dataclass

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from tissuesense.core.errors import DeviceNotFound, TransportError
from tissuesense.core.printable import printable

# Peripherals advertise at least about once a second, so that a namesake has spoken up by then.
_NAMESAKES_S = 1.2
_BY_ADDRESS, _BY_NAME, _BY_BEGINNING, _NOT_MEANT = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    device: BLEDevice
    name: str
    rssi_dbm: int | None  # of one that is connected already and so does not advertise
    meant: int

    @property
    def nearness(self) -> float:
        return -math.inf if self.rssi_dbm is None else self.rssi_dbm

    def __str__(self) -> str:
        strength = "connected already" if self.rssi_dbm is None else f"{self.rssi_dbm} dBm"
        return f"{self.device.address} ({printable(self.name)}, {strength})"


class RadioSearch:
    """Everybody who was heard, and which of them is the one.

    Parameters
    ----------
    target
        Name or address, in any case; a name may be shortened at its end. An address says more
        than a name, a whole name more than its beginning.
    company_id
        Only who advertises data of this manufacturer can be meant.
    """

    def __init__(self, target: str, *, company_id: int | None = None) -> None:
        self._target = target
        self._company_id = company_id
        self._heard: dict[str, _Heard] = {}
        self._somebody = asyncio.Event()
        self._certain = asyncio.Event()

    def hear(self, device: BLEDevice, advertisement: AdvertisementData) -> None:
        """Take note of an advertisement; this is bleak's detection callback."""
        name = advertisement.local_name or device.name or ""
        meant = self._meant(device.address, name)
        if self._company_id not in {None, *advertisement.manufacturer_data}:
            meant = _NOT_MEANT
        self._note(_Heard(device=device, name=name, rssi_dbm=advertisement.rssi, meant=meant))
        if meant == _BY_ADDRESS:
            self._certain.set()

    def know(self, device: BLEDevice) -> None:
        """Take note of one that the system says it is connected to; it may be mistaken."""
        name = device.name or ""
        if device.address not in self._heard:
            meant = self._meant(device.address, name)
            self._note(_Heard(device=device, name=name, rssi_dbm=None, meant=meant))

    async def result(self, timeout_s: float) -> BLEDevice:
        """Return the one that is meant.

        Raises
        ------
        DeviceNotFound
            When it was not heard within `timeout_s`; `seen` lists who was.
        TransportError
            When several are meant, and it would be a guess which of them to use.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._somebody.wait()
                async with asyncio.timeout(_NAMESAKES_S):
                    await self._certain.wait()
        return self._choose()

    def _note(self, heard: _Heard) -> None:
        self._heard[heard.device.address] = heard
        if heard.meant != _NOT_MEANT:
            self._somebody.set()

    def _meant(self, address: str, name: str) -> int:
        wanted, name = self._target.casefold(), name.casefold()
        if address.casefold() == wanted:
            return _BY_ADDRESS
        if name == wanted:
            return _BY_NAME
        return _BY_BEGINNING if name.startswith(wanted) else _NOT_MEANT

    def _choose(self) -> BLEDevice:
        best = min((heard.meant for heard in self._heard.values()), default=_NOT_MEANT)
        if best == _NOT_MEANT:
            raise self._nobody()
        chosen = [heard for heard in self._heard.values() if heard.meant == best]
        if len(chosen) > 1:
            raise self._several(chosen)
        return chosen[0].device

    def _nobody(self) -> DeviceNotFound:
        names = sorted(
            printable(heard.name or heard.device.address) for heard in self._heard.values()
        )
        return DeviceNotFound(
            f"No Bluetooth device '{self._target}' is in reach.",
            endpoint=self._target,
            seen=names,
            hint=f"Switch it on and bring it near. Seen: {', '.join(names) or 'none'}.",
        )

    def _several(self, chosen: list[_Heard]) -> TransportError:
        nearest_first = sorted(chosen, key=lambda heard: -heard.nearness)
        return TransportError(
            f"{len(chosen)} Bluetooth devices answer to '{self._target}': "
            f"{', '.join(map(str, nearest_first))}.",
            endpoint=self._target,
            hint=f"Give the address of yours instead: ble:{nearest_first[0].device.address}?...",
        )
