"""Claim: every page is accessible, in light and dark, in every language, and fits its screen."""

from collections.abc import Callable, Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext, Page
from tests.e2e.web.conftest import TABLET, watched

from tissuesense.web.language import LANGUAGES

pytestmark = pytest.mark.timeout(300)
AXE = Path(axe_playwright_python.__path__[0]) / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIXED = (
    "/", "/clients", "/clients/new", "/measure", "/reports", "/practise", "/devices",
    "/settings", "/about", "/nothing/here",
)  # fmt: skip
OF_A_CLIENT = ("", "/intake", "/plan", "/reports")
OF_A_VISIT = ("/begin", "/feel", "/measure", "/treat", "/summary")
FIND = """async (rules) => {
    const found = await axe.run(document, { runOnly: { type: "tag", values: rules } });
    return found.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`);
}"""


def pages_of(page: Page) -> Iterator[str]:
    """Yield every page: fixed ones, those of a client with a long story, those of a visit."""
    yield from FIXED
    page.goto("/clients")
    client = page.locator("tbody a").first.get_attribute("href")
    yield from (f"{client}{part}" for part in OF_A_CLIENT)
    page.goto(str(client))
    trend = page.locator("a[href*='/trend?']").first.get_attribute("href")
    visit = page.locator("main a[href^='/visits/']").first.get_attribute("href")
    yield str(trend)
    yield from (f"{visit}{part}" for part in OF_A_VISIT)


def complaints(page: Page) -> list[str]:
    # Into the page's own world, past its policy, as a developer's console does.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(FIND, RULES)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_to_say(
    signed_in: Callable[..., BrowserContext], language: str, scheme: str
) -> None:
    context = signed_in(locale=language, color_scheme=scheme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for page in unwatched(context):
        for path in pages_of(page):
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == language
            if said := complaints(page):
                found[path] = said
    context.close()
    assert found == {}


@pytest.mark.parametrize(("width", "zoom"), [(1366, 1), (TABLET["width"], 1), (640, 1), (320, 1)])
def test_no_page_has_to_be_scrolled_sideways(
    signed_in: Callable[..., BrowserContext], width: int, zoom: int
) -> None:
    """A laptop at 200 % has 683 pixels; 320 is the narrowest that text must fit (WCAG 1.4.10)."""
    context = signed_in(viewport={"width": width // zoom, "height": 768})
    found: dict[str, int] = {}
    for page in unwatched(context):
        for path in pages_of(page):
            page.goto(path)
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                found[path] = over
    context.close()
    assert found == {}


def test_no_page_complains_in_its_console_or_asks_anybody_else(
    signed_in: Callable[..., BrowserContext],
) -> None:
    context = signed_in()
    for page in watched(context):
        for path in pages_of(page):
            if path != "/nothing/here":
                page.goto(path)
                page.wait_for_timeout(100)
    context.close()


def test_every_control_is_large_enough_for_oily_fingers(
    signed_in: Callable[..., BrowserContext],
) -> None:
    context = signed_in(viewport=TABLET, has_touch=True)
    small: dict[str, list[str]] = {}
    for page in unwatched(context):
        for path in pages_of(page):
            page.goto(path)
            found: list[str] = page.evaluate(
                """() => [...document.querySelectorAll("button, .button, select, summary, input")]
                    .filter((e) => e.type !== "hidden" && e.checkVisibility())
                    .map((e) => [e, [e, e.labels?.[0], e.closest(".check")]
                        .filter(Boolean).map((one) => one.getBoundingClientRect())
                        .reduce((a, b) => (b.height > a.height ? b : a))])
                    .filter(([, box]) => box.width && (box.height < 43.5 || box.width < 24))
                    .map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""
            )
            if found:
                small[path] = found
    context.close()
    assert small == {}


def unwatched(context: BrowserContext) -> Iterator[Page]:
    yield context.new_page()
