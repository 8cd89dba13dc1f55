"""What tables of other programs have in common: the order, the sites, a visit for each day."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.site_names import known_site
from tissuesense.core.errors import RecordConflict, RecordError
from tissuesense.core.site import BodySite, Side, parse_side
from tissuesense.files.columns_by_name import plain
from tissuesense.files.gauge_map import stated_map
from tissuesense.files.stated_moments import Moment, checked_date_format
from tissuesense.files.stated_numbers import DecimalMark
from tissuesense.record.client import ClientId
from tissuesense.record.visit import VisitId
from tissuesense.services.importing.intake import Desk, content_of
from tissuesense.services.records import open_visit

_EARLIEST = 1980
_LONGEST_NAME = 200
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOrder:
    """A table to be taken in, and what its reader was told of it.

    Attributes
    ----------
    mapping
        File of the map; what `sites` says goes before its part [sites].
    visit
        Where everything belongs; None: to a visit of each measuring day.
    subject
        Which person of a table with several, from 1 on.
    dates, decimal
        How days and decimals are written; None: the table has to tell.
    """

    path: Path
    mapping: Path | None = None
    sites: Mapping[str, str] = field(default_factory=dict)
    visit: VisitId | None = None
    subject: int | None = None
    dates: str | None = None
    decimal: str | None = None

    def __post_init__(self) -> None:
        checked_date_format(self.dates)

    @property
    def decimals(self) -> DecimalMark | None:
        """How decimals are written; None: the table has to tell."""
        return None if self.decimal is None else DecimalMark(self.decimal)

    def stated_map(self) -> dict[str, Any]:
        """Return what the map says, and over it the sites that were named beside it.

        Raises
        ------
        UsageError
            When it cannot be read.
        """
        content = None if self.mapping is None else content_of(self.mapping)
        stated = {} if content is None else stated_map(content, str(self.mapping))
        if self.sites and isinstance(stated.get("sites", {}), dict):
            stated["sites"] = stated.get("sites", {}) | dict(self.sites)
        return stated


class Sites:
    """Which name of the table is which site; what the map says goes first.

    Parameters
    ----------
    stated
        Site by the table's own name; "site/side" says the side too. A site that the catalogue does
        not know is kept as typed here, and nowhere else.
    """

    def __init__(self, stated: Mapping[str, str]) -> None:
        self._stated = {plain(name): site for name, site in stated.items()}
        self._catalogued: dict[str, str] = {}

    def site(self, name: str, side: Side | None, line: int) -> BodySite:
        """Return the site that a line names.

        Raises
        ------
        RecordError
            When the name is not known or there is no side; the sentence does not repeat the name.
        UsageError
            When the map has no site for it but something else.
        """
        given, _, given_side = self._stated.get(plain(name), "").partition("/")
        side = parse_side(given_side) if given_side else side
        if side is None:
            raise RecordError(
                f"Line {line} of the file does not say which side.",
                hint='Say it in the map: under [sites], "name" = "site/left".',
            )
        return BodySite(given or self._known(name, line), side)

    def _known(self, name: str, line: int) -> str:
        if name not in self._catalogued:
            self._catalogued[name] = _catalogued(name, line)
        return self._catalogued[name]


def _catalogued(name: str, line: int) -> str:
    found = known_site(name) if len(name) <= _LONGEST_NAME else None
    if isinstance(found, Muscle):
        return found.id
    near = f" Near it: {', '.join(found.nearest)}." if found and found.nearest else ""
    raise RecordError(
        f"The site of line {line} of the file is not in the catalogue of muscles.{near}",
        hint='Name it: --map "NAME IN THE TABLE=trapezius_upper", or under [sites] of a map.',
    )


class Visits:
    """Where the measurements of a table belong: to one visit, or to one of each measuring day.

    A day's visit is the one that there is; where there is none, one is written down.
    """

    def __init__(self, desk: Desk, client: ClientId, only: VisitId | None = None) -> None:
        self._desk = desk
        self._client = client
        self._only = only
        if only is not None and desk.store.visits.client_of(only) != client:
            raise RecordConflict("This visit is another client's.")
        self._of_day: dict[date, list[VisitId]] = {}
        for visit in desk.store.visits.of_client(client):
            if only in (None, visit.id):
                self._of_day.setdefault(visit.opened_at.date(), []).append(visit.id)
        self.opened = 0

    def on(self, at: datetime) -> VisitId:
        """Return the visit of a day.

        Raises
        ------
        RecordConflict
            When the client had several visits that day, or the only one meant was on another.
        """
        known = self._of_day.get(at.date(), [])
        if len(known) == 1:
            return known[0]
        if known:
            raise RecordConflict(
                f"There are {len(known)} visits on {at.date().isoformat()}.",
                hint="Say which one: --visit ID.",
            )
        if self._only is not None:
            raise RecordConflict(
                f"The table has a measurement of {at.date().isoformat()}, which is not the day of "
                "the visit.",
                hint="Leave --visit out, and each day's measurements go to a visit of that day.",
            )
        self.opened += 1
        visit = open_visit(
            self._desk.store,
            self._client,
            clock=self._desk.clock,
            rng=self._desk.rng,
            opened_at=at,
            reason="Taken in from a table.",
        )
        self._of_day[at.date()] = [visit.id]
        return visit.id


def local(said: Moment, line: int, *, now: datetime) -> datetime:
    """Return a time with its zone: where the table names none, that of this computer.

    Raises
    ------
    RecordError
        When nobody can have measured then.
    """
    if not _EARLIEST <= said.at.year <= now.year + 1:
        raise RecordError(
            f"Line {line} of the file is of the year {said.at.year}.",
            hint="Look at how days are written: --date-format.",
        )
    at = said.at if said.at.utcoffset() is not None else said.at.astimezone()
    if at > now + timedelta(days=1):
        raise RecordError(
            f"Line {line} of the file lies in the future: {at.date().isoformat()}.",
            hint="Look at how days are written: --date-format.",
        )
    return at


def sets_of(
    rows: Iterable[_Row],
    *,
    key: Callable[[_Row], Hashable],
    number: Callable[[_Row], Hashable],
) -> list[list[_Row]]:
    """Put repeats together: rows of one key, until a number of the series comes again.

    Parameters
    ----------
    number
        Which repeat a row is; None where the table does not count.
    """
    sets: list[list[_Row]] = []
    latest: dict[Hashable, tuple[list[_Row], set[Hashable]]] = {}
    for row in rows:
        which = number(row)
        group = latest.get(key(row))
        if group is None or (which is not None and which in group[1]):
            group = ([], set())
            latest[key(row)] = group
            sets.append(group[0])
        group[0].append(row)
        group[1].add(which)
    return sets
