"""What was ordered and planned, against what was kept; and what comes next."""

from tissuesense.core.dates import day
from tissuesense.record.schedule import PhaseCount, Schedule, Span
from tissuesense.record.schedule_words import due_words, review_words, rhythm_words, used_words
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Cell, Column, Facts, Paragraph, Row, Table, say
from tissuesense.report.quantities import NOTHING
from tissuesense.report.registry import Section
from tissuesense.report.words import plural, short_day

_COLUMNS = (
    Column(title="Phase", share=3.0),
    Column(title="From", share=1.0),
    Column(title="To", share=1.0),
    Column(title="Planned\nso far", numeric=True, share=0.8),
    Column(title="Kept", numeric=True, share=0.7),
    Column(title="Weeks without a visit", share=2.2),
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return a row for each phase, their sums, and the facts of the plan."""
    standing = view.standing
    if standing is None:
        kept = plural(len(view.care), "visit")
        return (Paragraph(say(f"No care plan is on record. Visits kept: {kept}.")),)
    rows = tuple(_row(count) for count in standing.phases)
    return (
        Table(columns=_COLUMNS, rows=(*rows, _sum(standing)), caption=f"As of {day(view.on)}"),
        Facts(tuple((name, say(text)) for name, text in _facts(view, standing) if text)),
    )


def _row(count: PhaseCount) -> Row:
    named = f" ({count.phase.name})" if count.phase.name else ""
    ends = "goes on" if count.ends_on is None else short_day(count.ends_on)
    missed = ", ".join(f"from {short_day(week)}" for week in count.missed_weeks)
    texts = (short_day(count.starts_on), ends, _span(count.planned_so_far), str(count.kept))
    return Row(
        (
            Cell(say(f"{count.number}. {rhythm_words(count.phase)}{named}"), heads=True),
            *(Cell(say(text)) for text in (*texts, missed or NOTHING)),
        )
    )


def _sum(standing: Schedule) -> Row:
    missed = sum(len(count.missed_weeks) for count in standing.phases)
    texts = ("", "", _span(standing.planned_so_far), str(standing.used))
    told = plural(missed, "week") if missed else NOTHING
    return Row((Cell(say("Together"), heads=True), *(Cell(say(t)) for t in (*texts, told))))


def _facts(view: CourseView, standing: Schedule) -> tuple[tuple[str, str], ...]:
    """Return what the table has not; what the referral says already is not said again."""
    plan, order = standing.plan, view.record.latest("referral")
    as_ordered = order is not None and set(plan.modalities) == set(order.modalities)
    known_note = order is not None and plan.payer_note == order.payer_note
    return (
        ("Ordered in all", used_words(standing)),
        ("Next visit", "; ".join(filter(None, (due_words(standing), review_words(standing))))),
        ("Modalities planned", "" if as_ordered else ", ".join(plan.modalities)),
        ("Payer note", "" if known_note else plan.payer_note),
        ("Note of the plan", plan.note),
    )


def _span(span: Span) -> str:
    return " to ".join(dict.fromkeys((str(span.fewest), str(span.most))))


SECTION = Section(title="The plan, and the visits kept", write=write)
