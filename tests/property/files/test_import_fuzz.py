"""Whatever a file holds, an import takes it in or refuses it in a sentence, and then keeps nothing.

Every attempt is a dry run into one store, whose head and keys must stay what they were: a body that
is sound goes all the way and is undone, one that is not is refused before anything is kept.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from tests.unit.export.whole_record import whole_record, whole_request

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import TissueSenseError
from tissuesense.export.formats.json_record import FORMAT
from tissuesense.record.client import ClientId
from tissuesense.services.importing.gauge_table import import_gauge_table
from tissuesense.services.importing.intake import Desk
from tissuesense.services.importing.json_clients import import_json
from tissuesense.services.importing.myoton import import_myoton
from tissuesense.services.importing.suggestion import suggested_map
from tissuesense.services.importing.tables import TableOrder
from tissuesense.services.records import add_client
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

MYOTON = (
    b"Measurement time;Iteration;Subject name;Object;Side;Frequency;Stiffness;Decrement\r\n"
    b"14.03.2025 10:22;1;Anna Example;Soleus;Left;14,6;251,3;1,12\r\n"
    b'14.03.2025 10:22;2;Anna Example;Soleus;Left;"14,9";1.255,0;1,10\r\n'
)
PEAKS = b"Date,Muscle,Side,Peak [kgf]\n2025-03-14,soleus,L,3.25\n2025-03-15,soleus,R,2.2\n"
PEAK_MAP = b"""rows = "trials"
[columns]
at = "Date"
site = "Muscle"
side = "Side"
value = "Peak [kgf]"
"""
TRACE = b"t (s)\tF (N)\tstop\n0\t0.0\t0\n0.1\t1.5\t0\n0.2\t12.5\t\n0.3\t0.25\t1\n"
TRACE_MAP = b"""rows = "samples"
[columns]
time = "t (s)"
force = "F (N)"
marker = "stop"
[fixed]
site = "soleus"
side = "left"
at = "2025-03-14 10:30"
probe_area_cm2 = 1.0
"""
FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@dataclass(frozen=True)
class Taking:
    """One store and every way into it."""

    store: Store
    client: ClientId
    folder: Path

    def attempt(self, form: str, body: bytes, said: bytes = b"") -> bool:
        """Try to take a body in; return whether it was sound. The store is as it was."""
        path, mapping = self.folder / "body", self.folder / "map.toml"
        path.write_bytes(body)
        mapping.write_bytes(said)
        order = TableOrder(path=path, mapping=mapping if said else None)
        desk = Desk(
            store=self.store, clock=ManualClock(), rng=np.random.default_rng(), dry_run=True
        )
        ways: Mapping[str, Callable[[], object]] = {
            "json": lambda: import_json(desk, path),
            "myoton": lambda: import_myoton(desk, self.client, order),
            "gauge-csv": lambda: import_gauge_table(desk, self.client, order),
        }
        before = self.state()
        sound = False
        try:
            ways[form]()
            sound = True
        except TissueSenseError as err:
            told = f"{err} {err.hint}"
        assert sound or len(told.split()) > 3
        assert sound or "Anna" not in told
        assert self.state() == before
        return sound

    def state(self) -> object:
        return self.store.ledger.head(), sorted(map(repr, self.store.keys))


@pytest.fixture(scope="module")
def taking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Taking]:
    folder = tmp_path_factory.mktemp("taking")
    with open_store(folder / "store", clock=ManualClock(), create=True, plain=True) as store:
        client = add_client(store, clock=ManualClock(), rng=np.random.default_rng(1)).id
        yield Taking(store, client, folder)


def written(folder: Path, *, whole: bool) -> bytes:
    record = whole_record()
    if not whole:
        record = replace(record, entries=record.entries[:2], visits=())
    FORMAT.write(whole_request(folder / "document.json", identified=True, records=(record,)))
    return (folder / "document.json").read_bytes()


@pytest.fixture(scope="module")
def short_document(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("short"), whole=False)


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("whole"), whole=True)


TABLES = [
    ("myoton", MYOTON, b""),
    ("gauge-csv", PEAKS, PEAK_MAP),
    ("gauge-csv", TRACE, TRACE_MAP),
]


def test_every_body_is_sound_before_it_is_harmed(
    taking: Taking, document: bytes, short_document: bytes
) -> None:
    for form, body, said in TABLES:
        assert taking.attempt(form, body, said)
    assert taking.attempt("json", document)
    assert taking.attempt("json", short_document)


@pytest.mark.parametrize(("form", "body", "said"), TABLES)
def test_table_that_is_cut_off_anywhere_is_taken_or_refused(
    taking: Taking, form: str, body: bytes, said: bytes
) -> None:
    for end in range(len(body)):
        taking.attempt(form, body[:end], said)
    for end in range(len(said)):
        taking.attempt(form, body, said[:end])


def test_document_that_is_cut_off_anywhere_is_refused(
    taking: Taking, short_document: bytes
) -> None:
    closing = len(short_document.rstrip())
    assert not any(taking.attempt("json", short_document[:end]) for end in range(closing))


# What breaks readers: numbers that are none, halves of characters, quotes, formulas, depth.
POISON = [
    b"", b"\0", b'"', b"'", b";", b",", b"\t", b"\r", b"\n", b"=cmd|' /C calc'!A0", b"@SUM(1)",
    b"1e308", b"-1e308", b"1e999", b"NaN", b"Infinity", b"9" * 5000, b"-0", b"0x10", b"1,234",
    b"1.234.567,8", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80",
    "\u2028\u202e\u0661\u00b2".encode(), b"\\ud800", b"null", b"[]", b"{}", b"[" * 5000,
    b'{"a":' * 5000, b"\x1a", b"31.02.2025", b"99.99.9999", b"00/00/0000", b"soleus",
]  # fmt: skip


@st.composite
def harmed(draw: st.DrawFn, body: bytes) -> bytes:
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(body)))
        end = start + draw(st.integers(0, 12))
        poison = draw(st.sampled_from(POISON) | st.binary(max_size=6))
        body = body[:start] + poison + body[end:]
    return body


@FUZZ
@given(data=st.data())
def test_harmed_table_or_map_is_taken_or_refused(taking: Taking, data: st.DataObject) -> None:
    form, body, said = data.draw(st.sampled_from(TABLES))
    if said and data.draw(st.booleans()):
        taking.attempt(form, body, data.draw(harmed(said)))
    else:
        taking.attempt(form, data.draw(harmed(body)), said)


@FUZZ
@given(data=st.data())
def test_harmed_document_is_taken_or_refused(
    taking: Taking, short_document: bytes, data: st.DataObject
) -> None:
    taking.attempt("json", data.draw(harmed(short_document)))


@FUZZ
@given(body=st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode()))
@example(b"")
@example(b"\xff\xfe")
@example(b"a;" * 1_000_000)
@example(b"a\n" * 1_000_000)
@example(b"9" * 1_000_000)
@example(b'"' + b"a\n" * 200_000)
@example(b"[" * 1_000_000)
@example(b'{"schema":"tissuesense.clients/1","clients":[' + b"[],\n" * 100_000)
def test_any_body_is_taken_or_refused_by_every_form(taking: Taking, body: bytes) -> None:
    taking.attempt("json", body)
    taking.attempt("myoton", body)
    for _, _, said in TABLES[1:]:
        taking.attempt("gauge-csv", body, said)
    taking.attempt("gauge-csv", PEAKS, body or b"#")
    with suppress(TissueSenseError):
        suggested_map(taking.folder / "body")


REMOVED = object()
OTHER_VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [
        REMOVED, None, True, 0, -1, 1e308, 10**30, "", "\0", "x" * 100, "\ud800", "2026-03-02", [],
        {}, [[]], [1.0], {"a": 1}, "E-0000000000", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
    ]
)  # fmt: skip


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    """Yield the path to every value."""
    if path:
        yield path
    if isinstance(document, dict | list):
        keys = document if isinstance(document, dict) else range(len(document))
        for key in keys:
            yield from places(document[key], (*path, key))


@pytest.fixture(scope="module")
def kinds_of_place(document: bytes) -> list[list[tuple[Any, ...]]]:
    """Return the paths of the whole document by what they lead to.

    Findings are most of a record: so each kind of place is drawn as often as another.
    """
    by_name: dict[str, list[tuple[Any, ...]]] = {}
    for path in places(json.loads(document)):
        name = ".".join("*" if isinstance(key, int) else str(key) for key in path)
        by_name.setdefault(name, []).append(path)
    return list(by_name.values())


@settings(FUZZ, max_examples=300)
@given(data=st.data())
def test_value_of_another_type_anywhere_is_taken_or_refused(
    taking: Taking,
    document: bytes,
    kinds_of_place: list[list[tuple[Any, ...]]],
    data: st.DataObject,
) -> None:
    of_one_kind = data.draw(st.sampled_from(kinds_of_place))
    path, value = data.draw(st.sampled_from(of_one_kind)), data.draw(OTHER_VALUES)
    content = json.loads(document)
    inside = content
    for key in path[:-1]:
        inside = inside[key]
    if value is REMOVED:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    taking.attempt("json", json.dumps(content).encode())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("statements", 0, "supersedes"), []),
        (("measurements", 0, "id"), [[]]),
        (("measurements", 0, "findings", 18, "ci95"), [1.0]),
    ],
)
def test_value_that_once_broke_the_reader_is_refused(
    taking: Taking, document: bytes, path: tuple[Any, ...], value: object
) -> None:
    content = json.loads(document)
    inside = content["clients"][0]["record"]["visits"][0]
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    assert not taking.attempt("json", json.dumps(content).encode())
