"""Cells as text: exact numbers, ISO times, and no text that a spreadsheet takes for a formula.

A spreadsheet runs what begins with =, +, -, @ or a tab, and their wide forms, as a formula. Text
that does gets an apostrophe before it, and so does text that begins with an apostrophe: take one
away from each cell of text that begins with one, and every text is as it was.
Which letters spreadsheets take for the begin of a formula is unsourced.
"""

from datetime import date, datetime

from tissuesense.export.tables.column import Value

_SHIELD = "'"
_DANGEROUS = (*"=+-@\t\r\n＝＋－＠", _SHIELD)  # noqa: RUF001 - the wide forms are meant


def cell(value: Value, *, nothing: str = "") -> str:
    """Return a value as text: a float's shortest digits that read back exactly."""
    match value:
        case None:
            return nothing
        case bool():
            return "true" if value else "false"
        case float():
            return repr(value)
        case datetime() | date():
            return value.isoformat()
        case str():
            return shielded(value)
        case _:
            return str(value)


def shielded(text: str) -> str:
    """Return text that no spreadsheet runs; `unshielded` gives it back."""
    return _SHIELD + text if text.startswith(_DANGEROUS) else text


def unshielded(text: str) -> str:
    """Return what `shielded` was given."""
    return text.removeprefix(_SHIELD)
