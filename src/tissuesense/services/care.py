"""Write down what a course of care brings: any kind of statement, amended but never overwritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, RecordNotFound, UsageError
from tissuesense.record.client import ClientId
from tissuesense.record.document import canonical_json, sha256
from tissuesense.record.entry import Draft, Entry, EntryId, new_entry_id
from tissuesense.record.history import current
from tissuesense.record.notes import Meaning, Signature, VisitClosed
from tissuesense.record.statements import (
    About,
    body_of,
    kind_named,
    read_statement,
)
from tissuesense.record.visit import VisitId
from tissuesense.store.opened import Store


def enter(
    store: Store,
    kind: str,
    stated: Mapping[str, Any],
    *,
    clock: Clock,
    rng: np.random.Generator,
    client: ClientId | None = None,
    visit: VisitId | None = None,
) -> Entry[Any]:
    """Write down a statement about the practice, a client or a visit.

    Of a kind that there is only one of (a care plan), it takes the place of the one before.

    Raises
    ------
    RecordNotFound
        When there is no such client or visit.
    UsageError
        When the kind is unknown or not entered by hand, a key is unknown or missing, or a value
        is out of its scale.
    """
    if not kind_named(kind).entered:
        raise UsageError(f"'{kind}' is written down by the program itself.")
    _check_place(kind_named(kind).about, client, visit)
    statement = read_statement(kind, stated, visit=visit, found_at=clock.now())
    return keep(store, kind, statement, at=clock.now(), rng=rng, client=client, visit=visit)


def keep(
    store: Store,
    kind: str,
    statement: object,
    *,
    at: datetime,
    rng: np.random.Generator,
    client: ClientId | None = None,
    visit: VisitId | None = None,
) -> Entry[Any]:
    """Keep a statement that is made already; otherwise as `enter`."""
    about = kind_named(kind).about
    with store.transaction():
        client, visit = _whose(store, about, client, visit)
        draft = Draft(
            id=new_entry_id(rng),
            kind=kind,
            body=body_of(kind, statement),
            client=client,
            visit=visit,
            supersedes=_predecessor(store, kind, client, visit),
        )
        return store.ledger.append(draft, at=at, actor=store.actor)


def amend(
    store: Store,
    entry_id: EntryId,
    stated: Mapping[str, Any],
    *,
    reason: str,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """Write down what an entry should have said; the old one stays readable.

    Parameters
    ----------
    stated
        What changes; whatever it leaves out stays as it was.

    Raises
    ------
    RecordNotFound
        When there is no such entry.
    RecordConflict
        When it was amended meanwhile.
    UsageError
        When there is no reason, nothing changes, the change is not what the kind can hold, or it
        would move the entry to another client or visit.
    """
    if not reason.strip():
        raise UsageError("An amendment needs its reason.", hint='Give --reason "why".')
    with store.transaction():
        old = store.ledger.get(entry_id)
        if not kind_named(old.kind).entered and old.kind != "visit":
            raise UsageError(f"What is written as '{old.kind}' is never amended.")
        before = body_of(old.kind, old.statement)
        statement = read_statement(old.kind, before | _staying(old, stated))
        body = body_of(old.kind, statement)
        if old.kind == "void" and statement.measurement != old.statement.measurement:
            _check_measured(store, old.visit, statement.measurement)
        if body == before:
            raise UsageError("The amendment changes nothing.")
        draft = Draft(
            id=new_entry_id(rng),
            kind=old.kind,
            body=body,
            client=old.client,
            visit=old.visit,
            supersedes=old.id,
            reason=reason,
        )
        return store.ledger.append(draft, at=clock.now(), actor=store.actor)


def sign(
    store: Store,
    visit: VisitId,
    *,
    signer: str,
    meaning: Meaning = Meaning.AUTHOR,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """Sign a visit as it stands now; an amendment after it is seen to be after it.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When nobody is named.
    """
    with store.transaction():
        store.visits.get(visit)
        covered = signed_part(store.ledger.of_visit(visit))
        signature = Signature(
            signer=signer,
            meaning=meaning,
            signed_at=clock.local_now(),
            content_sha256=content_sha256(covered),
            entries=len(covered),
        )
        return keep(store, "signature", signature, at=clock.now(), rng=rng, visit=visit)


def is_closed(store: Store, visit: VisitId) -> bool:
    """Return whether a visit was closed; what is written down after that is a late entry."""
    return bool(current(store.ledger.of_visit(visit, "closed"), "closed"))


def close(
    store: Store,
    visit: VisitId,
    *,
    clock: Clock,
    rng: np.random.Generator,
    note: str = "",
) -> Entry[Any]:
    """Close a visit.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    RecordConflict
        When it is closed already.
    """
    with store.transaction():
        if is_closed(store, visit):
            raise RecordConflict("This visit is closed already.")
        closed = VisitClosed(closed_at=clock.local_now(), note=note)
        return keep(store, "closed", closed, at=clock.now(), rng=rng, visit=visit)


def strike_out(
    store: Store,
    visit: VisitId,
    stated: Mapping[str, Any],
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """Strike a measurement out, or numbers taken in without samples: they stay and do not count.

    `stated` names the measurement by its id, imported numbers by that of their entry (E-...).

    Raises
    ------
    RecordNotFound
        When the visit has no such measurement.
    UsageError
        When there is no reason.
    """
    with store.transaction():
        _check_measured(store, visit, stated.get("measurement"))
        return enter(store, "void", stated, clock=clock, rng=rng, visit=visit)


def _check_measured(store: Store, visit: VisitId | None, named: object) -> None:
    measured = () if visit is None else store.ledger.of_visit(visit, "measurement", "historic")
    if named not in {e.id if e.kind == "historic" else e.statement.id for e in measured}:
        raise RecordNotFound("There is no such measurement in this visit.")


def signed_part(entries: tuple[Entry[Any], ...]) -> tuple[Entry[Any], ...]:
    """Return what a signature speaks for: all of a visit but signatures and its closing."""
    return tuple(entry for entry in entries if entry.kind not in ("signature", "closed"))


def content_sha256(entries: tuple[Entry[Any], ...]) -> str:
    """Return the hash of what these entries say, whatever store they are in and in what order."""
    said = sorted(canonical_json([e.kind, body_of(e.kind, e.statement)]) for e in entries)
    return sha256("\n".join(said).encode())


def _staying(old: Entry[Any], stated: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stated, less where the entry belongs: an amendment leaves it there."""
    place = {"client": old.client, "visit": old.visit}
    if old.kind == "visit":
        place |= {"id": old.visit}
    if any(stated.get(key, here) != here for key, here in place.items()):
        raise UsageError(
            "An amendment cannot move an entry to another client or visit.",
            hint="Amend it to say that it was a mistake, and write it down where it belongs.",
        )
    return {key: value for key, value in stated.items() if key not in place}


def _check_place(about: About, client: ClientId | None, visit: VisitId | None) -> None:
    if about is About.VISIT and visit is None:
        raise UsageError(
            "This belongs to a visit; none was named.",
            hint="'tissuesense visit --help' lists what is written down in a visit.",
        )
    if about is About.PRACTICE and (client or visit):
        raise UsageError(
            "This is about the practice, and not about a client.",
            hint="'tissuesense clients practice' takes it.",
        )


def _whose(
    store: Store, about: About, client: ClientId | None, visit: VisitId | None
) -> tuple[ClientId | None, VisitId | None]:
    """Return client and visit of an entry; what it is about must be there."""
    if about is About.PRACTICE:
        return None, None
    if about is About.VISIT:
        if visit is None:
            raise UsageError("This belongs to a visit; none was named.")
        return store.visits.client_of(visit), visit
    if visit is not None and client is None:
        client = store.visits.client_of(visit)
    if client is None:
        raise UsageError("This belongs to a client; none was named.")
    return store.clients.get(client).id, None


def _predecessor(
    store: Store, kind: str, client: ClientId | None, visit: VisitId | None
) -> EntryId | None:
    if not kind_named(kind).only_one:
        return None
    if visit is not None:
        entries = store.ledger.of_visit(visit, kind)
    elif client is not None:
        entries = store.ledger.of_client(client, kind)
    else:
        entries = store.ledger.of_practice(kind)
    found = current(entries, kind)
    return found[-1].id if found else None
