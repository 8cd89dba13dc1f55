"""Words of a visit: the SOAP note, its signature, how it ended, what was left out and why."""

import enum
from dataclasses import dataclass
from datetime import datetime

from tissuesense.record.checks import check_moment, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SoapNote:
    """Subjective, objective, assessment, plan; the objective part starts from the measurements."""

    subjective: str = ""
    objective: str = ""
    assessment: str = ""
    plan: str = ""
    free: str = ""

    def __post_init__(self) -> None:
        for name in ("subjective", "objective", "assessment", "plan", "free"):
            check_text(name, getattr(self, name))


class Meaning(enum.StrEnum):
    """What a signature says (21 CFR 11.50 asks for it)."""

    AUTHOR = "author"
    REVIEW = "review"
    APPROVAL = "approval"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A visit as it stood, signed.

    Attributes
    ----------
    signer
        Printed name.
    content_sha256
        Over every entry of the visit as it stood; a later amendment makes another hash, and the
        signature no longer speaks for it.
    entries
        How many entries of the visit it covers.
    """

    signer: str
    meaning: Meaning
    signed_at: datetime
    content_sha256: str
    entries: int

    def __post_init__(self) -> None:
        check_text("signer", self.signer, required=True)
        check_moment("signed_at", self.signed_at)


class MissingReason(enum.StrEnum):
    """Why something was not done."""

    NOT_DONE = "not_done"
    REFUSED = "refused"
    NOT_REACHABLE = "not_reachable"
    TOO_PAINFUL = "too_painful"
    DEVICE_FAULT = "device_fault"
    SCREENED = "screened"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDone:
    """Something that was planned and left out, with its reason."""

    what: str
    reason: MissingReason
    note: str = ""

    def __post_init__(self) -> None:
        check_text("what", self.what, required=True)
        check_text("note", self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitClosed:
    """The end of a visit."""

    closed_at: datetime
    note: str = ""

    def __post_init__(self) -> None:
        check_moment("closed_at", self.closed_at)
        check_text("note", self.note)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementVoid:
    """A measurement that does not count (wrong client, wrong site): it stays, struck through.

    Attributes
    ----------
    measurement
        Its id; of numbers that were taken in without samples, that of their entry.
    """

    measurement: str
    why: str

    def __post_init__(self) -> None:
        check_text("why", self.why, required=True)
