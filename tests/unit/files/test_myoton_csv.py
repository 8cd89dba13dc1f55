"""A MyotonPRO's table is read whatever its order, marks and encoding, and no unit is guessed."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import RecordError
from tissuesense.core.site import Side
from tissuesense.files.delimited_text import decoded
from tissuesense.files.myoton_csv import PARAMETERS, MyotonTap, read_myoton
from tissuesense.files.stated_numbers import DecimalMark

# The columns that the software writes, filled with what nobody has.
COLUMNS = [
    *("Measurement ID", "Measurement time", "Iteration", "Subject ID", "Subject name"),
    *("Birth date", "Gender", "Height", "Weight", "BMI", "Dominant side", "Pattern", "Object"),
    *("Location", "Position", "Side", "State", "Frequency", "Stiffness", "Decrement"),
    *("Relaxation", "Creep", "Taptime", "Operator", "Device SN", "Year", "Month", "Week"),
    *("Weekday", "Period"),
]
USUAL = {
    "Measurement ID": "7,62E+18",
    "Measurement time": "09/03/2025",
    "Iteration": "1",
    "Subject name": "Anna Example",
    "Birth date": "19/05/1904",
    "Object": "Biceps brachii",
    "Location": "Central",
    "Position": "Lying",
    "Side": "Left",
    "State": "Relaxed",
    "Frequency": "25,7",
    "Stiffness": "596",
    "Decrement": "1,16",
    "Relaxation": "10,2",
    "Creep": "0,73",
    "Device SN": "000123",
    "Month": "3",
}


def table(*rows: dict[str, str], columns: list[str] = COLUMNS, delimiter: str = ";") -> str:
    lines = [columns, *([(USUAL | row).get(name, "") for name in columns] for row in rows)]
    return "\r\n".join(
        delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in line)
        for line in lines
    )


def only(text: str, **told: DecimalMark | str | None) -> MyotonTap:
    (tap,) = read_myoton(text, **told)  # type: ignore[arg-type] # the keywords of read_myoton
    return tap


def test_line_gives_five_numbers_and_where_and_when() -> None:
    tap = only(table({}))
    assert dict(tap.values) == {
        "myotonpro_frequency": 25.7,
        "myotonpro_stiffness": 596.0,
        "myotonpro_decrement": 1.16,
        "myotonpro_relaxation_time": 10.2,
        "myotonpro_creep": 0.73,
    }
    assert (tap.muscle, tap.side, tap.iteration) == ("Biceps brachii", Side.LEFT, 1)
    assert tap.circumstances == "Central, Lying, Relaxed"
    assert (tap.at.at.date(), tap.at.has_time) == (date(2025, 3, 9), False)


def test_numbers_have_the_makers_units_and_the_natural_logarithm() -> None:
    assert [p.unit for p in PARAMETERS] == ["Hz", "N/m", "1", "ms", "1"]
    decrement = next(p for p in PARAMETERS if p.quantity == "myotonpro_decrement")
    assert "natural logarithm" in decrement.method
    assert all(p.quantity.startswith("myotonpro_") for p in PARAMETERS)


@given(st.permutations(COLUMNS), st.sampled_from(",;\t|"))
def test_neither_order_of_columns_nor_delimiter_matters(order: list[str], mark: str) -> None:
    tap, usual = only(table({}, columns=order, delimiter=mark)), only(table({}))
    assert (tap.values, tap.at, tap.side) == (usual.values, usual.at, usual.side)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encoding_does_not_matter(encoding: str) -> None:
    text = table({"Object": "Höhe der Wade"})
    assert only(decoded(text.encode(encoding))).muscle == "Höhe der Wade"


@pytest.mark.parametrize(
    "names",
    [
        {"Frequency": "F [Hz]", "Stiffness": "S [N/m]", "Relaxation": "R [ms]"},
        {"Frequency": "Oscillation frequency (Hz)", "Stiffness": "Dynamic stiffness (N/m)"},
        {"Frequency": "Frequenz", "Stiffness": "Steifigkeit", "Side": "Seite"},
    ],
)
def test_columns_may_have_other_names(names: dict[str, str]) -> None:
    text = table({})
    for old, new in names.items():
        text = text.replace(old, new, 1)
    assert only(text).values == only(table({})).values


def test_title_lines_above_the_table_are_passed_over() -> None:
    assert only("MyotonPRO export\r\nsaved 2025\r\n\r\n" + table({})).line == 5


def test_spreadsheets_first_line_names_the_delimiter() -> None:
    assert only("sep=;\r\n" + table({})).values


def test_column_of_months_says_which_number_is_the_month() -> None:
    day_first = only(table({"Measurement time": "09/03/2025", "Month": "3"}))
    month_first = only(table({"Measurement time": "09/03/2025", "Month": "9"}))
    assert (day_first.at.at.month, month_first.at.at.month) == (3, 9)


def test_day_and_month_that_could_be_either_are_refused() -> None:
    ambiguous = table({"Month": ""})
    with pytest.raises(RecordError, match="day and month"):
        only(ambiguous)
    assert only(ambiguous, dates="mdy").at.at.month == 9


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ({"Stiffness": "much"}, r"Line 2.*Stiffness.*a number"),
        ({"Stiffness": "=1+1"}, r"Line 2.*Stiffness.*a number"),
        ({"Stiffness": "1e308"}, r"Line 2.*no number of a MyotonPRO"),
        ({"Stiffness": "9" * 400}, r"Line 2.*a number"),
        ({"Frequency": "257"}, r"Line 2.*257 Hz"),
        ({"Frequency": "-25,7"}, r"Line 2.*Hz"),
        ({"Side": "north"}, r"Line 2.*Side.*left, right"),
        ({"Iteration": "one"}, r"Line 2.*Iteration"),
        ({"Measurement time": "soon", "Month": ""}, r"Line 2.*Measurement time.*a day"),
        ({"Measurement time": "31/02/2025", "Month": ""}, r"Line 2.*a day"),
    ],
)
def test_cell_that_is_something_else_is_refused_by_line_and_column(
    row: dict[str, str], why: str
) -> None:
    with pytest.raises(RecordError, match=why) as refused:
        only(table(row))
    assert "Anna" not in f"{refused.value}{refused.value.hint}"


@pytest.mark.parametrize("unit", ["kPa", "N/mm", "s", "kHz"])
def test_other_unit_than_the_instruments_is_refused(unit: str) -> None:
    for name in ("Frequency", "Stiffness", "Relaxation"):
        with pytest.raises(RecordError, match="another unit"):
            only(table({}).replace(name, f"{name} [{unit}]", 1))


def test_two_columns_of_one_meaning_are_refused() -> None:
    with pytest.raises(RecordError, match="both say"):
        only(table({}).replace("Taptime", "S", 1))


def test_point_here_and_comma_there_are_refused() -> None:
    with pytest.raises(RecordError, match=r"comma in line 2.*point in line 2"):
        only(table({"Frequency": "25.7"}))


def test_thousand_or_three_decimals_is_asked_for() -> None:
    row = dict.fromkeys(("Frequency", "Decrement", "Relaxation", "Creep"), "")
    text = table(row | {"Stiffness": "1.234"})
    with pytest.raises(RecordError, match="three decimals or be in the thousands"):
        only(text)
    stiffness = "myotonpro_stiffness"
    assert only(text, decimals=DecimalMark.POINT).values[stiffness] == 1.234
    assert only(text, decimals=DecimalMark.COMMA).values[stiffness] == 1234.0


def test_empty_cell_is_no_number_and_empty_line_no_tap() -> None:
    text = table({"Creep": ""}) + "\r\n" + ";" * (len(COLUMNS) - 1) + "\r\n\r\n"
    assert "myotonpro_creep" not in only(text).values


@pytest.mark.parametrize("cut", [1, 40])
def test_file_that_was_cut_off_within_a_line_is_refused(cut: int) -> None:
    text = table({}, {})
    assert len(text.splitlines()[-1]) > 40
    with pytest.raises(RecordError, match=r"Line 3 of the file has|not hold"):
        list(read_myoton(text[: -len("000123;;3;;;") - cut]))


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "Frequency;Stiffness\n1;2\n"])
def test_other_table_is_refused(text: str) -> None:
    with pytest.raises(RecordError, match="no table of a MyotonPRO"):
        only(text)
