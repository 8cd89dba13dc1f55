"""Lists and curves from the index say what the records themselves say."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.services.captured import captured_session
from tests.unit.services.filled_store import CLOCK, client_ids, filled

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, UsageError
from tissuesense.core.site import BodySite, Side
from tissuesense.record.care import CarePlan, Phase
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Draft, EntryId
from tissuesense.record.schedule import DueStep, due_steps, schedule
from tissuesense.services.care import enter, strike_out
from tissuesense.services.records import (
    add_client,
    add_manual_finding,
    analyse_again,
    load_client_record,
    open_visit,
    save_measurement,
)
from tissuesense.services.standing import standing
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

SITE = BodySite("trapezius_upper", Side.LEFT)
QUANTITY = "ppt_kpa"
DAY = CLOCK.now().date()
phases = st.one_of(
    st.builds(Phase, per_week=st.sampled_from([0.5, 1.0, 2.0, 3.0]), weeks=st.integers(1, 8)),
    st.builds(
        Phase,
        every_weeks=st.sampled_from([1.0, 2.0, 5.0]),
        every_weeks_to=st.sampled_from([5.0, 6.0]),
        weeks=st.integers(1, 12),
    ),
)
plans = st.builds(
    CarePlan,
    starts_on=st.dates(DAY - timedelta(days=30), DAY + timedelta(days=30)),
    phases=st.builds(
        lambda some, last: (*some, last),
        st.lists(phases, max_size=2),
        st.one_of(phases, st.builds(Phase, every_weeks=st.just(5.0))),
    ),
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with filled(tmp_path / "store", plain=True, visits=2) as store:
        yield store


def new_store(folder: str | Path) -> Store:
    return open_store(Path(folder) / "store", clock=CLOCK, create=True, plain=True)


@given(plan=plans, last=st.none() | st.dates(DAY - timedelta(days=90), DAY + timedelta(days=400)))
def test_one_step_of_a_plan_says_when_the_next_visit_is_due(
    plan: CarePlan, last: date | None
) -> None:
    visits = [] if last is None else [last]
    expected = schedule(plan, visits, today=date.max).due
    day = 0 if last is None else last.toordinal()
    steps = [step for step in due_steps(plan) if step.from_day <= day < step.until_day]
    assert [step.due(day) for step in steps] == ([] if expected is None else [expected])


@given(drawn=st.lists(st.tuples(plans, st.lists(st.integers(0, 120), max_size=3)), max_size=4))
@settings(max_examples=15)
def test_who_is_due_is_whom_the_records_say(
    drawn: list[tuple[CarePlan, list[int]]],
) -> None:
    rng = np.random.default_rng(3)
    with tempfile.TemporaryDirectory() as folder, new_store(folder) as store:
        for plan, days in drawn:
            client = add_client(store, clock=CLOCK, rng=rng).id
            stated = {
                "starts_on": plan.starts_on.isoformat(),
                "phases": [
                    {
                        name: getattr(phase, name)
                        for name in ("per_week", "every_weeks", "every_weeks_to", "weeks")
                        if getattr(phase, name) is not None
                    }
                    for phase in plan.phases
                ],
            }
            enter(store, "care_plan", stated, clock=CLOCK, rng=rng, client=client)
            for number, passed in enumerate(days):
                clock = ManualClock(start=CLOCK.now() + timedelta(days=passed))
                intent = ("medical", "relaxation")[number % 2]
                open_visit(store, client, clock=clock, rng=rng, intent=intent)
        today = DAY + timedelta(days=121)
        expected = {
            client: found.due
            for client in client_ids(store)
            if (found := standing(load_client_record(store, client), today=today)) is not None
        }
        lines = store.visits.due(today, limit=100)
        page = store.clients.page(100)
    assert {line.client: line.due for line in lines} == {
        client: due for client, due in expected.items() if due is not None and due.first <= today
    }
    assert {line.client.id: line.due for line in page} == expected
    assert [line.due.last for line in lines] == sorted(
        (line.due.last for line in lines), reverse=True
    )


def test_line_of_a_client_counts_visits_and_sites(store: Store, rng: np.random.Generator) -> None:
    client = client_ids(store)[1]
    visit = open_visit(store, client, clock=CLOCK, rng=rng, intent="relaxation")
    felt = {"site": "soleus", "side": "right", "tone": 1}
    add_manual_finding(store, visit.id, felt, clock=CLOCK, rng=rng)
    (line,) = store.clients.page(5, prefix=client)
    assert (line.client.id, line.visits, line.sites) == (client, 3, 2)
    assert line.last_visit == DAY
    assert line.due is None


def test_client_without_a_visit_has_a_line(tmp_path: Path, rng: np.random.Generator) -> None:
    with new_store(tmp_path) as store:
        client = add_client(store, clock=CLOCK, rng=rng)
        (line,) = store.clients.page(5)
    assert (line.client, line.visits, line.sites, line.last_visit) == (client, 0, 0, None)


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
def test_pages_together_are_everybody_once(store: Store, limit: int) -> None:
    seen: list[ClientId] = []
    while page := store.clients.page(limit, after=seen[-1] if seen else ""):
        assert len(page) <= limit
        seen += [line.client.id for line in page]
    assert seen == sorted(client_ids(store))
    assert store.clients.count() == len(seen)


def test_prefix_finds_those_who_begin_so_and_nobody_else(store: Store) -> None:
    for length in range(1, 9):
        for client in client_ids(store):
            found = [line.client.id for line in store.clients.page(9, prefix=client[:length])]
            alike = [one for one in client_ids(store) if one.startswith(client[:length])]
            assert found == sorted(alike)
    assert store.clients.page(9, prefix="ts-")
    assert not store.clients.page(9, prefix="%")


def test_visits_of_a_day_are_those_of_the_clock_on_the_wall(
    tmp_path: Path, rng: np.random.Generator
) -> None:
    # In New Zealand it is the next day already.
    start, zone = datetime(2026, 1, 5, 20, 0, tzinfo=UTC), timezone(timedelta(hours=13))
    clock = ManualClock(start=start, zone=zone)
    with new_store(tmp_path) as store:
        client = add_client(store, clock=clock, rng=rng).id
        visit = open_visit(store, client, clock=clock, rng=rng)
        assert store.visits.on(date(2026, 1, 6)) == (visit,)
        assert store.visits.on(date(2026, 1, 5)) == ()


def test_curve_has_the_latest_analysis_and_nothing_struck_out(
    store: Store, rng: np.random.Generator
) -> None:
    client = client_ids(store)[1]
    first, second = store.visits.of_client(client)
    points = store.trends.site(client, SITE, QUANTITY)
    record = load_client_record(store, client)
    assert [p.value for p in points] == [
        m.finding(QUANTITY, "session").value  # type: ignore[union-attr] # it is there
        for m in record.measurements()
    ]
    later = ManualClock(start=CLOCK.now() + timedelta(days=1))
    analyse_again(store, points[0].measurement, clock=later, rng=rng)
    assert len(store.trends.site(client, SITE, QUANTITY)) == 2
    void = {"measurement": points[1].measurement, "why": "another site"}
    strike_out(store, points[1].visit, void, clock=CLOCK, rng=rng)
    (left,) = store.trends.site(client, SITE, QUANTITY)
    assert left.measurement == points[0].measurement
    assert {first.id, second.id} == {p.visit for p in points}


def test_grades_are_those_of_the_hands(store: Store) -> None:
    client = client_ids(store)[1]
    felt = store.trends.grades(client, SITE)
    assert [(one.tenderness, one.tone, one.day) for one in felt] == [(2, None, DAY)] * 2
    other = BodySite(SITE.name, Side.RIGHT)
    assert store.trends.grades(client, other) == ()


def test_many_entries_in_one_transaction_are_one_chain(store: Store) -> None:
    client = client_ids(store)[0]
    analysed, acquisition = captured_session()
    rng = np.random.default_rng(9)
    with store.transaction():
        visit = open_visit(store, client, clock=CLOCK, rng=rng)
        save_measurement(store, visit.id, analysed, acquisition, clock=CLOCK, rng=rng)
    rows = [*store.ledger.rows()]
    assert [row.seq for row in rows] == [*range(1, len(rows) + 1)]
    assert store.ledger.head() == (rows[-1].seq, rows[-1].hash)


def test_head_of_a_transaction_that_failed_is_forgotten(store: Store) -> None:
    client = client_ids(store)[0]
    before = store.ledger.head()
    taken = next(store.ledger.rows()).id
    draft = Draft(id=EntryId(taken), kind="client", body={}, client=client)

    def append_twice() -> None:
        with store.transaction():
            visit = open_visit(store, client, clock=CLOCK, rng=np.random.default_rng(1))
            body = {"kind": "pain"}
            again = Draft(id=draft.id, kind="complaint", body=body, client=visit.client)
            store.ledger.append(again, at=CLOCK.now())

    with pytest.raises(RecordConflict):
        append_twice()
    assert store.ledger.head() == before
    open_visit(store, client, clock=CLOCK, rng=np.random.default_rng(2))
    assert store.ledger.head()[0] == before[0] + 1


def test_a_reader_does_not_wait_for_a_writer_and_cannot_write(store: Store) -> None:
    client = client_ids(store)[0]
    with store.transaction(), open_store(store.path, clock=CLOCK) as other:
        open_visit(store, client, clock=CLOCK, rng=np.random.default_rng(1))
        with other.reading():
            assert len(other.visits.of_client(client)) == 2
            with pytest.raises(UsageError, match="only reads"):
                open_visit(other, client, clock=CLOCK, rng=np.random.default_rng(2))
    assert len(store.visits.of_client(client)) == 3


def test_steps_of_a_plan_never_overlap() -> None:
    plan = CarePlan(starts_on=DAY, phases=(Phase(per_week=2.0, weeks=4), Phase(every_weeks=5.0)))
    steps: list[DueStep] = [*due_steps(plan)]
    assert [a.until_day for a in steps[:-1]] == [b.from_day for b in steps[1:]]
