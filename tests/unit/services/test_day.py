"""The page of a day and a client at a glance say what the whole record says."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.unit.services.captured import captured_session

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordNotFound
from tissuesense.core.site import BodySite, Side
from tissuesense.record.client import ClientId
from tissuesense.record.schedule_words import due_words, when_due
from tissuesense.record.visit import Visit
from tissuesense.services.care import enter, strike_out
from tissuesense.services.day import day_of, glance, standings
from tissuesense.services.records import (
    add_client,
    load_client_record,
    open_visit,
    save_measurement,
)
from tissuesense.services.standing import standing
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

CLOCK = ManualClock()
START = datetime(2026, 1, 5, 9, 0).astimezone()
PLAN = {"starts_on": "2026-01-05", "phases": [{"per_week": 1, "weeks": 4}, {"every_weeks": 5}]}
LATER = {"starts_on": "2026-02-02", "phases": [{"per_week": 2, "weeks": 6}]}
SITE = BodySite("trapezius_upper", Side.LEFT)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "store", clock=CLOCK, create=True, plain=True) as store:
        yield store


def taken_in(store: Store, rng: np.random.Generator, *plans: Mapping[str, object]) -> ClientId:
    client = add_client(store, clock=CLOCK, rng=rng).id
    for plan in plans:
        enter(store, "care_plan", plan, clock=CLOCK, rng=rng, client=client)
    return client


def came(
    store: Store, rng: np.random.Generator, client: ClientId, day: int, intent: str = "medical"
) -> Visit:
    at = START + timedelta(days=day)
    return open_visit(store, client, clock=CLOCK, rng=rng, opened_at=at, intent=intent)


@pytest.mark.parametrize("day", [-3, 0, 6, 7, 8, 20, 28, 35, 60, 100])
def test_plans_stand_as_the_whole_record_says(
    store: Store, rng: np.random.Generator, day: int
) -> None:
    clients = [taken_in(store, rng, *plans) for plans in ((PLAN,), (PLAN, LATER), (LATER,), ())]
    for number, client in enumerate(clients):
        for week in range(number):
            came(store, rng, client, 7 * week)
        came(store, rng, client, 9, intent="relaxation")
    today = START.date() + timedelta(days=day)
    alone = {c: standing(load_client_record(store, c), today=today) for c in clients}
    assert standings(store, clients, today=today) == {c: s for c, s in alone.items() if s}


def test_day_lists_who_was_there_and_who_is_due(store: Store, rng: np.random.Generator) -> None:
    here, due, later = (taken_in(store, rng, PLAN) for _ in range(3))
    came(store, rng, here, 0)
    came(store, rng, due, 0)
    came(store, rng, later, 3)
    visit = came(store, rng, here, 7)
    today = START.date() + timedelta(days=7)
    page = day_of(store, today)
    assert [seen.visit for seen in page.visits] == [visit]
    assert page.visits[0].told == "1 visit a week, week 2 of 4; due Monday 19 January"
    assert [line.client for line in page.due] == [due]
    assert when_due(page.due[0].due, today) == "due today"
    assert day_of(store, today, limit=0).due == ()


def test_who_is_there_for_relaxation_is_not_called_due_beside(
    store: Store, rng: np.random.Generator
) -> None:
    client = taken_in(store, rng, PLAN)
    came(store, rng, client, 0)
    came(store, rng, client, 7, intent="relaxation")
    page = day_of(store, START.date() + timedelta(days=7))
    assert [seen.told for seen in page.visits] == ["1 visit a week, week 2 of 4; due today"]
    assert page.due == ()


def test_visit_without_a_plan_has_no_words(store: Store, rng: np.random.Generator) -> None:
    came(store, rng, taken_in(store, rng), 0)
    (seen,) = day_of(store, START.date()).visits
    assert (seen.standing, seen.told) == (None, "")


def test_words_of_a_line_are_those_of_the_plan(store: Store, rng: np.random.Generator) -> None:
    client = taken_in(store, rng, PLAN)
    came(store, rng, client, 0)
    for day in range(40):
        today = START.date() + timedelta(days=day)
        held = standings(store, [client], today=today)[client]
        for line in store.visits.due(today):
            assert when_due(line.due, today) == due_words(held)


def test_glance_has_the_last_of_each_site(store: Store, rng: np.random.Generator) -> None:
    client = taken_in(store, rng, PLAN)
    session, acquisition = captured_session()
    visits = [came(store, rng, client, 7 * week) for week in range(3)]
    kept = []
    for week, visit in enumerate(visits):
        felt = {"site": SITE.name, "side": "left", "tenderness": 3 - week}
        enter(store, "palpation", felt, visit=visit.id, clock=CLOCK, rng=rng)
        at = replace(acquisition, measured_at=visit.opened_at, id=None)
        kept.append(save_measurement(store, visit.id, session, at, clock=CLOCK, rng=rng))
    site = kept[0].measurement.site
    seen = glance(store, client, "ppt_kpa", today=START.date())
    assert seen.visits == tuple(visits)
    assert seen.standing is not None
    assert list(seen.values) == [(site, "ppt_kpa")]
    assert seen.values[site, "ppt_kpa"].measurement == kept[-1].measurement.id
    assert seen.values[site, "ppt_kpa"] == store.trends.site(client, site, "ppt_kpa")[-1]
    assert seen.grades[SITE].tenderness == 1
    assert seen.grades[SITE] == store.trends.grades(client, SITE)[-1]
    wrong = {"measurement": kept[-1].measurement.id, "why": "Wrong side."}
    strike_out(store, visits[-1].id, wrong, clock=CLOCK, rng=rng)
    again = glance(store, client, "ppt_kpa", today=START.date())
    assert again.values[site, "ppt_kpa"].measurement == kept[-2].measurement.id
    assert glance(store, client, today=START.date()).values == {}


def test_glance_at_nobody_is_told(store: Store) -> None:
    with pytest.raises(RecordNotFound):
        glance(store, ClientId("TS-AAAAA"), today=date(2026, 1, 5))
