"""Who, when and why."""

from tissuesense.core.dates import day
from tissuesense.report.document import Block, Facts, Words, say
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import block_words, site_words


def write(view: VisitView) -> tuple[Block, ...]:
    """Return the facts of the visit."""
    visit = view.record.visit
    sites = dict.fromkeys(site_words(site.name) for site in view.record.sites)
    rows: list[tuple[str, Words]] = [
        ("Client", say(view.client.id)),
        (
            "Visit",
            say(f"{day(visit.opened_at)}, {visit.opened_at:%H:%M %Z} ({_number(view)} on record)"),
        ),
        ("Practitioner", say(visit.practitioner or "not stated")),
        ("Reason", say(visit.reason or "not stated")),
        ("Sites", say(", ".join(sites) or "none examined")),
    ]
    if len(view.blocks) > 1:
        rows.append(("Measured", say(" and ".join(block_words(block) for block in view.blocks))))
    return (Facts(tuple(rows)),)


def _number(view: VisitView) -> str:
    known = [visit.id for visit in view.visits]
    return f"{known.index(view.record.visit.id) + 1} of {len(known)}"


SECTION = Section(title="Client and visit", write=write)
