"""Who, when and why."""

from tissuesense.core.dates import day
from tissuesense.record.schedule_words import due_words
from tissuesense.record.visit import Intent, Position
from tissuesense.report.document import Block, Facts, say
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import block_words, site_words

_POSITIONS = {
    Position.PRONE: "lying face down",
    Position.SUPINE: "lying face up",
    Position.SEATED: "seated",
    Position.SIDE_LYING: "lying on the side",
}


def write(view: VisitView) -> tuple[Block, ...]:
    """Return the facts of the visit."""
    visit = view.record.visit
    rows: dict[str, str] = {
        "Client": view.client.id,
        "Visit": f"{day(visit.opened_at)}, {visit.opened_at:%H:%M %Z} ({_number(view)} on record)",
        "Closed": _closed(view),
        "Practitioner": visit.practitioner or "not stated",
        "Reason": visit.reason or "not stated",
        "On the day": visit.today,
        "Position": "" if visit.position is None else _POSITIONS[visit.position],
    }
    if visit.intent is Intent.MEDICAL:
        sites = dict.fromkeys(site_words(site.name) for site in view.record.sites)
        rows["Sites"] = ", ".join(sites) or "none examined"
        if len(view.blocks) > 1:
            rows["Measured"] = " and ".join(block_words(block) for block in view.blocks)
        if view.standing is not None:
            rows["Next visit"] = due_words(view.standing)
    return (Facts(tuple((name, say(text)) for name, text in rows.items() if text)),)


def _closed(view: VisitView) -> str:
    closed = view.record.latest("closed")
    if closed is None:
        return "not yet"
    note = f"; {closed.note}" if closed.note else ""
    return f"{closed.closed_at:%H:%M %Z}{note}"


def _number(view: VisitView) -> str:
    known = [visit.id for visit in view.visits]
    return f"{known.index(view.record.visit.id) + 1} of {len(known)}"


SECTION = Section(title="Client and visit", write=write, clinical=False)
