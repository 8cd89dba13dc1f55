"""Pages from templates: every one with its frame, its language and its session's mark."""

from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.site_names import known_site
from tissuesense.core.site import BodySite
from tissuesense.services.round_choice import RoundChoice
from tissuesense.web.door.admission import DUTIES, Duty
from tissuesense.web.house import House, house_of
from tissuesense.web.language import LANGUAGES, Language, language, preferred
from tissuesense.web.sessions import ScreenSession
from tissuesense.web.static_files import static_url
from tissuesense.web.visit_steps import steps_of

# What stands in the rail: word, address, and whose it is.
_RAIL = (
    ("Today", "/", Duty.SCHEDULE),
    ("Clients", "/clients", Duty.CARE),
    ("Measure", "/measure", Duty.WATCH),
    ("Reports", "/reports", Duty.CARE),
    ("Practise", "/practise", Duty.MEASURE),
    ("Devices", "/devices", Duty.MANAGE),
)


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:  # noqa: ANN401 - whatever a template shows
    """Return a page.

    Parameters
    ----------
    context
        Names for the template, besides those of the frame.
    """
    return HTMLResponse(rendered(request, template, **context), status_code=status)


def rendered(request: Request, template: str, **context: Any) -> str:  # noqa: ANN401 - as above
    """Return a page, or a piece of one, as text."""
    house = house_of(request)
    session = house.session_at(request)
    tongue = language_of(request, session)
    return (
        _environment(tongue.code)
        .get_template(template)
        .render(**_frame(request, house, session, tongue), **context)
    )


def language_of(request: Request, session: ScreenSession | None) -> Language:
    """Return the language of a screen: what was chosen there, else what its browser asks for."""
    chosen = session.language if session is not None else ""
    usual = chosen or house_of(request).settings.now.language
    return language(usual or preferred(request.headers.get("accept-language", "")))


def tongue_of(request: Request) -> Language:
    """Return the language of the screen that asks."""
    house = house_of(request)
    return language_of(request, house.session_at(request))


def _frame(
    request: Request, house: House, session: ScreenSession | None, tongue: Language
) -> dict[str, Any]:
    duties = DUTIES[session.role] if session is not None else frozenset()
    return {
        "path": request.url.path,
        "rail": [(word, url) for word, url, duty in _RAIL if duty in duties],
        "session": session,
        "cares": Duty.CARE in duties,
        "csrf": session.csrf if session is not None else "",
        "desk": house.desk,
        "house": house,
        "tongue": tongue,
        "languages": LANGUAGES,
    }


def muscle_name(site: BodySite) -> str:
    """Return what the catalogue calls a site's muscle; another name as it was typed."""
    found = known_site(site.name)
    return found.name if isinstance(found, Muscle) else site.name.replace("_", " ")


def _steps(choice: RoundChoice) -> list[tuple[str, str, str, bool]]:
    return [
        (step.key, step.word, step.url, step.done)
        for step in steps_of(choice.record, intake_done=choice.intake_done)
    ]


@cache
def _environment(code: str) -> Environment:
    tongue = language(code)
    environment = Environment(
        loader=PackageLoader("tissuesense.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        tongue.gettext, tongue.ngettext, newstyle=True
    )
    environment.filters |= {
        "day": tongue.day,
        "weekday": tongue.weekday,
        "clock": tongue.time,
        "decimal": tongue.number,
        "words": tongue.gettext,
        "muscle": lambda site: tongue.gettext(muscle_name(site)),
        "visit_steps": _steps,
    }
    environment.globals |= {"static": static_url}
    return environment
