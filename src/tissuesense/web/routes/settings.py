"""Settings of computer and practice: words, locks, backups, and whether all is whole."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.core.errors import (
    ConfigurationError,
    FileWriteError,
    NotAllowed,
    RecordConflict,
    RecordError,
    TissueSenseError,
    UsageError,
)
from tissuesense.guidance.presets import presets
from tissuesense.record.people import Role
from tissuesense.services.app_settings import PressureUnit
from tissuesense.services.backing_up import Backup, back_up_into
from tissuesense.services.keys_at_hand import has_passphrase, is_remembered, last_backup
from tissuesense.services.passphrase import Locksmith
from tissuesense.services.practice import keep_practice, practice_and_people
from tissuesense.services.restoring import Restored, by_passphrase, check
from tissuesense.services.verify import verify_record
from tissuesense.store.keys import SHORTEST_TYPED
from tissuesense.store.opened import Store
from tissuesense.store.verification import Verification
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import number_in, text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.job_words import BACKING_UP, REHEARSING, VERIFYING
from tissuesense.web.jobs import Job
from tissuesense.web.language import LANGUAGES
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import page, tongue_of
from tissuesense.web.sessions import ScreenSession

router = APIRouter(tags=["settings"], dependencies=for_duty(Duty.MANAGE))

IDLE_MINUTES = (0, 5, 10, 20, 60)
JOBS = ("backup", "rehearsal", "verify")
_REFUSED = (UsageError, ConfigurationError, FileWriteError, RecordError)


@router.get("/settings", response_model=None)
async def settings(request: Request, house: InHouse) -> Response:
    """Show them."""
    return await _shown(request, house)


@router.post("/settings/computer", response_model=None)
async def keep_computer(
    request: Request, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep what holds on this computer."""

    async def keep() -> None:
        changed = _computer(form)
        await asyncio.to_thread(lambda: house.settings.change(**changed))
        session.language = changed["language"] or session.language

    return await _done(request, house, "computer", form, keep)


@router.post("/settings/who", response_model=None)
async def keep_who(request: Request, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Note who works at this screen: the name that every entry bears."""

    async def keep() -> None:
        name = text_of(form, "other") or text_of(form, "who")
        if len(name) > 200 or not name.isprintable():  # noqa: PLR2004 - as long as a name is
            raise UsageError("This is no name.", hint="One line, at most 200 characters.")
        session.actor = name

    return await _done(request, house, "who", form, keep)


@router.post("/settings/practice", response_model=None)
async def keep_the_practice(
    request: Request, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep what heads the reports."""

    async def keep() -> None:
        years = text_of(form, "retention_years")
        stated: dict[str, Any] = {
            "name": text_of(form, "name"),
            "address": text_of(form, "address"),
        }
        if years:
            stated["retention_years"] = float(number_in(years, "years"))
        await _keep(house, session, {"practice": stated})

    return await _done(request, house, "practice", form, keep)


@router.post("/settings/practitioners", response_model=None)
async def keep_practitioner(
    request: Request, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep one who works here; the same name again takes the place of the one before."""

    async def keep() -> None:
        role = text_of(form, "role")
        if role and role not in set(Role):
            raise UsageError("There is no such role.")
        person = {"name": text_of(form, "person"), "credential": text_of(form, "credential")}
        if role:
            person["role"] = role
        await _keep(house, session, {"practitioners": [person]})

    return await _done(request, house, "practitioners", form, keep)


@router.post("/settings/passphrase", response_model=None)
async def change_passphrase(
    request: Request, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Give the record another passphrase."""

    async def change() -> None:
        old, new = _typed(form, "old"), _typed(form, "new")
        if len(new) < SHORTEST_TYPED:
            raise UsageError(
                f"The passphrase needs {SHORTEST_TYPED} characters or more.",
                hint="A short sentence is easy to keep.",
            )
        if new != _typed(form, "again"):
            raise UsageError("The two passphrases differ.", hint="Type the same one twice.")
        await _unlocking(house, session, lambda smith: smith.change(old, new))

    return await _done(request, house, "passphrase", form, change)


@router.post("/settings/recovery-code", response_model=None)
async def renew_code(request: Request, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Make a new recovery code; it is shown once."""

    async def renew() -> None:
        passphrase = _typed(form, "passphrase")
        house.recovery_code = await _unlocking(
            house, session, lambda smith: smith.renew_code(passphrase)
        )

    return await _done(request, house, "recovery", form, renew, then="/recovery-code")


@router.post("/settings/backup", response_model=None)
async def back_up_now(
    request: Request, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Make a backup in the background."""

    async def begin() -> None:
        _at_the_computer(session)
        folder = _in_full(text_of(form, "folder"))
        _nobody_measures(house)
        await asyncio.to_thread(lambda: house.settings.change(backup_folder=str(folder)))
        actor, clock = session.actor, house.desk.clock

        async def work(_job: Job) -> Backup:
            return await house.desk.at(
                lambda store: back_up_into(store, folder, clock=clock), actor=actor
            )

        house.jobs.start("backup", work, words=BACKING_UP)

    return await _done(request, house, "backup", form, begin)


@router.post("/settings/rehearsal", response_model=None)
async def rehearse(request: Request, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Restore a backup for a trial, in the background."""

    async def begin() -> None:
        _at_the_computer(session)
        file = _in_full(text_of(form, "file"))
        passphrase = _typed(form, "passphrase") or None
        (rng,) = house.desk.rng.spawn(1)

        async def work(_job: Job) -> Restored:
            return await asyncio.to_thread(
                check, file, opener=by_passphrase(passphrase), clock=house.desk.clock, rng=rng
            )

        house.jobs.start("rehearsal", work, words=REHEARSING)

    return await _done(request, house, "rehearsal", form, begin)


@router.post("/settings/verify", response_model=None)
async def verify(request: Request, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Prove that the record is what was written, in the background."""

    async def begin() -> None:
        _nobody_measures(house)
        expected = text_of(form, "expected") or None

        async def work(job: Job) -> Verification:
            def progress(done: int, total: int) -> None:
                if not job.running or house.table.busy:
                    raise RecordConflict(
                        "Verifying made way for measuring.", hint="Begin it again afterwards."
                    )
                job.tell(VERIFYING, done, total)

            return await house.desk.at(
                lambda store: verify_record(store, expected=expected, progress=progress),
                actor=session.actor,
            )

        house.jobs.start("verify", work, words=VERIFYING)

    return await _done(request, house, "verify", form, begin)


async def _done(
    request: Request,
    house: House,
    section: str,
    form: FormData,
    work: Callable[[], Awaitable[None]],
    then: str = "",
) -> Response:
    """Do what a form of a section asks; where it is refused, show it again with what was typed."""
    try:
        await work()
    except _REFUSED as error:
        if wants_json(request):
            raise UsageError(error.message, hint=error.hint) from error
        status = 409 if isinstance(error, RecordConflict) else 422
        return await _shown(request, house, status=status, section=section, error=error, form=form)
    if wants_json(request):
        return JSONResponse({"said": tongue_of(request).gettext("Saved.")})
    return RedirectResponse(then or f"/settings?kept={section}#{section}", status_code=303)


async def _shown(
    request: Request,
    house: House,
    *,
    status: int = 200,
    section: str = "",
    error: TissueSenseError | None = None,
    form: FormData | None = None,
) -> Response:
    def look(store: Store) -> dict[str, Any]:
        practice, people = practice_and_people(store)
        return {
            "practice": practice,
            "people": people,
            "locked": has_passphrase(store),
            "remembered": is_remembered(store),
            "backed_up": last_backup(store),
        }

    kept = request.query_params.get("kept", "")
    return page(
        request,
        "settings.html",
        status=status,
        now=house.settings.now,
        units=tuple(PressureUnit),
        presets=presets(),
        idle_minutes=IDLE_MINUTES,
        roles=tuple(Role),
        jobs={name: house.jobs.find(name) for name in JOBS},
        section=section,
        error=error,
        typed=_all_typed(form),
        kept=kept,
        shortest=SHORTEST_TYPED,
        **await house.desk.at(look),
    )


def _all_typed(form: FormData | None) -> dict[str, str]:
    """Return what was typed, but for what is secret."""
    secret = {"csrf", "old", "new", "again", "passphrase"}
    if form is None:
        return {}
    return {key: text_of(form, key) for key in form if key not in secret}


def _computer(form: FormData) -> dict[str, Any]:
    unit, language = text_of(form, "pressure_unit"), text_of(form, "language")
    if unit not in set(PressureUnit):
        raise UsageError("A unit is missing.", hint=f"One of: {', '.join(PressureUnit)}.")
    if language and language not in LANGUAGES:
        raise UsageError("This language is not there.")
    minutes = number_in(text_of(form, "idle_lock_minutes") or "0", "minutes")
    if not isinstance(minutes, int):
        raise UsageError("Minutes are a whole number.")
    return {
        "pressure_unit": PressureUnit(unit),
        "language": language,
        "preset": text_of(form, "preset"),
        "sounds": text_of(form, "sounds") == "yes",
        "idle_lock_minutes": minutes,
    }


def _typed(form: FormData, name: str) -> str:
    """Return a passphrase as it was typed, blanks and all."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _in_full(typed: str) -> Path:
    path = Path(typed)
    if not typed.isprintable() or not path.is_absolute():
        raise UsageError(
            "A file or a folder is missing, or not written in full.",
            hint="Such as that of a stick, from its very beginning.",
        )
    return path


def _at_the_computer(session: ScreenSession) -> None:
    if session.remote:
        raise NotAllowed("This is done at the computer itself, not from another device.")


def _nobody_measures(house: House) -> None:
    if house.table.busy:
        raise RecordConflict(
            "A round of measuring is going on; it comes first.", hint="Try again afterwards."
        )


async def _keep(house: House, session: ScreenSession, stated: dict[str, Any]) -> None:
    desk = house.desk
    await desk.at(
        lambda store: keep_practice(store, stated, clock=desk.clock, rng=desk.rng),
        actor=session.actor,
    )


async def _unlocking(house: House, session: ScreenSession, work: Callable[[Locksmith], Any]) -> Any:  # noqa: ANN401 - whatever the work gives
    """Work on the record's locks; each wrong passphrase makes the next try wait longer."""
    _at_the_computer(session)
    desk = house.desk
    smith = Locksmith(place=desk.place, clock=desk.clock, rng=desk.rng, actor=session.actor)
    async with house.unlocking.turn():
        try:
            found = await desk.at(lambda _store: work(smith), actor=session.actor)
        except RecordError:
            house.unlocking.wrong()
            raise
    house.unlocking.right()
    return found
