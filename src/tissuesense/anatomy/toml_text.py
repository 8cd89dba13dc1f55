"""One TOML text of the catalogue, read strictly: a mistyped key is refused, never ignored."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config

from tissuesense.anatomy.muscle import FactSources, Muscle, OneWay, PressingSite, Source
from tissuesense.anatomy.pattern import Control, Edge, Ground, Pattern
from tissuesense.core.errors import ConfigurationError, DuplicateEntryError

_Row = TypeVar("_Row")
_TABLES = {"version", "source", "muscle", "one_way", "control", *Ground}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one text holds; empty where it says nothing."""

    file: str
    version: str = ""
    sources: Mapping[str, Source] = field(default_factory=dict)
    muscles: Mapping[str, Muscle] = field(default_factory=dict)
    patterns: Mapping[str, Pattern] = field(default_factory=dict)
    controls: tuple[Control, ...] = ()
    one_way: tuple[OneWay, ...] = ()


def read_part(text: str, file: str) -> Part:
    """Read a text; references to other texts are not looked at yet.

    Raises
    ------
    ConfigurationError
        When it is not TOML, a key is unknown or missing, or a value is of another type.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise ConfigurationError(f"{file}: this is not TOML: {err}.") from err
    if unknown := tables.keys() - _TABLES:
        raise ConfigurationError(
            f"{file}: a catalogue has no '{min(unknown)}'.",
            hint=f"It may have: {', '.join(sorted(_TABLES))}.",
        )
    patterns: dict[str, Pattern] = {}
    for ground in Ground:
        for id_, row in _rows(tables, ground, file).items():
            if id_ in patterns:
                raise DuplicateEntryError(f"{file}: '{id_}' is a {ground} and something else too.")
            whole = {"id": id_, "ground": ground, **row}
            patterns[id_] = _read(Pattern, whole, f"{file}: {ground} {id_}")
    return Part(
        file=file,
        version=_version(tables, file),
        sources={
            key: _read(Source, row, f"{file}: source {key}")
            for key, row in _rows(tables, "source", file).items()
        },
        muscles={
            id_: _read(Muscle, {"id": id_, **row}, f"{file}: muscle {id_}")
            for id_, row in _rows(tables, "muscle", file).items()
        },
        patterns=patterns,
        controls=_list(Control, tables, "control", file),
        one_way=_list(OneWay, tables, "one_way", file),
    )


def _version(tables: Mapping[str, Any], file: str) -> str:
    version = tables.get("version", "")
    if not isinstance(version, str):
        raise ConfigurationError(f'{file}: the version is text, such as "1.0", not {version!r}.')
    return version


def _rows(tables: Mapping[str, Any], name: str, file: str) -> dict[str, dict[str, Any]]:
    rows = tables.get(name, {})
    if not isinstance(rows, dict) or not all(isinstance(row, dict) for row in rows.values()):
        raise ConfigurationError(
            f"{file}: each {name} is a table of its own.", hint=f"Such as [{name}.its_id]."
        )
    return rows


def _list(kind: type[_Row], tables: Mapping[str, Any], name: str, file: str) -> tuple[_Row, ...]:
    rows = tables.get(name, [])
    if not isinstance(rows, list):
        raise ConfigurationError(f"{file}: {name} is a list.", hint=f"Start each with [[{name}]].")
    return tuple(_read(kind, row, f"{file}: {name} {n}") for n, row in enumerate(rows, start=1))


def _read(kind: type[_Row], row: object, place: str) -> _Row:
    try:
        # By way of JSON, because there a list is a tuple and a word is a member of its enum.
        read: _Row = _adapters()[kind].validate_json(json.dumps(row, default=str))
    except ValidationError as err:
        first = err.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{place}: {where}: {first['msg'].lower()}.") from None
    return read


@cache
def _adapters() -> Mapping[type, TypeAdapter[Any]]:
    strict = with_config(ConfigDict(extra="forbid", strict=True, allow_inf_nan=False))
    for inside in (FactSources, PressingSite, Edge):
        strict(inside)
    return {kind: TypeAdapter(strict(kind)) for kind in (Source, Muscle, Pattern, Control, OneWay)}
