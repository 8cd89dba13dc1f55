"""A client's own copy is one zip of which every file opens, in a fixed order, written down."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath

import numpy as np
import pypdf
import pytest
from fhir.resources.R4B.bundle import Bundle
from tests.unit.services.filled_store import CLOCK, client_ids, filled

from tissuesense.core.errors import UsageError
from tissuesense.files.sidecar import read_sidecar
from tissuesense.record.client import ClientId
from tissuesense.services.care import enter
from tissuesense.services.exporting import Order, export
from tissuesense.store.opened import Store

RNG = np.random.default_rng(6)
NAME = "Frieda Example"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store of three clients; the first has a name."""
    with filled(tmp_path / "store", plain=True) as store:
        enter(store, "identity", {"name": NAME}, clock=CLOCK, rng=RNG, client=client_ids(store)[0])
        yield store


def copied(store: Store, out: Path, *, with_identity: bool = False) -> dict[str, bytes]:
    """Return every file of the first client's copy, by its name without the client's folder."""
    client = client_ids(store)[0]
    order = Order(form="copy", out=out, clients=(client,), with_identity=with_identity)
    export(store, order, clock=CLOCK, rng=RNG)
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        return {name.removeprefix(f"{client}/"): archive.read(name) for name in archive.namelist()}


def test_every_file_opens_with_a_reader_of_its_kind(store: Store, tmp_path: Path) -> None:
    files = copied(store, tmp_path / "copy.zip")

    opened: dict[str, int] = {}
    for name, content in files.items():
        suffix = PurePosixPath(name).suffix
        opened[suffix] = opened.get(suffix, 0) + 1
        if suffix == ".pdf":
            assert pypdf.PdfReader(io.BytesIO(content)).pages
        elif suffix == ".html":
            HTMLParser().feed(content.decode())
        elif suffix == ".csv":
            assert next(csv.reader(io.StringIO(content.decode(), newline="")))
        elif suffix == ".json":
            assert json.loads(content)
        else:
            assert name in {"README.txt", "tables/README.txt"}
    assert opened[".pdf"] == opened[".html"] >= 3
    Bundle.model_validate_json(files["record/fhir.json"])


def test_each_trace_has_its_side_car_which_this_program_reads(store: Store, tmp_path: Path) -> None:
    files = copied(store, tmp_path / "copy.zip")
    traces = [name for name in files if name.startswith("tables/traces/") and name.endswith("csv")]
    assert traces
    for name in traces:
        side_car = tmp_path / PurePosixPath(name).with_suffix(".json").name
        side_car.write_bytes(files[str(PurePosixPath(name).with_suffix(".json"))])
        assert read_sidecar(side_car).context.body_site is not None


def test_the_page_that_explains_the_others_comes_first_and_names_what_is_there(
    store: Store, tmp_path: Path
) -> None:
    files = copied(store, tmp_path / "copy.zip")
    first, *others = files
    assert first == "README.txt"
    assert others == sorted(others)
    readme = files["README.txt"].decode()
    for name in ("reports/your-page.pdf", "reports/course.pdf", "record/fhir.json"):
        assert name in readme
        assert name in files
    assert max(map(len, readme.splitlines())) <= 100


def test_all_of_it_lies_in_one_folder_and_nothing_leads_out_of_it(
    store: Store, tmp_path: Path
) -> None:
    copied(store, tmp_path / "copy.zip")
    client = client_ids(store)[0]
    with zipfile.ZipFile(tmp_path / "copy.zip") as archive:
        for name in archive.namelist():
            parts = PurePosixPath(name).parts
            assert parts[0] == client
            assert ".." not in parts
            assert name.isascii()
            assert "\\" not in name
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_two_copies_have_the_same_files_in_the_same_order(store: Store, tmp_path: Path) -> None:
    once, again = (copied(store, tmp_path / f"{n}.zip") for n in (1, 2))
    assert list(once) == list(again)
    # These say how far the record goes, to which the first copy added that it was made.
    told = ("reports/course", "tables/README")
    same = [name for name in once if not name.startswith(told)]
    assert [once[name] for name in same] == [again[name] for name in same]


def test_nobody_is_named_unless_that_was_asked_for(store: Store, tmp_path: Path) -> None:
    unnamed = copied(store, tmp_path / "1.zip")
    named = copied(store, tmp_path / "2.zip", with_identity=True)
    tells = {name for name, content in named.items() if NAME.encode() in content}
    assert {"record/record.json", "tables/identity.csv", "reports/course.html"} <= tells
    assert not [name for name, content in unnamed.items() if NAME.encode() in content]
    assert "It says who you are." in named["README.txt"].decode()


@pytest.mark.parametrize("many", [None, 2])
def test_it_is_one_clients_and_that_one_is_named(
    store: Store, tmp_path: Path, many: int | None
) -> None:
    clients = None if many is None else tuple(client_ids(store)[:many])
    with pytest.raises(UsageError, match="one client's own copy"):
        export(
            store,
            Order(form="copy", out=tmp_path / "a.zip", clients=clients),
            clock=CLOCK,
            rng=RNG,
        )
    assert not (tmp_path / "a.zip").exists()


def test_it_is_written_down_and_given_whatever_was_said_of_sharing(
    store: Store, tmp_path: Path
) -> None:
    client: ClientId = client_ids(store)[0]
    stated = {"purpose": "sharing", "given": False}
    enter(store, "consent", stated, clock=CLOCK, rng=RNG, client=client)
    copied(store, tmp_path / "copy.zip", with_identity=True)
    (done,) = store.ledger.of_client(client, "exported")
    assert (done.statement.form, done.statement.with_identity) == ("copy", True)
    assert len(store.ledger.of_client(client, "identity_read")) == 1
