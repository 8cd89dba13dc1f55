"""What is plugged in and what is in reach, matched to the models that we know."""

from collections.abc import Collection
from dataclasses import dataclass

from tissuesense.core.printable import printable
from tissuesense.devices.registry import DEVICES


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
    """

    port: str
    description: str
    usb: UsbIdentity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPeripheral:
    """A Bluetooth peripheral that was heard.

    Attributes
    ----------
    model
        The model that advertises itself so; None for none that we know.
    """

    name: str
    address: str
    rssi_dbm: int
    model: str | None


def scan_serial() -> tuple[FoundPort, ...]:
    """Return the serial ports of this machine."""
    from serial.tools import list_ports  # noqa: PLC0415 - only who scans pays for it

    ports = sorted(list_ports.comports(), key=lambda port: port.device)
    return tuple(
        FoundPort(
            port=p.device,
            description=printable(p.description or ""),
            usb=None
            if p.vid is None or p.pid is None
            else UsbIdentity(vendor=p.vid, product=p.pid, serial=p.serial_number),
        )
        for p in ports
    )


async def scan_ble(seconds: float) -> tuple[FoundPeripheral, ...]:
    """Listen for peripherals; known ones come first, then the nearest.

    Raises
    ------
    RadioUnavailable
        When the radio cannot be used.
    """
    from bleak import BleakScanner  # noqa: PLC0415 - only who scans pays for it

    from tissuesense.transport.ble import explained  # noqa: PLC0415 - as above

    async with explained("the Bluetooth radio"):
        heard = await BleakScanner.discover(timeout=seconds, return_adv=True)
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
        for device, advertised in heard.values()
    ]
    return tuple(sorted(found, key=lambda p: (p.model is None, -p.rssi_dbm)))


def _model_of(name: str, services: list[str], companies: Collection[int]) -> str | None:
    """Return the model that advertises itself so; a name says more than a number."""
    advertised = {service.lower() for service in services}
    for model, profile in DEVICES.items():
        for link in (profile.ble, profile.advertisement):
            if link is not None and _begins(name, link.name_prefixes):
                return model
    for model, profile in DEVICES.items():
        if profile.ble is not None and profile.ble.service in advertised:
            return model
        if profile.advertisement is not None and profile.advertisement.company_id in companies:
            return model
    return None


def _begins(name: str, prefixes: tuple[str, ...]) -> bool:
    return name.casefold().startswith(tuple(prefix.casefold() for prefix in prefixes))
