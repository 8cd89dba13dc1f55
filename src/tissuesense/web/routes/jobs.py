"""What goes on behind the pages: how far it is, and ending it before its time."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tissuesense.core.errors import RecordNotFound
from tissuesense.web.door.admission import Duty, for_duty
from tissuesense.web.house import InHouse
from tissuesense.web.jobs import Job
from tissuesense.web.pages import tongue_of
from tissuesense.web.routes import devices, settings

router = APIRouter(tags=["jobs"], dependencies=for_duty(Duty.MANAGE))

# On which page each is begun and shown.
_PAGES: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(devices.JOBS, "/devices") | dict.fromkeys(settings.JOBS, "/settings")
)


@router.post("/jobs/{name}/end", response_model=None)
async def end_job(name: str, house: InHouse) -> Response:
    """End one before its time."""
    shown_on = _page_of(name)
    house.jobs.end(name)
    return RedirectResponse(f"{shown_on}#{name}", status_code=303)


@router.get("/jobs/{name}", response_model=None)
async def how_far(request: Request, name: str, house: InHouse) -> Response:
    """Say how far one is."""
    _page_of(name)
    return JSONResponse(_told(request, house.jobs.find(name)))


def _page_of(name: str) -> str:
    if name not in _PAGES:
        raise RecordNotFound("There is nothing of this name behind the pages.")
    return _PAGES[name]


def _told(request: Request, job: Job | None) -> dict[str, Any]:
    """Return a job as its box in the page follows it."""
    if job is None:
        return {"state": "none", "words": "", "done": 0, "total": 0}
    words = tongue_of(request).gettext(job.words)
    return {"state": str(job.state), "words": words, "done": job.done, "total": job.total}
