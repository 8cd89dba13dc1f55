"""What the hands found, stated as it is felt; whether a measured value was seen before is kept."""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.record.entry import Entry
from tissuesense.record.history import current
from tissuesense.record.joint import JointFinding
from tissuesense.record.measurement import StoredMeasurement
from tissuesense.record.visit import Block, ManualFinding, VisitId
from tissuesense.services.visit_entries import state
from tissuesense.store.opened import Store

_GRADES = ("tenderness", "tone", "taut_band", "twitch", "refers")


def value_was_shown(measured: Collection[StoredMeasurement], site: BodySite, block: Block) -> bool:
    """Return whether a value of this site was on the screen in this block of the visit.

    What was struck out was seen too. A treatment's recording has no value of the site.
    """
    return any(
        taken.site == site and taken.block is block and taken.kind is not RecordingKind.DOSE
        for taken in measured
    )


def feel(
    store: Store,
    visit: VisitId,
    site: BodySite,
    block: Block,
    stated: Mapping[str, Any],
    *,
    reason: str = "",
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """State what the hands found at a site; it takes the place of what was stated there before.

    A grade that is stated, or changed, once the value of the site was shown says so.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When a grade is out of its scale, or the visit is signed and no reason is given.
    """

    def is_here(found: ManualFinding) -> bool:
        return found.site == site and found.block is block

    with store.transaction():
        taken = [entry.statement for entry in store.ledger.of_visit(visit, "measurement")]
        known = current(store.ledger.of_visit(visit, "palpation"), "palpation")
        old = next((e.statement for e in reversed(known) if is_here(e.statement)), None)
        told = dict(stated) | {"site": site.name, "side": str(site.side), "block": str(block)}
        if old is None or any(getattr(old, name) != told.get(name) for name in _GRADES):
            told["seen_value_first"] = value_was_shown(taken, site, block)
        return state(
            store, visit, "palpation", told, same=is_here, reason=reason, clock=clock, rng=rng
        )


def move(
    store: Store,
    visit: VisitId,
    stated: Mapping[str, Any],
    *,
    reason: str = "",
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """State what was found at a joint; the same movement and side in the same block is one.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When it is not what a finding at a joint can hold, or the visit is signed and no reason is
        given.
    """
    place = [str(stated.get(key, "")).casefold() for key in ("joint", "movement", "side", "block")]

    def is_same(found: JointFinding) -> bool:
        here = (found.joint, found.movement, found.side, found.block)
        return [str(part).casefold() for part in here] == place

    return state(store, visit, "joint", stated, same=is_same, reason=reason, clock=clock, rng=rng)
