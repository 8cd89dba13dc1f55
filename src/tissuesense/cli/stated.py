"""What a caller states: a JSON object from a file or a pipe, and options over it."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from tissuesense.core.errors import UsageError

FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="FILE", help="Read a JSON object from FILE, or - for stdin."),
]
AsJsonOption = Annotated[
    bool, typer.Option("--json", show_default=False, help="Print JSON, as this verb always does.")
]
# What the program prints with a statement and nobody states.
_ENVELOPE = ("entry", "kind", "recorded_at", "actor", "supersedes")
_LONGEST = 5_000_000  # longer ones are cut, and so no JSON


def stated_input(source: str | None, **options: object) -> dict[str, Any]:
    """Return what the file says, and over it what the options say.

    Raises
    ------
    UsageError
        When the file cannot be read, or is not one JSON object.
    """
    stated = {} if source is None else json_object(source)
    for key in _ENVELOPE:
        stated.pop(key, None)
    return stated | {key: value for key, value in options.items() if value is not None}


def taken(stated: dict[str, Any], key: str, default: str | None = None) -> str:
    """Take a text out of what was stated.

    Raises
    ------
    UsageError
        When it is missing or no text.
    """
    value = stated.pop(key, default)
    if not isinstance(value, str):
        raise UsageError(
            f"The {key} is missing or is not text.", hint=f"Give --{key}, or '{key}' in the input."
        )
    return value


def json_object(source: str) -> dict[str, Any]:
    """Return the one JSON object that a file or, for "-", a pipe holds.

    Raises
    ------
    UsageError
        When it cannot be read, or is something else.
    """
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        found = json.loads(text[:_LONGEST])
    except OSError as err:
        raise UsageError(f"{source} cannot be read: {err.strerror}.") from err
    except RecursionError as err:
        raise UsageError("The input is nested too deeply.") from err
    except ValueError as err:
        raise UsageError(f"{source} is not JSON.") from err
    if not isinstance(found, dict):
        raise UsageError("The input must be one JSON object.")
    return found
