"""The catalogue of muscles: the shipped one, and a clinic's own.

The facts are data, in `data/`, one file for each part of the body; what belongs to a complaint, a
posture or a habit stands in `data/complaints.toml`. Everything is read strictly and checked before
anybody sees it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeVar

from tissuesense.anatomy.checks import check
from tissuesense.anatomy.muscle import Muscle, OneWay, Source
from tissuesense.anatomy.pattern import Control, Ground, Pattern
from tissuesense.anatomy.toml_text import Part, read_part
from tissuesense.core.errors import ConfigurationError, DuplicateEntryError

_Row = TypeVar("_Row")
_SHIPPED = (
    "sources.toml",
    "muscles/head_neck.toml",
    "muscles/shoulder_arm.toml",
    "muscles/trunk.toml",
    "muscles/hip_leg.toml",
    "muscles/foot.toml",
    "complaints.toml",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Muscles, what they are commonly checked for, and the sources of both.

    Attributes
    ----------
    version
        Kept with each checklist, because facts may be corrected later; that of a clinic's
        additions stands behind a plus sign.
    muscles
        By id, from head to foot.
    one_way
        The exceptions from the rule that antagonism goes both ways.
    controls
        In the order in which they are tried.
    """

    version: str
    sources: Mapping[str, Source]
    muscles: Mapping[str, Muscle]
    patterns: Mapping[str, Pattern]
    controls: tuple[Control, ...]
    one_way: tuple[OneWay, ...] = ()

    def patterns_of(self, ground: Ground) -> tuple[Pattern, ...]:
        """Return the complaints, the postures or the habits that are known."""
        return tuple(row for row in self.patterns.values() if row.ground is ground)


@cache
def catalogue() -> Catalogue:
    """Return the shipped catalogue."""
    folder = files("tissuesense.anatomy").joinpath("data")
    parts = [read_part(folder.joinpath(name).read_text("utf-8"), name) for name in _SHIPPED]
    return _joined(parts)


def read_catalogue(text: str, name: str, *, base: Catalogue | None = None) -> Catalogue:
    """Read a catalogue from TOML in the form of the shipped files.

    Parameters
    ----------
    name
        What messages call the text: the name of a file.
    base
        The catalogue that the text adds to; absent: the text stands alone. What the base holds
        may be referred to, not redefined.

    Raises
    ------
    ConfigurationError
        When the text breaks a rule of the catalogue; the message names file, muscle and rule.
    """
    part = read_part(text, name)
    if not part.version:
        raise ConfigurationError(
            f"{name}: the catalogue has no version.",
            hint='State it in the first line, such as version = "1.0".',
        )
    return _joined([part] if base is None else [_as_part(base), part])


def _as_part(base: Catalogue) -> Part:
    return Part(
        file=f"catalogue {base.version}",
        version=base.version,
        sources=base.sources,
        muscles=base.muscles,
        patterns=base.patterns,
        controls=base.controls,
        one_way=base.one_way,
    )


def _joined(parts: Iterable[Part]) -> Catalogue:
    parts = tuple(parts)
    whole = Catalogue(
        version="+".join(part.version for part in parts if part.version),
        sources=_once("source", ((part.file, part.sources) for part in parts)),
        muscles=_once("muscle", ((part.file, part.muscles) for part in parts)),
        patterns=_once("pattern", ((part.file, part.patterns) for part in parts)),
        controls=tuple(control for part in parts for control in part.controls),
        one_way=tuple(row for part in parts for row in part.one_way),
    )
    file_of = {id_: part.file for part in parts for id_ in (*part.muscles, *part.patterns)}
    check(whole, file_of, parts[-1].file)
    return whole


def _once(kind: str, tables: Iterable[tuple[str, Mapping[str, _Row]]]) -> Mapping[str, _Row]:
    joined: dict[str, _Row] = {}
    for file, table in tables:
        for id_, row in table.items():
            if id_ in joined:
                raise DuplicateEntryError(f"{file}: the {kind} '{id_}' is there already.")
            joined[id_] = row
    return MappingProxyType(joined)
