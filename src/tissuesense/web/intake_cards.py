"""The cards of the intake: what is known is the answer shown, and nothing is asked twice."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.pattern import Ground, Pattern
from tissuesense.core.site import ComplaintKind
from tissuesense.record.entry import Entry
from tissuesense.record.history import current
from tissuesense.record.intake import (
    Complaint,
    ConsentPurpose,
    DailyLife,
    DrawnMark,
    LifeTopic,
    ScreenAnswer,
)
from tissuesense.record.statements import body_of
from tissuesense.services.filling_in import RATINGS
from tissuesense.services.where_to_begin import habit_of
from tissuesense.web.body_pick import mark_place
from tissuesense.web.language import Language

OPEN_QUESTIONS: Mapping[LifeTopic, str] = {
    LifeTopic.ERGONOMICS: "How do you spend a working day?",
    LifeTopic.TRAINING: "Which sport or training do you do, and how often?",
    LifeTopic.SLEEP: "How do you sleep?",
    LifeTopic.ROUTINE: "What else fills your day?",
}
QUESTION_VERSION = "1"
_TOPIC_OF: Mapping[str, LifeTopic] = {
    "running": LifeTopic.TRAINING,
    "cycling": LifeTopic.TRAINING,
    "sleeping_prone": LifeTopic.SLEEP,
    "jaw_clenching": LifeTopic.SLEEP,
    "carrying_a_child": LifeTopic.ROUTINE,
    "carrying_on_one_shoulder": LifeTopic.ROUTINE,
    "phone_use": LifeTopic.ROUTINE,
    "high_heels": LifeTopic.ROUTINE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One form of the intake.

    Attributes
    ----------
    key
        Names it within the page.
    entry
        The entry that it shows; empty where nothing was answered.
    values
        What stands in its fields, by name.
    told_on
        The day of that answer; None: not answered.
    before
        What was answered on an earlier day, of fields that are asked anew each time.
    problem
        Why it was refused, and what to do.
    """

    key: str
    title: str
    entry: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    told_on: date | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[tuple[str, str], ...] = ()
    problem: tuple[str, str] | None = None

    def value(self, name: str) -> Any:  # noqa: ANN401 - any field
        """Return what stands in a field; empty where nothing does."""
        found = self.values.get(name)
        return "" if found is None else found

    def refused(self, form: "Refused") -> "Card":
        """Return the card with what was typed, and why that was refused."""
        values = {**self.values, **form.typed}
        return replace(self, values=values, marks=form.marks, problem=form.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A form that was not taken: of which card, with what was typed, and why.

    Attributes
    ----------
    part
        Which kind of card.
    marks
        Those of its drawing.
    """

    part: str
    key: str
    typed: Mapping[str, Any]
    marks: tuple[tuple[str, str], ...]
    problem: tuple[str, str]

    def on(self, part: str, cards: tuple[Card, ...]) -> tuple[Card, ...]:
        """Return the cards, the refused one as it was typed."""
        here = (part == self.part, self.key)
        return tuple(card.refused(self) if here == (True, card.key) else card for card in cards)


class Intake:
    """All cards of a client."""

    def __init__(self, entries: Iterable[Entry[Any]], *, now: datetime, tongue: Language) -> None:
        self._entries = tuple(entries)
        self._now, self._tongue = now, tongue

    def complaints(self, add: ComplaintKind | None = None) -> tuple[Card, ...]:
        """Return a card for each complaint as it was told last, and one for what is added."""
        told: dict[tuple[str, str, str], list[Entry[Any]]] = {}
        for entry in current(self._entries, "complaint"):
            said = entry.statement
            key = (said.kind, said.region.casefold(), said.side or "")
            told.setdefault(key, []).append(entry)
        cards = [self._complaint(entries) for entries in told.values()]
        if add is not None:
            cards.append(Card(key=f"new-{add}", title=add.value, values={"kind": add.value}))
        return tuple(cards)

    def postures(self) -> tuple[Card, ...]:
        """Return a card for each finding that the catalogue knows."""
        found = {e.statement.finding: e for e in current(self._entries, "posture")}
        return tuple(
            self._plain(pattern.id, pattern.name, found.get(pattern.id), finding=pattern.id)
            for pattern in catalogue().patterns_of(Ground.POSTURE)
        )

    def habits(self, topic: LifeTopic) -> tuple[Card, ...]:
        """Return a card for each habit of a part of the day."""
        found = {habit_of(e.statement): e for e in current(self._entries, "daily_life")}
        return tuple(
            self._habit(pattern, found.get(pattern.id))
            for pattern in catalogue().patterns_of(Ground.HABIT)
            if _TOPIC_OF.get(pattern.id, LifeTopic.ERGONOMICS) is topic
        )

    def open_question(self, topic: LifeTopic) -> Card:
        """Return the card of a question that is answered in words."""
        asked = OPEN_QUESTIONS[topic]
        found = [e for e in current(self._entries, "daily_life") if e.statement.question == asked]
        return self._plain(f"open-{topic}", asked, found[-1] if found else None, topic=topic.value)

    def screen(self) -> Card:
        """Return the card of what to be careful with."""
        found = current(self._entries, "screen")
        if not found:
            return Card(key="screen", title="")
        answers: Sequence[ScreenAnswer] = found[-1].statement.answers
        values = {f"answer-{a.item}": a.answer.value for a in answers}
        values |= {f"detail-{a.item}": a.detail for a in answers}
        return self._shown(
            Card(
                key="screen",
                title="",
                values=values
                | {
                    "ceiling_kpa": found[-1].statement.ceiling_kpa,
                    "blocked": list(found[-1].statement.blocked_sites),
                },
            ),
            found[-1],
        )

    def consents(self) -> tuple[Card, ...]:
        """Return a card for each purpose, with the last word on it."""
        found = {e.statement.purpose: e for e in current(self._entries, "consent")}
        return tuple(
            self._plain(purpose.value, purpose.value, found.get(purpose), purpose=purpose.value)
            for purpose in ConsentPurpose
        )

    def _complaint(self, told: Sequence[Entry[Any]]) -> Card:
        """Return a complaint as it was told last; what was left out then is as it was before."""
        entry = told[-1]
        values: dict[str, Any] = {}
        for earlier in told:
            stated = body_of("complaint", earlier.statement)
            values |= {name: value for name, value in stated.items() if value not in _LEFT_OUT}
        latest: Complaint = entry.statement
        ratings = {name: getattr(latest, name) for name in RATINGS}
        here = self._day(entry) == self._now.date()
        drawings = [e.statement.drawing for e in told if e.statement.drawing]
        return self._shown(
            Card(
                key=str(entry.id),
                title=latest.kind.value,
                values=values | (ratings if here else dict.fromkeys(RATINGS)),
                before={} if here else ratings,
                marks=tuple(marks_told(drawings[-1], self._tongue)) if drawings else (),
            ),
            entry,
        )

    def _habit(self, pattern: Pattern, entry: Entry[Any] | None) -> Card:
        card = self._plain(pattern.id, pattern.name, entry, habit=pattern.id)
        if entry is None:
            return card
        told: DailyLife = entry.statement
        answer = "" if told.answer in _PLAIN else told.answer
        values = {"has": "yes" if told.habit else "no", "answer": answer, "habit": pattern.id}
        # An answer to a question of its own is left alone: another one is told beside it.
        own = told.question == pattern.name
        return replace(card, values=values, entry=card.entry if own else "")

    def _plain(self, key: str, title: str, entry: Entry[Any] | None, **known: str) -> Card:
        card = Card(key=key, title=title, values=known)
        if entry is None:
            return card
        return self._shown(replace(card, values=body_of(entry.kind, entry.statement)), entry)

    def _shown(self, card: Card, entry: Entry[Any]) -> Card:
        return replace(card, entry=entry.id, told_on=self._day(entry))

    def _day(self, entry: Entry[Any]) -> date:
        return entry.recorded_at.astimezone(self._now.tzinfo).date()


_PLAIN = frozenset({"yes", "no"})
_LEFT_OUT: tuple[Any, ...] = (None, "", [])


def topic_of(habit: str) -> LifeTopic:
    """Return the part of the day that a habit belongs to."""
    return _TOPIC_OF.get(habit, LifeTopic.ERGONOMICS)


def marks_told(drawing: Iterable[DrawnMark], tongue: Language) -> Iterator[tuple[str, str]]:
    """Yield each mark of a drawing as a form has it, and in words."""
    for mark in drawing:
        value = f"{mark.view},{mark.x + 0.0:g},{mark.y + 0.0:g},{mark.quality}"
        yield value, f"{mark_place(mark, tongue)}, {tongue.gettext(mark.quality.value)}"
