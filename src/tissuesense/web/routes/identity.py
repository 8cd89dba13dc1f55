"""Who a client is, read on purpose; and the erasing of a client, with the sentence of what goes."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tissuesense.core.errors import UsageError
from tissuesense.record.audit import ErasureScope
from tissuesense.record.client import ClientId, parse_client_id
from tissuesense.services.care import enter
from tissuesense.services.erasing import ErasurePlan, erase, plan_erasure
from tissuesense.services.identity import read_identity
from tissuesense.services.practice import practice_and_people
from tissuesense.store.opened import Store
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import stated_in, text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.pages import page

router = APIRouter(tags=["client"], dependencies=for_duty(Duty.CARE))
_FIELDS = ("name", "birth_date", "phone", "email", "address", "insurer", "member_number")


@router.get("/clients/{client}/identity", response_model=None)
async def ask(request: Request, client: str, house: InHouse) -> Response:
    """Ask why somebody wants to know who a client is."""
    client_id = parse_client_id(client)
    await house.desk.at(lambda store: store.clients.get(client_id))
    return page(request, "client_identity.html", client=client_id, read=False, known=None, why="")


@router.post("/clients/{client}/identity", response_model=None)
async def read(
    request: Request, client: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Show who a client is, and write down that it was read, by whom and why."""
    client_id, desk, why = parse_client_id(client), house.desk, text_of(form, "why")
    if not why:
        return page(
            request,
            "client_identity.html",
            status=422,
            client=client_id,
            read=False,
            known=None,
            why="missing",
        )
    known = await desk.at(
        lambda store: read_identity(store, client_id, why=why, clock=desk.clock, rng=desk.rng),
        actor=session.actor,
    )
    return page(request, "client_identity.html", client=client_id, read=True, known=known, why="")


@router.post("/clients/{client}/identity/keep", response_model=None)
async def keep(
    request: Request, client: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep name and contact; what stood there before stays under the same key."""
    client_id, desk = parse_client_id(client), house.desk
    stated = stated_in(form, *_FIELDS)
    await desk.at(
        lambda store: enter(
            store, "identity", stated, client=client_id, clock=desk.clock, rng=desk.rng
        ),
        actor=session.actor,
    )
    return page(
        request, "client_identity.html", client=client_id, read=False, known=None, why="kept"
    )


@router.get("/clients/{client}/erase", response_model=None)
async def ask_to_erase(
    request: Request, client: str, house: InHouse, scope: str = "everything"
) -> Response:
    """Say what would go; nothing is done."""
    client_id = parse_client_id(client)
    return await _ask(request, house, client_id, _scope(scope))


@router.post("/clients/{client}/erase", response_model=None)
async def erase_client(
    request: Request, client: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Erase a client, for a stated reason."""
    client_id, desk = parse_client_id(client), house.desk
    scope, reason = _scope(text_of(form, "scope")), text_of(form, "reason")

    def work(store: Store) -> object:
        if not reason:
            raise UsageError("The reason is missing.", hint="Write why this is to be erased.")
        plan = plan_erasure(store, client_id, clock=desk.clock, scope=scope)
        return erase(
            store,
            plan,
            reason=reason,
            clock=desk.clock,
            rng=desk.rng,
            despite_retention=bool(text_of(form, "despite_retention")),
        )

    try:
        done = await desk.at(work, actor=session.actor)
    except UsageError as err:
        return await _ask(request, house, client_id, scope, reason=reason, problem=err)
    return page(request, "client_erased.html", client=client_id, done=done, scope=scope)


async def _ask(
    request: Request,
    house: House,
    client: ClientId,
    scope: ErasureScope,
    *,
    reason: str = "",
    problem: UsageError | None = None,
) -> Response:
    def look(store: Store) -> tuple[ErasurePlan, float]:
        plan = plan_erasure(store, client, clock=house.desk.clock, scope=scope)
        return plan, practice_and_people(store)[0].retention_years

    plan, years = await house.desk.at(look)
    return page(
        request,
        "client_erase.html",
        status=200 if problem is None else 422,
        client=client,
        plan=plan,
        years=years,
        scope=scope,
        reason=reason,
        problem=problem,
    )


def _scope(text: str) -> ErasureScope:
    return ErasureScope.IDENTITY if text == ErasureScope.IDENTITY else ErasureScope.EVERYTHING
