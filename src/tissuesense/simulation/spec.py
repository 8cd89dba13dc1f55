"""What decides a simulated session, and how a ``sim:`` URL states it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import DEFAULT_CUTOFF_KPA, RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.simulation.course import TREATED
from tissuesense.simulation.faults import FAULTS, NO_FAULT, Fault, FaultPlace
from tissuesense.simulation.joint_range import RANGE_CONTEXT
from tissuesense.simulation.kinds import KINDS, NEUROMUSCULAR, usual_model
from tissuesense.simulation.limb_stretch import STRETCH_CONTEXT
from tissuesense.simulation.operator import Hand
from tissuesense.simulation.sensor import Sensor
from tissuesense.simulation.subjects import SiteTruth, site_truth
from tissuesense.simulation.tap_strike import TAP_MASS_KG
from tissuesense.simulation.treatment import TECHNIQUES

SIMULATED_KINDS = tuple(KINDS)
_PAIN = (RecordingKind.PPT, RecordingKind.TOLERANCE)
_ON_THE_SKIN = (*_PAIN, RecordingKind.INDENTATION, RecordingKind.DOSE)
_BY_FORCE = (*_ON_THE_SKIN, RecordingKind.STRETCH)
QUERY_KEYS = (
    "subject",
    "seed",
    "week",
    "treated",
    "kind",
    "technique",
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
_MOST_WEEKS = 520
SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSpec:
    """Everything that decides what a simulated session gives: the same spec, the same samples.

    What is done depends on subject, site, side, week, kind, technique, hand and seed alone: another
    gauge or sampling rate sees the same presses.

    Attributes
    ----------
    week
        How long ago care began; from day to day the person is never quite the same. None: a person
        without days.
    treated
        The place was treated just before.
    technique
        Of a treatment.
    model, rate_hz
        None: what is usual for the kind, which `gauge_model` and `samples_per_s` tell.
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
    week: float | None = None
    treated: bool = False
    kind: RecordingKind = RecordingKind.PPT
    technique: str = NEUROMUSCULAR
    model: str | None = None
    rate_hz: float | None = None
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
        site_truth(self.subject, self.site, self.side)
        self._check_technique()
        if self.seed < 0:
            raise ConfigurationError(f"A seed must not be negative, not {self.seed}.")
        if self.week is not None and not 0.0 <= self.week <= _MOST_WEEKS:
            raise ConfigurationError(f"week must lie between 0 and {_MOST_WEEKS}, not {self.week}.")
        if not 1.0 <= self.samples_per_s <= _FASTEST_HZ:
            raise ConfigurationError(
                f"rate_hz must lie between 1 and {_FASTEST_HZ:g}, not {self.rate_hz}."
            )
        for name in ("probe_area_cm2", "target_rate_kpa_s", "cutoff_kpa"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise ConfigurationError(f"{name} must be a positive number, not {value}.")
        self._check_fault()

    def _check_technique(self) -> None:
        if self.technique not in TECHNIQUES:
            raise ConfigurationError(
                f"There is no technique '{self.technique}' to simulate.",
                hint=f"Known: {', '.join(TECHNIQUES)}.",
                known=TECHNIQUES,
            )
        if self.technique != NEUROMUSCULAR and self.kind is not RecordingKind.DOSE:
            raise ConfigurationError(
                f"A technique is that of a treatment, not of the kind '{self.kind}'.",
                hint="Add kind=dose.",
            )

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
    def gauge_model(self) -> str:
        """The device model that is simulated."""
        return self.model or usual_model(self.kind, self.technique)

    @property
    def place(self) -> SiteTruth:
        """What is true of the place, the whims of the day apart."""
        place = site_truth(self.subject, self.site, self.side, week=self.week or 0.0)
        return place.changed(TREATED) if self.treated else place

    @property
    def samples_per_s(self) -> float:
        """How often the gauge samples."""
        return KINDS[self.kind].rate_hz if self.rate_hz is None else self.rate_hz

    @property
    def link_fault(self) -> str | None:
        """The fault that whoever carries the samples has to make."""
        return self.fault if self._fault().place is FaultPlace.LINK else None

    @property
    def has_button(self) -> bool:
        """Whether the client holds a button: only where pain is measured."""
        return self.marker and self.kind in _PAIN

    def context(self) -> RecordingContext:
        """Return the side-car of a recording of this session."""
        pain = self.kind in _PAIN
        tip = ContactTip(area_cm2=self.probe_area_cm2)
        return RecordingContext(
            kind=self.kind,
            tip=tip if self.kind in _ON_THE_SKIN else None,
            target_rate_kpa_s=self.target_rate_kpa_s if pain else None,
            tap_mass_kg=TAP_MASS_KG if self.kind is RecordingKind.TAP else None,
            site=self.site,
            side=self.side,
            instrument=f"simulated {self.gauge_model}",
            stop_mode=("button_patient" if self.marker else "verbal_peak") if pain else None,
            cutoff_kpa=self.cutoff_kpa,
            full_scale_n=self.gauge().full_scale_n if self.kind in _BY_FORCE else None,
            extra=self._state(),
        )

    def _state(self) -> Mapping[str, Any]:
        """Return what one kind alone needs to be stated."""
        match self.kind:
            case RecordingKind.STRETCH:
                return STRETCH_CONTEXT
            case RecordingKind.ROM:
                return RANGE_CONTEXT
            case RecordingKind.DOSE:
                ppt_kpa = round(self.place.threshold_kpa, 1)
                return {"technique": self.technique, "site_ppt_kpa": ppt_kpa}
            case _:
                return {}

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
    "week": float,
    "treated": lambda text: SWITCH[text.lower()],
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
    "treated": "1 or 0",
}
