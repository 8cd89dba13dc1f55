"""Reports are looked at in a page that can do nothing, printed elsewhere, and exported unnamed."""

import csv
import io
import json
import re
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from tests.unit.web.visit_screen import PLACE, Screen, screen_over, text_of

from tissuesense.record.visit import Block
from tissuesense.services.care import enter


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    """Give a screen over a visit that was felt and measured, of a client with a name."""
    with screen_over(tmp_path / "store") as shown:
        shown.post(f"{shown.base}/feel", PLACE | {"tenderness": "2", "tone": "1"})
        shown.measure()
        shown.measure(Block.POST, seed=1)
        desk = shown.house.desk
        shown.at(
            lambda store: enter(
                store, "identity", {"name": "Rosalind Quillfeather"},
                clock=desk.clock, rng=desk.rng, client=shown.client,
            )
        )  # fmt: skip
        yield shown


def _policy_of(answer: object) -> str:
    policy: str = answer.headers["content-security-policy"]  # type: ignore[attr-defined]  # httpx's
    return policy


@pytest.mark.parametrize("kind", ["course", "client", "visit"])
def test_a_report_is_looked_at_in_a_page_that_can_do_nothing(screen: Screen, kind: str) -> None:
    base = f"/clients/{screen.client}/reports"
    path = f"{base}/visits/{screen.visit}.html" if kind == "visit" else f"{base}/{kind}.html"
    shown = screen.get(path)
    assert shown.status_code == 200
    policy = _policy_of(shown)
    assert "unsafe" not in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert policy.startswith("default-src 'none'")
    styles = re.findall(r"<style>(.*?)</style>", shown.text, re.DOTALL)
    assert len(styles) == 1
    assert b64encode(sha256(styles[0].encode()).digest()).decode() in policy
    assert " style=" not in shown.text
    assert "Quillfeather" not in shown.text


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_report_is_printed_on_either_paper(screen: Screen, paper: str) -> None:
    printed = screen.get(f"/clients/{screen.client}/reports/client.pdf", params={"paper": paper})
    assert printed.headers["content-type"] == "application/pdf"
    assert "attachment" in printed.headers["content-disposition"]
    assert printed.content.startswith(b"%PDF")


def test_an_unknown_report_is_refused(screen: Screen) -> None:
    base = f"/clients/{screen.client}/reports"
    for path in (
        f"{base}/secret.pdf", f"{base}/course.docx", f"{base}/course.pdf?paper=a0",
        f"{base}/visits/V-7QK4Z0A0.pdf",
    ):  # fmt: skip
        assert screen.get(path).status_code in {404, 422}


def test_a_client_without_a_visit_has_nothing_to_print(screen: Screen) -> None:
    made = screen.post("/clients/new", {})
    client = made.headers["location"].rpartition("/")[2]
    assert "Nothing to print yet" in text_of(screen.get(f"/clients/{client}/reports"))
    assert screen.get(f"/clients/{client}/reports/course.html").status_code == 404


@pytest.mark.parametrize(
    "form", ["fhir", "redcap", "frictionless", "bids", "parquet", "csv", "json", "copy"]
)
def test_every_form_of_the_record_is_had_without_the_name(screen: Screen, form: str) -> None:
    answer = screen.post(f"/clients/{screen.client}/export", {"format": form})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    contents = [answer.content]
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
            contents = [packed.read(name) for name in packed.namelist()]
            assert contents
    assert not any(b"Quillfeather" in content for content in contents)


def test_the_name_goes_along_when_it_is_asked_for_and_that_is_written_down(
    screen: Screen,
) -> None:
    fields = {"format": "json", "with_identity": "yes"}
    answer = screen.post(f"/clients/{screen.client}/export", fields)
    assert "Quillfeather" in answer.text
    (exported,) = screen.at(lambda store: store.ledger.of_client(screen.client, "exported"))
    assert exported.statement.with_identity
    assert screen.at(lambda store: store.ledger.of_client(screen.client, "identity_read"))


def test_everybody_is_exported_but_who_withdrew(screen: Screen) -> None:
    desk = screen.house.desk
    withdrawn = {"purpose": "sharing", "given": False}
    screen.at(
        lambda store: enter(
            store, "consent", withdrawn, clock=desk.clock, rng=desk.rng, client=screen.client
        )
    )
    everybody = screen.post("/export", {"format": "json"})
    assert screen.client not in everybody.text
    alone = screen.post(f"/clients/{screen.client}/export", {"format": "json"}, json=True)
    assert alone.status_code == 409
    asked = {"format": "json", "on_request": "yes"}
    assert screen.client in screen.post(f"/clients/{screen.client}/export", asked).text


def test_an_unknown_form_is_refused(screen: Screen) -> None:
    assert screen.post("/export", {"format": "docx"}).status_code == 404


def test_the_numbers_of_a_trend_are_those_of_the_record(screen: Screen) -> None:
    asked = "site=trapezius_upper&side=left&quantity=ppt_kpa"
    page = screen.get(f"/clients/{screen.client}/trend?{asked}")
    assert "measured at one visit only" in text_of(page)
    table = screen.get(f"/clients/{screen.client}/trend.csv?{asked}")
    header, row = list(csv.reader(io.StringIO(table.text)))
    stored = screen.record().measurements[0].finding("ppt_kpa", "session")
    assert stored is not None
    assert header[1] == "Measured, kPa"
    assert [float(row[1]), float(row[2])] == [stored.value, stored.standard_uncertainty]
    assert row[6:8] == ["2", "1"]


def test_a_site_that_was_never_measured_has_no_trend(screen: Screen) -> None:
    asked = "site=soleus&side=left&quantity=ppt_kpa"
    page = screen.get(f"/clients/{screen.client}/trend?{asked}")
    assert page.status_code == 200
    assert "Nothing was measured at this site" in text_of(page)
    assert screen.get(f"/clients/{screen.client}/trend.svg?{asked}").status_code == 404
    assert screen.get(f"/clients/{screen.client}/trend?site=%2e%2e&side=x").status_code == 422


def test_the_list_of_reports_leads_to_each_client(screen: Screen) -> None:
    page = screen.get("/reports")
    assert f"/clients/{screen.client}/reports" in page.text
    assert "No client begins so" in text_of(screen.get("/reports?begins=ZZZZ"))
    told = screen.get("/reports?begins=<script>")
    assert "<script>" not in told.text.partition("<main")[2]


def test_refusals_are_json_where_a_script_asks(screen: Screen) -> None:
    answer = screen.post("/export", {"format": "docx"}, json=True)
    assert "no such format" in json.loads(answer.text)["error"]["message"]
