"""How the tip sank on while the hand held the force."""

from dataclasses import replace
from typing import Any

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.signals.cleaning import binned
from tissuesense.analysis.viscoelastic.creep import Creep, fit_creep
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome, quantity_json

_MOST_SAMPLES = 300
_FEWEST_SAMPLES = 30


def creep_of(course: Course, seen: tuple[QualityFlag, ...]) -> Creep | None:
    """Return the creep of a hold in which the force was held; None of any other."""
    if QualityFlag.CREEP not in seen or course.way_mm is None:
        return None
    contact_s, contact_mm = course.contact_s, course.contact_mm
    if contact_s is None or contact_mm is None or contact_s >= course.top.t_s:
        return None
    first, stop = (int(i) for i in np.searchsorted(course.t_s, [course.top.t_s, course.leave.t_s]))
    t, way = course.t_s[first:stop], course.way_mm[first:stop]
    if t.size < _FEWEST_SAMPLES:
        return None
    held_n = float(course.force_n[first:stop].mean())
    t, way = binned(t, way, float(t[-1] - t[0]) / _MOST_SAMPLES)
    found = fit_creep(
        t - contact_s, way - contact_mm, force_n=held_n, ramp_s=course.top.t_s - contact_s
    )
    return _from_there(found, u_mm=course.contact.u if course.contact else 0.0, held_n=held_n)


def _from_there(found: Creep, *, u_mm: float, held_n: float) -> Creep:
    """Return the creep with what the contact leaves uncertain: it moves every depth alike."""
    depth_mm = _value(found.instantaneous_mm_n) * held_n
    return replace(
        found,
        instantaneous_mm_n=_widened(found.instantaneous_mm_n, u_mm / held_n),
        total_mm_n=_widened(found.total_mm_n, u_mm / held_n),
        creep_fraction={
            after_s: _widened(one, _value(one) * u_mm / depth_mm if depth_mm else 0.0)
            for after_s, one in found.creep_fraction.items()
        },
    )


def _value(outcome: Outcome) -> float:
    return outcome.value if isinstance(outcome, Estimate) else 0.0


def _widened(outcome: Outcome, u: float) -> Outcome:
    if not isinstance(outcome, Estimate):
        return outcome
    budget = {"fit": outcome.u, "contact": u}
    return Estimate.from_budget(outcome.value, budget, unit=outcome.unit, dof={"fit": outcome.dof})


def creep_json(found: Creep | None) -> dict[str, Any] | None:
    """Return it as plain data."""
    if found is None:
        return None
    return {
        "model": found.model,
        "instantaneous_mm_n": quantity_json(found.instantaneous_mm_n),
        "total_mm_n": quantity_json(found.total_mm_n),
        "retardation_s": [quantity_json(tau) for tau in found.retardation_s],
        "creep_fraction": [
            {"after_s": after_s, **one.to_dict()}
            for after_s, one in found.creep_fraction.items()
            if isinstance(one, Estimate)
        ],
    }


def creep_outcomes(found: Creep) -> dict[str, Outcome]:
    """Return its numbers by name."""
    return {
        "creep_instantaneous_mm_n": found.instantaneous_mm_n,
        "creep_total_mm_n": found.total_mm_n,
        **{f"creep_tau_{i}_s": tau for i, tau in enumerate(found.retardation_s, start=1)},
        **{f"creep_fraction_{after:g}s": one for after, one in found.creep_fraction.items()},
    }
