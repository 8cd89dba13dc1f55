"""A plain store at which one client is in care, and somebody who writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.history import ClientRecord
from tissuesense.record.statements import KINDS
from tissuesense.record.visit import VisitId
from tissuesense.services.care import amend, enter
from tissuesense.services.records import add_client, load_client_record, open_visit
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(kw_only=True)
class Desk:
    """Where things are written down."""

    store: Store
    client: ClientId
    clock: ManualClock
    rng: np.random.Generator
    visit: VisitId | None = None

    def enter(self, kind: str, /, **stated: Any) -> Entry[Any]:  # noqa: ANN401 - what JSON can hold
        """Enter a statement about the client, or in the visit that was opened last."""
        about = KINDS[kind].about.value
        place: dict[str, Any] = {about: getattr(self, about)} if about != "practice" else {}
        return enter(self.store, kind, stated, clock=self.clock, rng=self.rng, **place)

    def amend(self, entry: EntryId, /, **stated: Any) -> Entry[Any]:  # noqa: ANN401 - as above
        """Amend an entry."""
        return amend(self.store, entry, stated, reason="a slip", clock=self.clock, rng=self.rng)

    def by(self, act: Callable[..., Entry[Any]], *what: Any, **said: Any) -> Entry[Any]:  # noqa: ANN401
        """Do something with the visit, a minute later."""
        self.clock.advance(60)
        return act(self.store, self.visit, *what, clock=self.clock, rng=self.rng, **said)

    def open_visit(self, *, days: float = 0, **stated: Any) -> VisitId:  # noqa: ANN401 - as above
        """Open a visit, some days after the last thing."""
        self.clock.advance(days * 24 * 3600)
        visit = open_visit(self.store, self.client, clock=self.clock, rng=self.rng, **stated)
        self.visit = visit.id
        return visit.id

    def record(self) -> ClientRecord:
        """Return all that is known of the client."""
        return load_client_record(self.store, self.client)


@contextmanager
def a_desk(folder: Path) -> Iterator[Desk]:
    """Open a new store with one client."""
    clock, rng = ManualClock(start=MONDAY), np.random.default_rng(5)
    with open_store(folder, clock=clock, create=True, plain=True) as store:
        client = add_client(store, clock=clock, rng=rng).id
        yield Desk(store=store, client=client, clock=clock, rng=rng)
