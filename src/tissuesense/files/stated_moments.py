"""Days and times as programs write them; which of two numbers is the month is never guessed."""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from tissuesense.core.errors import RecordError, UsageError

_NOON_H = 12


class DateOrder(enum.StrEnum):
    """In which order year, month and day are written."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What a cell says of when.

    Attributes
    ----------
    at
        Without a zone where the cell names none, which is the usual; noon where `has_time` is
        False.
    """

    at: datetime
    has_time: bool


_DATE = re.compile(
    r"(?P<a>\d{1,4})[./-](?P<b>\d{1,2})[./-](?P<c>\d{1,4})\.?"
    r"(?:[ T,]+(?P<h>\d{1,2})[:.](?P<min>\d{2})(?:[:.](?P<s>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_YEAR_DIGITS = 4
_MONTHS = 12
_LONGEST = 60
_TIME_CODES = re.compile(r"%[HIMSpXcfT]")
_HINT = "Say it with --date-format dmy, mdy or ymd, or a pattern such as '%d.%m.%y %H:%M'."


def checked_date_format(stated: str | None) -> str | None:
    """Return a date format that was stated, if it is one.

    Raises
    ------
    UsageError
        When it is neither an order nor a pattern.
    """
    if stated is None or "%" in stated or stated in tuple(DateOrder):
        return stated
    raise UsageError("A date format is dmy, mdy, ymd or a pattern with % in it.", hint=_HINT)


def date_format(cells: Iterable[tuple[int, str]], stated: str | None = None) -> str:
    """Return how days are written in these cells: an order, or the pattern that was stated.

    Parameters
    ----------
    cells
        Line number and cell of every day in the file.

    Raises
    ------
    RecordError
        When day and month could be either way round, or are one way in one line and the other in
        the next.
    """
    if stated is not None:
        return stated
    seen: dict[DateOrder, int] = {}
    undecided: int | None = None
    for line, cell in cells:
        match = _DATE.fullmatch(cell.strip())
        if match is None:
            continue
        order = _order(match)
        if order is None:
            undecided = line if undecided is None else undecided
        else:
            seen.setdefault(order, line)
    if len(seen) > 1:
        raise RecordError(
            "Days are not written in one order: lines "
            f"{' and '.join(map(str, sorted(seen.values())))} of the file differ.",
            hint=_HINT,
        )
    if not seen and undecided is not None:
        raise RecordError(
            f"In line {undecided} of the file, day and month could be either way round, and no "
            "other line tells.",
            hint=_HINT,
        )
    return str(next(iter(seen), DateOrder.YMD))


def moment(cell: str, written: str) -> Moment:
    """Return what a cell says.

    Parameters
    ----------
    written
        As `date_format` returns it.

    Raises
    ------
    ValueError
        When it is no day of the calendar, or written in another way.
    """
    text = cell.strip()
    if len(text) > _LONGEST:
        raise ValueError
    if "%" in written:
        has_time = _TIME_CODES.search(written) is not None
        return _moment(datetime.strptime(text, written), has_time)  # noqa: DTZ007 - the practice's zone is put on it later
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError
    parts = {part: match[group] for part, group in zip(written, "abc", strict=True)}
    if len(parts["y"]) != _YEAR_DIGITS:
        raise ValueError
    day = datetime(int(parts["y"]), int(parts["m"]), int(parts["d"]))  # noqa: DTZ001 - as above
    if match["h"] is None:
        return _moment(day, has_time=False)
    return _moment(day + _time_of_day(match), has_time=True, zone=match["zone"])


def _order(match: re.Match[str]) -> DateOrder | None:
    """Return the order that one cell leaves no doubt of."""
    if len(match["a"]) == _YEAR_DIGITS:
        return DateOrder.YMD
    if int(match["a"]) > _MONTHS:
        return DateOrder.DMY
    if int(match["b"]) > _MONTHS:
        return DateOrder.MDY
    return None


def _time_of_day(match: re.Match[str]) -> timedelta:
    hour, minute, second = (int(match[part] or 0) for part in ("h", "min", "s"))
    if match["half"]:
        if not 1 <= hour <= _NOON_H:
            raise ValueError
        hour = hour % _NOON_H + (_NOON_H if match["half"][0] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - the clock's own
        raise ValueError
    fraction = float(f"0.{match['f'] or 0}")
    return timedelta(hours=hour, minutes=minute, seconds=second + fraction)


def _moment(at: datetime, has_time: bool, zone: str | None = None) -> Moment:  # noqa: FBT001 - a field of its own name
    if not has_time:
        at = at.replace(hour=_NOON_H)
    if zone is not None:
        at = at.replace(tzinfo=_zone(zone))
    return Moment(at=at, has_time=has_time)


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
