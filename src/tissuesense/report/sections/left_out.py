"""What was not done and why, and what was measured and does not count."""

from collections.abc import Iterator

from tissuesense.record.history import MeasurementRecord
from tissuesense.record.notes import MissingReason, NotDone
from tissuesense.report.document import Block, Listing, Run, Voice, Words, say
from tissuesense.report.measures import MEASURES
from tissuesense.report.quantities import measured
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import kind_words, site_and_side

_REASONS = {
    MissingReason.NOT_DONE: "not done",
    MissingReason.REFUSED: "the client did not want it",
    MissingReason.NOT_REACHABLE: "not reachable",
    MissingReason.TOO_PAINFUL: "too painful",
    MissingReason.DEVICE_FAULT: "the gauge failed",
    MissingReason.SCREENED: "left out because of the screen",
}


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a sentence for each thing left out or struck out."""
    items = (*_not_done(view), *_struck(view))
    return (Listing(items),) if items else ()


def _not_done(view: VisitView) -> Iterator[Words]:
    found: tuple[NotDone, ...] = view.record.statements("not_done")
    for one in found:
        note = f"; {one.note}" if one.note else ""
        what = one.what.replace("_", " ")
        yield say(
            Run(f"Not done: {what}.", Voice.STRONG), f" {_REASONS[one.reason].capitalize()}{note}."
        )


def _struck(view: VisitView) -> Iterator[Words]:
    for record in view.record.measurements:
        if record.void is not None:
            taken = record.measurement
            place = f"{site_and_side(taken.site)}, {kind_words(taken.kind)}"
            value = f"{place}, {taken.measured_at:%H:%M %Z}{_value(record)}."
            yield say(
                Run("Struck out: ", Voice.STRONG),
                Run(value, Voice.STRUCK),
                f" It counts nowhere: {record.void.why}",
            )


def _value(record: MeasurementRecord) -> str:
    for measure in MEASURES:
        found = record.finding(measure.session, "session")
        if measure.kind is record.measurement.kind and found and found.value is not None:
            return f", {measured(found.value, found.standard_uncertainty, measure.unit)}"
    return ""


SECTION = Section(title="Not done, and struck out", write=write)
