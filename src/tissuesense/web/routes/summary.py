"""Summary and sign: the visit in a sentence and a table, its plots, its note, its signature."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.history import VisitRecord
from tissuesense.record.notes import Meaning, SoapNote
from tissuesense.record.visit import VisitId, parse_visit_id
from tissuesense.report.change_words import judge
from tissuesense.report.document import Block
from tissuesense.report.measures import PAIN_THRESHOLD
from tissuesense.report.readings import VisitView
from tissuesense.report.registry import SECTIONS
from tissuesense.services.care import close
from tissuesense.services.objective import objective_words
from tissuesense.services.practice import practice_and_people
from tissuesense.services.recomputing import recompute_visit
from tissuesense.services.signing import needs_passphrase, opens, sign_visit
from tissuesense.services.visit_entries import VisitEntries
from tissuesense.services.visit_page import load_visit_page, ramps_of_site
from tissuesense.services.visit_summary import VisitSummary
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.language import Language
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import language_of, page
from tissuesense.web.patience import Patience
from tissuesense.web.plots import Plot, PlotForm, handed_out
from tissuesense.web.seen_values import note_shown
from tissuesense.web.summary_plots import places_of, ramp_plot, summary_plots
from tissuesense.web.visit_frame import AskedSite, SiteName, frame_of, named, written

router = APIRouter(tags=["summary"], dependencies=for_duty(Duty.CARE))
_patience = Patience()
_NOTE = ("subjective", "objective", "assessment", "plan", "free")
_RAMPS = "ramps"
_CLINICAL = ("hand_beside_sensor", "treatment_noted", "left_out", "quality")
_OF_ANY = ("treatment_noted", "left_out")


@dataclass(frozen=True, slots=True)
class _Refused:
    """A form that was refused: what was typed, and what was wrong."""

    typed: dict[str, str]
    wrong: str = ""
    problem: UsageError | None = None


@router.get("/visits/{visit}/summary", response_model=None)
async def summary_page(
    request: Request,
    visit: str,
    house: InHouse,
    session: AtScreen,
    ramps: Annotated[str, Query(max_length=90)] = "",
) -> Response:
    """Show the visit; `ramps` names the site whose ramps are shown over earlier ones."""
    return await _shown(request, house, visit, language_of(request, session), ramps=ramps)


@router.get("/visits/{visit}/summary/plots/{name}.{form}", response_model=None)
async def summary_plot(
    request: Request,
    visit: str,
    name: str,
    form: PlotForm,
    house: InHouse,
    session: AtScreen,
    site: AskedSite,
) -> Response:
    """Hand out a plot of this page; of the ramps, those of a site."""
    visit_id, tongue = parse_visit_id(visit), language_of(request, session)
    if name == _RAMPS:
        plot = None if site is None else await _ramps(house, visit_id, site, tongue)
    else:
        loaded = await house.desk.at(partial(load_visit_page, visit=visit_id))
        found = [p for some in summary_plots(loaded.view, loaded.summary, tongue) for p in some]
        plot = next((one for one in found if one.name == name), None)
    if plot is None:
        raise RecordNotFound("There is no such plot in this visit.")
    return await handed_out(plot, form, file=f"{visit_id}-{name}")


@router.post("/visits/{visit}/note", response_model=None)
async def write_down(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep the note as it is touched; once the visit is signed, with a reason."""
    visit_id = parse_visit_id(visit)
    stated = {name: text_of(form, name) for name in _NOTE if name in form}
    reason = text_of(form, "reason")
    try:
        await written(house, session, visit, partial(_note, stated=stated, reason=reason))
    except UsageError as problem:
        if wants_json(request):
            raise
        typed = {name: text_of(form, name) for name in (*_NOTE, "reason")}
        tongue = language_of(request, session)
        return await _shown(request, house, visit, tongue, refused=_Refused(typed, problem=problem))
    if wants_json(request):
        return JSONResponse({})
    return RedirectResponse(f"/visits/{visit_id}/summary#note", status_code=303)


@router.post("/visits/{visit}/note/objective", response_model=None)
async def objective_anew(visit: str, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Write the objective part anew from what was found."""
    frame = await frame_of(house, visit)
    stated = {"objective": objective_words(frame.record)}
    note = partial(_note, stated=stated, reason=text_of(form, "reason"))
    await written(house, session, visit, note)
    return RedirectResponse(f"/visits/{frame.visit.id}/summary#note", status_code=303)


@router.post("/visits/{visit}/sign", response_model=None)
async def sign_it(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Sign the visit as it stands: name, meaning, and the passphrase where there is one."""
    visit_id, desk = parse_visit_id(visit), house.desk
    signer, meaning = text_of(form, "signer"), _meaning(text_of(form, "meaning"))
    wrong = ""
    if not signer:
        wrong = "name"
    elif not await _is_signer(house, str(form.get("passphrase") or "")):
        wrong = "passphrase"
    if wrong:
        typed = {"signer": signer, "meaning": str(meaning)}
        tongue = language_of(request, session)
        return await _shown(request, house, visit, tongue, refused=_Refused(typed, wrong))
    await desk.at(
        lambda store: sign_visit(
            store, visit_id, signer=signer, meaning=meaning, clock=desk.clock, rng=desk.rng
        ),
        actor=session.actor or signer,
    )
    return RedirectResponse(f"/visits/{visit_id}/summary#signed", status_code=303)


@router.post("/visits/{visit}/close", response_model=None)
async def close_it(visit: str, house: InHouse, session: AtScreen, _form: Filled) -> Response:
    """Close the visit."""
    visit_id, desk = parse_visit_id(visit), house.desk
    await desk.at(
        lambda store: close(store, visit_id, clock=desk.clock, rng=desk.rng), actor=session.actor
    )
    return RedirectResponse(f"/visits/{visit_id}/summary#signed", status_code=303)


@router.post("/visits/{visit}/again", response_model=None)
async def compute_again(visit: str, house: InHouse, session: AtScreen, _form: Filled) -> Response:
    """Compute every measurement of the visit again with this version; the old numbers stay."""
    visit_id, desk = parse_visit_id(visit), house.desk
    await desk.at(
        lambda store: recompute_visit(store, visit_id, clock=desk.clock, rng=desk.rng),
        actor=session.actor,
    )
    return RedirectResponse(f"/visits/{visit_id}/summary#measurements", status_code=303)


async def _shown(
    request: Request,
    house: House,
    visit: str,
    tongue: Language,
    *,
    ramps: str = "",
    refused: _Refused | None = None,
) -> Response:
    frame = await frame_of(house, visit)
    loaded = await house.desk.at(partial(load_visit_page, visit=frame.visit.id))
    view, summary = loaded.view, loaded.summary
    note_shown(request, view.record.measurements)
    dots, maps = summary_plots(view, summary, tongue)
    pressed = _pressed(summary)
    chosen = next((one for one in pressed if one.key == ramps), next(iter(pressed), None))
    overlay = None
    if chosen is not None:
        overlay = await _ramps(house, frame.visit.id, chosen.site, tongue)
    note: SoapNote | None = frame.record.latest("note")
    return page(
        request,
        "summary.html",
        status=200 if refused is None else 422,
        frame=frame,
        view=view,
        summary=summary,
        named=named,
        places=places_of,
        dots=dots,
        maps=maps,
        overlay=overlay,
        chosen=None if chosen is None else chosen.key,
        pressed=pressed,
        since=[(one, judge(one)) for one in loaded.series],
        blocks=_blocks(view, _CLINICAL if summary.clinical else _OF_ANY),
        signed=SECTIONS["signed"].write(view),
        note=note or SoapNote(objective=objective_words(frame.record)),
        written=note is not None,
        stale=_is_stale(frame.record, note),
        refused=refused or _Refused({}),
        asks=needs_passphrase(await house.desk.at(lambda store: store.safe())),
        people=(await house.desk.at(practice_and_people))[1],
    )


def _pressed(summary: VisitSummary) -> list[SiteName]:
    """Return the sites that were pressed to the pain threshold."""
    return [
        named(one.site)
        for one in summary.sites
        if any(line.measure is PAIN_THRESHOLD for line in one.lines)
    ]


def _blocks(view: VisitView, names: Sequence[str]) -> dict[str, tuple[str, Sequence[Block]]]:
    """Return what these sections of the report say, each with its title."""
    return {name: (SECTIONS[name].title, SECTIONS[name].write(view)) for name in names}


def _is_stale(record: VisitRecord, note: SoapNote | None) -> bool:
    """Return whether something was found since the objective part was written."""
    if note is None:
        return False
    known = set(note.objective.splitlines())
    return any(line not in known for line in objective_words(record).splitlines())


def _note(entries: VisitEntries, stated: dict[str, str], reason: str) -> None:
    entries.state("note", stated, same=lambda _note: True, reason=reason)


async def _ramps(house: House, visit: VisitId, site: BodySite, tongue: Language) -> Plot | None:
    found = await house.desk.at(partial(ramps_of_site, visit=visit, site=site))
    address = f"/visits/{visit}/summary/plots/{_RAMPS}?site={site.name}&side={site.side}"
    return ramp_plot(found, visit, tongue, address) if found else None


async def _is_signer(house: House, passphrase: str) -> bool:
    """Return whether the passphrase was typed again; each wrong one makes the next wait longer."""
    safe, master = await house.desk.at(lambda store: (store.safe(), store.master))
    if not needs_passphrase(safe):
        return True
    async with _patience.turn():
        right = await asyncio.to_thread(opens, safe, passphrase, master)
        if right:
            _patience.right()
        else:
            _patience.wrong()
    return right


def _meaning(typed: str) -> Meaning:
    try:
        return Meaning(typed or Meaning.AUTHOR)
    except ValueError:
        raise UsageError("A signature means author, review or approval.") from None
