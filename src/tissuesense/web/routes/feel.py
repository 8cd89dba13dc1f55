"""Feel: what the hands find, site by site, before the gauge's value is seen; and at the joints."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, parse_side
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.notes import NotDone
from tissuesense.record.scales import AshworthGrade
from tissuesense.record.visit import Block, ManualFinding, parse_visit_id
from tissuesense.services.palpation import feel, measured_here, move
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import stated_in, text_of
from tissuesense.web.house import InHouse
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import page
from tissuesense.web.seen_values import seen_values
from tissuesense.web.visit_frame import (
    SiteName,
    VisitFrame,
    frame_of,
    muscle_names,
    named,
    picked_by_name,
    written,
)

router = APIRouter(tags=["feel"], dependencies=for_duty(Duty.CARE))
_GRADES = ("tenderness", "tone")
_SWITCHES = ("taut_band", "twitch", "refers")
_WORDS = ("refers_to", "texture", "note")
_JOINT_NUMBERS = ("active_deg", "passive_deg")
_JOINT_WORDS = ("joint", "movement", "side", "block", "end_feel", "ashworth", "note")
_TARDIEU = ("quality", "r1_deg", "r2_deg")


@dataclass(frozen=True, slots=True)
class _Refused:
    """A form that was refused, and why; `site` is None for that of a joint."""

    form: FormData
    problem: UsageError
    site: BodySite | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One site to feel.

    Attributes
    ----------
    measured, shown
        Whether the site was measured already in this block, and its value was on a screen.
    refused
        What its form held when it was refused.
    """

    name: SiteName
    found: ManualFinding | None
    measured: bool
    shown: bool
    felt_only: bool
    why_not: NotDone | None
    refused: _Refused | None = None

    def value(self, name: str) -> object:
        """Return what a field of the card shows: what was typed, else what is kept."""
        if self.refused is not None:
            return text_of(self.refused.form, name) or None
        found = None if self.found is None else getattr(self.found, name)
        return {True: "yes", False: "no"}[found] if isinstance(found, bool) else found


@router.get("/visits/{visit}/feel", response_model=None)
async def feel_page(
    request: Request,
    visit: str,
    house: InHouse,
    block: Block = Block.PRE,
    part: Literal["sites", "joints"] = "sites",
    site: Annotated[str, Query(max_length=80)] = "",
    side: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Show a card for each site of the visit; `site` and `side` add one by its name."""
    frame = await frame_of(house, visit)
    return _shown(request, frame, block, part, asked=(site, side))


@router.post("/visits/{visit}/feel", response_model=None)
async def felt(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep what was felt at one site, as it is touched."""
    visit_id, site, block = parse_visit_id(visit), _site_of(form), _block_of(form)
    place = {"site": site.name, "side": str(site.side), "block": str(block)}
    reason = text_of(form, "reason")
    try:
        stated = _grades_in(form) | place
        entry = await written(
            house,
            session,
            visit_id,
            lambda entries: feel(entries, stated, shown=seen_values(request), reason=reason),
        )
    except UsageError as problem:
        if wants_json(request):
            raise
        refused = _Refused(form, problem, site)
        return _shown(request, await frame_of(house, visit), block, refused=refused)
    if wants_json(request):
        return JSONResponse({"seen_value_first": bool(entry.statement.seen_value_first)})
    return _back(visit_id, block, f"#{named(site).key}")


@router.post("/visits/{visit}/not-felt", response_model=None)
async def not_felt(visit: str, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Keep why a site was not felt."""
    visit_id, site = parse_visit_id(visit), _site_of(form)
    what, reason = left_out(site), text_of(form, "reason")
    stated = {"what": what, "reason": text_of(form, "why"), "note": text_of(form, "note")}
    await written(
        house,
        session,
        visit_id,
        lambda entries: entries.state(
            "not_done", stated, same=lambda one: one.what == what, reason=reason
        ),
    )
    return _back(visit_id, _block_of(form), f"#{named(site).key}")


@router.post("/visits/{visit}/joints", response_model=None)
async def moved(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep what was found at one joint."""
    visit_id, block, reason = parse_visit_id(visit), _block_of(form), text_of(form, "reason")
    try:
        stated = _joint_in(form)
        await written(
            house, session, visit_id, lambda entries: move(entries, stated, reason=reason)
        )
    except UsageError as problem:
        frame = await frame_of(house, visit)
        return _shown(request, frame, block, "joints", refused=_Refused(form, problem))
    return _back(visit_id, block, "", part="joints")


def left_out(site: BodySite) -> str:
    """Return what the record calls a site that was not felt."""
    return f"{site.words}, by hand"


def _shown(
    request: Request,
    frame: VisitFrame,
    block: Block,
    part: str = "sites",
    *,
    asked: tuple[str, str] = ("", ""),
    refused: _Refused | None = None,
) -> Response:
    added, unknown = picked_by_name(*asked)
    at_joint = refused if refused is not None and refused.site is None else None
    return page(
        request,
        "feel.html",
        status=200 if refused is None else 422,
        frame=frame,
        block=block,
        part=part,
        cards=_cards(frame, block, added, refused, seen_values(request)),
        asked=asked,
        unknown=unknown,
        names=muscle_names(),
        grades=list(AshworthGrade),
        joints=[one for one in frame.record.statements("joint") if one.block is block],
        typed={} if at_joint is None else at_joint.form,
        refusal=None if at_joint is None else at_joint.problem,
    )


def _cards(
    frame: VisitFrame,
    block: Block,
    added: tuple[BodySite, ...],
    refused: _Refused | None,
    seen: AbstractSet[MeasurementId],
) -> list[Card]:
    found = {one.site: one for one in frame.record.manual_findings if one.block is block}
    taken = [measured.measurement for measured in frame.record.measurements]
    why = {one.what: one for one in frame.record.statements("not_done")}
    felt_only = () if frame.listed is None else frame.listed.felt_only
    typed_at = None if refused is None else refused.site
    return [
        Card(
            name=name,
            found=found.get(name.site),
            measured=bool(here := measured_here(taken, name.site, block)),
            shown=bool(here & seen),
            felt_only=name.site in felt_only,
            why_not=why.get(left_out(name.site)),
            refused=refused if name.site == typed_at else None,
        )
        for name in frame.sites(*added, *([] if typed_at is None else [typed_at]))
    ]


def _grades_in(form: FormData) -> dict[str, Any]:
    """Return what a card states; what is empty is stated as not examined."""
    blank: dict[str, Any] = dict.fromkeys((*_GRADES, *_SWITCHES, "temperature"))
    if text_of(form, "clear"):
        return blank | dict.fromkeys(_WORDS, "")
    stated = stated_in(
        form, *_GRADES, *_SWITCHES, *_WORDS, "temperature", numbers=_GRADES, switches=_SWITCHES
    )
    return blank | dict.fromkeys(_WORDS, "") | stated


def _joint_in(form: FormData) -> dict[str, Any]:
    names = (*_JOINT_WORDS, *_JOINT_NUMBERS, "pain")
    blank: dict[str, Any] = dict.fromkeys((*_JOINT_NUMBERS, "end_feel", "ashworth", "pain"))
    stated = stated_in(form, *names, numbers=_JOINT_NUMBERS, switches=("pain",))
    tardieu = stated_in(form, *_TARDIEU, numbers=_TARDIEU)
    if tardieu and "quality" not in tardieu:
        raise UsageError("The Tardieu angles need the quality of the reaction, 0 to 5.")
    block = {"block": str(_block_of(form))}
    return blank | {"note": "", "tardieu": tardieu or None} | stated | block


def _site_of(form: FormData) -> BodySite:
    return BodySite(text_of(form, "site"), parse_side(text_of(form, "side")))


def _block_of(form: FormData) -> Block:
    try:
        return Block(text_of(form, "block") or Block.PRE)
    except ValueError:
        raise UsageError("A block of a visit is pre, treatment or post.") from None


def _back(visit: str, block: Block, anchor: str, *, part: str = "") -> Response:
    query = [f"block={block}"] if block is not Block.PRE else []
    query += [f"part={part}"] if part else []
    asked = f"?{'&'.join(query)}" if query else ""
    return RedirectResponse(f"/visits/{visit}/feel{asked}{anchor}", status_code=303)
