"""Numbers as people and programs write them: 12.5 or 12,5, with or without marks for thousands.

Whether "1,234" is one and a bit or one thousand and more is decided by the other numbers of the
file, and where they leave it open, by nobody: the file is refused until somebody says so.
"""

import enum
import math
import re
from collections.abc import Iterable

from tissuesense.core.errors import RecordError


class DecimalMark(enum.StrEnum):
    """What stands before the decimals."""

    POINT = "point"
    COMMA = "comma"

    @property
    def mark(self) -> str:
        """The character."""
        return "." if self is DecimalMark.POINT else ","

    @property
    def other(self) -> "DecimalMark":
        """The other one, which then may separate thousands."""
        return DecimalMark.COMMA if self is DecimalMark.POINT else DecimalMark.POINT


# How spreadsheets, data frames and people write "nothing here".
_BLANKS = frozenset({"", "-", "--", "nan", "na", "n/a", "null", "none"})
_MINUS = str.maketrans({"\u2212": "-", "\u00a0": " ", "\u202f": " ", "\u2019": "'"})
_NUMERIC = re.compile(r"[+-]?[0-9][0-9 '.,]*|[+-]?[.,][0-9]+", re.ASCII)
_THOUSANDS = 3  # digits in a group
_LONGEST = 40


def decimal_mark(cells: Iterable[tuple[int, str]]) -> DecimalMark:
    """Return what these numbers write before their decimals.

    Parameters
    ----------
    cells
        Line number and cell of every number in the file.

    Raises
    ------
    RecordError
        When some write a comma and others a point, or it could be either.
    """
    seen: dict[DecimalMark, int] = {}
    open_line: int | None = None
    for line, cell in cells:
        text = cell.translate(_MINUS).strip()
        if not _NUMERIC.fullmatch(text):
            continue
        said = _said(text)
        if said is not None:
            seen.setdefault(said, line)
        elif open_line is None and _one_mark(text):
            open_line = line
    if len(seen) == len(DecimalMark):
        raise RecordError(
            f"Decimals are written with a comma in line {seen[DecimalMark.COMMA]} of the file and "
            f"with a point in line {seen[DecimalMark.POINT]}."
        )
    if seen:
        return next(iter(seen))
    if open_line is not None:
        raise RecordError(
            f"A number in line {open_line} of the file may have three decimals or be in the "
            "thousands; no other number tells.",
            hint="Say how decimals are written: --decimal comma, or --decimal point.",
        )
    return DecimalMark.POINT


def number(cell: str, mark: DecimalMark) -> float | None:
    """Return the number of a cell, None where there is none.

    Raises
    ------
    ValueError
        When it is something else, or too large for any instrument.
    """
    text = cell.translate(_MINUS).strip()
    if text.lower() in _BLANKS:
        return None
    if len(text) > _LONGEST or not _GRAMMAR[mark].fullmatch(text):
        raise ValueError
    value = float(text.translate(_TO_PYTHON[mark]))
    if not math.isfinite(value):
        raise ValueError
    return value


def _said(text: str) -> DecimalMark | None:
    """Return what one number leaves no doubt of."""
    comma, point = text.rfind(","), text.rfind(".")
    if comma == point:  # neither of them
        return None
    last = DecimalMark.COMMA if comma > point else DecimalMark.POINT
    if text.count(last.mark) > 1:
        return last.other
    if last.other.mark in text:
        return last
    before, _, after = text.lstrip("+-").partition(last.mark)
    grouped = len(after) == _THOUSANDS and 0 < len(before) <= _THOUSANDS and before[0] != "0"
    return None if grouped else last


def _one_mark(text: str) -> bool:
    return "," in text or "." in text


def _grammar(mark: DecimalMark) -> re.Pattern[str]:
    point, other = re.escape(mark.mark), re.escape(mark.other.mark)
    whole = rf"(?:\d{{1,3}}(?:[ '{other}]\d{{3}})+|\d+)"
    return re.compile(
        rf"[+-]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d{{1,3}})?", re.ASCII
    )


_GRAMMAR = {mark: _grammar(mark) for mark in DecimalMark}
_TO_PYTHON = {
    mark: str.maketrans({" ": "", "'": "", mark.other.mark: "", mark.mark: "."})
    for mark in DecimalMark
}
