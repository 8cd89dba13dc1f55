"""Is the record what was written: the chain, the raw data, the index, the keys and the files.

A chain shows every change in its middle. It cannot show that its end was cut off, or that whoever
has the file and its key wrote all of it anew; only a head that was printed before can.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from tissuesense.core.errors import RecordConflict, RecordErased, RecordError
from tissuesense.record.client import ClientId
from tissuesense.record.document import sha256
from tissuesense.record.entry import FIRST_HASH, Entry, chained_hash
from tissuesense.record.measurement import StoredMeasurement
from tissuesense.store.batches import KeptEntry, Unreadable, kept_entries, kept_raw
from tissuesense.store.erasures import Erasures, find_erasures
from tissuesense.store.file_check import check_files
from tissuesense.store.findings import Broken, Findings, Part
from tissuesense.store.index_check import check_strays, index_problems
from tissuesense.store.key_check import KeyCheck
from tissuesense.store.ledger import envelope
from tissuesense.store.opened import Store
from tissuesense.store.schema import EntryRow, MeasurementRow, RawRow
from tissuesense.store.traces import trace_of_bytes
from tissuesense.store.verified_rows import entry_row

Progress = Callable[[int, int], None]


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
