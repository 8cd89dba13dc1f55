"""Keep a plan as a practice states it: the referral, the goals and the phases in one go."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import UsageError
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry
from tissuesense.services.care import enter
from tissuesense.store.opened import Store


def keep_plan(
    store: Store,
    client: ClientId,
    stated: Mapping[str, Any],
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> tuple[Entry[Any], ...]:
    """Keep "referral", "goals" and, of everything else, the care plan; all of it or nothing.

    A plan without "starts_on" starts today.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    UsageError
        When nothing is stated, or a part is not what it should be.
    """
    rest = dict(stated)
    referral, goals = rest.pop("referral", None), rest.pop("goals", [])
    if not isinstance(goals, list):
        raise UsageError("'goals' is a list.")
    parts = [("referral", referral)] if referral is not None else []
    if rest:
        today = clock.local_now().date().isoformat()
        parts.append(("care_plan", {"starts_on": today} | rest))
    parts += [("goal", goal) for goal in goals]
    if not parts:
        raise UsageError(
            "Nothing was stated.", hint='Give "phases", and "referral" and "goals" where known.'
        )
    if not all(isinstance(part, Mapping) for _, part in parts):
        raise UsageError("'referral' and each goal are JSON objects.")
    with store.transaction():
        return tuple(
            enter(store, kind, part, client=client, clock=clock, rng=rng) for kind, part in parts
        )
