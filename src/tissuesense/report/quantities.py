"""Numbers as they are printed: fixed decimals for each unit, uncertainty as part of the number."""

import re

from tissuesense.report.document import Number

# Fixed for each unit, not for each value: columns align and nobody compares digits.
_DECIMALS = {
    "kPa": 0,
    "kPa/s": 0,
    "kPa s": 0,
    "%": 0,
    "N": 1,
    "mm": 1,
    "mm/s": 1,
    "s": 1,
    "N/mm": 2,
    "N/m": 0,
    "N m/rad": 1,
    "N m s/rad": 2,
    "Hz": 1,
    "/s": 0,
    "°": 0,
    "°/s": 0,
    "1": 2,
    "cm²": 2,
}
NOTHING = "–"  # noqa: RUF001 - an en dash is how an empty cell of a table is printed


def number(value: float, unit: str) -> str:
    """Return `value` with the decimals of its unit and a real minus sign."""
    text = f"{value:.{_DECIMALS[unit]}f}"
    # A value that rounds to nothing has no sign.
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")


def measured(value: float, standard_uncertainty: float | None, unit: str) -> Number:
    """Return a value with ± its standard uncertainty and its unit."""
    return Number(value=number(value, unit), spread=spread(standard_uncertainty, unit), unit=unit)


def bare(value: float, standard_uncertainty: float | None, unit: str) -> Number:
    """Return a value with ± its standard uncertainty where the table says the unit."""
    return Number(value=number(value, unit), spread=spread(standard_uncertainty, unit))


def spread(standard_uncertainty: float | None, unit: str) -> str:
    """Return "± u"; where u rounds to zero, "± <1" in the last printed place."""
    if standard_uncertainty is None:
        return ""
    text = number(standard_uncertainty, unit)
    if float(text) > 0:
        return f"± {text}"
    return f"± <{10.0 ** -_DECIMALS[unit]:.{_DECIMALS[unit]}f}"


def printed(sentence: str) -> str:
    """Return a sentence with real minus signs before its numbers."""
    return re.sub(r"(?<!\w)-(?=\d)", "\N{MINUS SIGN}", sentence)


def interval(low: float, high: float, unit: str) -> str:
    """Return "low to high"."""
    return f"{number(low, unit)} to {number(high, unit)}"


def signed(percent: float) -> str:
    """Return a difference in percent with its sign: "+12"; nothing has no sign."""
    text = f"{percent:+.0f}"
    return "0" if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")
