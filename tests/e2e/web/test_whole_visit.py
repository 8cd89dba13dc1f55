"""Claim: a visit from intake to report by keyboard alone, the gauge on a real port between."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.web.hand_on_gauge import HandOnGauge
from tests.e2e.web.test_intake_flow import saved, tab_to
from tests.e2e.web.test_measuring import RATE_N_S, stage

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def hand(tmp_path: Path) -> Iterator[HandOnGauge]:
    with HandOnGauge(tmp_path / "gauge") as on_it:
        yield on_it


def press_enter_on(page: Page, role: str, name: str) -> None:
    main = page.locator("main")
    wanted = main.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]  # a role
    page.wait_for_load_state()
    main.focus()
    tab_to(page, wanted, most=300)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def three_presses(page: Page, hand: HandOnGauge, n_per_s: float) -> None:
    for _ in range(3):
        stage(page, "press", 30)
        hand.press(n_per_s, 3.5)
        hand.let_go()
        stage(page, "accepted", 5)
        page.wait_for_timeout(2000)


def measure(page: Page, hand: HandOnGauge, n_per_s: float) -> None:
    """Choose one site, the gauge and no rest, start, and press three times."""
    boxes = page.locator("input[name=site]:checked")
    for number in range(1, boxes.count()):
        tab_to(page, page.locator("input[name=site]").nth(number))
        page.keyboard.press("Space")
    gauge = page.get_by_label("Gauge")
    tab_to(page, gauge)
    page.keyboard.press("Control+a")
    page.keyboard.type(hand.url)
    tab_to(page, page.locator("summary", has_text="Protocol"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Rest between two presses"))
    page.keyboard.type("0")
    press_enter_on(page, "button", "Start")
    page.wait_for_url("**/measure")
    three_presses(page, hand, n_per_s)
    expect(page.get_by_role("heading", name="Measured")).to_be_visible(timeout=20_000)


def told(page: Page) -> None:
    """Take a client in, start a visit, and tell of a headache."""
    page.goto("/")
    press_enter_on(page, "link", "New client")
    press_enter_on(page, "button", "Take in")
    page.wait_for_url(re.compile(r"/clients/TS-\w{5}$"))
    press_enter_on(page, "button", "Start visit")
    page.wait_for_url(re.compile("/intake"))

    tab_to(page, page.get_by_role("link", name=re.compile("Headache")))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("add=headache"))
    card = page.locator("form.complaint").last
    tab_to(page, card.locator("input[name=nrs_now]").first)
    page.keyboard.press("Space")
    saved(card)
    press_enter_on(page, "link", "Where to begin")
    page.wait_for_url(re.compile("/begin"))


def felt(page: Page) -> None:
    """Choose what is commonly checked, and feel the first of it."""
    tab_to(page, page.get_by_role("button", name="The first 4"))
    page.keyboard.press("Enter")
    expect(page.locator("input[name=site]:checked").first).to_be_attached()
    press_enter_on(page, "link", "Feel")
    page.wait_for_url(re.compile("/feel"))

    tab_to(page, page.locator("input[name=tenderness]").first)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(500)
    press_enter_on(page, "link", "Measure")
    page.wait_for_url(re.compile(r"/visits/.*/measure"))


def summed_up(page: Page) -> None:
    """Write the plan, sign, and ask for the report."""
    expect(page.get_by_label("Objective: what was found")).to_have_value(re.compile("kPa"))
    tab_to(page, page.get_by_label("Plan"), most=200)
    with page.expect_response(lambda answer: answer.url.endswith("/note") and answer.ok):
        page.keyboard.type("Again in a week.")
        page.keyboard.press("Tab")
    tab_to(page, page.get_by_label("Name"), most=200)
    page.keyboard.type("M. Example")
    tab_to(page, page.locator("#sign").get_by_role("button", name="Sign"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#signed")).to_contain_text("all that stands here")
    press_enter_on(page, "link", "Report")
    page.wait_for_url(re.compile("/reports"))
    expect(page.get_by_role("heading", name="Reports")).to_be_visible()


def test_a_visit_from_intake_to_report_by_keys_alone(page: Page, hand: HandOnGauge) -> None:
    told(page)
    felt(page)
    measure(page, hand, RATE_N_S)
    expect(page.locator("tbody tr").first).to_contain_text("kPa")
    expect(page.locator("tbody tr").first).to_contain_text("says it is tender")

    press_enter_on(page, "link", "Treat")
    page.wait_for_url(re.compile("/treat"))
    press_enter_on(page, "link", "Measure again")
    page.wait_for_url(re.compile("block=post"))
    measure(page, hand, RATE_N_S)
    press_enter_on(page, "link", "Summary")
    page.wait_for_url(re.compile("/summary"))
    summed_up(page)
