"""The sample practice: ask for it, see how far it is, leave it."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tissuesense.core.errors import RecordConflict
from tissuesense.web.door.admission import Duty, OwnForms, may
from tissuesense.web.house import InHouse
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import page

# No open record is asked for: it is there for those who have none.
router = APIRouter(tags=["sample"], dependencies=[Depends(may(Duty.CARE)), OwnForms])


@router.post("/sample", response_model=None)
async def prepare(house: InHouse) -> Response:
    """Begin to prepare it."""
    _refuse_while_measuring(house)
    house.sample.prepare()
    return RedirectResponse("/sample", status_code=303)


@router.get("/sample", response_model=None)
async def how_far(request: Request, house: InHouse) -> Response:
    """Show how far it is; where it is there, go to it."""
    sample = house.sample
    if wants_json(request):
        return JSONResponse({"share": sample.share, "preparing": sample.preparing})
    if not sample.preparing and not sample.why_not:
        return RedirectResponse("/", status_code=303)
    return page(request, "sample.html", share=sample.share, why_not=sample.why_not)


@router.post("/sample/leave", response_model=None)
async def leave(house: InHouse) -> Response:
    """Go back to the practice's own record."""
    _refuse_while_measuring(house)
    await house.sample.leave()
    return RedirectResponse("/", status_code=303)


def _refuse_while_measuring(house: InHouse) -> None:
    if house.table.busy:
        raise RecordConflict("A round of measuring is going on.", hint="End it first.")
