"""The therapist's note, as it stands."""

from tissuesense.record.notes import SoapNote
from tissuesense.record.visit import Intent
from tissuesense.report.document import Block, Facts, say
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import Section

_TITLES = {
    "subjective": "Subjective",
    "objective": "Objective",
    "assessment": "Assessment",
    "plan": "Plan",
    "free": "Further",
}
_CLINICAL = frozenset({"objective", "assessment"})


def write(view: VisitView) -> tuple[Block, ...]:
    """Return the parts of the note that say something, word for word.

    Of a relaxation visit neither findings nor an assessment.
    """
    note: SoapNote | None = view.record.latest("note")
    if note is None:
        return ()
    left_out = frozenset[str]() if view.record.visit.intent is Intent.MEDICAL else _CLINICAL
    rows = tuple(
        (title, say(text))
        for name, title in _TITLES.items()
        if name not in left_out and (text := getattr(note, name).strip())
    )
    return (Facts(rows),) if rows else ()


SECTION = Section(title="Note", write=write, clinical=False)
