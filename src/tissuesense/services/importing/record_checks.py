"""What a record from outside has to be before it is taken in: whole, and its parts where they go.

The types of statements check themselves; this checks what stands around them, which inside a store
nobody but the program writes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from tissuesense.core.errors import UsageError
from tissuesense.record.checks import check_moment, check_text
from tissuesense.record.client import parse_client_id
from tissuesense.record.entry import Entry, parse_entry_id
from tissuesense.record.history import ClientRecord, MeasurementRecord, VisitRecord, current
from tissuesense.record.measurement import StoredFinding, finding_id, parse_result_id
from tissuesense.record.statements import KINDS, About
from tissuesense.record.visit import parse_visit_id

# The program writes these down itself, where they happen.
_NOT_STATED = frozenset({"client", "measurement", "analysis", "identity"})
_FIRST_YEAR, _LAST_YEAR = 1900, 9000
_LONGEST_WORD = 64
_LONGEST_ACTOR = 200


def check_record(record: ClientRecord) -> None:
    """Refuse a record that this program would not have written.

    Raises
    ------
    UsageError
        Naming the visit or the measurement and what is wrong with it, never a word of a statement.
    """
    check_id(record.client.id, parse_client_id)
    _check_when("created_at", record.client.created_at)
    names = list(_entry_ids(record))
    if len(set(names)) < len(names):
        raise UsageError("Two statements have one id.")
    _check_entries(record.entries, About.CLIENT)
    for visit in record.visits:
        try:
            _check_visit(visit, record)
        except UsageError as err:
            raise UsageError(f"Visit {str(visit.visit.id)[:_LONGEST_WORD]}: {err}") from err


def check_id(text: object, read: Callable[[str], str]) -> None:
    """Refuse an id that is not spelled just as this program spells it.

    Raises
    ------
    UsageError
        When it is not.
    """
    if not isinstance(text, str) or read(text) != text:
        raise UsageError("An id is not spelled as this program spells it.")


def _entry_ids(record: ClientRecord) -> Iterator[object]:
    for entry in (*record.entries, *(e for visit in record.visits for e in visit.entries)):
        check_id(entry.id, parse_entry_id)
        yield entry.id


def _check_entries(entries: Iterable[Entry[Any]], about: About) -> None:
    before: dict[object, str] = {}
    replaced: set[object] = set()
    for entry in entries:
        if entry.kind in _NOT_STATED or KINDS[entry.kind].about is not about:
            raise UsageError(f"A statement of kind '{entry.kind}' does not belong there.")
        _check_envelope(entry)
        old = entry.supersedes
        if old is not None and (before.get(old) != entry.kind or old in replaced):
            raise UsageError(
                f"Statement {entry.id} takes the place of one that is not there before it, or that "
                "has been replaced already."
            )
        replaced.add(old)
        before[entry.id] = entry.kind


def _check_envelope(entry: Entry[Any]) -> None:
    _check_when("recorded_at", entry.recorded_at)
    if entry.supersedes is not None:
        check_id(entry.supersedes, parse_entry_id)
    texts: dict[str, object] = {"actor": entry.actor, "reason": entry.reason}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise UsageError(f"The {name} of statement {entry.id} is no text.")
        check_text(name, text)
    if len(entry.actor) > _LONGEST_ACTOR or "\0" in entry.actor:
        raise UsageError(f"The actor of statement {entry.id} is no name.")


def _check_visit(visit: VisitRecord, record: ClientRecord) -> None:
    check_id(visit.visit.id, parse_visit_id)
    _check_when("opened_at", visit.visit.opened_at)
    _check_entries(visit.entries, About.VISIT)
    if visit.visit.client != record.client.id:
        raise UsageError("it belongs to another client.")
    opened = [entry for entry in visit.entries if entry.kind == "visit"]
    if any(e.statement.id != visit.visit.id or e.statement.client != record.client.id
           for e in opened):  # fmt: skip
        raise UsageError("a statement of it opens another visit.")
    if [entry.statement for entry in current(opened, "visit")] != [visit.visit]:
        raise UsageError("its statements do not say how it was opened.")
    for each in visit.measurements:
        _check_measurement(each, visit)
    measured = {each.measurement.id for each in visit.measurements}
    if len(measured) < len(visit.measurements):
        raise UsageError("two measurements have one id.")
    named = measured | {entry.id for entry in visit.entries if entry.kind == "historic"}
    for entry in visit.entries:
        if entry.kind == "void" and entry.statement.measurement not in named:
            raise UsageError(f"statement {entry.id} strikes out what is not there.")


def _check_measurement(each: MeasurementRecord, visit: VisitRecord) -> None:
    measurement = each.measurement
    check_id(measurement.id, parse_result_id)
    where = f"measurement {measurement.id}"
    if measurement.visit != visit.visit.id:
        raise UsageError(f"{where} belongs to another visit.")
    if not isinstance(measurement.device_model, str):
        raise UsageError(f"{where}: device_model is no text.")
    _check_when(f"{where}: measured_at", measurement.measured_at)
    struck = [e.statement for e in current(visit.entries, "void")]
    said = next((void for void in reversed(struck) if void.measurement == measurement.id), None)
    if each.void != said:
        raise UsageError(f"{where}: its statements do not say whether it was struck out.")
    for number, finding in enumerate(each.computed, start=1):
        if finding.id != finding_id(measurement.id, number):
            raise UsageError(f"{where}: its numbers are not counted from 1 on.")
        _check_finding(finding, where)


def _check_finding(finding: StoredFinding, where: str) -> None:
    method = (getattr(finding.method, each.name) for each in fields(finding.method))
    texts: tuple[object, ...] = (finding.item, finding.quantity, *finding.flags, *method)
    index: object = finding.index
    accepted: object = finding.accepted
    sound = (
        all(isinstance(text, str) and len(text) <= _LONGEST_WORD for text in texts)
        and isinstance(accepted, bool)
        and (index is None or (isinstance(index, int) and not isinstance(index, bool)))
    )
    if not sound:
        raise UsageError(f"{where}: number {finding.id} is not as this program writes one.")
    _check_when(f"{where}: computed_at", finding.computed_at)


def _check_when(name: str, moment: datetime) -> None:
    check_moment(name, moment)
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise UsageError(f"{name} is of the year {moment.year}.")
