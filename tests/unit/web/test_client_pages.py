"""Claim: a client's page tells what to be careful with, what changed and what is due, in words."""

import re
import time
from datetime import date

import pytest
from tests.unit.web.browsing import Browser
from tests.unit.web.visit_screen import text_of

from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.services.care import enter
from tissuesense.services.records import add_client, open_visit

DAY_S = 86400.0
COURSE = {
    "plan-starts_on": "2026-01-05",
    "phase-0-every": "week", "phase-0-from": "2", "phase-0-weeks": "3",
    "phase-1-every": "week", "phase-1-from": "1", "phase-1-weeks": "4",
    "phase-2-every": "weeks", "phase-2-from": "5", "phase-2-to": "6",
}  # fmt: skip


def taken_in(browser: Browser) -> ClientId:
    desk = browser.house.desk
    return browser.at(lambda store: add_client(store, clock=desk.clock, rng=desk.rng)).id


def state(browser: Browser, client: ClientId, about: str, /, **stated: object) -> None:
    desk = browser.house.desk
    browser.at(
        lambda store: enter(store, about, stated, client=client, clock=desk.clock, rng=desk.rng)
    )


def visit_today(browser: Browser, client: ClientId) -> None:
    desk = browser.house.desk
    browser.at(lambda store: open_visit(store, client, clock=desk.clock, rng=desk.rng))


def test_a_new_client_is_told_as_one_of_whom_nothing_is_known(browser: Browser) -> None:
    client = taken_in(browser)
    page = browser.get(f"/clients/{client}")
    assert page.status_code == 200
    said = text_of(page)
    assert "Not asked yet: what to be careful with." in said
    assert "No plan yet." in said
    assert "Nothing was felt or measured yet." in said


def test_what_to_be_careful_with_comes_before_all_else(browser: Browser) -> None:
    client = taken_in(browser)
    answers = [
        {"item": "anticoagulant", "answer": "yes", "detail": "since March"},
        {"item": "osteoporosis", "answer": "unknown"},
        {"item": "fracture", "answer": "no"},
    ]
    state(browser, client, "screen", answers=answers, ceiling_kpa=250, blocked_sites=["temporalis"])
    said = text_of(browser.get(f"/clients/{client}"))
    assert said.index("takes blood thinners or bruises easily: since March") < said.index("told")
    assert "at most 250 kPa anywhere" in said
    assert "not to be pressed: Temporalis" in said
    assert "Not known: osteoporosis" in said
    assert "fracture" not in said


def test_a_consent_that_was_withdrawn_is_told(browser: Browser) -> None:
    client = taken_in(browser)
    state(browser, client, "consent", purpose="measurement", given=True)
    assert "Consent to being measured" not in text_of(browser.get(f"/clients/{client}"))
    state(browser, client, "consent", purpose="measurement", given=False)
    assert "Consent to being measured" in text_of(browser.get(f"/clients/{client}"))


def test_ratings_are_told_over_time(browser: Browser, clock: ManualClock) -> None:
    client = taken_in(browser)
    for now in (7, 5, 2):
        state(browser, client, "complaint", kind="headache", region="temple", nrs_now=now)
        clock.advance(7 * DAY_S)
    page = browser.beside().get(f"/clients/{client}")
    said = text_of(page)
    assert "Headache, temple" in said
    assert "7 on 5 January 2026, worst 7" in said
    assert "2 / 10" in said
    assert 'aria-label="Rated visit by visit, 0 to 10: 7, 5, 2"' in page.text


def test_hand_and_sensor_stand_side_by_side_with_the_verdict(sample_browser: Browser) -> None:
    page = sample_browser.get("/clients/TS-3ET9E")
    said = text_of(page)
    assert re.search(r"\d+ ± \d+ kPa", said)
    assert "higher: larger than measurement error" in said
    assert "within measurement error" in said
    assert "Visit by visit: " in page.text
    assert "/clients/TS-3ET9E/trend?site=trapezius_upper&amp;side=left" in page.text
    assert not re.search(r"\b(normal|abnormal|diagnosis|improved|risk)\b", said, re.IGNORECASE)


def test_the_latest_visit_stands_first(browser: Browser, clock: ManualClock) -> None:
    client = taken_in(browser)
    for _ in range(2):
        visit_today(browser, client)
        clock.advance(7 * DAY_S)
    said = text_of(browser.beside().get(f"/clients/{client}"))
    assert said.index("12 January 2026") < said.index("5 January 2026")


def test_the_page_is_quick(sample_browser: Browser) -> None:
    sample_browser.get("/clients/TS-3ET9E")
    began = time.perf_counter()
    sample_browser.get("/clients/TS-3ET9E")
    assert time.perf_counter() - began < 1.0  # 150 ms are measured by the benchmark, alone


@pytest.mark.parametrize("path", ["", "/plan", "/identity", "/erase", "/intake"])
def test_a_mistyped_client_is_refused_in_words(browser: Browser, path: str) -> None:
    assert browser.get(f"/clients/TS-AAAAA{path}").status_code in {404, 422}
    assert browser.get(f"/clients/nobody{path}").status_code == 422


@pytest.mark.parametrize("path", ["", "/plan", "/identity", "/erase", "/intake"])
def test_who_was_not_let_in_sees_nothing(browser: Browser, path: str) -> None:
    client = taken_in(browser)
    assert browser.beside(None).get(f"/clients/{client}{path}").status_code == 401


def test_the_due_day_is_right_in_each_phase_and_after_a_missed_week(
    browser: Browser, clock: ManualClock
) -> None:
    client = taken_in(browser)
    browser.form(f"/clients/{client}/plan", COURSE)

    def told_on(day: date) -> str:
        clock.elapsed_s = (day - date(2026, 1, 5)).days * DAY_S
        return text_of(browser.beside().get(f"/clients/{client}"))

    assert "2 visits a week, week 1 of 3; due today" in told_on(date(2026, 1, 5))
    visit_today(browser, client)
    assert "due Thursday 8 January to Friday 9 January" in told_on(date(2026, 1, 6))
    # A week without a visit: past plan, in calm words, and said of the phase.
    said = told_on(date(2026, 1, 19))
    assert "10 days past plan" in said
    assert "no visit in 1 week" in said
    visit_today(browser, client)
    # The second phase: a week after the last visit of the first.
    told_on(date(2026, 1, 24))
    visit_today(browser, client)
    assert "1 visit a week, week 1 of 4; due Saturday 31 January" in told_on(date(2026, 1, 27))
    for day in (31, 38, 45, 52):
        told_on(date.fromordinal(date(2026, 1, 1).toordinal() + day - 1))
        visit_today(browser, client)
    # Maintenance: 5 to 6 weeks after the last weekly visit, of 21 February.
    assert "due Saturday 28 March to Saturday 4 April" in told_on(date(2026, 2, 25))


def test_a_plan_says_what_it_means_before_it_is_kept(browser: Browser) -> None:
    client = taken_in(browser)
    page = browser.form(f"/clients/{client}/plan", COURSE | {"look": "1"})
    said = text_of(page)
    assert "2 visits a week 5 January 2026 to 25 January 2026, 6 visits" in said
    assert "1 visit a week 26 January 2026 to 22 February 2026, 4 visits" in said
    assert "from 23 February 2026 on, without an end" in said
    assert browser.at(lambda store: store.ledger.of_client(client, "care_plan")) == ()


def test_what_stayed_is_not_written_twice_and_what_was_wrong_is_amended(browser: Browser) -> None:
    client = taken_in(browser)
    order = {"referral-prescriber": "Dr A", "referral-on": "2026-01-02", "referral-condition": "x"}
    for extra in ({}, {}, {"plan-sessions_ordered": "12", "reason": "misread"}):
        answer = browser.form(f"/clients/{client}/plan", COURSE | order | extra)
        assert answer.status_code == 303, text_of(answer)
    written = browser.at(lambda store: store.ledger.of_client(client, "care_plan", "referral"))
    assert [entry.kind for entry in written] == ["referral", "care_plan", "care_plan"]
    assert written[-1].reason == "misread"
    assert "0 of 12 ordered visits used" in text_of(browser.get(f"/clients/{client}"))


@pytest.mark.parametrize(
    "odd",
    [
        {"plan-starts_on": "9999-12-31"},
        {"plan-starts_on": "0001-01-01"},
        {"plan-starts_on": "tomorrow"},
        {"phase-0-from": "1e-300", "phase-0-to": "14"},
        {"phase-0-from": "nan"},
        {"phase-0-from": "9" * 5000},
        {"phase-0-from": "1e999"},
        {"phase-0-weeks": "520", "phase-1-weeks": "520"},
        {"phase-0-weeks": "2.5"},
        {"phase-1-weeks": ""},
        {"phase-0-every": "century"},
        {"plan-sessions_ordered": "-1"},
        {"referral-prescriber": "Dr A"},
        {"goal-0-text": "x", "goal-0-measure": "luck"},
        {"goal-0-text": "x", "goal-0-target_value": "much"},
    ],
)
def test_no_plan_however_odd_breaks_the_page(browser: Browser, odd: dict[str, str]) -> None:
    client = taken_in(browser)
    assert browser.form(f"/clients/{client}/plan/ahead", COURSE | odd).status_code in {200, 422}
    looked = browser.form(f"/clients/{client}/plan", COURSE | odd | {"look": "1"})
    assert looked.status_code == 200
    assert browser.form(f"/clients/{client}/plan", COURSE | odd).status_code in {303, 422}
    assert browser.get(f"/clients/{client}").status_code == 200
    assert browser.get(f"/clients/{client}/plan").status_code == 200


def test_a_refused_plan_keeps_what_was_typed(browser: Browser) -> None:
    client = taken_in(browser)
    typed = COURSE | {"phase-0-from": "many", "referral-prescriber": "Dr Who <b>"}
    page = browser.form(f"/clients/{client}/plan", typed)
    assert page.status_code == 422
    assert 'value="many"' in page.text
    assert "Dr Who &lt;b&gt;" in page.text


def test_a_name_is_read_on_purpose_and_never_without_a_trace(browser: Browser) -> None:
    client = taken_in(browser)
    state(browser, client, "identity", name="Ada Example")
    assert "Ada" not in browser.get(f"/clients/{client}").text
    assert "Ada" not in browser.get(f"/clients/{client}/identity").text
    assert browser.form(f"/clients/{client}/identity").status_code == 422
    page = browser.form(f"/clients/{client}/identity", {"why": "a letter"})
    assert "Ada Example" in page.text
    (read,) = browser.at(lambda store: store.ledger.of_client(client, "identity_read"))
    assert read.statement.why == "a letter"


def test_erasing_asks_for_a_reason_and_tells_the_rule(browser: Browser) -> None:
    client = taken_in(browser)
    visit_today(browser, client)
    asked = text_of(browser.get(f"/clients/{client}/erase"))
    assert f"This erases {client} for good and in every backup" in asked
    assert "1 visit" in asked
    assert "10 years after the last visit" in asked
    assert browser.form(f"/clients/{client}/erase", {"reason": "asked"}).status_code == 422
    still = {"despite_retention": "yes", "scope": "everything"}
    assert browser.form(f"/clients/{client}/erase", still).status_code == 422
    assert browser.get(f"/clients/{client}").status_code == 200
    done = browser.form(f"/clients/{client}/erase", still | {"reason": "the client asked"})
    assert "is gone" in text_of(done)
    assert browser.get(f"/clients/{client}").status_code in {404, 410}
