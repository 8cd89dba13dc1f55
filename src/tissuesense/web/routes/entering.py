"""Coming in: the start link, the first passphrase, the lock, the language of the screen."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from tissuesense.core.errors import NotAdmitted, Refusal, StoreLocked
from tissuesense.store.keys import SHORTEST_TYPED
from tissuesense.web.desk import DeskState
from tissuesense.web.door.admission import AtScreen, Duty, Filled, OwnForms, may
from tissuesense.web.door.way_back import own_path
from tissuesense.web.house import House, InHouse, is_secure
from tissuesense.web.language import LANGUAGES
from tissuesense.web.pages import page

router = APIRouter(tags=["entering"])
# The record's own locks: whoever works with clients has them, no rater and no front desk.
locks = APIRouter(tags=["entering"], dependencies=[Depends(may(Duty.MANAGE)), OwnForms])


@router.get("/start", response_model=None)
async def start(
    request: Request, house: InHouse, token: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """Let in the browser that the program opened."""
    if is_secure(request):
        raise NotAdmitted(Refusal.LINK)
    cookie = house.sessions.redeem(token)
    if cookie is None:
        raise NotAdmitted(Refusal.LINK)
    answer = RedirectResponse("/", status_code=303)
    set_cookie(answer, request, house, cookie)
    return answer


def set_cookie(answer: Response, request: Request, house: House, cookie: str) -> None:
    """Give a browser its session, and end the one that it had."""
    name = house.cookie_at(request)
    house.sessions.end(request.cookies.get(name, ""))
    answer.set_cookie(
        name, cookie, httponly=True, samesite="strict", secure=is_secure(request), path="/"
    )


@locks.get("/first", response_model=None)
async def first(request: Request, house: InHouse) -> Response:
    """Ask for the passphrase of a record that is to be made."""
    if house.desk.state is not DeskState.NEW:
        return RedirectResponse("/", status_code=303)
    return page(request, "first.html", shortest=SHORTEST_TYPED, wrong="")


@locks.post("/first", response_model=None)
async def make_record(request: Request, house: InHouse, form: Filled) -> Response:
    """Make the record and show its recovery code, once."""
    if house.desk.state is not DeskState.NEW:
        return RedirectResponse("/", status_code=303)
    passphrase = str(form.get("passphrase") or "")
    if len(passphrase) < SHORTEST_TYPED:
        return page(request, "first.html", status=422, shortest=SHORTEST_TYPED, wrong="short")
    if passphrase != form.get("again"):
        return page(request, "first.html", status=422, shortest=SHORTEST_TYPED, wrong="differ")
    code = await house.desk.create(passphrase)
    house.recovery_code = code
    return RedirectResponse("/recovery-code", status_code=303)


@locks.get("/recovery-code", response_model=None)
async def recovery_code(request: Request, house: InHouse) -> Response:
    """Show the code until somebody has typed a part of it back."""
    if house.recovery_code is None:
        return RedirectResponse("/", status_code=303)
    return page(request, "recovery_code.html", code=house.recovery_code, wrong=False)


@locks.post("/recovery-code", response_model=None)
async def confirm_code(request: Request, house: InHouse, form: Filled) -> Response:
    """Believe that the code was written down once its last group is typed."""
    code = house.recovery_code
    if code is None:
        return RedirectResponse("/", status_code=303)
    typed = str(form.get("last") or "").strip().upper()
    if typed != code.rpartition("-")[2].upper():
        return page(request, "recovery_code.html", status=422, code=code, wrong=True)
    house.recovery_code = None
    return RedirectResponse("/", status_code=303)


@locks.get("/unlock", response_model=None)
async def unlock_page(
    request: Request,
    house: InHouse,
    session: AtScreen,
    to: Annotated[str, Query(max_length=500)] = "/",
) -> Response:
    """Ask for the passphrase."""
    if house.desk.state is not DeskState.LOCKED:
        return RedirectResponse(own_path(to), status_code=303)
    return page(request, "unlock.html", wrong=False, to=own_path(to), kept=session.held is not None)


@locks.post("/unlock", response_model=None)
async def unlock(request: Request, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Open the record; each wrong passphrase makes the next try wait longer."""
    to = own_path(str(form.get("to") or "/"))
    async with house.unlocking.turn():
        if house.desk.state is DeskState.LOCKED:
            try:
                await house.desk.unlock(str(form.get("passphrase") or ""))
            except StoreLocked:
                house.unlocking.wrong()
                house.refusals.note(Refusal.PASSPHRASE)
                kept = session.held is not None
                return page(request, "unlock.html", status=403, wrong=True, to=to, kept=kept)
            house.unlocking.right()
            house.sessions.somebody_is_here()
    return RedirectResponse("/kept" if session.held is not None else to, status_code=303)


@locks.get("/kept", response_model=None)
async def kept(request: Request, house: InHouse, session: AtScreen) -> Response:
    """Offer once more the form that was sent while the record was locked."""
    if house.desk.state is not DeskState.OPEN:
        return RedirectResponse("/unlock", status_code=303)
    held, session.held = session.held, None
    if held is None:
        return RedirectResponse("/", status_code=303)
    action, fields = held
    return page(request, "kept.html", action=action, fields=fields)


@locks.post("/lock", response_model=None)
async def lock(house: InHouse) -> Response:
    """Lock the record now."""
    await house.desk.lock()
    return RedirectResponse("/", status_code=303)


@router.post("/language", response_model=None)
async def choose_language(request: Request, session: AtScreen, form: Filled) -> Response:
    """Change the language of this screen."""
    chosen = str(form.get("language") or "")
    if chosen in LANGUAGES:
        session.language = chosen
    return RedirectResponse(own_path(request.headers.get("referer") or "/"), status_code=303)


router.include_router(locks)
