"""A gauge's table is read by its map, in the unit that map or header states, or not at all."""

import contextlib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import RecordError, TissueSenseError, UsageError
from tissuesense.core.site import Side
from tissuesense.core.units import NEWTON_PER_KGF, NEWTON_PER_LBF
from tissuesense.files.gauge_csv import GaugeTable, gauge_table
from tissuesense.files.gauge_map import gauge_map, stated_map

PEAKS = """Date,Muscle,Side,Trial,Peak force [kgf]
2025-03-14,upper trapezius,L,1,3.25
2025-03-14,upper trapezius,L,2,3.45
2025-03-15,infraspinatus,R,1,2.2
"""
MAP: dict[str, Any] = {
    "rows": "trials",
    "columns": {"at": "Date", "site": "Muscle", "side": "Side", "trial": "Trial",
                "value": "Peak force [kgf]"},
}  # fmt: skip
TRACE: dict[str, Any] = {
    "rows": "samples",
    "columns": {"time": "t (ms)", "force": "F (N)", "marker": "stop"},
    "fixed": {"site": "soleus", "side": "left", "at": "2025-03-14 10:30"},
}


def with_part(said: dict[str, Any], part: str, **values: object) -> dict[str, Any]:
    return said | {part: said.get(part, {}) | values}


def read(text: str, said: dict[str, Any]) -> GaugeTable:
    return gauge_table(text, gauge_map(said))


def test_trials_have_their_places_and_newtons() -> None:
    first, second, third = read(PEAKS, MAP).trials()
    assert [row.value for row in (first, second, third)] == [
        pytest.approx(kgf * NEWTON_PER_KGF, rel=1e-15) for kgf in (3.25, 3.45, 2.2)
    ]
    assert (first.place.site, first.place.side, first.place.trial) == (
        "upper trapezius",
        Side.LEFT,
        "1",
    )
    assert second.line == 3
    assert third.place.at.at.day == 15


def test_samples_are_seconds_and_newtons_and_empty_cells_are_none() -> None:
    rows = list(read("t (ms);F (N);stop\r\n0;1,5;\r\n12,5;;1\r\n25;2,5;0\r\n", TRACE).samples())
    assert [row.time_s for row in rows] == [0.0, 0.0125, 0.025]
    assert [row.force_n for row in rows] == [1.5, None, 2.5]
    assert [row.marker for row in rows] == [False, True, False]
    assert rows[0].place.at.has_time


@pytest.mark.parametrize(
    ("unit", "name", "factor"),
    [
        ("N", "N", 1.0),
        ("kg", "N", NEWTON_PER_KGF),
        ("lbf", "N", NEWTON_PER_LBF),
        ("kPa", "kPa", 1.0),
        ("kg/cm²", "kPa", NEWTON_PER_KGF * 10),
        ("psi", "kPa", 6.894757293168361),
        ("N/cm^2", "kPa", 10.0),
    ],
)
def test_unit_of_map_or_header_is_what_a_value_is_worth(
    unit: str, name: str, factor: float
) -> None:
    by_map = with_part(MAP, "columns", value="Peak") | {"fixed": {"unit": unit}}
    in_header = with_part(MAP, "columns", value=f"Peak [{unit}]")
    for text, said in (
        (PEAKS.replace("Peak force [kgf]", "Peak"), by_map),
        (PEAKS.replace("Peak force [kgf]", f"Peak [{unit}]"), in_header),
    ):
        table = read(text, said)
        assert table.unit.name == name
        assert next(table.trials()).value == pytest.approx(3.25 * factor, rel=1e-12)


def test_no_unit_is_guessed_and_two_units_are_not_reconciled() -> None:
    bare = PEAKS.replace(" [kgf]", "")
    said = with_part(MAP, "columns", value="Peak force")
    with pytest.raises(UsageError, match="unit"):
        read(bare, said)
    with pytest.raises(UsageError, match="unit"):
        read(bare, said | {"fixed": {"unit": "stone"}})
    with pytest.raises(UsageError, match="another unit"):
        read(PEAKS, MAP | {"fixed": {"unit": "N"}})
    untimed = with_part(TRACE, "columns", time="t")
    with pytest.raises(UsageError, match="unit of the times"):
        list(read("t;F (N);stop\n0;1;\n", untimed).samples())


def test_day_and_time_of_day_may_stand_in_two_columns() -> None:
    text = PEAKS.replace("Date", "Date,Time").replace("-14,", "-14,10:30,").replace(
        "-15,", "-15,11:00,"
    )  # fmt: skip
    first = next(read(text, with_part(MAP, "columns", at=["Date", "Time"])).trials())
    assert (first.place.at.at.hour, first.place.at.has_time) == (10, True)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("3.25", "=3.25"), r"Line 2.*column 5.*a number"),
        (("3.25", "1e99"), r"Line 2.*column 5.*larger"),
        ((",R,", ",Q,"), r"Line 4.*column 3.*side"),
        (("2025-03-15", "yesterday"), r"Line 4.*column 1.*day"),
        (("2.2", "2.2,more"), r"Line 4.*6 cells"),
        (("2.2", '"2.2'), "table"),
    ],
)
def test_row_that_does_not_fit_is_refused_by_its_line(change: tuple[str, str], why: str) -> None:
    with pytest.raises(RecordError, match=why):
        list(read(PEAKS.replace(*change), MAP).trials())


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "needs a map"),
        ({"rows": "trials"}, "columns"),
        (MAP | {"rows": "days"}, "rows"),
        (MAP | {"rows": "samples"}, "time"),
        (MAP | {"more": 1}, "more"),
        (with_part(MAP, "columns", what="Date"), "what"),
        (with_part(MAP, "columns", site="?"), r"question mark at 'columns\.site'"),
        (with_part(MAP, "fixed", probe_area_cm2=-1.0), "above 0"),
        (with_part(MAP, "fixed", probe_area_cm2=float("inf")), "area"),
        (with_part(MAP, "fixed", probe_area_cm2="wide"), "area"),
        (with_part(MAP, "fixed", date_format="maybe"), "date format"),
        (with_part(MAP, "columns", at=""), "'at'"),
        (with_part(MAP, "columns", site=""), "'site'"),
        (MAP | {"sites": {"a": 1}}, "sites"),
        (stated_map(b"a." * 5_000 + b"a = 1", "deep.toml"), "nested|more"),
    ],
)
def test_map_that_is_none_is_refused_in_words(said: dict[str, Any], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        gauge_map(said)


@given(st.text(max_size=80) | st.binary(max_size=80), st.sampled_from(["a.toml", "a.json"]))
def test_any_text_is_a_map_or_refused_in_words(content: str | bytes, name: str) -> None:
    raw = content if isinstance(content, bytes) else content.encode(errors="surrogatepass")
    with contextlib.suppress(TissueSenseError):
        gauge_map(stated_map(raw, name))


def test_map_of_another_table_or_of_a_column_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="not in the file"):
        read("a,b\n1,2\n", MAP)
    with pytest.raises(UsageError, match="more than once"):
        read(PEAKS.replace("Trial", "Date"), with_part(MAP, "columns", trial="Side"))


@pytest.mark.parametrize("name", ["tindeq_progressor.toml", "gripmeter.toml"])
def test_map_that_comes_with_the_program_asks_for_what_the_table_does_not_say(name: str) -> None:
    said = stated_map(files("tissuesense.files").joinpath("gauge_maps", name).read_bytes(), name)
    with pytest.raises(UsageError, match="question mark"):
        gauge_map(said)
    answers = {"site": "soleus", "side": "left", "at": "2025-03-14", "probe_area_cm2": 1.0}
    assert gauge_map(with_part(said, "fixed", **answers)).columns.force
