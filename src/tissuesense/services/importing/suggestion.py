"""A map to begin with, guessed from a table's column names; nothing is ever taken in on a guess."""

import json
from pathlib import Path

from tissuesense.core.errors import UsageError
from tissuesense.files.columns_by_name import column_title
from tissuesense.files.delimited_text import decoded, possible_tables
from tissuesense.services.importing.intake import content_of

_GUESSES = {
    "time_s": ("time", "time s", "t", "seconds", "elapsed"),
    "force": ("force", "load", "reading", "force n", "load n"),
    "site": ("site", "muscle", "location", "point", "body part"),
    "side": ("side", "laterality", "left right"),
    "value": ("ppt", "threshold", "peak", "peak force", "max", "maximum", "value", "result"),
    "at": ("date", "datetime", "date time", "timestamp", "measured at", "day"),
}
_UNITS = ("n", "kgf", "lbf", "kpa", "kgf/cm2")


def suggested_map(path: Path) -> str:
    """Return a map in TOML with what could be guessed, and a comment where nothing could.

    Raises
    ------
    UsageError
        When the file is no table.
    """
    best: dict[str, str] = {}
    unit = ""
    for table in possible_tables(decoded(content_of(path))):
        found: dict[str, str] = {}
        for written in table.header:
            title = column_title(written)
            for key, names in _GUESSES.items():
                if title.name in names and key not in found:
                    found[key] = written
                    unit = title.unit if key in ("force", "value") and title.unit else unit
        if len(found) > len(best):
            best = found
    if not best:
        raise UsageError("No column of this file could be guessed.", hint="Write the map by hand.")
    samples = {"time_s", "force"} <= best.keys()
    lines = [
        "# Guessed from the column names: check every line before it is used.",
        f'rows = "{"samples" if samples else "trials"}"',
        "[columns]",
        *(f"{key} = {json.dumps(name, ensure_ascii=False)}" for key, name in best.items()),
        "[fixed]",
        f'unit = "{unit if unit in _UNITS else "?"}"  # {", ".join(_UNITS)}',
        'instrument = ""',
        "probe_area_cm2 = 1.0  # of the tip that was used",
        *(f'{key} = "?"' for key in ("site", "side", "at") if key not in best),
        "[sites]",
        '# "name in the table" = "trapezius_upper", or "trapezius_upper/left"',
    ]
    return "\n".join(lines) + "\n"
