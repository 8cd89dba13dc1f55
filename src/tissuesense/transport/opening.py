"""From a device URL to the transport that it asks for: the one place that knows them all."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from tissuesense.core.clock import Clock
from tissuesense.core.recording import REPLAYED, SIMULATED, SOURCE, RecordingContext
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.simulation.spec import SessionSpec
from tissuesense.transport.base import Transport
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.replay import ReplayTransport
from tissuesense.transport.simulated import SimulatedTransport
from tissuesense.transport.url import DeviceUrl

# A gauge is simulated at its own usual rate where that is enough: for the motion of a hand.
_HAND_HZ = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Everything that is needed to hold a conversation.

    Attributes
    ----------
    context
        What is known of the recording to come: what the caller states, and beyond it what the
        transport knows. A simulated session and a capture know it all.
    """

    url: str
    profile: DeviceProfile
    parameters: WireParameters
    transport: Transport
    context: RecordingContext = field(default_factory=RecordingContext)


def opening_for(url: DeviceUrl, *, clock: Clock) -> Opening:
    """Return the transport of a device URL, not opened yet.

    Raises
    ------
    ConfigurationError
        When the URL states something that the transport refuses.
    CaptureError
        When the file of a replay is damaged.
    """
    return {"sim": _simulated, "serial": _serial, "ble": _ble, "replay": _replay}[url.scheme](
        url, clock
    )


def _simulated(url: DeviceUrl, clock: Clock) -> Opening:
    spec = SessionSpec.from_query({"model": url.profile.model, **url.options})
    rate_hz = url.profile.nominal_rate_hz
    if rate_hz is not None and spec.rate_hz is None and spec.samples_per_s <= _HAND_HZ:
        spec = replace(spec, rate_hz=rate_hz)
    known = spec.context()
    transport = SimulatedTransport(url.profile, url.parameters, spec, clock=clock, speed=url.speed)
    return Opening(
        url=url.text,
        profile=url.profile,
        parameters=url.parameters,
        transport=transport,
        # The instrument is what the simulated link and wire say, as of any gauge.
        context=replace(known, instrument=None, extra={**known.extra, SOURCE: SIMULATED}),
    )


def _serial(url: DeviceUrl, clock: Clock) -> Opening:
    from tissuesense.transport.serial_port import SerialTransport  # noqa: PLC0415 - only ports need it

    link = url.profile.serial
    assert link is not None  # noqa: S101 - the URL was checked against the profile
    talks_unasked = link.poll_interval_s is None
    return Opening(
        url=url.text,
        profile=url.profile,
        parameters=replace(url.parameters, joined_midway=talks_unasked),
        transport=SerialTransport(url.address, url.baud or link.baud, clock=clock),
    )


def _ble(url: DeviceUrl, clock: Clock) -> Opening:
    return Opening(
        url=url.text,
        profile=url.profile,
        # A board that talks unasked may notify from the middle of a line on; a codec that knows a
        # whole frame by its checksum loses none by being told.
        parameters=replace(url.parameters, joined_midway=True),
        transport=_radio(url, clock),
    )


def _radio(url: DeviceUrl, clock: Clock) -> Transport:
    """Connect to a gauge that lets one; listen to one that only advertises."""
    if url.profile.ble is not None:
        from tissuesense.transport.ble import BleTransport  # noqa: PLC0415 - slow; most need no radio

        return BleTransport(url.address, url.profile.ble, clock=clock)
    from tissuesense.transport.ble_advertisement import AdvertisementTransport  # noqa: PLC0415 - as above

    link = url.profile.advertisement
    assert link is not None  # noqa: S101 - the URL was checked against the profile
    return AdvertisementTransport(url.address, link, clock=clock)


def _replay(url: DeviceUrl, clock: Clock) -> Opening:
    path = Path(url.address)
    capture = read_capture(path)
    known = capture.header.context
    return Opening(
        url=url.text,
        profile=capture.header.profile,
        parameters=capture.header.parameters,
        transport=ReplayTransport(capture, path, clock=clock, speed=url.speed),
        context=replace(known, extra={SOURCE: REPLAYED, **known.extra}),
    )
