"""Tables of who came and when: participants, visits, and the identity apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tissuesense.export.tables.column import (
    Column,
    Table,
    choice,
    client_column,
    column,
    number,
    person,
    text,
    time,
    whole,
    within,
    words,
)
from tissuesense.export.tables.column import Type as Holds
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.history import ClientRecord, VisitRecord, current
from tissuesense.record.notes import VisitClosed
from tissuesense.record.people import Handedness, Identity, Profile, SexAtBirth
from tissuesense.record.statements import KINDS
from tissuesense.record.visit import Intent, Position

_OF_THE_RECORD_ITSELF = frozenset({"identity_read", "exported", "imported", "erased"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """A client with what measurements may depend on."""

    record: ClientRecord
    profile: Profile

    @property
    def superseded(self) -> int:
        """How many statements have been amended since, and are in no table."""
        return superseded(self.record)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A visit with how it ended and which episode it now belongs to."""

    record: VisitRecord
    closed: VisitClosed | None
    episode: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A client with a name."""

    client: ClientId
    identity: Identity


def superseded(record: ClientRecord) -> int:
    """Return how many statements of a record have been amended since."""
    return sum(
        len(entries) - len(current(entries, *KINDS))
        for entries in (record.entries, *(visit.entries for visit in record.visits))
    )


def left_out(record: ClientRecord) -> int:
    """Return how many entries say what was done with the record itself."""
    return sum(entry.kind in _OF_THE_RECORD_ITSELF for entry in record.entries)


def _participant(record: ClientRecord) -> Iterator[Participant]:
    yield Participant(record=record, profile=record.latest("profile") or Profile())


def _visits(record: ClientRecord) -> Iterator[Opened]:
    now = _now(record.entries)
    for visit in record.visits:
        yield Opened(
            record=visit,
            closed=visit.latest("closed"),
            episode=now.get(EntryId(visit.visit.episode), visit.visit.episode),
        )


def _now(entries: tuple[Entry[Any], ...]) -> dict[EntryId, EntryId]:
    """Return which entry now stands in the place of one that was amended."""
    now: dict[EntryId, EntryId] = {}
    for entry in reversed(entries):
        if entry.supersedes is not None:
            now[entry.supersedes] = now.get(entry.id, entry.id)
    return now


def _closed(at: str) -> Any:  # noqa: ANN401 - what reads a column
    return lambda visit: visit.closed and getattr(visit.closed, at)


PARTICIPANTS = Table(
    name="participants",
    short="par",
    title="Clients, by pseudonym",
    rows=_participant,
    key="client",
    columns=(
        text("client", "A pseudonym that means nothing.", at="record.client.id", required=True),
        time(
            "created_at",
            "When the client was taken in.",
            at="record.client.created_at",
            required=True,
        ),
        *within(
            (
                whole("birth_year", "Year of birth."),
                choice("sex_at_birth", SexAtBirth, "As some published norms distinguish."),
                choice("handedness", Handedness, "Which hand works most."),
                number("height_cm", "cm", "Body height."),
                number("mass_kg", "kg", "Body mass."),
            ),
            "profile",
        ),
        whole(
            "superseded",
            "How many statements have been amended since; they are in no table.",
            required=True,
        ),
    ),
)
VISITS = Table(
    name="visits",
    short="vis",
    title="Visits",
    rows=_visits,
    key="visit",
    columns=(
        *within(
            (
                text("visit", "Its id.", at="id", required=True),
                client_column(),
                time("opened_at", "When it began.", required=True),
                whole(
                    "utc_offset_min",
                    "How many minutes the clock on the wall was ahead of UTC.",
                    unit="min",
                    required=True,
                ),
                person("practitioner", "Who treated."),
                words("reason", "Why the client came."),
                choice("intent", Intent, "What it was for.", required=True),
                choice("position", Position, "How the client lay or sat."),
                number("room_temperature_c", "°C", "How warm the room was."),
                words("today", "What may matter on the day."),
            ),
            "record.visit",
        ),
        text("episode", "The entry of the episode that it belongs to."),
        time("closed_at", "When it ended.", at=_closed("closed_at")),
        words("closing_note", "What was said at its end.", at=_closed("note")),
    ),
)


def _who(name: str, description: str) -> Column:
    kind = Holds.DATE if name == "birth_date" else Holds.TEXT
    return column(name, kind, description, at=f"identity.{name}", private=True)


IDENTITY = Table(
    name="identity",
    short="who",
    title="Who the clients are; keep this table apart from the others",
    key="client",
    columns=(
        client_column(),
        _who("name", "Name."),
        _who("birth_date", "Date of birth."),
        _who("phone", "Telephone."),
        _who("email", "Mail address."),
        _who("address", "Where the client lives."),
        _who("insurer", "Who insures the client."),
        _who("member_number", "Number with the insurer."),
    ),
)
