"""Where a visit begins: the ranked checklist, and the sites that were picked from it or freely."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.checklist import Checklist
from tissuesense.anatomy.pattern import Ground
from tissuesense.core.clock import Clock
from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, Side
from tissuesense.record.at_the_table import SiteList
from tissuesense.record.entry import Entry
from tissuesense.record.history import ClientRecord, VisitRecord, current
from tissuesense.record.intake import ContraindicationScreen, DailyLife
from tissuesense.record.visit import VisitId
from tissuesense.services.before_pressing import blocks
from tissuesense.services.care import enter
from tissuesense.services.client_story import told_record
from tissuesense.services.standing import checklist
from tissuesense.store.opened import Store

TRIALS_A_SITE = 3
SECONDS_A_TRIAL = 45
_SECONDS_TO_FEEL = 20
_MINUTE_S = 60
_SIDES = list(Side)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What the page of where to begin shows.

    Attributes
    ----------
    picked
        The sites of this visit; None where none were picked yet.
    last_time
        Those of the visit before, felt or measured or picked there; empty: none.
    screen
        What to be careful with; None: not asked.
    """

    checklist: Checklist
    picked: SiteList | None
    last_time: tuple[BodySite, ...]
    screen: ContraindicationScreen | None

    def felt_only(self, site: BodySite) -> bool:
        """Return whether no gauge is set on a site."""
        muscle = catalogue().muscles.get(site.name)
        return blocks(self.screen, site.name) or (muscle is not None and not muscle.pressable)

    @property
    def sites(self) -> tuple[BodySite, ...]:
        """What was picked."""
        return () if self.picked is None else self.picked.sites


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticks:
    """What was ticked on a page.

    Attributes
    ----------
    before
        The sites that were ticked when the page was shown: what is new since brings its other
        side, and the first that is pressed the control site. What was unticked stays so.
    """

    sites: tuple[BodySite, ...]
    before: tuple[BodySite, ...] = ()
    other_side: bool = True
    control: bool = True


def beginning_of(store: Store, visit: VisitId) -> Beginning:
    """Return where a visit may begin, in the order of what was found so far.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    record = told_record(store, store.visits.client_of(visit))
    here = next(one for one in record.visits if one.visit.id == visit)
    before = [one for one in record.visits if one.visit.opened_at < here.visit.opened_at]
    return Beginning(
        checklist=checklist(replace(record, entries=tuple(_told_last(record)))),
        picked=here.latest("site_list"),
        last_time=_sites_of(before[-1]) if before else (),
        screen=record.latest("screen"),
    )


def pick_sites(
    store: Store,
    visit: VisitId,
    ticks: Ticks,
    *,
    clock: Clock,
    rng: np.random.Generator,
) -> SiteList:
    """Keep the sites that a visit is to examine.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    UsageError
        When a site is none of the catalogue's.
    """
    begun = beginning_of(store, visit)
    _check_known(ticks.sites, begun.sites)
    sites = tuple(sorted(_with_partners(ticks, begun), key=_order(begun.checklist)))
    listed = SiteList(
        sites=sites,
        felt_only=tuple(site for site in sites if begun.felt_only(site)),
        catalogue=begun.checklist.catalogue_version,
    )
    if listed != begun.picked and (sites or begun.picked is not None):
        stated = {
            "sites": [_plain(site) for site in listed.sites],
            "felt_only": [_plain(site) for site in listed.felt_only],
            "catalogue": listed.catalogue,
        }
        enter(store, "site_list", stated, visit=visit, clock=clock, rng=rng)
    return listed


def _with_partners(ticks: Ticks, begun: Beginning) -> Collection[BodySite]:
    wanted = dict.fromkeys(ticks.sites)
    added = [site for site in wanted if site not in ticks.before]
    controls = begun.checklist.control.sites
    if ticks.other_side:
        wanted |= dict.fromkeys(s.opposite for s in added if s.name != controls[0].name)
    pressed_before = any(not begun.felt_only(site) for site in ticks.before)
    if ticks.control and not pressed_before and any(not begun.felt_only(s) for s in added):
        wanted |= dict.fromkeys(controls)
    return wanted


def minutes_for(listed: SiteList) -> int:
    """Return about how long feeling and pressing these sites takes, in whole minutes."""
    pressed = len(listed.sites) - len(listed.felt_only)
    seconds = pressed * TRIALS_A_SITE * SECONDS_A_TRIAL + len(listed.sites) * _SECONDS_TO_FEEL
    return -(-seconds // _MINUTE_S)


def habit_of(told: DailyLife) -> str:
    """Return which habit an answer is about, a no included; else the question itself."""
    named = {pattern.name: pattern.id for pattern in catalogue().patterns_of(Ground.HABIT)}
    return told.habit or named.get(told.question, told.question)


def _told_last(record: ClientRecord) -> Iterator[Entry[Any]]:
    """Yield of each thing told or seen the last word alone: what is seen no more leads nowhere."""
    last: dict[Hashable, Entry[Any]] = {}
    for entry in current(record.entries, "complaint", "posture", "daily_life"):
        said = entry.statement
        match entry.kind:
            case "complaint":
                last[said.kind, said.region.casefold(), said.side] = entry
            case "posture":
                last["posture", said.finding] = entry
            case _:
                last["habit", habit_of(said)] = entry
    yield from last.values()


def _sites_of(visit: VisitRecord) -> tuple[BodySite, ...]:
    listed: SiteList | None = visit.latest("site_list")
    return tuple(dict.fromkeys([*(listed.sites if listed else ()), *visit.sites]))


def _check_known(sites: Iterable[BodySite], listed: Collection[BodySite]) -> None:
    known = catalogue().muscles
    for site in sites:
        if site not in listed and (
            site.name not in known or site.side not in known[site.name].sides
        ):
            raise UsageError("A site is not in the catalogue of muscles.")


def _order(told: Checklist) -> Callable[[BodySite], tuple[bool, int, int, int]]:
    ranks = {item.muscle.id: rank for rank, item in enumerate(told.items)}
    from_head = {name: place for place, name in enumerate(catalogue().muscles)}
    control = told.control.muscle.id

    def key(site: BodySite) -> tuple[bool, int, int, int]:
        return (
            site.name == control and control not in ranks,
            ranks.get(site.name, len(ranks)),
            from_head.get(site.name, len(from_head)),
            _SIDES.index(site.side),
        )

    return key


def _plain(site: BodySite) -> dict[str, str]:
    return {"name": site.name, "side": str(site.side)}
