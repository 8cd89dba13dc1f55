"""What is decided at the table: which sites are to be examined, which press was taken back."""

import enum
from dataclasses import dataclass
from datetime import datetime

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.checks import check_moment, check_text


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteList:
    """The sites that a visit is to examine, in their order.

    Attributes
    ----------
    felt_only
        Those among them that the hands examine and no gauge is set on.
    catalogue
        Version of the anatomy catalogue that they were picked from; empty: from none.
    """

    sites: tuple[BodySite, ...]
    felt_only: tuple[BodySite, ...] = ()
    catalogue: str = ""

    def __post_init__(self) -> None:
        check_text("catalogue", self.catalogue)
        if len(set(self.sites)) != len(self.sites):
            raise UsageError("A list of sites names each site once.")
        if not set(self.felt_only) <= set(self.sites):
            raise UsageError("What is felt only is one of the listed sites.")


class TakenBackBy(enum.StrEnum):
    """How somebody said that a press is not to count, or is to count after all."""

    KEY = "key"
    TOUCH = "touch"
    DOUBLE_TAP = "double_tap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retake:
    """A press that was taken back at the table, or given back its place; it stays in the trace.

    Attributes
    ----------
    measurement
        Id of the recording.
    press
        Its number in the recording, from 1 on.
    taken_back
        False where the taking back was undone.
    """

    measurement: str
    press: int
    taken_back: bool
    at: datetime
    by: TakenBackBy = TakenBackBy.KEY
    why: str = ""

    def __post_init__(self) -> None:
        check_text("measurement", self.measurement, required=True)
        check_text("why", self.why)
        check_moment("at", self.at)
        if self.press < 1:
            raise UsageError(f"Presses are numbered from 1 on; there is no {self.press}.")
