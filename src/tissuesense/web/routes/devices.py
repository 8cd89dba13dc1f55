"""Devices: the gauge in use, what it sends now, what it is good for, and how to get another."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, WebSocket
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.core.errors import (
    CaptureError,
    ConfigurationError,
    FileWriteError,
    RecordConflict,
    TissueSenseError,
    UsageError,
)
from tissuesense.services.chosen_gauge import (
    SETTING_WORDS,
    SIMULATED_GAUGE,
    check_button,
    check_gauge,
    device_url,
    model_named,
    models,
    must_state,
)
from tissuesense.services.looking_for_gauges import (
    Around,
    examine_computer,
    listen_to_button,
    look_for_gauges,
)
from tissuesense.services.monitor import Monitor
from tissuesense.services.probe import PUSH_WITHIN_S, Probed, ProbeRequest, Stage, probe
from tissuesense.services.probe_verdict import Verdict, judge
from tissuesense.services.stop_signal import StopSignal
from tissuesense.services.table.audience import Audience
from tissuesense.transport.discovery import MODEL
from tissuesense.transport.url import DeviceUrl, parse_device_url
from tissuesense.web.door.admission import DUTIES, Duty, Filled, for_duty
from tissuesense.web.forms import text_of
from tissuesense.web.house import House, InHouse, house_of
from tissuesense.web.job_words import (
    LOOKING_AROUND,
    LOOKING_FOR_GAUGES,
    PRESS_THE_BUTTON,
    STAGES,
)
from tissuesense.web.jobs import Job
from tissuesense.web.pages import page
from tissuesense.web.routes.live import attend

router = APIRouter(tags=["devices"])  # a WebSocket asks for its session itself
screens = APIRouter(tags=["devices"], dependencies=for_duty(Duty.MANAGE))

JOBS = ("scan", "probe", "doctor", "button")
_SCAN_S, _PROBE_S, _BUTTON_S = 8.0, 8.0, 15.0
_REFUSED = (UsageError, ConfigurationError, CaptureError, FileWriteError, RecordConflict)
# Of the wire: those that the form of a model asks for, in this order.
_SETTINGS = tuple(SETTING_WORDS)


@screens.get("/devices", response_model=None)
async def devices(request: Request, house: InHouse) -> Response:
    """Show them."""
    return _shown(request, house)


@screens.post("/devices/gauge", response_model=None)
async def choose_gauge(request: Request, house: InHouse, form: Filled) -> Response:
    """Use the gauge at a URL from now on; an empty one forgets it."""

    async def choose() -> None:
        url = text_of(form, "url")
        if url:
            await asyncio.to_thread(check_gauge, url, clock=house.desk.clock)
        await _use(house, gauge_url=url)

    return await _done(request, house, "in-use", form, choose, then="/devices?watch=1#in-use")


@screens.post("/devices/simulated", response_model=None)
async def use_simulated(request: Request, house: InHouse, form: Filled) -> Response:
    """Use the simulated gauge from now on."""

    async def choose() -> None:
        await _use(house, gauge_url=SIMULATED_GAUGE)

    return await _done(request, house, "in-use", form, choose, then="/devices?watch=1#in-use")


@screens.get("/devices/new", response_model=None)
async def new_gauge(
    request: Request,
    model: Annotated[str, Query(max_length=60)] = "",
    way: Annotated[str, Query(max_length=20)] = "",
    address: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """Ask which model a gauge is, then for what that model needs."""
    return _asked(request, {"model": model, "way": way, "address": address})


@screens.post("/devices/new", response_model=None)
async def set_up(request: Request, house: InHouse, form: Filled) -> Response:
    """Use a gauge as it was described."""
    names = ("model", "way", "address", *_SETTINGS)
    typed = {name: text_of(form, name) for name in names}
    settings = {name: typed[name].replace(",", ".") for name in _SETTINGS}
    try:
        url = device_url(typed["way"], typed["address"], typed["model"], settings)
        await asyncio.to_thread(check_gauge, url, clock=house.desk.clock)
        await _use(house, gauge_url=url)
    except _REFUSED as error:
        return _asked(request, typed, status=_status(error), error=error)
    return RedirectResponse("/devices?watch=1#in-use", status_code=303)


@screens.post("/devices/button", response_model=None)
async def choose_button(request: Request, house: InHouse, form: Filled) -> Response:
    """Use the client's button at a URL from now on; an empty one forgets it."""

    async def choose() -> None:
        url = text_of(form, "url")
        if url:
            await asyncio.to_thread(check_button, url, clock=house.desk.clock)
        await _use(house, button_url=url)

    return await _done(request, house, "button", form, choose)


@screens.post("/devices/button/test", response_model=None)
async def test_button(request: Request, house: InHouse, form: Filled) -> Response:
    """Listen to the client's button for a while, in the background."""

    async def begin() -> None:
        url = house.button_url
        if not url:
            raise UsageError("No button was chosen.", hint="Choose one first.")

        async def work(job: Job) -> int:
            def heard(passed_s: float, count: int) -> None:
                job.tell(PRESS_THE_BUTTON, passed_s, _BUTTON_S)
                job.result = count

            clock = house.desk.clock
            return await listen_to_button(url, _BUTTON_S, clock=clock, heard=heard)

        await _with_the_gauge(house, "button", "testing the button", work)

    return await _done(request, house, "button", form, begin)


@screens.post("/devices/probe", response_model=None)
async def probe_gauge(request: Request, house: InHouse, form: Filled) -> Response:
    """Find out what the gauge is good for, in the background."""

    async def begin() -> None:
        if not house.gauge_url:
            raise UsageError("No gauge was chosen.", hint="Choose one first.")
        push = text_of(form, "push") == "yes"
        asked = ProbeRequest(url=house.gauge_url, seconds=_PROBE_S, ask_push=push)
        totals = {Stage.REST: _PROBE_S, Stage.PUSH: PUSH_WITHIN_S}

        async def work(job: Job) -> tuple[Probed, Verdict]:
            found = await probe(
                asked,
                clock=house.desk.clock,
                progress=lambda stage, passed_s: job.tell(
                    STAGES[stage], max(passed_s, 0.0), totals.get(stage, 0.0)
                ),
            )
            return found, judge(found)

        await _with_the_gauge(house, "probe", "probing the gauge", work)

    return await _done(request, house, "probe", form, begin)


@screens.post("/devices/scan", response_model=None)
async def scan(request: Request, house: InHouse, form: Filled) -> Response:
    """Look for gauges, in the background."""

    async def begin() -> None:
        if house.table.busy:
            raise RecordConflict(
                "A round of measuring is going on; looking for gauges would disturb its radio.",
                hint="End the round on the measuring screen first.",
            )

        async def work(job: Job) -> Around:
            def heard(passed_s: float, count: int) -> None:
                del count
                job.tell(LOOKING_FOR_GAUGES, passed_s, _SCAN_S)

            return await look_for_gauges(_SCAN_S, clock=house.desk.clock, heard=heard)

        house.jobs.start("scan", work, words=LOOKING_FOR_GAUGES)

    return await _done(request, house, "scan", form, begin)


@screens.post("/devices/doctor", response_model=None)
async def doctor(request: Request, house: InHouse, form: Filled) -> Response:
    """Look for what keeps gauges from being read here, in the background."""

    async def begin() -> None:
        async def work(_job: Job) -> object:
            return await examine_computer(clock=house.desk.clock, place=house.desk.place)

        house.jobs.start("doctor", work, words=LOOKING_AROUND)

    return await _done(request, house, "doctor", form, begin)


@router.websocket("/devices/live")
async def monitor(socket: WebSocket) -> None:
    """Show what the gauge sends, as long as a screen watches."""
    house = house_of(socket)
    audience = house.monitored
    session = house.session_at(socket)
    if session is not None and Duty.MANAGE in DUTIES[session.role] and not audience.watched:
        await _begin_to_watch(house, audience)
    await attend(socket, audience, lambda _said: None, watching=Duty.MANAGE)
    if not audience.watched and house.bench.what == _WATCHING:
        await house.bench.let_go()


_WATCHING = "watching the signal"


async def _begin_to_watch(house: House, audience: Audience) -> None:
    """Open the gauge for the screen; where that may not be, the screen says why."""
    watched = Monitor(house.gauge_url, audience=audience, clock=house.desk.clock)
    audience.view = None
    if not house.gauge_url:
        watched.refuse("No gauge was chosen.")
        return
    try:
        await house.bench.begin(_WATCHING, watched.run, gives_way=True)
    except RecordConflict as error:
        watched.refuse(f"{error} {error.hint}".rstrip())


async def _with_the_gauge(
    house: House, name: str, what: str, work: Callable[[Job], Awaitable[Any]]
) -> None:
    """Begin a job that has the gauge for itself."""
    house.bench.check_free()

    async def alone(job: Job) -> Any:  # noqa: ANN401 - whatever the work gives
        found: list[Any] = []

        async def hold() -> None:
            try:
                found.append(await work(job))
            except TissueSenseError as error:
                found.append(error)

        task = await house.bench.begin(what, hold)
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError:
            await house.bench.let_go()
            raise
        if task.cancelled():
            raise RecordConflict("It made way for measuring.", hint="Begin it again afterwards.")
        if found and isinstance(found[0], TissueSenseError):
            raise found[0]
        return found[0] if found else None

    house.jobs.start(name, alone, words=STAGES[Stage.OPENING])


async def _use(house: House, **changed: str) -> None:
    """Use another gauge or button; a round goes on with what it has."""
    if house.bench.what == _WATCHING:
        await house.bench.let_go()
    house.bench.check_free()
    await asyncio.to_thread(lambda: house.settings.change(**changed))
    for name, url in changed.items():
        setattr(house, name, url)
    house.jobs.forget("probe" if "gauge_url" in changed else "button")


async def _done(
    request: Request,
    house: House,
    section: str,
    form: FormData,
    work: Callable[[], Awaitable[None]],
    then: str = "",
) -> Response:
    try:
        await work()
    except _REFUSED as error:
        return _shown(
            request,
            house,
            status=_status(error),
            section=section,
            error=error,
            typed=text_of(form, "url"),
        )
    return RedirectResponse(then or f"/devices#{section}", status_code=303)


def _status(error: TissueSenseError) -> int:
    return 409 if isinstance(error, RecordConflict) else 422


def _shown(
    request: Request,
    house: House,
    *,
    status: int = 200,
    section: str = "",
    error: TissueSenseError | None = None,
    typed: str = "",
) -> Response:
    return page(
        request,
        "devices.html",
        status=status,
        gauge=_known(house.gauge_url),
        button=_known(house.button_url),
        button_latency=_latency(house.button_url),
        watch=bool(request.query_params.get("watch")),
        jobs={name: house.jobs.find(name) for name in JOBS},
        models=models(),
        must_state=must_state,
        unknown_model=MODEL,
        section=section,
        error=error,
        typed=typed,
    )


def _asked(
    request: Request,
    typed: dict[str, str],
    *,
    status: int = 200,
    error: TissueSenseError | None = None,
) -> Response:
    profile = model_named(typed["model"]) if typed.get("model") else None
    return page(
        request,
        "device_new.html",
        status=status,
        profile=profile,
        models=[one for one in models() if one.serial or one.ble or one.advertisement],
        needed=() if profile is None else must_state(profile),
        settings=() if profile is None else tuple(k for k in _SETTINGS if k in profile.parameters),
        words=SETTING_WORDS,
        typed=typed,
        error=error,
    )


def _known(url: str) -> DeviceUrl | None:
    """Return what a chosen URL says; one that a later version no longer knows is none."""
    try:
        return parse_device_url(url) if url else None
    except (ConfigurationError, UsageError):
        return None


def _latency(button_url: str) -> Any:  # noqa: ANN401 - of the side-car
    """Return how late a press of this button usually comes."""
    if not _known(button_url):
        return None
    return StopSignal(button=button_url).sidecar().get("latency_s")


router.include_router(screens)
