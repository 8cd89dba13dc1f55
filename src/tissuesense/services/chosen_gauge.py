"""The gauge and the button of this computer: their URLs, put together and checked unopened."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from tissuesense.core.clock import Clock
from tissuesense.core.errors import ConfigurationError, UsageError
from tissuesense.devices.profile import DeviceProfile
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.button import button_for
from tissuesense.transport.device import open_device
from tissuesense.transport.url import parse_device_url

SIMULATED_GAUGE = "sim:?subject=desk_worker"
_WAYS = ("serial", "ble")
# Of a model, what its URL must state because nobody can find it out.
_MUST_STATE = ("unit", "sensitivity_mv_v", "capacity_n")


def check_gauge(url: str, *, clock: Clock) -> str:
    """Return the title of the gauge at a URL, without opening it.

    Raises
    ------
    ConfigurationError, UsageError, CaptureError
        When it could not be opened as it is written.
    """
    if parse_device_url(url).scheme == "replay":
        raise UsageError(
            "A recording is no gauge to measure with.", hint="Give the URL of a gauge."
        )
    return open_device(url, clock=clock).profile.title


def check_button(url: str, *, clock: Clock) -> str:
    """Return what the button at a URL is called, without opening it.

    Raises
    ------
    ConfigurationError, UsageError
        When it could not be opened as it is written, or has no button.
    """
    return button_for(url, clock=clock).model


def must_state(profile: DeviceProfile) -> tuple[str, ...]:
    """Return the settings that a URL of this model must have."""
    usual = profile.example_parameters
    return tuple(key for key in _MUST_STATE if getattr(usual, key) is not None)


def device_url(way: str, address: str, model: str, settings: Mapping[str, str]) -> str:
    """Return the URL of a gauge.

    Parameters
    ----------
    way
        "serial" or "ble".
    settings
        What the person states; empty ones are left out.

    Raises
    ------
    UsageError
        When it does not say which gauge it is and where.
    ConfigurationError
        When there is no such model, or a setting is not one of it.
    """
    if way not in _WAYS:
        raise UsageError("A gauge is reached by cable or by Bluetooth.")
    if not address.strip():
        raise UsageError(
            "Where the gauge is, is missing.", hint="Look for gauges, or type the port or name."
        )
    profile = DEVICES[model]
    for key in must_state(profile):
        if not settings.get(key, "").strip():
            raise UsageError(f"This model needs: {SETTING_WORDS[key]}.")
    stated = {key: value.strip() for key, value in settings.items() if value.strip()}
    address = address.strip()
    foreign = "://" in address
    place = f"//{quote(address)}" if address.startswith("/") else quote(address, safe=":")
    url = f"{way}:{address if foreign else place}?{urlencode({'model': model, **stated})}"
    parse_device_url(url)
    return url


# Setting of the wire -> what it is, in words.
SETTING_WORDS: Mapping[str, str] = {
    "unit": "the unit that it shows",
    "invert": "pressing reads as pulling",
    "baud": "speed of the port",
    "sensitivity_mv_v": "sensitivity of the load cell, mV/V",
    "capacity_n": "capacity of the load cell, N",
    "rate_hz": "readings a second",
}


def models() -> tuple[DeviceProfile, ...]:
    """Return every supported model."""
    return tuple(DEVICES.values())


def model_named(name: str) -> DeviceProfile | None:
    """Return a model; None where there is none of this name."""
    try:
        return DEVICES[name]
    except ConfigurationError:
        return None
