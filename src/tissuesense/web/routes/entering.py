"""Coming in: the start link, the first passphrase, the lock, the language of the screen."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from tissuesense.core.errors import StoreLocked
from tissuesense.store.keys import SHORTEST_TYPED
from tissuesense.web.desk import DeskState
from tissuesense.web.door.admission import AtScreen, Filled, NotAdmittedError
from tissuesense.web.door.patience import Patience
from tissuesense.web.house import House, InHouse
from tissuesense.web.language import LANGUAGES
from tissuesense.web.pages import page

router = APIRouter(tags=["entering"])
_patience = Patience()


@router.get("/start", response_model=None)
async def start(house: InHouse, token: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Let in the browser that the program opened."""
    cookie = house.sessions.redeem(token)
    if cookie is None:
        raise NotAdmittedError
    answer = RedirectResponse("/", status_code=303)
    set_cookie(answer, house, cookie)
    return answer


def set_cookie(answer: Response, house: House, cookie: str) -> None:
    """Give a browser its session."""
    answer.set_cookie(
        house.cookie, cookie, httponly=True, samesite="strict", secure=house.secure, path="/"
    )


@router.get("/first", response_model=None)
async def first(request: Request, house: InHouse, _session: AtScreen) -> Response:
    """Ask for the passphrase of a record that is to be made."""
    if house.desk.state is not DeskState.NEW:
        return RedirectResponse("/", status_code=303)
    return page(request, "first.html", shortest=SHORTEST_TYPED, wrong="")


@router.post("/first", response_model=None)
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


@router.get("/recovery-code", response_model=None)
async def recovery_code(request: Request, house: InHouse, _session: AtScreen) -> Response:
    """Show the code until somebody has typed a part of it back."""
    if house.recovery_code is None:
        return RedirectResponse("/", status_code=303)
    return page(request, "recovery_code.html", code=house.recovery_code, wrong=False)


@router.post("/recovery-code", response_model=None)
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


@router.get("/unlock", response_model=None)
async def unlock_page(request: Request, house: InHouse, _session: AtScreen) -> Response:
    """Ask for the passphrase."""
    if house.desk.state is not DeskState.LOCKED:
        return RedirectResponse("/", status_code=303)
    return page(request, "unlock.html", wrong=False)


@router.post("/unlock", response_model=None)
async def unlock(request: Request, house: InHouse, form: Filled) -> Response:
    """Open the record; each wrong passphrase makes the next try wait longer."""
    if house.desk.state is not DeskState.LOCKED:
        return RedirectResponse("/", status_code=303)
    async with _patience.turn():
        try:
            await house.desk.unlock(str(form.get("passphrase") or ""))
        except StoreLocked:
            _patience.wrong()
            return page(request, "unlock.html", status=403, wrong=True)
    _patience.right()
    return RedirectResponse("/", status_code=303)


@router.post("/lock", response_model=None)
async def lock(house: InHouse, _form: Filled) -> Response:
    """Lock the record now."""
    await house.desk.lock()
    return RedirectResponse("/", status_code=303)


@router.post("/language", response_model=None)
async def choose_language(request: Request, session: AtScreen, form: Filled) -> Response:
    """Change the language of this screen."""
    chosen = str(form.get("language") or "")
    if chosen in LANGUAGES:
        session.language = chosen
    return RedirectResponse(_page_before(request), status_code=303)


def _page_before(request: Request) -> str:
    """Return the path of the page that a form stood on; never another server's."""
    path = urlsplit(str(request.headers.get("referer") or "/")).path
    return path if path.startswith("/") and not path.startswith("//") else "/"
