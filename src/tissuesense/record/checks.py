"""Checks that statements of the record share; each says what was wrong and what would be right."""

import math
from datetime import datetime

from tissuesense.core.errors import UsageError

_LONGEST_TEXT = 20_000
_WORST = 10


def check_text(name: str, text: str, *, required: bool = False) -> None:
    """Refuse what nothing can store or print, and what nobody wrote by hand.

    Raises
    ------
    UsageError
        When the text is required and blank, holds half of a character as JSON can spell it (a lone
        surrogate), or is longer than 20,000 characters.
    """
    if required and not text.strip():
        raise UsageError(f"The {name} is missing.")
    if len(text) > _LONGEST_TEXT:
        raise UsageError(f"The {name} is longer than {_LONGEST_TEXT:,} characters.")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"The {name} holds half of a character (a lone surrogate).") from None


def check_nrs(name: str, rating: int | None) -> None:
    """Refuse a numeric rating that is not 0 to 10.

    Raises
    ------
    UsageError
        When it is not.
    """
    if rating is not None and not 0 <= rating <= _WORST:
        raise UsageError(f"{name} is a whole number from 0 to 10, not {rating}.")


def check_finite(name: str, value: float | None) -> None:
    """Refuse a number that is none.

    Raises
    ------
    UsageError
        When it is infinite or not a number.
    """
    if value is not None and not math.isfinite(value):
        raise UsageError(f"{name} must be finite, not {value}.")


def check_moment(name: str, moment: datetime | None) -> None:
    """Refuse a time of day that could be anybody's.

    Raises
    ------
    UsageError
        When it has no zone.
    """
    if moment is not None and moment.utcoffset() is None:
        raise UsageError(f"{name} needs its zone: an offset from UTC.")
