"""The app put together: the gate, the sessions, one router for each screen."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from importlib import import_module

from fastapi import FastAPI
from starlette.types import ASGIApp

from tissuesense.core.version import __version__
from tissuesense.services.warm_up import warm_up
from tissuesense.web.door.gate import Gate
from tissuesense.web.door.watch import keep_watch
from tissuesense.web.house import House
from tissuesense.web.mistakes import answer_mistakes
from tissuesense.web.static_files import router as static_router

# One module for each screen, each with a `router`; in this order where two could answer.
SCREENS = (
    "entering",
    "lan",
    "sample",
    "today",
    "clients",
    "measure",
    "live",
    "description",
    "practise",
    "devices",
    "settings",
    "jobs",
    "about",
    "visit",
    "feel",
    "treat",
    "summary",
    "measurement",
    "trend",
    "reports",
    "client",
    "intake",
    "begin",
    "identity",
    "plan",
)


def create_app(house: House, *, hosts: Iterable[str]) -> ASGIApp:
    """Return the app of a house.

    Parameters
    ----------
    hosts
        Every HOST:PORT by which it is rightly called.
    """
    app = FastAPI(
        title="TissueSense",
        version=__version__,
        docs_url=None,  # their pages load scripts from elsewhere
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan,
    )
    app.state.house = house
    app.include_router(static_router)
    for name in SCREENS:
        app.include_router(import_module(f"tissuesense.web.routes.{name}").router)
    answer_mistakes(app)
    gate = Gate(app, hosts=hosts, lan_hosts=lambda: house.lan.names, refused=house.refusals.note)
    house.lan.app = gate
    return gate


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    house: House = app.state.house
    await house.desk.start()
    warming = asyncio.create_task(asyncio.to_thread(warm_up))
    watching = asyncio.create_task(keep_watch(house))
    try:
        yield
    finally:
        await warming
        await house.lan.close()
        watching.cancel()
        await asyncio.wait([watching])
        await house.jobs.close()
        await house.bench.let_go()
        await house.table.close()
        await house.sample.close()
        await house.desk.close()
