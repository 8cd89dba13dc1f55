"""The map by which a gauge's table is read: which column is what, and what holds for every row.

A person writes it, or checks one that was suggested; nothing is ever read on a guess.
"""

import enum
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from tissuesense.core.errors import UsageError
from tissuesense.core.recording import RecordingKind
from tissuesense.files.stated_moments import checked_date_format
from tissuesense.files.stated_numbers import DecimalMark

HINT = "'tissuesense import --format gauge-csv --suggest FILE' prints a map to begin with."
UNANSWERED = "?"


class Rows(enum.StrEnum):
    """What one row of the table is."""

    TRIALS = "trials"
    SAMPLES = "samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of columns, as they stand in the table; empty: there is none.

    Attributes
    ----------
    value
        The peak of a trial.
    trial
        Its number; where it begins again, another set of trials does.
    at
        When; day and time of day may stand in two columns.
    """

    value: str = ""
    time: str = ""
    force: str = ""
    marker: str = ""
    trial: str = ""
    site: str = ""
    side: str = ""
    at: str | tuple[str, ...] = ()

    def named(self) -> dict[str, tuple[str, ...]]:
        """Return the columns that are named, by what they hold."""
        stated = {each.name: getattr(self, each.name) for each in fields(self)}
        return {
            key: (name,) if isinstance(name, str) else tuple(name)
            for key, name in stated.items()
            if name
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What holds for every row.

    Attributes
    ----------
    unit, time_unit
        Of the values; empty where the header has it in brackets.
    method
        Of peaks: what they are, and how the instrument came by them.
    kind, target_rate_kpa_s, stop_mode
        Of samples: as in a side-car.
    """

    unit: str = ""
    time_unit: str = ""
    decimal: DecimalMark | None = None
    date_format: str = ""
    at: str = ""
    site: str = ""
    side: str = ""
    instrument: str = ""
    probe_area_cm2: float | None = None
    method: str = ""
    kind: RecordingKind = RecordingKind.PPT
    target_rate_kpa_s: float | None = None
    stop_mode: str = ""

    def __post_init__(self) -> None:
        checked_date_format(self.date_format or None)
        for name in ("probe_area_cm2", "target_rate_kpa_s"):
            value = getattr(self, name)
            if value is not None and not (math.isfinite(value) and value > 0):
                raise UsageError(f"{name} is a number above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class GaugeMap:
    """How to read a table.

    Attributes
    ----------
    sites
        Site by the table's own name for it; "site/side" says the side too.
    """

    rows: Rows
    columns: Columns
    fixed: Fixed = field(default_factory=Fixed)
    sites: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        needed = {Rows.TRIALS: ("value",), Rows.SAMPLES: ("time", "force")}[self.rows]
        for name in needed:
            if not getattr(self.columns, name):
                raise UsageError(f"The map has no column for '{name}'.", hint=HINT)
        for name in ("site", "at"):
            if not (getattr(self.columns, name) or getattr(self.fixed, name)):
                raise UsageError(
                    f"The map does not say '{name}', neither by a column nor under [fixed]."
                )


def stated_map(content: bytes, name: str) -> dict[str, Any]:
    """Return what a map in TOML or, by its name, in JSON says.

    Raises
    ------
    UsageError
        When it cannot be read.
    """
    try:
        text = content.decode("utf-8-sig")
        found = json.loads(text) if name.lower().endswith(".json") else tomllib.loads(text)
    except (ValueError, RecursionError) as err:
        raise UsageError(f"The map is no TOML or JSON that can be read: {err}.") from err
    if not isinstance(found, dict):
        raise UsageError("The map is not one table.")
    return found


def gauge_map(stated: Mapping[str, Any]) -> GaugeMap:
    """Return the map that was stated, checked.

    Raises
    ------
    UsageError
        When a key is unknown, a value is of another type, or a question mark is left in it.
    """
    if not stated:
        raise UsageError("A gauge's table needs a map.", hint=HINT)
    try:
        open_question = next(_unanswered(stated), None)
        if open_question is not None:
            raise UsageError(f"The map still has a question mark at '{open_question}'.")
        return _adapter().validate_json(json.dumps(stated, default=str))
    except RecursionError as err:
        raise UsageError("The map is nested too deeply.") from err
    except ValidationError as err:
        problem = err.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        said = str(problem.get("ctx", {}).get("error", problem["msg"].removeprefix("Input ")))
        raise UsageError(f"The map: {where + ': ' if where else ''}{said}", hint=HINT) from None


def site_names(stated: Mapping[str, Any]) -> dict[str, str]:
    """Return the part [sites] of a map.

    Raises
    ------
    UsageError
        When it is not one text for each name.
    """
    sites = stated.get("sites", {})
    if not isinstance(sites, dict) or not all(isinstance(site, str) for site in sites.values()):
        raise UsageError('Under [sites], the map has a text for each name: "name" = "site/left".')
    return dict(sites)


def _unanswered(stated: Mapping[str, Any], path: str = "") -> Any:  # noqa: ANN401 - yields texts
    for key, value in stated.items():
        if value == UNANSWERED:
            yield f"{path}{key}"
        elif isinstance(value, dict):
            yield from _unanswered(value, f"{path}{key}.")


@cache
def _adapter() -> TypeAdapter[GaugeMap]:
    config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
    for part in (Columns, Fixed):
        with_config(config)(part)
    return TypeAdapter(with_config(config)(GaugeMap))
