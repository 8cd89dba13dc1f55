"""What is done to a muscle, timed by the record itself: a treatment that began is written down."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tissuesense.record.entry import Entry, EntryId
from tissuesense.record.history import VisitRecord
from tissuesense.record.treatment import TreatmentDose
from tissuesense.services.visit_entries import VisitEntries

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


def begin(entries: VisitEntries, stated: Mapping[str, Any]) -> Entry[TreatmentDose]:
    """Begin a treatment now; one that is still going on ends: there is one pair of hands.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When site or technique is missing or unknown.
    """
    with entries.store.transaction():
        for entry in entries.of("dose"):
            if is_running(entry.statement, entries.clock.now()):
                end(entries, entry.id)
        started_at = entries.clock.local_now().isoformat()
        return entries.enter("dose", dict(stated) | {"started_at": started_at})


def end(entries: VisitEntries, entry: EntryId) -> Entry[TreatmentDose]:
    """End a treatment now; one that has ended stays as it is.

    Raises
    ------
    RecordNotFound
        When the visit has no such treatment.
    """
    with entries.store.transaction():
        latest = entries.latest(entry)
        going: TreatmentDose = latest.statement
        now = entries.clock.now()
        if going.started_at is None or not is_running(going, now):
            return latest
        seconds = max((now - going.started_at).total_seconds(), _SHORTEST_S)
        return entries.restate(latest.id, {"seconds": round(seconds, 1)})
