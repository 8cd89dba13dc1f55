"""What may be measured in a visit: its sites, what the hands found there, and what forbids one."""

from dataclasses import dataclass
from datetime import date

from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.site_names import known_site
from tissuesense.core.site import BodySite
from tissuesense.record.client import ClientId
from tissuesense.record.history import VisitRecord
from tissuesense.record.intake import Answer
from tissuesense.record.visit import Block, Visit, VisitId
from tissuesense.services.before_pressing import blocks
from tissuesense.services.records import load_visit_record
from tissuesense.store.opened import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteChoice:
    """A site that may be measured.

    Attributes
    ----------
    felt
        Whether the hands examined it in this visit.
    measured
        In which blocks of this visit it was measured.
    why_not
        Why no gauge is set on it; empty where one may be.
    """

    site: BodySite
    felt: bool
    measured: frozenset[Block]
    why_not: str = ""
    landmark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundChoice:
    """A visit about to be measured."""

    client: ClientId
    visit: VisitId
    record: VisitRecord
    sites: tuple[SiteChoice, ...]
    block: Block
    cautions: tuple[str, ...]
    screened: bool
    of_today: bool
    intake_done: bool


def choice_for(store: Store, visit_id: VisitId, *, today: date) -> RoundChoice:
    """Return what there is to measure in a visit.

    Raises
    ------
    RecordNotFound
        When there is no such visit.
    """
    with store.transaction():
        record = load_visit_record(store, visit_id)
        visit: Visit = record.visit
        stated = store.ledger.of_client(visit.client, "screen", "complaint")
    screens = [entry.statement for entry in stated if entry.kind == "screen"]
    screen = screens[-1] if screens else None
    listed = record.latest("site_list")
    sites = tuple(dict.fromkeys((*(listed.sites if listed else ()), *record.sites)))
    felt_only = set(listed.felt_only) if listed else set()
    felt = {manual.site for manual in record.manual_findings}
    measured: dict[BodySite, set[Block]] = {}
    for one in record.counting:
        measured.setdefault(one.measurement.site, set()).add(one.measurement.block)
    treated = bool(record.statements("dose"))
    return RoundChoice(
        client=visit.client,
        visit=visit.id,
        record=record,
        sites=tuple(
            SiteChoice(
                site=site,
                felt=site in felt,
                measured=frozenset(measured.get(site, ())),
                why_not="felt by hand only"
                if site in felt_only
                else "the screen blocks it"
                if blocks(screen, site.name)
                else _unpressable(site),
                landmark=_landmark(site),
            )
            for site in sites
        ),
        block=Block.POST if treated else Block.PRE,
        cautions=() if screen is None else screen.cautions,
        screened=screen is not None
        and any(answer.answer is not Answer.UNKNOWN for answer in screen.answers),
        of_today=visit.opened_at.date() == today,
        intake_done=any(entry.kind == "complaint" for entry in stated),
    )


def _unpressable(site: BodySite) -> str:
    found = known_site(site.name)
    if isinstance(found, Muscle) and not found.pressable:
        return found.reach_reason
    return ""


def _landmark(site: BodySite) -> str:
    found = known_site(site.name)
    if isinstance(found, Muscle) and found.site:
        return found.site[0].landmark
    return ""
