"""What is taken in is what went out, or nothing is taken in and a sentence says why."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.services.filled_store import CLOCK, filled

from tissuesense.core.errors import (
    RecordConflict,
    RecordError,
    SchemaTooNew,
    TissueSenseError,
    UsageError,
)
from tissuesense.record.client import ClientId
from tissuesense.services.exporting import Order, export
from tissuesense.services.importing.gauge_table import import_gauge_table
from tissuesense.services.importing.intake import Desk
from tissuesense.services.importing.json_clients import import_json
from tissuesense.services.importing.myoton import import_myoton
from tissuesense.services.importing.suggestion import suggested_map
from tissuesense.services.importing.tables import TableOrder
from tissuesense.services.records import add_client, load_client_record
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

MYOTON = """Subject ID;Time;Muscle;Side;State;Frequency;Stiffness;Decrement;Relaxation;Creep
{name};14.03.2025 10:22:01;Trapezius upper;Left;Relaxed;14,6;251,3;1,12;19,8;1,21
{name};14.03.2025 10:22:01;Trapezius upper;Left;Relaxed;14,9;255,0;1,10;19,5;1,20
{name};15.03.2025 10:25:01;Infraspinatus;Right;Relaxed;16,2;301,0;1,02;17,1;1,11
"""
GAUGE = """Date,Muscle,Side,Trial,Peak force [kgf]
2025-03-14,upper trapezius,L,1,3.25
2025-03-14,upper trapezius,L,2,3.45
2025-03-15,infraspinatus,R,1,2.2
"""
MAP = """rows = "trials"
[columns]
at = "Date"
site = "Muscle"
side = "Side"
value = "Peak force [kgf]"
[fixed]
unit = "kgf"
"""


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what a store with a filled record gives as JSON."""
    folder = tmp_path_factory.mktemp("out")
    with filled(folder / "store", plain=True, clients=2) as store:
        order = Order(form="json", out=folder / "clients.json", with_identity=True)
        export(store, order, clock=CLOCK, rng=np.random.default_rng(2))
    return folder / "clients.json"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store", clock=CLOCK, create=True, plain=True)


def desk_of(store: Store, **options: Any) -> Desk:  # noqa: ANN401 - switches of a desk
    return Desk(store=store, clock=CLOCK, rng=np.random.default_rng(5), **options)


def a_client(store: Store) -> ClientId:
    return add_client(store, clock=CLOCK, rng=np.random.default_rng(9)).id


def written(folder: Path, text: str, name: str = "table.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_json_goes_out_again_as_it_came_in(document: Path, store: Store, tmp_path: Path) -> None:
    done = import_json(desk_of(store), document)
    again = tmp_path / "again.json"
    order = Order(form="json", out=again, with_identity=True)
    export(store, order, clock=CLOCK, rng=np.random.default_rng(3))
    before, after = (json.loads(path.read_text(encoding="utf-8")) for path in (document, again))
    assert done.items > 0
    assert before["clients"] == after["clients"]


def test_json_that_another_program_laid_out_anew_comes_in_too(
    document: Path, store: Store, tmp_path: Path
) -> None:
    pretty = json.dumps(json.loads(document.read_text(encoding="utf-8")), indent=2)
    done = import_json(desk_of(store), written(tmp_path, pretty, "pretty.json"))
    assert len(done.clients) == len(store.clients.all())


def test_client_who_is_there_already_is_not_taken_in_twice(document: Path, store: Store) -> None:
    import_json(desk_of(store), document)
    head = store.ledger.head()
    with pytest.raises(RecordConflict):
        import_json(desk_of(store), document)
    assert store.ledger.head() == head


def test_dry_run_leaves_nothing_behind(document: Path, store: Store) -> None:
    done = import_json(desk_of(store, dry_run=True), document)
    assert done.clients
    assert store.ledger.head()[0] == 0
    assert list(store.keys) == []


def broken(document: Path, change: Callable[[Any], None]) -> str:
    content = json.loads(document.read_text(encoding="utf-8"))
    change(content)
    return json.dumps(content)


def _some_statement(content: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    found: dict[str, Any] = content["clients"][0]["record"]["visits"][0]["statements"][-1]
    return found


def other_samples(content: Any) -> None:  # noqa: ANN401 - JSON
    trace = next(iter(content["clients"][0]["traces"].values()))
    column = trace["columns"]["force_n"]
    trace["columns"]["force_n"] = ("B" if column[0] == "A" else "A") + column[1:]


def without_samples(content: Any) -> None:  # noqa: ANN401 - JSON
    content["clients"][0]["traces"].clear()


def without_capture(content: Any) -> None:  # noqa: ANN401 - JSON
    content["clients"][0]["captures"].clear()


def replaces_nothing(content: Any) -> None:  # noqa: ANN401 - JSON
    _some_statement(content)["supersedes"] = "E-0000000000"


def twice(content: Any) -> None:  # noqa: ANN401 - JSON
    content["clients"].append(content["clients"][0])


def of_no_kind(content: Any) -> None:  # noqa: ANN401 - JSON
    _some_statement(content)["kind"] = "horoscope"


def of_the_program(content: Any) -> None:  # noqa: ANN401 - JSON
    statement = _some_statement(content)
    statement |= {
        "kind": "identity",
        "body": {"name": "somebody"},
    }


@pytest.mark.parametrize(
    "change",
    [
        other_samples,
        without_samples,
        without_capture,
        replaces_nothing,
        twice,
        of_no_kind,
        of_the_program,
    ],
)
def test_document_that_is_not_whole_is_refused_and_nothing_kept(
    document: Path, store: Store, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    path = written(tmp_path, broken(document, change), "broken.json")
    with pytest.raises(TissueSenseError):
        import_json(desk_of(store), path)
    assert store.ledger.head()[0] == 0
    assert list(store.keys) == []


def test_later_schema_is_told_from_no_schema(store: Store, tmp_path: Path) -> None:
    later = written(tmp_path, '{"schema":"tissuesense.clients/99","clients":[]}', "later.json")
    with pytest.raises(SchemaTooNew):
        import_json(desk_of(store), later)
    with pytest.raises(RecordError, match="not a tissuesense.clients"):
        import_json(desk_of(store), written(tmp_path, "{}", "none.json"))


def test_myoton_numbers_stand_under_the_makers_names_without_samples(
    store: Store, tmp_path: Path
) -> None:
    client = a_client(store)
    path = written(tmp_path, MYOTON.format(name="Smith, Anna"))
    done = import_myoton(desk_of(store), client, TableOrder(path=path))
    record = load_client_record(store, client)
    first, second = (visit.statements("historic")[0] for visit in record.visits)
    stiffness = first.quantity("myotonpro_stiffness")
    assert (done.visits, done.items) == (2, 2)
    assert (first.site.name, str(first.site.side)) == ("trapezius_upper", "left")
    assert (stiffness.values, stiffness.unit) == ((251.3, 255.0), "N/m")
    assert (second.site.name, "raw_absent" in second.flags) == ("infraspinatus", True)
    assert "Smith" not in repr(record)


def test_myoton_table_of_several_persons_asks_which(store: Store, tmp_path: Path) -> None:
    client = a_client(store)
    rows = MYOTON.format(name="A").splitlines() + MYOTON.format(name="B").splitlines()[1:]
    path = written(tmp_path, "\n".join(rows))
    with pytest.raises(UsageError, match="2 persons"):
        import_myoton(desk_of(store), client, TableOrder(path=path))
    assert import_myoton(desk_of(store), client, TableOrder(path=path, subject=2)).items == 2


def test_file_is_taken_in_once_unless_asked_again(store: Store, tmp_path: Path) -> None:
    client = a_client(store)
    order = TableOrder(path=written(tmp_path, MYOTON.format(name="A")))
    import_myoton(desk_of(store), client, order)
    with pytest.raises(RecordConflict):
        import_myoton(desk_of(store), client, order)
    assert import_myoton(desk_of(store, again=True), client, order).visits == 0


def test_gauge_table_is_read_by_its_map_and_its_unit_converted(
    store: Store, tmp_path: Path
) -> None:
    client = a_client(store)
    order = TableOrder(path=written(tmp_path, GAUGE), mapping=written(tmp_path, MAP, "map.toml"))
    import_gauge_table(desk_of(store), client, order)
    first = load_client_record(store, client).visits[0].statements("historic")[0]
    peak = first.quantity("peak_force")
    assert peak.values == (3.25 * 9.80665, 3.45 * 9.80665)
    assert peak.unit == "N"
    assert "time_unknown" in first.flags


def test_samples_of_a_gauge_become_a_measurement_like_any_other(
    store: Store, tmp_path: Path
) -> None:
    client = a_client(store)
    t = np.arange(0.0, 12.0, 0.02)
    force = 60.0 * np.clip(np.mod(t, 4.0) - 1.0, 0, 2) / 2 * (np.mod(t, 4.0) < 3.0)
    rows = "\n".join(f"{a:.2f};{b:.3f}" for a, b in zip(t, force, strict=True))
    said = (
        'rows = "samples"\n[columns]\ntime = "t"\nforce = "load"\n[fixed]\nunit = "N"\ntime_unit = "s"\n'
        'site = "soleus"\nside = "left"\nat = "2025-03-14 10:00"\nprobe_area_cm2 = 1.0\n'
    )
    order = TableOrder(
        path=written(tmp_path, f"t;load\n{rows}\n"), mapping=written(tmp_path, said, "map.toml")
    )
    import_gauge_table(desk_of(store), client, order)
    (measured,) = load_client_record(store, client).visits[0].measurements
    assert measured.measurement.trace.size == t.size
    assert measured.finding("threshold_kpa", "trial", 1) is not None


@pytest.mark.parametrize(
    ("table", "said", "word"),
    [
        (GAUGE, "", "map"),
        (GAUGE, MAP.replace('kgf"\n', 'stone"\n'), "unit"),
        (GAUGE, MAP.replace('"Muscle"', '"Muskel"'), "columns"),
        (GAUGE.replace("3.25", "much"), MAP, "Line 2"),
        (GAUGE.replace("infraspinatus", "left toe"), MAP, "line 4"),
        (GAUGE.replace(",R,", ",Q,"), MAP, "side"),
        (GAUGE, MAP + "[more]\n", "more"),
        (GAUGE, "rows = [", "TOML"),
    ],
)
def test_table_that_does_not_fit_its_map_is_refused_where_it_does_not(
    store: Store, tmp_path: Path, table: str, said: str, word: str
) -> None:
    client = a_client(store)
    head = store.ledger.head()
    mapping = written(tmp_path, said, "map.toml") if said else None
    order = TableOrder(path=written(tmp_path, table), mapping=mapping)
    with pytest.raises(TissueSenseError, match=word):
        import_gauge_table(desk_of(store), client, order)
    assert store.ledger.head() == head


def test_suggested_map_reads_the_table_that_it_was_made_for(store: Store, tmp_path: Path) -> None:
    path = written(tmp_path, GAUGE)
    answered = suggested_map(path).replace('"?"', "1.0")
    order = TableOrder(path=path, mapping=written(tmp_path, answered, "map.toml"))
    assert import_gauge_table(desk_of(store), a_client(store), order).items == 2


FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FUZZ
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode()))
def test_any_bytes_are_taken_in_or_refused_in_words(
    store: Store, tmp_path: Path, body: bytes
) -> None:
    path = tmp_path / "any"
    path.write_bytes(body)
    mapping = written(tmp_path, MAP, "map.toml")
    head = store.ledger.head()
    order = TableOrder(path=path, mapping=mapping)
    for take in (
        lambda: import_json(desk_of(store), path),
        lambda: import_myoton(desk_of(store), ClientId("TS-00000"), order),
        lambda: import_gauge_table(desk_of(store), ClientId("TS-00000"), order),
        lambda: import_gauge_table(
            desk_of(store), ClientId("TS-00000"), replace(order, path=mapping, mapping=path)
        ),
    ):
        with pytest.raises(TissueSenseError):
            take()
    assert store.ledger.head() == head


@FUZZ
@given(data=st.data())
def test_a_document_with_a_wound_is_taken_in_whole_or_refused_in_words(
    document: Path, tmp_path: Path, data: st.DataObject
) -> None:
    text = document.read_bytes()
    at = data.draw(st.integers(0, min(len(text), 6000) - 1))
    wound = data.draw(st.sampled_from([b"", b"[", b'"', b"null", b"1e999", b"NaN", b"-", b"\xff"]))
    path = tmp_path / "wounded.json"
    path.write_bytes(text[:at] + wound + text[at + data.draw(st.integers(0, 3)) :])
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(Path(folder), clock=CLOCK, create=True, plain=True) as store,
    ):
        try:
            import_json(desk_of(store), path)
        except TissueSenseError:
            assert store.ledger.head()[0] == 0
