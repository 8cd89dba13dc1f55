"""Practise: ramps on a simulated client whose threshold is known, scored, from day to day."""

from datetime import tzinfo
from typing import Any

from fastapi import APIRouter, Request, WebSocket
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.core.errors import RecordConflict, TissueSenseError, UsageError
from tissuesense.guidance.presets import presets
from tissuesense.guidance.words import SPOKEN
from tissuesense.services.practising.order import (
    CLIENTS,
    RATES_KPA_S,
    SURPRISE,
    PracticeOrder,
    PracticeWay,
)
from tissuesense.services.practising.practice_round import PRACTICE_COMMANDS
from tissuesense.services.practising.score import usual_bias_kpa
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import number_in, text_of
from tissuesense.web.house import House, InHouse, house_of
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import page, tongue_of
from tissuesense.web.practice_plot import progress_plot
from tissuesense.web.routes.live import attend

router = APIRouter(tags=["practise"])  # a WebSocket asks for its session itself
screens = APIRouter(tags=["practise"], dependencies=for_duty(Duty.MEASURE))

_MOST_SHOWN = 60
_USUAL_RATE = 30.0


@screens.get("/practise", response_model=None)
async def practise(request: Request, house: InHouse, session: AtScreen) -> Response:
    """Ask what is practised, and show how it went so far."""
    return _asked(request, house, session.actor)


@screens.post("/practise", response_model=None)
async def begin(request: Request, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Begin a round of practice."""
    try:
        await house.practising.start(_ordered(house, form), who=session.actor)
    except (UsageError, RecordConflict) as error:
        typed = {name: text_of(form, name) for name in ("way", "client", "rate", "presses")}
        status = 409 if isinstance(error, RecordConflict) else 422
        return _asked(request, house, session.actor, status=status, error=error, typed=typed)
    return RedirectResponse("/practise/round", status_code=303)


@screens.get("/practise/round", response_model=None)
async def practice_round(request: Request, house: InHouse) -> Response:
    """Show the round that is going on, or what came of the last one."""
    held = house.practising.round
    if held is None:
        return RedirectResponse("/practise", status_code=303)
    if not house.practising.busy:
        return page(
            request,
            "practise_over.html",
            order=held.order,
            score=held.score,
            usual_bias_kpa=usual_bias_kpa(held.order.target_kpa_s),
            why=held.why,
            trouble=house.practising.trouble or house.practising.scores.trouble,
            unit=house.settings.now.pressure_unit,
        )
    tongue = tongue_of(request)
    return page(
        request,
        "practise_round.html",
        order=held.order,
        view=held.view,
        limits=held.limits,
        site_words=[_place(request, held.order)],
        spoken={words: tongue.gettext(words) for words in SPOKEN},
    )


@screens.post("/practise/round/{command}", response_model=None)
async def say(request: Request, command: str, house: InHouse) -> Response:
    """Do what a button says, for a screen without script."""
    if command not in PRACTICE_COMMANDS:
        raise UsageError("There is no such command.")
    house.practising.command(command)
    if wants_json(request):
        return JSONResponse({"said": ""})
    return RedirectResponse("/practise/round", status_code=303)


@router.websocket("/practise/live")
async def live(socket: WebSocket) -> None:
    """Show the round of practice, and hear how the hand pushes: 0 to 1 of the limit."""
    practising = house_of(socket).practising

    def hear(said: dict[str, Any]) -> None:
        push, do = said.get("push"), said.get("do")
        if type(push) in {int, float}:
            practising.push(push)  # type: ignore[arg-type]  # it is a number
        elif isinstance(do, str):
            practising.command(do)

    await attend(socket, practising.audience, hear, watching=Duty.MEASURE)


def _asked(
    request: Request,
    house: House,
    who: str,
    *,
    status: int = 200,
    error: TissueSenseError | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    mine = [one for one in house.practising.scores.all() if one.who == who][-_MOST_SHOWN:]
    gauge = house.gauge_url if house.gauge_url and not house.gauge_url.startswith("sim:") else ""
    last = house.practising.round
    usual = {
        "way": str(PracticeWay.HAND),
        "client": "ordinary",
        "rate": f"{_usual_rate(house):g}",
        "presses": "3",
    }
    if last is not None:
        usual |= {"client": last.order.client, "rate": f"{last.order.target_kpa_s:g}"}
    return page(
        request,
        "practise.html",
        status=status,
        error=error,
        chosen=usual | (typed or {}),
        gauge=gauge,
        clients=(*CLIENTS, SURPRISE),
        rates=RATES_KPA_S,
        busy=house.practising.busy,
        measuring=house.table.busy,
        scores=mine,
        plot=progress_plot(mine),
        zone=_zone(house),
        who=who,
        unit=house.settings.now.pressure_unit,
        trouble=house.practising.trouble or house.practising.scores.trouble,
    )


def _usual_rate(house: House) -> float:
    """Return the practised rate nearest to the usual protocol's."""
    preset = presets().get(house.settings.now.preset)
    wanted = _USUAL_RATE if preset is None else preset.target_rate_kpa_s
    return min(RATES_KPA_S, key=lambda rate: abs(rate - wanted))


def _ordered(house: House, form: FormData) -> PracticeOrder:
    way, client = text_of(form, "way"), text_of(form, "client")
    if way and way not in set(PracticeWay):
        raise UsageError("There is no such way to practise.")
    presses = number_in(text_of(form, "presses") or "3", "presses")
    if not isinstance(presses, int):
        raise UsageError("Presses are a whole number.")
    return PracticeOrder(
        way=PracticeWay(way or PracticeWay.HAND),
        client=client or "ordinary",
        target_kpa_s=float(number_in(text_of(form, "rate") or f"{_USUAL_RATE:g}", "rate")),
        presses=presses,
        gauge_url="" if house.gauge_url.startswith("sim:") else house.gauge_url,
    )


def _place(request: Request, order: PracticeOrder) -> str:
    tongue = tongue_of(request)
    if order.way is PracticeWay.GAUGE:
        return tongue.gettext("On the cushion")
    if order.way is PracticeWay.DEMONSTRATION:
        return tongue.gettext("Demonstration: the simulated hand presses")
    return tongue.gettext("Invented client")


def _zone(house: House) -> tzinfo | None:
    """Return the zone of the practice's clock."""
    return house.desk.clock.local_now().tzinfo


router.include_router(screens)
