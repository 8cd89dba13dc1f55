"""How BlueZ shows an adapter and what is around it: object paths, interfaces, properties.

As in BlueZ's public D-Bus documentation (doc/org.bluez.*.rst).
"""

from dbus_fast import Variant
from tests.hardware.bus_objects import Properties
from tests.hardware.fake_peripheral import Peripheral

ADAPTER = "org.bluez.Adapter1"
DEVICE = "org.bluez.Device1"
SERVICE = "org.bluez.GattService1"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"

ROOT = "/org/bluez"
RADIO = f"{ROOT}/hci0"
NO = Variant("b", False)
_FIRST_HANDLE = 0x0B


def device_path(peripheral: Peripheral) -> str:
    return f"{RADIO}/dev_{peripheral.address.replace(':', '_')}"


def service_path(peripheral: Peripheral) -> str:
    return f"{device_path(peripheral)}/service000a"


def characteristic_path(peripheral: Peripheral, uuid: str) -> str:
    handle = _FIRST_HANDLE + list(peripheral.characteristics).index(uuid)
    return f"{service_path(peripheral)}/char{handle:04x}"


def adapter(*, powered: bool) -> Properties:
    return {
        "Address": Variant("s", "00:00:00:00:00:00"),
        "Name": Variant("s", "fake"),
        "Alias": Variant("s", "fake"),
        "Roles": Variant("as", ["central"]),
        "Powered": Variant("b", powered),
        "Discovering": NO,
    }


def device(peripheral: Peripheral) -> Properties:
    return {
        "Address": Variant("s", peripheral.address),
        "AddressType": Variant("s", "random"),
        "Name": Variant("s", peripheral.name),
        "Alias": Variant("s", peripheral.name),
        "Adapter": Variant("o", RADIO),
        "Paired": NO,
        "Trusted": NO,
        "Connected": NO,
        "ServicesResolved": NO,
        "UUIDs": Variant("as", [peripheral.service]),
        "RSSI": Variant("n", peripheral.rssi_dbm),
        "ManufacturerData": broadcast(peripheral),
    }


def broadcast(peripheral: Peripheral) -> Variant:
    """Return the manufacturer data that a peripheral advertises now."""
    data = {company: Variant("ay", d) for company, d in peripheral.manufacturer_data.items()}
    return Variant("a{qv}", data)


def service(peripheral: Peripheral) -> Properties:
    return {
        "UUID": Variant("s", peripheral.service),
        "Device": Variant("o", device_path(peripheral)),
        "Primary": Variant("b", True),
    }


def characteristic(peripheral: Peripheral, uuid: str) -> Properties:
    return {
        "UUID": Variant("s", uuid),
        "Service": Variant("o", service_path(peripheral)),
        "Flags": Variant("as", list(peripheral.characteristics[uuid])),
        "Value": Variant("ay", b""),
        "Notifying": NO,
        "MTU": Variant("q", peripheral.mtu),
    }
