"""The description of every address, for laboratories and for who attacks on purpose."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from tissuesense.web.door.admission import Duty, may

router = APIRouter(include_in_schema=False, dependencies=[Depends(may(Duty.MANAGE))])


@router.get("/openapi.json", response_model=None)
async def description(request: Request) -> Response:
    """Give the OpenAPI document, to who is let in."""
    return JSONResponse(request.app.openapi())
