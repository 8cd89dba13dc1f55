"""What the Bluetooth SIG has numbered, as far as gauges use it.

Source: Bluetooth SIG, Assigned Numbers, sections on service and characteristic UUIDs.
"""

from tissuesense.devices.codec import BatteryLevel, Event, Rejection
from tissuesense.devices.framing import rejected

_FULLEST_PERCENT = 100


def sig_uuid(short: int) -> str:
    """Return a 16-bit UUID in full, in lower case."""
    return f"{short:08x}-0000-1000-8000-00805f9b34fb"


BATTERY_LEVEL = sig_uuid(0x2A19)


def battery_level(data: bytes) -> Event:
    """Return what the Battery Level characteristic says: one byte, percent."""
    if len(data) != 1:
        return rejected(Rejection.BAD_LENGTH, data)
    if data[0] > _FULLEST_PERCENT:
        return rejected(Rejection.MALFORMED, data)
    return BatteryLevel(percent=float(data[0]))
