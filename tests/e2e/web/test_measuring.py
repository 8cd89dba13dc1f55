"""Claim: with a gauge on a real port and a real browser, measuring needs no touch after Start."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.web.hand_on_gauge import HandOnGauge

pytestmark = pytest.mark.timeout(180)
RATE_N_S = 3.0  # 30 kPa/s on a tip of 1 cm2
POST = """async ([url, fields]) => {
    const answer = await fetch(url, {
        method: "POST", headers: { "x-csrf": document.body.dataset.csrf },
        body: new URLSearchParams(fields),
    });
    return answer.url;
}"""


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[HandOnGauge]:
    with HandOnGauge(tmp_path / "gauge") as on_it:
        yield on_it


def stage(page: Page, state: str, timeout_s: float = 20) -> None:
    expect(page.locator("#stage")).to_have_attribute("data-state", state, timeout=1000 * timeout_s)


def begin(page: Page, hand: HandOnGauge, *sites: str, **fields: object) -> str:
    """Start a visit of a client and a round in it; return the visit's address."""
    page.goto("/clients")
    client = page.locator("tbody a").first.inner_text()
    reached = page.evaluate(POST, [f"/clients/{client}/visits", []])
    visit = re.search(r"V-[0-9A-Z]{8}", reached)
    assert visit is not None
    stated = {
        "gauge": hand.url, "kind": "ppt", "block": "pre", "preset": "somedic30",
        "probe_area_cm2": "1", "pause_s": "2", "rest_s": "0", **fields,
    }  # fmt: skip
    pairs = [["site", site] for site in sites] + [[k, str(v)] for k, v in stated.items()]
    assert page.evaluate(POST, [f"/visits/{visit[0]}/measure", pairs]).endswith("/measure")
    page.goto("/measure")
    return f"/visits/{visit[0]}"


def end(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Measured")).to_be_visible()


def test_three_presses_are_recorded_without_a_touch_and_the_next_site_comes(
    page: Page, hand: HandOnGauge
) -> None:
    begin(page, hand, "trapezius_upper.left", "infraspinatus.left", trials=2)
    for _ in range(2):
        stage(page, "press")
        hand.press(RATE_N_S, 3.5)
        stage(page, "good", 1)
        hand.let_go()
        stage(page, "accepted", 5)
        expect(page.locator("#verdict")).to_contain_text("Accepted")
        page.wait_for_timeout(1500)
    expect(page.locator(".dot.accepted")).to_have_count(2)
    stage(page, "next")
    expect(page.locator("#beside")).to_contain_text("Left Infraspinatus")
    stage(page, "press")
    end(page)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("2 of 2")
    expect(rows.first).to_contain_text("hidden until felt")
    expect(rows.last).to_contain_text("Stopped before")


@pytest.mark.parametrize(("times", "word"), [(2.0, "Slower"), (0.5, "Faster")])
def test_the_wrong_rate_is_said_by_word_and_shape(
    page: Page, hand: HandOnGauge, times: float, word: str
) -> None:
    begin(page, hand, "trapezius_upper.left")
    stage(page, "press")
    shape = page.locator("#shape-path")
    before = shape.get_attribute("d")
    hand.press(times * RATE_N_S, 1.5)
    stage(page, word.lower(), 1)
    expect(page.locator("#word")).to_have_text(word)
    assert shape.get_attribute("d") != before
    hand.press(times * RATE_N_S, 1.5)
    hand.let_go()
    stage(page, "again", 5)
    expect(page.locator("#verdict")).to_contain_text("Too fast" if times > 1 else "Too slow")
    end(page)


def test_the_limit_fills_the_screen_and_is_no_threshold(page: Page, hand: HandOnGauge) -> None:
    visit = begin(page, hand, "trapezius_upper.left", trials=1)
    stage(page, "press")
    hand.press(40.0, 2.4)
    stage(page, "stop", 2)
    expect(page.get_by_role("alert")).to_have_text("STOP")
    hand.let_go()
    expect(page.get_by_role("heading", name="Measured")).to_be_visible(timeout=20_000)
    expect(page.locator("tbody tr").first).to_contain_text("limit")
    page.goto(f"{visit}/feel")


@pytest.mark.parametrize("held_s", [0.0, 0.3], ids=["on the ramp", "while held"])
def test_a_gauge_that_falls_silent_is_said_and_what_it_sent_is_kept(
    page: Page, hand: HandOnGauge, held_s: float
) -> None:
    begin(page, hand, "trapezius_upper.left", trials=1)
    stage(page, "press")
    hand.begin(RATE_N_S)
    page.wait_for_timeout(1500)
    if held_s:
        hand.press(0.0, held_s)
    hand.gauge.unplug()
    stage(page, "nodata", 2)
    expect(page.locator("#word")).to_contain_text("No data")
    hand.let_go()
    hand.gauge.plug()
    expect(page.locator("#stage")).not_to_have_attribute("data-state", "nodata", timeout=20_000)
    stage(page, "press", 20)
    hand.press(RATE_N_S, 3.5)
    hand.let_go()
    stage(page, "accepted", 5)
    expect(page.get_by_role("heading", name="Measured")).to_be_visible(timeout=20_000)
    expect(page.locator("tbody tr").first).to_contain_text("1 of")


def test_the_last_press_is_taken_back_by_a_key_and_given_back(
    page: Page, hand: HandOnGauge
) -> None:
    begin(page, hand, "trapezius_upper.left", trials=2)
    stage(page, "press")
    hand.press(RATE_N_S, 3.0)
    hand.let_go()
    expect(page.locator(".dot.accepted")).to_have_count(1)
    page.keyboard.press("PageUp")
    expect(page.locator(".dot.rejected")).to_have_count(1)
    expect(page.locator("#verdict")).to_contain_text("Taken back")
    page.keyboard.press("u")
    expect(page.locator(".dot.accepted")).to_have_count(1)
    page.keyboard.press("r")
    expect(page.locator(".dot.rejected")).to_have_count(1)
    end(page)


def test_the_client_says_stop_by_a_presenters_key(page: Page, hand: HandOnGauge) -> None:
    begin(page, hand, "trapezius_upper.left", trials=1)
    stage(page, "press")
    hand.press(RATE_N_S, 3.0)
    page.keyboard.press("PageDown")
    stage(page, "let go", 2)
    hand.let_go()
    stage(page, "accepted", 5)
    end(page)


def test_a_closed_tab_loses_nothing(page: Page, hand: HandOnGauge) -> None:
    begin(page, hand, "trapezius_upper.left", trials=1)
    stage(page, "press")
    page.goto("about:blank")
    hand.press(RATE_N_S, 3.5)
    hand.let_go()
    page.wait_for_timeout(8000)
    page.goto("/measure")
    expect(page.locator("tbody tr").first).to_contain_text("1 of 1")
