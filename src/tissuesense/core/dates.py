"""Days in words, the same on every machine and in every country."""

from datetime import date


def day(moment: date) -> str:
    """Return "5 January 2026"."""
    return f"{_day_of_month(moment)} {moment.year}"


def weekday(moment: date, *, beside: date) -> str:
    """Return "Monday 5 January", and the year too where it is not that of `beside`."""
    year = "" if moment.year == beside.year else f" {moment.year}"
    return f"{_WEEKDAYS[moment.weekday()]} {_day_of_month(moment)}{year}"


def weekdays(first: date, last: date, *, beside: date) -> str:
    """Return "Monday 5 to Tuesday 6 January", or the one day where both are the same."""
    if first == last:
        return weekday(first, beside=beside)
    end = weekday(last, beside=beside)
    if (first.year, first.month) == (last.year, last.month):
        return f"{_WEEKDAYS[first.weekday()]} {first.day} to {end}"
    return f"{weekday(first, beside=beside)} to {end}"


def _day_of_month(moment: date) -> str:
    return f"{moment.day} {_MONTHS[moment.month - 1]}"


# Not strftime: its names follow the machine's language.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
