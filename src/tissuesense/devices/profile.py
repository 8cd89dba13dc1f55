"""How to recognise, open and talk to a device: everything about it that is not bytes."""

import enum
import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.units import newton_per_unit
from tissuesense.devices.codec import Codec, Encoder


class Confidence(enum.StrEnum):
    """Where the knowledge of a wire comes from."""

    VENDOR = "vendor"
    REVERSE_ENGINEERED = "reverse-engineered"
    CONVENTION = "convention"


@dataclass(frozen=True, slots=True, kw_only=True)
class WireParameters:
    """What a user may set in a device URL.

    Attributes
    ----------
    unit
        Unit of a gauge that sends none; recorded as assumed.
    invert
        Turn the sign that the profile would give.
    sensitivity_mv_v, capacity_n
        Of the load cell behind an amplifier that sends mV/V: its output at its capacity.
    rate_hz
        Samples a second to ask for; None leaves the gauge as it is set.
    joined_midway
        Not for the URL: set by a transport that may begin to listen in the middle of a line. What
        may be half is the codec's to know: a first frame whose checksum is right is used.
    """

    unit: str | None = None
    invert: bool = False
    sensitivity_mv_v: float | None = None
    capacity_n: float | None = None
    rate_hz: float | None = None
    joined_midway: bool = False

    @property
    def sign(self) -> float:
        """-1 where the user asked to turn the sign."""
        return -1.0 if self.invert else 1.0

    @property
    def assumed_newton_per_unit(self) -> float | None:
        """The factor of the stated unit; None where none was stated.

        Raises
        ------
        ConfigurationError
            When the unit is not one of force.
        """
        return None if self.unit is None else newton_per_unit(self.unit)

    def required_newton_per_unit(self, model: str) -> float:
        """Return the factor of the stated unit.

        Raises
        ------
        ConfigurationError
            When no unit was stated.
        """
        if self.unit is None:
            raise ConfigurationError(
                f"The model '{model}' sends numbers without a unit.",
                hint="Add unit=N, unit=kgf or unit=lbf to the device URL.",
            )
        return newton_per_unit(self.unit)

    def required_newton_per_mv_v(self, model: str) -> float:
        """Return what one mV/V of the stated load cell counts.

        Raises
        ------
        ConfigurationError
            When its sensitivity or its capacity was not stated.
        """
        if self.sensitivity_mv_v is None or self.capacity_n is None:
            raise ConfigurationError(
                f"The model '{model}' sends mV/V and does not know its load cell.",
                hint="Add sensitivity_mv_v= and capacity_n= of the load cell's data sheet to the "
                "device URL, such as sensitivity_mv_v=1&capacity_n=500.",
            )
        return self.capacity_n / self.sensitivity_mv_v

    def rate_among(self, rates_hz: Collection[float], model: str) -> float | None:
        """Return the stated rate, None where none was, of a gauge that has these rates only.

        Raises
        ------
        ConfigurationError
            When it has no such rate.
        """
        if self.rate_hz is not None and self.rate_hz not in rates_hz:
            known = [f"{rate:g}" for rate in rates_hz]
            raise ConfigurationError(
                f"The model '{model}' cannot send {self.rate_hz:g} readings a second.",
                hint=f"Set rate_hz to one of: {', '.join(known)}.",
                known=known,
            )
        return self.rate_hz


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialLink:
    """A serial port: how it is opened and how the gauge is kept talking.

    Attributes
    ----------
    poll_interval_s
        Ask for a reading this often; None for a gauge that streams by itself.
    settle_s
        Silence to expect after opening, such as that of a board that resets.
    """

    baud: int
    poll_interval_s: float | None = None
    reply_timeout_s: float = 0.5
    settle_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BleLink:
    """A GATT peripheral: what it advertises and which characteristics carry the wire.

    UUIDs are written in full and in lower case; `sig_uuid` makes those of the Bluetooth SIG.

    Attributes
    ----------
    notify
        Characteristics to subscribe to; a peripheral must have at least one of them.
    write
        Where commands go; None for one that takes none.
    service
        Advertised by such peripherals; None where it says nothing of the model.
    name_prefixes
        How the names of such peripherals begin.
    """

    notify: tuple[str, ...]
    write: str | None = None
    service: str | None = None
    name_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvertisementLink:
    """A device that never lets anybody connect: its readings are in what it advertises.

    Attributes
    ----------
    company_id
        Of the manufacturer data that hold the reading; the codec gets what follows the id.
    name_prefixes
        How the names of such devices begin.
    """

    company_id: int
    name_prefixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceProfile:
    """One device model.

    Attributes
    ----------
    codec
        Makes the decoder of one conversation.
    encoder
        Makes the device's side of the wire, for the simulator.
    clock_period_s
        After how many seconds the device's clock starts again; None where it has no clock.
    push_sign
        Which sign the wire gives to pushing; the codec always gives a positive one.
    columns
        What its wire can carry beside the time, by column of a trace.
    resolution_n, least_n
        Smallest step and least force that the wire can carry; the simulator's too.
    states_tip
        The device itself says how wide its tip is, once it is open.
    example_parameters
        Values for what a URL of this model must state; the simulator's where it states none.
    """

    model: str
    title: str
    codec: Callable[[WireParameters], Codec]
    encoder: Callable[[WireParameters], Encoder]
    confidence: Confidence
    serial: SerialLink | None = None
    ble: BleLink | None = None
    advertisement: AdvertisementLink | None = None
    nominal_rate_hz: float | None = None
    clock_period_s: float | None = None
    push_sign: Literal["positive", "negative"] = "positive"
    columns: tuple[str, ...] = ("force_n",)
    resolution_n: float = 0.001
    least_n: float = -math.inf
    states_tip: bool = False
    parameters: tuple[str, ...] = ()
    example_parameters: WireParameters = field(default_factory=WireParameters)
    tried_on_hardware: bool = False
    notes: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)

    @property
    def transports(self) -> tuple[str, ...]:
        """Every way to reach the device, in the contract's words."""
        links = (
            ("serial", self.serial),
            ("ble", self.ble),
            ("ble-advertisement", self.advertisement),
        )
        return (*(name for name, link in links if link is not None), "simulated")
