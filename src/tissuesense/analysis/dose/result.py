"""What was done to the tissue, dose by dose and in all, as tables, stores and reports read it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tissuesense.analysis.dose.levels import Stay
from tissuesense.analysis.dose.side_car import Rating
from tissuesense.analysis.dose.travel import Travel
from tissuesense.analysis.result import Finding
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, quantity_json

Pattern = Literal["alternating", "sustained", "gliding", "mixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A stay at one level for 3 s or more.

    Attributes
    ----------
    ppt_share
        Mean pressure over the place's own pain threshold; None where that is not known.
    """

    stay: Stay
    mean_kpa: Estimate
    ppt_share: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's keys, and more."""
        return {
            "start_s": self.stay.start_s,
            "seconds": self.stay.seconds,
            "mean_kpa": self.mean_kpa.value,
            "u_kpa": self.mean_kpa.u,
            "sd_kpa": self.stay.sd_kpa,
            "ppt_share": self.ppt_share,
        }

    def findings(self, index: int) -> Iterator[Finding]:
        """Yield what a timeline needs of the nth hold of the recording."""
        numbers: dict[str, Estimate | NotEstimable | float | None] = {
            "start_s": self.stay.start_s,
            "seconds": self.stay.seconds,
            "mean_kpa": self.mean_kpa,
            "ppt_share": self.ppt_share,
        }
        yield from _findings("hold", index, numbers, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedPressure:
    """What the client said, and the pressure then."""

    rating: Rating
    kpa: float
    good_pain: bool

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "t_s": self.rating.t_s,
            "nrs": self.rating.nrs,
            "kpa": self.kpa,
            "good_pain": self.good_pain,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """One application, from contact to release.

    Attributes
    ----------
    tare_n
        What the gauge indicated without load, taken off: in the middle of the dose.
    contact_s
        Seconds on the skin, lifts left out.
    lifts
        How often the hand left the skin for a moment.
    rate_kpa_s
        Of application: the median of its rises; None where there is none to read.
    seconds_above
        Seconds above each share of the place's own pain threshold; None where that is not known.
    held_share
        Share of the contact that was spent in holds.
    """

    index: int
    start_s: float
    end_s: float
    tare_n: float
    contact_s: float
    levels_kpa: tuple[float, ...]
    mean_kpa: Estimate
    highest_kpa: float
    holds: tuple[Hold, ...]
    alternations: int
    lifts: int
    rate_kpa_s: float | None
    travel: Travel | None
    seconds_above: Mapping[float, float] | None
    mean_ppt_share: Estimate | None
    ratings: tuple[RatedPressure, ...]
    stop_signals_s: tuple[float, ...]
    pattern: Pattern
    flags: tuple[QualityFlag, ...]

    @property
    def impulse_kpa_s(self) -> Estimate:
        """Pressure-time integral."""
        return self.mean_kpa.scaled(self.contact_s, "kPa s")

    @property
    def longest_hold_s(self) -> float:
        """0 without a hold."""
        return max((hold.stay.seconds for hold in self.holds), default=0.0)

    @property
    def held_share(self) -> float:
        """Share of the contact that was spent in holds."""
        return min(sum(hold.stay.seconds for hold in self.holds) / self.contact_s, 1.0)

    def to_dict(self) -> dict[str, Any]:
        """Return the contract's keys, and more."""
        return {
            "index": self.index,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "tare_n": self.tare_n,
            "contact_s": self.contact_s,
            "levels_kpa": list(self.levels_kpa),
            "impulse_kpa_s": self.impulse_kpa_s.value,
            "impulse": quantity_json(self.impulse_kpa_s),
            "mean_kpa": quantity_json(self.mean_kpa),
            "highest_kpa": self.highest_kpa,
            "holds": [hold.to_dict() for hold in self.holds],
            "longest_hold_s": self.longest_hold_s,
            "held_share": self.held_share,
            "alternations": self.alternations,
            "lifts": self.lifts,
            "rate_kpa_s": self.rate_kpa_s,
            "travel_mm": self.travel.mm if self.travel else None,
            "speed_mm_s": self.travel.mm_s if self.travel else None,
            "pattern": self.pattern,
            "seconds_above_ppt_share": _by_share(self.seconds_above),
            "mean_ppt_share": quantity_json(self.mean_ppt_share),
            **_told(self.ratings),
            "stop_signals_s": list(self.stop_signals_s),
            "flags": [str(flag) for flag in self.flags],
        }

    def findings(self) -> Iterator[Finding]:
        """Yield every number of this dose."""
        numbers: dict[str, Estimate | NotEstimable | float | None] = {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "tare_n": self.tare_n,
            "contact_s": self.contact_s,
            "impulse_kpa_s": self.impulse_kpa_s,
            "mean_kpa": self.mean_kpa,
            "highest_kpa": self.highest_kpa,
            "levels": float(len(self.levels_kpa)),
            "alternations": float(self.alternations),
            "holds": float(len(self.holds)),
            "longest_hold_s": self.longest_hold_s,
            "held_share": self.held_share,
            "rate_kpa_s": self.rate_kpa_s,
            "travel_mm": self.travel.mm if self.travel else None,
            "speed_mm_s": self.travel.mm_s if self.travel else None,
            "mean_ppt_share": self.mean_ppt_share,
            **_above_names(self.seconds_above),
            "highest_rating": max((r.rating.nrs for r in self.ratings), default=None),
        }
        yield from _findings("dose", self.index, numbers, self.flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSession:
    """All doses of a recording together."""

    n_doses: int
    contact_s: float
    impulse_kpa_s: Outcome
    mean_kpa: Outcome
    holds: int
    longest_hold_s: float
    alternations: int
    seconds_above: Mapping[float, float] | None
    travel_mm: float | None
    ratings: tuple[RatedPressure, ...]
    ratings_outside: int
    technique: str | None
    site_ppt_kpa: Estimate | None
    good_pain_band: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, null where unknown."""
        return {
            "n_doses": self.n_doses,
            "contact_s": self.contact_s,
            "impulse_kpa_s": quantity_json(self.impulse_kpa_s),
            "mean_kpa": quantity_json(self.mean_kpa),
            "holds": self.holds,
            "longest_hold_s": self.longest_hold_s,
            "alternations": self.alternations,
            "seconds_above_ppt_share": _by_share(self.seconds_above),
            "travel_mm": self.travel_mm,
            "site_ppt_kpa": quantity_json(self.site_ppt_kpa),
            "technique": self.technique,
            "good_pain_band": list(self.good_pain_band),
            "highest_rating": max((r.rating.nrs for r in self.ratings), default=None),
            "good_pain_share": _good_share(self.ratings),
            "ratings_outside": self.ratings_outside,
        }

    def findings(self) -> Iterator[Finding]:
        """Yield every number of the session."""
        numbers: dict[str, Estimate | NotEstimable | float | None] = {
            "n_doses": float(self.n_doses),
            "contact_s": self.contact_s,
            "impulse_kpa_s": self.impulse_kpa_s,
            "mean_kpa": self.mean_kpa,
            "holds": float(self.holds),
            "longest_hold_s": self.longest_hold_s,
            "alternations": float(self.alternations),
            **_above_names(self.seconds_above),
            "travel_mm": self.travel_mm,
            "good_pain_share": _good_share(self.ratings),
        }
        yield from _findings("session", None, numbers, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseAnalysis:
    """What was done in one recording of treatment."""

    doses: tuple[Dose, ...]
    session: DoseSession
    flags: tuple[QualityFlag, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the kind's part of the contract's document."""
        return {
            "doses": [dose.to_dict() for dose in self.doses],
            "session": self.session.to_dict(),
        }

    def findings(self) -> Sequence[Finding]:
        """Return every number, one row each."""
        rows = [row for dose in self.doses for row in dose.findings()]
        holds = [hold for dose in self.doses for hold in dose.holds]
        rows += [row for index, hold in enumerate(holds, start=1) for row in hold.findings(index)]
        return [*rows, *self.session.findings()]


def _findings(
    item: str,
    index: int | None,
    numbers: Mapping[str, Estimate | NotEstimable | float | None],
    flags: tuple[QualityFlag, ...],
) -> Iterator[Finding]:
    for quantity, value in numbers.items():
        if value is not None:
            yield Finding(item=item, index=index, quantity=quantity, value=value, flags=flags)


def _by_share(seconds: Mapping[float, float] | None) -> dict[str, float] | None:
    return None if seconds is None else {str(share): s for share, s in seconds.items()}


def _above_names(seconds: Mapping[float, float] | None) -> dict[str, float]:
    return {
        f"seconds_above_{100 * share:.0f}_percent_ppt": s for share, s in (seconds or {}).items()
    }


def _good_share(ratings: Sequence[RatedPressure]) -> float | None:
    return sum(r.good_pain for r in ratings) / len(ratings) if ratings else None


def _told(ratings: Sequence[RatedPressure]) -> dict[str, Any]:
    return {
        "ratings": [rated.to_dict() for rated in ratings],
        "highest_rating": max((r.rating.nrs for r in ratings), default=None),
        "good_pain_share": _good_share(ratings),
    }
