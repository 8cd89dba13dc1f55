"""The objective part of a visit's note, written from what was found: a start, to be edited."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.record.entry import Entry
from tissuesense.record.history import MeasurementRecord, VisitRecord
from tissuesense.record.joint import JointFinding
from tissuesense.record.visit import Intent, VisitId
from tissuesense.report.measures import MEASURES
from tissuesense.report.quantities import number, spread
from tissuesense.report.words import block_words, hand_words, site_and_side
from tissuesense.services.care import enter
from tissuesense.services.records import load_visit_record
from tissuesense.store.opened import Store


def objective_words(record: VisitRecord) -> str:
    """Return one line for each finding by hand, at a joint and by a gauge.

    A measured value stands with its standard uncertainty. Empty for a visit without findings, and
    for a relaxation visit, of which nothing is claimed.
    """
    if record.visit.intent is Intent.RELAXATION:
        return ""
    return "\n".join(_lines(record))


def _lines(record: VisitRecord) -> Iterator[str]:
    for felt in record.manual_findings:
        yield f"{site_and_side(felt.site)}, by hand: {hand_words(felt)}."
    for moved in record.statements("joint"):
        yield _joint_words(moved)
    for measured in record.counting:
        yield from _measured_words(measured)


def _joint_words(moved: JointFinding) -> str:
    angles = [
        f"{word} {angle:g} degrees"
        for word, angle in (("active", moved.active_deg), ("passive", moved.passive_deg))
        if angle is not None
    ]
    movement = moved.movement.replace("_", " ")
    return f"{moved.joint.capitalize()}, {movement} {moved.side}: {', '.join(angles) or 'seen'}."


def _measured_words(record: MeasurementRecord) -> Iterator[str]:
    taken = record.measurement
    for measure in MEASURES:
        found = record.finding(measure.session, "session") if measure.kind is taken.kind else None
        if found is not None and found.value is not None:
            value = f"{number(found.value, measure.unit)} {measure.unit}"
            error = spread(found.standard_uncertainty, measure.unit)
            heading = f"{site_and_side(taken.site)}, {measure.title.lower()}"
            yield f"{heading} {block_words(taken.block)}: {value} {error}".rstrip() + "."


def write_note(
    store: Store,
    visit: VisitId,
    stated: Mapping[str, Any],
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> Entry[Any]:
    """Keep the note of a visit; where it says nothing objective, what was found is put there.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When the note holds what a note has not.
    """
    with store.transaction():
        filled = dict(stated)
        if "objective" not in filled:
            filled["objective"] = objective_words(load_visit_record(store, visit))
        return enter(store, "note", filled, clock=clock, rng=rng, visit=visit)
