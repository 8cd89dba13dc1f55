"""What the force alone says of a press: the answer of hand and tissue to being held."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.force_only import (
    RESPONSES_AFTER_S,
    apparent_stiffness_n_mm,
    hold_response,
)
from tissuesense.analysis.press_hold.hold_steadiness import Steadiness, steadiness
from tissuesense.analysis.press_hold.refusals import NOT_SEEN_LONG_ENOUGH
from tissuesense.analysis.press_hold.secant import loading_rate
from tissuesense.analysis.press_hold.side_car import IndentationSideCar
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.signals.cleaning import binned
from tissuesense.analysis.viscoelastic.power_law_relaxation import (
    WINDOW_S,
    PowerLawRelaxation,
    power_law_relaxation,
)
from tissuesense.analysis.viscoelastic.ramp_hold import springpot_response
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, quantity_json

# Tremor ends at 40 Hz: denser samples show nothing more.
_STEADINESS_STEP_S = 0.0025
_SPRINGPOT_SAMPLES = 300
# The power of the depth is not known without one.
_POWERS = np.linspace(1.0, 2.2, 7)
_ORDERS = (0.01, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceAlone:
    """What one press says without its depth.

    Attributes
    ----------
    responses
        Seconds after the hold began -> share of the force that was lost by then; empty where
        nothing was held, or the force and not the depth.
    springpot
        None likewise.
    steadiness
        None for less than four seconds of hold.
    apparent_stiffness_n_mm
        None where the depth was recorded, or no speed of the hand was stated.
    hand_speed_source
        What the apparent stiffness rests on.
    """

    responses: Mapping[float, Outcome]
    springpot: PowerLawRelaxation | None
    steadiness: Steadiness | None
    apparent_stiffness_n_mm: Outcome | None
    hand_speed_source: str | None

    @property
    def outcomes(self) -> dict[str, Outcome]:
        """Its numbers that have an uncertainty, by name."""
        found = {f"hold_response_{after:g}s": one for after, one in self.responses.items()}
        if self.springpot is not None:
            found["springpot_exponent"] = self.springpot.exponent
            if self.springpot.broken is not None:
                found["springpot_exponent_early"] = self.springpot.broken.early
                found["springpot_exponent_late"] = self.springpot.broken.late
        if self.apparent_stiffness_n_mm is not None:
            found["apparent_stiffness_n_mm"] = self.apparent_stiffness_n_mm
        return found

    @property
    def plain(self) -> dict[str, float]:
        """Its bare numbers, by name."""
        found: dict[str, float | None] = {}
        if self.springpot is not None and self.springpot.broken is not None:
            found["springpot_break_s"] = self.springpot.broken.break_s
        if self.steadiness is not None:
            found["sway_cv"] = self.steadiness.sway_cv
            found |= {f"{band}_rms_n": rms for band, rms in self.steadiness.rms_n.items()}
            found["twitches"] = float(len(self.steadiness.twitches_s))
        return {name: value for name, value in found.items() if value is not None}

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "hold_response": [
                {"after_s": after_s, **one.to_dict()}
                for after_s, one in self.responses.items()
                if isinstance(one, Estimate)
            ],
            "springpot": _springpot_json(self.springpot),
            "steadiness": _steadiness_json(self.steadiness),
            "apparent_stiffness_n_mm": quantity_json(self.apparent_stiffness_n_mm),
            "hand_speed_source": self.hand_speed_source,
        }


def _springpot_json(found: PowerLawRelaxation | None) -> dict[str, Any] | None:
    if found is None or isinstance(found.exponent, NotEstimable):
        return None
    broken = found.broken
    return {
        "exponent": found.exponent.to_dict(),
        "broken": broken
        and {
            "early": broken.early.to_dict(),
            "late": broken.late.to_dict(),
            "break_s": broken.break_s,
        },
        "r_squared": found.r_squared,
    }


def _steadiness_json(found: Steadiness | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "sway_cv": found.sway_cv,
        "rms_n": dict(found.rms_n),
        "twitches_s": list(found.twitches_s),
    }


def force_alone(
    signal: IndentationSignal,
    course: Course,
    side_car: IndentationSideCar,
    seen: tuple[QualityFlag, ...],
) -> ForceAlone:
    """Return what the force of a press says without its depth."""
    speed = None if course.way_mm is not None else side_car.hand_speed
    held = not course.turns
    relaxes = held and QualityFlag.CREEP not in seen
    return ForceAlone(
        responses=_responses(signal, course) if relaxes else {},
        springpot=_springpot(course) if relaxes else None,
        steadiness=_steadiness(signal, course) if held else None,
        apparent_stiffness_n_mm=None
        if speed is None
        else apparent_stiffness_n_mm(loading_rate(signal, course), speed),
        hand_speed_source=None if speed is None else speed.source,
    )


def _held(course: Course) -> slice:
    """Return the samples of the hold."""
    first, stop = np.searchsorted(course.t_s, [course.top.t_s, course.leave.t_s])
    return slice(int(first), int(stop))


def _responses(signal: IndentationSignal, course: Course) -> dict[float, Outcome]:
    """Return the response at each stated time that the hold reached."""
    part, hold, top = _held(course), course.hold, course.top
    if hold is None or part.stop == part.start:
        return {}
    t_s, force_n = course.t_s[part], course.force_n[part]
    start_n = Estimate(
        value=top.force.value,
        standard_uncertainty=top.force.u_with_time(hold.start_u_s),
        unit="N",
    )
    return {
        after_s: hold_response(
            t_s,
            force_n,
            start_n,
            start_s=top.t_s,
            after_s=after_s,
            noise_n=signal.force_sd_n,
        )
        for after_s in RESPONSES_AFTER_S
        if after_s <= float(t_s[-1]) - top.t_s
    }


def _springpot(course: Course) -> PowerLawRelaxation | None:
    if course.contact_s is None or course.contact_s >= course.top.t_s:
        return None
    part = _held(course)
    width_s = (course.leave.t_s - course.top.t_s) / _SPRINGPOT_SAMPLES
    t, force = binned(course.t_s[part], course.force_n[part], width_s)
    t, ramp_s = t - course.contact_s, course.top.t_s - course.contact_s
    used = (t >= ramp_s + WINDOW_S[0]) & (t <= ramp_s + WINDOW_S[1]) & (force > 0)
    power, law_u = _likeliest_power(t[used], force[used], ramp_s)
    found = power_law_relaxation(t, force, ramp_s=ramp_s, exponent=power)
    one = found.exponent
    if isinstance(one, NotEstimable):
        return replace(found, exponent=NOT_SEEN_LONG_ENOUGH)
    budget = {**one.budget, "law": law_u}
    exponent = Estimate.from_budget(one.value, budget, unit="1", dof={"scatter": one.dof})
    return replace(found, exponent=exponent)


def _likeliest_power(t_s: FloatArray, force_n: FloatArray, ramp_s: float) -> tuple[float, float]:
    """Return the power of the depth by which a springpot answers the ramp as the force does.

    And how unsure its exponent is because the power, anywhere in `_POWERS`, is hardly known.
    """
    if t_s.size <= _POWERS.size:
        return float(_POWERS.mean()), 0.0
    log_force = np.log(force_n)
    # The ramp counts as a step at ``ramp / (1 + p)`` after the contact, nearly.
    order = -_line(np.log(t_s - ramp_s / (1 + _POWERS.mean())), log_force)[0]
    order = min(max(order, _ORDERS[0]), _ORDERS[1])
    lines = [
        _line(np.log(springpot_response(t_s, ramp_s, order, p)) / order, log_force)
        for p in _POWERS.tolist()
    ]
    slopes, squares = zip(*lines, strict=True)
    u = (max(slopes) - min(slopes)) / math.sqrt(12)
    return float(_POWERS[int(np.argmin(squares))]), u


def _line(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """Return slope and sum of squared residuals of a straight line."""
    from_mean, rise = x - x.mean(), y - y.mean()
    slope = float(from_mean @ rise) / float(from_mean @ from_mean)
    left = rise - slope * from_mean
    return slope, float(left @ left)


def _steadiness(signal: IndentationSignal, course: Course) -> Steadiness | None:
    part = _held(course)
    t, force = binned(course.t_s[part], course.force_n[part], _STEADINESS_STEP_S)
    averaged = max((part.stop - part.start) / t.size, 1.0) if t.size else 1.0
    return steadiness(t, force, noise_n=signal.force_sd_n / math.sqrt(averaged))
