"""The intake: what bothers, what to be careful with, the day, the posture, the consent.

Each card is a form of its own that saves as it is touched, and has a button where there is no
script. What is known is the answer shown.
"""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from tissuesense.anatomy.catalogue import catalogue
from tissuesense.anatomy.muscle import Muscle
from tissuesense.core.errors import UsageError
from tissuesense.core.site import ComplaintKind
from tissuesense.record.client import ClientId, parse_client_id
from tissuesense.record.consent_texts import CONSENT_TEXTS
from tissuesense.record.entry import Entry, parse_entry_id
from tissuesense.record.intake import DEGREE_WORDS, SCREEN_ITEMS, Consent, LifeTopic, PainQuality
from tissuesense.record.visit import VisitId, parse_visit_id
from tissuesense.services.filling_in import INTAKE_KINDS, fill_in, take_back
from tissuesense.store.opened import Store
from tissuesense.web.body_pick import VIEW_BOX, pictures, places_by_region
from tissuesense.web.door.admission import AtScreen, Duty, Filled, for_duty
from tissuesense.web.forms import text_of
from tissuesense.web.house import House, InHouse
from tissuesense.web.intake_cards import Card, Intake, Refused, marks_told
from tissuesense.web.intake_forms import READ, marks_typed
from tissuesense.web.language import Language
from tissuesense.web.mistakes import wants_json
from tissuesense.web.pages import language_of, page
from tissuesense.web.visit_frame import VisitFrame, load_frame

router = APIRouter(tags=["intake"], dependencies=for_duty(Duty.CARE))
_KINDS = ("headache", "numbness_tingling", "reduced_rom", "hypertonia", "pain")


@router.get("/clients/{client}/intake", response_model=None)
async def intake(
    request: Request,
    client: str,
    house: InHouse,
    session: AtScreen,
    visit: Annotated[str, Query(max_length=20)] = "",
    add: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Show the intake as far as it is known."""
    client_id = parse_client_id(client)
    visit_id = parse_visit_id(visit) if visit else None
    kind = ComplaintKind(add) if add in _KINDS else None
    tongue = language_of(request, session)
    return await _show(request, house, tongue, client_id, visit_id, add=kind)


@router.post("/clients/{client}/intake/undo", response_model=None)
async def undo(
    request: Request, client: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Give an answer back that was changed by a slip."""
    client_id, desk = parse_client_id(client), house.desk
    entry_id = parse_entry_id(text_of(form, "entry"))
    await desk.at(
        lambda store: take_back(store, client_id, entry_id, clock=desk.clock, rng=desk.rng),
        actor=session.actor,
    )
    if wants_json(request):
        return JSONResponse({"said": language_of(request, session).gettext("Taken back.")})
    return RedirectResponse(f"/clients/{client_id}/intake", status_code=303)


@router.post("/clients/{client}/intake/{part}", response_model=None)
async def fill(
    request: Request, client: str, part: str, house: InHouse, session: AtScreen, form: Filled
) -> Response:
    """Write down one card as it stands."""
    client_id, desk = parse_client_id(client), house.desk
    tongue = language_of(request, session)
    visit = text_of(form, "visit")
    visit_id = parse_visit_id(visit) if visit else None
    if part not in READ:
        raise HTTPException(404)
    begins = text_of(form, "entry")
    try:
        stated = READ[part](form)
        filled = await desk.at(
            lambda store: fill_in(
                store,
                part,
                stated,
                client=client_id,
                clock=desk.clock,
                rng=desk.rng,
                goes_on_with=parse_entry_id(begins) if begins else None,
            ),
            actor=session.actor,
        )
    except UsageError as err:
        if wants_json(request):
            raise
        refused = Refused(
            part=part,
            key=text_of(form, "card"),
            typed=_typed(form),
            marks=tuple(marks_told(marks_typed(form), tongue)),
            problem=(err.message, err.hint),
        )
        return await _show(request, house, tongue, client_id, visit_id, refused=refused)
    if not wants_json(request):
        back = f"/clients/{client_id}/intake" + (f"?visit={visit_id}" if visit_id else "")
        return RedirectResponse(f"{back}#{part}-{filled.entry.id}", status_code=303)
    return JSONResponse(
        {
            "said": tongue.gettext("Saved.") if filled.written else "",
            "entry": filled.entry.id,
            "undo": filled.entry.id if filled.undo else None,
            "marks": _marks(filled.entry, tongue),
            "values": _set_by_us(filled.entry),
        }
    )


def _set_by_us(entry: Entry[Any]) -> dict[str, str]:
    """Return the fields that the program may have filled in itself."""
    if entry.kind != "consent":
        return {}
    consent: Consent = entry.statement
    return {"on": consent.on.isoformat() if consent.on else "", "how": consent.how}


def _marks(entry: Entry[Any], tongue: Language) -> list[tuple[str, str]]:
    drawing = getattr(entry.statement, "drawing", ())
    return list(marks_told(drawing, tongue))


def _typed(form: FormData) -> dict[str, Any]:
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    return typed | {"blocked": list(form.getlist("blocked"))}


async def _show(
    request: Request,
    house: House,
    tongue: Language,
    client: ClientId,
    visit: VisitId | None,
    *,
    add: ComplaintKind | None = None,
    refused: Refused | None = None,
) -> Response:
    desk = house.desk

    def look(store: Store) -> tuple[tuple[Entry[Any], ...], VisitFrame | None]:
        with store.reading():
            store.clients.get(client)
            entries = store.ledger.of_client(client, *INTAKE_KINDS)
            return entries, None if visit is None else load_frame(store, visit)

    entries, frame = await desk.at(look)
    if frame is not None and frame.visit.client != client:
        raise HTTPException(404)
    cards = Intake(entries, now=desk.clock.local_now(), tongue=tongue)

    def of(part: str, shown: tuple[Card, ...]) -> tuple[Card, ...]:
        return shown if refused is None else refused.on(part, shown)

    if refused is not None and refused.part == "complaint" and refused.key.startswith("new-"):
        kind = refused.key.removeprefix("new-")
        add = ComplaintKind(kind) if kind in _KINDS else add
    topics = [
        (
            topic,
            of("daily_life", (cards.open_question(topic),))[0],
            of("daily_life", cards.habits(topic)),
        )
        for topic in LifeTopic
    ]
    return page(
        request,
        "intake.html",
        status=200 if refused is None else 422,
        client=client,
        visit=visit or "",
        frame=frame,
        kinds=_KINDS,
        complaints=of("complaint", cards.complaints(add)),
        postures=of("posture", cards.postures()),
        topics=topics,
        lived=any(asked.entry or any(card.entry for card in habits) for _, asked, habits in topics),
        screen=of("screen", (cards.screen(),))[0],
        consents=of("consent", cards.consents()),
        consent_texts=CONSENT_TEXTS,
        screen_items=SCREEN_ITEMS,
        degrees=DEGREE_WORDS,
        qualities=[quality.value for quality in PainQuality],
        places_words=_place_words(),
        bodies=pictures(),
        view_box=VIEW_BOX,
        places=list(places_by_region(tongue)),
        muscles=_pressable(),
    )


def _pressable() -> list[tuple[str, list[Muscle]]]:
    """Return the muscles that a gauge may be set on, by part of the body."""
    muscles = [muscle for muscle in catalogue().muscles.values() if muscle.pressable]
    regions = dict.fromkeys(muscle.region for muscle in muscles)
    return [(region.value, [m for m in muscles if m.region is region]) for region in regions]


def _place_words() -> dict[str, list[str]]:
    """Return the places that the catalogue knows for each kind of complaint, to choose from."""
    found: dict[str, list[str]] = {kind: [] for kind in _KINDS}
    for pattern in catalogue().patterns.values():
        if pattern.kind is not None:
            found[pattern.kind.value] += pattern.words
    return {kind: sorted(set(words)) for kind, words in found.items()}
