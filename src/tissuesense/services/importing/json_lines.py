"""Read our own JSON one client after the other, and no JSON that two programs would read as two."""

import json
import math
import re
from collections.abc import Iterator
from io import TextIOBase
from pathlib import Path
from typing import Any

from tissuesense.core.errors import RecordError, SchemaTooNew
from tissuesense.export.formats.json_record import SCHEMA
from tissuesense.record.document import canonical_json
from tissuesense.services.importing.intake import unreadable

# A client with fifty visits and a thousand captures has a tenth of it.
_LONGEST_LINE = 1 << 28
# Each comma and bracket costs a hundred bytes of memory once it is read.
_MOST_PARTS = 8_000_000
_HALF_CHARACTER = re.compile(r"\\u[dD][89abAB]")
_NAME, _, _VERSION = SCHEMA.partition("/")


def clients_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the clients of a document, line by line where it was written so.

    Raises
    ------
    UsageError
        When the file cannot be read.
    SchemaTooNew
        When a later version wrote it.
    RecordError
        When it is no such document, breaks off, or is larger than any record.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            head = _line(file)
            if head.rstrip().endswith('"clients":['):
                _checked(json_of(head + "]}"))
                yield from _of_lines(file)
            else:
                rest = file.read(_LONGEST_LINE + 1)
                yield from _checked(json_of(head + rest))
    except UnicodeDecodeError as err:
        raise RecordError("The document is not text in UTF-8.") from err
    except (OSError, ValueError) as err:
        raise unreadable(path, err) from err


def json_of(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return what a text of JSON says.

    Raises
    ------
    RecordError
        When it is no JSON, names a key twice, holds a number that is none or half of a character,
        is nested beyond reason, or larger than any record.
    """
    parts = sum(text.count(mark) for mark in ",[{")
    if len(text) > _LONGEST_LINE or parts > _MOST_PARTS:
        raise RecordError("The document is larger than any record of ours.")
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite
        )
        if _HALF_CHARACTER.search(text):
            canonical_json(found).encode()
    except RecursionError as err:
        raise RecordError("The document is nested too deeply.") from err
    except UnicodeEncodeError as err:
        raise RecordError("The document holds half of a character (a lone surrogate).") from err
    except ValueError as err:
        raise RecordError(
            "The document is not JSON, or breaks off.", hint="Write it out again, whole."
        ) from err
    return found


def _line(file: TextIOBase) -> str:
    line: str = file.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        raise RecordError("A line of the document is larger than any record of ours.")
    return line


def _of_lines(file: TextIOBase) -> Iterator[dict[str, Any]]:
    """Yield a client a line; each but the last is followed by a comma."""
    comma = True
    while line := _line(file).strip():
        if line == "]}":
            if file.read(_LONGEST_LINE).strip():
                raise RecordError("There is something behind the end of the document.")
            return
        if not comma:
            raise RecordError("Between two clients of the document, a comma is missing.")
        comma = line.endswith(",")
        yield _client(json_of(line.removesuffix(",")))
    raise RecordError("The document breaks off: its last line is missing.")


def _checked(document: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - whatever JSON holds
    schema = document.get("schema") if isinstance(document, dict) else None
    name, _, version = schema.partition("/") if isinstance(schema, str) else ("", "", "")
    if (name, version) != (_NAME, _VERSION):
        if name == _NAME and version.isascii() and version.isdecimal():
            raise SchemaTooNew(
                f"Another version of tissuesense wrote this document ({_NAME}/{version[:9]}).",
                hint="Update tissuesense. Nothing was taken in.",
            )
        raise RecordError(f"This is not a {SCHEMA} document.")
    if not isinstance(document.get("clients"), list):
        raise RecordError("The document has no list of clients.")
    return map(_client, document["clients"])


def _client(stated: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON holds
    parts = ("record", "traces", "captures")
    if not isinstance(stated, dict) or not all(isinstance(stated.get(p), dict) for p in parts):
        raise RecordError(f"A client of the document lacks one of: {', '.join(parts)}.")
    if not isinstance(stated.get("identity"), dict | None):
        raise RecordError("The identity of a client is neither an object nor null.")
    return stated


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_word: str) -> float:
    raise ValueError


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError
    return value
