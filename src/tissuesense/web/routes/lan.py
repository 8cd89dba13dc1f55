"""Other devices in the same network: the switch, the code, the list of who was let in."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup

from tissuesense.core.errors import NotAllowed, RecordNotFound, Refusal, UsageError
from tissuesense.web.door.admission import AtScreen, Duty, Filled, OwnForms, may
from tissuesense.web.forms import text_of
from tissuesense.web.house import House, InHouse, is_secure
from tissuesense.web.lan import Lan
from tissuesense.web.pages import page
from tissuesense.web.routes.entering import set_cookie
from tissuesense.web.sessions import ScreenRole

_MOST_NAME = 60
_TOO_MANY = 429


async def _at_this_computer(session: AtScreen) -> None:
    if session.remote:
        raise NotAllowed("Devices are let in at the computer itself.")


# Its own duty, and only here: a device that was let in lets in no other.
managing = APIRouter(
    tags=["lan"],
    dependencies=[Depends(may(Duty.MANAGE)), Depends(_at_this_computer), OwnForms],
)
router = APIRouter(tags=["lan"])


@managing.get("/lan", response_model=None)
async def devices(request: Request, house: InHouse) -> Response:
    """Show whether other devices can come, and which were let in."""
    return _shown(request, house)


@managing.post("/lan/open", response_model=None)
async def open_door(house: InHouse) -> Response:
    """Let this computer be seen in its network."""
    await house.lan.open()
    return RedirectResponse("/lan", status_code=303)


@managing.post("/lan/close", response_model=None)
async def close_door(house: InHouse) -> Response:
    """Be seen no more; every device that was let in is out."""
    await house.lan.close()
    return RedirectResponse("/lan", status_code=303)


@managing.post("/lan/pair", response_model=None)
async def offer(request: Request, house: InHouse, form: Filled) -> Response:
    """Draw a code for one device."""
    role, name = text_of(form, "role"), text_of(form, "name")
    wrong = _why_not(house.lan, role, name)
    if wrong is not None:
        return _shown(request, house, status=422, wrong=wrong, name=name, role=role)
    house.lan.pairings.offer(ScreenRole(role), name)
    return RedirectResponse("/lan", status_code=303)


@managing.post("/lan/devices/{handle}/revoke", response_model=None)
async def revoke(handle: str, house: InHouse) -> Response:
    """Let a device in no more."""
    if not house.sessions.revoke(handle):
        raise RecordNotFound("No such device is let in.", hint="Load the list again.")
    return RedirectResponse("/lan", status_code=303)


@router.get("/pair", response_model=None)
async def arrive(
    request: Request, house: InHouse, code: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Ask a device for its code."""
    _only_from_the_network(request)
    return page(request, "pair.html", lan=house.lan, code=code, wrong="")


@router.post("/pair", response_model=None)
async def pair(request: Request, house: InHouse) -> Response:
    """Let a device in that has the code."""
    _only_from_the_network(request)
    pairings = house.lan.pairings
    if pairings.wait_s:
        house.refusals.note(Refusal.CODE)
        return _not_yet(request, house.lan)
    form = await request.form(max_fields=10, max_part_size=1000)
    taken = pairings.redeem(text_of(form, "code"))
    if taken is None:
        house.refusals.note(Refusal.CODE)
        return page(request, "pair.html", status=403, lan=house.lan, code="", wrong="code")
    cookie = house.sessions.begin(taken.role, remote=True, device=taken.name, actor=taken.name)
    answer = RedirectResponse("/paired", status_code=303)
    set_cookie(answer, request, house, cookie)
    return answer


@router.get("/paired", response_model=None)
async def paired(request: Request, house: InHouse, session: AtScreen) -> Response:
    """Say as what a device was let in."""
    _only_from_the_network(request)
    return page(request, "paired.html", lan=house.lan, role=session.role, device=session.device)


def _only_from_the_network(request: Request) -> None:
    if not is_secure(request):
        raise NotAllowed("This page is for another device.", hint="Open it on the tablet.")


def _not_yet(request: Request, lan: Lan) -> Response:
    wait_s = lan.pairings.wait_s
    answer = page(request, "pair.html", status=_TOO_MANY, lan=lan, code="", wrong="wait")
    answer.headers["retry-after"] = str(int(wait_s) + 1)
    return answer


def _why_not(lan: Lan, role: str, name: str) -> UsageError | None:
    if not lan.is_open:
        return UsageError(
            "This computer is not visible to the network.", hint="Open it to the network first."
        )
    if role not in set(ScreenRole):
        return UsageError("Choose what the device is for.")
    if not name or len(name) > _MOST_NAME or not name.isprintable():
        return UsageError(f"Name the device or its user, in at most {_MOST_NAME} characters.")
    return None


def _shown(
    request: Request,
    house: House,
    *,
    status: int = 200,
    wrong: UsageError | None = None,
    name: str = "",
    role: str = "",
) -> Response:
    lan = house.lan
    offered = lan.pairings.current
    now_s = lan.clock.monotonic_s()
    return page(
        request,
        "lan.html",
        status=status,
        lan=lan,
        roles=tuple(ScreenRole),
        offered=offered,
        left_s=int(offered.until_s - now_s) if offered is not None else 0,
        address=f"{lan.url}/pair",
        qr=_qr(f"{lan.url}/pair?code={offered.code}") if offered is not None else "",
        devices=[
            (handle, one, int((now_s - one.seen_s) // 60))
            for handle, one in house.sessions.remote().items()
        ],
        wrong=wrong,
        name=name,
        role=role,
    )


def _qr(address: str) -> Markup:
    """Return an address as a picture that a camera reads, dark on light in every theme."""
    drawn = io.StringIO()
    code = segno.make(address, error="m", micro=False)
    drawn.write(
        code.svg_inline(omitsize=True, svgclass="qr", lineclass=None, light="#fff", dark="#000")
    )
    return Markup(drawn.getvalue())  # noqa: S704 - drawn here, from our own address and a code of ours


router.include_router(managing)
