"""What is stated in a visit, and stated anew while it goes on: freely until somebody signed it.

A statement takes the place of the one before about the same thing; both stay in the ledger. Before
the visit is signed or closed that needs no reason, for it is still being written. After that it is
an amendment.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
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


def is_settled(entries: Iterable[Entry[Any]]) -> bool:
    """Return whether a visit with these entries was signed or closed."""
    return any(entry.kind in _SETTLES for entry in entries)


@dataclass(frozen=True, slots=True)
class VisitEntries:
    """The entries of one visit, to be written on."""

    store: Store
    visit: VisitId
    clock: Clock
    rng: np.random.Generator

    def of(self, kind: str) -> tuple[Entry[Any], ...]:
        """Return the entries of a kind whose place no other has taken, oldest first."""
        return current(self.store.ledger.of_visit(self.visit, kind), kind)

    def enter(self, kind: str, stated: Mapping[str, Any]) -> Entry[Any]:
        """State something for the first time.

        Raises
        ------
        RecordNotFound
            When there is no such visit.
        UsageError
            When it is not what the kind can hold.
        """
        return enter(self.store, kind, stated, clock=self.clock, rng=self.rng, visit=self.visit)

    def state(
        self,
        kind: str,
        stated: Mapping[str, Any],
        *,
        same: Callable[[Any], bool],
        reason: str = "",
    ) -> Entry[Any]:
        """State something in the place of what was stated about the same before.

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
        with self.store.transaction():
            self.store.visits.get(self.visit)
            known = reversed(self.of(kind))
            old = next((entry for entry in known if same(entry.statement)), None)
            return self.enter(kind, stated) if old is None else self._anew(old, stated, reason)

    def restate(self, entry: EntryId, stated: Mapping[str, Any], *, reason: str = "") -> Entry[Any]:
        """State anew what an entry says, or what took its place since; otherwise as `state`.

        Raises
        ------
        RecordNotFound
            When the visit has no such entry.
        """
        with self.store.transaction():
            return self._anew(self.latest(entry), stated, reason)

    def latest(self, entry: EntryId) -> Entry[Any]:
        """Return what stands now in the place of an entry.

        Raises
        ------
        RecordNotFound
            When the visit has no such entry.
        """
        entries = self.store.ledger.of_visit(self.visit)
        found = next((one for one in entries if one.id == entry), None)
        if found is None:
            raise RecordNotFound("There is no such entry in this visit.")
        later = {one.supersedes: one for one in entries}
        while found.id in later:
            found = later[found.id]
        return found

    def _anew(self, old: Entry[Any], stated: Mapping[str, Any], reason: str) -> Entry[Any]:
        before = body_of(old.kind, old.statement)
        body = body_of(old.kind, read_statement(old.kind, before | dict(stated)))
        if body == before:
            return old
        if is_settled(self.store.ledger.of_visit(self.visit, *_SETTLES)):
            if not reason.strip():
                raise UsageError(
                    "This visit is signed or closed: a change needs its reason.",
                    hint="Say why in a few words; what stood there before stays readable.",
                )
            return amend(self.store, old.id, stated, reason=reason, clock=self.clock, rng=self.rng)
        draft = Draft(
            id=new_entry_id(self.rng),
            kind=old.kind,
            body=body,
            client=old.client,
            visit=old.visit,
            supersedes=old.id,
        )
        return self.store.ledger.append(draft, at=self.clock.now(), actor=self.store.actor)
