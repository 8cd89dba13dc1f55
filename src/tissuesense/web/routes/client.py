"""A client's page: what to be careful with, what was told, how the plan stands, what changed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from tissuesense.record.client import parse_client_id
from tissuesense.record.intake import SCREEN_ITEMS, ConsentPurpose
from tissuesense.record.visit import TENDERNESS_WORDS, TONE_WORDS
from tissuesense.report.quantities import NOTHING
from tissuesense.services.client_story import story_of
from tissuesense.services.records import visit_of_day
from tissuesense.web.client_rows import complaint_rows, site_rows
from tissuesense.web.door.admission import AtScreen, Duty, for_duty
from tissuesense.web.house import InHouse
from tissuesense.web.naming import muscle_name
from tissuesense.web.pages import language_of, page

router = APIRouter(tags=["client"], dependencies=for_duty(Duty.CARE))
_WITHDRAWN = {
    ConsentPurpose.TREATMENT: "Consent to treatment was not given, or withdrawn.",
    ConsentPurpose.MEASUREMENT: "Consent to being measured was not given, or withdrawn.",
    ConsentPurpose.RESEARCH: "Consent to research was not given, or withdrawn.",
    ConsentPurpose.SHARING: "Consent to sharing was not given, or withdrawn.",
}


@router.get("/clients/{client}", response_model=None)
async def story(request: Request, client: str, house: InHouse, session: AtScreen) -> Response:
    """Tell the story of a client."""
    client_id, now = parse_client_id(client), house.desk.clock.local_now()
    told, here = await house.desk.at(
        lambda store: (
            story_of(store, client_id, today=now.date()),
            visit_of_day(store, client_id, now),
        )
    )
    tongue = language_of(request, session)
    return page(
        request,
        "client.html",
        client=client_id,
        story=told,
        today=now.date(),
        here=here,
        complaints=list(complaint_rows(told, tongue)),
        sites=list(site_rows(told, tongue)),
        screen_items=SCREEN_ITEMS,
        withdrawn=_WITHDRAWN,
        muscle_name=muscle_name,
        tenderness_words=TENDERNESS_WORDS,
        tone_words=TONE_WORDS,
        nothing=NOTHING,
    )
