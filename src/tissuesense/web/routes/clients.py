"""The list of clients, and a new one."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tissuesense.record.client import Client, parse_client_id
from tissuesense.services.care import enter
from tissuesense.services.records import add_client, open_visit, visit_of_day
from tissuesense.store.opened import Store
from tissuesense.web.client_list import client_list
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import stated_in
from tissuesense.web.house import InHouse
from tissuesense.web.pages import page

router = APIRouter(tags=["clients"], dependencies=for_duty(Duty.CARE))
_PROFILE = ("birth_year", "sex_at_birth", "handedness", "height_cm", "mass_kg")
_IDENTITY = ("name", "birth_date", "phone", "email", "address", "insurer", "member_number")


@router.get("/clients", response_model=None)
async def clients(
    request: Request,
    house: InHouse,
    begins: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """List the clients, a page at a time; `begins` finds a pseudonym by its beginning."""
    found = await client_list(house.desk, begins=begins, after=after)
    return page(
        request,
        "clients.html",
        lines=found.lines,
        following=found.following,
        begins=begins,
        today=house.desk.clock.local_now().date(),
    )


@router.get("/clients/new", response_model=None)
async def new_client(request: Request) -> Response:
    """Ask for what may be known of a new client; all of it may stay empty."""
    return page(request, "client_new.html")


@router.post("/clients/new", response_model=None)
async def take_in(house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Take a client in under a new pseudonym."""
    desk = house.desk
    parts = {
        "profile": stated_in(form, *_PROFILE, numbers=("birth_year", "height_cm", "mass_kg")),
        "identity": stated_in(form, *_IDENTITY),
    }

    def take(store: Store) -> Client:
        with store.transaction():
            client = add_client(store, clock=desk.clock, rng=desk.rng)
            for kind, stated in parts.items():
                if stated:
                    enter(store, kind, stated, client=client.id, clock=desk.clock, rng=desk.rng)
            return client

    client = await desk.at(take, actor=session.actor)
    return RedirectResponse(f"/clients/{client.id}", status_code=303)


@router.post("/clients/{client}/visits", response_model=None)
async def start_visit(client: str, house: InHouse, session: AtScreen) -> Response:
    """Open today's visit of a client, or go on with the one that is open."""
    client_id, desk = parse_client_id(client), house.desk

    def start(store: Store) -> str:
        store.clients.get(client_id)
        there = visit_of_day(store, client_id, desk.clock.local_now())
        if there is not None:
            return there
        return open_visit(
            store, client_id, clock=desk.clock, rng=desk.rng, practitioner=session.actor
        ).id

    visit = await desk.at(start, actor=session.actor)
    return RedirectResponse(f"/visits/{visit}", status_code=303)
