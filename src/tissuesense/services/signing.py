"""Put a name under a visit: what stands there is kept first, and whoever signs shows who it is."""

import hmac
from collections.abc import Mapping
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import StoreLocked
from tissuesense.record.entry import Entry
from tissuesense.record.history import current
from tissuesense.record.notes import Meaning
from tissuesense.record.visit import VisitId
from tissuesense.services.care import sign
from tissuesense.services.objective import objective_words, write_note
from tissuesense.services.records import load_visit_record
from tissuesense.store.key_safe import MasterKey, is_locked, open_safe
from tissuesense.store.opened import Store


def needs_passphrase(safe: Mapping[str, Any]) -> bool:
    """Return whether whoever signs types the passphrase again: where the record has one."""
    return is_locked(safe)


def opens(safe: Mapping[str, Any], passphrase: str, master: MasterKey) -> bool:
    """Return whether a passphrase is the record's; slow on purpose, as opening it is."""
    try:
        key = open_safe(safe, passphrase)
    except StoreLocked:
        return False
    return hmac.compare_digest(key.secret, master.secret)


def sign_visit(
    store: Store,
    visit: VisitId,
    *,
    signer: str,
    meaning: Meaning,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """Sign a visit; a note that nobody touched is kept as the page proposed it.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When nobody is named.
    """
    with store.transaction():
        proposed = objective_words(load_visit_record(store, visit))
        if proposed and not current(store.ledger.of_visit(visit, "note"), "note"):
            write_note(store, visit, {}, clock=clock, rng=rng)
        return sign(store, visit, signer=signer, meaning=meaning, clock=clock, rng=rng)
