"""Claim: one link lets one browser in, and the first pages work in it."""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.web.conftest import App, running, watched


def status(url: str, **headers: str) -> int:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - this machine
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 - this machine
            return int(answer.status)
    except urllib.error.HTTPError as err:
        err.close()
        return err.code


def test_today_shows_who_is_due(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Due by their plan")).to_be_visible()
    expect(page.get_by_text("Sample practice: invented clients")).to_be_visible()


def test_a_client_is_taken_in_by_pseudonym_alone(page: Page) -> None:
    page.goto("/clients/new")
    page.get_by_role("button", name="Take in").click()
    page.wait_for_url(re.compile(r"/clients/TS-[0-9A-Z]{5}$"))


def test_a_link_works_once(app: App, page: Page) -> None:
    page.goto("/")
    assert status(app.start) == 401
    assert status(app.base + "/clients") == 401


def test_another_name_and_another_page_are_refused(app: App) -> None:
    assert status(app.base + "/", Host="evil.example") == 400
    assert status(app.base + "/", Origin="http://evil.example") == 403


@pytest.fixture
def new_record(tmp_path: Path) -> Iterator[App]:
    with running("--data", str(tmp_path / "store"), TISSUESENSE_PASSPHRASE="") as started:
        yield started


def test_first_start_makes_an_encrypted_record_with_a_code(
    new_record: App, chromium: Browser, tmp_path: Path
) -> None:
    context = chromium.new_context()
    for page in watched(context):
        page.goto(new_record.start)
        page.get_by_label("Passphrase").fill("far too secret to tell")
        page.get_by_label("The same again").fill("far too secret to tell")
        page.get_by_role("button", name="Make the record").click()
        code = page.locator(".code").inner_text()
        page.get_by_label("The last group of the code").fill("wrong")
        page.get_by_role("button", name="It is written down").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_label("The last group of the code").fill(code.rpartition("-")[2])
        page.get_by_role("button", name="It is written down").click()
        expect(page.get_by_text("No clients yet.")).to_be_visible()
        page.get_by_text("This screen").click()
        page.get_by_role("button", name="Lock the record").click()
        page.get_by_label("Passphrase").fill("far too secret to tell")
        page.get_by_role("button", name="Unlock").click()
        expect(page.get_by_text("No clients yet.")).to_be_visible()
    context.close()
    header = (tmp_path / "store" / "store.db").read_bytes()[:16]
    assert not header.startswith(b"SQLite format 3")


def test_a_port_that_is_taken_is_said(app: App) -> None:
    port = app.base.rpartition(":")[2]
    ended = subprocess.run(
        [sys.executable, "-m", "tissuesense", "app", "--demo", "--no-browser", "--port", port],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert ended.returncode == 2
    assert f"Port {port} cannot be used" in ended.stderr
    assert "Traceback" not in ended.stderr
