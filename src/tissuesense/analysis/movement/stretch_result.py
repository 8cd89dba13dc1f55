"""What a recording of stretches says: stretches, session, plain data."""

from dataclasses import dataclass, fields
from typing import Any

from tissuesense.analysis.result import Finding
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome, quantity_json

_ALWAYS_TOLD = ("stiffness_n_m_rad", "damping_n_m_s_rad")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One stretch.

    Attributes
    ----------
    start_deg, end_deg
        As the recording counts the angle.
    catch_angle_deg
        None where it was looked for and there is none.
    slope_n_m_rad
        Of the torque on the angle over the middle of the way, inertia taken off, weight left in.
    work_j
        Of the hand over the range that all stretches share, without what went into speed.
    accepted
        Whether it counts for the session.
    """

    index: int
    start_s: float
    end_s: float
    start_deg: float
    end_deg: float
    peak_speed_deg_s: float
    catch_angle_deg: Outcome | None
    slope_n_m_rad: Outcome
    work_j: Outcome
    accepted: bool
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of the contract's `stretches`."""
        return {
            "index": self.index,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "start_deg": self.start_deg,
            "end_deg": self.end_deg,
            "peak_speed_deg_s": self.peak_speed_deg_s,
            "catch_angle_deg": quantity_json(self.catch_angle_deg),
            "slope_n_m_rad": quantity_json(self.slope_n_m_rad),
            "work_j": quantity_json(self.work_j),
            "accepted": self.accepted,
            "flags": [str(flag) for flag in self.flags],
        }

    def findings(self) -> list[Finding]:
        """Return its numbers, one row each; no row for what it does not have."""
        values: dict[str, Outcome | float | None] = {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "peak_speed_deg_s": self.peak_speed_deg_s,
            "start_deg": self.start_deg,
            "end_deg": self.end_deg,
            "catch_angle_deg": self.catch_angle_deg,
            "slope_n_m_rad": self.slope_n_m_rad,
            "work_j": self.work_j,
        }
        return [
            Finding(
                item="stretch",
                index=self.index,
                quantity=name,
                value=value,
                accepted=self.accepted,
                flags=self.flags,
            )
            for name, value in values.items()
            if isinstance(value, Estimate | float)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchSession:
    """What all stretches say together.

    Attributes
    ----------
    stiffness_n_m_rad, damping_n_m_s_rad
        Of the limb about its joint, weight and inertia taken off.
    stiffness_with_weight_n_m_rad
        The stiffness when the weight is left in.
    slack_angle_deg
        Where the spring would be at rest.
    work_difference_j
        Of the fastest stretches over the slowest, over the same range of angle.
    fast_slope_n_m_rad
        Mean slope of the stretches above 100 degrees a second.
    slow_range_end_deg
        Where the slowest stretches ended.
    catch_to_end_deg
        From the mean catch to there.
    catch_deg_per_deg_s
        Slope of the catch angle on the speed, from three catches on.
    """

    stiffness_n_m_rad: Outcome
    damping_n_m_s_rad: Outcome
    stiffness_with_weight_n_m_rad: Outcome
    slack_angle_deg: Outcome
    limb_weight_n_m: Outcome
    limb_inertia_kg_m2: Outcome
    work_difference_j: Outcome
    fast_slope_n_m_rad: Outcome
    slow_range_end_deg: Outcome
    catch_to_end_deg: Outcome
    catch_deg_per_deg_s: Outcome

    def outcomes(self) -> dict[str, Outcome]:
        """Return every quantity by its name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchAnalysis:
    """A recording's stretches and session.

    Attributes
    ----------
    n_speeds
        Distinct speeds among the accepted stretches.
    weight
        Where the limb's weight is from: "stated", "fitted", or "unknown" without any torque.
    """

    stretches: tuple[Stretch, ...]
    session: StretchSession
    n_speeds: int
    weight: str
    flags: tuple[QualityFlag, ...]

    @property
    def sentence(self) -> str:
        """The result in plain words; a resistance, never a diagnosis or a grade."""
        damping = self.session.damping_n_m_s_rad
        if not isinstance(damping, Estimate):
            return damping.detail
        low, high = damping.ci95
        if low > 0:
            return "Resistance grew with the speed of the stretch."
        if high < 0:
            return "Resistance fell with the speed of the stretch; check sensor and lever arm."
        return "No part of the resistance was seen to depend on the speed of the stretch."

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's `stretches` and `session`."""
        session = {name: quantity_json(value) for name, value in self.session.outcomes().items()}
        return {
            "stretches": [stretch.to_dict() for stretch in self.stretches],
            "session": {
                **session,
                "n_accepted": sum(stretch.accepted for stretch in self.stretches),
                "n_speeds": self.n_speeds,
                "limb_weight": self.weight,
                "sentence": self.sentence,
            },
        }

    def findings(self) -> list[Finding]:
        """Return every number, one row each.

        Stiffness and damping always have one, with the reason where they are not known; of the
        others, those that are known: a session without a catch lacks nothing.
        """
        rows = [row for stretch in self.stretches for row in stretch.findings()]
        return rows + [
            Finding(item="session", index=None, quantity=name, value=value, flags=self.flags)
            for name, value in self.session.outcomes().items()
            if isinstance(value, Estimate) or name in _ALWAYS_TOLD
        ]
