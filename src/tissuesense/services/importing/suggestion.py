"""A map to begin with, guessed from a table's column names; nothing is ever taken in on a guess."""

import json
import tomllib
from importlib.resources import files
from pathlib import Path

from tissuesense.core.errors import RecordError
from tissuesense.files.columns_by_name import column_title, plain
from tissuesense.files.delimited_text import Header, decoded, find_table, possible_tables
from tissuesense.files.gauge_map import UNANSWERED
from tissuesense.services.importing.intake import content_of

_GUESSES = {
    "time": ("time", "time s", "t", "seconds", "elapsed", "elapsed time", "zeit", "temps"),
    "force": ("force", "load", "reading", "weight", "force n", "load n", "kraft"),
    "marker": ("marker", "stop", "button", "event"),
    "trial": ("trial", "repetition", "rep", "no", "number", "test"),
    "site": ("site", "muscle", "location", "point", "body part", "muskel"),
    "side": ("side", "laterality", "left right", "seite", "côté"),
    "value": ("ppt", "threshold", "peak", "peak force", "peak pressure", "max", "maximum",
              "max force", "value", "result", "spitzenwert"),
    "at": ("date", "datetime", "date time", "date/time", "timestamp", "measured at", "day",
           "datum"),
}  # fmt: skip
_OF_SAMPLES = ("time", "force", "marker")
_CHECK = "# Guessed from the column names: check every line, and answer every question mark."


def suggested_map(path: Path) -> str:
    """Return a map in TOML: one that is known for such a table, or one with what could be guessed.

    Raises
    ------
    UsageError
        When the file cannot be read.
    RecordError
        When nothing in it looks like a table.
    """
    text = decoded(content_of(path))
    known = _shipped(text)
    if known is not None:
        return known
    best: dict[str, str] = {}
    for table in possible_tables(text):
        found = _guessed(table.header)
        if len(found) > len(best):
            best = found
    if not best:
        raise RecordError("No column of this file could be guessed.", hint="Write the map by hand.")
    return _as_toml(best)


def _shipped(text: str) -> str | None:
    """Return the map that comes with the program for a table with just these columns."""
    for map_file in sorted(files("tissuesense.files").joinpath("gauge_maps").iterdir(), key=str):
        content = map_file.read_text(encoding="utf-8")
        wanted = {plain(name) for name in tomllib.loads(content)["columns"].values()}

        def has(cells: Header, wanted: set[str] = wanted) -> bool:
            return wanted <= {plain(cell) for cell in cells}

        if find_table(text, has) is not None:
            return content
    return None


def _guessed(header: Header) -> dict[str, str]:
    found: dict[str, str] = {}
    for written in header:
        title = column_title(written)
        for key, names in _GUESSES.items():
            if title.name in names and key not in found:
                found[key] = written
    return found


def _as_toml(found: dict[str, str]) -> str:
    samples = {"time", "force"} <= found.keys() and "value" not in found
    columns = {key: name for key, name in found.items() if samples or key not in _OF_SAMPLES}
    if not samples and "value" not in columns:
        columns["value"] = found.get("force", UNANSWERED)
    value = columns["force" if samples else "value"]
    fixed = {
        "unit": column_title(value).unit or UNANSWERED,
        "probe_area_cm2": UNANSWERED,
        **{key: UNANSWERED for key in ("site", "side", "at") if key not in columns},
    }
    if samples:
        fixed["time_unit"] = column_title(columns["time"]).unit or UNANSWERED
    return "\n".join(
        [
            _CHECK,
            f'rows = "{"samples" if samples else "trials"}"',
            "[columns]",
            *(f"{key} = {_text(name)}" for key, name in columns.items()),
            "[fixed]",
            *(f"{key} = {_text(said)}{_REMARKS.get(key, '')}" for key, said in fixed.items()),
            'instrument = ""',
            "[sites]",
            '# "name in the table" = "trapezius_upper", or "trapezius_upper/left"',
            "",
        ]
    )


_REMARKS = {
    "unit": "  # N, kgf, lbf, kPa, kgf/cm2 ...",
    "time_unit": "  # s, ms, us or min",
    "probe_area_cm2": "  # of the tip that was used, such as 1.0; leave the line out if unknown",
    "site": "  # such as trapezius_upper",
    "side": "  # left, right or midline",
    "at": "  # such as 2026-03-14 10:30",
}


def _text(said: str) -> str:
    """Return a TOML text: a JSON text is one, apart from DEL, which TOML wants escaped."""
    return json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")
