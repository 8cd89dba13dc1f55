"""What a screen asks the store is found by an index, however many clients there are."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import event
from tests.unit.services.filled_store import CLOCK, client_ids, filled

from tissuesense.core.site import BodySite, Side
from tissuesense.record.client import ClientId
from tissuesense.services.agreement import practice_curve
from tissuesense.services.day import glance, standings
from tissuesense.services.records import load_client_record, load_visit_record
from tissuesense.store.opened import Store
from tissuesense.store.schema import Base

SITE = BodySite("trapezius_upper", Side.LEFT)
TODAY = CLOCK.now().date()

Question = Callable[[Store, ClientId], object]
QUESTIONS: dict[str, Question] = {
    "a page of clients": lambda store, _: store.clients.page(50, after="TS-1"),
    "clients by prefix": lambda store, _: store.clients.page(50, prefix="TS-"),
    "one client": lambda store, client: store.clients.get(client),
    "whether a pseudonym is taken": lambda store, client: store.clients.taken(client),
    "today's visits": lambda store, _: store.visits.on(TODAY),
    "a client's visits": lambda store, client: store.visits.of_client(client),
    "a curve": lambda store, client: store.trends.site(client, SITE, "ppt_kpa"),
    "grades": lambda store, client: store.trends.grades(client, SITE),
    "a whole record": load_client_record,
    "a client at a glance": lambda store, client: glance(store, client, "ppt_kpa", today=TODAY),
    "plans of some clients": lambda store, client: standings(store, [client], today=TODAY),
    "a hand's own curve": lambda store, _: practice_curve(store, SITE.name),
    "the practice's own entries": lambda store, _: store.ledger.of_practice("practice"),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with filled(tmp_path_factory.mktemp("plans") / "store", plain=True) as store:
        yield store


def plans(store: Store, question: Question) -> list[str]:
    """Return how SQLite goes about every statement that a question comes to."""
    asked: list[tuple[str, Any]] = []
    client = client_ids(store)[1]

    def note(*call: Any) -> None:  # noqa: ANN401 - of SQLAlchemy's choice
        _, _, statement, parameters, *_ = call
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        question(store, client)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    with store.reading() as session:
        connection = session.connection()
        return [
            str(step.detail)
            for statement, parameters in asked
            if statement.startswith("SELECT")
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


def read_whole(plan: list[str]) -> list[str]:
    """Return the steps that look at every row of a table, whatever they look for."""
    tables = {f"SCAN {table}" for table in Base.metadata.tables}
    return [step for step in plan if " ".join(step.split()[:2]) in tables]


@pytest.mark.parametrize("name", QUESTIONS)
def test_question_of_a_screen_reads_no_table_whole(store: Store, name: str) -> None:
    plan = plans(store, QUESTIONS[name])
    assert plan
    assert read_whole(plan) == []


def test_one_visit_is_found_by_its_id(store: Store) -> None:
    visit = store.visits.of_client(client_ids(store)[1])[0]
    assert read_whole(plans(store, lambda it, _: load_visit_record(it, visit.id))) == []


def test_who_is_due_reads_plans_and_an_index_of_visits(store: Store) -> None:
    whole = read_whole(plans(store, lambda it, _: it.visits.due(TODAY)))
    assert [step.split()[1] for step in whole if "COVERING INDEX" not in step] == ["plan"]


def test_a_table_that_is_read_whole_is_noticed(store: Store) -> None:
    def question(it: Store, _client: ClientId) -> object:
        with it.reading() as session:
            return session.connection().exec_driver_sql("SELECT actor FROM entry").all()

    assert read_whole(plans(store, question)) == ["SCAN entry"]
