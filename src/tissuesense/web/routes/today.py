"""Today: who comes, who is due, and where to begin on an empty day."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tissuesense.store.opened import Store
from tissuesense.web.door.admission import Duty, for_duty
from tissuesense.web.house import InHouse
from tissuesense.web.pages import page

router = APIRouter(tags=["today"], dependencies=for_duty(Duty.SCHEDULE))
_DUE_SHOWN = 50


@router.get("/", response_model=None)
async def today(request: Request, house: InHouse) -> Response:
    """Show the day."""
    now = house.desk.clock.local_now()

    def look(store: Store) -> dict[str, Any]:
        with store.reading():
            visits = store.visits.on(now.date())
            here = {visit.client for visit in visits}
            due = store.visits.due(now.date(), limit=_DUE_SHOWN)
            return {
                "visits": visits,
                "due": [line for line in due if line.client not in here],
                "clients": store.clients.count(),
            }

    told, house.desk.told = house.desk.told, ()
    return page(request, "today.html", today=now.date(), told=told, **await house.desk.at(look))
