"""Is the record what was written: the chain, the raw data, the index, the keys and the files.

A chain shows every change in its middle. It cannot show that its end was cut off, or that whoever
has the file and its key wrote all of it anew; only a head that was printed before can.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from tissuesense.core.errors import RecordConflict, RecordErased, RecordError, UsageError
from tissuesense.record.entry import FIRST_HASH, Entry, chained_hash
from tissuesense.store.ledger import envelope
from tissuesense.store.opened import Store
from tissuesense.store.schema import ClientRow, EntryRow
from tissuesense.store.verifying.batches import KeptEntry, Unreadable, kept_entries
from tissuesense.store.verifying.files import check_files
from tissuesense.store.verifying.findings import Broken, Findings, Part
from tissuesense.store.verifying.index import (
    check_index_rules,
    check_index_strays,
    index_problems,
)
from tissuesense.store.verifying.kept import entry_row, reading
from tissuesense.store.verifying.keys import Erasures, check_keys, find_erasures
from tissuesense.store.verifying.raw import check_raw_strays, raw_problems

Progress = Callable[[int, int], None]

# What sealed content that was altered, or a key that is another, can end in.
_NOT_OPENED = (RecordError, ValueError, KeyError, TypeError, AttributeError)
_FEWEST_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a verification found.

    Attributes
    ----------
    head
        Hash of the last entry, which speaks for all before it.
    broken
        The first broken entry, or what else is broken; None where everything is whole.
    places
        How many places are broken.
    only_index
        Whether all of them are in the index, which can be built again.
    """

    head: str
    entries: int
    clients: int
    measurements: int
    erased_clients: int
    broken: Broken | None = None
    places: int = 0
    only_index: bool = False
    warnings: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything is whole."""
        return self.broken is None

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "ok": self.ok,
            "head": self.head,
            "entries": self.entries,
            "clients": self.clients,
            "measurements": self.measurements,
            "erased_clients": self.erased_clients,
            "broken": None if self.broken is None else self.broken.to_dict(),
            "warnings": list(self.warnings),
        }


def verify(
    store: Store,
    *,
    expected: str | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Verification:
    """Hold everything in a store against everything else; change nothing.

    Parameters
    ----------
    expected
        A head that was printed, whole or its first 16 digits and more; whatever was written after
        it does no harm.
    progress
        Called with how many entries are done and how many there are.

    Raises
    ------
    RecordConflict
        When another program keeps the store to itself.
    UsageError
        When `expected` is no head.
    """
    wanted = None if expected is None else _head(expected)
    findings = Findings()
    check_files(store, findings)
    erasures = find_erasures(store)
    check_keys(store, erasures, findings)
    walk = _Walk(store, erasures, findings, wanted)
    walk.run(progress)
    check_index_strays(store, findings)
    check_index_rules(store, findings)
    check_raw_strays(store, erasures, findings)
    return Verification(
        head=walk.head,
        entries=walk.seq,
        clients=_clients(store),
        measurements=walk.measurements,
        erased_clients=sum(map(erasures.everything, erasures.scopes)),
        broken=findings.first,
        places=findings.count.total(),
        only_index=set(findings.count) == {Part.INDEX},
        warnings=tuple(findings.warnings),
    )


class _Walk:
    """From the first entry to the last."""

    def __init__(
        self, store: Store, erasures: Erasures, findings: Findings, wanted: str | None
    ) -> None:
        self._store = store
        self._erasures = erasures
        self._findings = findings
        self._wanted = wanted
        self._recorded_at: datetime | None = None
        self._set_back = 0
        self._first_set_back = 0
        # What the next entry may be chained to; none where that is not known.
        self._before: tuple[str, ...] = (FIRST_HASH,)
        self.head = FIRST_HASH
        self.seq = 0
        self.measurements = 0

    def run(self, progress: Progress) -> None:
        total = self._total()
        try:
            for found in kept_entries(self._store):
                self._check(found)
                progress(self.seq, max(total, self.seq))
        except Unreadable as err:
            what = "This entry, or what the index says of it, cannot be read from the file."
            self._findings.add(Part.FILE, what, seq=err.seq)
        if self._wanted is not None:
            what = "The chain does not hold the expected head: it was cut off, or written anew."
            self._findings.add(Part.CHAIN, what)
        if self._set_back:
            self._findings.warnings.append(
                f"Entries that bear an earlier time than the one before: {self._set_back}, the "
                f"first is entry {self._first_set_back}. The clock was set back, or they were "
                "taken in from elsewhere."
            )

    def _total(self) -> int:
        try:
            return self._store.ledger.head()[0]
        except RecordConflict:
            raise
        except _NOT_OPENED:
            return 0

    def _check(self, found: KeptEntry) -> None:
        if found.seq != self.seq + 1:
            self._findings.add(Part.CHAIN, "This entry is missing.", seq=self.seq + 1)
            self._before = ()
        self.seq, self.head = found.seq, str(found.kept["hash"])
        if self._wanted is not None and self.head.startswith(self._wanted):
            self._wanted = None
        before, self._before = self._before, (self.head,)
        try:
            row = entry_row(found.kept, self._store.engine.dialect)
            links = {previous: chained_hash(previous, envelope(row)) for previous in before}
        except (ValueError, TypeError):
            self._add(Part.CHAIN, "It is not as the program wrote it.", found)
            return
        entry, opens = self._opened(row)
        if before and row.hash not in links.values():
            self._before = (row.hash, *links.values())
            what = (
                "Its time, actor, kind, client, visit or hash was changed, or an entry before it."
                if opens
                else "Its sealed content was changed."
            )
            self._add(Part.CHAIN, what, found)
        elif not opens:
            self._add(Part.CHAIN, "Its sealed content does not open.", found)
        self._note_time(row)
        if opens:
            self._check_what_it_gave(entry, found)

    def _opened(self, row: EntryRow) -> tuple[Entry[Any] | None, bool]:
        """Return an entry, None where its key was destroyed, and whether that is all in order."""
        try:
            return self._store.ledger.opened(row), True
        except RecordConflict:
            raise
        except RecordErased:  # whether it may be, was looked at with the keys
            return None, True
        except _NOT_OPENED:
            return None, False

    def _note_time(self, row: EntryRow) -> None:
        if self._recorded_at is not None and row.recorded_at < self._recorded_at:
            self._set_back += 1
            self._first_set_back = self._first_set_back or row.seq
        self._recorded_at = row.recorded_at

    def _check_what_it_gave(self, entry: Entry[Any] | None, found: KeptEntry) -> None:
        erased = self._erasures.everything(found.kept["client_id"])
        if entry is None and not erased and found.kept["kind"] != "identity":
            return  # nobody knows what it gave
        giving = None if erased or found.superseded else entry
        for problem in index_problems(giving, found, self._store.engine.dialect):
            self._add(Part.INDEX, f"It is whole, but {problem}.", found)
        if entry is not None and entry.kind == "measurement" and not erased:
            self.measurements += 1
            for problem in raw_problems(self._store, entry):
                self._add(Part.RAW, problem, found)

    def _add(self, part: Part, what: str, found: KeptEntry) -> None:
        self._findings.add(part, what, seq=found.seq, entry=found.id)


def _clients(store: Store) -> int:
    try:
        with reading(store.engine, store.reading) as session:
            return session.scalar(select(func.count()).select_from(ClientRow)) or 0
    except RecordConflict:
        raise
    except RecordError:  # the walk has said so
        return 0


def _head(text: str) -> str:
    head = text.strip().lower()
    if not _FEWEST_DIGITS <= len(head) <= len(FIRST_HASH) or set(head) - set("0123456789abcdef"):
        raise UsageError(
            f"A head is {len(FIRST_HASH)} digits of 0-9 and a-f, or its first "
            f"{_FEWEST_DIGITS} or more.",
            hint="'tissuesense verify' prints it.",
        )
    return head
