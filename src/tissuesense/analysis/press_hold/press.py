"""The numbers of one press, with their uncertainty, from its phases."""

from collections.abc import Iterable

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.analysis.press_hold.creep import creep_of
from tissuesense.analysis.press_hold.flags import press_flags
from tissuesense.analysis.press_hold.force_alone import force_alone
from tissuesense.analysis.press_hold.hold import fitted_relaxation, moved_mm, relaxation_fraction
from tissuesense.analysis.press_hold.hold_motion import held_still
from tissuesense.analysis.press_hold.indentation_stiffening import Stiffening
from tissuesense.analysis.press_hold.modulus import modulus_of
from tissuesense.analysis.press_hold.result import (
    IndentationPress,
    LoadingRate,
    stiffnesses,
)
from tissuesense.analysis.press_hold.secant import SHARES, secant_stiffness
from tissuesense.analysis.press_hold.side_car import IndentationSideCar
from tissuesense.analysis.press_hold.signal import IndentationSignal
from tissuesense.analysis.press_hold.tangent_stiffness import tangents
from tissuesense.analysis.press_hold.work import energy_loss
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_REJECTING = frozenset({QualityFlag.CLIP, QualityFlag.GAP})


def analyse_press(
    signal: IndentationSignal,
    course: Course,
    law: Stiffening,
    side_car: IndentationSideCar,
    *,
    index: int,
) -> IndentationPress:
    """Analyse one press of a recording, the law of its tissue being known."""
    seen = press_flags(signal, course, side_car)
    still = None
    if law.path is not None and not course.turns:
        still = held_still(law.path, course.top.t_s, law.fits)
    secant = secant_stiffness(signal, course)
    steep = tangents(signal, course, law.fits)
    loss = energy_loss(signal, course, seen)
    lost = relaxation_fraction(signal, course, seen, still)
    relaxation = fitted_relaxation(signal, course, seen, stopped=side_car.depth_stop)
    alone = force_alone(signal, course, side_car, seen)
    creep = creep_of(course, seen)
    modulus = modulus_of(side_car.layer, stiffnesses(steep, secant))
    outcomes: tuple[Outcome, ...] = (
        secant,
        *(tangent.stiffness_n_mm for tangent in steep),
        law.fung_a_n,
        law.fung_b_per_mm,
        law.power_exponent,
        loss,
        lost,
        *alone.outcomes.values(),
        *([] if modulus is None else [modulus.modulus_kpa]),
    )
    refused = [flag for fitted in (relaxation, creep, modulus) if fitted for flag in fitted.flags]
    return IndentationPress(
        index=index,
        contact_s=course.contact_s,
        contact_mm=course.contact_mm,
        contact_u_mm=course.contact.u if course.contact and course.way_mm is not None else None,
        end_s=float(course.t_s[-1]),
        peak_n=course.peak_n,
        depth_mm=course.depth_mm,
        rate=_rate(course),
        secant_stiffness_n_mm=secant,
        tangents=steep,
        fung_a_n=law.fung_a_n,
        fung_b_per_mm=law.fung_b_per_mm,
        power_exponent=law.power_exponent,
        energy_loss_ratio=loss,
        hold_s=course.hold_s,
        hold_motion_mm=moved_mm(course),
        relaxation_fraction=lost,
        relaxation=relaxation,
        creep=creep,
        force_alone=alone,
        modulus=modulus,
        accepted=not _REJECTING.intersection(seen)
        and (course.way_mm is None or isinstance(secant, Estimate)),
        flags=tuple(dict.fromkeys((*seen, *_reasons(outcomes), *refused))),
    )


def _reasons(outcomes: Iterable[Outcome]) -> Iterable[QualityFlag]:
    return (outcome.reason for outcome in outcomes if isinstance(outcome, NotEstimable))


def _rate(course: Course) -> LoadingRate:
    """Return how fast it was pressed while the force rose from 20 % to 80 % of its peak."""
    low_s, high_s = (course.risen_s(share) for share in SHARES)
    if not low_s < high_s <= course.top.t_s:
        return LoadingRate(force_n_s=None, speed_mm_s=None)
    seconds = high_s - low_s
    low_n, high_n = np.interp([low_s, high_s], course.t_s, course.force_n)
    speed = None
    if course.way_mm is not None:
        low_mm, high_mm = np.interp([low_s, high_s], course.t_s, course.way_mm)
        speed = float(high_mm - low_mm) / seconds
    return LoadingRate(force_n_s=float(high_n - low_n) / seconds, speed_mm_s=speed)
