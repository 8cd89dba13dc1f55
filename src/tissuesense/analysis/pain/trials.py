"""The result of a pain-threshold recording: its trials and the session's value."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.pain.budget import uncertainty_budget
from tissuesense.analysis.result import Finding
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, quantity_json


@dataclass(frozen=True, slots=True, kw_only=True)
class PainTrial:
    """One press to the pain threshold.

    Attributes
    ----------
    threshold_kpa
        Uncorrected, the field's convention.
    latent_threshold_kpa
        Corrected for reaction time x ramp rate.
    threshold_source
        "marker" or "release".
    release_s
        When the force was let go; None when the recording does not show it.
    at_least_kpa
        The limit that was met before the client signalled: the threshold lies above it. None where
        none was met, or where the press was rejected for other reasons as well.
    """

    index: int
    onset_s: float
    threshold_time_s: float | None
    peak_kpa: float
    peak_time_s: float
    release_s: float | None
    threshold_kpa: Outcome
    threshold_source: str
    latent_threshold_kpa: Outcome
    ramp_rate_kpa_s: Outcome
    ramp_rate_cv: float | None
    tare_n: float
    accepted: bool
    flags: tuple[QualityFlag, ...]
    at_least_kpa: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's entry of `trials`."""
        return {
            "index": self.index,
            "onset_s": self.onset_s,
            "threshold_time_s": self.threshold_time_s,
            "peak_kpa": self.peak_kpa,
            "peak_time_s": self.peak_time_s,
            "release_s": self.release_s,
            "threshold_kpa": quantity_json(self.threshold_kpa),
            "threshold_at_least_kpa": self.at_least_kpa,
            "threshold_source": self.threshold_source,
            "latent_threshold_kpa": quantity_json(self.latent_threshold_kpa),
            "ramp_rate_kpa_s": quantity_json(self.ramp_rate_kpa_s),
            "ramp_rate_cv": self.ramp_rate_cv,
            "tare_n": self.tare_n,
            "accepted": self.accepted,
            "flags": [str(flag) for flag in self.flags],
        }

    def findings(self) -> list[Finding]:
        """Return every number of the trial."""
        numbers: dict[str, Outcome | float | None] = {
            "threshold_kpa": self.threshold_kpa,
            "latent_threshold_kpa": self.latent_threshold_kpa,
            "ramp_rate_kpa_s": self.ramp_rate_kpa_s,
            "ramp_rate_cv": self.ramp_rate_cv,
            "onset_s": self.onset_s,
            "threshold_time_s": self.threshold_time_s,
            "peak_kpa": self.peak_kpa,
            "peak_time_s": self.peak_time_s,
            "release_s": self.release_s,
            "tare_n": self.tare_n,
        }
        return [
            Finding(
                item="trial",
                index=self.index,
                quantity=name,
                value=value,
                accepted=self.accepted,
                flags=self.flags,
            )
            for name, value in numbers.items()
            if value is not None
        ]


class Grade(enum.StrEnum):
    """How far a session can be trusted: spotless, with remarks, or without a value."""

    A = "A"
    B = "B"
    C = "C"


@dataclass(frozen=True, slots=True, kw_only=True)
class PainSession:
    """One value for the site on this day.

    Attributes
    ----------
    rule, aggregation
        How accepted trials make the value, in words and by name.
    n_accepted, n_counted, n_censored
        Trials that were accepted, that count by the rule, and that met a limit before any signal.
    too_spread
        The counted trials differ so much that another one is wanted.
    geometric_mean_kpa
        Of the counted trials.
    censored_geometric_mean_kpa
        With the trials that met a limit, as lower bounds; None where none did.
    """

    ppt_kpa: Outcome
    latent_ppt_kpa: Outcome
    n_accepted: int
    rule: str
    aggregation: str
    n_counted: int
    grade: Grade
    too_spread: bool
    geometric_mean_kpa: Outcome
    censored_geometric_mean_kpa: Outcome | None
    n_censored: int

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's `session`."""
        return {
            "ppt_kpa": quantity_json(self.ppt_kpa),
            "latent_ppt_kpa": quantity_json(self.latent_ppt_kpa),
            "n_accepted": self.n_accepted,
            "rule": self.rule,
            "aggregation": self.aggregation,
            "n_counted": self.n_counted,
            "grade": str(self.grade),
            "further_trial": self.too_spread or not isinstance(self.ppt_kpa, Estimate),
            "geometric_mean_kpa": quantity_json(self.geometric_mean_kpa),
            "n_censored": self.n_censored,
            "censored_geometric_mean_kpa": quantity_json(self.censored_geometric_mean_kpa),
            "budget": uncertainty_budget(self.ppt_kpa).to_dict()
            if isinstance(self.ppt_kpa, Estimate)
            else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PainThreshold:
    """What the estimator found in one recording."""

    trials: tuple[PainTrial, ...]
    session: PainSession
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's part for this kind."""
        return {
            "trials": [trial.to_dict() for trial in self.trials],
            "session": self.session.to_dict(),
        }

    def findings(self) -> Sequence[Finding]:
        """Return every number, one row each."""
        rows = [finding for trial in self.trials for finding in trial.findings()]
        session = self.session
        for name, outcome in (
            ("ppt_kpa", session.ppt_kpa),
            ("latent_ppt_kpa", session.latent_ppt_kpa),
        ):
            why = (outcome.reason,) if isinstance(outcome, NotEstimable) else ()
            flags = tuple(dict.fromkeys((*self.flags, *why)))
            rows.append(
                Finding(
                    item="session",
                    index=None,
                    quantity=name,
                    value=outcome,
                    accepted=not why,
                    flags=flags,
                )
            )
        return rows
