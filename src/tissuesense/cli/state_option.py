"""The option that states anything else of a recording: a key of its side-car and a value."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from tissuesense.core.errors import UsageError

StateOption = Annotated[
    list[str] | None,
    typer.Option(
        "--state",
        metavar="KEY=VALUE",
        help="Any other key of the side-car, such as lever_arm_m=0.25; may be repeated.",
    ),
]
_KEY = re.compile(r"[a-z][a-z0-9_]*")


def with_state(state: Sequence[str] | None, named: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was stated by ``KEY=VALUE`` and, before it, by options of their own.

    A value is read as JSON where it is some, and is text where it is none.

    Raises
    ------
    UsageError
        When one is not of that form, or is given twice.
    """
    stated: dict[str, Any] = {}
    for pair in state or ():
        key, equals, text = pair.partition("=")
        if not equals or not _KEY.fullmatch(key):
            raise UsageError(
                f"--state takes KEY=VALUE, not '{pair}'.", hint="Such as lever_arm_m=0.25."
            )
        if key in stated or named.get(key) is not None:
            raise UsageError(f"{key} is stated twice.")
        stated[key] = _value(text)
    return {**stated, **{key: value for key, value in named.items() if value is not None}}


def _value(text: str) -> Any:  # noqa: ANN401 - whatever JSON can say
    try:
        return json.loads(text, parse_constant=_not_a_number)
    except ValueError:
        return text


def _not_a_number(word: str) -> float:
    raise ValueError(word)
