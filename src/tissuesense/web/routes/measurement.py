"""One measurement: its numbers by version, computed again, or struck out with a reason."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import parse_result_id
from tissuesense.services.care import strike_out
from tissuesense.services.recomputing import analyses, compared
from tissuesense.services.records import analyse_again
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.pages import page
from tissuesense.web.seen_values import note_shown
from tissuesense.web.visit_frame import VisitFrame, frame_of, named

router = APIRouter(tags=["measurement"], dependencies=for_duty(Duty.CARE))


@router.get("/visits/{visit}/measurements/{measurement}", response_model=None)
async def measurement_page(
    request: Request, visit: str, measurement: str, house: InHouse
) -> Response:
    """Show every number that was ever computed from a measurement, by version."""
    frame, found = await _found(house, visit, measurement)
    return _shown(request, frame, found)


@router.post("/visits/{visit}/measurements/{measurement}/again", response_model=None)
async def again(
    visit: str, measurement: str, house: InHouse, session: AtScreen, _form: Filled
) -> Response:
    """Compute its numbers again with this version; the old ones stay."""
    frame, found = await _found(house, visit, measurement)
    desk = house.desk
    await desk.at(
        partial(analyse_again, measurement_id=found.measurement.id, clock=desk.clock, rng=desk.rng),
        actor=session.actor,
    )
    return _back(frame, found)


@router.post("/visits/{visit}/measurements/{measurement}/void", response_model=None)
async def strike(
    request: Request,
    visit: str,
    measurement: str,
    house: InHouse,
    session: AtScreen,
    form: Filled,
) -> Response:
    """Strike a measurement out: it stays and counts nowhere."""
    frame, found = await _found(house, visit, measurement)
    desk = house.desk
    stated = {"measurement": found.measurement.id, "why": text_of(form, "why")}
    if found.void is not None:
        return _back(frame, found)
    try:
        await desk.at(
            partial(
                strike_out, visit=frame.visit.id, stated=stated, clock=desk.clock, rng=desk.rng
            ),
            actor=session.actor,
        )
    except UsageError as problem:
        return _shown(request, frame, found, refusal=problem)
    return _back(frame, found)


async def _found(
    house: House, visit: str, measurement: str
) -> tuple[VisitFrame, MeasurementRecord]:
    frame, wanted = await frame_of(house, visit), parse_result_id(measurement)
    for one in frame.record.measurements:
        if one.measurement.id == wanted:
            return frame, one
    raise RecordNotFound("There is no such measurement in this visit.")


def _shown(
    request: Request,
    frame: VisitFrame,
    found: MeasurementRecord,
    refusal: UsageError | None = None,
) -> Response:
    note_shown(request, [found])
    return page(
        request,
        "measurement.html",
        status=200 if refusal is None else 422,
        frame=frame,
        found=found,
        name=named(found.measurement.site),
        analyses=analyses(found),
        compared=compared(found),
        refusal=refusal,
    )


def _back(frame: VisitFrame, found: MeasurementRecord) -> Response:
    address = f"/visits/{frame.visit.id}/measurements/{found.measurement.id}"
    return RedirectResponse(address, status_code=303)
