"""What was amended, old text and new with the reason, and what a signature speaks for."""

from datetime import datetime
from typing import Any

from tissuesense.core.dates import day
from tissuesense.record.entry import Entry
from tissuesense.record.statements import body_of, kind_named
from tissuesense.report.document import Run, Voice, Words, say
from tissuesense.report.readings import Signed
from tissuesense.report.words import plural

_EMPTY = "(empty)"
_BECAME = " \N{RIGHTWARDS ARROW} "


def amendment_words(old: Entry[Any], new: Entry[Any], *, when: datetime) -> Words:
    """Return an amendment as a sentence: what stood there, what stands there now, and why."""
    who = f" by {new.actor}" if new.actor else ""
    before, after = (body_of(e.kind, e.statement) for e in (old, new))
    changed = [key for key in after if after[key] != before.get(key)]
    texts = "; ".join(
        f"{key.replace('_', ' ')}: {_told(before.get(key))}{_BECAME}{_told(after[key])}"
        for key in changed
    )
    title = Run(
        f"{kind_named(new.kind).title}, amended {day(when)}, {when:%H:%M}{who}.", Voice.STRONG
    )
    return say(title, f" {texts}. Reason: {new.reason}")


def signed_words(signed: Signed) -> str:
    """Return what a signature speaks for, and what it does not."""
    if not signed.intact:
        return "not for what stands here: it was given for other content"
    spoken = plural(signed.signature.entries, "entry").replace("entrys", "entries")
    if signed.later:
        later = "1 later entry" if signed.later == 1 else f"{signed.later} later entries"
        return f"{spoken} as they stood then; not for {later}"
    return f"all that stands here ({spoken})"


def _told(value: object) -> str:
    if value in (None, "", []):
        return _EMPTY
    if isinstance(value, dict):
        return ", ".join(f"{key} {_told(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return "; ".join(map(_told, value))
    return (
        f"\N{LEFT DOUBLE QUOTATION MARK}{value}\N{RIGHT DOUBLE QUOTATION MARK}"
        if isinstance(value, str)
        else str(value)
    )
