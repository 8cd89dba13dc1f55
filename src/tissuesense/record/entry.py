"""An entry of the ledger: one statement, who made it and when, chained to the one before."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NewType, TypeVar

import numpy as np

from tissuesense.record.client import ClientId
from tissuesense.record.ids import draw, parse
from tissuesense.record.visit import VisitId

EntryId = NewType("EntryId", str)
Statement_co = TypeVar("Statement_co", covariant=True)

FIRST_HASH = "0" * 64
_CHARACTERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Generic[Statement_co]):
    """A statement in its envelope.

    Attributes
    ----------
    seq
        Place in the ledger, from 1 on, without a gap.
    recorded_at
        When it was written down, in UTC; what it speaks of may be earlier.
    actor
        Who wrote it down.
    client, visit
        Whom and which visit it is about; None where it is about neither.
    supersedes
        The entry that it takes the place of, and `reason` why; both stay readable.
    hash
        Over this entry and the hash of the one before.
    """

    id: EntryId
    seq: int
    kind: str
    recorded_at: datetime
    actor: str
    client: ClientId | None
    visit: VisitId | None
    supersedes: EntryId | None
    reason: str
    statement: Statement_co
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is to become an entry: everything but its place in the ledger.

    Attributes
    ----------
    body
        The statement as plain JSON data.
    """

    id: EntryId
    kind: str
    body: Mapping[str, Any]
    client: ClientId | None = None
    visit: VisitId | None = None
    supersedes: EntryId | None = None
    reason: str = ""


def new_entry_id(rng: np.random.Generator) -> EntryId:
    """Draw an identifier such as E-7QK4Z0A0BV."""
    return EntryId(f"E-{draw(rng, _CHARACTERS)}")


def parse_entry_id(text: str) -> EntryId:
    """Return the entry's id that `text` spells, forgiving case and look-alike letters.

    Raises
    ------
    UsageError
        When a character was mistyped or left out.
    """
    return EntryId(
        parse(text, prefix="E-", characters=_CHARACTERS, noun="entry", example="E-7QK4Z0A0BV")
    )


def chained_hash(previous: str, envelope: bytes) -> str:
    """Return SHA-256 over the hash before and this entry's envelope as canonical JSON."""
    return hashlib.sha256(previous.encode() + envelope).hexdigest()
