"""A client's story in the terminal: what was told, planned and kept, and what comes next."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from tissuesense.anatomy.checklist import Checklist
from tissuesense.core.dates import day
from tissuesense.record.document import entry_json
from tissuesense.record.history import ClientRecord
from tissuesense.record.people import Identity
from tissuesense.record.schedule_words import due_words, phase_words, used_words
from tissuesense.record.statements import KINDS, statement_json
from tissuesense.services.standing import checklist, standing

if TYPE_CHECKING:  # rich is imported when something is shown, so that --help stays fast
    from rich.console import RenderableType

_FEW = 8


def story(
    record: ClientRecord, identity: Identity | None, today: date
) -> "Iterator[RenderableType]":
    """Yield the parts of the story, first what matters first."""
    from rich.table import Table

    yield f"{record.client.id}, in care since {day(record.client.created_at)}"
    if identity is not None:
        yield ", ".join(str(value) for value in (identity.name, identity.birth_date) if value)
    screen = record.latest("screen")
    if screen is not None and screen.cautions:
        yield f"Careful: {'; '.join(screen.cautions)}"
    held = standing(record, today=today)
    if held is not None:
        told = (phase_words(held), due_words(held), used_words(held))
        yield f"Plan: {'; '.join(words for words in told if words)}"
    said = Table("Entry", "Kind", "What was stated", box=None)
    for entry in record.current(*(kind for kind, row in KINDS.items() if row.entered)):
        body = entry_json(entry)["body"]
        said.add_row(entry.id, KINDS[entry.kind].title, _short(body))
    if said.row_count:
        yield said
    visits = Table("Visit", "Day", "By hand", "Measured", box=None)
    for visit in record.visits:
        visits.add_row(
            visit.visit.id,
            day(visit.visit.opened_at),
            str(len(visit.manual_findings)),
            str(len(visit.counting)),
        )
    yield visits if visits.row_count else "No visit yet."
    yield from _begin(checklist(record))


def story_json(record: ClientRecord, identity: Identity | None, today: date) -> dict[str, Any]:
    """Return the story as plain data."""
    held = standing(record, today=today)
    listed = checklist(record)
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
        },
        "statements": [entry_json(entry) for entry in record.entries],
        "visits": [statement_json("visit", visit.visit) for visit in record.visits],
        "where_to_begin": [
            {
                "muscle": item.muscle.id,
                "sides": [str(side) for side in item.sides],
                "score": item.rank_score,
                "press": item.can_press,
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


def _begin(listed: Checklist) -> "Iterator[RenderableType]":
    from rich.table import Table

    if not listed.items:
        return
    table = Table("Where to begin", "Sides", "Why", box=None)
    for item in listed.items[:_FEW]:
        table.add_row(
            item.muscle.name,
            ", ".join(item.sides),
            " ".join((*item.found, *item.reasons[:1], "" if item.can_press else item.how)),
        )
    yield table
    sides = ", ".join(listed.control.sides)
    yield f"To compare with: {listed.control.muscle.name} ({sides}). {listed.control.reason}"


def _short(body: dict[str, Any]) -> str:
    told = {key: value for key, value in body.items() if value not in (None, "", [], False)}
    text = ", ".join(f"{key} {value}" for key, value in told.items())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


_LONGEST = 160
