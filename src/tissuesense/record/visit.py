"""A visit and what the therapist's hands found in it."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NewType

import numpy as np

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.client import ClientId
from tissuesense.record.ids import draw, parse

VisitId = NewType("VisitId", str)


class Block(enum.StrEnum):
    """When in the visit something was found: before, between or after treatment."""

    PRE = "pre"
    TREATMENT = "treatment"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit of one client.

    Attributes
    ----------
    opened_at
        Local time of the practice, with its offset from UTC: a report prints the hour that the
        clock on the wall showed, wherever and whenever it is printed.
    """

    id: VisitId
    client: ClientId
    opened_at: datetime
    practitioner: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        offset = self.opened_at.utcoffset()
        if offset is None or offset % _MINUTE:
            raise UsageError("A visit's time needs its zone: an offset from UTC in whole minutes.")
        # The offset of that day; rules of a zone may change under what was written.
        object.__setattr__(self, "opened_at", self.opened_at.astimezone(timezone(offset)))
        _check_text("practitioner", self.practitioner)
        _check_text("reason", self.reason)

    @property
    def utc_offset_min(self) -> int:
        """How many minutes the practice's clock was ahead of UTC."""
        return (self.opened_at.utcoffset() or timedelta()) // _MINUTE


_MINUTE = timedelta(minutes=1)
_CHARACTERS = 8
TENDERNESS_WORDS = ("no tenderness", "says it is tender", "winces", "withdraws")
TONE_WORDS = {-2: "slack", -1: "soft", 0: "unremarkable", 1: "firm", 2: "hard"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualFinding:
    """What the hands found at one site; the sensor's peer, never its comment.

    Attributes
    ----------
    tenderness
        0 none, 1 says it is tender, 2 winces, 3 withdraws; None: not examined.
    tone
        -2 slack to +2 hard, 0 unremarkable; None: not examined.
    """

    visit: VisitId
    site: BodySite
    found_at: datetime
    block: Block = Block.PRE
    tenderness: int | None = None
    tone: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.tenderness is not None and self.tenderness not in range(len(TENDERNESS_WORDS)):
            raise UsageError(f"Palpation tenderness is 0, 1, 2 or 3, not {self.tenderness}.")
        if self.tone is not None and self.tone not in TONE_WORDS:
            raise UsageError(f"Palpated tone is -2, -1, 0, 1 or 2, not {self.tone}.")
        _check_text("note", self.note)


def new_visit_id(rng: np.random.Generator) -> VisitId:
    """Draw an identifier such as V-7QK4Z0A0."""
    return VisitId(f"V-{draw(rng, _CHARACTERS)}")


def parse_visit_id(text: str) -> VisitId:
    """Return the visit's id that `text` spells, forgiving case and look-alike letters.

    Raises
    ------
    UsageError
        When a character was mistyped or left out.
    """
    return VisitId(
        parse(text, prefix="V-", characters=_CHARACTERS, noun="visit", example="V-7QK4Z0A0")
    )


def _check_text(name: str, text: str) -> None:
    """Refuse half of a character, as JSON can spell it: nothing can store or print it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"The {name} holds half of a character (a lone surrogate).") from None
