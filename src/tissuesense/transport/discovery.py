"""What is plugged in and what is in reach, matched to the models that we know."""

import asyncio
import enum
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote

from tissuesense.core.printable import printable
from tissuesense.devices.profile import DeviceProfile
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.usb_names import model_named, plug_name

# Stands in a URL where only the person knows what to write.
MODEL = "MODEL"
# What a model needs and a scan cannot know: the name of the setting, and what stands for it.
_TO_STATE = {"unit": "UNIT", "sensitivity_mv_v": "MV_V", "capacity_n": "NEWTON"}
# For a Bluetooth service that does not answer.
_PATIENCE_S = 10.0
# At arm's length a gauge is heard above the first; below the second, readings get lost.
_STRONG_DBM = -60
_FAIR_DBM = -80
# How the system writes that it does not know: below what any radio hears, or above what it can.
_HEARD_DBM = range(-126, 21)


class Signal(enum.StrEnum):
    """How well a peripheral is heard."""

    STRONG = "strong"
    FAIR = "fair"
    WEAK = "weak"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbIdentity:
    """What stays of a USB device when it is plugged in again; cheap ones have no serial number."""

    vendor: int
    product: int
    serial: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPort:
    """A serial port of this machine; which gauge is behind it only the gauge can tell.

    Attributes
    ----------
    usb
        None for a port that is not on USB.
    adapter
        What the plug is by its numbers; None where they are in no table.
    model
        The model whose maker the plug names in its own words; None for most.
    """

    port: str
    description: str
    usb: UsbIdentity | None = None
    adapter: str | None = None
    model: str | None = None

    @property
    def url(self) -> str:
        """The device URL of a gauge behind this port, with `MODEL` where it is not known."""
        place = f"//{quote(self.port)}" if self.port.startswith("/") else quote(self.port, safe="")
        return f"serial:{place}?{_query(self.model)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeripheral:
    """A Bluetooth peripheral that was heard.

    Attributes
    ----------
    model
        The model that advertises itself so; None for none that we know.
    alone
        No other peripheral that was heard has this name.
    """

    name: str
    address: str
    rssi_dbm: int
    model: str | None
    alone: bool = True

    @property
    def url(self) -> str:
        """The device URL: by name, which outlives a change of address, where that is clear."""
        known = self.alone and self.name and "\N{REPLACEMENT CHARACTER}" not in self.name
        return f"ble:{quote(self.name if known else self.address, safe=':')}?{_query(self.model)}"

    @property
    def signal(self) -> Signal:
        """The signal strength in a word."""
        if self.rssi_dbm not in _HEARD_DBM:
            return Signal.UNKNOWN
        if self.rssi_dbm >= _STRONG_DBM:
            return Signal.STRONG
        return Signal.FAIR if self.rssi_dbm >= _FAIR_DBM else Signal.WEAK

    @property
    def connects(self) -> bool:
        """Whether such a peripheral takes a connection, or only advertises its readings."""
        return self.model is None or DEVICES[self.model].ble is not None


def scan_serial() -> tuple[FoundPort, ...]:
    """Return the serial ports of this machine: known gauges first, then plugs, then the rest."""
    from serial.tools import list_ports  # noqa: PLC0415 - only who scans pays for it

    found = []
    for p in list_ports.comports():
        plugged = p.vid is not None and p.pid is not None
        model = model_named(f"{p.manufacturer or ''} {p.product or ''}") if plugged else None
        found.append(
            FoundPort(
                port=p.device,
                description=printable(p.description or ""),
                usb=UsbIdentity(vendor=p.vid, product=p.pid, serial=p.serial_number)
                if plugged
                else None,
                adapter=plug_name(p.vid, p.pid) if plugged else None,
                model=model if model in DEVICES else None,
            )
        )
    return tuple(sorted(found, key=lambda p: (p.model is None, p.usb is None, p.port)))


async def scan_ble(
    seconds: float, heard: Callable[[int], None] = lambda _count: None
) -> tuple[FoundPeripheral, ...]:
    """Listen for peripherals; known ones come first, then the nearest.

    Parameters
    ----------
    heard
        Told how many were heard so far, whenever that changes.

    Raises
    ------
    RadioUnavailable
        When the radio cannot be used.
    """
    from bleak import BleakScanner  # noqa: PLC0415 - only who scans pays for it

    from tissuesense.transport.ble_problems import explained  # noqa: PLC0415 - as above

    addresses: set[str] = set()

    def count(address: str) -> None:
        if address not in addresses:
            addresses.add(address)
            heard(len(addresses))

    async with explained("the Bluetooth radio"), asyncio.timeout(seconds + _PATIENCE_S):
        async with BleakScanner(lambda device, _: count(device.address)) as scanner:
            await asyncio.sleep(seconds)
        around = scanner.discovered_devices_and_advertisement_data
    found = [
        FoundPeripheral(
            name=printable(advertised.local_name or device.name or ""),
            address=device.address,
            rssi_dbm=advertised.rssi,
            model=_model_of(
                advertised.local_name or device.name or "",
                advertised.service_uuids,
                advertised.manufacturer_data,
            ),
        )
        for device, advertised in around.values()
    ]
    return in_order(found)


def in_order(found: Sequence[FoundPeripheral]) -> tuple[FoundPeripheral, ...]:
    """Return known peripherals first, then the nearest; each knows whether its name is its own."""
    names = Counter(peripheral.name.casefold() for peripheral in found)
    told = [replace(one, alone=names[one.name.casefold()] == 1) for one in found]
    return tuple(sorted(told, key=lambda one: (one.model is None, -one.rssi_dbm, one.address)))


def _query(model: str | None) -> str:
    """Return the query of a URL, with what the model needs in capitals for the person to write."""
    needed = _needed(DEVICES[model]) if model is not None else ()
    return "&".join((f"model={model or MODEL}", *(f"{key}={_TO_STATE[key]}" for key in needed)))


def _needed(profile: DeviceProfile) -> tuple[str, ...]:
    """Return the settings that a URL of this model must state."""
    example = profile.example_parameters
    return tuple(key for key in _TO_STATE if getattr(example, key) is not None)


def _model_of(name: str, services: list[str], companies: Collection[int]) -> str | None:
    """Return the model that advertises itself so; a name says more than a number."""
    advertised = {service.lower() for service in services}
    for model, profile in DEVICES.items():
        for known in (profile.ble, profile.advertisement):
            if known is not None and _begins(name, known.name_prefixes):
                return model
    for model, profile in DEVICES.items():
        if profile.ble is not None and profile.ble.service in advertised:
            return model
        link = profile.advertisement
        # Companies make other things too: one that has a name of its own is not ours.
        if link is not None and link.company_id in companies and not name:
            return model
    return None


def _begins(name: str, prefixes: tuple[str, ...]) -> bool:
    return name.casefold().startswith(tuple(prefix.casefold() for prefix in prefixes))
