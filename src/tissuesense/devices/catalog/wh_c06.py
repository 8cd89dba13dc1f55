"""WH-C06 hanging scale (also sold as MAT Muscle Meter), whose name in the air is IF_B7.

It lets nobody connect: the reading is in the manufacturer data of what it advertises, and this
codec gets those without the company id, as bleak and Android hand them out.

Sources: sebws/Crane (`ScaleWatcher.java`, there said to be the maker's, and a mock); Stevie-Ray/
hangtime-grip-connect; rbatsenko/hangs-free; jvasilakes/mito; oliexdev/openScale issue 1531.
"""

import struct
from collections.abc import Sequence
from functools import partial

from tissuesense.core.units import NEWTON_PER_KGF
from tissuesense.devices.codec import Codec, Event, ForceReading, Rejection, WireSample
from tissuesense.devices.framing import rejected
from tissuesense.devices.profile import AdvertisementLink, Confidence, DeviceProfile, WireParameters
from tissuesense.devices.record_codec import RecordCodec, misfit

_COMPANY_ID = 0x0100  # TomTom's; the name tells the two apart
_HEAD = bytes.fromhex("020311")
# What follows the head: address, a byte that is 1, mass, two bytes of unknown meaning, steadiness
# and unit, a counter.
_BODY = struct.Struct(">6sBhHBH")
_SIZE = len(_HEAD) + _BODY.size
_NEWTON_PER_STEP = NEWTON_PER_KGF / 100  # 10 g
_UNIT = 0x0F  # the other four bits: whether the reading is steady
_KILOGRAM = 1
_COUNTER_PERIOD = 2**16


def wh_c06_codec(parameters: WireParameters) -> Codec:
    """Read an advertisement's mass, in kilograms or not at all."""
    return RecordCodec(PROFILE.model, _size, partial(_decode, parameters.sign))


def _size(first: int) -> int:
    del first
    return _SIZE


def _decode(sign: float, record: bytes, t_host_s: float, channel: str | None) -> Event:
    del channel
    return misfit(record, _SIZE) or _mass(sign, record, t_host_s)


def _mass(sign: float, record: bytes, t_host_s: float) -> Event:
    if not record.startswith(_HEAD):
        return rejected(Rejection.MALFORMED, record)
    _, _, steps, _, steady_and_unit, _ = _BODY.unpack_from(record, len(_HEAD))
    # Whether the number follows the unit or stays in kilograms, its readers do not agree on.
    if steady_and_unit & _UNIT != _KILOGRAM:
        return rejected(Rejection.BAD_UNIT, record)
    return ForceReading(force_n=sign * steps * _NEWTON_PER_STEP, t_device_s=None, t_host_s=t_host_s)


class WhC06Encoder:
    """A scale that counts what it advertises, so that the same force twice is two readings."""

    def __init__(self, parameters: WireParameters) -> None:
        self._steps_per_newton = parameters.sign / _NEWTON_PER_STEP
        self._counter = 0

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return the manufacturer data for each sample, less the company id."""
        return b"".join(map(self._advertised, samples))

    def reply(self, request: bytes) -> bytes:
        """Stay silent."""
        del request
        return b""

    def _advertised(self, sample: WireSample) -> bytes:
        self._counter = (self._counter + 1) % _COUNTER_PERIOD
        steps = round(sample.force_n * self._steps_per_newton)
        return _HEAD + _BODY.pack(bytes(6), 1, steps, 500, _KILOGRAM, self._counter)


PROFILE = DeviceProfile(
    model="wh-c06",
    title="WH-C06 hanging scale, MAT Muscle Meter (advertising IF_B7)",
    codec=wh_c06_codec,
    encoder=WhC06Encoder,
    confidence=Confidence.REVERSE_ENGINEERED,
    advertisement=AdvertisementLink(company_id=_COMPANY_ID, name_prefixes=("IF_B7",)),
    nominal_rate_hz=2.0,
    push_sign="positive",
    resolution_n=_NEWTON_PER_STEP,
    parameters=("invert",),
    notes=(
        "One to four readings a second, in steps of 10 g (0.1 N): the peak of a pressure ramp "
        "would be missed by tens of kPa, so use it for steady loads and not for pressure pain "
        "thresholds. Set its display to kg; other units are refused. A pull gauge: press through "
        "a fixture that loads it in tension. No battery, no tare and no start by radio."
    ),
    sources={
        "maker's app class, as republished, and mock": "sebws/Crane",
        "independent clients": (
            "Stevie-Ray/hangtime-grip-connect, rbatsenko/hangs-free, jvasilakes/mito"
        ),
        "captured advertisement": "oliexdev/openScale issue 1531",
    },
)
