"""What reaches the terminal: one JSON document or a table on stdout, everything else on stderr."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tissuesense.core.errors import TissueSenseError

if TYPE_CHECKING:  # rich is imported when something is shown, so that --help stays fast
    from rich.console import Console, RenderableType

_INDENT = "  "


def print_json(document: Any) -> None:  # noqa: ANN401 - whatever json can write
    """Write one document to stdout; NaN is refused, because JSON has none."""
    sys.stdout.write(json.dumps(document, indent=2, allow_nan=False) + "\n")
    sys.stdout.flush()


def show(what: "RenderableType") -> None:
    """Write a result for a person to stdout."""
    _console().print(what)


def show_line(text: str) -> None:
    """Write a line that is there to be copied: never wrapped, however narrow the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(sentence: str) -> None:
    """Write a sentence for a person to stderr."""
    sys.stderr.write(sentence + "\n")
    sys.stderr.flush()


def diagnostics() -> "Console":
    """Return the console on stderr, for progress and live displays."""
    return _console(stderr=True)


def explain(error: BaseException) -> None:
    """Say on stderr what happened and what to do; a group as an indented tree."""
    for line in _sentences(error):
        say(line)


def _sentences(error: BaseException, depth: int = 0) -> Iterator[str]:
    margin = _INDENT * depth
    if isinstance(error, BaseExceptionGroup):
        yield f"{margin}{error.message}:"
        for part in error.exceptions:
            yield from _sentences(part, depth + 1)
        return
    yield f"{margin}{error}"
    if isinstance(error, TissueSenseError) and error.hint:
        yield f"{margin}{error.hint}"


def _console(*, stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, markup=False, emoji=False)
