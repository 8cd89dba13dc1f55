"""What few samples of a loading leave unknown: how the tip moved from one to the next.

Between samples the motion is taken as straight. What that does to a number falls with a power of
how many there are; the factors below were measured on simulated presses of 6 to 60 samples, of two
laws and two time constants, with tips that set off and stopped gently.
"""

import math
from dataclasses import replace

import numpy as np

from tissuesense.analysis.press_hold.course import Course
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable

SAMPLING = "sampling"
TOO_FEW_SAMPLES = NotEstimable(
    reason=QualityFlag.SAMPLE_RATE,
    detail="Too few samples while the tip was pressed in; press more slowly or sample faster.",
)
_FEWEST, _FEW = 6, 18


def loading_samples(course: Course) -> int:
    """Return how many samples lie between the contact and the end of the loading."""
    begin_s = course.t_s[0] if course.contact_s is None else course.contact_s
    first, last = (int(i) for i in np.searchsorted(course.t_s, [begin_s, course.top.t_s]))
    return last - first


def are_few(course: Course) -> bool:
    """Tell whether the loading has so few samples that much of the uncertainty is theirs."""
    return loading_samples(course) < _FEW


def are_too_few(course: Course) -> bool:
    """Tell whether it has too few for anything that rests on its curve."""
    return loading_samples(course) < _FEWEST


def with_sampled_contact(course: Course) -> Course:
    """Return the course with a contact as uncertain as its samples leave it."""
    if course.contact is None or course.depth_mm is None:
        return course
    u = math.hypot(course.contact.u, of_share(course) * course.depth_mm)
    return replace(course, contact=replace(course.contact, u=u))


def of_share(course: Course) -> float:
    """Return the standard uncertainty of a share.

    Of the force that stays, of the work that is lost; of a contact in the depth, of an error in a
    steepness.
    """
    return 80.0 / max(loading_samples(course), 1) ** 3


def of_law(course: Course) -> float:
    """Return the standard uncertainty of a law's parameter, the depth counting as 1."""
    return 450.0 / max(loading_samples(course), 1) ** 3


def with_sampling(estimate: Estimate, u: float) -> Estimate:
    """Return an estimate with one more contribution to its budget."""
    return Estimate.from_budget(
        estimate.value, {**estimate.budget, SAMPLING: u}, unit=estimate.unit
    )
