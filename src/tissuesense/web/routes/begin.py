"""Where to begin: what is commonly checked for what was told, to tick in a list or on the body."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.checklist import ChecklistItem
from tissuesense.anatomy.muscle import Muscle
from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.at_the_table import SiteList
from tissuesense.record.visit import parse_visit_id
from tissuesense.services.where_to_begin import (
    SECONDS_A_TRIAL,
    TRIALS_A_SITE,
    Beginning,
    Ticks,
    beginning_of,
    minutes_for,
    pick_sites,
)
from tissuesense.store.opened import Store
from tissuesense.web.body_pick import VIEW_BOX, pictures
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import text_of
from tissuesense.web.house import InHouse
from tissuesense.web.language import Language
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import language_of, page
from tissuesense.web.visit_frame import VisitFrame, load_frame

router = APIRouter(tags=["begin"], dependencies=for_duty(Duty.CARE))
_FIRST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One muscle to tick, left and right.

    Attributes
    ----------
    sites
        Each with whether it is where to begin; the other side is there to compare.
    """

    muscle: Muscle
    sites: tuple[tuple[BodySite, bool], ...]
    reasons: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    why_not: str = ""


@router.get("/visits/{visit}/begin", response_model=None)
async def begin(request: Request, visit: str, house: InHouse) -> Response:
    """Show where to begin."""
    visit_id = parse_visit_id(visit)

    def look(store: Store) -> tuple[VisitFrame, Beginning]:
        with store.reading():
            return load_frame(store, visit_id), beginning_of(store, visit_id)

    frame, begun = await house.desk.at(look)
    listed = begun.picked or SiteList(sites=())
    items = begun.checklist.items
    control = begun.checklist.control
    shown = {item.muscle.id for item in items} | {control.muscle.id}
    return page(
        request,
        "begin.html",
        frame=frame,
        begun=begun,
        listed=listed,
        rows=[_row(item, begun) for item in items],
        control=_plain_row(control.muscle, begun, control.sites),
        control_reason=control.reason,
        others=list(_others(shown, begun)),
        unknown=[site for site in listed.sites if site.name not in catalogue().muscles],
        minutes=minutes_for(listed),
        trials=TRIALS_A_SITE,
        seconds=SECONDS_A_TRIAL,
        bodies=pictures(),
        view_box=VIEW_BOX,
        felt_only={
            site
            for muscle in catalogue().muscles.values()
            for side in muscle.sides
            if begun.felt_only(site := BodySite(muscle.id, side))
        },
        first=min(_FIRST, len(items)),
    )


@router.post("/visits/{visit}/begin", response_model=None)
async def pick(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep what is ticked."""
    visit_id, desk = parse_visit_id(visit), house.desk
    ticked, before = _sites_in(form, "site"), _sites_in(form, "before")
    take = text_of(form, "take")

    def keep(store: Store) -> SiteList:
        with store.transaction():
            wanted = ticked
            if take:
                wanted = [*ticked, *_taken(beginning_of(store, visit_id), take)]
            return pick_sites(
                store,
                visit_id,
                Ticks(
                    sites=tuple(wanted),
                    before=tuple(before),
                    other_side=bool(form.get("other_side")) and take != "last",
                    control=bool(form.get("control")) and take != "last",
                ),
                clock=desk.clock,
                rng=desk.rng,
            )

    listed = await desk.at(keep, actor=session.actor)
    if not wants_json(request):
        return RedirectResponse(f"/visits/{visit_id}/begin", status_code=303)
    return JSONResponse(_told(listed, language_of(request, session)))


def _told(listed: SiteList, tongue: Language) -> dict[str, Any]:
    return {
        "said": tongue.gettext("Saved."),
        "sites": [_key(site) for site in listed.sites],
        "count": len(listed.sites),
        "minutes": minutes_for(listed),
    }


def _taken(begun: Beginning, take: str) -> Iterable[BodySite]:
    """Return what one touch ticks: the sites of last time, or the first of the list."""
    if take == "last":
        return begun.last_time
    return (site for item in begun.checklist.items[:_FIRST] for site in item.sites)


def _row(item: ChecklistItem, begun: Beginning) -> Row:
    row = _plain_row(item.muscle, begun, item.sites)
    return Row(
        muscle=row.muscle,
        sites=row.sites,
        reasons=item.reasons,
        found=item.found,
        why_not=row.why_not,
    )


def _plain_row(muscle: Muscle, begun: Beginning, suggested: Iterable[BodySite] = ()) -> Row:
    wanted = set(suggested)
    sites = [BodySite(muscle.id, side) for side in muscle.sides]
    why_not = "" if muscle.pressable else muscle.reach_reason
    if not why_not and begun.felt_only(sites[0]):
        why_not = "the client's screen says that it is not to be pressed"
    return Row(
        muscle=muscle, sites=tuple((site, site in wanted) for site in sites), why_not=why_not
    )


def _others(shown: set[str], begun: Beginning) -> Iterator[tuple[str, list[Row]]]:
    """Yield the muscles that are not on the list, by part of the body."""
    muscles = [muscle for muscle in catalogue().muscles.values() if muscle.id not in shown]
    for region in dict.fromkeys(muscle.region for muscle in muscles):
        yield region.value, [_plain_row(m, begun) for m in muscles if m.region is region]


def _sites_in(form: FormData, name: str) -> list[BodySite]:
    return [_site(value) for value in form.getlist(name) if isinstance(value, str) and value]


def _site(value: str) -> BodySite:
    name, _, side = value.partition("/")
    if not side:
        raise UsageError("A site is a name and a side.")
    return BodySite(name, side)  # type: ignore[arg-type]  # it reads its side itself


def _key(site: BodySite) -> str:
    return f"{site.name}/{site.side}"
