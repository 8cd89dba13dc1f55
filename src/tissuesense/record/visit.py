"""A visit and what the therapist's hands found in it."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import NewType

import numpy as np

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.checks import check_finite, check_moment, check_text
from tissuesense.record.client import ClientId
from tissuesense.record.ids import draw, parse

VisitId = NewType("VisitId", str)


class Block(enum.StrEnum):
    """When in the visit something was found: before, between or after treatment."""

    PRE = "pre"
    TREATMENT = "treatment"
    POST = "post"


class Intent(enum.StrEnum):
    """What a visit is for: a relaxation visit is recorded, and nothing clinical claimed of it."""

    MEDICAL = "medical"
    RELAXATION = "relaxation"


class Position(enum.StrEnum):
    """How the client lies or sits."""

    PRONE = "prone"
    SUPINE = "supine"
    SEATED = "seated"
    SIDE_LYING = "side_lying"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit of one client.

    Attributes
    ----------
    opened_at
        Local time of the practice, with its offset from UTC: a report prints the hour that the
        clock on the wall showed, wherever and whenever it is printed.
    today
        What may matter on the day: medication, caffeine, exercise.
    episode
        Entry id of the episode that it belongs to; empty: none.
    """

    id: VisitId
    client: ClientId
    opened_at: datetime
    practitioner: str = ""
    reason: str = ""
    intent: Intent = Intent.MEDICAL
    position: Position | None = None
    room_temperature_c: float | None = None
    today: str = ""
    episode: str = ""

    def __post_init__(self) -> None:
        offset = self.opened_at.utcoffset()
        if offset is None or offset % _MINUTE:
            raise UsageError("A visit's time needs its zone: an offset from UTC in whole minutes.")
        # The offset of that day; rules of a zone may change under what was written.
        object.__setattr__(self, "opened_at", self.opened_at.astimezone(timezone(offset)))
        for name in ("practitioner", "reason", "today", "episode"):
            check_text(name, getattr(self, name))
        check_finite("room_temperature_c", self.room_temperature_c)

    @property
    def utc_offset_min(self) -> int:
        """How many minutes the practice's clock was ahead of UTC."""
        return (self.opened_at.utcoffset() or timedelta()) // _MINUTE


_MINUTE = timedelta(minutes=1)
_CHARACTERS = 8
TENDERNESS_WORDS = ("no tenderness", "says it is tender", "winces", "withdraws")
TONE_WORDS = {-2: "slack", -1: "soft", 0: "unremarkable", 1: "firm", 2: "hard"}


class Temperature(enum.StrEnum):
    """How the skin of a site feels."""

    COOLER = "cooler"
    SAME = "same"
    WARMER = "warmer"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualFinding:
    """What the hands found at one site; the sensor's peer, never its comment.

    Attributes
    ----------
    tenderness
        0 none, 1 says it is tender, 2 winces, 3 withdraws; None: not examined.
    tone
        -2 slack to +2 hard, 0 unremarkable; None: not examined.
    taut_band, twitch, refers
        Whether a taut band was felt, a local twitch seen, a referred pain known to the client
        reproduced; None: not examined.
    refers_to
        Where the referred pain went, in words.
    temperature
        How the skin feels beside its surroundings.
    seen_value_first
        True where the sensor's value was on the screen before the hands were asked.
    """

    visit: VisitId
    site: BodySite
    found_at: datetime
    block: Block = Block.PRE
    tenderness: int | None = None
    tone: int | None = None
    taut_band: bool | None = None
    twitch: bool | None = None
    refers: bool | None = None
    refers_to: str = ""
    temperature: Temperature | None = None
    texture: str = ""
    note: str = ""
    seen_value_first: bool | None = None

    def __post_init__(self) -> None:
        if self.tenderness is not None and self.tenderness not in range(len(TENDERNESS_WORDS)):
            raise UsageError(f"Palpation tenderness is 0, 1, 2 or 3, not {self.tenderness}.")
        if self.tone is not None and self.tone not in TONE_WORDS:
            raise UsageError(f"Palpated tone is -2, -1, 0, 1 or 2, not {self.tone}.")
        check_moment("found_at", self.found_at)
        for name in ("refers_to", "texture", "note"):
            check_text(name, getattr(self, name))


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
