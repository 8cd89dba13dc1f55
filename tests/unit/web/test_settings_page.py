"""Claim: settings are kept as they are touched, locks are changed, and backups prove themselves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.unit.web.browsing import Browser, browsing

from tissuesense.core.clock import ManualClock
from tissuesense.services.app_settings import AppSettings, KeptSettings, PressureUnit
from tissuesense.services.practice import practice_and_people
from tissuesense.store.opening import open_store
from tissuesense.web.desk import Desk
from tissuesense.web.house import House
from tissuesense.web.sessions import ScreenRole, SessionBook

OLD, NEW = "correct horse battery", "another horse entirely"
COMPUTER = {
    "pressure_unit": "kgf/cm2",
    "language": "",
    "preset": "dfns",
    "sounds": "yes",
    "idle_lock_minutes": "20",
}


@pytest.fixture
def locked(
    tmp_path: Path, clock: ManualClock, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    """Give a browser at an open record with a passphrase."""
    place = tmp_path / "store"
    open_store(place, clock=clock, create=True, passphrase=OLD).close()
    monkeypatch.setenv("TISSUESENSE_PASSPHRASE", OLD)
    house = House(
        desk=Desk(place, clock=clock, rng=rng),
        sessions=SessionBook(clock),
        settings=KeptSettings(tmp_path / "config" / "settings.json"),
    )
    with browsing(house) as opened:
        monkeypatch.delenv("TISSUESENSE_PASSPHRASE")
        yield opened


def finished(browser: Browser, name: str) -> str:
    for _ in range(600):
        told = browser.get(f"/jobs/{name}").json()
        if told["state"] != "running":
            return str(told["state"])
        browser.wait(0.05)
    pytest.fail(f"{name} does not end")


def test_the_page_shows_what_holds(browser: Browser) -> None:
    page = browser.get("/settings")
    assert page.status_code == 200
    assert 'value="kPa" checked' in page.text


def test_a_choice_is_kept_by_form_and_by_script(locked: Browser, tmp_path: Path) -> None:
    assert locked.form("/settings/computer", COMPUTER).status_code == 303
    assert locked.script("/settings/computer", COMPUTER | {"sounds": "no"}).json()["said"]
    assert KeptSettings(tmp_path / "config" / "settings.json").now == AppSettings(
        pressure_unit=PressureUnit.KGF_CM2, preset="dfns", idle_lock_minutes=20
    )


def test_another_language_shows_at_once(browser: Browser) -> None:
    browser.form("/settings/computer", COMPUTER | {"language": "de"})
    assert '<html lang="de">' in browser.get("/settings").text
    assert '<html lang="de">' in browser.beside().get("/about").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"pressure_unit": "psi"},
        {"language": "xx"},
        {"preset": "of nobody"},
        {"idle_lock_minutes": "soon"},
        {"idle_lock_minutes": "2.5"},
        {"idle_lock_minutes": "999999999999999999999"},
    ],
)
def test_a_wrong_choice_is_refused_in_words(browser: Browser, wrong: dict[str, str]) -> None:
    answer = browser.form("/settings/computer", COMPUTER | wrong)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert browser.script("/settings/computer", COMPUTER | wrong).status_code == 422
    assert browser.house.settings.now == AppSettings()


def test_the_usual_protocol_is_offered_first(browser: Browser) -> None:
    browser.form("/settings/computer", COMPUTER)
    assert browser.house.settings.now.preset == "dfns"
    assert '<option value="dfns" selected>' in browser.get("/settings").text


def test_who_works_here_is_on_every_entry(browser: Browser) -> None:
    browser.form("/settings/practitioners", {"person": "M. Example", "credential": "LMT"})
    browser.form("/settings/who", {"who": "M. Example"})
    assert browser.session.actor == "M. Example"
    browser.form("/settings/practice", {"name": "Example Practice", "retention_years": "12,5"})
    practice, people = browser.at(practice_and_people)
    assert (practice.name, practice.retention_years) == ("Example Practice", 12.5)
    assert [one.name for one in people] == ["M. Example"]
    entry = browser.at(lambda store: store.ledger.of_practice("practice")[-1])
    assert entry.actor == "M. Example"


@pytest.mark.parametrize(
    ("section", "typed"),
    [
        ("practitioners", {"person": "", "credential": "kept"}),
        ("practitioners", {"person": "A", "role": "king", "credential": "kept"}),
        ("practice", {"name": "kept", "retention_years": "many"}),
        ("practice", {"name": "kept", "retention_years": "-3"}),
        ("practice", {"name": "kept", "retention_years": "nan"}),
        ("who", {"other": "kept\nin two lines"}),
    ],
)
def test_nothing_typed_is_lost(browser: Browser, section: str, typed: dict[str, str]) -> None:
    answer = browser.form(f"/settings/{section}", typed)
    assert answer.status_code == 422
    assert "kept" in answer.text


def test_the_passphrase_is_changed(locked: Browser, tmp_path: Path, clock: ManualClock) -> None:
    typed = {"old": OLD, "new": NEW, "again": NEW}
    assert locked.form("/settings/passphrase", typed).status_code == 303
    assert locked.get("/settings").status_code == 200  # the open record stays open
    open_store(tmp_path / "store", clock=clock, passphrase=NEW).close()
    kinds = locked.at(lambda store: [e.kind for e in store.ledger.of_practice("keys_changed")])
    assert kinds == ["keys_changed"]


@pytest.mark.parametrize(
    "typed",
    [
        {"old": "wrong", "new": NEW, "again": NEW},
        {"old": OLD, "new": "short", "again": "short"},
        {"old": OLD, "new": NEW, "again": NEW + "!"},
        {},
    ],
)
def test_a_wrong_passphrase_changes_nothing_and_is_not_shown_again(
    locked: Browser, tmp_path: Path, clock: ManualClock, typed: dict[str, str]
) -> None:
    answer = locked.form("/settings/passphrase", typed)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert NEW not in answer.text
    open_store(tmp_path / "store", clock=clock, passphrase=OLD).close()


def test_guessing_the_passphrase_takes_longer_each_time(locked: Browser) -> None:
    locked.form("/settings/recovery-code", {"passphrase": "wrong"})
    assert locked.house.unlocking.wait_s >= 1.0


def test_a_new_recovery_code_is_shown_once(locked: Browser) -> None:
    answer = locked.form("/settings/recovery-code", {"passphrase": OLD})
    assert answer.headers["location"] == "/recovery-code"
    code = locked.house.recovery_code
    assert code is not None
    assert code in locked.follow(answer).text


def test_a_backup_is_made_and_rehearsed(locked: Browser, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    assert "No backup was made" in locked.get("/settings").text
    locked.form("/settings/backup", {"folder": str(folder)})
    assert finished(locked, "backup") == "done"
    (backup,) = folder.glob("*.backup")
    assert str(backup) in locked.get("/settings").text
    locked.form("/settings/rehearsal", {"file": str(backup), "passphrase": OLD})
    assert finished(locked, "rehearsal") == "done"
    assert "it was restored for a trial" in locked.get("/settings").text
    locked.form("/settings/rehearsal", {"file": str(backup), "passphrase": "wrong"})
    assert finished(locked, "rehearsal") == "failed"
    assert "job-rehearsal" in locked.get("/settings").text


@pytest.mark.parametrize("folder", ["", "relative/place", "/there/is/none"])
def test_a_folder_that_will_not_do_is_said(browser: Browser, folder: str) -> None:
    answer = browser.form("/settings/backup", {"folder": folder})
    said = answer.text if answer.status_code == 422 else ""
    if not said:
        assert finished(browser, "backup") == "failed"
        said = browser.get("/settings").text
    assert 'role="alert"' in said


def test_verifying_shows_the_head(browser: Browser) -> None:
    browser.form("/settings/verify")
    assert finished(browser, "verify") == "done"
    head = browser.at(lambda store: store.ledger.head()[1])
    page = browser.get("/settings").text
    assert "The record is what was written." in page
    assert head in page


def test_another_head_than_expected_is_said(browser: Browser) -> None:
    browser.form("/settings/verify", {"expected": "ab" * 32})
    assert finished(browser, "verify") == "done"
    assert "Something is not as it was written." in browser.get("/settings").text
    browser.form("/settings/verify", {"expected": "no head"})
    assert finished(browser, "verify") == "failed"


def test_what_was_refused_is_counted(browser: Browser) -> None:
    assert "Nothing. Requests" in browser.get("/settings").text
    browser.ask("GET", "/", headers={"host": "evil.example"})
    assert "unknown host" in browser.get("/settings").text


@pytest.mark.parametrize("role", [ScreenRole.RATER, ScreenRole.MONITOR, ScreenRole.FRONT_DESK])
def test_settings_are_nobody_elses(browser: Browser, role: ScreenRole) -> None:
    other = browser.beside(role)
    assert other.get("/settings").status_code == 403
    assert other.form("/settings/verify").status_code == 403
    assert other.get("/about").status_code == 200


def test_what_it_is_and_is_not_is_said(browser: Browser) -> None:
    page = browser.get("/about").text
    assert "not a cleared or CE-marked medical device" in page
    assert "Apache 2.0" in page
    for word in ("abnormal", "patholog", "diagnos", "risk"):
        assert word not in page.lower()
