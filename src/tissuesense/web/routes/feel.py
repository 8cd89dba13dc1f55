"""Feel: what the hands find, site by site, before the gauge's value is seen; and at the joints."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.site_names import UnknownSite, known_site
from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, parse_side
from tissuesense.record.joint import EndFeel, JointFinding
from tissuesense.record.notes import MissingReason, NotDone
from tissuesense.record.scales import AshworthGrade
from tissuesense.record.visit import Block, ManualFinding, Temperature, parse_visit_id
from tissuesense.services.palpation import feel, move, value_was_shown
from tissuesense.services.visit_entries import state
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import stated_in, text_of
from tissuesense.web.house import InHouse
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import page
from tissuesense.web.visit_frame import SiteName, VisitFrame, frame_of, named

router = APIRouter(tags=["feel"], dependencies=for_duty(Duty.CARE))
_GRADES = ("tenderness", "tone")
_SWITCHES = ("taut_band", "twitch", "refers")
_WORDS = ("refers_to", "texture", "note")
_JOINT_NUMBERS = ("active_deg", "passive_deg")
_JOINT_WORDS = ("joint", "movement", "side", "block", "end_feel", "ashworth", "note")
_TARDIEU = ("quality", "r1_deg", "r2_deg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One site to feel.

    Attributes
    ----------
    shown
        Whether a measured value of the site was shown already.
    typed
        What a form held that was refused.
    """

    name: SiteName
    found: ManualFinding | None
    shown: bool
    felt_only: bool
    why_not: NotDone | None
    where: str
    typed: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def value(self, name: str) -> object:
        """Return what a field of the card shows."""
        if self.typed:
            return self.typed.get(name)
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
    visit_id, desk = parse_visit_id(visit), house.desk
    site = BodySite(text_of(form, "site"), parse_side(text_of(form, "side")))
    block = _block_of(form)
    try:
        stated = _grades_in(form)
        entry = await desk.at(
            lambda store: feel(
                store, visit_id, site, block, stated,
                reason=text_of(form, "reason"), clock=desk.clock, rng=desk.rng,
            ),
            actor=session.actor,
        )  # fmt: skip
    except UsageError as problem:
        if wants_json(request):
            raise
        frame = await frame_of(house, visit)
        return _shown(request, frame, block, "sites", refused=(site, form, problem), status=422)
    if wants_json(request):
        return JSONResponse({"seen_value_first": bool(entry.statement.seen_value_first)})
    return _back(visit_id, block, f"#{named(site).key}")


@router.post("/visits/{visit}/not-felt", response_model=None)
async def not_felt(visit: str, house: InHouse, session: AtScreen, form: Filled) -> Response:
    """Keep why a site was not felt."""
    visit_id, desk = parse_visit_id(visit), house.desk
    site = BodySite(text_of(form, "site"), parse_side(text_of(form, "side")))
    what = left_out(site)
    stated = {"what": what, "reason": text_of(form, "why"), "note": text_of(form, "note")}
    await desk.at(
        lambda store: state(
            store, visit_id, "not_done", stated, same=lambda one: one.what == what,
            reason=text_of(form, "reason"), clock=desk.clock, rng=desk.rng,
        ),
        actor=session.actor,
    )  # fmt: skip
    return _back(visit_id, _block_of(form), f"#{named(site).key}")


@router.post("/visits/{visit}/joints", response_model=None)
async def moved(
    request: Request, visit: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Keep what was found at one joint."""
    visit_id, desk = parse_visit_id(visit), house.desk
    block = _block_of(form)
    try:
        stated = _joint_in(form)
        await desk.at(
            lambda store: move(
                store, visit_id, stated,
                reason=text_of(form, "reason"), clock=desk.clock, rng=desk.rng,
            ),
            actor=session.actor,
        )  # fmt: skip
    except UsageError as problem:
        frame = await frame_of(house, visit)
        return _shown(request, frame, block, "joints", joint=form, problem=problem, status=422)
    return _back(visit_id, block, "", part="joints")


def left_out(site: BodySite) -> str:
    """Return what the record calls a site that was not felt."""
    return f"{site.words}, by hand"


def _shown(
    request: Request,
    frame: VisitFrame,
    block: Block,
    part: str,
    *,
    asked: tuple[str, str] = ("", ""),
    refused: tuple[BodySite, FormData, UsageError] | None = None,
    joint: FormData | None = None,
    problem: UsageError | None = None,
    status: int = 200,
) -> Response:
    added, unknown = _asked_for(*asked)
    return page(
        request,
        "feel.html",
        status=status,
        frame=frame,
        block=block,
        part=part,
        cards=_cards(frame, block, added, refused),
        asked=asked,
        unknown=unknown,
        names=[(m.id, m.name) for m in catalogue().muscles.values()],
        reasons=[reason for reason in MissingReason if reason is not MissingReason.SCREENED],
        temperatures=list(Temperature),
        end_feels=list(EndFeel),
        grades=list(AshworthGrade),
        joints=_joints(frame, block),
        typed=joint or {},
        refusal=problem,
    )


def _cards(
    frame: VisitFrame,
    block: Block,
    added: tuple[BodySite, ...],
    refused: tuple[BodySite, FormData, UsageError] | None,
) -> list[Card]:
    found = {one.site: one for one in frame.record.manual_findings if one.block is block}
    taken = [measured.measurement for measured in frame.record.measurements]
    why = {one.what: one for one in frame.record.statements("not_done")}
    felt_only = () if frame.listed is None else frame.listed.felt_only
    more = added if refused is None else (*added, refused[0])
    muscles = catalogue().muscles
    cards = []
    for name in frame.sites(*more):
        typed: Mapping[str, str] = {}
        problem = ""
        if refused is not None and refused[0] == name.site:
            typed = {key: str(value) for key, value in refused[1].items()}
            problem = f"{refused[2].message} {refused[2].hint}"
        muscle = muscles.get(name.site.name)
        cards.append(
            Card(
                name=name,
                found=found.get(name.site),
                shown=value_was_shown(taken, name.site, block),
                felt_only=name.site in felt_only,
                why_not=why.get(left_out(name.site)),
                where="" if muscle is None or not muscle.site else muscle.site[0].landmark,
                typed=typed,
                problem=problem,
            )
        )
    return cards


def _asked_for(name: str, side: str) -> tuple[tuple[BodySite, ...], str]:
    """Return the site that was picked by name, or why there is none."""
    if not name.strip():
        return (), ""
    found = known_site(name)
    if isinstance(found, UnknownSite):
        return (), found.sentence
    sides = [one for one in found.sides if str(one) == side] or list(found.sides)
    return tuple(BodySite(found.id, one) for one in sides), ""


def _joints(frame: VisitFrame, block: Block) -> list[JointFinding]:
    return [one for one in frame.record.statements("joint") if one.block is block]


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
    return blank | {"note": "", "tardieu": tardieu or None} | stated


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
