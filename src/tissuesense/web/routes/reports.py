"""Reports: what can be printed of a client, looked at first, and the record in every other form."""

import re
import shutil
import tempfile
import zipfile
from base64 import b64encode
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from tissuesense.core.errors import RecordNotFound
from tissuesense.export.registry import FORMATS, Format
from tissuesense.record.client import ClientId, parse_client_id
from tissuesense.record.visit import parse_visit_id
from tissuesense.report.course_view import CourseView
from tissuesense.report.paper import Paper
from tissuesense.services.exporting import Order, export
from tissuesense.services.printing import print_client_page, print_course, print_visit
from tissuesense.services.reporting import ReportFormat, course_view, visit_view
from tissuesense.store.opened import Store
from tissuesense.web.client_list import client_list
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.pages import page
from tissuesense.web.plots import download
from tissuesense.web.printing import printed
from tissuesense.web.seen_values import note_shown

router = APIRouter(tags=["reports"], dependencies=for_duty(Duty.CARE))
_STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)
_FILES = {
    "fhir": "fhir.json",
    "json": "record.json",
    "copy": "copy.zip",
}
_SHARING = "on_request"

CourseKind = Literal["course", "client"]


@router.get("/reports", response_model=None)
async def reports(
    request: Request,
    house: InHouse,
    begins: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """List the clients, each leading to its own reports; and the exports of everybody."""
    found = await client_list(house.desk, begins=begins, after=after)
    return page(
        request,
        "reports.html",
        lines=found.lines,
        following=found.following,
        begins=begins,
        formats=_formats(one_client=False),
    )


@router.get("/clients/{client}/reports", response_model=None)
async def of_client(request: Request, client: str, house: InHouse) -> Response:
    """List what can be printed of a client, and the forms in which the record can be had."""
    client_id = parse_client_id(client)

    def look(store: Store) -> tuple[object, ...]:
        with store.reading():
            store.clients.get(client_id)
            return store.visits.of_client(client_id)

    visits = await house.desk.at(look)
    return page(
        request,
        "client_reports.html",
        client=client_id,
        visits=visits[::-1],
        formats=_formats(one_client=True),
    )


@router.get("/clients/{client}/reports/{kind}.{form}", response_model=None)
async def over_visits(
    request: Request,
    client: str,
    kind: CourseKind,
    form: ReportFormat,
    house: InHouse,
    paper: Paper = "a4",
) -> Response:
    """Give the report over a course of care, or the page for the client."""
    client_id, today = parse_client_id(client), house.desk.clock.local_now().date()

    def load(store: Store) -> CourseView:
        if not store.visits.of_client(client_id):
            store.clients.get(client_id)
            raise RecordNotFound("This client has no visit yet, so there is nothing to report.")
        return course_view(store, client_id, on=today)

    view = await house.desk.at(load)
    note_shown(request, view.record.measurements())
    make = print_course if kind == "course" else print_client_page
    return _given(await printed(make, view, form, paper), form, f"{client_id}-{kind}")


@router.get("/clients/{client}/reports/visits/{visit}.{form}", response_model=None)
async def of_visit(
    request: Request,
    client: str,
    visit: str,
    form: ReportFormat,
    house: InHouse,
    paper: Paper = "a4",
) -> Response:
    """Give the report of one visit."""
    client_id, visit_id = parse_client_id(client), parse_visit_id(visit)
    view = await house.desk.at(partial(visit_view, client_id=client_id, visit_id=visit_id))
    note_shown(request, view.record.measurements)
    day = view.record.visit.opened_at.date().isoformat()
    return _given(await printed(print_visit, view, form, paper), form, f"{client_id}-{day}")


@router.post("/clients/{client}/export", response_model=None)
async def export_client(client: str, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Hand out one client's record in another form."""
    client_id = parse_client_id(client)
    wanted = text_of(form, "format")
    return await _exported(
        house,
        session.actor,
        wanted,
        clients=(client_id,),
        with_identity=text_of(form, "with_identity") == "yes",
        on_request=text_of(form, _SHARING) == "yes",
    )


@router.post("/export", response_model=None)
async def export_everybody(house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Hand out the records of everybody who did not withdraw the consent to sharing."""
    return await _exported(
        house,
        session.actor,
        text_of(form, "format"),
        clients=None,
        with_identity=text_of(form, "with_identity") == "yes",
        on_request=False,
    )


def _given(content: bytes, form: ReportFormat, file: str) -> Response:
    """Return a report: a PDF to keep, a page to look at that can do nothing at all."""
    if form == "pdf":
        return download(content, "application/pdf", f"{file}.pdf")
    hashes = " ".join(
        f"'sha256-{b64encode(sha256(style).digest()).decode()}'"
        for style in _STYLE.findall(content)
    )
    policy = f"default-src 'none'; style-src {hashes}; frame-ancestors 'none'; sandbox"
    return Response(
        content,
        media_type="text/html; charset=utf-8",
        headers={"content-security-policy": policy},
    )


def _formats(*, one_client: bool) -> list[tuple[str, Format]]:
    """Return the formats that are there; the copy for a client is for one."""
    every = [(name, FORMATS[name]) for name in FORMATS]
    return [(name, one) for name, one in every if one_client or not one.own_copy]


async def _exported(
    house: House,
    actor: str,
    form: str,
    *,
    clients: tuple[ClientId, ...] | None,
    with_identity: bool,
    on_request: bool,
) -> Response:
    if form not in FORMATS:
        raise RecordNotFound("There is no such format.", hint="Choose one of those on the page.")
    desk, folder = house.desk, Path(tempfile.mkdtemp(prefix="tissuesense-export-"))
    name = f"{clients[0] if clients else 'everybody'}-{form}"
    out = folder / (_FILES.get(form, name))
    order = Order(
        form=form,
        out=out,
        clients=clients,
        with_identity=with_identity,
        on_clients_request=on_request,
    )
    try:
        await desk.at(partial(export, order=order, clock=desk.clock, rng=desk.rng), actor=actor)
        whole = out if out.is_file() else await run_in_threadpool(_zipped, out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(
        whole,
        filename=f"{name}{whole.suffix}",
        media_type="application/json" if whole.suffix == ".json" else "application/zip",
        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True),
    )


def _zipped(folder: Path) -> Path:
    whole = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, Path(folder.name) / path.relative_to(folder))
    return whole
