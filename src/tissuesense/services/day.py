"""The first pages of a screen: a day of the practice, and one client at a glance.

They come from the index and from a few short entries: no recording is opened for them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tissuesense.core.site import BodySite
from tissuesense.record.client import Client, ClientId
from tissuesense.record.entry import EntryId
from tissuesense.record.overview import DueLine, GradePoint, TrendPoint
from tissuesense.record.schedule import Schedule, plan_in_force, schedule
from tissuesense.record.schedule_words import due_words, phase_words
from tissuesense.record.visit import Intent, Visit
from tissuesense.services.standing import plans
from tissuesense.store.opened import Store
from tissuesense.store.schema import EntryRow, VisitRow


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenToday:
    """A visit on the page of its day; `standing` is how the plan stands, None without one."""

    visit: Visit
    standing: Schedule | None

    @property
    def told(self) -> str:
        """Phase and due day: "1 visit a week, week 2 of 4; due today"; empty without a plan."""
        held = self.standing
        return "" if held is None else f"{phase_words(held)}; {due_words(held)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the practice.

    Attributes
    ----------
    visits
        Of the day, in the order of opening.
    due
        Whose next visit is due by the day and who was not there, those first whose time passed
        last; `tissuesense.record.schedule_words.when_due` says it in words.
    """

    visits: tuple[SeenToday, ...]
    due: tuple[DueLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One client at a glance.

    Attributes
    ----------
    visits
        Oldest first.
    values
        What was measured last, by site and quantity.
    grades
        What the hands found last, by site.
    """

    client: Client
    standing: Schedule | None
    visits: tuple[Visit, ...]
    values: Mapping[tuple[BodySite, str], TrendPoint]
    grades: Mapping[BodySite, GradePoint]


def day_of(store: Store, day: date, *, limit: int = 50) -> Day:
    """Return the page of a day; `limit` is the most that it lists of who is due."""
    with store.reading():
        visits = store.visits.on(day)
        there = {visit.client for visit in visits}
        held = standings(store, there, today=day)
        due = store.visits.due(day, limit=limit)
    return Day(
        visits=tuple(SeenToday(visit=visit, standing=held.get(visit.client)) for visit in visits),
        due=tuple(line for line in due if line.client not in there),
    )


def glance(store: Store, client: ClientId, *quantities: str, today: date) -> Glance:
    """Return one client at a glance.

    Parameters
    ----------
    quantities
        Whose last values are wanted, such as "ppt_kpa".

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.reading():
        return Glance(
            client=store.clients.get(client),
            standing=standings(store, [client], today=today).get(client),
            visits=store.visits.of_client(client),
            values=store.trends.latest(client, *quantities),
            grades=store.trends.latest_grades(client),
        )


def standings(
    store: Store, clients: Iterable[ClientId], *, today: date
) -> dict[ClientId, Schedule]:
    """Return how the plans of these clients stand; of whom there is none, nothing.

    As `tissuesense.services.standing.standing` says of each by itself.
    """
    wanted = list(clients)
    written = select(EntryRow.id).where(
        EntryRow.client_id.in_(wanted), EntryRow.kind == "care_plan"
    )
    with store.reading() as session:
        entries = store.ledger.named(EntryId(name) for name in session.scalars(written))
        kept = _kept(store, wanted)
    by_client = defaultdict(list)
    for entry in entries:
        by_client[entry.client].append(entry)
    found: dict[ClientId, Schedule] = {}
    for client in wanted:
        held = plan_in_force(plans(by_client[client]), today)
        if held is not None:
            plan, until = held
            found[client] = schedule(plan, kept[client], today=today, until=until)
    return found


def _kept(store: Store, clients: Iterable[ClientId]) -> dict[str, list[date]]:
    """Return the days of the visits that belong to care."""
    query = select(VisitRow.client_id, VisitRow.day).where(
        VisitRow.client_id.in_(clients), VisitRow.intent == str(Intent.MEDICAL)
    )
    days: dict[str, list[date]] = defaultdict(list)
    with store.reading() as session:
        for client, day in session.execute(query):
            days[client].append(date.fromordinal(day))
    return days
