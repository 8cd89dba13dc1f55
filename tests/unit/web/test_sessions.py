"""Claim: a session begins once for each link or code, belongs to one screen, and ends in time."""

import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.web.sessions import ScreenRole, SessionBook

_HOUR_S = 3600.0


@pytest.fixture
def book(clock: ManualClock) -> SessionBook:
    return SessionBook(clock)


def test_a_link_lets_one_browser_in_once(book: SessionBook) -> None:
    link = book.start_link()
    cookie = book.redeem(link)
    session = book.find(cookie)
    assert session is not None
    assert session.role is ScreenRole.THERAPIST
    assert book.redeem(link) is None


def test_a_link_is_too_old_after_a_minute(book: SessionBook, clock: ManualClock) -> None:
    young, old = book.start_link(), book.start_link()
    clock.advance(59)
    assert book.redeem(young) is not None
    clock.advance(2)
    assert book.redeem(old) is None


@pytest.mark.parametrize("guess", ["", "x", "0" * 43])
def test_what_was_never_given_out_lets_nobody_in(book: SessionBook, guess: str) -> None:
    book.start_link()
    book.begin(ScreenRole.THERAPIST)
    assert book.redeem(guess) is None
    assert book.find(guess) is None


def test_a_session_is_over_an_hour_after_the_last_touch(
    book: SessionBook, clock: ManualClock
) -> None:
    cookie = book.begin(ScreenRole.RATER)
    session = book.find(cookie)
    assert session is not None
    clock.advance(_HOUR_S - 1)
    session.moment(clock)
    clock.advance(_HOUR_S - 1)
    assert book.holds(session)
    clock.advance(2)
    assert not book.holds(session)
    assert book.find(cookie) is None


def test_a_session_is_over_after_a_working_day_however_busy(
    book: SessionBook, clock: ManualClock
) -> None:
    cookie = book.begin(ScreenRole.THERAPIST)
    session = book.find(cookie)
    assert session is not None
    for _ in range(24):
        clock.advance(_HOUR_S / 2)
        session.moment(clock)
    assert book.find(cookie) is session
    clock.advance(1)
    assert book.find(cookie) is None


def test_cookies_and_marks_are_all_different(book: SessionBook) -> None:
    cookies = [book.begin(ScreenRole.THERAPIST) for _ in range(50)]
    marks = [session.csrf for cookie in cookies if (session := book.find(cookie))]
    assert len({*cookies, *marks}) == 100
    assert min(len(cookie) for cookie in cookies) >= 43  # 32 bytes


def test_another_device_is_sent_away_by_its_handle_alone(book: SessionBook) -> None:
    here = book.begin(ScreenRole.THERAPIST)
    tablet = book.begin(ScreenRole.RATER, remote=True, device="Tablet")
    ((handle, session),) = book.remote().items()
    assert session.device == "Tablet"
    assert not book.revoke("")
    assert not book.revoke(handle[:3])
    assert handle not in tablet
    assert book.revoke(handle)
    assert book.find(tablet) is None
    assert not book.holds(session)
    assert book.find(here) is not None


def test_it_is_quiet_since_the_last_touch_at_any_screen(
    book: SessionBook, clock: ManualClock
) -> None:
    one, _other = book.find(book.begin(ScreenRole.THERAPIST)), book.begin(ScreenRole.RATER)
    assert one is not None
    clock.advance(100)
    one.moment(clock)
    clock.advance(20)
    assert book.quiet_s == 20
    book.somebody_is_here()
    assert book.quiet_s == 0


def test_it_is_quiet_also_where_nobody_ever_came(book: SessionBook, clock: ManualClock) -> None:
    clock.advance(30)
    assert book.quiet_s == 30
