"""A whole session with a simulated client: an endless run of acts and what is true of each."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from tissuesense.core.arrays import FloatArray, frozen
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.timebase import regularise
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.core.units import KPA_PER_N_CM2, pressure_kpa
from tissuesense.simulation.act import Act
from tissuesense.simulation.client import Client
from tissuesense.simulation.course import day_factors
from tissuesense.simulation.grid import STEP_S
from tissuesense.simulation.indentation_press import (
    IndentationPress,
    IndentationTruth,
    indentation_press,
)
from tissuesense.simulation.joint_range import RangeTruth, joint_range
from tissuesense.simulation.limb_stretch import StretchTruth, limb_stretch
from tissuesense.simulation.pain_press import PainPress, PainTruth, pain_press
from tissuesense.simulation.spec import SessionSpec
from tissuesense.simulation.subjects import SiteTruth
from tissuesense.simulation.tap_strike import TapTruth, tap_strike
from tissuesense.simulation.treatment import TreatmentTruth, treatment_stroke

__all__ = [
    "SessionPiece",
    "SessionSpec",
    "SimulatedRecording",
    "Truth",
    "simulated_client",
    "simulated_recording",
    "simulated_session",
]

Truth = PainTruth | IndentationTruth | TapTruth | StretchTruth | RangeTruth | TreatmentTruth

_STIFFNESS_SPREAD_LN = 0.04  # of one site from press to press


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionPiece:
    """One act with the pauses around it, as the gauge indicates it, and what is true of it.

    Attributes
    ----------
    t_s
        When each reading was taken, shape (n,); it goes on from piece to piece. A reading that
        arrives twice stands there twice, with the same time.
    columns
        As indicated, by column of a trace: zero error, noise and all; each of shape (n,).
    marks_s
        When the client's button was read, each the time of a sample that was taken.
    """

    index: int
    t_s: FloatArray
    columns: Mapping[str, FloatArray]
    marks_s: tuple[float, ...]
    truth: Truth

    @property
    def force_n(self) -> FloatArray:
        """The force; there is none while an angle alone is followed."""
        return self.columns["force_n"]

    @property
    def displacement_mm(self) -> FloatArray | None:
        """The displacement; None where there is none."""
        return self.columns.get("displacement_mm")


class SimulatedRecording(NamedTuple):
    """A finished recording and the truth of each of its acts."""

    trace: Trace
    context: RecordingContext
    truths: tuple[Truth, ...]
    quality: QualitySummary


def simulated_client(spec: SessionSpec) -> Client:
    """Return the person of a session."""
    place = _place(spec)
    tolerance = spec.kind is RecordingKind.TOLERANCE
    return Client(
        threshold_kpa=place.tolerance_kpa if tolerance else place.threshold_kpa,
        spread_ln=place.spread_ln,
        lateness=float(_person(spec).standard_normal()),
    )


def simulated_session(spec: SessionSpec) -> Iterator[SessionPiece]:
    """Yield the session act by act, without end; the same spec gives the same samples."""
    place = _place(spec)
    first = 0
    for index in count():
        act = _act(spec, place, index)
        rng = _generator(spec, "gauge", index)
        samples = math.ceil(_seconds(act) * spec.samples_per_s)
        yield _piece(spec, act, index, first, samples, rng)
        first += samples


def simulated_recording(spec: SessionSpec, presses: int = 3) -> SimulatedRecording:
    """Return the first `presses`, taps or stretches of a session as `record` would have kept them.

    Readings that arrived twice are kept once, and `quality` says so.
    """
    pieces = list(islice(simulated_session(spec), presses))
    t_s = np.concatenate([piece.t_s for piece in pieces])
    columns = {
        name: np.concatenate([piece.columns[name] for piece in pieces])
        for name in pieces[0].columns
    }
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


def _place(spec: SessionSpec) -> SiteTruth:
    """Return what is true of the place on this day."""
    if spec.week is None:
        return spec.place
    where = f"{spec.site} {spec.side}"
    return spec.place.changed(day_factors(spec.subject, where, spec.seed, spec.week))


def _act(spec: SessionSpec, place: SiteTruth, index: int) -> PainPress | Act:
    """Make act number `index`, whatever became of those before it."""
    rng = _generator(spec, "press", index)
    match spec.kind:
        case RecordingKind.TAP:
            return tap_strike(place, index, rng)
        case RecordingKind.STRETCH:
            return limb_stretch(place, index, rng)
        case RecordingKind.ROM:
            return joint_range(place, index, rng)
        case RecordingKind.DOSE:
            return treatment_stroke(
                place, index, rng, technique=spec.technique, probe_area_cm2=spec.probe_area_cm2
            )
        case _:
            return _press(spec, place, index, rng)


def _press(
    spec: SessionSpec, place: SiteTruth, index: int, rng: np.random.Generator
) -> PainPress | IndentationPress:
    hand = spec.tester()
    flaw = hand.flaw if index % 2 == 0 else None
    if spec.kind is RecordingKind.INDENTATION:
        tissue = place.tissue.stiffened(float(np.exp(_STIFFNESS_SPREAD_LN * rng.standard_normal())))
        return indentation_press(hand, tissue, flaw=flaw, rng=rng)
    return pain_press(
        hand,
        simulated_client(spec).reaction(with_button=spec.marker, rng=rng),
        target_rate_kpa_s=spec.target_rate_kpa_s,
        cutoff_kpa=spec.cutoff_kpa,
        flaw=flaw,
        rng=rng,
    )


def _piece(
    spec: SessionSpec,
    act: PainPress | Act,
    index: int,
    first: int,
    samples: int,
    rng: np.random.Generator,
) -> SessionPiece:
    """Let the gauge look at an act that begins with sample `first` of the session."""
    gauge = spec.gauge()
    start_s = first / spec.samples_per_s
    taken_s = gauge.sampling_times_s(first, samples, spec.samples_per_s, rng)
    met, marks_s, truth = _met(spec, act, start_s, taken_s)
    indicated = gauge.indicate(taken_s, met, rng)
    arriving = gauge.arriving(samples, rng)
    return SessionPiece(
        index=index,
        t_s=frozen(taken_s[arriving]),
        columns={name: frozen(values[arriving]) for name, values in indicated.items()},
        marks_s=marks_s,
        truth=truth,
    )


def _met(
    spec: SessionSpec, act: PainPress | Act, start_s: float, taken_s: FloatArray
) -> tuple[Mapping[str, FloatArray], tuple[float, ...], Truth]:
    """Return what the gauge meets of an act, when its button is read, and what is true of it."""
    if isinstance(act, PainPress):
        return _pain(spec, act, start_s, taken_s)
    return act.at(taken_s - start_s), (), act.truth(start_s)


def _pain(
    spec: SessionSpec, press: PainPress, start_s: float, taken_s: FloatArray
) -> tuple[Mapping[str, FloatArray], tuple[float, ...], Truth]:
    gauge = spec.gauge()
    marks_s: tuple[float, ...] = ()
    grid_s = start_s + np.arange(press.pressure_kpa.size) * STEP_S
    force_n = press.pressure_kpa * (spec.probe_area_cm2 / KPA_PER_N_CM2) + press.disturbance_n
    if press.with_button and press.signal is not None:
        pressed_s = start_s + press.signal * STEP_S
        # A gauge reads its button with its force: at the next sample.
        marks_s = (float(taken_s[np.searchsorted(taken_s, pressed_s)]),)
    limit_kpa = pressure_kpa(gauge.full_scale_n - gauge.zero_n(taken_s[:1])[0], spec.probe_area_cm2)
    truth = press.truth(start_s, marks_s[0] if marks_s else None, limit_kpa)
    return {"force_n": np.interp(taken_s, grid_s, force_n)}, marks_s, truth


def _seconds(act: PainPress | Act) -> float:
    return (act.pressure_kpa.size - 1) * STEP_S if isinstance(act, PainPress) else act.seconds


def _generator(spec: SessionSpec, purpose: str, index: int) -> np.random.Generator:
    """Return the generator of one act or of the gauge during it, apart from all others."""
    name = f"{purpose} {spec.kind} {spec.subject} {spec.site} {spec.side}"
    if spec.week is not None:
        name += f" week {spec.week:g}{' treated' * spec.treated}"
    return np.random.default_rng([spec.seed, index, *name.encode()])


def _person(spec: SessionSpec) -> np.random.Generator:
    """Return the generator of what belongs to the person and not to the press."""
    return np.random.default_rng([spec.seed, *spec.subject.encode()])
