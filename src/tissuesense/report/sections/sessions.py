"""Every session with its date, as accounts for health spending ask for it, and the sums."""

from collections.abc import Sequence

from tissuesense.record.history import VisitRecord
from tissuesense.record.notes import VisitClosed
from tissuesense.record.visit import Intent
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Paragraph,
    Row,
    Run,
    Table,
    Voice,
    say,
)
from tissuesense.report.quantities import NOTHING
from tissuesense.report.readings import Signed
from tissuesense.report.registry import Section
from tissuesense.report.treatment_sums import Given, total_time, treatments
from tissuesense.report.words import modality_words, plural, short_day, site_and_side

_NUMBER = Column(title="No.", numeric=True, share=0.4)
_DATE = Column(title="Date", share=1.1)
_DURATION = Column(title="Duration", numeric=True, share=0.8)
_WHO = Column(title="Practitioner", share=1.7)
_OTHERS = (
    Column(title="Modalities", share=1.8),
    Column(title="Sites treated", share=3.4),
    Column(title="Signed", share=1.3),
)
_NOTE = (
    "Duration: from opening to closing; none where not closed. Sums: of the visits of care. "
    "Modalities, sites: as noted."
)
_RELAXATION = "relaxation, no part of this care"
_NOBODY = "not stated"
_MINUTE_S = 60.0


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each visit, relaxation visits as such, and the sums of those of care."""
    visits = view.record.visits
    if not visits:
        return (Paragraph(say("No visit is on record.")),)
    who = {visit.visit.practitioner or _NOBODY for visit in visits}
    alone = len(who) == 1
    numbered = {v.visit.id: n for n, v in enumerate(view.care, start=1)}
    rows = [
        _row(visit, numbered.get(visit.visit.id), view.signed.get(visit.visit.id, ()), alone=alone)
        for visit in visits
    ]
    columns = (_NUMBER, _DATE, _DURATION, *(() if alone else (_WHO,)), *_OTHERS)
    return (
        Table(
            columns=columns,
            rows=(*rows, _sum(view, of=len(columns))),
            caption=f"Practitioner of every session: {who.pop()}" if alone else "",
            note=say(_NOTE),
        ),
        *_given(view),
    )


def _given(view: CourseView) -> tuple[Paragraph, ...]:
    """Say how often each technique was given and for how long; site by site is the appendix."""
    given: dict[str, list[Given]] = {}
    for one in treatments(view.care):
        given.setdefault(one.technique, []).append(one)
    if not given:
        return ()
    told = "; ".join(
        f"{technique} {plural(len(every), 'time')}, {total_time(every)}"
        for technique, every in sorted(given.items())
    )
    return (Paragraph(say(Run("Given in all: ", Voice.STRONG), f"{told}.")),)


def _row(record: VisitRecord, no: int | None, signed: Sequence[Signed], *, alone: bool) -> Row:
    of_care = record.visit.intent is Intent.MEDICAL
    given = treatments([record])
    modalities = dict.fromkeys(modality_words(g.noted) for g in given if g.noted is not None)
    sites = dict.fromkeys(site_and_side(g.site) for g in given)
    minutes = _minutes(record)
    texts = (
        short_day(record.visit.opened_at),
        NOTHING if minutes is None else f"{minutes} min",
        *(() if alone else (record.visit.practitioner or _NOBODY,)),
        (", ".join(modalities) or NOTHING) if of_care else _RELAXATION,
        ("; ".join(sites) or NOTHING) if of_care else NOTHING,
        _signed(signed),
    )
    number = NOTHING if no is None else str(no)
    return Row((Cell(say(number), heads=True), *(Cell(say(text)) for text in texts)))


def _signed(signed: Sequence[Signed]) -> str:
    if not signed:
        return "no"
    last = signed[-1]
    if not last.intact:
        return "for other content"
    return "yes, changed since" if last.later else "yes"


def _sum(view: CourseView, *, of: int) -> Row:
    known = [minutes for v in view.care if (minutes := _minutes(v)) is not None]
    total = f"{sum(known)} min" if known else NOTHING
    told = ["", plural(len(view.care), "visit"), total]
    told += [""] * (of - len(told))
    return Row(tuple(Cell(say(text), heads=k == 1) for k, text in enumerate(told)))


def _minutes(record: VisitRecord) -> int | None:
    closed: VisitClosed | None = record.latest("closed")
    if closed is None:
        return None
    return max(1, round((closed.closed_at - record.visit.opened_at).total_seconds() / _MINUTE_S))


SECTION = Section(title="Sessions", write=write)
