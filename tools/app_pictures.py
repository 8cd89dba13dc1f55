#!/usr/bin/env python3
"""Take the pictures of the app: the real program, a real browser, the sample practice.

Run ``python tools/app_pictures.py``; it writes docs/images/app-*.png. It needs chromium.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
TABLET = ViewportSize(width=1180, height=820)
_GAUGE = "sim:?subject=desk_worker&seed=4"
_POST = """async ([url, fields]) => (await fetch(url, {
    method: "POST", headers: {"x-csrf": document.body.dataset.csrf},
    body: new URLSearchParams(fields)})).url"""


def main() -> None:
    """Write the pictures."""
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    program = subprocess.Popen(
        [sys.executable, "-m", "tissuesense", "app", "--demo", "--no-browser"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    if program.stdout is None:
        return
    start = program.stdout.readline().split()[1]
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport=TABLET, base_url=start.partition("/start")[0])
            page.goto(start)
            _pages(page)
            browser.close()
    finally:
        program.terminate()
        program.wait()


def _pages(page: Page) -> None:
    page.goto("/clients")
    client = page.locator("tbody a").first.inner_text()
    page.goto(f"/clients/{client}")
    page.screenshot(path=IMAGES / "app-client.png")
    reached: str = page.evaluate(_POST, [f"/clients/{client}/visits", []])
    visit = re.findall(r"V-[0-9A-Z]{8}", reached)[0]
    page.goto(f"/visits/{visit}/begin")
    page.screenshot(path=IMAGES / "app-begin.png")
    fields = [["site", "trapezius_upper.left"], ["gauge", _GAUGE], ["preset", "somedic30"]]
    page.evaluate(_POST, [f"/visits/{visit}/measure", [*fields, ["kind", "ppt"]]])
    page.goto("/measure")
    page.locator(".dot.accepted").first.wait_for(timeout=60_000)
    page.locator("#stage[data-state=good]").wait_for(timeout=60_000)
    page.wait_for_timeout(1500)
    page.locator("#stage[data-state=good]").wait_for(timeout=60_000)
    page.screenshot(path=IMAGES / "app-measure.png")
    page.keyboard.press("Escape")


if __name__ == "__main__":
    main()
