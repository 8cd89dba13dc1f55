"""Claim: who has the link comes in once; the record is made, locked and opened from there.

A record that is locked loses nothing: whoever asked for a page comes back to it, and a form that
was sent is offered once more.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.unit.web.browsing import Browser, browsing
from tests.unit.web.conftest import house_over

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordConflict, Refusal
from tissuesense.record.audit import Refused
from tissuesense.web.desk import DeskState
from tissuesense.web.door.watch import look_after
from tissuesense.web.door.way_back import own_path
from tissuesense.web.sessions import ScreenRole

PASSPHRASE = "far too secret to tell"  # noqa: S105 - of a record in a temporary folder


@pytest.fixture
def new(tmp_path: Path, clock: ManualClock, rng: np.random.Generator) -> Iterator[Browser]:
    """Give a browser where no record is yet."""
    with browsing(house_over(tmp_path / "new", clock, rng)) as opened:
        yield opened


@pytest.fixture
def sealed(new: Browser) -> Browser:
    """Give a browser over a record with a passphrase, open."""
    new.form("/first", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    new.house.recovery_code = None
    assert is_open(new)
    return new


def is_open(browser: Browser) -> bool:
    return browser.house.desk.state is DeskState.OPEN


def refused(**counts: int) -> Refused:
    return Refused(**{"pairing_codes": 0, "passphrases": 0, "beyond_role": 0, **counts})


def minutes_pass(browser: Browser, clock: ManualClock, minutes: float) -> None:
    clock.advance(60 * minutes)
    browser.run(look_after(browser.house))


def test_the_start_link_lets_in_once(browser: Browser) -> None:
    stranger = browser.beside(None)
    url = f"/start?token={browser.house.sessions.start_link()}"
    came = stranger.get(url)
    assert (came.status_code, came.headers["location"]) == (303, "/")
    given = came.headers["set-cookie"].lower()
    assert "httponly" in given
    assert "samesite=strict" in given
    assert "path=/" in given
    assert "domain" not in given
    assert stranger.get("/").status_code == 200
    assert browser.beside(None).get(url).status_code == 401
    assert stranger.get(url).status_code == 401, "also where somebody is in already"
    assert browser.house.refusals.counts[Refusal.LINK] == 2


def test_a_cookie_that_somebody_planted_is_not_taken_up(browser: Browser) -> None:
    stranger = browser.beside(None)
    stranger.client.cookies.set(browser.house.cookie, "planted")
    came = stranger.get(f"/start?token={browser.house.sessions.start_link()}")
    assert "planted" not in came.headers["set-cookie"]
    assert browser.house.sessions.find("planted") is None


def test_a_new_session_ends_the_one_before(browser: Browser) -> None:
    before = browser.session
    browser.get(f"/start?token={browser.house.sessions.start_link()}")
    assert not browser.house.sessions.holds(before)


def test_an_expired_session_gets_a_page_that_says_so(browser: Browser, clock: ManualClock) -> None:
    clock.advance(3601)
    answer = browser.get("/")
    assert answer.status_code == 401
    assert "not let in" in answer.text


def test_a_record_is_made_and_its_code_written_down(new: Browser) -> None:
    assert new.follow(new.get("/")).url.path == "/first"
    assert new.form("/first", {"passphrase": "short", "again": "short"}).status_code == 422
    differ = {"passphrase": PASSPHRASE, "again": PASSPHRASE + "r"}
    assert new.form("/first", differ).status_code == 422
    made = new.follow(new.form("/first", {"passphrase": PASSPHRASE, "again": PASSPHRASE}))
    code = new.house.recovery_code
    assert code is not None
    assert code in made.text
    assert new.form("/recovery-code", {"last": "WRONG"}).status_code == 422
    assert new.form("/recovery-code", {"last": code.rpartition("-")[2].lower()}).status_code == 303
    assert code not in new.follow(new.get("/recovery-code")).text


@pytest.mark.parametrize("role", [ScreenRole.RATER, ScreenRole.MONITOR, ScreenRole.FRONT_DESK])
def test_the_recovery_code_is_for_the_therapist_alone(sealed: Browser, role: ScreenRole) -> None:
    sealed.house.recovery_code = "SECRET-CODE"
    other = sealed.beside(role)
    for path in ("/recovery-code", "/first", "/unlock", "/kept"):
        answer = other.get(path)
        assert answer.status_code == 403
        assert "SECRET" not in answer.text


def test_a_wrong_passphrase_is_refused_and_the_right_one_leads_back(sealed: Browser) -> None:
    sealed.form("/lock")
    sent = sealed.get("/clients?begins=TS")
    assert sent.headers["location"] == "/unlock?to=%2Fclients%3Fbegins%3DTS"
    assert 'value="/clients?begins=TS"' in sealed.get(sent.headers["location"]).text
    typed = {"to": "/clients?begins=TS"}
    assert sealed.form("/unlock", {**typed, "passphrase": "wrong"}).status_code == 403
    assert sealed.form("/unlock", {**typed, "passphrase": ""}).status_code == 403
    assert sealed.house.refusals.counts[Refusal.PASSPHRASE] == 2
    opened = sealed.form("/unlock", {**typed, "passphrase": PASSPHRASE})
    assert opened.headers["location"] == "/clients?begins=TS"
    assert sealed.get("/clients").status_code == 200


def test_a_form_that_met_a_locked_record_is_offered_again(sealed: Browser) -> None:
    typed = {"birth_year": "1980", "name": '"><script>alert(1)</script>'}
    sealed.form("/lock")
    assert sealed.form("/clients/new", typed).headers["location"] == "/unlock"
    assert "is kept" in sealed.get("/unlock").text
    back = sealed.follow(sealed.form("/unlock", {"passphrase": PASSPHRASE}))
    assert back.url.path == "/kept"
    assert 'action="/clients/new"' in back.text
    assert 'name="birth_year" value="1980"' in back.text
    assert "<script>alert" not in back.text
    assert sealed.form("/clients/new", typed).status_code == 303
    assert sealed.get("/kept").headers["location"] == "/", "offered once"


def test_what_a_script_sends_to_a_locked_record_stays_on_its_page(sealed: Browser) -> None:
    sealed.form("/lock")
    answer = sealed.script("/clients/new", {"birth_year": "1980"})
    assert answer.status_code == 403
    assert "locked" in answer.json()["error"]["message"]
    assert sealed.session.held is None


def test_the_record_locks_itself_when_nobody_is_there(sealed: Browser, clock: ManualClock) -> None:
    minutes_pass(sealed, clock, 9)
    sealed.get("/")
    minutes_pass(sealed, clock, 9)
    assert is_open(sealed)
    minutes_pass(sealed, clock, 1.1)
    assert not is_open(sealed)
    assert sealed.get("/clients").headers["location"].startswith("/unlock")


def test_any_screen_keeps_it_open_but_a_stranger_does_not(
    sealed: Browser, clock: ManualClock
) -> None:
    stranger, other = sealed.beside(None), sealed.beside(ScreenRole.MONITOR)
    minutes_pass(sealed, clock, 9)
    other.get("/about")
    other.get("/measure")
    minutes_pass(sealed, clock, 9)
    assert is_open(sealed)
    stranger.get("/")
    stranger.get("/about")
    minutes_pass(sealed, clock, 1.1)
    assert not is_open(sealed)


def test_how_long_it_waits_is_a_setting(sealed: Browser, clock: ManualClock) -> None:
    sealed.house.settings.change(idle_lock_minutes=0)
    minutes_pass(sealed, clock, 60 * 24)
    assert is_open(sealed)
    sealed.house.settings.change(idle_lock_minutes=1)
    sealed.house.sessions.somebody_is_here()
    minutes_pass(sealed, clock, 0.9)
    assert is_open(sealed)
    minutes_pass(sealed, clock, 0.2)
    assert not is_open(sealed)


def test_it_waits_again_after_it_was_opened(sealed: Browser, clock: ManualClock) -> None:
    minutes_pass(sealed, clock, 11)
    sealed.form("/unlock", {"passphrase": PASSPHRASE})
    minutes_pass(sealed, clock, 9)
    assert is_open(sealed)


def test_a_record_without_a_passphrase_does_not_lock_itself(
    browser: Browser, clock: ManualClock
) -> None:
    minutes_pass(browser, clock, 60)
    assert is_open(browser)


def test_nothing_locks_the_record_while_a_round_goes_on(sealed: Browser) -> None:
    sealed.house.desk.held = lambda: True
    with pytest.raises(RecordConflict, match="going on"):
        sealed.run(sealed.house.desk.lock())
    answer = sealed.form("/lock")
    assert answer.status_code == 409
    assert "stays open" in answer.text
    assert is_open(sealed)
    sealed.house.desk.held = lambda: False


def test_what_was_refused_is_written_down_at_most_once_a_minute(
    browser: Browser, clock: ManualClock
) -> None:
    def found() -> list[Refused]:
        entries = browser.at(lambda store: store.ledger.of_practice("refused"))
        return [entry.statement for entry in entries]

    clock.advance(1)
    browser.beside(ScreenRole.RATER).get("/clients")
    browser.run(look_after(browser.house))
    assert found() == [refused(beyond_role=1)]
    for _ in range(3):
        browser.beside(ScreenRole.RATER).get("/clients")
    browser.house.refusals.note(Refusal.CODE)
    minutes_pass(browser, clock, 0.9)
    assert len(found()) == 1
    minutes_pass(browser, clock, 0.2)
    assert found()[1:] == [refused(beyond_role=3, pairing_codes=1)]
    minutes_pass(browser, clock, 5)
    assert len(found()) == 2


def test_what_was_refused_at_a_locked_record_is_written_once_it_is_open(
    sealed: Browser, clock: ManualClock
) -> None:
    sealed.form("/lock")
    sealed.form("/unlock", {"passphrase": "wrong"})
    minutes_pass(sealed, clock, 2)
    sealed.form("/unlock", {"passphrase": PASSPHRASE})
    minutes_pass(sealed, clock, 2)
    (entry,) = sealed.at(lambda store: store.ledger.of_practice("refused"))
    assert entry.statement == refused(passphrases=1)


def test_the_language_is_chosen_for_one_screen_and_leads_back(browser: Browser) -> None:
    back = browser.form(
        "/language", {"language": "de"}, headers={"referer": "http://evil.example/clients"}
    )
    assert back.headers["location"] == "/clients"
    assert 'lang="de"' in browser.get("/").text
    assert 'lang="en"' in browser.beside().get("/").text


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("/clients?begins=TS", "/clients?begins=TS"),
        ("http://127.0.0.1:8000/clients", "/clients"),
        ("//evil.example/x", "/x"),
        ("https://evil.example", "/"),
        ("////evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("evil.example", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_to_another_server(address: str, way: str) -> None:
    assert own_path(address) == way
