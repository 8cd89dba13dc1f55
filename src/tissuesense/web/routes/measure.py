"""Measuring: choose what, watch it go, see what came of it."""

from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.core.errors import ConfigurationError, TissueSenseError, UsageError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.guidance.presets import presets
from tissuesense.guidance.words import SPOKEN
from tissuesense.record.visit import Block, VisitId, parse_visit_id
from tissuesense.services.round_choice import RoundChoice, choice_for
from tissuesense.services.round_result import round_result
from tissuesense.services.table.order import SiteOrder, TableOrder, in_order
from tissuesense.services.table.table import COMMANDS
from tissuesense.services.table.view import TableState
from tissuesense.store.opened import Store
from tissuesense.web.door.admission import DUTIES, AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import number_in, text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import muscle_name, page, tongue_of

measured = APIRouter(tags=["measure"], dependencies=for_duty(Duty.MEASURE))
watching = APIRouter(tags=["measure"], dependencies=for_duty(Duty.WATCH))
caring = APIRouter(tags=["measure"], dependencies=for_duty(Duty.CARE))
KINDS = (
    RecordingKind.PPT,
    RecordingKind.TOLERANCE,
    RecordingKind.INDENTATION,
    RecordingKind.TAP,
    RecordingKind.DOSE,
)
_LONGEST_PAUSE_S = 600.0
_USUAL_PAUSE_S = 6.0
_S = TypeVar("_S", float, None)


@caring.get("/visits/{visit}/measure", response_model=None)
async def choose(
    request: Request,
    visit: str,
    house: InHouse,
    block: Annotated[str, Query(max_length=20)] = "",
    kind: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Ask what is to be measured in this visit."""
    choice = await _choice(house, parse_visit_id(visit))
    chosen = {
        "block": _one_of(Block, block, choice.block),
        "kind": _one_of(RecordingKind, kind, RecordingKind.PPT),
    }
    return _asked(request, house, choice, chosen)


@caring.post("/visits/{visit}/measure", response_model=None)
async def begin(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Begin the round."""
    choice = await _choice(house, parse_visit_id(visit))
    chosen = {
        "block": _one_of(Block, text_of(form, "block"), choice.block),
        "kind": _one_of(RecordingKind, text_of(form, "kind"), RecordingKind.PPT),
    }
    try:
        order = _ordered(house, choice, form, **chosen)
        order.check()
    except (UsageError, ConfigurationError) as error:
        return _asked(request, house, choice, chosen, status=422, wrong=error)
    await house.bench.let_go()  # a gauge is never shared
    house.table.start(order, actor=session.actor)
    return RedirectResponse("/measure", status_code=303)


@watching.get("/measure", response_model=None)
async def measuring(request: Request, house: InHouse, session: AtScreen) -> Response:
    """Show the round that is going on, or what came of the last one; values to who cares alone."""
    held = house.table.round
    if held is None:
        return page(request, "measure_none.html")
    if held.view.state is not TableState.OVER and house.table.busy:
        return page(
            request,
            "measure.html",
            order=held.order,
            view=held.view,
            measures=Duty.MEASURE in DUTIES[session.role],
            **_said(request, held.order),
        )
    order, view = held.order, held.view
    if Duty.CARE not in DUTIES[session.role]:
        order = replace(order, blinded=True)
    result = await house.desk.at(lambda store: round_result(store, order, view))
    return page(request, "measure_over.html", order=order, result=result)


@measured.post("/measure/{command}", response_model=None)
async def say(request: Request, command: str, house: InHouse) -> Response:
    """Do what a button says, for a screen without script."""
    if command not in COMMANDS:
        raise UsageError("There is no such command.", hint=f"Known: {', '.join(COMMANDS)}.")
    house.table.command(command)
    if wants_json(request):
        return JSONResponse({"said": ""})
    return RedirectResponse("/measure", status_code=303)


def _said(request: Request, order: TableOrder) -> dict[str, Any]:
    """Return what the live screen says of its sites and of verdicts, in the screen's language."""
    tongue = tongue_of(request)
    sided = {"left": tongue.gettext("Left %(muscle)s"), "right": tongue.gettext("Right %(muscle)s")}
    names = [tongue.gettext(muscle_name(site)) for site in order.sites]
    return {
        "site_words": [
            sided.get(str(site.side), "%(muscle)s") % {"muscle": name}
            for site, name in zip(order.sites, names, strict=True)
        ],
        "spoken": {words: tongue.gettext(words) for words in SPOKEN},
    }


async def _choice(house: House, visit: VisitId) -> RoundChoice:
    def look(store: Store) -> RoundChoice:
        return choice_for(store, visit, today=house.desk.clock.local_now().date())

    return await house.desk.at(look)


def _asked(
    request: Request,
    house: House,
    choice: RoundChoice,
    chosen: dict[str, Any],
    *,
    status: int = 200,
    wrong: TissueSenseError | None = None,
) -> Response:
    return page(
        request,
        "measure_choose.html",
        status=status,
        choice=choice,
        kinds=KINDS,
        presets=presets(),
        usual_preset=house.settings.now.preset,
        orders=tuple(SiteOrder),
        gauge_url=house.gauge_url or ("sim:?subject=desk_worker" if house.desk.demo else ""),
        wrong=wrong,
        busy=house.table.busy,
        **chosen,
    )


def _ordered(
    house: House, choice: RoundChoice, form: FormData, *, block: Block, kind: RecordingKind
) -> TableOrder:
    """Return the round that a form asks for."""
    sites = tuple(_site(value) for value in form.getlist("site") if isinstance(value, str))
    paced = kind in {RecordingKind.PPT, RecordingKind.TOLERANCE}
    stated: dict[str, Any] = {}
    area = text_of(form, "probe_area_cm2")
    if area:
        stated["probe_area_cm2"] = number_in(area, "probe area")
    url = text_of(form, "gauge") or house.gauge_url
    if not url:
        raise UsageError("No gauge was chosen.", hint="Choose one on the Devices page.")
    return TableOrder(
        client=choice.client,
        visit=choice.visit,
        block=block,
        sites=in_order(
            sites, _one_of(SiteOrder, text_of(form, "order"), SiteOrder.LISTED), house.desk.rng
        ),
        kind=kind,
        device=url,
        button=house.button_url or None,
        preset=(text_of(form, "preset") or None) if paced else None,
        trials=_count(text_of(form, "trials")),
        stated=tuple(stated.items()),
        rest_s=_seconds(text_of(form, "rest_s"), usual_s=None),
        pause_s=_seconds(text_of(form, "pause_s"), usual_s=_USUAL_PAUSE_S),
    )


def _site(value: str) -> BodySite:
    name, _, side = value.partition(".")
    try:
        return BodySite(name, Side(side))
    except ValueError as err:
        raise UsageError(
            "A site of this form cannot be read.", hint="Load the page again."
        ) from err


def _count(typed: str) -> int | None:
    number = number_in(typed, "presses") if typed else None
    if number is not None and not (isinstance(number, int) and 1 <= number <= 10):  # noqa: PLR2004 - a screen's own limit
        raise UsageError("1 to 10 presses can be asked for.")
    return number


def _seconds(typed: str, *, usual_s: _S) -> float | _S:
    if not typed:
        return usual_s
    seconds = float(number_in(typed, "seconds"))
    if not 0 <= seconds <= _LONGEST_PAUSE_S:
        raise UsageError(f"A rest and a pause are 0 to {_LONGEST_PAUSE_S:g} s.")
    return seconds


def _one_of(kind: Any, value: str, usual: Any) -> Any:  # noqa: ANN401 - any enumeration
    return kind(value) if value in set(kind) else usual


router = APIRouter()
for part in (watching, measured, caring):
    router.include_router(part)
