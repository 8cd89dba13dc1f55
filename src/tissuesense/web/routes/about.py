"""What the app is and is not, and where its data lie."""

from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tissuesense.core.version import __version__
from tissuesense.web.door.admission import AtScreen
from tissuesense.web.house import InHouse
from tissuesense.web.pages import page

router = APIRouter(tags=["about"])


@router.get("/about", response_model=None)
async def about(request: Request, house: InHouse, session: AtScreen) -> Response:
    """Say it."""
    place = house.desk.place
    return page(
        request,
        "about.html",
        version=__version__,
        place="" if session.remote else str(place),
        on_this_computer=isinstance(place, Path),
        settings_path="" if session.remote else str(house.settings.path or ""),
    )
