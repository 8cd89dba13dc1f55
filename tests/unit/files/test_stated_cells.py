"""Numbers and days are read as they were meant, and where they could be meant two ways, not."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tissuesense.core.errors import RecordError, TissueSenseError
from tissuesense.files.delimited_text import decoded
from tissuesense.files.stated_moments import DateOrder, checked_date_format, date_format, moment
from tissuesense.files.stated_numbers import DecimalMark, decimal_mark, number

hundredths = st.integers(-(10**12), 10**12)
groups = st.sampled_from(["", " ", "\u00a0", "\u202f", "'", "\u2019"])


def spelled(value: int, mark: DecimalMark, group: str) -> str:
    whole, decimals = divmod(abs(value), 100)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole:,}".replace(",", group) + f"{mark.mark}{decimals:02d}"


def numbered(*cells: str) -> list[tuple[int, str]]:
    return list(enumerate(cells, start=2))


@given(hundredths, st.sampled_from(DecimalMark), groups)
def test_number_reads_back_however_it_is_spelled(value: int, mark: DecimalMark, group: str) -> None:
    cell = spelled(value, mark, group)
    assert decimal_mark(numbered(cell)) is mark
    assert number(cell, mark) == float(f"{value / 100:.2f}")


@given(hundredths, st.sampled_from(DecimalMark))
def test_marks_of_thousands_may_be_the_other_sign(value: int, mark: DecimalMark) -> None:
    cell = spelled(value, mark, mark.other.mark)
    assert number(cell, decimal_mark(numbered(cell))) == float(f"{value / 100:.2f}")


def test_one_cell_that_leaves_no_doubt_settles_the_others() -> None:
    assert decimal_mark(numbered("1.234", "5", "2,5")) is DecimalMark.COMMA
    assert decimal_mark(numbered("1.234", "0.001")) is DecimalMark.POINT
    assert decimal_mark(numbered("1.234.567", "1.234")) is DecimalMark.COMMA


def test_doubt_and_contradiction_are_told_by_their_lines() -> None:
    with pytest.raises(RecordError, match="line 3"):
        decimal_mark(numbered("5", "1,234"))
    with pytest.raises(RecordError, match=r"comma in line 3.*point in line 2"):
        decimal_mark(numbered("1.5", "1,5"))


@pytest.mark.parametrize(
    "cell",
    ["=1", "1_0", "१", "1.2.3", "12,34,5", "1 23", "0x1", "inf", "1e999", "--1", "1e", "٣", "²"],
)
def test_what_is_no_number_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        number(cell, DecimalMark.POINT)


@given(st.text(max_size=30), st.sampled_from(DecimalMark))
def test_any_cell_is_a_number_or_nothing_or_refused(cell: str, mark: DecimalMark) -> None:
    try:
        value = number(cell, mark)
    except ValueError:
        return
    assert value is None or abs(value) < float("inf")


@pytest.mark.parametrize("blank", ["", " ", "-", "NaN", "n/a", "NULL"])
def test_blank_is_nothing(blank: str) -> None:
    assert number(blank, DecimalMark.POINT) is None


PATTERNS = {DateOrder.YMD: "%Y-%m-%d", DateOrder.DMY: "%d.%m.%Y", DateOrder.MDY: "%m/%d/%Y"}
days = st.dates(date(1980, 1, 1), date(2099, 12, 31))


@given(st.lists(days, min_size=1, max_size=5), st.sampled_from(DateOrder))
def test_days_are_never_read_as_others(found: list[date], order: DateOrder) -> None:
    cells = [day.strftime(PATTERNS[order]) for day in found]
    try:
        written = date_format(numbered(*cells))
    except RecordError:
        assert all(day.day <= 12 for day in found)
        written = date_format(numbered(*cells), str(order))
    assert [moment(cell, written).at.date() for cell in cells] == found


@given(days, days)
def test_two_orders_in_one_file_are_refused(one: date, other: date) -> None:
    assume(one.day > 12)
    assume(other.day > 12)
    cells = (one.strftime("%d.%m.%Y"), other.strftime("%m.%d.%Y"))
    with pytest.raises(RecordError, match="lines 2 and 3"):
        date_format(numbered(*cells))


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("14.03.2025 10:22", datetime.fromisoformat("2025-03-14T10:22")),
        ("14.03.2025, 10:22:01", datetime.fromisoformat("2025-03-14T10:22:01")),
        ("14/3/2025 12:05 AM", datetime.fromisoformat("2025-03-14T00:05")),
        ("14-03-2025 1:05:07 p.m.", datetime.fromisoformat("2025-03-14T13:05:07")),
        ("14.03.2025T10:22:01.5", datetime.fromisoformat("2025-03-14T10:22:01.500000")),
        ("14.03.2025 10:22:01Z", datetime(2025, 3, 14, 10, 22, 1, tzinfo=UTC)),
        (
            "14.03.2025 10:22:01 -03:30",
            datetime(2025, 3, 14, 10, 22, 1, tzinfo=timezone(-timedelta(hours=3.5))),
        ),
    ],
)
def test_time_of_day_is_read_with_its_zone_if_any(cell: str, at: datetime) -> None:
    read = moment(cell, "dmy")
    assert (read.at, read.has_time) == (at, True)
    assert read.at.utcoffset() == at.utcoffset()


def test_day_alone_is_noon_and_says_so() -> None:
    read = moment("2025-03-14", "ymd")
    assert (read.at.hour, read.has_time) == (12, False)


@pytest.mark.parametrize(
    "cell", ["14.03.25", "2025-02-30", "14.03.2025 25:00", "14.03.2025 13:00 PM", "45000", "", "x"]
)
def test_what_is_no_day_is_refused(cell: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - what the calendar says of it
        moment(cell, "dmy")


def test_pattern_reads_what_the_orders_do_not() -> None:
    assert moment("14.03.25 10h22", "%d.%m.%y %Hh%M").at == datetime.fromisoformat(
        "2025-03-14T10:22"
    )
    with pytest.raises(TissueSenseError):
        checked_date_format("sometimes")


@given(st.binary(max_size=60))
def test_any_bytes_are_text_without_nul_or_refused(content: bytes) -> None:
    try:
        text = decoded(content)
    except RecordError:
        return
    assert "\0" not in text
