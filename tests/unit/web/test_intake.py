"""Claim: the intake keeps every touch, asks nothing twice, and overwrites nothing."""

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.browsing import Browser
from tests.unit.web.visit_screen import text_of

from tissuesense.anatomy.body_map.shapes import View
from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry
from tissuesense.record.history import current
from tissuesense.services.care import enter
from tissuesense.services.records import add_client, open_visit
from tissuesense.store.opened import Store
from tissuesense.web.body_pick import on_body, pictures, place_named
from tissuesense.web.desk import Desk

DAY_S = 86400.0


@pytest.fixture
def client(browser: Browser) -> ClientId:
    desk = browser.house.desk
    return browser.at(lambda store: add_client(store, clock=desk.clock, rng=desk.rng)).id


def every(browser: Browser, client: ClientId, kind: str) -> tuple[Entry[Any], ...]:
    return browser.at(lambda store: store.ledger.of_client(client, kind))


def now(browser: Browser, client: ClientId, kind: str) -> tuple[Any, ...]:
    return tuple(entry.statement for entry in current(every(browser, client, kind), kind))


def touch(browser: Browser, client: ClientId, part: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Save a card as the script does; what it answers is put into the next one."""
    answer = browser.script(f"/clients/{client}/intake/{part}", fields)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    fields["entry"] = told["entry"]
    return told


def tell(store: Store, *, desk: Desk, client: ClientId, told: dict[str, object]) -> None:
    enter(store, "complaint", told, client=client, clock=desk.clock, rng=desk.rng)


def test_a_card_that_is_filled_in_is_one_statement_and_no_amendment(
    browser: Browser, client: ClientId
) -> None:
    card: dict[str, Any] = {"kind": "headache"}
    for name, value in (("nrs_now", "6"), ("region", "left te"), ("side", "left")):
        card[name] = value
        assert touch(browser, client, "complaint", card)["undo"] is None
    card["region"] = "left temple"
    touch(browser, client, "complaint", card)
    (told,) = now(browser, client, "complaint")
    assert (told.nrs_now, told.region, told.side) == (6, "left temple", "left")
    written = every(browser, client, "complaint")
    assert len(written) == 4
    assert not any(entry.reason for entry in written)


def test_the_same_touch_twice_is_written_once(browser: Browser, client: ClientId) -> None:
    card: dict[str, Any] = {"kind": "pain", "nrs_now": "3"}
    touch(browser, client, "complaint", card)
    assert touch(browser, client, "complaint", card)["said"] == ""
    assert len(every(browser, client, "complaint")) == 1


def test_a_changed_answer_is_an_amendment_that_can_be_taken_back(
    browser: Browser, client: ClientId
) -> None:
    card: dict[str, Any] = {"kind": "pain", "nrs_now": "3"}
    touch(browser, client, "complaint", card)
    card["nrs_now"] = "8"
    slip = touch(browser, client, "complaint", card)["undo"]
    assert slip is not None
    assert browser.script(f"/clients/{client}/intake/undo", {"entry": slip}).status_code == 200
    (told,) = now(browser, client, "complaint")
    assert told.nrs_now == 3
    assert [bool(entry.reason) for entry in every(browser, client, "complaint")] == [0, 1, 1]
    again = browser.script(f"/clients/{client}/intake/undo", {"entry": slip})
    assert again.status_code == 409


def test_another_day_is_another_telling_and_its_ratings_are_asked_anew(
    browser: Browser, client: ClientId, clock: ManualClock
) -> None:
    card: dict[str, Any] = {
        "kind": "headache", "nrs_now": "6", "region": "temple", "onset": "May",
        "mark": "front,6,8,ache",
    }  # fmt: skip
    touch(browser, client, "complaint", card)
    clock.advance(7 * DAY_S)
    browser = browser.beside()  # the session of the day before is over
    page = browser.get(f"/clients/{client}/intake").text
    assert "6 on 5 January 2026" in page
    assert 'value="May"' in page
    assert 'value="front,6,8,ache"' in page
    card["nrs_now"] = "4"
    touch(browser, client, "complaint", card)
    assert [told.nrs_now for told in now(browser, client, "complaint")] == [6, 4]


def test_what_is_put_right_on_another_day_without_a_rating_is_no_new_telling(
    browser: Browser, client: ClientId, clock: ManualClock
) -> None:
    card: dict[str, Any] = {"kind": "headache", "nrs_now": "6", "region": "temple"}
    touch(browser, client, "complaint", card)
    clock.advance(DAY_S)
    browser = browser.beside()  # the session of the day before is over
    del card["nrs_now"]
    card["region"] = "forehead"
    touch(browser, client, "complaint", card)
    (told,) = now(browser, client, "complaint")
    assert (told.nrs_now, told.region) == (6, "forehead")


def test_what_a_later_telling_left_out_is_shown_as_it_was_before(
    browser: Browser, client: ClientId, clock: ManualClock
) -> None:
    desk = browser.house.desk
    for stated in ({"nrs_now": 6, "onset": "May", "better_with": "heat"}, {"nrs_now": 2}):
        told = {"kind": "pain", "region": "neck", **stated}
        browser.at(partial(tell, desk=desk, client=client, told=told))
        clock.advance(DAY_S)
        browser = browser.beside()  # the session of the day before is over
    page = browser.get(f"/clients/{client}/intake").text
    assert page.count('class="card complaint"') == 1
    assert 'value="heat"' in page
    assert "2 on 6 January 2026" in page


def test_the_list_and_the_map_make_the_same_mark(browser: Browser, client: ClientId) -> None:
    place = place_named("back-trapezius_upper-left")
    assert place is not None
    view, x, y = place
    by_list = {"kind": "pain", "add": "1", "place": "back-trapezius_upper-left", "quality": "ache"}
    browser.form(f"/clients/{client}/intake/complaint", by_list)
    told = touch(browser, client, "complaint", {"kind": "pain", "mark": f"{view},{x:g},{y:g},ache"})
    listed, tapped = now(browser, client, "complaint")
    assert listed.drawing == tapped.drawing
    assert told["marks"][0][1] == "behind: Upper trapezius, left, ache"


def test_a_mark_is_removed_without_script(browser: Browser, client: ClientId) -> None:
    card: dict[str, str | list[str]] = {
        "kind": "pain",
        "mark": ["front,0,20,ache", "front,6,8,numb"],
        "remove": "0",
    }
    browser.form(f"/clients/{client}/intake/complaint", card)
    (told,) = now(browser, client, "complaint")
    assert [mark.quality for mark in told.drawing] == ["numb"]


@pytest.mark.parametrize("mark", ["front,0,0.1,ache,", "side,0,20,ache", "front,nan,2,ache", "x"])
def test_a_mark_that_is_none_is_refused(browser: Browser, client: ClientId, mark: str) -> None:
    if mark.startswith("front,0"):
        mark = "front,39,5,ache"  # beside the head
    answer = browser.script(f"/clients/{client}/intake/complaint", {"kind": "pain", "mark": mark})
    assert answer.status_code == 422


def test_an_answer_that_nobody_gave_is_no_no(browser: Browser, client: ClientId) -> None:
    fields = {"answer-pregnancy": "no", "answer-other": "yes", "detail-other": "dizzy"}
    touch(browser, client, "screen", fields | {"ceiling_kpa": "250,5", "blocked": ["masseter"]})
    (screen,) = now(browser, client, "screen")
    assert [answer.item for answer in screen.answers] == ["pregnancy", "other"]
    assert screen.cautions == ("something else to be careful with (dizzy)",)
    assert (screen.ceiling_kpa, screen.blocked_sites) == (250.5, ("masseter",))


def test_a_no_to_a_habit_is_kept_and_leads_to_no_muscle(browser: Browser, client: ClientId) -> None:
    card: dict[str, Any] = {"habit": "desk_work", "has": "yes", "answer": "9 hours"}
    touch(browser, client, "daily_life", card)
    card |= {"has": "no"}
    touch(browser, client, "daily_life", card)
    (told,) = now(browser, client, "daily_life")
    assert (told.habit, told.answer) == ("", "no")
    page = browser.get(f"/clients/{client}/intake").text
    assert 'name="has" value="no" checked' in page


def test_a_posture_that_is_seen_again_another_day_stands_beside_the_first(
    browser: Browser, client: ClientId, clock: ManualClock
) -> None:
    card: dict[str, Any] = {"finding": "forward_head", "degree": "2", "side": "left"}
    touch(browser, client, "posture", card)
    clock.advance(DAY_S)
    browser = browser.beside()  # the session of the day before is over
    card["degree"] = "0"
    touch(browser, client, "posture", card)
    assert [seen.degree for seen in now(browser, client, "posture")] == [2, 0]


def test_a_consent_names_the_text_that_was_shown(browser: Browser, client: ClientId) -> None:
    touch(browser, client, "consent", {"purpose": "sharing", "given": "yes", "how": "on paper"})
    (consent,) = now(browser, client, "consent")
    assert (consent.purpose, consent.given, consent.text_version) == ("sharing", True, "1")
    assert len(consent.text_sha256) == 64


def test_a_consent_that_is_withdrawn_bears_its_own_day(
    browser: Browser, client: ClientId, clock: ManualClock
) -> None:
    card: dict[str, Any] = {"purpose": "sharing", "given": "yes", "how": "on paper"}
    assert touch(browser, client, "consent", card)["values"]["on"] == "2026-01-05"
    card["on"] = "2026-01-05"
    clock.advance(7 * DAY_S)
    browser = browser.beside()  # the session of the day before is over
    card["given"] = "no"
    assert touch(browser, client, "consent", card)["values"] == {"on": "2026-01-12", "how": ""}
    given, withdrawn = now(browser, client, "consent")
    assert (given.given, str(given.on)) == (True, "2026-01-05")
    assert (withdrawn.given, str(withdrawn.on), withdrawn.how) == (False, "2026-01-12", "")


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("complaint", {"kind": "sorrow"}),
        ("complaint", {"kind": "pain", "nrs_now": "11"}),
        ("complaint", {"kind": "pain", "nrs_now": "a lot"}),
        ("complaint", {}),
        ("posture", {"finding": ""}),
        ("daily_life", {"habit": "sorcery", "has": "yes"}),
        ("daily_life", {"topic": "sleep"}),
        ("consent", {"purpose": "treatment"}),
        ("consent", {"purpose": "everything", "given": "yes"}),
        ("screen", {"answer-pregnancy": "perhaps"}),
        ("screen", {"ceiling_kpa": "-5"}),
        ("screen", {"blocked": "no_such_muscle"}),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    browser: Browser, client: ClientId, part: str, fields: dict[str, str]
) -> None:
    asked = browser.script(f"/clients/{client}/intake/{part}", fields)
    assert asked.status_code == 422
    assert asked.json()["error"]["message"]
    card = fields | {"card": f"new-{fields.get('kind')}", "region": "typed & kept"}
    card["mark"] = "back,-4.5,18,ache"
    page = browser.form(f"/clients/{client}/intake/{part}", card)
    assert page.status_code == 422
    if fields.get("kind") == "pain":
        assert "typed &amp; kept" in page.text
        assert 'role="alert"' in page.text
        assert 'value="back,-4.5,18,ache"' in page.text
    assert every(browser, client, part) == ()


def test_an_entry_of_somebody_else_is_not_gone_on_with(browser: Browser, client: ClientId) -> None:
    card: dict[str, Any] = {"kind": "pain", "nrs_now": "3"}
    touch(browser, client, "complaint", card)
    desk = browser.house.desk
    other = browser.at(lambda store: add_client(store, clock=desk.clock, rng=desk.rng)).id
    assert browser.script(f"/clients/{other}/intake/complaint", card).status_code == 404
    assert (
        browser.script(f"/clients/{other}/intake/undo", {"entry": card["entry"]}).status_code == 404
    )


def test_a_visit_of_somebody_else_is_not_shown(browser: Browser, client: ClientId) -> None:
    desk = browser.house.desk

    def other_visit(store: Store) -> str:
        other = add_client(store, clock=desk.clock, rng=desk.rng)
        return open_visit(store, other.id, clock=desk.clock, rng=desk.rng).id

    visit = browser.at(other_visit)
    assert browser.get(f"/clients/{client}/intake?visit={visit}").status_code == 404


def test_the_five_kinds_are_offered_as_tiles(browser: Browser, client: ClientId) -> None:
    said = text_of(browser.get(f"/clients/{client}/intake"))
    for kind in ("Headache", "Numbness or tingling", "Moves less far", "Knots", "Pain"):
        assert kind in said


def test_every_place_of_the_list_lies_on_the_body() -> None:
    for body in pictures():
        for shape in body.shapes:
            assert on_body(body.view, shape.x, shape.y), shape.key


@given(st.sampled_from(list(View)), st.floats(-60, 60), st.floats(-20, 200))
def test_the_body_is_the_same_on_both_sides(view: View, x: float, y: float) -> None:
    assert on_body(view, x, y) == on_body(view, -x, y) or abs(x) < 0.5
