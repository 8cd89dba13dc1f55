"""What is stated in a visit, and stated anew while it goes on: freely until somebody signed it.

A statement takes the place of the one before about the same thing; both stay in the ledger. Before
the visit is signed or closed that needs no reason, for it is still being written. After that it is
an amendment.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.record.entry import Draft, Entry, EntryId, new_entry_id
from tissuesense.record.history import current
from tissuesense.record.statements import body_of, read_statement
from tissuesense.record.visit import VisitId
from tissuesense.services.care import amend, enter
from tissuesense.store.opened import Store

_SETTLES = ("signature", "closed")


def is_settled(entries: tuple[Entry[Any], ...]) -> bool:
    """Return whether a visit with these entries was signed or closed."""
    return any(entry.kind in _SETTLES for entry in entries)


def state(
    store: Store,
    visit: VisitId,
    kind: str,
    stated: Mapping[str, Any],
    *,
    same: Callable[[Any], bool],
    reason: str = "",
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """State something of a visit, in the place of what was stated about the same before.

    Parameters
    ----------
    stated
        What it says; of what was stated before, whatever this leaves out stays.
    same
        Whether an earlier statement of this kind is about the same thing.
    reason
        Why it is changed, where the visit is signed or closed.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When it is not what the kind can hold, or a reason is missing.
    """
    with store.transaction():
        store.visits.get(visit)
        known = current(store.ledger.of_visit(visit, kind), kind)
        old = next((entry for entry in reversed(known) if same(entry.statement)), None)
        if old is None:
            return enter(store, kind, stated, clock=clock, rng=rng, visit=visit)
        return _anew(store, old, stated, reason, clock, rng)


def restate(
    store: Store,
    visit: VisitId,
    entry: EntryId,
    stated: Mapping[str, Any],
    *,
    reason: str = "",
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """State anew what an entry of a visit says, or what took its place since; as `state`.

    Raises
    ------
    RecordNotFound
        When the visit has no such entry.
    """
    with store.transaction():
        old = latest_of(store, visit, entry)
        return _anew(store, old, stated, reason, clock, rng)


def latest_of(store: Store, visit: VisitId, entry: EntryId) -> Entry[Any]:
    """Return what stands now in the place of an entry of a visit.

    Raises
    ------
    RecordNotFound
        When the visit has no such entry.
    """
    entries = store.ledger.of_visit(visit)
    found = next((one for one in entries if one.id == entry), None)
    if found is None:
        raise RecordNotFound("There is no such entry in this visit.")
    later = {one.supersedes: one for one in entries}
    while found.id in later:
        found = later[found.id]
    return found


def _anew(
    store: Store,
    old: Entry[Any],
    stated: Mapping[str, Any],
    reason: str,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    before = body_of(old.kind, old.statement)
    statement = read_statement(old.kind, before | dict(stated))
    body = body_of(old.kind, statement)
    if body == before or old.visit is None:
        return old
    if is_settled(store.ledger.of_visit(old.visit, *_SETTLES)):
        if not reason.strip():
            raise UsageError(
                "This visit is signed or closed: a change needs its reason.",
                hint="Say why in a few words; what stood there before stays readable.",
            )
        return amend(store, old.id, stated, reason=reason, clock=clock, rng=rng)
    draft = Draft(
        id=new_entry_id(rng),
        kind=old.kind,
        body=body,
        client=old.client,
        visit=old.visit,
        supersedes=old.id,
    )
    return store.ledger.append(draft, at=clock.now(), actor=store.actor)
