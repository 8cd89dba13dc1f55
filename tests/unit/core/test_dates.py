"""Days are written in words: English, short, and with the year only where it says something."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.dates import day, weekday, weekdays

THURSDAY = date(2026, 3, 5)


def test_a_day_is_written_out_with_its_year() -> None:
    assert day(THURSDAY) == "5 March 2026"


def test_a_weekday_leaves_out_the_year_that_goes_without_saying() -> None:
    assert weekday(THURSDAY, beside=date(2026, 1, 1)) == "Thursday 5 March"
    assert weekday(THURSDAY, beside=date(2025, 12, 31)) == "Thursday 5 March 2026"


def test_two_days_of_a_month_name_it_once() -> None:
    assert weekdays(THURSDAY, date(2026, 3, 7), beside=THURSDAY) == "Thursday 5 to Saturday 7 March"
    assert weekdays(THURSDAY, THURSDAY, beside=THURSDAY) == "Thursday 5 March"


def test_days_of_two_months_or_years_name_both() -> None:
    assert (
        weekdays(date(2026, 3, 30), date(2026, 4, 1), beside=THURSDAY)
        == "Monday 30 March to Wednesday 1 April"
    )
    assert (
        weekdays(date(2026, 12, 31), date(2027, 1, 2), beside=THURSDAY)
        == "Thursday 31 December to Saturday 2 January 2027"
    )


@given(st.dates(max_value=date(9999, 12, 1)), st.integers(min_value=0, max_value=20))
def test_a_span_always_ends_as_its_last_day_is_written(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    assert weekdays(first, last, beside=first).endswith(weekday(last, beside=first))
