"""A client's plan: the doctor's order, the phases with what they mean in days, the goals."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.core.errors import UsageError
from tissuesense.record.care import GoalMeasure, Modality
from tissuesense.record.client import ClientId, parse_client_id
from tissuesense.services.replanning import PlanAhead, Planned, plan_ahead, planned, state_plan
from tissuesense.store.opened import Store
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.pages import page
from tissuesense.web.plan_form import GOALS, PHASES, plan_stated, shown, stated

router = APIRouter(tags=["plan"], dependencies=for_duty(Duty.CARE))
_MODALITIES = tuple(modality.value for modality in Modality)
_MEASURES = {
    GoalMeasure.FUNCTION: "in words",
    GoalMeasure.PAIN_THRESHOLD: "pain threshold, kPa",
    GoalMeasure.STIFFNESS: "stiffness, N/mm",
    GoalMeasure.RANGE_OF_MOTION: "range of motion, °",
    GoalMeasure.NRS: "rating, 0 to 10",
}


@router.get("/clients/{client}/plan", response_model=None)
async def plan(request: Request, client: str, house: InHouse) -> Response:
    """Show the plan as it stands, or a usual course to begin with."""
    return await _show(request, house, parse_client_id(client))


@router.post("/clients/{client}/plan", response_model=None)
async def keep(
    request: Request, client: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep the plan, or with `look` only show what it would mean."""
    client_id, desk = parse_client_id(client), house.desk
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    if text_of(form, "look"):
        return await _show(request, house, client_id, typed=typed)
    try:
        wanted = stated(form, modalities=_MODALITIES)
        reason = text_of(form, "reason")
        await desk.at(
            lambda store: state_plan(
                store, client_id, wanted, reason=reason, clock=desk.clock, rng=desk.rng
            ),
            actor=session.actor,
        )
    except UsageError as err:
        return await _show(request, house, client_id, typed=typed, problem=err)
    return RedirectResponse(f"/clients/{client_id}", status_code=303)


@router.post("/clients/{client}/plan/ahead", response_model=None)
async def ahead(request: Request, client: str, house: InHouse, form: Filled) -> Response:
    """Give the piece of the page that says what a plan would mean."""
    client_id, today = parse_client_id(client), house.desk.clock.local_now().date()
    wanted = plan_stated(form)
    meant = await house.desk.at(lambda store: plan_ahead(store, client_id, wanted, today=today))
    return page(request, "plan_ahead.html", ahead=meant, today=today, problem=None)


async def _show(
    request: Request,
    house: House,
    client: ClientId,
    *,
    typed: dict[str, str] | None = None,
    problem: UsageError | None = None,
) -> Response:
    today = house.desk.clock.local_now().date()

    def look(store: Store) -> tuple[Planned, dict[str, str], PlanAhead | None, UsageError | None]:
        known = planned(store, client)
        fields = shown(known.referral, known.plan, today.isoformat()) if typed is None else typed
        try:
            meant = plan_ahead(store, client, _plan_of(fields), today=today)
        except UsageError as err:
            return known, fields, None, err
        return known, fields, meant, None

    known, fields, meant, no_plan = await house.desk.at(look)
    return page(
        request,
        "plan.html",
        status=200 if problem is None else 422,
        client=client,
        known=known,
        fields=fields,
        ahead=meant,
        ahead_problem=no_plan,
        problem=problem,
        today=today,
        phases=range(PHASES),
        goals=range(GOALS),
        measures=_MEASURES,
        modalities=_MODALITIES,
        muscles=list(catalogue().muscles.values()),
    )


def _plan_of(fields: dict[str, str]) -> dict[str, Any]:
    return plan_stated(FormData(fields))
