"""Claim: whatever fails, a person reads a sentence and a script gets it; nobody sees the inside."""

import pytest
from tests.unit.web.browsing import Browser, gate_of

from tissuesense.core.errors import (
    AccessRefused,
    BodyTooLarge,
    BodyTooSlow,
    ConfigurationError,
    DeviceNotFound,
    MissingExtraError,
    NotAdmitted,
    NotAllowed,
    RecordConflict,
    RecordErased,
    RecordNotFound,
    Refusal,
    StoreLocked,
    TissueSenseError,
    UsageError,
)
from tissuesense.web.mistakes import status_of

JSON = {"accept": "application/json"}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsageError("x"), 422),
        (ConfigurationError("x"), 422),
        (MissingExtraError("x", extra="pdf"), 501),
        (DeviceNotFound("x", endpoint="sim:"), 409),
        (RecordNotFound("x"), 404),
        (RecordErased("x"), 410),
        (RecordConflict("x"), 409),
        (StoreLocked("x"), 403),
        (NotAdmitted(), 401),
        (NotAllowed("x"), 403),
        (BodyTooLarge(), 413),
        (BodyTooSlow(), 408),
        (TissueSenseError("x"), 500),
        (ValueError("x"), 500),
    ],
)
def test_every_kind_of_failure_has_its_status(error: Exception, status: int) -> None:
    assert status_of(error) == status


def test_every_refusal_has_a_status_of_its_own_kind() -> None:
    kinds = AccessRefused.__subclasses__()
    assert len(kinds) >= 4
    assert all(400 <= status_of(kind.__new__(kind)) < 500 for kind in kinds)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nothing/here", 404), ("/clients/nonsense", 422), ("/visits/V-00000000/summary", 404)],
)
def test_a_person_reads_a_page_and_a_script_gets_the_sentence(
    browser: Browser, path: str, status: int
) -> None:
    page, script = browser.get(path), browser.get(path, headers=JSON)
    assert page.status_code == script.status_code == status
    assert "<h1>" in page.text
    said = script.json()["error"]
    assert said["message"]
    assert said["message"].partition("'")[0] in page.text


def test_another_method_is_said(browser: Browser) -> None:
    assert browser.form("/about").status_code == 405
    assert browser.ask("DELETE", "/clients").status_code == 405


def test_what_was_typed_is_not_said_back_to_the_log(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    browser.get("/clients/Erika-Mustermann")
    browser.form("/clients/new", {"birth_year": "Erika Mustermann"})
    assert "Erika" not in caplog.text


def test_a_failure_of_the_program_itself_tells_nobody_its_inside(
    browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    @gate_of(browser.app).get("/broken")
    async def broken() -> None:
        raise KeyError("Erika Mustermann")

    with pytest.raises(KeyError):  # the server's own last handler passes it on, once it answered
        browser.get("/broken")
    assert "KeyError" in caplog.text
    assert "Erika" not in "".join(record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_is_counted_and_said_without_a_name(
    browser: Browser, refusal: Refusal, caplog: pytest.LogCaptureFixture
) -> None:
    browser.house.refusals.note(refusal)
    assert browser.house.refusals.counts == {refusal: 1}
    assert caplog.messages == [f"A request was refused: {refusal}."]
