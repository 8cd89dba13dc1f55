"""What is done to a muscle, timed by the record itself: a treatment that began is written down."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.history import VisitRecord, current
from tissuesense.record.treatment import TreatmentDose
from tissuesense.record.visit import VisitId
from tissuesense.services.care import enter
from tissuesense.services.visit_entries import latest_of, restate
from tissuesense.store.opened import Store

_LONGEST = timedelta(hours=4)  # that a treatment of one site can last
_SHORTEST_S = 0.1


def is_running(dose: TreatmentDose, now: datetime) -> bool:
    """Return whether a treatment began and has not ended; one of long ago was not timed."""
    begun = dose.started_at
    if begun is None or dose.seconds is not None or dose.measurement is not None:
        return False
    return timedelta() <= now - begun < _LONGEST


def doses(record: VisitRecord) -> tuple[Entry[TreatmentDose], ...]:
    """Return the treatments of a visit, in the order in which they began to be written down."""
    every = {entry.id: entry for entry in record.entries}

    def first(entry: Entry[Any]) -> int:
        while entry.supersedes is not None and entry.supersedes in every:
            entry = every[entry.supersedes]
        return entry.seq

    return tuple(sorted(record.current("dose"), key=first))


def begin(
    store: Store,
    visit: VisitId,
    stated: Mapping[str, Any],
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """Begin a treatment now; one that is still going on ends: there is one pair of hands.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When site or technique is missing or unknown.
    """
    with store.transaction():
        for entry in current(store.ledger.of_visit(visit, "dose"), "dose"):
            if is_running(entry.statement, clock.now()):
                end(store, visit, entry.id, clock=clock, rng=rng)
        started = dict(stated) | {"started_at": clock.local_now().isoformat()}
        return enter(store, "dose", started, clock=clock, rng=rng, visit=visit)


def end(
    store: Store, visit: VisitId, entry: EntryId, *, clock: Clock, rng: np.random.Generator
) -> Entry[Any]:
    """End a treatment now; one that has ended stays as it is.

    Raises
    ------
    RecordNotFound
        When the visit has no such treatment.
    """
    with store.transaction():
        going: TreatmentDose = latest_of(store, visit, entry).statement
        if going.started_at is None or not is_running(going, clock.now()):
            return latest_of(store, visit, entry)
        seconds = max((clock.now() - going.started_at).total_seconds(), _SHORTEST_S)
        return restate(
            store, visit, entry, {"seconds": round(seconds, 1)}, clock=clock, rng=rng
        )
