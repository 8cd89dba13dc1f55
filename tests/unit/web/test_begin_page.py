"""Claim: the checklist says why, the list and the body pick the same, and no gauge goes astray."""

import pytest
from tests.unit.web.browsing import Browser
from tests.unit.web.visit_screen import text_of

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.clock import ManualClock
from tissuesense.core.site import BodySite, Side
from tissuesense.record.at_the_table import SiteList
from tissuesense.record.visit import VisitId
from tissuesense.services.care import enter
from tissuesense.services.records import add_client, load_visit_record, open_visit
from tissuesense.store.opened import Store
from tissuesense.web.body_pick import drawn_sites

WITH_BOTH = {"other_side": "on", "control": "on"}
CONTROL = {BodySite("tibialis_anterior", side) for side in (Side.LEFT, Side.RIGHT)}


@pytest.fixture
def visit(browser: Browser) -> VisitId:
    desk = browser.house.desk

    def begin(store: Store) -> VisitId:
        client = add_client(store, clock=desk.clock, rng=desk.rng)
        return open_visit(store, client.id, clock=desk.clock, rng=desk.rng).id

    return browser.at(begin)


def tell(browser: Browser, visit: VisitId, about: str, /, **stated: object) -> None:
    desk = browser.house.desk
    browser.at(
        lambda store: enter(
            store,
            about,
            stated,
            client=store.visits.client_of(visit),
            clock=desk.clock,
            rng=desk.rng,
        )
    )


def picked(browser: Browser, visit: VisitId) -> SiteList | None:
    found: SiteList | None = browser.at(lambda store: load_visit_record(store, visit)).latest(
        "site_list"
    )
    return found


def pick(browser: Browser, visit: VisitId, *sites: str, before: str = "", **more: str) -> None:
    fields: dict[str, str | list[str]] = {"site": list(sites), "before": before.split(), **more}
    answer = browser.form(f"/visits/{visit}/begin", fields)
    assert answer.status_code == 303, text_of(answer)


def test_a_headache_and_a_numb_hand_lead_to_the_muscles_that_are_commonly_checked(
    browser: Browser, visit: VisitId
) -> None:
    tell(browser, visit, "complaint", kind="headache", nrs_now=5)
    tell(browser, visit, "complaint", kind="numbness_tingling", region="left hand", side="left")
    said = text_of(browser.get(f"/visits/{visit}/begin")).partition("All other muscles")[0]
    for name in (
        "Suboccipital muscles",
        "Upper trapezius",
        "Temporalis",
        "Scalene muscles",
        "Infraspinatus",
        "Pectoralis minor",
    ):
        assert name in said, name
    assert "Commonly checked for" in said
    assert " cause" not in said.lower()
    scalenes = said.partition("Scalene muscles")[2][:400]
    assert "By hand only, no gauge: the brachial plexus" in scalenes


def test_without_a_word_told_the_page_still_picks(browser: Browser, visit: VisitId) -> None:
    page = browser.get(f"/visits/{visit}/begin")
    assert "Nothing was told yet that leads to muscles." in text_of(page)
    pick(browser, visit, "soleus/left")
    found = picked(browser, visit)
    assert found is not None
    assert found.sites == (BodySite("soleus", Side.LEFT),)


def test_a_tick_brings_the_other_side_and_the_control_site_unless_unticked(
    browser: Browser, visit: VisitId
) -> None:
    pick(browser, visit, "masseter/left", **WITH_BOTH)
    found = picked(browser, visit)
    assert found is not None
    both = {BodySite("masseter", Side.LEFT), BodySite("masseter", Side.RIGHT)}
    assert set(found.sites) == both | CONTROL
    # Unticking one leaves it unticked, whatever else is ticked later.
    before = " ".join(f"{site.name}/{site.side}" for site in found.sites)
    pick(browser, visit, "masseter/left", before=before, **WITH_BOTH)
    kept = picked(browser, visit)
    assert kept is not None
    assert kept.sites == (BodySite("masseter", Side.LEFT),)
    pick(browser, visit, "masseter/left", "soleus/left", before="masseter/left", **WITH_BOTH)
    later = picked(browser, visit)
    assert later is not None
    assert set(later.sites) & CONTROL == set()


def test_no_gauge_is_set_where_the_catalogue_or_the_screen_says_so(
    browser: Browser, visit: VisitId
) -> None:
    tell(browser, visit, "screen", answers=[], blocked_sites=["masseter"])
    pick(browser, visit, "scalenes/left", "psoas_major/left", "masseter/left", "soleus/left")
    found = picked(browser, visit)
    assert found is not None
    assert {site.name for site in found.felt_only} == {"scalenes", "psoas_major", "masseter"}
    said = text_of(browser.get(f"/visits/{visit}/begin"))
    assert "the client's screen says that it is not to be pressed" in said


def test_every_muscle_can_be_picked_in_the_list_and_on_the_body(
    browser: Browser, visit: VisitId
) -> None:
    page = browser.get(f"/visits/{visit}/begin").text
    for muscle in catalogue().muscles.values():
        for side in muscle.sides:
            assert page.count(f'name="site" value="{muscle.id}/{side}"') == 1
            assert BodySite(muscle.id, side) in drawn_sites()


def test_the_list_is_in_the_order_of_its_reasons_with_the_control_site_last(
    browser: Browser, visit: VisitId
) -> None:
    tell(browser, visit, "complaint", kind="headache", region="temple", side="left")
    pick(browser, visit, "masseter/left", "temporalis/left", **WITH_BOTH)
    found = picked(browser, visit)
    assert found is not None
    names = list(dict.fromkeys(site.name for site in found.sites))
    assert names == ["temporalis", "masseter", "tibialis_anterior"]


def test_what_is_seen_no_more_leads_nowhere(
    browser: Browser, visit: VisitId, clock: ManualClock
) -> None:
    tell(browser, visit, "posture", finding="flat_arch", degree=2)
    assert "a flat arch" in text_of(browser.get(f"/visits/{visit}/begin"))
    clock.advance(60)
    tell(browser, visit, "posture", finding="flat_arch", degree=0)
    assert "a flat arch" not in text_of(browser.get(f"/visits/{visit}/begin"))


def test_the_same_ticks_twice_are_written_once(browser: Browser, visit: VisitId) -> None:
    for before in ("", "soleus/left"):
        pick(browser, visit, "soleus/left", before=before)
    written = browser.at(lambda store: store.ledger.of_visit(visit, "site_list"))
    assert len(written) == 1


def test_script_is_told_what_stands_now(browser: Browser, visit: VisitId) -> None:
    fields = {"site": "masseter/left", **WITH_BOTH}
    told = browser.script(f"/visits/{visit}/begin", fields).json()
    assert told["count"] == 4
    assert told["sites"][0] == "masseter/left"
    assert told["minutes"] == 11  # 4 sites of 3 presses of 45 s, and 20 s to feel each: 10 min 20 s


def test_one_touch_takes_the_first_of_the_list_or_those_of_last_time(
    browser: Browser, visit: VisitId, clock: ManualClock
) -> None:
    tell(browser, visit, "complaint", kind="headache", region="temple", side="left")
    pick(browser, visit, take="first")
    found = picked(browser, visit)
    assert found is not None
    assert len(found.sites) == 4
    clock.advance(86400.0)
    browser = browser.beside()  # the session of yesterday is over
    desk = browser.house.desk
    following = browser.at(
        lambda store: (
            open_visit(store, store.visits.client_of(visit), clock=desk.clock, rng=desk.rng).id
        )
    )
    assert "As last time, 4 sites" in text_of(browser.get(f"/visits/{following}/begin"))
    pick(browser, following, take="last", **WITH_BOTH)
    again = picked(browser, following)
    assert again is not None
    assert set(again.sites) == set(found.sites)


@pytest.mark.parametrize(
    "site", ["nowhere/left", "soleus", "soleus/up", "soleus/midline", "?/left"]
)
def test_a_site_that_is_none_is_refused(browser: Browser, visit: VisitId, site: str) -> None:
    assert browser.script(f"/visits/{visit}/begin", {"site": site}).status_code == 422
    assert picked(browser, visit) is None


def test_a_visit_that_is_none_is_refused(browser: Browser) -> None:
    assert browser.get("/visits/V-AAAAAAAA/begin").status_code in {404, 422}
    assert browser.get("/visits/x/begin").status_code == 422
