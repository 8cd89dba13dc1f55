"""A whole session with a simulated client: an endless run of presses and what is true of each."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from tissuesense.core.arrays import FloatArray, frozen
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import ConfigurationError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import DEFAULT_CUTOFF_KPA, RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.core.timebase import regularise
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.core.units import KPA_PER_N_CM2, pressure_kpa
from tissuesense.simulation.client import Client
from tissuesense.simulation.faults import FAULTS, NO_FAULT, Fault, FaultPlace
from tissuesense.simulation.operator import STEP_S, Hand
from tissuesense.simulation.presses import (
    IndentationPress,
    PainPress,
    Truth,
    indentation_press,
    pain_press,
)
from tissuesense.simulation.sensor import Sensor
from tissuesense.simulation.subjects import SiteTruth, site_truth

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
_STIFFNESS_SPREAD_LN = 0.04  # of one site from press to press
_SWITCH = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


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
        for name in ("rate_hz", "probe_area_cm2", "target_rate_kpa_s", "cutoff_kpa"):
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionPiece:
    """One press with the pauses around it, as the gauge indicates it, and what is true of it.

    Attributes
    ----------
    t_s
        When each reading was taken, shape (n,); it goes on from piece to piece. A reading that
        arrives twice stands there twice, with the same time.
    force_n, displacement_mm
        As indicated: zero error, noise and all; shape (n,).
    marks_s
        When the client's button was read, each the time of a sample that was taken.
    """

    index: int
    t_s: FloatArray
    force_n: FloatArray
    displacement_mm: FloatArray | None
    marks_s: tuple[float, ...]
    truth: Truth


class SimulatedRecording(NamedTuple):
    """A finished recording and the truth of each of its presses."""

    trace: Trace
    context: RecordingContext
    truths: tuple[Truth, ...]
    quality: QualitySummary


def simulated_session(spec: SessionSpec) -> Iterator[SessionPiece]:
    """Yield the session press by press, without end; the same spec gives the same samples."""
    place = site_truth(spec.subject, spec.site, spec.side)
    first = 0
    for index in count():
        press = _press(spec, place, index)
        rng = _generator(spec, "gauge", index)
        samples = math.ceil((_size(press) - 1) * STEP_S * spec.rate_hz)
        yield _piece(spec, press, index, first, samples, rng)
        first += samples


def simulated_recording(spec: SessionSpec, presses: int = 3) -> SimulatedRecording:
    """Return the first `presses` of a session as `record` would have kept them.

    Readings that arrived twice are kept once, and `quality` says so.
    """
    pieces = list(islice(simulated_session(spec), presses))
    t_s = np.concatenate([piece.t_s for piece in pieces])
    columns = {"force_n": np.concatenate([piece.force_n for piece in pieces])}
    depths = [piece.displacement_mm for piece in pieces if piece.displacement_mm is not None]
    if depths:
        columns["displacement_mm"] = np.concatenate(depths)
    base = regularise(t_s, np.column_stack(list(columns.values())))
    columns = {name: values[base.keep] for name, values in columns.items()}
    marks_s = [mark_s for piece in pieces for mark_s in piece.marks_s]
    if spec.has_button:
        columns["marker"] = np.zeros(base.t_s.size)
        columns["marker"][np.searchsorted(base.t_s, marks_s)] = 1.0
    return SimulatedRecording(
        trace=Trace(t_s=base.t_s, clock=ClockSource.DEVICE, **columns),
        context=spec.context(),
        truths=tuple(piece.truth for piece in pieces),
        quality=base.quality,
    )


def _press(spec: SessionSpec, place: SiteTruth, index: int) -> PainPress | IndentationPress:
    """Make press number `index`, whatever became of those before it."""
    rng = _generator(spec, "press", index)
    hand = spec.tester()
    flaw = hand.flaw if index % 2 == 0 else None
    if spec.kind is RecordingKind.INDENTATION:
        tissue = place.tissue.stiffened(float(np.exp(_STIFFNESS_SPREAD_LN * rng.standard_normal())))
        return indentation_press(hand, tissue, flaw=flaw, rng=rng)
    tolerance = spec.kind is RecordingKind.TOLERANCE
    client = Client(
        threshold_kpa=place.tolerance_kpa if tolerance else place.threshold_kpa,
        spread_ln=place.spread_ln,
        lateness=float(_person(spec).standard_normal()),
    )
    return pain_press(
        hand,
        client.reaction(with_button=spec.marker, rng=rng),
        target_rate_kpa_s=spec.target_rate_kpa_s,
        cutoff_kpa=spec.cutoff_kpa,
        flaw=flaw,
        rng=rng,
    )


def _piece(
    spec: SessionSpec,
    press: PainPress | IndentationPress,
    index: int,
    first: int,
    samples: int,
    rng: np.random.Generator,
) -> SessionPiece:
    """Let the gauge look at a press that begins with sample `first` of the session."""
    gauge = spec.gauge()
    start_s = first / spec.rate_hz
    taken_s = gauge.sampling_times_s(first, samples, spec.rate_hz, rng)
    grid_s = start_s + np.arange(_size(press)) * STEP_S
    truth: Truth
    marks_s: tuple[float, ...] = ()
    displacement_mm = None
    if isinstance(press, PainPress):
        force_n = press.pressure_kpa * (spec.probe_area_cm2 / KPA_PER_N_CM2)
        if press.with_button and press.signal is not None:
            pressed_s = start_s + press.signal * STEP_S
            # A gauge reads its button with its force: at the next sample.
            marks_s = (float(taken_s[np.searchsorted(taken_s, pressed_s)]),)
        limit_kpa = pressure_kpa(gauge.full_scale_n - gauge.offset_n, spec.probe_area_cm2)
        truth = press.truth(start_s, marks_s[0] if marks_s else None, limit_kpa)
    else:
        force_n, truth = press.force_n, press.truth(start_s)
        displacement_mm = gauge.indicate_depth(
            np.interp(taken_s, grid_s, press.displacement_mm), rng
        )
    felt_n = np.interp(taken_s, grid_s, force_n + press.disturbance_n)
    indicated_n = gauge.indicate_force(taken_s, felt_n, rng)
    arriving = gauge.arriving(samples, rng)
    return SessionPiece(
        index=index,
        t_s=frozen(taken_s[arriving]),
        force_n=frozen(indicated_n[arriving]),
        displacement_mm=None if displacement_mm is None else frozen(displacement_mm[arriving]),
        marks_s=marks_s,
        truth=truth,
    )


def _size(press: PainPress | IndentationPress) -> int:
    return int(press.disturbance_n.size)


def _generator(spec: SessionSpec, purpose: str, index: int) -> np.random.Generator:
    """Return the generator of one press or of the gauge during it, apart from all others."""
    name = f"{purpose} {spec.kind} {spec.subject} {spec.site} {spec.side}"
    return np.random.default_rng([spec.seed, index, *name.encode()])


def _person(spec: SessionSpec) -> np.random.Generator:
    """Return the generator of what belongs to the person and not to the press."""
    return np.random.default_rng([spec.seed, *spec.subject.encode()])


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
    "marker": lambda text: _SWITCH[text.lower()],
}
_WANTED = {
    "seed": "a whole number",
    "kind": f"one of {', '.join(SIMULATED_KINDS)}",
    "side": "left or right",
    "marker": "1 or 0",
}
