"""Press-and-hold recordings on a viscoelastic tissue with known truth.

The tissue answers g(d) = (d / depth)^p through a Prony series, force = K (k_inf g + sum k_i h_i),
each h_i by the exact recursion for piecewise linear g: h' = e h + tau (1 - e) dg / dt with
e = exp(-dt / tau).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import lfilter
from tests.conformance.examiner.hand import force_at, knock, tremor
from tests.conformance.examiner.sensor import Damage, any_sensor, write_down
from tests.conformance.examiner.truth import IndentationTruth, Known

from tissuesense.core.arrays import FloatArray
from tissuesense.core.contact import ContactTip
from tissuesense.core.recording import RecordingContext, RecordingKind

STEP_S = 0.0005
_STATED_N = (5.0, 10.0, 20.0, 30.0)
_BEYOND = 1.15
_RESPONSES_S = (5.0, 10.0)
# Beyond the time of a response, so that nobody doubts that it was held so long.
_HOLD_LEFT_S = 0.3
_TANGENT_ROWS = 20
RATES_HZ = (10.0, 20.0, 40.0, 80.0, 100.0, 250.0, 500.0, 1000.0, 3200.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tissue:
    """A power of the depth, or Fung's exponential where `bend` is given; and its relaxation."""

    power: float | None
    bend: float | None
    peak_n: float
    equilibrium: float
    weights: tuple[float, ...]
    taus_s: tuple[float, ...]

    def force(self, depth_share: FloatArray) -> FloatArray:
        """Return the force for an indentation on a grid of `STEP_S`, never pulling."""
        inside = np.maximum(depth_share, 0.0)
        if self.bend is None:
            elastic = inside**self.power
        else:
            elastic = np.expm1(self.bend * inside) / np.expm1(self.bend)
        rise = np.diff(elastic, prepend=elastic[0])
        force = self.equilibrium * elastic
        for weight, tau in zip(self.weights, self.taus_s, strict=True):
            keep = np.exp(-STEP_S / tau)
            gain = tau * (1 - keep) / STEP_S
            force = force + weight * lfilter([gain], [1.0, -keep], rise)
        return np.maximum(self.peak_n * force, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Motion:
    """One press of the tip: grid indices of its phases within the recording."""

    start: int
    hold: int
    leave: int
    end: int
    is_first: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """How the hand moves in every press of a recording."""

    depth_mm: float
    lift_mm: float
    load_s: float
    hold_s: float
    unload_s: float
    profile: str
    wander_mm: float


def indentation_recording(rng: np.random.Generator, name: str) -> Known:
    """Draw one recording of one to four presses."""
    tissue, plan = _tissue(rng), _plan(rng)
    travel, motions, free = _travel(rng, plan, int(rng.integers(1, 5)))
    t_s = np.arange(travel.size, dtype=np.float64) * STEP_S
    softening = _conditioning(rng, travel.size, motions)
    force = tissue.force(travel / plan.depth_mm) * softening
    zero_mm, noise_mm = rng.uniform(-20, 20), rng.uniform(0.005, 0.03)
    press = _Press(t_s=t_s, travel=travel, force=force, softening=softening, zero_mm=zero_mm)
    presses = tuple(_truth(press, tissue, plan, m) for m in motions)

    sensor = replace(any_sensor(rng, rates_hz=RATES_HZ), creep_share=0.0)
    sensor = replace(sensor, drift_n=sensor.drift_n / 3)
    samples = sensor.times(rng, float(t_s[-1]))
    knocks = [knock(rng, a + 0.3 + rng.uniform(0, b - a - 0.9)) for a, b in free]
    knocks = [k for k in knocks if rng.random() < 0.4] if rng.random() < 0.4 else []
    seen = np.interp(samples, t_s, force) + force_at(knocks, samples)
    moved = np.interp(samples, t_s, travel) + zero_mm + rng.normal(0, noise_mm, samples.size)
    columns = {
        "t_s": samples,
        "force_n": sensor.indicate(rng, samples, seen),
        "displacement_mm": moved,
    }
    damage = Damage() if rng.random() < 0.6 else Damage(lost_share=0.01, doubled_share=0.01)
    context = RecordingContext(
        kind=RecordingKind.INDENTATION if rng.random() < 0.7 else None,
        tip=ContactTip(area_cm2=1.0) if rng.random() < 0.8 else None,
    )
    recording = write_down(rng, columns, damage, context, name)
    parameters = {
        "tissue": tissue,
        "plan": plan,
        "sensor": sensor,
        "noise_mm": round(noise_mm, 4),
        "damage": damage,
        "knocks": len(knocks),
        "presses": len(presses),
    }
    return Known(recording=recording, presses=presses, parameters=parameters)


def _tissue(rng: np.random.Generator) -> _Tissue:
    equilibrium = rng.uniform(0.35, 0.85)
    terms = int(rng.integers(1, 3))
    shares = rng.dirichlet(np.full(terms, 3.0)) * (1 - equilibrium)
    taus = [rng.uniform(1, 8)] if terms == 1 else [rng.uniform(0.2, 0.8), rng.uniform(2, 8)]
    stiffens_by_power = rng.random() < 0.6
    return _Tissue(
        power=round(rng.uniform(1.0, 2.2), 3) if stiffens_by_power else None,
        bend=None if stiffens_by_power else round(rng.uniform(0.6, 3.0), 3),
        peak_n=round(rng.uniform(8, 60), 2),
        equilibrium=round(equilibrium, 3),
        weights=tuple(round(w, 3) for w in shares),
        taus_s=tuple(round(t, 3) for t in taus),
    )


def _plan(rng: np.random.Generator) -> _Plan:
    return _Plan(
        depth_mm=round(rng.uniform(5, 15), 2),
        lift_mm=round(rng.uniform(0.5, 4), 2) if rng.random() < 0.6 else 0.0,
        load_s=round(rng.uniform(0.5, 3), 2),
        hold_s=round(rng.uniform(3, 15), 2) if rng.random() < 0.8 else 0.0,
        unload_s=round(rng.uniform(0.5, 3), 2),
        profile=str(rng.choice(["straight", "rounded", "smooth", "uneven"])),
        wander_mm=round(rng.uniform(0, 0.15), 3) if rng.random() < 0.6 else 0.0,
    )


def _travel(
    rng: np.random.Generator, plan: _Plan, presses: int
) -> tuple[FloatArray, list[_Motion], list[tuple[float, float]]]:
    """Return the tip's depth below the skin on the grid, phases, and the time off the skin."""
    lift, span = plan.lift_mm, plan.depth_mm + plan.lift_mm
    lead = rng.uniform(1.5, 3)
    motions: list[_Motion] = []
    parts, free = [np.full(_rows(lead), -lift)], [(0.0, lead)]
    for _ in range(presses):
        start = sum(part.size for part in parts)
        down = span * _stroke(rng, plan.profile, plan.load_s * span / plan.depth_mm) - lift
        hold = plan.depth_mm + _wander(rng, plan)
        bottom = float(hold[-1]) if hold.size else plan.depth_mm
        way = (bottom + lift) / span
        up = way * span * (1 - _stroke(rng, plan.profile, plan.unload_s)) - lift
        pause = rng.uniform(2, 8)
        parts += [down, hold, up, np.full(_rows(pause), -lift)]
        motion = _Motion(
            start=start,
            hold=start + down.size - 1,
            leave=start + down.size + hold.size - 1,
            end=start + down.size + hold.size + up.size,
            is_first=not motions,
        )
        motions.append(motion)
        free.append((motion.end * STEP_S, motion.end * STEP_S + pause))
    return np.concatenate(parts), motions, free


def _rows(seconds: float) -> int:
    return int(seconds / STEP_S)


def _stroke(rng: np.random.Generator, profile: str, seconds: float) -> FloatArray:
    """Return the share of the way covered, from the first step to exactly 1."""
    u = np.arange(1, _rows(seconds) + 1) / _rows(seconds)
    if profile == "smooth":
        return (1 - np.cos(np.pi * u)) / 2
    if profile == "uneven":
        return u + rng.uniform(-0.4, 0.4) * np.sin(2 * np.pi * u) / (2 * np.pi)
    if profile == "rounded":
        corner = 0.06
        speed = np.clip(np.minimum(u, 1 - u) / corner, 0, 1)
        covered = np.cumsum(speed)
        return np.asarray(covered / covered[-1])
    return u


def _wander(rng: np.random.Generator, plan: _Plan) -> FloatArray:
    """Return how a hand that means to stand still moves, from 0."""
    t_s = np.arange(1, _rows(plan.hold_s) + 1, dtype=np.float64) * STEP_S
    slow = sum(
        rng.normal(0, 0.7) * np.sin(2 * np.pi * (rng.uniform(0.05, 0.4) * t_s + rng.uniform()))
        for _ in range(2)
    )
    grown = np.clip(t_s / 0.3, 0, 1)
    return plan.wander_mm * grown * (slow + 0.1 * tremor(rng, t_s))


def _conditioning(rng: np.random.Generator, size: int, motions: list[_Motion]) -> FloatArray:
    """Return the softening by the presses before, changing only while off the skin."""
    factor = np.ones(size)
    step = rng.uniform(0.93, 1.0)
    for before, motion in enumerate(motions):
        factor[motion.start :] = step**before
    return factor


@dataclass(frozen=True, slots=True, kw_only=True)
class _Press:
    """A recording without noise on the grid, shape (n,) each; where the gauge has its zero."""

    t_s: FloatArray
    travel: FloatArray
    force: FloatArray
    softening: FloatArray
    zero_mm: float


def _truth(press: _Press, tissue: _Tissue, plan: _Plan, motion: _Motion) -> IndentationTruth:
    t_s, travel, force = press.t_s, press.travel, press.force
    loading = slice(motion.start, motion.hold + 1)
    unloading = slice(motion.leave, motion.end)
    rise, way = force[loading], travel[loading]
    top = int(np.argmax(rise))
    peak = float(rise[top])
    low, high = (way[int(np.argmax(rise >= share * peak))] for share in (0.2, 0.8))
    work_in = float(np.trapezoid(rise, way))
    work_out = -float(np.trapezoid(force[unloading], travel[unloading]))
    held = motion.leave > motion.hold
    touched = motion.start + int(np.argmax(rise > 0))
    bend = None if tissue.bend is None else tissue.bend / plan.depth_mm
    return IndentationTruth(
        start_s=float(t_s[touched]),
        end_s=float(t_s[motion.end - 1]),
        contact_mm=float(travel[touched]) + press.zero_mm,
        secant_n_mm=0.6 * peak / float(high - low),
        tangents_n_mm={
            at_n: _tangent(rise, way, at_n) for at_n in _STATED_N if _goes_beyond(rise, at_n)
        },
        power=tissue.power,
        fung_b_per_mm=bend,
        energy_loss=1 - work_out / work_in,
        relaxation=1 - float(force[motion.leave] / force[motion.hold]) if held else None,
        relaxation_still=_lost_by_a_still_hand(press, tissue, plan, motion) if held else None,
        equilibrium=tissue.equilibrium if held and motion.is_first else None,
        responses={
            after_s: 1 - float(force[motion.hold + _rows(after_s)] / force[motion.hold])
            for after_s in _RESPONSES_S
            if motion.hold + _rows(after_s + _HOLD_LEFT_S) <= motion.leave
        },
        parameters={
            "start_s": round(float(t_s[touched]), 2),
            "peak_n": round(peak, 2),
            "peak_before_hold_s": round(STEP_S * (rise.size - 1 - top), 3),
            "hold_at_s": round(float(t_s[motion.hold]), 3),
            "leave_at_s": round(float(t_s[motion.leave]), 3),
            "force_hold_n": round(float(force[motion.hold]), 3),
            "force_leave_n": round(float(force[motion.leave]), 3),
        },
    )


def _goes_beyond(rise: FloatArray, at_n: float) -> bool:
    """Tell whether a loading surely covers a tenth to either side of a force."""
    return float(rise[-1]) > _BEYOND * at_n and float(rise[0]) < at_n / _BEYOND


def _tangent(rise: FloatArray, way: FloatArray, at_n: float) -> float:
    """Return the slope of a noise-free loading curve where it reaches a force."""
    at = int(np.argmax(rise >= at_n))
    near = slice(max(at - _TANGENT_ROWS, 0), min(at + _TANGENT_ROWS, rise.size - 1) + 1)
    _, slope, _ = np.polynomial.polynomial.polyfit(way[near] - way[at], rise[near], 2)
    return float(slope)


def _lost_by_a_still_hand(press: _Press, tissue: _Tissue, plan: _Plan, motion: _Motion) -> float:
    """Return the relaxation had the tip stayed where the hold began."""
    still = press.travel[: motion.leave + 1].copy()
    still[motion.hold :] = still[motion.hold]
    force = tissue.force(still / plan.depth_mm) * press.softening[: still.size]
    return 1 - float(force[motion.leave] / force[motion.hold])
