"""A visit by its address alone: on to the next step that is open."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from tissuesense.web.door.admission import Duty, for_duty
from tissuesense.web.house import InHouse
from tissuesense.web.visit_frame import frame_of
from tissuesense.web.visit_steps import next_step

router = APIRouter(tags=["visit"], dependencies=for_duty(Duty.CARE))


@router.get("/visits/{visit}", response_model=None)
async def go_on(visit: str, house: InHouse) -> Response:
    """Go on where the visit stands."""
    frame = await frame_of(house, visit)
    return RedirectResponse(next_step(frame.all_steps).url, status_code=303)
