"""What every page of a visit has round it: the visit, its steps, its sites by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from tissuesense.core.site import BodySite
from tissuesense.record.at_the_table import SiteList
from tissuesense.record.history import VisitRecord, current
from tissuesense.record.visit import Visit, VisitId, parse_visit_id
from tissuesense.services.records import load_visit_record
from tissuesense.services.visit_entries import is_settled
from tissuesense.store.opened import Store
from tissuesense.web.house import House
from tissuesense.web.naming import muscle_name
from tissuesense.web.visit_steps import Step, steps_of


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
