"""What tables of other programs have in common: the order, the sites, a visit for each day."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.site_names import UnknownSite, known_site
from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, Side, parse_side
from tissuesense.files.stated_numbers import DecimalMark
from tissuesense.record.client import ClientId
from tissuesense.record.visit import VisitId
from tissuesense.services.importing.intake import Desk, content_of
from tissuesense.services.records import open_visit

_MARKS = {"comma": DecimalMark.COMMA, "point": DecimalMark.POINT}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOrder:
    """A table to be taken in, and what its reader was told of it."""

    path: Path
    mapping: Path | None = None
    subject: int | None = None
    dates: str | None = None
    decimal: str | None = None

    @property
    def decimals(self) -> DecimalMark | None:
        """How decimals are written; None: the table has to tell."""
        return None if self.decimal is None else _MARKS[self.decimal]


def read_map(path: Path | None) -> dict[str, Any]:
    """Return what a map in TOML or JSON says; nothing where there is none.

    Raises
    ------
    UsageError
        When it cannot be read.
    """
    if path is None:
        return {}
    content = content_of(path)
    try:
        text = content.decode()
        found = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except (ValueError, RecursionError) as err:
        raise UsageError(f"The map {path.name} is no TOML or JSON that can be read: {err}") from err
    if not isinstance(found, dict):
        raise UsageError(f"The map {path.name} is not one table.")
    return found


@dataclass(frozen=True, slots=True)
class Sites:
    """Which name of the table is which site; what the map says goes first.

    Parameters
    ----------
    stated
        Site by the table's own name, as the map's [sites] has it; "site/side" says the side too.
    """

    stated: Mapping[str, Any]

    def site(self, name: str, side: Side | None, line: int) -> BodySite:
        """Return the site that a line names.

        Raises
        ------
        UsageError
            When the name or the side is not known.
        """
        said = self.stated.get(name)
        if said is not None and not isinstance(said, str):
            raise UsageError("Under [sites], the map has a text for each name.")
        given, _, given_side = (said or "").partition("/")
        if given_side:
            side = parse_side(given_side)
        if side is None:
            raise UsageError(
                f"Line {line} of the file does not say which side.",
                hint='Say it in the map: [sites] with "name" = "site/left".',
            )
        return BodySite(given or _catalogued(name, line), side)


def _catalogued(name: str, line: int) -> str:
    found = known_site(name)
    if isinstance(found, Muscle):
        return found.id
    assert isinstance(found, UnknownSite)  # noqa: S101 - the only other answer
    near = f" Nearest: {', '.join(found.nearest)}." if found.nearest else ""
    raise UsageError(
        f"The site of line {line} of the file is not in the catalogue.{near}",
        hint='Name it in the map: [sites] with "name in the table" = "trapezius_upper".',
    )


class VisitsByDay:
    """A visit for each day of the table: one that there is, else one that is written down now."""

    def __init__(self, desk: Desk, client: ClientId) -> None:
        self._desk = desk
        self._client = client
        self._known: dict[date, VisitId] = {
            visit.opened_at.date(): visit.id for visit in desk.store.visits.of_client(client)
        }
        self.opened = 0

    def on(self, at: datetime) -> VisitId:
        """Return the visit of a day."""
        known = self._known.get(at.date())
        if known is not None:
            return known
        self.opened += 1
        visit = open_visit(
            self._desk.store,
            self._client,
            clock=self._desk.clock,
            rng=self._desk.rng,
            opened_at=at,
            reason="Taken in from a table.",
        )
        self._known[at.date()] = visit.id
        return visit.id


def local(at: datetime) -> datetime:
    """Return a time with its zone: where the table names none, that of this computer."""
    return at if at.utcoffset() is not None else at.astimezone()
