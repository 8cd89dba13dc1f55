"""Build the sample practice in a store: every visit in its order, each on its own day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.record.at_the_table import Retake
from tissuesense.record.client import ClientId
from tissuesense.record.entry import EntryId
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.notes import Meaning
from tissuesense.record.treatment import Technique
from tissuesense.record.visit import Block, VisitId
from tissuesense.services.care import amend, close, enter, keep, sign
from tissuesense.services.objective import objective_words
from tissuesense.services.records import (
    Acquisition,
    add_client,
    load_visit_record,
    open_visit,
    save_measurement,
)
from tissuesense.services.sample_practice.measuring import Person, measured_on
from tissuesense.services.sample_practice.story import (
    STORIES,
    Press,
    Story,
    StoryVisit,
    read_story,
)
from tissuesense.store.opened import Store

Progress = Callable[[str, int, int], None]

_PRACTICE = {"name": "Sample practice (invented)"}
_THERAPIST = "Sample therapist (invented)"
_WEEKS = 12
_ROOM_C = 21.5
_ENTRY_S, _PRESS_S, _TREATMENT_S = 20.0, 120.0, 240.0
_AGAIN_WEEKS = 0.001  # some minutes later: the same place, another press
_TECHNIQUES = {Technique.MFR: "myofascial"}


def build_sample_practice(
    store: Store,
    *,
    rng: np.random.Generator,
    today: date,
    progress: Progress = lambda _what, _done, _all: None,
    stories: tuple[Story, ...] | None = None,
) -> tuple[ClientId, ...]:
    """Take three invented clients through twelve weeks of care that end before this week.

    Parameters
    ----------
    rng
        Draws the ids; what is measured depends on each story's own seed alone.
    today
        All visits lie in the twelve weeks before the Monday of its week.
    progress
        Called with what is being done, how many visits are done and how many there are.
    stories
        Other ones than those of the sample practice.

    Returns
    -------
    tuple of ClientId
        In the order of the stories.
    """
    monday = today - timedelta(days=today.weekday(), weeks=_WEEKS)
    clock = ManualClock(start=datetime.combine(monday, time(8), tzinfo=UTC))
    desk = _Desk(store=store, clock=clock, rng=rng, monday=monday)
    desk.enter("practice", _PRACTICE)
    desk.enter("practitioner", {"name": _THERAPIST, "credential": "invented"})
    charts = [_Chart(desk=desk, story=story) for story in stories or map(read_story, STORIES)]
    visits = sorted(
        (
            (visit.day, chart.story.hour, index, number)
            for index, chart in enumerate(charts)
            for number, visit in enumerate(chart.story.visit)
        ),
    )
    for done, (day, hour, index, number) in enumerate(visits):
        progress(f"client {index + 1}, visit {number + 1}", done, len(visits))
        desk.wait_until(day, hour)
        with store.transaction():  # one for a visit: each costs the disk a moment
            charts[index] = charts[index].visited(number)
    return tuple(chart.known_client for chart in charts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """Where everything is written down, and when."""

    store: Store
    clock: ManualClock
    rng: np.random.Generator
    monday: date

    def wait_until(self, day: int, hour: int) -> None:
        when = datetime.combine(self.monday + timedelta(days=day), time(hour), tzinfo=UTC)
        self.clock.advance((when - self.clock.now()).total_seconds())

    def enter(self, kind: str, stated: Mapping[str, Any], **whose: Any) -> str:  # noqa: ANN401 - client or visit
        """Write a statement down; return the entry's id."""
        self.clock.advance(_ENTRY_S)
        entry = enter(self.store, kind, stated, clock=self.clock, rng=self.rng, **whose)
        return entry.id


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chart:
    """One client's chart as far as it is written; the client is None before the first visit."""

    desk: _Desk
    story: Story
    client: ClientId | None = None
    episode: str = ""

    @property
    def known_client(self) -> ClientId:
        if self.client is None:
            raise RecordError("A story of the sample practice has no visit.")
        return self.client

    def visited(self, number: int) -> "_Chart":
        """Return the chart with visit `number` written into it."""
        desk, visit = self.desk, self.story.visit[number]
        chart = self
        if chart.client is None:
            chart = replace(chart, client=add_client(desk.store, clock=desk.clock, rng=desk.rng).id)
        chart = chart.told_of_client(visit.day)
        for complaint in self.story.at_visit(self.story.told, number):
            desk.enter("complaint", complaint, client=chart.known_client)
        opened = _VisitSheet(chart=chart, visit=visit, id=chart.opened(visit))
        opened.fill(number)
        return chart

    def told_of_client(self, day: int) -> "_Chart":
        """Write down what is stated about the client on a day."""
        episode = self.episode
        for stated in self.story.stated_on(day, self.desk.monday):
            kind = stated.pop("kind")
            entry = self.desk.enter(kind, stated, client=self.known_client)
            episode = entry if kind == "episode" else episode
        return replace(self, episode=episode)

    def opened(self, visit: StoryVisit) -> VisitId:
        """Open a visit now."""
        stated: dict[str, Any] = {
            "practitioner": _THERAPIST,
            "reason": visit.reason,
            "intent": visit.intent,
            "today": visit.today,
            "room_temperature_c": _ROOM_C,
            "episode": self.episode,
        }
        if visit.position is not None:
            stated["position"] = visit.position
        desk = self.desk
        return open_visit(
            desk.store, self.known_client, clock=desk.clock, rng=desk.rng, **stated
        ).id

    def person(self, visit: StoryVisit) -> Person:
        """Return who the gauge meets at a visit."""
        weeks = (visit.day - self.story.visit[0].day) / 7
        return Person(subject=self.story.subject, seed=self.story.seed, week=weeks)


@dataclass(frozen=True, slots=True, kw_only=True)
class _VisitSheet:
    """One visit while it is being written: hands first, then the gauge, then the treatment."""

    chart: _Chart
    visit: StoryVisit
    id: VisitId

    def fill(self, number: int) -> None:
        """Write the whole visit, from palpation to its closing."""
        story, person = self.chart.story, self.chart.person(self.visit)
        if listed := story.site_list(number):
            self.enter("site_list", listed)
        for felt in story.at_visit(story.felt, number):
            self.enter("palpation", felt)
        for moved in story.at_visit(story.moved, number):
            self.enter("joint", moved)
        self.strike_out(person)
        for press in story.presses(self.visit.measured):
            self.examine(press, person)
        for dose in self.visit.doses:
            self.treat(dose, person)
        for press in story.presses(self.visit.after):
            self.measure(press, replace(person, treated=True), block=Block.POST)
        for left_out in self.visit.not_done:
            self.enter("not_done", left_out)
        self.write_note()

    def enter(self, kind: str, stated: Mapping[str, Any]) -> str:
        return self.chart.desk.enter(kind, stated, visit=self.id)

    def examine(self, press: Press, person: Person) -> None:
        """Measure before the treatment; where the story says so, a press is taken back."""
        back = self.visit.taken_back
        if not back or Press.read(back["measure"]) != press:
            self.measure(press, person)
            return
        kept = self.measure(press, person, taken_back=back["press"])
        desk = self.chart.desk
        retake = Retake(
            measurement=kept.measurement.id,
            press=back["press"],
            taken_back=True,
            at=desk.clock.now(),
            why=back["why"],
        )
        keep(desk.store, "retake", retake, at=desk.clock.now(), rng=desk.rng, visit=self.id)

    def strike_out(self, person: Person) -> None:
        """Measure what is not to count, and say why."""
        if self.visit.struck_out:
            earlier = replace(person, week=person.week + _AGAIN_WEEKS)
            kept = self.measure(Press.read(self.visit.struck_out["measure"]), earlier)
            self.enter(
                "void", {"measurement": kept.measurement.id, "why": self.visit.struck_out["why"]}
            )

    def treat(self, stated: Mapping[str, Any], person: Person) -> None:
        """Treat a place, with a gauge between hand and skin where the story says so."""
        desk = self.chart.desk
        dose = {key: value for key, value in stated.items() if key != "sensor"}
        dose["started_at"] = desk.clock.now().isoformat()
        if stated.get("sensor"):
            site = BodySite(dose["site"], Side(dose["side"]))
            technique = _TECHNIQUES.get(dose["technique"], "neuromuscular")
            press = Press(kind=RecordingKind.DOSE, site=site)
            kept = self.measure(press, person, block=Block.TREATMENT, technique=technique)
            dose["measurement"] = kept.measurement.id
        else:
            desk.clock.advance(_TREATMENT_S)
        self.enter("dose", dose)

    def measure(
        self,
        press: Press,
        person: Person,
        *,
        block: Block = Block.PRE,
        technique: str = "",
        taken_back: int | None = None,
    ) -> MeasurementRecord:
        """Measure with a simulated gauge and keep it."""
        desk = self.chart.desk
        url = person.url(press, technique)
        measured, capture = measured_on(url, press, clock=desk.clock, taken_back=taken_back)
        if measured.analysis is None:
            raise RecordError("The simulated gauge gave nothing to keep.")
        desk.clock.advance(_PRESS_S)
        acquisition = Acquisition(
            device_model=measured.device_model,
            measured_at=desk.clock.now(),
            capture=capture,
            block=block,
        )
        return save_measurement(
            desk.store, self.id, measured.analysis, acquisition, clock=desk.clock, rng=desk.rng
        )

    def write_note(self) -> None:
        """Write the note, sign and close; where the story says so, amend it and sign again."""
        desk, visit = self.chart.desk, self.visit
        note = {
            "subjective": visit.subjective,
            "objective": objective_words(load_visit_record(desk.store, self.id)),
            "assessment": visit.assessment,
            "plan": visit.plan,
            "free": visit.free,
        }
        written = self.enter("note", note)
        self.sign(Meaning.AUTHOR)
        close(desk.store, self.id, clock=desk.clock, rng=desk.rng)
        if visit.amended:
            desk.clock.advance(_TREATMENT_S)
            better = {key: value for key, value in visit.amended.items() if key != "reason"}
            amend(
                desk.store,
                EntryId(written),
                better,
                reason=visit.amended["reason"],
                clock=desk.clock,
                rng=desk.rng,
            )
            self.sign(Meaning.AUTHOR)

    def sign(self, meaning: Meaning) -> None:
        desk = self.chart.desk
        desk.clock.advance(_ENTRY_S)
        sign(
            desk.store, self.id, signer=_THERAPIST, meaning=meaning,
            clock=desk.clock, rng=desk.rng,
        )  # fmt: skip
