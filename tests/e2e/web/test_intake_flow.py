"""Claim: from a new client to the sites of a visit, by keys or by touch, and nothing is lost."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from tests.e2e.web.conftest import watched

# What the browser draws round whatever has the focus: a line round it, round what stands for it
# (a radio button lies under its word), or along the border of a shape.
FOCUS_IS_SEEN = """() => {
  const here = document.activeElement;
  if (!here || here === document.body) return "nothing has the focus";
  const seen = (one, name) => one && parseFloat(getComputedStyle(one)[name]) > 0;
  const ringed = (one) =>
    seen(one, "outlineWidth") && getComputedStyle(one).outlineStyle !== "none";
  if (ringed(here) || ringed(here.nextElementSibling)) return "";
  if (here.ownerSVGElement && parseFloat(getComputedStyle(here).strokeWidth) > 1) return "";
  return here.outerHTML.slice(0, 200);
}"""
AT_ANCHOR = """shape => {
  const at = new DOMPoint(shape.dataset.x, shape.dataset.y);
  const on = at.matrixTransform(shape.ownerSVGElement.getScreenCTM());
  return [on.x, on.y];
}"""


def new_client(page: Page) -> str:
    page.goto("/clients/new")
    page.get_by_role("button", name="Take in").click()
    page.wait_for_url(re.compile(r"/clients/TS-\w{5}$"))
    return page.url.rpartition("/")[2]


def new_visit(page: Page) -> str:
    page.get_by_role("button", name="Start visit").click()
    page.wait_for_url(re.compile(r"V-\w{8}"))
    found = re.search(r"V-\w{8}", page.url)
    assert found is not None
    return found.group()


def tab_to(page: Page, wanted: Locator, *, most: int = 120) -> None:
    """Press Tab until something has the focus; it must be seen at every stop."""
    page.wait_for_load_state()  # a page that is still arriving takes the focus away with it
    for _ in range(most):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_SEEN) == ""
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    pytest.fail(f"Tab does not come to {wanted}.")


def saved(card: Locator) -> None:
    expect(card.locator("[data-saved]")).to_have_text("Saved.")


def tap(page: Page, shape: Locator) -> None:
    shape.scroll_into_view_if_needed()
    x, y = shape.evaluate(AT_ANCHOR)
    page.mouse.click(x, y)


def ticked(page: Page) -> list[str]:
    boxes = page.locator("input[name=site]:checked").all()
    return sorted(box.get_attribute("value") or "" for box in boxes)


def box(page: Page, site: str) -> Locator:
    return page.locator(f'input[type=checkbox][value="{site}"]')


def on_body(page: Page, site: str) -> Locator:
    return page.locator(f'.place[data-sites^="{site} "]').first


def test_a_client_needs_no_name_and_a_mistyped_pseudonym_is_refused(page: Page) -> None:
    client = new_client(page)
    swapped = client[:-1] + ("2" if client[-1] != "2" else "3")
    page.goto(f"/clients/{swapped}")
    expect(page.get_by_role("main")).to_contain_text("mistyped")


def test_the_intake_by_keys_alone_loses_nothing_and_asks_nothing_twice(page: Page) -> None:
    client = new_client(page)
    page.goto(f"/clients/{client}/intake")
    tab_to(page, page.get_by_role("link", name=re.compile("Headache")))
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("add=headache"))
    card = page.locator("form.complaint").last
    tab_to(page, card.locator("input[name=nrs_now]").first)
    page.keyboard.press("Space")
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    expect(card.locator("input[name=nrs_now][value='6']")).to_be_checked()
    saved(card)
    tab_to(page, card.get_by_label("Where"))
    page.keyboard.type("left temple")
    tab_to(page, card.get_by_label("Since when"))
    page.keyboard.type("two weeks")
    tab_to(page, card.locator("svg[data-body=front] .place[tabindex='0']"))
    page.keyboard.press("Enter")
    expect(card.locator(".marks-list li:not(.none)")).to_have_count(1)
    tab_to(page, card.get_by_label("Or choose a place"))
    page.keyboard.type("Upper trapezius, left (behind)")
    tab_to(page, card.get_by_role("button", name="Add this mark"))
    page.keyboard.press("Enter")
    expect(card.locator(".marks-list li").nth(1)).to_contain_text("Upper trapezius, left, ache")
    # Half-way, in the middle of a word, the page is loaded again.
    tab_to(page, page.locator("#detail-anticoagulant, input[name=answer-anticoagulant]").first)
    page.keyboard.press("Space")
    saved(page.locator("form.screening"))
    page.goto(f"/clients/{client}/intake")
    kept = page.locator("form.complaint")
    expect(kept).to_have_count(1)
    expect(kept.locator("input[name=nrs_now][value='6']")).to_be_checked()
    expect(kept.get_by_label("Where")).to_have_value("left temple")
    expect(kept.get_by_label("Since when")).to_have_value("two weeks")
    expect(kept.locator(".marks-list li")).to_have_count(2)
    expect(page.locator("input[name=answer-anticoagulant][value=no]")).to_be_checked()
    expect(page.get_by_role("link", name=re.compile("Headache.*left temple"))).to_be_visible()


def test_whoever_leaves_in_the_middle_of_a_word_loses_nothing(page: Page) -> None:
    client = new_client(page)
    page.goto(f"/clients/{client}/intake?add=pain#new")
    page.locator("form.complaint").last.get_by_label("Where").press_sequentially("low ba")
    page.goto("/clients")
    page.goto(f"/clients/{client}")
    expect(page.get_by_role("main")).to_contain_text("Pain, low ba")


def test_a_slip_is_taken_back_from_the_toast(page: Page) -> None:
    client = new_client(page)
    page.goto(f"/clients/{client}/intake")
    posture = page.get_by_role("form", name="a head carried forward")
    for degree in ("1", "3"):
        posture.locator(f"input[name=degree][value='{degree}']").check(force=True)
        saved(posture)
        page.wait_for_timeout(150)
    page.get_by_role("button", name="Undo").click()
    expect(posture.locator("input[name=degree][value='1']")).to_be_checked()


def test_a_pain_drawing_is_made_and_taken_back_by_touch(tablet: Page) -> None:
    client = new_client(tablet)
    tablet.goto(f"/clients/{client}/intake?add=numbness_tingling#new")
    card = tablet.locator("form.complaint").last
    card.get_by_label("tingling").check(force=True)
    hand = card.locator(
        'svg[data-body=back] .place[aria-label="First dorsal interosseous of the hand, left"]'
    )
    hand.scroll_into_view_if_needed()
    x, y = hand.evaluate(AT_ANCHOR)
    tablet.touchscreen.tap(x, y)
    marks = card.locator(".marks-list li:not(.none)")
    expect(marks).to_have_text(re.compile("behind: .*left, tingling"))
    expect(card.locator("svg[data-body=back] .marks > g")).to_have_count(1)
    tablet.reload()
    kept = tablet.locator("form.complaint .marks-list li:not(.none)")
    expect(kept).to_have_count(1)
    tablet.get_by_role("button", name=re.compile("Remove: behind")).tap()
    expect(kept).to_have_count(0)
    saved(tablet.locator("form.complaint"))


def test_headache_and_a_numb_left_hand_lead_to_the_usual_checklist(page: Page) -> None:
    client = new_client(page)
    visit = new_visit(page)
    for kind, where in (("headache", ""), ("numbness_tingling", "left hand")):
        page.goto(f"/clients/{client}/intake?visit={visit}&add={kind}#new")
        card = page.locator("form.complaint").last
        card.locator("input[name=nrs_now][value='5']").check(force=True)
        card.get_by_label("Where").fill(where)
        saved(card)
        page.wait_for_timeout(900)  # the pause after which typing is saved
    page.get_by_role("link", name="Where to begin", exact=True).first.click()
    ranked = page.locator("ol.ranked")
    for name in (
        "Suboccipital muscles",
        "Upper trapezius",
        "Temporalis",
        "Scalene muscles",
        "Infraspinatus",
        "Pectoralis minor",
    ):
        expect(ranked.get_by_role("group", name=name, exact=True)).to_be_visible()
    expect(ranked).to_contain_text("Commonly checked for")
    expect(ranked).not_to_contain_text(re.compile("cause", re.IGNORECASE))
    scalenes = ranked.locator("li").filter(has=page.get_by_role("group", name="Scalene muscles"))
    expect(scalenes).to_contain_text("By hand only, no gauge: the brachial plexus")


def test_the_body_and_the_list_pick_the_same(page: Page) -> None:
    wanted = ["trapezius_upper/left", "scalenes/right", "psoas_major/left", "soleus/right"]
    found = []
    for way in ("list", "body", "keys"):
        new_client(page)
        visit = new_visit(page)
        page.goto(f"/visits/{visit}/begin")
        for site in wanted:
            match way:
                case "list":
                    box(page, site).check(force=True)
                case "body":
                    tap(page, on_body(page, site))
                case "keys":
                    on_body(page, site).focus()
                    page.keyboard.press("Enter")
            expect(box(page, site)).to_be_checked()
            expect(on_body(page, site)).to_have_attribute("aria-checked", "true")
            page.wait_for_load_state("networkidle")
        saved(page.locator("form[data-picks]"))
        page.wait_for_timeout(300)
        page.reload()
        found.append(ticked(page))
    assert found[0] == found[1] == found[2]
    assert {site.replace("left", "right") for site in wanted} <= {
        site.replace("left", "right") for site in found[0]
    }
    # What no gauge is set on can be felt alone, and says why.
    page.goto(page.url.replace("/begin", "/feel"))
    expect(page.locator("#psoas_major-left")).to_contain_text("by hand only")


def test_a_shape_offers_what_else_lies_there(page: Page) -> None:
    new_client(page)
    visit = new_visit(page)
    page.goto(f"/visits/{visit}/begin")
    tap(page, on_body(page, "masseter/left"))
    page.get_by_role("button", name="Digastric, left").click()
    expect(box(page, "digastric/left")).to_be_checked()
    saved(page.locator("form[data-picks]"))


def test_the_plan_tells_the_next_days_while_it_is_typed(page: Page) -> None:
    client = new_client(page)
    page.goto(f"/clients/{client}/plan")
    page.locator("#phase-0-to").fill("")  # 2 a week for 3 weeks, then 1 for 4, then every 5 to 6
    told = page.locator("[data-ahead]")
    expect(told).to_contain_text("6 visits")
    expect(told).to_contain_text("4 visits")
    expect(told).to_contain_text("The next visit is due today")
    later = date.today() + timedelta(days=7)  # noqa: DTZ011 - the day of the browser's own clock
    page.locator("#plan-starts_on").fill(later.isoformat())
    expect(told).to_contain_text(f"due {later:%A} {later.day}")
    page.get_by_role("button", name="Keep the plan").click()
    expect(page.get_by_role("main")).to_contain_text("The plan begins")


def test_without_script_the_forms_do_the_same(signed_in: Callable[..., BrowserContext]) -> None:
    context = signed_in(java_script_enabled=False)
    for page in watched(context):
        client = new_client(page)
        visit = new_visit(page)
        page.goto(f"/clients/{client}/intake?visit={visit}&add=headache")
        card = page.locator("form.complaint")
        card.locator("input[name=nrs_now][value='7']").check(force=True)
        card.get_by_label("Or choose a place").select_option(label="Upper trapezius, left (behind)")
        card.get_by_role("button", name="Add this mark").click()
        expect(card.locator("input[name=nrs_now][value='7']")).to_be_checked()
        expect(card.locator(".marks-list li")).to_contain_text("Upper trapezius, left, ache")
        page.get_by_role("link", name="Where to begin", exact=True).first.click()
        box(page, "temporalis/left").check(force=True)
        page.get_by_role("button", name="Save").click()
        expect(box(page, "temporalis/right")).to_be_checked()
        expect(on_body(page, "temporalis/right")).to_have_attribute("aria-checked", "true")
    context.close()
