"""What the stretches of a recording say together, with a reason for whatever they cannot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.movement.limb_load import StatedLimb
from tissuesense.analysis.movement.stretch_law import (
    TOO_FEW_SPEEDS,
    LimbLaw,
    count_speeds,
    limb_law,
)
from tissuesense.analysis.movement.stretch_reading import Reading
from tissuesense.analysis.movement.stretch_result import Stretch, StretchSession
from tissuesense.analysis.movement.stretch_work import NOTHING_SHARED, difference, mean_of
from tissuesense.analysis.numerics.straight_line import straight_line
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

_FAST_DEG_S = 100.0
_SLOW_FACTOR, _FAST_FACTOR, _APART = 1.5, 0.7, 3.0
NO_LEVER_ARM = NotEstimable(
    reason=QualityFlag.NO_LEVER_ARM,
    detail="A force has no torque without its lever arm: state lever_arm_m in the side-car, the "
    "distance in metres from the joint to where the gauge pushes.",
)
TOO_FEW = NotEstimable(
    reason=QualityFlag.TOO_FEW, detail="Too few usable stretches; stretch again."
)
NO_CATCH = NotEstimable(
    reason=QualityFlag.TOO_FEW, detail="Too few stretches caught to say this of catches."
)
NO_FAST = NotEstimable(
    reason=QualityFlag.TOO_FEW_SPEEDS, detail="No stretch was faster than 100 degrees a second."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Groups:
    """The slowest and the fastest of the accepted stretches."""

    slow: tuple[Stretch, ...]
    fast: tuple[Stretch, ...]

    @classmethod
    def of(cls, stretches: Sequence[Stretch]) -> "Groups":
        """Group them by peak speed; nothing is fast that is not three times the slowest."""
        accepted = [stretch for stretch in stretches if stretch.accepted]
        if not accepted:
            return cls(slow=(), fast=())
        speeds = [stretch.peak_speed_deg_s for stretch in accepted]
        least, most = min(speeds), max(speeds)
        fastest = max(_FAST_FACTOR * most, _APART * least)
        return cls(
            slow=tuple(s for s in accepted if s.peak_speed_deg_s <= _SLOW_FACTOR * least),
            fast=tuple(s for s in accepted if s.peak_speed_deg_s >= fastest),
        )


def summarise(
    stretches: Sequence[Stretch],
    reading: Reading | None,
    limb: StatedLimb,
    shared: dict[str, float],
    *,
    way: int,
) -> StretchSession:
    """Return the session of stretches; without a `reading` there was no torque."""
    accepted = [stretch for stretch in stretches if stretch.accepted]
    groups = Groups.of(stretches)
    law = _law(reading, accepted, limb, shared, way)
    slow_end = _end(groups.slow)
    catches = [(s.peak_speed_deg_s, s.catch_angle_deg) for s in accepted]
    caught = [(v, c) for v, c in catches if isinstance(c, Estimate)]
    steep = [s.slope_n_m_rad for s in accepted if s.peak_speed_deg_s > _FAST_DEG_S]
    missing = NO_LEVER_ARM if reading is None else None
    return StretchSession(
        stiffness_n_m_rad=law.stiffness_n_m_rad,
        damping_n_m_s_rad=law.damping_n_m_s_rad,
        stiffness_with_weight_n_m_rad=law.stiffness_with_weight_n_m_rad,
        slack_angle_deg=law.slack_deg,
        limb_weight_n_m=law.weight_n_m,
        limb_inertia_kg_m2=law.inertia_kg_m2,
        work_difference_j=missing or _work_difference(groups),
        fast_slope_n_m_rad=missing or mean_of(steep) or NO_FAST,
        slow_range_end_deg=slow_end,
        catch_to_end_deg=missing or _to_end(slow_end, [c for _, c in caught], way),
        catch_deg_per_deg_s=missing or _catch_line(caught),
    )


def _law(
    reading: Reading | None,
    accepted: Sequence[Stretch],
    limb: StatedLimb,
    shared: dict[str, float],
    way: int,
) -> LimbLaw:
    why = NO_LEVER_ARM if reading is None else None
    if reading is not None and (reading.fit is None or not accepted):
        why = TOO_FEW
    if why is None and count_speeds([s.peak_speed_deg_s for s in accepted]) < 3:  # noqa: PLR2004 - spring, damper, and whether they suffice
        why = TOO_FEW_SPEEDS
    if why is not None or reading is None or reading.fit is None:
        refused = why or TOO_FEW
        return LimbLaw(
            stiffness_n_m_rad=refused,
            damping_n_m_s_rad=refused,
            stiffness_with_weight_n_m_rad=refused,
            slack_deg=refused,
            weight_n_m=refused,
            inertia_kg_m2=refused,
        )
    return limb_law(reading.lawful(), reading.fit, limb, shared, way=way, apart=reading.apart)


def _work_difference(groups: Groups) -> Outcome:
    if not groups.fast or not groups.slow:
        return NOTHING_SHARED
    return difference(
        mean_of([stretch.work_j for stretch in groups.fast]),
        mean_of([stretch.work_j for stretch in groups.slow]),
    )


def _end(slow: Sequence[Stretch]) -> Outcome:
    if not slow:
        return TOO_FEW
    ends = np.array([stretch.end_deg for stretch in slow])
    if ends.size == 1:
        return Estimate(value=float(ends[0]), standard_uncertainty=_ONE_END_U_DEG, unit="deg")
    scatter = float(ends.std(ddof=1)) / np.sqrt(ends.size)
    return Estimate.from_budget(
        float(ends.mean()),
        {"scatter": float(scatter)},
        unit="deg",
        dof={"scatter": ends.size - 1.0},
    )


# How far the end of one slow stretch is from that of the next, where there is no next.
_ONE_END_U_DEG = 3.0


def _to_end(slow_end: Outcome, caught: Sequence[Estimate], way: int) -> Outcome:
    mean = mean_of(caught)
    if mean is None or not isinstance(slow_end, Estimate):
        return NO_CATCH
    budget = {"end": slow_end.u, "catch": mean.u}
    return Estimate.from_budget(
        way * (slow_end.value - mean.value), budget, unit="deg", dof={"end": slow_end.dof}
    )


def _catch_line(caught: Sequence[tuple[float, Estimate]]) -> Outcome:
    speeds = np.array([speed for speed, _ in caught])
    line = straight_line(speeds, np.array([c.value for _, c in caught]), unit="deg s/deg")
    return NO_CATCH if line is None else line.slope
