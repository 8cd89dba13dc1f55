"""A statement that is filled in field by field: gone on with, amended, or told anew another day.

Filling in what was empty goes on with the statement. Changing what was answered amends it, and the
record keeps both. On another day the answer is a new statement: what was told before was so then.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, RecordNotFound
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Draft, Entry, EntryId, new_entry_id
from tissuesense.record.intake import Consent
from tissuesense.record.statements import body_of, kind_named, read_statement
from tissuesense.services.care import amend, keep
from tissuesense.store.opened import Store

RATINGS = ("nrs_now", "nrs_worst", "nrs_mean_24h")
INTAKE_KINDS = ("complaint", "posture", "daily_life", "screen", "consent")
_CHANGED = "changed at the intake"
_TAKEN_BACK = "taken back at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What became of a form.

    Attributes
    ----------
    written
        Whether anything was written down.
    undo
        Whether an answer was changed that can be given back.
    """

    entry: Entry[Any]
    written: bool
    undo: bool = False


def fill_in(
    store: Store,
    kind: str,
    stated: Mapping[str, Any],
    *,
    client: ClientId,
    clock: Clock,
    rng: np.random.Generator,
    goes_on_with: EntryId | None = None,
) -> Filled:
    """Write down a form as it stands now.

    A rating speaks of its day alone. Where another day leaves all ratings of a complaint empty, it
    is the old statement that is put right.

    Parameters
    ----------
    stated
        The whole statement, not what changed alone.
    goes_on_with
        The entry that the form was filled from, or one before it; None for a new statement.

    Raises
    ------
    RecordNotFound
        When there is no such client, or the client has no such entry.
    UsageError
        When a value is not what the kind can hold.
    """
    statement = read_statement(kind, stated)
    with store.transaction():
        tip = _tip(store, kind, client, goes_on_with)
        if kind == "consent":
            statement = _of_its_day(statement, tip, clock.local_now().date())
        body = body_of(kind, statement)
        if tip is None:
            entry = keep(store, kind, statement, at=clock.now(), rng=rng, client=client)
            return Filled(entry=entry, written=True)
        before = body_of(kind, tip.statement)
        same = _same_day(tip, clock)
        if not same and kind == "complaint" and all(body[name] is None for name in RATINGS):
            same, body = True, body | {name: before[name] for name in RATINGS}
        if body == before:
            return Filled(entry=tip, written=False)
        if not same or kind_named(kind).only_one:
            entry = keep(store, kind, statement, at=clock.now(), rng=rng, client=client)
            return Filled(entry=entry, written=True)
        if _goes_on(before, body):
            draft = Draft(
                id=new_entry_id(rng), kind=kind, body=body, client=client, supersedes=tip.id
            )
            entry = store.ledger.append(draft, at=clock.now(), actor=store.actor)
            return Filled(entry=entry, written=True)
        entry = amend(store, tip.id, body, reason=_CHANGED, clock=clock, rng=rng)
        return Filled(entry=entry, written=True, undo=True)


def take_back(
    store: Store,
    client: ClientId,
    entry_id: EntryId,
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """Give an answer back that was changed by a slip; the slip stays readable.

    Raises
    ------
    RecordNotFound
        When the client has no such entry.
    RecordConflict
        When it was changed since, or took no other's place.
    """
    with store.transaction():
        entry = _own(store, client, store.ledger.get(entry_id))
        if entry.supersedes is None:
            raise RecordConflict("There is nothing before this answer.", hint="Change it instead.")
        old = store.ledger.get(entry.supersedes)
        stated = body_of(old.kind, old.statement)
        return amend(store, entry.id, stated, reason=_TAKEN_BACK, clock=clock, rng=rng)


def _tip(store: Store, kind: str, client: ClientId, begins: EntryId | None) -> Entry[Any] | None:
    """Return the entry that stands today where `begins` stood."""
    store.clients.get(client)
    entries = store.ledger.of_client(client, kind)
    if kind_named(kind).only_one:
        return entries[-1] if entries else None
    if begins is None:
        return None
    following = {entry.supersedes: entry for entry in entries}
    found = next((entry for entry in entries if entry.id == begins), None)
    if found is None:
        raise RecordNotFound("There is no such entry of this client.")
    while (later := following.get(found.id)) is not None:
        found = later
    return found


def _own(store: Store, client: ClientId, entry: Entry[Any]) -> Entry[Any]:
    if entry.client != store.clients.get(client).id or entry.kind not in INTAKE_KINDS:
        raise RecordNotFound("There is no such entry of this client.")
    return entry


def _of_its_day(consent: Consent, tip: Entry[Consent] | None, today: date) -> Consent:
    """Return a consent with its own day: one that is withdrawn now does not bear the old day."""
    before = None if tip is None else tip.statement
    if before is not None and before.given is consent.given:
        return consent
    if before is None or consent.on != before.on:
        return consent if consent.on else replace(consent, on=today)
    return replace(consent, on=today, how="" if consent.how == before.how else consent.how)


def _same_day(entry: Entry[Any], clock: Clock) -> bool:
    now = clock.local_now()
    return entry.recorded_at.astimezone(now.tzinfo).date() == now.date()


def _goes_on(before: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether nothing that was answered changed: fields were filled in or written on."""
    return all(_written_on(before[key], body.get(key)) for key in before)


def _written_on(old: Any, new: Any) -> bool:  # noqa: ANN401 - any field
    if old in (None, "", []) or old == new:
        return True
    if isinstance(old, str) and isinstance(new, str):
        return new.startswith(old)
    if isinstance(old, list) and isinstance(new, list):
        return new[: len(old)] == old
    return False
