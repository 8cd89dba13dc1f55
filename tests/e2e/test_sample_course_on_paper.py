"""The sample practice's courses are told on two pages that stand alone; a copy takes seconds."""

import io
import re
import time
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pypdf
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.record.client import ClientId
from tissuesense.report.paper import Paper
from tissuesense.services.exporting import Order, export
from tissuesense.services.identity import read_identity
from tissuesense.services.reporting import build_course_report, render
from tissuesense.services.sample_practice.build import build_sample_practice
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

TODAY = date(2026, 4, 9)
RNG = np.random.default_rng(1)  # one for all: no two entries have one id
PAPERS: tuple[Paper, ...] = ("a4", "letter")
# What who refers and who pays look for.
ON_TWO_PAGES = (
    "Refer",
    "Kept",
    "Hand beside sensor",
    "Minimal de",
    "Goals",
    "Sessions",
    "Given in all",
    "Signed by",
    "Method",
    "What these numbers do not mean",
    "gives no treatment advice",
)
Practice = tuple[Store, tuple[ClientId, ...]]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    folder = tmp_path_factory.mktemp("practice") / "store"
    with open_store(folder, clock=ManualClock(), create=True, plain=True) as store:
        clients = build_sample_practice(store, rng=np.random.default_rng(7), today=TODAY)
        yield store, clients


def pages(store: Store, client: ClientId, paper: Paper) -> list[str]:
    """Return the text of each page, with the client's name where there is most to print."""
    who = read_identity(store, client, why="printed", clock=ManualClock(), rng=RNG)
    document = build_course_report(store, client, on=TODAY, identity=who)
    printed = render(document, "pdf", paper=paper)
    read = (page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed)).pages)
    return [re.sub(r"-?\n", " ", text) for text in read]


@pytest.mark.parametrize("paper", PAPERS)
def test_pages_1_and_2_stand_alone_and_the_appendix_begins_on_page_3(
    practice: Practice, paper: Paper
) -> None:
    store, clients = practice
    for client in clients:
        first, second, third, *others = pages(store, client, paper)
        assert "Page 1 of 2" in first
        assert "Page 2 of 2" in second
        assert third.startswith("Appendix")
        assert all("Appendix, page" in text for text in (third, *others))
        for words in ON_TWO_PAGES:
            assert words in f"{first} {second}", f"{words} is not on the two pages"


def test_every_visit_is_itemised_on_the_two_pages(practice: Practice) -> None:
    store, clients = practice
    for client in clients:
        told = " ".join(pages(store, client, "letter")[:2]).replace("\N{NO-BREAK SPACE}", " ")
        for visit in store.visits.of_client(client):
            day = visit.opened_at
            assert f"{day.day} {day:%b %Y}" in told


def test_a_clients_own_copy_is_made_in_less_than_a_minute(
    practice: Practice, tmp_path: Path
) -> None:
    store, clients = practice
    order = Order(form="copy", out=tmp_path / "copy.zip", clients=clients[:1], with_identity=True)
    began = time.perf_counter()
    export(store, order, clock=ManualClock(), rng=RNG)
    assert time.perf_counter() - began < 60
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        reports = [name for name in archive.namelist() if "/reports/" in name]
    assert len(reports) == 2 * (2 + len(store.visits.of_client(clients[0])))
