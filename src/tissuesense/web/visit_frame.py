"""What every page of a visit has round it: the visit, its steps, its sites by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, TypeVar

from fastapi import Depends, Query

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.site_names import UnknownSite, known_site
from tissuesense.core.site import BodySite, parse_side
from tissuesense.record.at_the_table import SiteList
from tissuesense.record.history import VisitRecord, current
from tissuesense.record.visit import Visit, VisitId, parse_visit_id
from tissuesense.services.records import load_visit_record
from tissuesense.services.visit_entries import VisitEntries, is_settled
from tissuesense.store.opened import Store
from tissuesense.web.house import House
from tissuesense.web.naming import muscle_name
from tissuesense.web.sessions import ScreenSession
from tissuesense.web.visit_steps import Step, steps_of

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteName:
    """A site as a page calls it; both words are English, a page translates them."""

    site: BodySite
    muscle: str
    side: str

    @property
    def key(self) -> str:
        """What addresses and ids of a page call it."""
        return f"{self.site.name}-{self.site.side}"


def named(site: BodySite) -> SiteName:
    """Return how a page calls a site: by the catalogue's name, else by its own."""
    return SiteName(site=site, muscle=muscle_name(site.name), side=str(site.side))


def picked_by_name(name: str, side: str) -> tuple[tuple[BodySite, ...], str]:
    """Return the sites that somebody names, on both sides unless one is named; or what is wrong."""
    if not name.strip():
        return (), ""
    found = known_site(name)
    if isinstance(found, UnknownSite):
        return (), found.sentence
    sides = [one for one in found.sides if str(one) == side] or found.sides
    return tuple(BodySite(found.id, one) for one in sides), ""


def muscle_names() -> list[tuple[str, str]]:
    """Return the id and the name of every muscle that can be picked by name."""
    return [(muscle.id, muscle.name) for muscle in catalogue().muscles.values()]


def asked_site(
    site: Annotated[str, Query(max_length=80)] = "",
    side: Annotated[str, Query(max_length=10)] = "",
) -> BodySite | None:
    """Return the site that an address asks for; None where it asks for none.

    Raises
    ------
    UsageError
        When it is no site.
    """
    return BodySite(site, parse_side(side)) if site else None


AskedSite = Annotated[BodySite | None, Depends(asked_site)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFrame:
    """A visit behind a page.

    Attributes
    ----------
    settled
        Whether it was signed or closed: from then on a change is an amendment.
    """

    record: VisitRecord
    all_steps: tuple[Step, ...]

    @property
    def visit(self) -> Visit:
        """The visit itself."""
        return self.record.visit

    @property
    def settled(self) -> bool:
        """Whether it was signed or closed."""
        return is_settled(self.record.entries)

    @property
    def listed(self) -> SiteList | None:
        """The sites that were picked for this visit."""
        found: SiteList | None = self.record.latest("site_list")
        return found

    def tabs(self, say: Callable[[str], str]) -> list[tuple[str, str, str, bool]]:
        """Return the steps as a page shows them: key, word, address, whether done."""
        return [(step.key, say(step.word), step.url, step.done) for step in self.all_steps]

    def sites(self, *more: BodySite) -> tuple[SiteName, ...]:
        """Return the sites of this visit: picked, then felt, measured or treated, then `more`."""
        picked = () if self.listed is None else self.listed.sites
        treated: Iterable[BodySite] = (dose.site for dose in self.record.statements("dose"))
        every = dict.fromkeys([*picked, *self.record.sites, *treated, *more])
        return tuple(map(named, every))


def load_frame(store: Store, visit: VisitId) -> VisitFrame:
    """Return a visit with its steps.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    with store.reading():
        record = load_visit_record(store, visit)
        told = store.ledger.of_client(record.visit.client, "complaint")
    done = bool(current(told, "complaint"))
    return VisitFrame(record=record, all_steps=steps_of(record, intake_done=done))


async def frame_of(house: House, visit: str) -> VisitFrame:
    """Return the visit that an address names; otherwise as `load_frame`.

    Raises
    ------
    UsageError
        When the address names none.
    """
    return await house.desk.at(partial(load_frame, visit=parse_visit_id(visit)))


async def written(
    house: House, session: ScreenSession, visit: str, write: Callable[[VisitEntries], _T]
) -> _T:
    """Write on the visit that an address names, as whoever is at the screen.

    Raises
    ------
    UsageError
        When the address names none, or what is written is refused.
    RecordNotFound
        When there is no such visit.
    """
    visit_id, desk = parse_visit_id(visit), house.desk
    return await desk.at(
        lambda store: write(VisitEntries(store, visit_id, desk.clock, desk.rng)),
        actor=session.actor,
    )
