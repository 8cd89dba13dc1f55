"""What a person sees when something fails: a sentence, what to do, and never a traceback."""

import logging
from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tissuesense.core.errors import (
    AccessRefused,
    BodyTooLarge,
    BodyTooSlow,
    CalibrationError,
    CaptureError,
    ConfigurationError,
    FileWriteError,
    MissingExtraError,
    NotAdmitted,
    NotAllowed,
    ProtocolError,
    RecordConflict,
    RecordErased,
    RecordNotFound,
    StoreLocked,
    TissueSenseError,
    TraceFileError,
    TransportError,
    UsageError,
)
from tissuesense.web.desk import DeskState
from tissuesense.web.door.admission import DUTIES, Duty
from tissuesense.web.door.way_back import own_path
from tissuesense.web.house import house_of, is_secure
from tissuesense.web.pages import page

logger = logging.getLogger(__name__)

# The nearest class in an error's own ancestry decides.
_STATUS: Mapping[type[BaseException], int] = {
    TissueSenseError: 500,
    UsageError: 422,
    MissingExtraError: 501,
    ConfigurationError: 422,
    TraceFileError: 422,
    CaptureError: 422,
    CalibrationError: 422,
    FileWriteError: 422,
    TransportError: 409,
    ProtocolError: 409,
    RecordNotFound: 404,
    RecordErased: 410,
    RecordConflict: 409,
    StoreLocked: 403,
    NotAdmitted: 401,
    NotAllowed: 403,
    BodyTooLarge: 413,
    BodyTooSlow: 408,
}
_HTTP = {
    404: ("There is nothing at this address.", "Go back, or begin at Today."),
    405: ("This address does not take that.", "Go back, or begin at Today."),
}


def answer_mistakes(app: FastAPI) -> None:
    """Let every failure of a route end here."""
    app.add_exception_handler(AccessRefused, _refused)
    app.add_exception_handler(StoreLocked, _desk_closed)
    app.add_exception_handler(TissueSenseError, _ours)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def status_of(error: BaseException) -> int:
    """Return the HTTP status that an error earns."""
    return next((_STATUS[cls] for cls in type(error).__mro__ if cls in _STATUS), 500)


def wants_json(request: Request) -> bool:
    """Return whether a script of ours asks, which shows the sentence where it stands."""
    return "application/json" in request.headers.get("accept", "")


def told(request: Request, status: int, message: str, hint: str = "") -> Response:
    """Return a failure as a page, or as JSON to a script."""
    if wants_json(request):
        return JSONResponse({"error": {"message": message, "hint": hint}}, status_code=status)
    return page(request, "mistake.html", status=status, message=message, hint=hint)


async def _refused(request: Request, error: Exception) -> Response:
    if isinstance(error, NotAdmitted) and is_secure(request):
        ask = "Open /pair here and type a code from the therapist's screen."
        answer = told(request, 401, error.message, ask)
    else:
        answer = await _ours(request, error)
    if isinstance(error, AccessRefused):
        house_of(request).refusals.note(error.refusal)
    if isinstance(error, BodyTooLarge | BodyTooSlow):
        answer.headers["connection"] = "close"  # the rest of the body is not waited for
    return answer


async def _desk_closed(request: Request, _error: Exception) -> Response:
    """Send a page to the passphrase and back; keep what a form brought until then."""
    if wants_json(request):
        return told(request, 403, "The record is locked.", "Type its passphrase.")
    house = house_of(request)
    if house.desk.state is DeskState.NEW:
        return RedirectResponse("/first", status_code=303)
    session = house.session_at(request)
    if session is not None and Duty.MANAGE not in DUTIES[session.role]:
        unlocked = "It is unlocked on the therapist's screen."
        return told(request, 403, "The record is locked.", unlocked)
    if request.method == "POST" and session is not None:
        session.held = (request.url.path, _typed(await request.form()))
    back = own_path(str(request.url)) if request.method == "GET" else "/"
    query = "" if back == "/" else "?" + urlencode({"to": back})
    return RedirectResponse(f"/unlock{query}", status_code=303)


def _typed(form: FormData) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name, value in form.multi_items()
        if isinstance(value, str) and name != "csrf"
    )


async def _ours(request: Request, error: Exception) -> Response:
    hint = error.hint if isinstance(error, TissueSenseError) else ""
    message = error.message if isinstance(error, TissueSenseError) else str(error)
    return told(request, status_of(error), message, hint)


async def _wrong_request(request: Request, _error: Exception) -> Response:
    return told(request, 422, "Something in this address or form is not what it should be.")


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message, hint = _HTTP.get(status, ("This was refused.", ""))
    return told(request, status, message, hint)


async def _unforeseen(request: Request, error: Exception) -> Response:
    # The kind alone: the words of an error may hold what somebody typed.
    logger.error("Something went wrong inside: %s.", type(error).__name__)
    logger.debug("Where:", exc_info=error)
    return told(
        request,
        500,
        "Something went wrong inside the program. Nothing that was saved is lost.",
        "Go back and try again; if it stays, start the program with --debug and report what it "
        "prints.",
    )
