"""Claim: a gauge is chosen, watched, probed and looked for by plain forms, and is never shared."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.unit.web.browsing import Browser, browsing

from tissuesense.core.clock import SystemClock
from tissuesense.devices.registry import DEVICES
from tissuesense.services.app_settings import KeptSettings
from tissuesense.services.chosen_gauge import device_url, must_state
from tissuesense.store.opening import open_store
from tissuesense.transport.url import parse_device_url
from tissuesense.web.desk import Desk
from tissuesense.web.house import House
from tissuesense.web.sessions import ScreenRole, SessionBook


@pytest.fixture
def timed(tmp_path: Path, rng: np.random.Generator) -> Iterator[Browser]:
    """Give a browser at a house whose time passes, as that of a gauge does."""
    clock = SystemClock()
    open_store(tmp_path / "store", clock=clock, create=True, plain=True).close()
    house = House(
        desk=Desk(tmp_path / "store", clock=clock, rng=rng),
        sessions=SessionBook(clock),
        settings=KeptSettings(tmp_path / "config" / "settings.json"),
    )
    with browsing(house) as opened:
        yield opened


def finished(browser: Browser, name: str, *, tries: int = 400) -> dict[str, object]:
    for _ in range(tries):
        told: dict[str, object] = browser.get(f"/jobs/{name}").json()
        if told["state"] != "running":
            return told
        browser.wait(0.05)
    pytest.fail(f"{name} does not end")


def test_an_empty_page_offers_the_simulated_gauge_one_tap_away(browser: Browser) -> None:
    page = browser.get("/devices")
    assert page.status_code == 200
    assert "No gauge is chosen yet." in page.text
    answer = browser.form("/devices/simulated")
    assert answer.headers["location"] == "/devices?watch=1#in-use"
    assert browser.house.gauge_url.startswith("sim:")
    page = browser.follow(answer)
    assert "Simulated gauge" in page.text
    assert "data-watch" in page.text
    assert "Not calibrated here." in page.text


def test_every_model_stands_there_with_where_it_is_known_from(browser: Browser) -> None:
    page = browser.get("/devices").text
    for name in DEVICES:
        assert f'<span class="help">{name}</span>' in page


def test_what_was_chosen_is_kept_for_the_next_day(timed: Browser, tmp_path: Path) -> None:
    timed.form("/devices/gauge", {"url": "serial:///dev/ttyUSB9?model=mark10"})
    timed.form("/devices/button", {"url": "sim:?marker=1"})
    now = KeptSettings(tmp_path / "config" / "settings.json").now
    assert now.gauge_url == "serial:///dev/ttyUSB9?model=mark10"
    assert now.button_url == "sim:?marker=1"
    timed.form("/devices/gauge", {"url": ""})
    assert timed.house.gauge_url == ""


@pytest.mark.parametrize(
    "url", ["nonsense", "sim:?subject=nobody", "sim:?x=1", "serial:", "replay:x.capture", "ble:?"]
)
def test_what_is_no_gauge_is_refused_in_words(browser: Browser, url: str) -> None:
    answer = browser.form("/devices/gauge", {"url": url})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert browser.house.gauge_url == ""


def test_what_has_no_button_is_refused_and_what_was_typed_stays(browser: Browser) -> None:
    answer = browser.form("/devices/button", {"url": "serial:///dev/x?model=mark10"})
    assert answer.status_code == 422
    assert 'value="serial:///dev/x?model=mark10"' in answer.text
    assert browser.house.button_url == ""


@pytest.mark.parametrize("model", [name for name, one in DEVICES.items() if one.serial or one.ble])
def test_a_form_asks_for_what_a_model_needs(browser: Browser, model: str) -> None:
    profile = DEVICES[model]
    way = "serial" if profile.serial else "ble"
    page = browser.get(f"/devices/new?model={model}&way={way}&address=COM3").text
    usual = {"unit": "N", "sensitivity_mv_v": "1,5", "capacity_n": "500"}
    typed = {key: usual[key] for key in must_state(profile)}
    for key in typed:
        assert f'name="{key}"' in page
    form = {"model": model, "way": way, "address": "COM3"}
    if typed:
        refused = browser.form("/devices/new", form)
        assert refused.status_code == 422
        assert 'value="COM3"' in refused.text
    assert browser.form("/devices/new", form | typed).status_code == 303
    assert parse_device_url(browser.house.gauge_url).model == model


@pytest.mark.parametrize(
    ("way", "address", "reads"),
    [
        ("serial", "/dev/tty.usb serial", "/dev/tty.usb serial"),
        ("serial", "COM3", "COM3"),
        ("serial", "socket://127.0.0.1:7000", "socket://127.0.0.1:7000"),
        ("ble", "Progressor 12&34?", "Progressor 12&34?"),
        ("ble", "AA:BB:CC:DD:EE:FF", "AA:BB:CC:DD:EE:FF"),
    ],
)
def test_an_address_is_read_as_it_was_typed(way: str, address: str, reads: str) -> None:
    model = "progressor" if way == "ble" else "mark10"
    assert parse_device_url(device_url(way, address, model, {})).address == reads


def test_a_probe_says_what_the_gauge_is_good_for(timed: Browser) -> None:
    timed.form("/devices/gauge", {"url": "sim:?speed=0&subject=relaxed"})
    assert timed.form("/devices/probe", {"push": "no"}).status_code == 303
    assert finished(timed, "probe")["state"] == "done"
    page = timed.get("/devices").text
    assert "Good for pain thresholds" in page
    timed.form("/devices/gauge", {"url": "sim:?subject=firm_left"})
    assert "Good for pain thresholds" not in timed.get("/devices").text  # that was another gauge


def test_a_probe_of_a_gauge_that_is_not_there_ends_in_words(timed: Browser) -> None:
    timed.form("/devices/gauge", {"url": "serial:///dev/there-is-none?model=mark10"})
    timed.form("/devices/probe")
    assert finished(timed, "probe")["state"] == "failed"
    page = timed.get("/devices")
    assert page.status_code == 200
    assert "there-is-none" in page.text
    assert not timed.house.bench.busy


def test_a_probe_can_be_ended_and_lets_the_gauge_go(timed: Browser) -> None:
    timed.form("/devices/simulated")
    timed.form("/devices/probe")
    timed.wait(0.3)
    refused = timed.form("/practise", {"way": "hand"})
    assert refused.status_code == 409
    assert "probing the gauge" in refused.text
    timed.form("/jobs/probe/end")
    assert finished(timed, "probe")["state"] == "ended"
    assert not timed.house.bench.busy


def test_while_a_round_goes_on_nothing_touches_the_gauge(
    timed: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed.form("/devices/simulated")

    async def round_goes_on() -> None:
        await asyncio.Event().wait()

    async def begin() -> asyncio.Task[None]:
        return asyncio.create_task(round_goes_on())

    task = timed.run(begin())
    monkeypatch.setattr(timed.house.table, "_task", task)
    for address in ("/devices/probe", "/devices/scan", "/devices/gauge"):
        answer = timed.form(address, {"url": "sim:"})
        assert answer.status_code == 409, address
        assert "A round of measuring is going on" in answer.text
    task.cancel()


def test_the_button_test_says_how_often_it_was_heard(
    timed: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tissuesense.web.routes.devices._BUTTON_S", 0.6)
    assert timed.form("/devices/button/test").status_code == 422
    timed.form("/devices/button", {"url": "sim:?marker=1"})
    assert "0.30 ± 0.10 s" in timed.get("/devices").text
    timed.form("/devices/button/test")
    assert finished(timed, "button")["state"] == "done"
    assert "Heard 0 times." in timed.get("/devices").text


def test_this_computer_is_looked_at(timed: Browser) -> None:
    timed.form("/devices/doctor")
    assert finished(timed, "doctor")["state"] == "done"
    page = timed.get("/devices").text
    assert "Serial ports" in page
    assert "Terminal" not in page  # a page has none


def test_looking_for_gauges_shows_how_far_it_is_and_can_be_ended(
    timed: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tissuesense.web.routes.devices._SCAN_S", 1.0)
    timed.form("/devices/scan")
    assert finished(timed, "scan")["state"] == "done"
    assert "In reach" in timed.get("/devices").text
    timed.form("/devices/scan")
    timed.form("/jobs/scan/end")
    assert finished(timed, "scan")["state"] in {"ended", "done"}


@pytest.mark.parametrize("role", [ScreenRole.RATER, ScreenRole.MONITOR, ScreenRole.FRONT_DESK])
def test_devices_are_nobody_elses(browser: Browser, role: ScreenRole) -> None:
    other = browser.beside(role)
    assert other.get("/devices").status_code == 403
    assert other.form("/devices/simulated").status_code == 403
    assert browser.house.gauge_url == ""


@pytest.mark.parametrize(
    "address", ["/jobs/nonsense", "/jobs/verify", "/devices/new?model=%00&way=x"]
)
def test_odd_addresses_are_answered(browser: Browser, address: str) -> None:
    assert browser.get(address).status_code < 500
