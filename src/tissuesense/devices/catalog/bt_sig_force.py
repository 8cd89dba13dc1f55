"""Anything that notifies the Bluetooth SIG's Force characteristic (0x2C07).

Sources: Bluetooth SIG, GATT Specification Supplement: Force, read as the field table that the crate
trouble-host generates from it; values: unit tests of RonanB96/bluetooth-sig-python.
"""

import struct
from collections.abc import Sequence
from functools import partial

from tissuesense.devices.ble_sig import sig_uuid
from tissuesense.devices.codec import Codec, Event, ForceReading, Rejection, WireSample
from tissuesense.devices.framing import rejected
from tissuesense.devices.profile import BleLink, Confidence, DeviceProfile, WireParameters
from tissuesense.devices.record_codec import RecordCodec, misfit

_FORCE = sig_uuid(0x2C07)
_MILLINEWTON = struct.Struct("<i")
_NOT_KNOWN = 0x7FFFFFFF


def bt_sig_force_codec(parameters: WireParameters) -> Codec:
    """Read the one number that a notification holds."""
    return RecordCodec(PROFILE.model, _size, partial(_decode, parameters.sign))


def _size(first: int) -> int:
    del first
    return _MILLINEWTON.size


def _decode(sign: float, record: bytes, t_host_s: float, channel: str | None) -> Event:
    del channel
    return misfit(record, _MILLINEWTON.size) or _force(sign, record, t_host_s)


def _force(sign: float, record: bytes, t_host_s: float) -> Event:
    (millinewton,) = _MILLINEWTON.unpack(record)
    if millinewton == _NOT_KNOWN:
        return rejected(Rejection.NOT_FINITE, record)
    return ForceReading(force_n=sign * millinewton / 1e3, t_device_s=None, t_host_s=t_host_s)


class BtSigForceEncoder:
    """A gauge that notifies every sample as soon as it is taken."""

    def __init__(self, parameters: WireParameters) -> None:
        self._sign = parameters.sign

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return a record for each sample."""
        return b"".join(
            _MILLINEWTON.pack(round(self._sign * sample.force_n * 1e3)) for sample in samples
        )

    def reply(self, request: bytes) -> bytes:
        """Stay silent."""
        del request
        return b""


PROFILE = DeviceProfile(
    model="bt-sig-force",
    title="Bluetooth force gauge (SIG characteristic 0x2C07)",
    codec=bt_sig_force_codec,
    encoder=BtSigForceEncoder,
    confidence=Confidence.VENDOR,
    ble=BleLink(notify=(_FORCE,)),
    push_sign="positive",
    parameters=("invert",),
    notes=(
        "Whole millinewtons, signed; the board decides on rate and sign, so press once and look. "
        "The SIG has no force gauge service: such a board cannot be told from others by what it "
        "advertises, so state its name or address. No tare and no start by radio."
    ),
    sources={
        "field table": "Bluetooth SIG, GATT Specification Supplement (0x2C07)",
        "unit tests": "RonanB96/bluetooth-sig-python",
    },
)
