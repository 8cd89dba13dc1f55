"""The frame of care: an episode, the doctor's referral, the plan with its phases, the goals."""

import enum
from dataclasses import dataclass
from datetime import date

from tissuesense.core.errors import UsageError
from tissuesense.core.site import Side
from tissuesense.record.checks import check_finite, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriberCode:
    """A code that a prescriber supplied; the program never infers one."""

    system: str
    code: str
    text: str = ""
    supplied_by: str

    def __post_init__(self) -> None:
        for name in ("system", "code", "supplied_by"):
            check_text(name, getattr(self, name), required=True)
        check_text("text", self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One story of care: from a chief complaint until it is closed.

    Attributes
    ----------
    codes
        As the prescriber wrote them.
    closed_on
        None while it is open; closing is an amendment.
    """

    title: str
    opened_on: date
    onset: str = ""
    mechanism: str = ""
    codes: tuple[PrescriberCode, ...] = ()
    closed_on: date | None = None
    closing_note: str = ""

    def __post_init__(self) -> None:
        check_text("title", self.title, required=True)
        for name in ("onset", "mechanism", "closing_note"):
            check_text(name, getattr(self, name))
        if self.closed_on is not None and self.closed_on < self.opened_on:
            raise UsageError("An episode cannot be closed before it was opened.")


class Modality(enum.StrEnum):
    """What the therapist does."""

    NEUROMUSCULAR = "neuromuscular"
    MYOFASCIAL = "myofascial"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A doctor's order, as it was written.

    Attributes
    ----------
    condition, frequency, duration
        In the prescriber's words.
    document_sha256
        Of the paper or file that it stands on, where one was kept.
    letter_of_medical_necessity
        Whether such a letter is on file; None: not asked.
    """

    prescriber: str
    on: date
    condition: str
    frequency: str = ""
    duration: str = ""
    modalities: tuple[Modality, ...] = ()
    codes: tuple[PrescriberCode, ...] = ()
    document_sha256: str = ""
    letter_of_medical_necessity: bool | None = None
    payer_note: str = ""

    def __post_init__(self) -> None:
        for name in ("prescriber", "condition"):
            check_text(name, getattr(self, name), required=True)
        for name in ("frequency", "duration", "document_sha256", "payer_note"):
            check_text(name, getattr(self, name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A stretch of the plan with one rhythm: either visits a week, or weeks from visit to visit.

    Attributes
    ----------
    per_week, per_week_to
        Visits a week, or a range of them: 2 to 3.
    every_weeks, every_weeks_to
        Weeks between visits, or a range: 5 to 6.
    weeks
        How long; None for the last phase, which goes on.
    """

    per_week: float | None = None
    per_week_to: float | None = None
    every_weeks: float | None = None
    every_weeks_to: float | None = None
    weeks: int | None = None
    name: str = ""

    def __post_init__(self) -> None:
        check_text("name", self.name)
        if (self.per_week is None) == (self.every_weeks is None):
            raise UsageError("A phase has either per_week or every_weeks.")
        _check_range("per_week", self.per_week, self.per_week_to, most=14)
        _check_range("every_weeks", self.every_weeks, self.every_weeks_to, most=104)
        if self.weeks is not None and not 1 <= self.weeks <= _MOST_WEEKS:
            raise UsageError(f"A phase lasts 1 to {_MOST_WEEKS} weeks, not {self.weeks}.")


_MOST_WEEKS = 520


def _check_range(name: str, low: float | None, high: float | None, *, most: float) -> None:
    check_finite(name, low)
    check_finite(f"{name}_to", high)
    if high is not None and (low is None or high < low):
        raise UsageError(f"{name}_to is the upper end of {name}; it must not be less.")
    for value in (low, high):
        if value is not None and not 0 < value <= most:
            raise UsageError(f"{name} is above 0 and at most {most}, not {value}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarePlan:
    """What is planned: phases in their order, from a first day on.

    Attributes
    ----------
    sessions_ordered
        How many visits the prescriber allows in all; None: not limited.
    """

    starts_on: date
    phases: tuple[Phase, ...]
    modalities: tuple[Modality, ...] = ()
    review_on: date | None = None
    sessions_ordered: int | None = None
    payer_note: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if not self.phases:
            raise UsageError("A care plan needs at least one phase.")
        if any(phase.weeks is None for phase in self.phases[:-1]):
            raise UsageError("Only the last phase of a plan may go on without an end (weeks).")
        if self.sessions_ordered is not None and self.sessions_ordered < 1:
            raise UsageError("sessions_ordered is at least 1.")
        for name in ("payer_note", "note"):
            check_text(name, getattr(self, name))


class GoalMeasure(enum.StrEnum):
    """What a goal is about."""

    PAIN_THRESHOLD = "ppt_kpa"
    STIFFNESS = "secant_stiffness_n_mm"
    RANGE_OF_MOTION = "range_deg"
    NRS = "nrs"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What care is to reach.

    Attributes
    ----------
    site, side
        Where, for a measured goal.
    start_value, target_value
        In the measure's own unit; None for a goal in words.
    """

    text: str
    measure: GoalMeasure = GoalMeasure.FUNCTION
    site: str = ""
    side: Side | None = None
    start_value: float | None = None
    target_value: float | None = None
    unit: str = ""
    due: date | None = None

    def __post_init__(self) -> None:
        check_text("text", self.text, required=True)
        for name in ("site", "unit"):
            check_text(name, getattr(self, name))
        check_finite("start_value", self.start_value)
        check_finite("target_value", self.target_value)
