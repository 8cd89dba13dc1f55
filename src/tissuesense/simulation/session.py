"""A whole session with a simulated client: an endless run of presses and what is true of each."""

import math
from collections.abc import Iterator
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
from tissuesense.simulation.client import Client
from tissuesense.simulation.grid import STEP_S
from tissuesense.simulation.indentation_press import (
    IndentationPress,
    IndentationTruth,
    indentation_press,
)
from tissuesense.simulation.pain_press import PainPress, PainTruth, pain_press
from tissuesense.simulation.spec import SessionSpec
from tissuesense.simulation.subjects import SiteTruth, site_truth

__all__ = [
    "SessionPiece",
    "SessionSpec",
    "SimulatedRecording",
    "Truth",
    "simulated_client",
    "simulated_recording",
    "simulated_session",
]

Truth = PainTruth | IndentationTruth

_STIFFNESS_SPREAD_LN = 0.04  # of one site from press to press


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


def simulated_client(spec: SessionSpec) -> Client:
    """Return the person of a session."""
    place = site_truth(spec.subject, spec.site, spec.side)
    tolerance = spec.kind is RecordingKind.TOLERANCE
    return Client(
        threshold_kpa=place.tolerance_kpa if tolerance else place.threshold_kpa,
        spread_ln=place.spread_ln,
        lateness=float(_person(spec).standard_normal()),
    )


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
        limit_kpa = pressure_kpa(
            gauge.full_scale_n - gauge.zero_n(taken_s[:1])[0], spec.probe_area_cm2
        )
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
