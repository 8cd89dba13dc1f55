"""Other programs' numbers come in under their own names, in a visit of their day, once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.services.filled_store import CLOCK

from tissuesense.core.errors import RecordConflict, RecordError, RecordNotFound, UsageError
from tissuesense.core.trace import Trace
from tissuesense.record.client import ClientId
from tissuesense.record.historic import HistoricMeasurement
from tissuesense.record.history import ClientRecord
from tissuesense.record.visit import VisitId
from tissuesense.services.importing.gauge_table import import_gauge_table
from tissuesense.services.importing.intake import Desk
from tissuesense.services.importing.myoton import import_myoton
from tissuesense.services.importing.suggestion import suggested_map
from tissuesense.services.importing.tables import TableOrder
from tissuesense.services.records import add_client, load_client_record, open_visit
from tissuesense.simulation.session import SessionSpec, simulated_recording
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store

RNG = np.random.default_rng(5)  # one for all: two desks of one store draw different ids
HEADER = "Subject ID;Measurement time;Iteration;Object;Side;State;Frequency;Stiffness;Device SN\n"
MYOTON = f"""{HEADER}\
Anna;14.03.2025;2;Trapezius upper;Left;Relaxed;14,9;255,0;17
Anna;14.03.2025;1;Trapezius upper;Left;Relaxed;14,6;251,3;17
Anna;15.03.2025;1;Infraspinatus;Right;Relaxed;16,2;301,0;17
"""
GAUGE = """Date,Muscle,Side,Trial,Peak force [kgf]
2025-03-14,upper trapezius,L,1,3.25
2025-03-14,infraspinatus,R,1,2.2
2025-03-14,upper trapezius,L,2,3.45
"""
MAP = """rows = "trials"
[columns]
at = "Date"
site = "Muscle"
side = "Side"
trial = "Trial"
value = "Peak force [kgf]"
"""
TRACE_MAP = """rows = "samples"
[columns]
time = "time_s"
force = "force"
marker = "marker"
[fixed]
unit = "N"
site = "trapezius_upper"
side = "left"
at = "2025-03-14 10:30"
probe_area_cm2 = 1.0
"""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store", clock=CLOCK, create=True, plain=True)


@pytest.fixture
def client(store: Store) -> ClientId:
    return add_client(store, clock=CLOCK, rng=np.random.default_rng(9)).id


def desk_of(store: Store, **options: Any) -> Desk:  # noqa: ANN401 - switches of a desk
    return Desk(store=store, clock=CLOCK, rng=RNG, **options)


def an_order(folder: Path, text: str, said: str = "", **told: Any) -> TableOrder:  # noqa: ANN401 - fields of an order
    (folder / "table.csv").write_text(text, encoding="utf-8")
    (folder / "map.toml").write_text(said, encoding="utf-8")
    return TableOrder(
        path=folder / "table.csv", mapping=folder / "map.toml" if said else None, **told
    )


def historic(record: ClientRecord) -> list[HistoricMeasurement]:
    return [measured for visit in record.visits for measured in visit.statements("historic")]


def stiffness(measured: HistoricMeasurement) -> tuple[float, ...]:
    quantity = measured.quantity("myotonpro_stiffness")
    assert quantity is not None
    return quantity.values


def test_taps_become_one_measurement_in_the_order_of_tapping(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    done = import_myoton(desk_of(store), client, an_order(tmp_path, MYOTON))
    record = load_client_record(store, client)
    first, second = historic(record)
    assert (done.visits, done.items) == (2, 2)
    assert (first.site.words, second.site.words) == ("left trapezius upper", "right infraspinatus")
    assert stiffness(first) == (251.3, 255.0)
    assert first.instrument == "MyotonPRO 17"
    assert first.flags == ("raw_absent", "time_unknown")
    assert [visit.visit.opened_at.date() for visit in record.visits] == [
        measured.measured_at.date() for measured in (first, second)
    ]
    assert "Anna" not in repr(record)


def test_series_that_begins_again_is_another_measurement_and_an_equal_one_is_left_out(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    rows = MYOTON.splitlines(keepends=True)
    others = [row.replace("251,3", "260,1") for row in rows[1:3]]
    text = "".join([*rows[:3], *others, *rows[1:3]])
    done = import_myoton(desk_of(store), client, an_order(tmp_path, text))
    found = historic(load_client_record(store, client))
    assert [stiffness(measured) for measured in found] == [(251.3, 255.0), (260.1, 255.0)]
    assert "equal in every number" in done.remarks[1]
    assert "1 that" in done.remarks[1]


def test_several_persons_are_never_mixed(store: Store, client: ClientId, tmp_path: Path) -> None:
    text = MYOTON + MYOTON.removeprefix(HEADER).replace("Anna", "Bernd").replace("301,0", "333,0")
    with pytest.raises(UsageError, match="2 persons") as refused:
        import_myoton(desk_of(store), client, an_order(tmp_path, text))
    assert "Anna" not in f"{refused.value}{refused.value.hint}"
    import_myoton(desk_of(store), client, an_order(tmp_path, text, subject=2))
    assert stiffness(historic(load_client_record(store, client))[1]) == (333.0,)


@pytest.mark.parametrize("subject", [0, -1, 2])
def test_person_who_is_not_there_is_refused(
    store: Store, client: ClientId, tmp_path: Path, subject: int
) -> None:
    with pytest.raises(UsageError, match="1 persons"):
        import_myoton(desk_of(store), client, an_order(tmp_path, MYOTON, subject=subject))


def test_unknown_site_is_refused_with_what_is_near_until_the_map_names_it(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    text = MYOTON.replace("Trapezius upper", "Trapezius uper")
    with pytest.raises(RecordError, match=r"line 2.*trapezius_upper"):
        import_myoton(desk_of(store), client, an_order(tmp_path, text))
    named = an_order(tmp_path, text, sites={"trapezius  UPER": "trapezius_upper/right"})
    import_myoton(desk_of(store), client, named)
    first = historic(load_client_record(store, client))[0]
    assert (first.site.words, first.site_as_named) == ("right trapezius upper", "Trapezius uper")


def test_site_of_no_catalogue_is_kept_as_typed_in_the_map_alone(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    said = '[sites]\n"Trapezius upper" = "scar_of_1999"\n'
    import_myoton(desk_of(store), client, an_order(tmp_path, MYOTON, said))
    assert historic(load_client_record(store, client))[0].site.name == "scar_of_1999"


def test_day_that_nobody_can_have_measured_on_is_refused(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    for year, why in (("1925", "year 1925"), ("2026", "future"), ("9999", "year 9999")):
        order = an_order(tmp_path, MYOTON.replace("2025", year))
        with pytest.raises(RecordError, match=why):
            import_myoton(desk_of(store), client, order)


def test_file_comes_in_once_unless_asked_again(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    order = an_order(tmp_path, MYOTON)
    import_myoton(desk_of(store), client, order)
    head = store.ledger.head()
    with pytest.raises(RecordConflict, match="before"):
        import_myoton(desk_of(store), client, order)
    assert store.ledger.head() == head
    assert import_myoton(desk_of(store, again=True), client, order).visits == 0
    assert len(store.ledger.of_client(client, "imported")) == 2


def test_dry_run_counts_and_keeps_nothing(store: Store, client: ClientId, tmp_path: Path) -> None:
    head = store.ledger.head()
    done = import_myoton(desk_of(store, dry_run=True), client, an_order(tmp_path, MYOTON))
    assert (done.visits, done.items, done.dry_run) == (2, 2, True)
    assert store.ledger.head() == head


def a_visit(store: Store, client: ClientId, at: str) -> VisitId:
    from datetime import datetime

    opened = datetime.fromisoformat(at).astimezone()
    return open_visit(
        store, client, clock=CLOCK, rng=np.random.default_rng(len(at)), opened_at=opened
    ).id


def test_visit_of_the_day_is_used_and_of_several_one_must_be_named(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    text = "".join(MYOTON.splitlines(keepends=True)[:3])
    morning = a_visit(store, client, "2025-03-14T09:00")
    import_myoton(desk_of(store), client, an_order(tmp_path, text))
    assert len(store.ledger.of_visit(morning, "historic")) == 1
    evening = a_visit(store, client, "2025-03-14T18:00:00")
    with pytest.raises(RecordConflict, match="2 visits"):
        import_myoton(desk_of(store, again=True), client, an_order(tmp_path, text))
    import_myoton(desk_of(store, again=True), client, an_order(tmp_path, text, visit=evening))
    assert len(store.ledger.of_visit(evening, "historic")) == 1


def test_visit_of_another_day_or_client_or_nobody_is_refused(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    other = add_client(store, clock=CLOCK, rng=np.random.default_rng(10)).id
    visits: Mapping[VisitId, type[Exception]] = {
        a_visit(store, client, "2025-03-14T09:00"): RecordConflict,
        a_visit(store, other, "2025-03-14T09:00:00"): RecordConflict,
        VisitId("V-00000000"): RecordNotFound,
    }
    head = store.ledger.head()
    for visit, refusal in visits.items():
        with pytest.raises(refusal):
            import_myoton(desk_of(store), client, an_order(tmp_path, MYOTON, visit=visit))
    assert store.ledger.head() == head


def test_peaks_of_one_place_and_day_are_one_measurement_in_newtons(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    import_gauge_table(desk_of(store), client, an_order(tmp_path, GAUGE, MAP))
    first, second = historic(load_client_record(store, client))
    peak = first.quantity("peak_force")
    assert peak is not None
    assert peak.values == pytest.approx((3.25 * 9.80665, 3.45 * 9.80665), rel=1e-15)
    assert (peak.unit, "kgf" in peak.method) == ("N", True)
    assert second.site.name == "infraspinatus"


def test_pressure_is_not_kept_without_its_tip(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    text, said = GAUGE.replace("kgf", "kPa"), MAP.replace("kgf", "kPa")
    with pytest.raises(UsageError, match="probe_area_cm2"):
        import_gauge_table(desk_of(store), client, an_order(tmp_path, text, said))
    said += "[fixed]\nprobe_area_cm2 = 1.0\n"
    import_gauge_table(desk_of(store), client, an_order(tmp_path, text, said))
    first = historic(load_client_record(store, client))[0]
    assert (first.quantity("peak_pressure") is not None, first.probe_area_cm2) == (True, 1.0)


def as_table(trace: Trace, *, decimal: str = ".", newton: float = 1.0) -> str:
    assert trace.force_n is not None
    assert trace.marker is not None
    rows = zip(trace.t_s.tolist(), (trace.force_n / newton).tolist(), trace.marker, strict=True)
    lines = (f"{t!r};{force!r};{int(marker)}".replace(".", decimal) for t, force, marker in rows)
    return "\n".join(["time_s;force;marker", *lines])


def test_trace_is_a_measurement_like_any_other_with_the_same_numbers(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    trace = simulated_recording(SessionSpec(seed=4)).trace
    order = an_order(tmp_path, as_table(trace, decimal=","), TRACE_MAP)
    import_gauge_table(desk_of(store), client, order)
    (measured,) = load_client_record(store, client).visits[0].measurements
    assert measured.measurement.trace == trace
    assert measured.measurement.capture_sha256 is None
    assert measured.finding("threshold_kpa", "trial", 1) is not None
    assert measured.measurement.context.tip is not None


def test_each_trial_of_a_table_is_a_trace_of_its_own(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    rows = as_table(simulated_recording(SessionSpec(seed=4)).trace).splitlines()
    text = "\n".join(
        ["trial;" + rows[0], *(f"{trial};{row}" for trial in (1, 2) for row in rows[1:])]
    )
    with pytest.raises(RecordError, match="line 2"):
        import_gauge_table(desk_of(store), client, an_order(tmp_path, text, TRACE_MAP))
    said = TRACE_MAP.replace("[fixed]", 'trial = "trial"\n[fixed]')
    done = import_gauge_table(desk_of(store), client, an_order(tmp_path, text, said))
    assert (done.visits, done.items) == (1, 2)


@pytest.mark.parametrize(
    ("text", "change", "why"),
    [
        ("time_s;force;marker\n0;1;0\n", ("", ""), "two are the least"),
        ("time_s;force;marker\n", ("", ""), "no samples"),
        ("time_s;force;marker\n0;1;0\n1;2;0\n", ('"N"', '"kPa"'), "forces, not pressures"),
        ("time_s;force;marker\n0;1;0\n1;2;0\n", ("[fixed]", '[fixed]\nkind = "tap"'), "not tap"),
        ("time_s;force;marker\n0;1;0\n1;2;0\n", ('"2025-03-14 10:30"', '"soon"'), "day such as"),
        ("time_s;force;marker\n0;1;0\n1;2;0\n", ('"left"', '"up"'), "left, right"),
        ("time_s;force;marker\n0;1;0\n1;2;0\n", ("trapezius_upper", "somewhere"), "catalogue"),
    ],
)
def test_samples_that_are_no_recording_are_refused(
    store: Store, client: ClientId, tmp_path: Path, text: str, change: tuple[str, str], why: str
) -> None:
    head = store.ledger.head()
    order = an_order(tmp_path, text, TRACE_MAP.replace(*change, 1))
    with pytest.raises((RecordError, UsageError), match=why):
        import_gauge_table(desk_of(store), client, order)
    assert store.ledger.head() == head


def test_suggested_map_reads_its_table_once_its_questions_are_answered(
    store: Store, client: ClientId, tmp_path: Path
) -> None:
    order = an_order(tmp_path, GAUGE)
    said = suggested_map(order.path)
    with pytest.raises(UsageError, match="question mark"):
        import_gauge_table(desk_of(store), client, an_order(tmp_path, GAUGE, said))
    answered = an_order(tmp_path, GAUGE, said.replace('"?"', "1.0"))
    assert import_gauge_table(desk_of(store), client, answered).items == 2


def test_known_table_gets_the_map_that_comes_with_the_program(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("date,tag\n2025-03-14,x\n\ntime,weight\n0.23,2.88\n", encoding="utf-8")
    assert "Tindeq" in suggested_map(path)
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(RecordError, match="guessed"):
        suggested_map(path)
