"""Claim: practising needs no client, leaves no trace in the record, and is scored day by day."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tests.unit.web.browsing import Browser, browsing

from tissuesense.core.clock import SystemClock
from tissuesense.services.practising.kept_scores import FILE, KeptScore
from tissuesense.store.opening import open_store
from tissuesense.web.desk import Desk
from tissuesense.web.house import House
from tissuesense.web.practice_plot import progress_plot
from tissuesense.web.sessions import ScreenRole, SessionBook


@pytest.fixture
def timed(tmp_path: Path, rng: np.random.Generator) -> Iterator[Browser]:
    """Give a browser at a house whose time passes, as that of a hand does."""
    clock = SystemClock()
    open_store(tmp_path / "store", clock=clock, create=True, plain=True).close()
    house = House(desk=Desk(tmp_path / "store", clock=clock, rng=rng), sessions=SessionBook(clock))
    with browsing(house) as opened:
        yield opened


def pressed(browser: Browser, *, rate_kpa_s: float, most_s: float = 14.0) -> None:
    """Press once, as the pad of the page would, until the client says stop."""
    held = browser.house.practising.round
    assert held is not None
    for _ in range(200):
        browser.wait(0.02)
        if held.view.progress is not None and held.view.progress.view.phase == "armed":
            break
    clock = browser.house.desk.clock
    began_s = clock.monotonic_s()
    while (passed_s := clock.monotonic_s() - began_s) < most_s:
        browser.house.practising.push(rate_kpa_s * passed_s / 840.0)
        browser.wait(0.02)
        if held.view.progress is None or held.view.progress.view.cue == "let go":
            break
    browser.house.practising.push(0.0)


def test_a_round_is_chosen_pressed_and_scored(timed: Browser, tmp_path: Path) -> None:
    entries = timed.at(lambda store: store.ledger.head()[0])
    answer = timed.form(
        "/practise", {"way": "hand", "client": "tender", "rate": "100", "presses": "1"}
    )
    assert answer.headers["location"] == "/practise/round"
    page = timed.follow(answer).text
    assert 'data-live="/practise/live"' in page
    assert 'role="slider"' in page
    pressed(timed, rate_kpa_s=100.0)
    for _ in range(200):
        if not timed.house.practising.busy:
            break
        timed.wait(0.02)
    over = timed.get("/practise/round").text
    assert "of 100 points" in over
    assert "what the client felt" in over
    (kept,) = timed.house.practising.scores.all()
    assert kept.accepted == 1
    assert kept.rate_error == pytest.approx(0.0, abs=0.1)
    assert f"{kept.points}</strong>" in timed.get("/practise").text
    assert (tmp_path / "store" / FILE).exists()
    assert timed.at(lambda store: store.ledger.head()[0]) == entries


def test_a_round_can_be_ended_without_script(timed: Browser) -> None:
    timed.form("/practise", {"way": "hand"})
    assert timed.get("/practise/round").status_code == 200
    assert timed.form("/practise", {"way": "hand"}).status_code == 409
    timed.form("/practise/round/end")
    timed.wait(1.0)
    assert not timed.house.practising.busy
    assert "no press long enough" in timed.get("/practise/round").text
    assert timed.house.practising.scores.all() == ()


def test_without_a_gauge_of_ones_own_the_cushion_is_not_offered(browser: Browser) -> None:
    assert 'value="gauge"' not in browser.get("/practise").text
    answer = browser.form("/practise", {"way": "gauge"})
    assert answer.status_code == 422
    assert "No gauge was chosen." in answer.text
    browser.house.gauge_url = "serial:///dev/ttyUSB9?model=mark10"
    assert 'value="gauge"' in browser.get("/practise").text


def test_a_gauge_that_is_not_there_is_said(timed: Browser) -> None:
    timed.house.gauge_url = "serial:///dev/there-is-none?model=mark10"
    timed.form("/practise", {"way": "gauge"})
    for _ in range(100):
        if not timed.house.practising.busy:
            break
        timed.wait(0.05)
    page = timed.get("/practise/round")
    assert page.status_code == 200
    assert "there-is-none" in page.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"way": "telepathy"},
        {"client": "TS-3ET9E"},
        {"rate": "31"},
        {"rate": "fast"},
        {"rate": "nan"},
        {"presses": "0"},
        {"presses": "1e9"},
        {"presses": "9" * 400},
    ],
)
def test_what_cannot_be_practised_is_refused_in_words(
    browser: Browser, wrong: dict[str, str]
) -> None:
    answer = browser.form("/practise", {"way": "hand"} | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_without_a_round_there_is_nothing_to_look_at(browser: Browser) -> None:
    assert browser.get("/practise/round").headers["location"] == "/practise"
    assert browser.form("/practise/round/end").status_code == 303
    assert browser.form("/practise/round/nonsense").status_code == 422


def test_each_sees_their_own_rounds(browser: Browser) -> None:
    scores = browser.house.practising.scores
    for points, who in ((61, ""), (72, "M. Example"), (83, "M. Example")):
        scores.add(kept(points, who=who))
    assert "61</strong>" in browser.get("/practise").text
    browser.session.actor = "M. Example"
    page = browser.get("/practise").text
    assert "83</strong>" in page
    assert "61</strong>" not in page
    assert "<svg viewBox" in page
    assert " style=" not in page


def test_a_rater_practises_and_the_front_desk_does_not(browser: Browser) -> None:
    assert browser.beside(ScreenRole.RATER).get("/practise").status_code == 200
    assert browser.beside(ScreenRole.FRONT_DESK).get("/practise").status_code == 403


def kept(points: int, *, day: int = 5, way: str = "hand", who: str = "") -> KeptScore:
    return KeptScore(
        at=datetime(2026, 1, day, 9, tzinfo=UTC),
        way=way,
        target_kpa_s=30.0,
        presses=3,
        accepted=2,
        points=points,
        who=who,
    )


def test_more_points_stand_higher_and_days_in_their_order() -> None:
    plot = progress_plot([kept(0), kept(50, day=6), kept(100, day=7, way="gauge")])
    assert plot is not None
    heights = [dot.y for dot in plot.dots]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == plot.bottom
    assert [dot.by_gauge for dot in plot.dots] == [False, False, True]
    assert [one.at.day for _, one in plot.days] == [5, 6, 7]


def test_one_round_is_no_progress() -> None:
    assert progress_plot([kept(50)]) is None
