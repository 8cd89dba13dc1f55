"""What the hands found, stated as it is felt, and whether a measured value was seen before."""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, parse_side
from tissuesense.record.entry import Entry
from tissuesense.record.joint import JointFinding
from tissuesense.record.measurement import MeasurementId, StoredMeasurement
from tissuesense.record.visit import Block, ManualFinding
from tissuesense.services.visit_entries import VisitEntries

_GRADES = ("tenderness", "tone", "taut_band", "twitch", "refers")


def measured_here(
    measured: Iterable[StoredMeasurement], site: BodySite, block: Block
) -> frozenset[MeasurementId]:
    """Return what was measured of a site in a block of the visit, struck out or not.

    A treatment's recording has no value of the site.
    """
    return frozenset(
        taken.id
        for taken in measured
        if taken.site == site and taken.block is block and taken.kind is not RecordingKind.DOSE
    )


def feel(
    entries: VisitEntries,
    stated: Mapping[str, Any],
    *,
    shown: Container[MeasurementId] = (),
    reason: str = "",
) -> Entry[ManualFinding]:
    """State what the hands found at a site; it takes the place of what was stated there before.

    A grade that is stated, or changed, once the value of the site was shown says so. Where the
    site was measured and its value may have stayed hidden, nothing is claimed; the times tell.

    Parameters
    ----------
    stated
        Site, side and block, and every grade: one that is left out or None was not examined.
    shown
        The measurements whose values are known to have been on a screen.
    reason
        Why it is changed, where the visit is signed or closed.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When a grade is out of its scale, or a reason is missing.
    """
    site = BodySite(str(stated.get("site", "")), parse_side(str(stated.get("side", ""))))
    block = Block(stated.get("block", Block.PRE))

    def is_here(found: ManualFinding) -> bool:
        return found.site == site and found.block is block

    with entries.store.transaction():
        taken = [e.statement for e in entries.store.ledger.of_visit(entries.visit, "measurement")]
        known = (entry.statement for entry in reversed(entries.of("palpation")))
        old = next((found for found in known if is_here(found)), None)
        told = dict(stated)
        if old is None or any(getattr(old, name) != told.get(name) for name in _GRADES):
            here = measured_here(taken, site, block)
            # Once a site is felt, its value is shown as soon as it is measured.
            seen = old is not None or any(one in shown for one in here)
            told["seen_value_first"] = (True if seen else None) if here else False
        return entries.state("palpation", told, same=is_here, reason=reason)


def move(
    entries: VisitEntries, stated: Mapping[str, Any], *, reason: str = ""
) -> Entry[JointFinding]:
    """State what was found at a joint; the same movement and side in the same block is one.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When it is not what a finding at a joint can hold, or a reason is missing.
    """
    place = [str(stated.get(key, "")).casefold() for key in ("joint", "movement", "side", "block")]

    def is_same(found: JointFinding) -> bool:
        here = (found.joint, found.movement, found.side, found.block)
        return [str(part).casefold() for part in here] == place

    return entries.state("joint", stated, same=is_same, reason=reason)
