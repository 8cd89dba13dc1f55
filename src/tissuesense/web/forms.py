"""What a form states, as the flat JSON that statements are read from."""

from collections.abc import Collection
from typing import Any

from starlette.datastructures import FormData

from tissuesense.core.errors import UsageError


def stated_in(
    form: FormData,
    *names: str,
    numbers: Collection[str] = (),
    switches: Collection[str] = (),
) -> dict[str, Any]:
    """Return the fields of these names that were filled in.

    Parameters
    ----------
    numbers
        Fields that hold a number; a decimal comma is one too.
    switches
        Fields that hold yes or no.

    Raises
    ------
    UsageError
        When a number cannot be read.
    """
    stated: dict[str, Any] = {}
    for name in names:
        typed = text_of(form, name)
        if not typed:
            continue
        if name in numbers:
            stated[name] = number_in(typed, name)
        elif name in switches:
            stated[name] = typed in {"yes", "true", "on", "1"}
        else:
            stated[name] = typed
    return stated


def text_of(form: FormData, name: str) -> str:
    """Return what was typed into a field; empty where nothing was, or a file was put there."""
    value = form.get(name)
    return value.strip() if isinstance(value, str) else ""


def number_in(typed: str, name: str) -> int | float:
    """Return the number that somebody typed.

    Raises
    ------
    UsageError
        When it is none.
    """
    plain = typed.strip().replace(",", ".")
    try:
        return int(plain) if plain.lstrip("+-").isdecimal() else float(plain)
    except ValueError:
        raise UsageError(
            f"{name.replace('_', ' ').capitalize()} is a number.", hint="Such as 12 or 12.5."
        ) from None
