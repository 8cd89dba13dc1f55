"""Claim: another device comes in with a code that is good once, not long, and cannot be guessed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.web.browsing import Browser

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import UsageError
from tissuesense.web.pairing import Pairings
from tissuesense.web.server import checked_address
from tissuesense.web.sessions import ScreenRole


@pytest.fixture
def pairings(clock: ManualClock) -> Pairings:
    return Pairings(clock)


def test_a_code_lets_in_once_as_what_was_chosen(pairings: Pairings) -> None:
    offer = pairings.offer(ScreenRole.RATER, "Tablet")
    assert len(offer.code) == 8
    taken = pairings.redeem(offer.code)
    assert taken is not None
    assert (taken.role, taken.name) == (ScreenRole.RATER, "Tablet")
    assert pairings.redeem(offer.code) is None


@given(st.data())
def test_however_a_person_types_it_it_is_that_code(data: st.DataObject) -> None:
    pairings = Pairings(ManualClock(), draw=lambda letters: data.draw(st.sampled_from(letters)))
    offer = pairings.offer(ScreenRole.RATER, "Tablet")
    looks = {"0": "0Oo", "1": "1IiLl"}
    letters = [data.draw(st.sampled_from(looks.get(c, c + c.lower()))) for c in offer.code]
    typed = data.draw(st.sampled_from(["", "-", " ", " - "])).join(letters)
    assert pairings.redeem(typed) == offer


def test_a_code_is_over_after_two_minutes(pairings: Pairings, clock: ManualClock) -> None:
    offer = pairings.offer(ScreenRole.RATER, "Tablet")
    clock.advance(119)
    assert pairings.current == offer
    clock.advance(1)
    assert pairings.current is None
    assert pairings.redeem(offer.code) is None


def test_the_newest_code_alone_is_good(pairings: Pairings, clock: ManualClock) -> None:
    first = pairings.offer(ScreenRole.THERAPIST, "First")
    second = pairings.offer(ScreenRole.MONITOR, "Second")
    assert pairings.redeem(first.code) is None
    clock.advance(1)
    assert pairings.redeem(second.code) == second


def test_each_wrong_code_makes_the_next_try_wait_longer(
    pairings: Pairings, clock: ManualClock
) -> None:
    offer = pairings.offer(ScreenRole.RATER, "Tablet")
    waits = []
    for _ in range(4):
        assert pairings.redeem("00000000") is None
        waits.append(pairings.wait_s)
        assert pairings.redeem(offer.code) is None, "looked at before its time"
        clock.advance(pairings.wait_s)
    assert waits == [1, 2, 4, 8]
    assert pairings.redeem(offer.code) == offer


def test_five_wrong_codes_take_the_right_one_back(pairings: Pairings, clock: ManualClock) -> None:
    offer = pairings.offer(ScreenRole.RATER, "Tablet")
    for _ in range(5):
        assert not pairings.withdrawn
        pairings.redeem("00000000")
        clock.advance(pairings.wait_s)
    assert pairings.withdrawn
    assert pairings.current is None
    assert pairings.redeem(offer.code) is None


@given(typed=st.text(max_size=30))
def test_where_no_code_is_out_nothing_lets_in(typed: str) -> None:
    assert Pairings(ManualClock()).redeem(typed) is None


@given(typed=st.text(alphabet=string.printable + "\ud800é", max_size=30))
def test_a_guess_lets_nobody_in(typed: str) -> None:
    pairings = Pairings(ManualClock(), draw=lambda _letters: "7")
    pairings.offer(ScreenRole.THERAPIST, "Tablet")
    plain = "".join(c for c in typed if c not in "- \t\n\r\x0b\x0c")
    assert (pairings.redeem(typed) is not None) == (plain == "7" * 8)


@pytest.mark.parametrize("host", ["0.0.0.0", "224.0.0.1", "::", "::1", "example", "", "127.1"])  # noqa: S104 - what is refused
@pytest.mark.parametrize("lan", [True, False])
def test_it_never_listens_on_every_network_or_on_what_is_no_address(host: str, lan: bool) -> None:
    with pytest.raises(UsageError):
        checked_address(host, lan=lan)


def test_it_listens_on_the_network_only_where_asked() -> None:
    with pytest.raises(UsageError, match="Without --lan"):
        checked_address("192.0.2.7", lan=False)
    assert checked_address("192.0.2.7", lan=True) == "192.0.2.7"
    assert checked_address("127.0.0.1", lan=False) == "127.0.0.1"


def test_the_page_offers_the_door_and_is_for_this_computer_alone(browser: Browser) -> None:
    assert "not visible to the network" in browser.get("/lan").text
    for role in (ScreenRole.RATER, ScreenRole.MONITOR, ScreenRole.FRONT_DESK):
        assert browser.beside(role).get("/lan").status_code == 403


def test_no_code_is_made_while_the_door_is_shut(browser: Browser) -> None:
    answer = browser.form("/lan/pair", {"name": "Tablet", "role": "rater"})
    assert answer.status_code == 422
    assert browser.house.lan.pairings.current is None


def test_the_pages_for_another_device_are_not_for_this_one(browser: Browser) -> None:
    assert browser.get("/pair").status_code == 403
    assert browser.ask("POST", "/pair", data={"code": "00000000"}).status_code == 403
    assert browser.get("/paired").status_code == 403


def test_a_device_that_is_not_there_cannot_be_sent_away(browser: Browser) -> None:
    assert browser.form("/lan/devices/nonsense/revoke").status_code == 404
