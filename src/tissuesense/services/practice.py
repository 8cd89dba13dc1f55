"""The practice and its people, stated in one go and again whenever something changes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import UsageError
from tissuesense.record.entry import Entry
from tissuesense.record.history import current
from tissuesense.record.people import Practice, Practitioner
from tissuesense.record.statements import read_statement
from tissuesense.services.care import amend, enter
from tissuesense.store.opened import Store

_ANEW = "stated anew"


def keep_practice(
    store: Store, stated: Mapping[str, Any], *, clock: Clock, rng: np.random.Generator
) -> tuple[Entry[Any], ...]:
    """Keep "practice" and "practitioners"; what stands there already is not written twice.

    A practitioner of the same name as one before takes that one's place.

    Raises
    ------
    UsageError
        When a part is unknown or not what it should be.
    """
    if unknown := stated.keys() - {"practice", "practitioners"}:
        raise UsageError(
            f"There is no '{min(unknown)}' here.", hint="It may have: practice, practitioners."
        )
    people = stated.get("practitioners", [])
    if not isinstance(people, list) or not all(isinstance(person, Mapping) for person in people):
        raise UsageError("'practitioners' is a list of JSON objects.")
    with store.transaction():
        parts = [("practice", stated["practice"])] if "practice" in stated else []
        parts += [("practitioner", person) for person in people]
        kept = [_kept(store, kind, part, clock=clock, rng=rng) for kind, part in parts]
        return tuple(entry for entry in kept if entry is not None)


def practice_and_people(store: Store) -> tuple[Practice, tuple[Practitioner, ...]]:
    """Return what holds now; a practice that nobody stated has its defaults."""
    practices = _current(store, "practice")
    people = tuple(entry.statement for entry in _current(store, "practitioner"))
    return (practices[-1].statement if practices else Practice()), people


def _kept(
    store: Store, kind: str, stated: Mapping[str, Any], *, clock: Clock, rng: np.random.Generator
) -> Entry[Any] | None:
    statement = read_statement(kind, stated)
    for known in _current(store, kind):
        if known.statement == statement:
            return None
        if kind == "practitioner" and known.statement.name == statement.name:
            return amend(store, known.id, stated, reason=_ANEW, clock=clock, rng=rng)
    return enter(store, kind, stated, clock=clock, rng=rng)


def _current(store: Store, kind: str) -> tuple[Entry[Any], ...]:
    return current(store.ledger.of_practice(kind), kind)
