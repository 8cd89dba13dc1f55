"""Whom a route lets in: a session, the right role, a form of our own, an open record."""

import enum
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, params
from starlette.datastructures import FormData
from starlette.requests import HTTPConnection

from tissuesense.core.errors import NotAdmitted, NotAllowed, Refusal, StoreLocked
from tissuesense.web.desk import DeskState
from tissuesense.web.house import InHouse, house_of
from tissuesense.web.sessions import ScreenRole, ScreenSession

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MOST_FIELDS = 1000
_MOST_FIELD_BYTES = 200_000


class Duty(enum.Enum):
    """What somebody may do; a route asks for one."""

    CARE = "care"
    """Read and write what is health data."""
    SCHEDULE = "schedule"
    """See by pseudonym who comes when."""
    MEASURE = "measure"
    """Hold the gauge: the next site, the guide, the verdict."""
    WATCH = "watch"
    """See how measuring goes, without a value."""
    MANAGE = "manage"
    """Gauges, settings, other devices, the store itself."""


DUTIES: Mapping[ScreenRole, frozenset[Duty]] = {
    ScreenRole.THERAPIST: frozenset(Duty),
    ScreenRole.RATER: frozenset({Duty.MEASURE, Duty.WATCH}),
    ScreenRole.MONITOR: frozenset({Duty.WATCH}),
    ScreenRole.FRONT_DESK: frozenset({Duty.SCHEDULE}),
}


def session_of(connection: HTTPConnection) -> ScreenSession:
    """Return the session of a request.

    Raises
    ------
    NotAdmitted
        When there is none, or it is over.
    """
    house = house_of(connection)
    session = house.session_at(connection)
    if session is None:
        raise NotAdmitted
    session.moment(house.desk.clock)
    return session


AtScreen = Annotated[ScreenSession, Depends(session_of)]


async def form_of(request: Request, session: AtScreen) -> FormData:
    """Return the form of a request, which must be one of this session.

    Raises
    ------
    NotAllowed
        When it does not carry the session's own mark.
    """
    form = await request.form(max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES)
    mark = request.headers.get("x-csrf") or form.get("csrf")
    if not isinstance(mark, str) or not secrets.compare_digest(
        mark.encode(), session.csrf.encode()
    ):
        raise NotAllowed(
            "This form is too old.",
            refusal=Refusal.FORM,
            hint="Go back, load the page again and repeat it.",
        )
    return form


Filled = Annotated[FormData, Depends(form_of)]


async def _own_forms_only(request: Request, session: AtScreen) -> None:
    if request.method not in _SAFE:
        await form_of(request, session)


OwnForms = Depends(_own_forms_only)


@dataclass(frozen=True, slots=True)
class May:
    """Lets in only whose role has this duty."""

    duty: Duty

    async def __call__(self, session: AtScreen) -> None:
        """Look at the role of the screen that asks.

        Raises
        ------
        NotAllowed
            When its role has no such duty.
        """
        if self.duty not in DUTIES[session.role]:
            raise NotAllowed("This screen was not let in for that.")


def may(duty: Duty) -> May:
    """Return a dependency that lets in only whose role has this duty."""
    return May(duty)


async def _open_desk(house: InHouse) -> None:
    if house.desk.state is not DeskState.OPEN:
        raise StoreLocked("The record is locked.", hint="Type its passphrase.")


OpenDesk = Depends(_open_desk)


def for_duty(duty: Duty) -> list[params.Depends]:
    """Return what guards every route of a screen: its duty, own forms, an open record."""
    return [Depends(may(duty)), OwnForms, OpenDesk]
