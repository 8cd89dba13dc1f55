"""Device URLs: where a gauge is and how to talk to it, in one line of text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType
from urllib.parse import parse_qsl, unquote

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.core.units import newton_per_unit
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.simulation.kinds import KINDS, NEUROMUSCULAR, usual_model
from tissuesense.simulation.spec import QUERY_KEYS, SWITCH
from tissuesense.simulation.subjects import SIDES, SITES

_WIRE_KEYS = ("model", "baud", "unit", "invert", "sensitivity_mv_v", "capacity_n", "rate_hz")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "sim": (*QUERY_KEYS, "speed", "unit", "invert", "sensitivity_mv_v", "capacity_n"),
    "serial": _WIRE_KEYS,
    "ble": tuple(key for key in _WIRE_KEYS if key != "baud"),
    "replay": ("speed",),
}
_FORMS = (
    "sim:?subject=NAME",
    "serial:///dev/ttyUSB0?model=mark10",
    "ble:NAME-OR-ADDRESS?model=progressor",
    "replay:FILE?speed=1",
)
# What a model must be reached by, for each scheme.
_LINKS: Mapping[str, frozenset[str]] = {
    "sim": frozenset({"simulated"}),
    "serial": frozenset({"serial"}),
    "ble": frozenset({"ble", "ble-advertisement"}),
}
_FASTEST_BAUD = 12_000_000  # of the adapters that there are
# Keys that have a typed field of their own in `DeviceUrl`.
_TYPED = frozenset({"model", "unit", "invert", "sensitivity_mv_v", "capacity_n", "baud", "speed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceUrl:
    """A device URL, read and checked.

    Attributes
    ----------
    text
        The URL as it was given.
    scheme
        ``sim``, ``serial``, ``ble`` or ``replay``.
    address
        Port (or pyserial URL), radio name or address, file; empty for ``sim``.
    model
        None for a replay, whose file names it.
    speed
        For worlds with their own time: seconds in a real one; 0 is as fast as possible.
    options
        What only the scheme itself understands, as text.
    """

    text: str
    scheme: str
    address: str
    model: str | None
    parameters: WireParameters = field(default_factory=WireParameters)
    baud: int | None = None
    speed: float = 1.0
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def profile(self) -> DeviceProfile:
        """The model's profile.

        Raises
        ------
        ConfigurationError
            When there is no such model, or the URL (a replay) does not name one.
        """
        if self.model is None:
            raise ConfigurationError(f"{self.text} does not name a device model itself.")
        return DEVICES[self.model]


def simulated_at(url: str, site: BodySite | None, kind: RecordingKind | None = None) -> str:
    """Return a ``sim:`` URL that measures `kind` at `site` where it states neither.

    Other URLs are returned as they are. A place that the simulation does not know is left to the
    URL's own default.
    """
    if not url.startswith("sim:"):
        return url
    query = dict(parse_qsl(url.partition("?")[2]))
    added = {}
    stated = not query.keys().isdisjoint({"site", "side"})
    if site is not None and site.name in SITES and site.side in SIDES and not stated:
        added = {"site": site.name, "side": str(site.side)}
    if kind is not None and "kind" not in query:
        added["kind"] = str(kind)
    more = "&".join(f"{key}={value}" for key, value in added.items())
    return f"{url}{'&' if '?' in url else '?'}{more}" if more else url


def parse_device_url(text: str) -> DeviceUrl:
    """Read a device URL.

    Raises
    ------
    ConfigurationError
        When the form, a key or a value is not known; `known` lists those that are.
    """
    scheme, colon, rest = text.strip().partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in _KEYS:
        raise ConfigurationError(
            f"'{text}' is not a device URL.",
            hint=f"Write one of: {', '.join(_FORMS)}.",
            known=_KEYS,
        )
    address, query = _address(scheme, rest)
    ours, theirs = _split_query(scheme, query, foreign="://" in address)
    if theirs:
        address = f"{address}?{theirs}"
    if not address and scheme != "sim":
        raise ConfigurationError(
            f"'{text}' does not say which device.",
            hint=f"Write it as in {next(f for f in _FORMS if f.startswith(scheme))}.",
        )
    model = _model(scheme, ours)
    if model is not None:
        _check_settings(DEVICES[model], ours, scheme)
    if model is not None and scheme == "sim":
        _check_columns(DEVICES[model], _simulated_kind(ours))
    return DeviceUrl(
        text=text.strip(),
        scheme=scheme,
        address=address,
        model=model,
        parameters=_parameters(ours, None if model is None else DEVICES[model], scheme),
        baud=_baud(ours),
        speed=_speed(ours),
        options=MappingProxyType({k: v for k, v in ours.items() if k not in _TYPED}),
    )


def _address(scheme: str, rest: str) -> tuple[str, str]:
    """Separate where the device is from the query; ``//`` before a plain address is optional."""
    address, _, query = rest.partition("?")
    address = address.removeprefix("//")
    # An address that is a pyserial URL stays as it was written: its handler decodes it.
    return (address if "://" in address and scheme == "serial" else unquote(address)), query


def _split_query(scheme: str, query: str, *, foreign: bool) -> tuple[dict[str, str], str]:
    """Return our own keys, and the rest of the query for a pyserial handler."""
    known = _KEYS[scheme]
    ours: dict[str, str] = {}
    theirs: list[str] = []
    for part in filter(None, query.split("&")):
        key, value = next(iter(parse_qsl(part, keep_blank_values=True)), (part, ""))
        if foreign and key not in known:
            theirs.append(part)
            continue
        if key not in known:
            raise ConfigurationError(
                f"A {scheme}: device URL has no setting '{key}'.",
                hint=f"Known: {', '.join(known)}.",
                known=known,
            )
        if key in ours:
            raise ConfigurationError(f"The setting '{key}' is given twice.")
        ours[key] = value
    return ours, "&".join(theirs)


def _model(scheme: str, ours: Mapping[str, str]) -> str | None:
    if scheme == "replay":
        return None
    model = ours.get("model") or (_simulated_model(ours) if scheme == "sim" else "")
    if not model:
        raise ConfigurationError(
            "The device URL does not say which model the gauge is.",
            hint=f"Add model=..., one of: {', '.join(DEVICES)}.",
            known=DEVICES,
        )
    profile = DEVICES[model]
    reachable = profile.transports
    if not _LINKS[scheme].intersection(reachable):
        raise ConfigurationError(
            f"The model '{model}' cannot be reached by {scheme}:.",
            hint=f"It can be reached by: {', '.join(reachable)}.",
            known=reachable,
        )
    return model


def _check_settings(profile: DeviceProfile, ours: Mapping[str, str], scheme: str) -> None:
    """Refuse a setting of the wire that this model has no use for, rather than ignore it."""
    useful = {"model", *profile.parameters, *(QUERY_KEYS if scheme == "sim" else ())}
    for key in _WIRE_KEYS:
        if key in ours and key not in useful:
            raise ConfigurationError(
                f"The model '{profile.model}' has no setting '{key}'.",
                hint=f"Its settings: {', '.join(profile.parameters) or 'none'}.",
                known=profile.parameters,
            )


def _simulated_model(ours: Mapping[str, str]) -> str:
    return usual_model(_simulated_kind(ours), ours.get("technique", NEUROMUSCULAR))


def _simulated_kind(ours: Mapping[str, str]) -> RecordingKind:
    """Return the kind of a session; a word that is none is for the session to refuse."""
    known = {str(kind): kind for kind in KINDS}
    return known.get(ours.get("kind", ""), RecordingKind.PPT)


def _check_columns(profile: DeviceProfile, kind: RecordingKind) -> None:
    """Refuse a gauge whose wire cannot carry what a kind of recording consists of."""
    needs = set(KINDS[kind].needs)
    if needs.issubset(profile.columns):
        return
    able = [name for name in DEVICES if needs.issubset(DEVICES[name].columns)]
    missing = ", ".join(sorted(needs - set(profile.columns)))
    raise ConfigurationError(
        f"The wire of '{profile.model}' carries no {missing}, which the kind '{kind}' needs.",
        hint=f"Models that carry it: {', '.join(able)}.",
        known=able,
    )


def _parameters(
    ours: Mapping[str, str], profile: DeviceProfile | None, scheme: str
) -> WireParameters:
    """Return what the URL states about the wire; a simulated gauge needs nothing to be stated."""
    usual = profile.example_parameters if profile and scheme == "sim" else WireParameters()
    asks_rate = profile is not None and "rate_hz" in profile.parameters
    return WireParameters(
        unit=_unit(ours) or usual.unit,
        invert=_truth(ours, "invert"),
        sensitivity_mv_v=_positive(ours, "sensitivity_mv_v") or usual.sensitivity_mv_v,
        capacity_n=_positive(ours, "capacity_n") or usual.capacity_n,
        rate_hz=_positive(ours, "rate_hz") if asks_rate else None,
    )


def _positive(ours: Mapping[str, str], key: str) -> float | None:
    text = ours.get(key)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (isfinite(value) and value > 0):
        raise ConfigurationError(f"{key} is a number above 0, not '{text}'.")
    return value


def _unit(ours: Mapping[str, str]) -> str | None:
    unit = ours.get("unit")
    if unit is not None:
        newton_per_unit(unit)  # raises for a unit that nobody knows
    return unit


def _truth(ours: Mapping[str, str], key: str) -> bool:
    text = ours.get(key, "0").lower()
    if text not in SWITCH:
        raise ConfigurationError(f"{key} is 1 or 0, not '{text}'.", known=SWITCH)
    return SWITCH[text]


def _baud(ours: Mapping[str, str]) -> int | None:
    text = ours.get("baud")
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _FASTEST_BAUD):
        raise ConfigurationError(f"baud is a whole number such as 115200, not '{text}'.")
    return int(text)


def _speed(ours: Mapping[str, str]) -> float:
    text = ours.get("speed", "1")
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not (isfinite(speed) and speed >= 0):
        raise ConfigurationError(f"speed is 0 (as fast as possible) or more, not '{text}'.")
    return speed
