"""A visit beside the gauge: felt, treated, summed up, signed, printed; by keyboard and by touch."""

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

pytestmark = pytest.mark.timeout(300)
CLIENT = "TS-3ET9E"


@pytest.fixture
def visit(page: Page) -> str:
    """Open today's visit of a client of the sample practice and give its address."""
    return _opened(page, CLIENT)


@pytest.fixture
def own_visit(page: Page) -> str:
    """Open a visit of a new client: what is signed there is signed for no other test."""
    page.goto("/clients/new")
    page.get_by_role("button", name="Take in").click()
    page.wait_for_url(re.compile(r"/clients/TS-\w+$"))
    return _opened(page, page.url.rpartition("/")[2])


def _opened(page: Page, client: str) -> str:
    page.goto(f"/clients/{client}/reports")
    reached = page.evaluate(
        """async (client) => {
            const answer = await fetch(`/clients/${client}/visits`, {
                method: "POST", headers: { "x-csrf": document.body.dataset.csrf },
            });
            return answer.url;
        }""",
        client,
    )
    # A new client's visit begins with the intake, which names it too.
    found = re.search(r"V-\w+", reached)
    assert found is not None
    return f"/visits/{found[0]}"


def _kept(download: Download, folder: Path) -> Path:
    out = folder / download.suggested_filename
    download.save_as(out)
    return out


def test_palpation_by_keyboard_alone_is_saved_as_it_is_touched(page: Page, visit: str) -> None:
    page.goto(f"{visit}/feel?site=masseter&side=left")
    card = page.locator("#masseter-left")
    card.locator("[name=tenderness]").first.focus()
    with page.expect_response(lambda a: a.url.endswith("/feel") and a.request.method == "POST"):
        page.keyboard.press("Space")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
    expect(card.locator("[data-saved]")).to_have_text("Saved")
    page.reload()
    expect(page.locator("#masseter-left [name=tenderness][value='2']")).to_be_checked()
    page.goto(f"{visit}/feel?site=temporalis")
    ids = page.locator(".site").evaluate_all("all => all.map((one) => one.id)")
    assert len(ids) >= 3
    focused = "document.activeElement.closest('.site')?.id"
    for key, place in (("n", 0), ("n", 1), ("n", 2), ("p", 1)):
        page.keyboard.press(key)
        assert page.evaluate(focused) == ids[place]


def test_a_touch_is_taken_back(tablet: Page, visit: str) -> None:
    tablet.goto(f"{visit}/feel?site=temporalis&side=right")
    card = tablet.locator("#temporalis-right")
    for value in ("1", "3"):
        with tablet.expect_response(lambda a: a.url.endswith("/feel") and a.ok):
            card.locator(f"[name=tenderness][value='{value}']").tap()
        expect(card.locator("[data-saved]")).to_have_text("Saved")
    tablet.wait_for_timeout(500)  # the toast of the second touch takes the place of the first one's
    with tablet.expect_response(lambda a: a.url.endswith("/feel") and a.ok):
        tablet.get_by_role("button", name="Undo").tap()
    tablet.goto(f"{visit}/feel")
    expect(tablet.locator("#temporalis-right [name=tenderness][value='1']")).to_be_checked()


def test_targets_at_the_table_are_large_enough_for_gloves(tablet: Page, visit: str) -> None:
    tablet.goto(f"{visit}/feel?site=masseter&side=left")
    sizes = tablet.locator(".site .segments span, .page-head .button").evaluate_all(
        "all => all.filter((one) => one.offsetParent).map((one) => one.offsetHeight)"
    )
    assert sizes
    assert min(sizes) >= 64


def test_the_value_of_a_site_is_not_on_the_page_where_it_is_felt(page: Page) -> None:
    page.goto(f"/clients/{CLIENT}/reports")
    latest = page.locator("a[href*='/reports/visits/'][href$='.html']").nth(1)
    measured = re.search(r"V-\w+", latest.get_attribute("href") or "")
    assert measured is not None
    page.goto(f"/visits/{measured[0]}/feel")
    assert "kPa" not in page.content()
    expect(page.locator("[data-seen]").first).to_contain_text("after seeing its value")


def test_the_time_of_a_treatment_survives_a_reload(page: Page, visit: str) -> None:
    page.goto(f"{visit}/treat?site=masseter&side=left")
    page.get_by_role("button", name="Start the time").click()
    timer = page.get_by_role("timer")
    expect(timer).to_be_visible()
    page.wait_for_timeout(1200)
    page.reload()
    assert timer.inner_text() != "0:00"
    with page.expect_response(lambda a: "/doses/" in a.url and a.ok):
        page.locator(".going [data-good]").click()
    expect(page.locator(".going [name=nrs_during][value='6']")).to_be_checked()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("timer")).to_have_count(0)
    expect(page.locator(".dose summary").last).to_contain_text("6/10")
    expect(page.locator(".plotted svg").first).to_have_attribute(
        "aria-label", re.compile("treatment")
    )


def test_a_note_is_kept_signed_and_amended(page: Page, own_visit: str) -> None:
    page.goto(f"{own_visit}/summary")
    plan = page.get_by_label("Plan")
    with page.expect_response(lambda a: a.url.endswith("/note") and a.ok):
        plan.fill("Again in two weeks.")
        plan.blur()
    page.reload()
    expect(plan).to_have_value("Again in two weeks.")
    page.get_by_label("Name").fill("M. Example")
    page.locator("#sign").get_by_role("button", name="Sign").click()
    expect(page.locator("#signed")).to_contain_text("all that stands here")
    expect(page.locator(".page-head .primary")).to_have_text("Report")
    plan.fill("Again in three weeks.")
    page.get_by_role("button", name="Change, with its reason").click()
    expect(page.get_by_role("alert")).to_contain_text("needs its reason")
    expect(plan).to_have_value("Again in three weeks.")
    page.get_by_label("Reason for the change").fill("misheard")
    page.get_by_role("button", name="Change, with its reason").click()
    signed = page.locator("#signed")
    for told in ("amended", "Again in two weeks.", "Again in three weeks.", "misheard", "not for"):
        expect(signed).to_contain_text(told)


def test_the_trend_has_the_same_numbers_in_plot_table_and_file(page: Page, tmp_path: Path) -> None:
    page.goto(f"/clients/{CLIENT}/trend?site=trapezius_upper&side=left&quantity=ppt_kpa")
    plot = page.locator(".plotted svg")
    expect(page.locator(".found")).to_contain_text("measurement error")
    told = plot.get_attribute("aria-label") or ""
    rows = page.locator(".same tbody tr")
    assert rows.count() >= 6
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    with _kept(waiting.value, tmp_path).open(encoding="utf-8", newline="") as file:
        header, *kept = list(csv.reader(file))
    assert len(kept) == rows.count()
    for row, cells in zip(kept, rows.all(), strict=True):
        shown = cells.locator("td").first.inner_text()
        assert shown == f"{float(row[1]):.0f}"
        assert f"{shown} kPa" in told
    assert "Tenderness" in header
    for form, first in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as waiting:
            page.get_by_role("link", name=form).click()
        assert _kept(waiting.value, tmp_path).read_bytes().lstrip().startswith(first)


def test_a_report_is_looked_at_and_kept(page: Page, tmp_path: Path) -> None:
    page.goto(f"/clients/{CLIENT}/reports")
    page.locator("a[href$='/course.html']").click()
    expect(page.locator("h1").first).to_have_text("The course of care")
    # Its own style holds: the page is set in a column, in its colours.
    width = page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth")
    assert width != "none"
    page.go_back()
    with page.expect_download() as waiting:
        page.locator("a[href*='/client.pdf?paper=letter']").click()
    assert _kept(waiting.value, tmp_path).read_bytes().startswith(b"%PDF")
    page.get_by_label("JSON, everything", exact=False).check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Export").click()
    assert json.loads(_kept(waiting.value, tmp_path).read_text(encoding="utf-8"))


def test_numbers_are_computed_again_beside_the_old_ones(page: Page) -> None:
    page.goto(f"/clients/{CLIENT}/reports")
    report = page.locator("a[href*='/reports/visits/'][href$='.html']").last
    first = re.search(r"V-\w+", report.get_attribute("href") or "")
    assert first is not None
    page.goto(f"/visits/{first[0]}/summary#measurements")
    page.get_by_role("link", name="Numbers and versions").first.click()
    raw = page.locator("[data-raw]").inner_text()
    columns = page.locator(".versions thead th").count()
    page.get_by_role("button", name="Compute again with this version").click()
    expect(page.locator(".versions thead th")).to_have_count(columns + 1)
    assert page.locator("[data-raw]").inner_text() == raw
    assert "differ from the analysis before" in page.content()


@pytest.mark.parametrize("path", ["feel", "treat", "summary"])
def test_a_page_at_twice_the_size_scrolls_one_way_only(page: Page, visit: str, path: str) -> None:
    page.set_viewport_size({"width": 640, "height": 480})
    page.goto(f"{visit}/{path}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("path", ["feel", "treat", "summary"])
def test_a_page_works_without_script(signed_in: object, visit: str, path: str) -> None:
    context = signed_in(java_script_enabled=False)  # type: ignore[operator]  # the fixture's window
    page = context.new_page()
    page.goto(f"{visit}/{path}")
    expect(page.locator("h1")).to_be_visible()
    if path == "feel":
        page.goto(f"{visit}/feel?site=soleus&side=left")
        page.locator("#soleus-left [name=tenderness][value='1']").check(force=True)
        page.locator("#soleus-left").locator("[data-without-script]").click()
        expect(page.locator("#soleus-left [name=tenderness][value='1']")).to_be_checked()
    context.close()
