"""A client's story in the terminal: what was told, planned and kept, and what comes next."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from tissuesense.anatomy.checklist import Checklist, ChecklistItem
from tissuesense.cli.statement_text import statement_text
from tissuesense.core.dates import day
from tissuesense.record.document import entry_json
from tissuesense.record.entry import Entry
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.intake import Complaint, ContraindicationScreen
from tissuesense.record.people import Identity
from tissuesense.record.schedule_words import due_words, phase_words, rhythm_words, used_words
from tissuesense.record.statements import KINDS, statement_json
from tissuesense.record.visit import Intent
from tissuesense.report.words import complaint_words, duration_words, site_and_side
from tissuesense.services.before_pressing import blocks
from tissuesense.services.standing import checklist, standing

if TYPE_CHECKING:  # rich is imported when something is shown, so that --help stays fast
    from rich.console import RenderableType

_FEW = 8
_ONE_DAY_S = 24 * 3600.0


def story(
    record: ClientRecord, identity: Identity | None, today: date
) -> "Iterator[RenderableType]":
    """Yield the parts of the story, first what matters first."""
    yield f"{record.client.id}, in care since {day(record.client.created_at)}"
    if identity is not None:
        yield ", ".join(str(value) for value in (identity.name, identity.birth_date) if value)
    yield from _careful(record.latest("screen"))
    held = standing(record, today=today)
    if held is not None:
        told = (phase_words(held), due_words(held), used_words(held))
        yield f"Plan: {'; '.join(words for words in told if words)}"
    for part in (
        *_complaints(record),
        *_stated(record),
        *_visits(record.visits),
        *_imported(record.visits),
        *_begin(checklist(record), record.latest("screen")),
    ):
        yield ""
        yield part


def _careful(screen: ContraindicationScreen | None) -> Iterator[str]:
    if screen is None:
        return
    limits = [f"at most {screen.ceiling_kpa:g} kPa"] if screen.ceiling_kpa else []
    if screen.blocked_sites:
        limits.append(f"not to be pressed: {', '.join(screen.blocked_sites)}")
    if told := (*screen.cautions, *limits):
        yield f"Careful: {'; '.join(told)}"


def _complaints(record: ClientRecord) -> "Iterator[RenderableType]":
    """Yield what was complained of, the same place in one row, with its ratings as they came."""
    from rich.table import Table

    table = Table("Complaint", "Rating now, 0 to 10", "Told", "Latest entry", box=None)
    for entries in same_complaints(record):
        told: list[Complaint] = [entry.statement for entry in entries]
        ratings = ", ".join("-" if c.nrs_now is None else str(c.nrs_now) for c in told)
        first, last = (day(_first_written(record, e)) for e in (entries[0], entries[-1]))
        table.add_row(
            complaint_words(told[-1]),
            ratings,
            first if first == last else f"{first} to {last}",
            entries[-1].id + _amended(entries[-1]),
        )
    if table.row_count:
        yield table


def same_complaints(record: ClientRecord) -> Iterable[list[Entry[Complaint]]]:
    """Return the complaints of one kind, place and side together, oldest first."""
    groups: dict[tuple[object, ...], list[Entry[Complaint]]] = {}
    for entry in record.current("complaint"):
        told: Complaint = entry.statement
        same = (told.kind, " ".join(told.region.casefold().split()), told.side)
        groups.setdefault(same, []).append(entry)
    return groups.values()


def _first_written(record: ClientRecord, entry: Entry[Any]) -> date:
    """Return the day on which it was told: an amendment is of the day of what it amends."""
    by_id = {known.id: known for known in record.entries}
    while entry.reason and entry.supersedes in by_id:
        entry = by_id[entry.supersedes]
    return entry.recorded_at.astimezone().date()


def _stated(record: ClientRecord) -> "Iterator[RenderableType]":
    from rich.table import Table

    table = Table("Entry", "Kind", "What was stated", box=None)
    kinds = [kind for kind, row in KINDS.items() if row.entered and kind != "complaint"]
    for entry in record.current(*kinds):
        words = statement_text(entry.kind, entry.statement) + _amended(entry)
        table.add_row(entry.id, KINDS[entry.kind].title, words)
    if table.row_count:
        yield table


def _amended(entry: Entry[Any]) -> str:
    return f" (amended: {entry.reason})" if entry.reason else ""


def _visits(visits: Iterable[VisitRecord]) -> "Iterator[RenderableType]":
    from rich.table import Table

    table = Table("Visit", "Day", "Took", "By hand", "Measured", "State", box=None)
    for record in visits:
        table.add_row(
            record.visit.id,
            day(record.visit.opened_at),
            _took(record),
            str(len(record.manual_findings)),
            str(len(record.counting)),
            ", ".join(_state(record)),
        )
    yield table if table.row_count else "No visit yet."


def _imported(visits: Iterable[VisitRecord]) -> "Iterator[RenderableType]":
    """Yield what came without samples, with the id by which it is struck out."""
    from rich.table import Table

    table = Table("Imported, no samples", "Day", "Site", "Median", "Remarks", box=None)
    for found in (found for visit in visits for found in visit.historic):
        measured = found.measured
        numbers = (f"{q.name} {q.value:.4g} {q.unit} (of {q.n})" for q in measured.quantities)
        struck = "" if found.void is None else f"struck out: {found.void.why}"
        table.add_row(
            found.id,
            day(measured.measured_at),
            site_and_side(measured.site),
            "; ".join(numbers),
            struck or ", ".join(measured.flags),
        )
    if table.row_count:
        yield table


def _took(record: VisitRecord) -> str:
    closed = record.latest("closed")
    if closed is None:
        return ""
    seconds = (closed.closed_at - record.visit.opened_at).total_seconds()
    # One that was closed days later did not take days.
    return duration_words(seconds) if 0 <= seconds < _ONE_DAY_S else ""


def _state(record: VisitRecord) -> Iterator[str]:
    if record.visit.intent is Intent.RELAXATION:
        yield "relaxation"
    yield "closed" if record.current("closed") else "open"
    signatures = record.current("signature")
    if signatures:
        since = signatures[-1].recorded_at
        later = [e.recorded_at for e in record.entries if e.kind not in ("signature", "closed")]
        later += [f.computed_at for m in record.measurements for f in m.computed]
        yield "signed, written in since" if any(at > since for at in later) else "signed"
    amended = sum(bool(entry.reason) for entry in record.entries)
    if amended:
        yield f"{amended} amended"


def story_json(record: ClientRecord, identity: Identity | None, today: date) -> dict[str, Any]:
    """Return the story as plain data."""
    held = standing(record, today=today)
    listed, screen = checklist(record), record.latest("screen")
    return {
        "id": record.client.id,
        "created_at": record.client.created_at.isoformat(),
        "identity": None if identity is None else statement_json("identity", identity),
        "plan": None
        if held is None
        else {
            "phase": phase_words(held),
            "due": due_words(held),
            "due_first": None if held.due is None else held.due.first.isoformat(),
            "due_last": None if held.due is None else held.due.last.isoformat(),
            "kept": held.used,
            "phases": [rhythm_words(phase) for phase in held.plan.phases],
        },
        "statements": [entry_json(entry) for entry in record.entries],
        "visits": [statement_json("visit", visit.visit) for visit in record.visits],
        "imported": [
            {
                "id": found.id,
                "visit": visit.visit.id,
                **statement_json("historic", found.measured),
                "void": None if found.void is None else statement_json("void", found.void),
            }
            for visit in record.visits
            for found in visit.historic
        ],
        "where_to_begin": [
            {
                "muscle": item.muscle.id,
                "sides": [str(side) for side in item.sides],
                "score": item.rank_score,
                "press": item.can_press and not blocks(screen, item.muscle.id),
                "how": item.how,
                "reasons": [*item.reasons, *item.found],
                "follow_ups": list(item.follow_ups),
            }
            for item in listed.items
        ],
        "control_site": {
            "muscle": listed.control.muscle.id,
            "sides": [str(side) for side in listed.control.sides],
            "reason": listed.control.reason,
        },
        "notes": list(listed.notes),
    }


def _begin(listed: Checklist, screen: ContraindicationScreen | None) -> "Iterator[RenderableType]":
    from rich.table import Table

    if not listed.items:
        return
    table = Table("Where to begin", "Sides", "Why", box=None)
    for item in listed.items[:_FEW]:
        table.add_row(
            item.muscle.name,
            ", ".join(item.sides),
            " ".join((*item.found, *item.reasons[:1], _how(item, screen))).strip(),
        )
    yield table
    sides = ", ".join(listed.control.sides)
    yield f"To compare with: {listed.control.muscle.name} ({sides}). {listed.control.reason}"


def _how(item: ChecklistItem, screen: ContraindicationScreen | None) -> str:
    """Return why no gauge is set here; empty where one may be."""
    if blocks(screen, item.muscle.id):
        return "Not to be pressed: the screen blocks it."
    return "" if item.can_press else item.how
