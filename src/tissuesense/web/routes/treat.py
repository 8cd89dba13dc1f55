"""Treat: how each muscle is treated, timed as it is done, and what the client says meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.core.errors import RecordNotFound, UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.entry import EntryId, parse_entry_id
from tissuesense.record.treatment import TECHNIQUE_WORDS, Intensity, Technique, TreatmentDose
from tissuesense.record.visit import parse_visit_id
from tissuesense.report.curves import dose_timeline
from tissuesense.report.figures.dose_bars import DoseBar, dose_bars
from tissuesense.report.treatment_sums import Given, total_time, treatments
from tissuesense.services.printing import draw_dose
from tissuesense.services.treating import begin, doses, end, is_running
from tissuesense.services.visit_entries import VisitEntries
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import stated_in, text_of
from tissuesense.web.house import InHouse
from tissuesense.web.language import Language
from tissuesense.web.mistakes import wants_json
from tissuesense.web.naming import site_name
from tissuesense.web.pages import language_of, page
from tissuesense.web.plots import Plot, PlotForm, handed_out
from tissuesense.web.printing import printed
from tissuesense.web.visit_frame import (
    SiteName,
    VisitFrame,
    frame_of,
    muscle_names,
    named,
    picked_by_name,
    written,
)

router = APIRouter(tags=["treat"], dependencies=for_duty(Duty.CARE))
_MOST_TIMELINES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One treatment on the page; `elapsed_s` is how long it has gone on, None where it ended."""

    id: EntryId
    name: SiteName
    dose: TreatmentDose
    technique: str
    elapsed_s: float | None


@router.get("/visits/{visit}/treat", response_model=None)
async def treat_page(
    request: Request,
    visit: str,
    house: InHouse,
    session: AtScreen,
    site: Annotated[str, Query(max_length=80)] = "",
    side: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show what is going on, what was done, and the sites to treat."""
    frame = await frame_of(house, visit)
    added, unknown = picked_by_name(site, side)
    tongue = language_of(request, session)
    return page(
        request,
        "treat.html",
        **_shown(frame, house.desk.clock.now(), added),
        unknown=unknown,
        asked=(site, side),
        chosen=f"{added[0].name}/{added[0].side}" if added else "",
        refusal=None,
        plots=[plot for plot, _ in await _plots(frame, tongue)],
    )


@router.post("/visits/{visit}/treat", response_model=None)
async def start(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Begin a treatment now."""
    name, _, side = text_of(form, "place").partition("/")
    stated = {"site": name, "side": side, "technique": text_of(form, "technique")}
    try:
        await written(house, session, visit, lambda entries: begin(entries, stated))
    except UsageError as problem:
        frame = await frame_of(house, visit)
        return page(
            request,
            "treat.html",
            status=422,
            **_shown(frame, house.desk.clock.now(), ()),
            unknown="",
            asked=("", ""),
            chosen=text_of(form, "place"),
            refusal=problem,
            plots=[],
        )
    return RedirectResponse(f"/visits/{parse_visit_id(visit)}/treat", status_code=303)


@router.post("/visits/{visit}/doses/{entry}", response_model=None)
async def said(
    request: Request, visit: str, entry: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep what is said of a treatment as it is touched; `stop` ends it."""
    visit_id, entry_id = parse_visit_id(visit), parse_entry_id(entry)
    stated, reason = _said_in(form), text_of(form, "reason")
    stop = bool(text_of(form, "stop"))

    def keep(entries: VisitEntries) -> EntryId:
        with entries.store.transaction():
            kept = entries.restate(entry_id, stated, reason=reason)
            return end(entries, kept.id).id if stop else kept.id

    kept = await written(house, session, visit_id, keep)
    if wants_json(request):
        return JSONResponse({"id": kept})
    return RedirectResponse(f"/visits/{visit_id}/treat", status_code=303)


@router.get("/visits/{visit}/treat/plots/{name}.{form}", response_model=None)
async def treat_plot(
    request: Request, visit: str, name: str, form: PlotForm, house: InHouse, session: AtScreen
) -> Response:
    """Hand out a plot of this page."""
    frame = await frame_of(house, visit)
    found = {p.name: p for p, _ in await _plots(frame, language_of(request, session))}
    if name not in found:
        raise RecordNotFound("There is no such plot in this visit.")
    return await handed_out(found[name], form, file=f"{frame.visit.client}-{name}")


def _shown(frame: VisitFrame, now: datetime, added: Sequence[BodySite]) -> dict[str, Any]:
    done = [
        Done(
            id=entry.id,
            name=named(entry.statement.site),
            dose=entry.statement,
            technique=TECHNIQUE_WORDS[entry.statement.technique],
            elapsed_s=_elapsed(entry.statement, now),
        )
        for entry in doses(frame.record)
    ]
    given = treatments([frame.record])
    return {
        "frame": frame,
        "running": [one for one in done if one.elapsed_s is not None],
        "done": [one for one in done if one.elapsed_s is None],
        "total": total_time(given) if given else "",
        "sites": frame.sites(*added),
        "techniques": [(str(one), TECHNIQUE_WORDS[one]) for one in Technique],
        "last": str(done[-1].dose.technique) if done else str(Technique.NMT_ISCHEMIC),
        "intensities": list(Intensity),
        "names": muscle_names(),
    }


def _elapsed(dose: TreatmentDose, now: datetime) -> float | None:
    if dose.started_at is None or not is_running(dose, now):
        return None
    return (now - dose.started_at).total_seconds()


async def _plots(frame: VisitFrame, tongue: Language) -> list[tuple[Plot, Given | None]]:
    """Return the time of every treatment, and pressure over time of those that a gauge recorded."""
    given = treatments([frame.record])
    if not given:
        return []
    base = f"/visits/{frame.visit.id}/treat/plots"
    found: list[tuple[Plot, Given | None]] = [(_bars(given, tongue, f"{base}/time"), None)]
    recorded = [one for one in given if one.recorded is not None][:_MOST_TIMELINES]
    for number, one in enumerate(recorded, start=1):
        drawn = None if one.recorded is None else dose_timeline(one.recorded)
        if drawn is None:
            continue
        place = site_name(one.site, tongue)
        mean = one.measured("mean_kpa")
        told = f"{place}: {tongue.number(one.seconds or 0)} s" + (
            "" if mean is None else f", {tongue.number(mean)} kPa"
        )
        plot = Plot(
            name=f"pressure-{number}",
            title=told,
            svg=await printed(draw_dose, drawn),
            alt=f"{tongue.gettext('Pressure over time')}, {told}",
            columns=(
                tongue.gettext("Hold"),
                tongue.gettext("Begins, s"),
                tongue.gettext("Held, s"),
                tongue.gettext("Mean pressure, kPa"),
            ),
            rows=tuple(
                (str(k), held.start_s, held.seconds, held.mean_kpa)
                for k, held in enumerate(drawn.holds, start=1)
            ),
            decimals=(0, 1, 1, 0),
            address=f"{base}/pressure-{number}",
        )
        found.append((plot, one))
    return found


def _bars(given: Sequence[Given], tongue: Language, address: str) -> Plot:
    bars = [
        DoseBar(
            site=site_name(one.site, tongue),
            seconds=one.seconds,
            by_sensor=one.recorded is not None,
            said=None if one.noted is None else one.noted.nrs_during,
        )
        for one in given
    ]
    title = tongue.gettext("%(time)s of treatment") % {"time": total_time(given)}
    return Plot(
        name="time",
        title=title,
        svg=dose_bars(bars, alt=title),
        alt=title,
        columns=(
            tongue.gettext("Site"),
            tongue.gettext("Technique"),
            tongue.gettext("Time, s"),
            tongue.gettext("Client said, 0 to 10"),
        ),
        rows=tuple(
            (bar.site, tongue.gettext(one.technique), bar.seconds, bar.said)
            for bar, one in zip(bars, given, strict=True)
        ),
        address=address,
    )


def _said_in(form: FormData) -> dict[str, Any]:
    """Return what a form says of a treatment; a field that it does not have is left alone."""
    stated: dict[str, Any] = {}
    for name in ("intensity", "nrs_during", "technique", "seconds"):
        if name in form and text_of(form, name):
            stated |= stated_in(form, name, numbers=("nrs_during", "seconds"))
    if "note" in form:
        stated["note"] = text_of(form, "note")
    return stated
