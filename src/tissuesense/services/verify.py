"""Prove that the record is what was written; build its index again where only that is broken."""

from dataclasses import replace

from tissuesense.core.errors import RecordError
from tissuesense.services.running_capture import waiting
from tissuesense.store.index_rebuild import rebuild_index
from tissuesense.store.opened import Store
from tissuesense.store.verification import Progress, Verification, verify


def verify_record(
    store: Store,
    *,
    expected: str | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Verification:
    """Verify a store, and say which recordings were interrupted and wait to be taken in.

    Raises
    ------
    RecordConflict
        When another program keeps the store to itself.
    UsageError
        When `expected` is no head.
    """
    found = verify(store, expected=expected, progress=progress)
    left = waiting(store)
    if not left:
        return found
    told = (
        f"Interrupted recordings that wait to be taken in: {left}. The next 'measure --client' "
        "does so, and so does 'verify --recover'."
    )
    return replace(found, warnings=(*found.warnings, told))


def mend_index(store: Store, found: Verification) -> int:
    """Build the index again; return how many entries are in it.

    Raises
    ------
    RecordError
        When more than the index is broken: what it would be built from is not to be trusted.
    """
    if not found.ok and not found.only_index:
        raise RecordError(
            "More than the index is broken; it was left as it is.",
            hint="Restore the store from a backup.",
        )
    return rebuild_index(store)
