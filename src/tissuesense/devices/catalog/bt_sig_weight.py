"""Anything that is a weight scale to the Bluetooth SIG, such as gauges built on an ESP32.

Sources: Bluetooth SIG, GATT Specification Supplement: Weight Measurement (0x2A9D), Weight (0x2A98),
read as the field tables that the crate trouble-host generates from it; 0xFFFF for a measurement
that failed: Weight Scale Service, 3.2.1, as the headers of a chip maker's stack have it; values:
unit tests of RonanB96/bluetooth-sig-python.
"""

import enum
import struct
from collections.abc import Sequence

from tissuesense.core.units import NEWTON_PER_KGF, NEWTON_PER_LBF
from tissuesense.devices.ble_sig import sig_uuid
from tissuesense.devices.codec import Codec, Event, ForceReading, Rejection, WireSample
from tissuesense.devices.framing import rejected
from tissuesense.devices.profile import BleLink, Confidence, DeviceProfile, WireParameters
from tissuesense.devices.record_codec import RecordCodec, misfit

_SERVICE = sig_uuid(0x181D)
_MEASUREMENT = sig_uuid(0x2A9D)
_WEIGHT = sig_uuid(0x2A98)

_STEPS = struct.Struct("<H")
_HEADER_BYTES = 1 + _STEPS.size
_FAILED = 0xFFFF
_NEWTON_PER_STEP = NEWTON_PER_KGF / 200  # 5 g
_NEWTON_PER_POUND_STEP = NEWTON_PER_LBF / 100


class _Flag(enum.IntFlag):
    POUNDS = 0x01
    TIME = 0x02
    USER = 0x04
    BODY_MASS_INDEX = 0x08
    HEIGHT = 0x10


_OPTIONAL_BYTES = {_Flag.TIME: 7, _Flag.USER: 1, _Flag.BODY_MASS_INDEX: 2, _Flag.HEIGHT: 2}
_KNOWN_FLAGS = _Flag.POUNDS + sum(_OPTIONAL_BYTES)
_HEIGHT_UNDER_BODY_MASS_INDEX = 2


def bt_sig_weight_codec(parameters: WireParameters) -> Codec:
    """Read the mass that either characteristic carries; everything beside it is left out."""
    del parameters
    return RecordCodec(PROFILE.model, _size_in_stream, _decode)


def _decode(record: bytes, t_host_s: float, channel: str | None) -> Event:
    if channel is not None and channel.lower() == _WEIGHT:
        return misfit(record, _STEPS.size) or _mass(record, record, _NEWTON_PER_STEP, t_host_s)
    flags = record[0]
    if flags & ~_KNOWN_FLAGS:
        return rejected(Rejection.MALFORMED, record)
    if len(record) != _size_in_stream(flags) and (wrong := misfit(record, _least_size(flags))):
        return wrong
    in_pounds = flags & _Flag.POUNDS
    factor = _NEWTON_PER_POUND_STEP if in_pounds else _NEWTON_PER_STEP
    return _mass(record, record[1:_HEADER_BYTES], factor, t_host_s)


def _mass(record: bytes, field: bytes, newton_per_step: float, t_host_s: float) -> Event:
    (steps,) = _STEPS.unpack(field)
    if steps == _FAILED:
        return rejected(Rejection.NOT_FINITE, record)
    # The time stamp that may follow counts whole seconds: it is no time of a sample.
    return ForceReading(force_n=steps * newton_per_step, t_device_s=None, t_host_s=t_host_s)


def _least_size(flags: int) -> int:
    """Return the least length that the flags declare, whoever reads them.

    The SIG puts the height beside the body mass index under one bit; bluetooth-sig-python gives it
    a bit of its own.
    """
    return _HEADER_BYTES + sum(size for flag, size in _OPTIONAL_BYTES.items() if flags & flag)


def _size_in_stream(flags: int) -> int:
    both = flags & (_Flag.BODY_MASS_INDEX | _Flag.HEIGHT)
    height = _HEIGHT_UNDER_BODY_MASS_INDEX if both == _Flag.BODY_MASS_INDEX else 0
    return _least_size(flags) + height


class BtSigWeightEncoder:
    """A scale that measures in kilograms and can show no less than zero."""

    def __init__(self, parameters: WireParameters) -> None:
        del parameters

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return a Weight Measurement for each sample, without any optional field."""
        return b"".join(
            bytes(1) + _STEPS.pack(min(max(round(sample.force_n / _NEWTON_PER_STEP), 0), _FAILED))
            for sample in samples
        )

    def reply(self, request: bytes) -> bytes:
        """Stay silent."""
        del request
        return b""


PROFILE = DeviceProfile(
    model="bt-sig-weight",
    title="Bluetooth weight scale (SIG service 0x181D)",
    codec=bt_sig_weight_codec,
    encoder=BtSigWeightEncoder,
    confidence=Confidence.VENDOR,
    ble=BleLink(service=_SERVICE, notify=(_MEASUREMENT, _WEIGHT)),
    push_sign="positive",
    resolution_n=_NEWTON_PER_STEP,
    least_n=0.0,
    notes=(
        "Steps of 5 g (0.05 N, 0.5 kPa under 1 cm2) and nothing below zero: a gauge that drifts "
        "downwards shows 0. Body scales send a few readings a second, too few for a ramp: it would "
        "be missed; a board of one's own may send faster. No tare and no start by radio."
    ),
    sources={
        "field tables": "Bluetooth SIG, GATT Specification Supplement (0x2A9D, 0x2A98)",
        "unit tests": "RonanB96/bluetooth-sig-python",
    },
)
