"""Our own JSON comes in as it went out, or nothing does and a sentence says where it broke."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.export.whole_record import IDENTITY, TRICKY, whole_record, whole_request
from tests.unit.services.filled_store import CLOCK, PASSPHRASE

from tissuesense.core.errors import RecordConflict, RecordError, SchemaTooNew, UsageError
from tissuesense.export.formats.json_record import FORMAT
from tissuesense.services.exporting import Order, export
from tissuesense.services.importing.intake import Desk
from tissuesense.services.importing.json_clients import import_json
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

Json = Any  # whatever a document holds


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return two clients' records with every kind of statement, names, samples and captures."""
    path = tmp_path_factory.mktemp("out") / "clients.json"
    records = (whole_record(), whole_record(seed=8))
    FORMAT.write(whole_request(path, identified=True, records=records))
    return path


def a_store(folder: Path, *, plain: bool = True) -> Store:
    return open_store(folder, clock=CLOCK, create=True, plain=plain, passphrase=PASSPHRASE)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return a_store(tmp_path / "store")


def desk_of(store: Store, **options: Any) -> Desk:  # noqa: ANN401 - switches of a desk
    return Desk(store=store, clock=CLOCK, rng=np.random.default_rng(5), **options)


def clients_in(path: Path) -> Json:
    """Return the clients by pseudonym: of one time of coming, a store orders them by that."""
    found = json.loads(path.read_text(encoding="utf-8"))["clients"]
    return {client["record"]["client"]["id"]: client for client in found}


def handed_on(path: Path, out: Path, folder: Path, *, plain: bool) -> Path:
    with a_store(folder, plain=plain) as store:
        import_json(desk_of(store), path)
        order = Order(form="json", out=out, with_identity=True, on_clients_request=True)
        export(store, order, clock=CLOCK, rng=np.random.default_rng(3))
    return out


def test_every_kind_of_statement_goes_through_two_stores_unchanged(
    document: Path, tmp_path: Path
) -> None:
    once = handed_on(document, tmp_path / "1.json", tmp_path / "sealed", plain=False)
    twice = handed_on(once, tmp_path / "2.json", tmp_path / "open", plain=True)
    assert clients_in(document) == clients_in(once) == clients_in(twice)
    said = once.read_text(encoding="utf-8")
    assert json.dumps(TRICKY, ensure_ascii=False)[1:-1] in said
    assert IDENTITY.name in said
    assert "historic" in said


def test_store_that_took_a_record_in_is_whole(document: Path, tmp_path: Path) -> None:
    with a_store(tmp_path / "sealed", plain=False) as store:
        done = import_json(desk_of(store), document)
        taken = [store.ledger.of_client(client, "imported") for client in done.clients]
    assert [entry.statement.items for (entry,) in taken] == [4, 4]
    assert {entry.statement.file_sha256 for (entry,) in taken} == {done.file_sha256}


def test_document_that_another_program_laid_out_anew_comes_in_too(
    document: Path, store: Store, tmp_path: Path
) -> None:
    pretty = tmp_path / "pretty.json"
    pretty.write_bytes(
        b"\xef\xbb\xbf" + json.dumps(json.loads(document.read_bytes()), indent=2).encode()
    )
    assert len(import_json(desk_of(store), pretty).clients) == 2


def test_client_who_is_there_already_is_not_taken_in_twice(document: Path, store: Store) -> None:
    import_json(desk_of(store), document)
    head, keys = store.ledger.head(), list(store.keys)
    with pytest.raises(RecordConflict, match="Client 1"):
        import_json(desk_of(store), document)
    assert (store.ledger.head(), list(store.keys)) == (head, keys)


def test_dry_run_says_the_same_and_leaves_nothing_behind(document: Path, store: Store) -> None:
    tried = import_json(desk_of(store, dry_run=True), document)
    assert store.ledger.head()[0] == 0
    assert list(store.keys) == []
    done = import_json(desk_of(store), document)
    assert tried.to_dict() == done.to_dict() | {"dry_run": True}


def first_client(content: Json) -> Json:
    return content["clients"][0]


def first_visit(content: Json) -> Json:
    return first_client(content)["record"]["visits"][0]


def some_statement(content: Json) -> Json:
    return first_visit(content)["statements"][-1]


def other_samples(content: Json) -> None:
    column = next(iter(first_client(content)["traces"].values()))["columns"]
    bits = bytearray(base64.b64decode(column["force_n"]))
    bits[40] ^= 1
    column["force_n"] = base64.b64encode(bits).decode()


def without_samples(content: Json) -> None:
    first_client(content)["traces"].clear()


def other_capture(content: Json) -> None:
    captures = first_client(content)["captures"]
    captures[next(iter(captures))] = base64.b64encode(b"something else").decode()


def without_capture(content: Json) -> None:
    first_client(content)["captures"].clear()


def capture_of_nobody(content: Json) -> None:
    first_client(content)["captures"]["M-00000000"] = ""


def capture_in_no_base64(content: Json) -> None:
    captures = first_client(content)["captures"]
    captures[next(iter(captures))] = "%%%%"


def replaces_nothing(content: Json) -> None:
    some_statement(content)["supersedes"] = "E-0000000000"


def two_of_one_id(content: Json) -> None:
    statements = first_visit(content)["statements"]
    statements[-1]["id"] = statements[-2]["id"]


def client_twice(content: Json) -> None:
    content["clients"].append(content["clients"][0])


def of_no_kind(content: Json) -> None:
    some_statement(content)["kind"] = "horoscope"


def who_it_is(content: Json) -> None:
    some_statement(content).update(kind="identity", body={"name": "somebody"})


def of_another_visit(content: Json) -> None:
    visits = first_client(content)["record"]["visits"]
    visits[0]["measurements"][0]["visit"] = visits[1]["id"]


def of_another_client(content: Json) -> None:
    first_visit(content)["client"] = content["clients"][1]["record"]["client"]["id"]


def never_opened(content: Json) -> None:
    first_visit(content)["statements"].pop(0)


def strikes_out_nothing(content: Json) -> None:
    void = next(s for s in first_visit(content)["statements"] if s["kind"] == "void")
    void["body"]["measurement"] = "M-00000000"


def number_as_text(content: Json) -> None:
    first_visit(content)["measurements"][0]["findings"][0]["quantity"] = {"a": 1}


def number_of_no_size(content: Json) -> None:
    first_visit(content)["measurements"][0]["quality"]["gaps"] = [[0, 10**400]]


def day_before_days(content: Json) -> None:
    some_statement(content)["recorded_at"] = "0001-01-01T00:00:00+14:00"


def time_of_nowhere(content: Json) -> None:
    some_statement(content)["recorded_at"] = "2026-03-02T09:30:00"


def id_that_is_a_number(content: Json) -> None:
    some_statement(content)["id"] = 7


def id_in_small_letters(content: Json) -> None:
    some_statement(content)["id"] = some_statement(content)["id"].lower()


def name_of_a_wrong_kind(content: Json) -> None:
    first_client(content)["identity"] = {"name": 7}


def no_name_at_all(content: Json) -> None:
    first_client(content)["identity"] = [["name", "x"]]


def writer_that_is_a_list(content: Json) -> None:
    some_statement(content)["actor"] = ["me"]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (other_samples, "Client 1.*samples"),
        (without_samples, "Client 1.*raw data"),
        (other_capture, "Client 1.*capture of measurement M-"),
        (without_capture, "Client 1.*capture of measurement M-"),
        (capture_of_nobody, "Client 1.*no measurement names"),
        (capture_in_no_base64, "Client 1.*base64"),
        (replaces_nothing, "Client 1.*Visit V-.*E-.*not there"),
        (two_of_one_id, "Client 1.*one id"),
        (client_twice, "Client 3.*in the store"),
        (of_no_kind, "Client 1.*kind"),
        (who_it_is, "Client 1.*Visit V-.*does not belong"),
        (of_another_visit, "Client 1.*Visit V-.*another visit"),
        (of_another_client, "Client 1.*Visit V-.*another client"),
        (never_opened, "Client 1.*Visit V-.*opened"),
        (strikes_out_nothing, "Client 1.*Visit V-"),
        (number_as_text, "Client 1.*measurement M-"),
        (number_of_no_size, "Client 1.*larger"),
        (day_before_days, "Client 1.*year 1"),
        (time_of_nowhere, "Client 1.*zone"),
        (id_that_is_a_number, "Client 1.*spelled"),
        (id_in_small_letters, "Client 1.*spelled"),
        (name_of_a_wrong_kind, "Client 1.*name"),
        (no_name_at_all, "identity"),
        (writer_that_is_a_list, "Client 1.*actor"),
    ],
)
def test_document_that_is_not_whole_is_refused_by_its_place_and_nothing_kept(
    document: Path, store: Store, tmp_path: Path, change: Callable[[Json], None], where: str
) -> None:
    content = json.loads(document.read_bytes())
    change(content)
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(RecordError, match=f"(?s){where}"):
        import_json(desk_of(store), broken)
    assert store.ledger.head()[0] == 0
    assert list(store.keys) == []


HEAD = '{"schema":"tissuesense.clients/1","exported":{},"clients":['


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("{}", "not a tissuesense"),
        ("[]", "not a tissuesense"),
        (HEAD.replace("clients/1", "other/1") + "]}", "not a tissuesense"),
        (f"{HEAD}\n", "breaks off"),
        (f"{HEAD}\n{{}}\n]}}", "lacks one of"),
        (f"{HEAD}\n]}}\n{{}}", "behind the end"),
        (f'{HEAD}\n{{"a":1,"a":2}}\n]}}', "not JSON"),
        (f"{HEAD}\n{{}},\n[NaN]\n]}}", "lacks one of"),
        (f"{HEAD}\n[1e999]\n]}}", "not JSON"),
        (f"{HEAD}\n[{'9' * 5000}]\n]}}", "not JSON"),
        (f"{HEAD}\n{'[' * 200_000}\n]}}", "nested"),
        (f'{HEAD}\n["\\ud800"]\n]}}', "half of a character"),
        (f"{HEAD}\n[{',' * 9_000_000}]\n]}}", "larger than any"),
    ],
)
def test_text_that_is_no_document_is_refused_in_words(
    store: Store, tmp_path: Path, text: str, why: str
) -> None:
    path = tmp_path / "any.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RecordError, match=why):
        import_json(desk_of(store), path)
    assert store.ledger.head()[0] == 0


def test_later_schema_is_told_from_no_schema(store: Store, tmp_path: Path) -> None:
    later = tmp_path / "later.json"
    later.write_text('{"schema":"tissuesense.clients/99","clients":[]}')
    with pytest.raises(SchemaTooNew, match="clients/99"):
        import_json(desk_of(store), later)


def test_file_that_is_not_there_or_no_file_is_a_wrong_call(store: Store, tmp_path: Path) -> None:
    for path in (tmp_path / "nothing", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            import_json(desk_of(store), path)
