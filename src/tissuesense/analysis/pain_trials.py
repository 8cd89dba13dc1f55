"""The result of a pain-threshold recording: its trials and the session's value."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tissuesense.analysis.result import Finding
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import NotEstimable, Outcome, quantity_json


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PainSession:
    """One value for the site on this day."""

    ppt_kpa: Outcome
    latent_ppt_kpa: Outcome
    n_accepted: int
    rule: str

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's `session`."""
        return {
            "ppt_kpa": quantity_json(self.ppt_kpa),
            "latent_ppt_kpa": quantity_json(self.latent_ppt_kpa),
            "n_accepted": self.n_accepted,
            "rule": self.rule,
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
