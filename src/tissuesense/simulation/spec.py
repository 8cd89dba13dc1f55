"""What decides a simulated session, and how a ``sim:`` URL states it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import DEFAULT_CUTOFF_KPA, RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.simulation.faults import FAULTS, NO_FAULT, Fault, FaultPlace
from tissuesense.simulation.operator import Hand
from tissuesense.simulation.sensor import Sensor
from tissuesense.simulation.subjects import site_truth

SIMULATED_KINDS = (RecordingKind.PPT, RecordingKind.INDENTATION, RecordingKind.TOLERANCE)
QUERY_KEYS = (
    "subject",
    "seed",
    "kind",
    "model",
    "rate_hz",
    "fault",
    "site",
    "side",
    "probe_area_cm2",
    "target_rate_kpa_s",
    "marker",
)
_FASTEST_HZ = 10_000.0
SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSpec:
    """Everything that decides what a simulated session gives: the same spec, the same samples.

    The press itself depends on subject, site, side, kind, hand and seed alone: another gauge or
    sampling rate sees the same presses.

    Attributes
    ----------
    fault
        A name of `FAULTS`; those of the link are left to whoever carries the samples.
    marker
        The client holds a button (pain and tolerance only).

    Raises
    ------
    ConfigurationError
        When a name is not known or a number cannot be; it lists the names that would do.
    """

    subject: str = "relaxed"
    seed: int = 1
    kind: RecordingKind = RecordingKind.PPT
    model: str = "progressor"
    rate_hz: float = 80.0
    fault: str | None = None
    site: str = "trapezius_upper"
    side: Side = Side.LEFT
    probe_area_cm2: float = 1.0
    target_rate_kpa_s: float = 50.0
    marker: bool = True
    cutoff_kpa: float = DEFAULT_CUTOFF_KPA
    hand: Hand = field(default_factory=Hand)
    sensor: Sensor = field(default_factory=Sensor)

    def __post_init__(self) -> None:
        if self.kind not in SIMULATED_KINDS:
            raise ConfigurationError(
                f"Recordings of kind '{self.kind}' are not simulated yet.",
                hint=f"Simulated: {', '.join(SIMULATED_KINDS)}.",
                known=SIMULATED_KINDS,
            )
        site_truth(self.subject, self.site, self.side)
        if self.seed < 0:
            raise ConfigurationError(f"A seed must not be negative, not {self.seed}.")
        if not 1.0 <= self.rate_hz <= _FASTEST_HZ:
            raise ConfigurationError(
                f"rate_hz must lie between 1 and {_FASTEST_HZ:g}, not {self.rate_hz}."
            )
        for name in ("probe_area_cm2", "target_rate_kpa_s", "cutoff_kpa"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ConfigurationError(f"{name} must be a positive number, not {value}.")
        self._check_fault()

    def _check_fault(self) -> None:
        if self.fault is None:
            return
        fitting = [name for name, fault in FAULTS.items() if self.kind in fault.kinds]
        if self.fault not in fitting:
            raise ConfigurationError(
                f"There is no fault '{self.fault}' to simulate for the kind '{self.kind}'.",
                hint=f"Known: {', '.join(fitting)}.",
                known=fitting,
            )

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "SessionSpec":
        """Read the part of a ``sim:`` URL after the question mark; see `QUERY_KEYS`.

        Raises
        ------
        ConfigurationError
            When a key or a value is not known; it lists those that are.
        """
        stated: dict[str, object] = {}
        for key, text in query.items():
            if key not in QUERY_KEYS:
                raise ConfigurationError(
                    f"A simulated session has no setting '{key}'.",
                    hint=f"Known: {', '.join(QUERY_KEYS)}.",
                    known=QUERY_KEYS,
                )
            stated[key] = _parsed(key, text)
        return cls(**stated)  # type: ignore[arg-type] # `_parsed` gives each key its type

    @property
    def link_fault(self) -> str | None:
        """The fault that whoever carries the samples has to make."""
        return self.fault if self._fault().place is FaultPlace.LINK else None

    @property
    def has_button(self) -> bool:
        """Whether the client holds a button: never while stiffness is measured."""
        return self.marker and self.kind is not RecordingKind.INDENTATION

    def context(self) -> RecordingContext:
        """Return the side-car of a recording of this session."""
        pain = self.kind is not RecordingKind.INDENTATION
        return RecordingContext(
            kind=self.kind,
            tip=ContactTip(area_cm2=self.probe_area_cm2),
            target_rate_kpa_s=self.target_rate_kpa_s if pain else None,
            site=self.site,
            side=self.side,
            instrument=f"simulated {self.model}",
            stop_mode=("button_patient" if self.marker else "verbal_peak") if pain else None,
            cutoff_kpa=self.cutoff_kpa,
            full_scale_n=self.gauge().full_scale_n,
        )

    def gauge(self) -> Sensor:
        """Return the gauge with its fault."""
        return self._fault().sensor(self.sensor)

    def tester(self) -> Hand:
        """Return the hand with its fault."""
        return self._fault().hand(self.hand)

    def _fault(self) -> Fault:
        return FAULTS[self.fault] if self.fault else NO_FAULT


def _parsed(key: str, text: str) -> object:
    """Return the value of one query key.

    Raises
    ------
    ConfigurationError
        When the text does not fit the key.
    """
    try:
        return _PARSERS.get(key, str)(text)
    except (ValueError, KeyError) as err:
        wanted = _WANTED.get(key, "a number")
        raise ConfigurationError(f"{key} must be {wanted}, not '{text}'.") from err


_PARSERS: Mapping[str, Callable[[str], object]] = {
    "seed": int,
    "kind": RecordingKind,
    "rate_hz": float,
    "side": Side,
    "probe_area_cm2": float,
    "target_rate_kpa_s": float,
    "marker": lambda text: SWITCH[text.lower()],
}
_WANTED = {
    "seed": "a whole number",
    "kind": f"one of {', '.join(SIMULATED_KINDS)}",
    "side": "left or right",
    "marker": "1 or 0",
}
