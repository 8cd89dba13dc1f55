"""What a caller states: a JSON object from a file or a pipe, and options over it."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tissuesense.cli.output import say
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


def stated_statement(source: str | None) -> dict[str, Any]:
    """Return a statement from a file or a pipe, as typed or as the program printed its entry.

    Raises
    ------
    UsageError
        When nothing is stated, or it is not one JSON object.
    """
    if source is None:
        raise UsageError("Nothing was stated.", hint="Give --from FILE, or --from - for a pipe.")
    found = json_object(source)
    body = found.get("body")
    if isinstance(body, dict) and {"entry", "id"} & found.keys():
        return body
    return _without_envelope(found) if "entry" in found else found


def _without_envelope(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out what an entry has beside its statement; a complaint has a "kind" of its own."""
    from tissuesense.record.statements import KINDS

    return {
        key: value
        for key, value in found.items()
        if key not in _ENVELOPE or (key == "kind" and value not in KINDS)
    }


def say_what_is_not_known(stated: Mapping[str, Any]) -> None:
    """Say on stderr which sites the catalogue does not know by the names that were stated."""
    from tissuesense.services.site_advice import site_advice

    blocked = stated.get("blocked_sites")
    named = [stated.get("site"), *(blocked if isinstance(blocked, list) else [])]
    for sentence in site_advice(name for name in named if isinstance(name, str) and name):
        say(sentence)


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
