"""Claim: without any hardware a trace lives within five seconds, and a hand can practise a ramp."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from tests.e2e.web.conftest import App, running, watched
from tests.e2e.web.test_every_page import complaints

PAGES = ("/devices", "/devices/new", "/devices/new?model=gsv2", "/settings", "/about", "/practise")
PUSH_KPA = 840.0


@pytest.fixture(scope="module")
def app(cache: Path) -> Iterator[App]:
    """Give an app of this module's own: what is chosen here shows on its pages."""
    with running("--demo", XDG_CACHE_HOME=str(cache)) as started:
        yield started


def test_the_simulator_is_one_tap_away_and_lives_within_five_seconds(page: Page) -> None:
    page.goto("/devices")
    forget = page.get_by_role("button", name="Use another")
    if forget.count():
        forget.click()
    began_s = time.monotonic()
    page.get_by_role("button", name="Use the simulated gauge").click()
    expect(page.locator("#m-rate")).to_have_text(re.compile(r"^(79|80|81)\.\d Hz$"), timeout=5000)
    assert time.monotonic() - began_s < 5.0
    expect(page.locator("#m-zero")).to_have_text(re.compile(r"^-?\d\.\d\d N$"))
    expect(page.locator("#m-battery")).to_have_text("4.10 V")
    expect(page.locator("#m-age")).to_have_text("now")
    page.get_by_role("button", name="Stop watching").click()
    expect(page.locator("#m-state")).to_have_text("not watched")


def use_the_simulated(page: Page) -> None:
    page.goto("/devices")
    one_tap = page.get_by_role("button", name="Use the simulated gauge")
    if one_tap.count():
        one_tap.click()
        page.wait_for_url(re.compile("watch=1"))


def test_a_probe_takes_the_gauge_from_the_watching_and_answers_in_words(page: Page) -> None:
    use_the_simulated(page)
    page.goto("/devices")
    page.get_by_role("button", name="Watch the signal").click()
    expect(page.locator("#m-state")).to_have_text("sending", timeout=5000)
    page.get_by_role("button", name="Probe it").click()
    expect(page.locator("#job-probe progress")).to_be_visible()
    verdict = page.locator("#job-probe .finding")
    expect(verdict).to_contain_text("pain thresholds", timeout=25_000)
    expect(page.locator("#job-probe")).to_be_focused()  # it is read as soon as it is there


def test_the_record_is_verified_while_the_page_tells_how_far(page: Page) -> None:
    page.goto("/settings")
    page.get_by_role("button", name="Verify now").click()
    expect(page.locator("#job-verify")).to_contain_text(
        "The record is what was written.", timeout=30_000
    )


def press(page: Page, rate_kpa_s: float) -> None:
    """Drag up at a rate until the client says stop, as a steady hand would."""
    expect(page.locator("#word")).to_have_text("Press", timeout=15_000)
    box = page.locator("#push").bounding_box()
    assert box is not None
    x, low = box["x"] + box["width"] / 2, box["y"] + box["height"] - 10
    page.mouse.move(x, low)
    page.mouse.down()
    began_s = time.monotonic()
    while (passed_s := time.monotonic() - began_s) < 10.0:
        page.mouse.move(x, low - rate_kpa_s * passed_s / PUSH_KPA * box["height"] * 0.9)
        if state(page) in {"let go", "stop"}:
            break
        time.sleep(0.008)
    page.mouse.up()


def press_with_keys(page: Page) -> None:
    """Hold the key while it is too slow, until the client says stop."""
    expect(page.locator("#word")).to_have_text("Press", timeout=15_000)
    held = False
    began_s = time.monotonic()
    while time.monotonic() - began_s < 14 and (now := state(page)) not in {"let go", "stop"}:
        wanted = now in {"press", "faster", "wait"}
        if wanted != held:
            (page.keyboard.down if wanted else page.keyboard.up)("ArrowUp")
            held = wanted
        time.sleep(0.02)
    page.keyboard.press("ArrowDown")


def state(page: Page) -> str | None:
    return page.locator("#stage").get_attribute("data-state")


@contextmanager
def practising(page: Page, **chosen: str) -> Iterator[None]:
    """Begin a round, and leave none behind that goes on."""
    page.goto("/practise")
    for name, value in chosen.items():
        page.locator(f"input[name='{name}'][value='{value}']").check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile("/practise/round$"))
    try:
        yield
    finally:
        if page.locator("#stage").count():
            page.keyboard.press("Escape")
            expect(page.locator("#stage")).to_have_count(0, timeout=8000)


def test_a_hand_on_the_screen_practises_a_ramp_and_is_scored(page: Page) -> None:
    with practising(page, client="tender", rate="50", presses="1"):
        press(page, 50.0)
        # One that was let go too late, on a machine with much to do, is scored as well.
        expect(
            page.locator("#dots .rejected").or_(page.get_by_text("of 100 points"))
        ).to_be_visible(timeout=8000)
    expect(page.get_by_text("of 100 points")).to_be_visible(timeout=10_000)
    rate = float(page.locator("tbody td").first.inner_text())
    assert 35 < rate < 65
    page.get_by_role("link", name=re.compile("Choose anew")).click()
    expect(page.get_by_role("region", name="The rounds as a table")).to_contain_text(
        "on the screen"
    )


def test_keys_alone_practise_too(page: Page) -> None:
    with practising(page, client="tender", rate="50", presses="1"):
        press_with_keys(page)
        expect(
            page.locator("#dots .rejected").or_(page.get_by_text("of 100 points"))
        ).to_be_visible(timeout=8000)
    expect(page.get_by_text("of 100 points")).to_be_visible(timeout=10_000)
    assert page.locator("tbody tr").count() == 1


def test_a_demonstration_is_watched(page: Page) -> None:
    with practising(page, way="demonstration", client="tender", rate="100", presses="1"):
        expect(page.locator("#word")).to_have_text("Good", timeout=15_000)
        over = page.get_by_text("This is how the simulated hand pressed.")
        expect(over).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say_of_what_pages_become(
    signed_in: Callable[..., BrowserContext], scheme: str
) -> None:
    context = signed_in(color_scheme=scheme, reduced_motion="reduce")
    for page in watched(context):
        use_the_simulated(page)
        page.goto("/devices?watch=1")
        expect(page.locator("#m-state")).to_have_text("sending", timeout=5000)
        assert complaints(page) == []
        for section in ("doctor", "probe"):
            page.locator(f"form[action='/devices/{section}'] button").click()
        expect(page.locator("#job-doctor, #job-probe .finding")).to_have_count(2, timeout=25_000)
        assert complaints(page) == []
        page.goto("/devices/new?model=gsv2")
        assert complaints(page) == []
        page.goto("/settings")
        page.get_by_role("button", name="Verify now").click()
        expect(page.locator("#job-verify.notice")).to_be_visible(timeout=30_000)
        assert complaints(page) == []
        with practising(page, client="tender", rate="50", presses="1"):
            press_with_keys(page)
            assert complaints(page) == []
        expect(page.locator(".result")).to_be_visible(timeout=10_000)
        assert complaints(page) == []
        page.goto("/practise")
        assert complaints(page) == []
    context.close()


@pytest.mark.parametrize("width", [683, 320])
@pytest.mark.parametrize("path", PAGES)
def test_pages_reflow(signed_in: Callable[..., BrowserContext], path: str, width: int) -> None:
    context = signed_in(viewport={"width": width, "height": 384})
    for page in watched(context):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
    context.close()


def test_pages_work_without_script(signed_in: Callable[..., BrowserContext]) -> None:
    context = signed_in(java_script_enabled=False)
    page = context.new_page()
    page.goto("/settings")
    page.get_by_role("radio", name="kgf/cm²").check()
    page.locator("form[action='/settings/computer'] button").click()
    expect(page.locator("input[value='kgf/cm2']")).to_be_checked()
    use_the_simulated(page)
    page.goto("/devices")
    page.get_by_role("button", name="Probe it").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.locator("form[action='/jobs/probe/end'] button").click()
    page.goto("/settings")
    page.get_by_role("radio", name="kPa").check()
    page.locator("form[action='/settings/computer'] button").click()
    context.close()
