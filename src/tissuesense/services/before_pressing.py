"""What the record says before anyone presses: whom not, where not, how hard at most."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from tissuesense.anatomy.muscle import Muscle
from tissuesense.anatomy.site_names import known_site
from tissuesense.core.errors import RecordError
from tissuesense.core.recording import RecordingKind
from tissuesense.record.client import ClientId
from tissuesense.record.history import current
from tissuesense.record.intake import Consent, ConsentPurpose, ContraindicationScreen
from tissuesense.record.visit import Intent, Visit
from tissuesense.services.care import is_closed
from tissuesense.services.measure_plan import MeasurePlan
from tissuesense.services.site_advice import site_advice
from tissuesense.store.opened import Store

_PRESSED = frozenset(
    {
        RecordingKind.PPT,
        RecordingKind.TOLERANCE,
        RecordingKind.INDENTATION,
        RecordingKind.DOSE,
    }
)
_TOUCHED = _PRESSED | {RecordingKind.TAP}
_KPA_PER_N = 10.0  # with the flat tip of 1 cm2 for which the catalogue states its ceilings


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A measurement as the record allows it.

    Attributes
    ----------
    plan
        With the lowest of all limits of pressure.
    sentences
        What to tell before the gauge is touched.
    """

    plan: MeasurePlan
    sentences: tuple[str, ...] = ()


def prepare(store: Store, client: ClientId, plan: MeasurePlan, *, today: date) -> Prepared:
    """Hold a measurement against what is written down of a client.

    A movement without touch passes with its cautions alone. A relaxation visit may be measured;
    nothing clinical is claimed of it.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    RecordError
        When the client withdrew consent to being measured, the screen blocks the site, or the
        catalogue knows why no gauge is set on it.
    """
    store.clients.get(client)
    screen = _latest_screen(store, client)
    _refuse_without_consent(store, client)
    named = known_site(plan.site.name)
    muscle = named if isinstance(named, Muscle) else None
    allowed = held_to(plan, screen, muscle)
    visits = [v for v in store.visits.of_client(client) if v.opened_at.date() == today]
    said = (
        *_cautions(screen, muscle, plan.kind),
        *site_advice([plan.site.name]),
        *_limit_words(plan, allowed),
        *(_visit_words(store, max(visits, key=lambda v: v.opened_at)) if visits else ()),
    )
    return Prepared(plan=allowed, sentences=said)


def held_to(
    plan: MeasurePlan, screen: ContraindicationScreen | None, muscle: Muscle | None
) -> MeasurePlan:
    """Return the plan with the lowest limit of pressure: its own, the screen's, the site's.

    The site's ceiling is a force on a tip of 1 cm2. A smaller tip is held to the same pressure, a
    wider one to the same force, so that neither exceeds what was stated.

    Raises
    ------
    RecordError
        When the site is not to be pressed at all.
    """
    if plan.kind in _TOUCHED and screen is not None:
        _refuse_blocked(plan, screen)
    if plan.kind not in _PRESSED:
        return plan
    if muscle is not None and not muscle.pressable:
        raise RecordError(
            f"No gauge is set on this site: {muscle.reach_reason}.",
            hint="Examine it with the hands: 'tissuesense visit finding'.",
        )
    tip = plan.stated.tip
    limits = [plan.stated.cutoff_kpa]
    if screen is not None and screen.ceiling_kpa is not None:
        limits.append(screen.ceiling_kpa)
    if muscle is not None and muscle.ceiling_n is not None:
        limits.append(muscle.ceiling_n * _KPA_PER_N / max(1.0, tip.area_cm2 if tip else 1.0))
    return replace(plan, stated=replace(plan.stated, cutoff_kpa=min(limits)))


def blocks(screen: ContraindicationScreen | None, site: str) -> bool:
    """Return whether a screen lets nobody press a site, by whichever of its names."""
    return screen is not None and _one_name(site) in map(_one_name, screen.blocked_sites)


def _refuse_blocked(plan: MeasurePlan, screen: ContraindicationScreen) -> None:
    if blocks(screen, plan.site.name):
        raise RecordError(
            "This site is not to be pressed: the client's screen blocks it.",
            hint="Write down that it was left out: 'tissuesense visit skip --reason screened'.",
        )


def _one_name(site: str) -> str:
    """Return the catalogue's own name of a site, so that an alias does not get round a screen."""
    found = known_site(site)
    return found.id if isinstance(found, Muscle) else site.strip().lower()


def _latest_screen(store: Store, client: ClientId) -> ContraindicationScreen | None:
    entries = current(store.ledger.of_client(client, "screen"), "screen")
    return entries[-1].statement if entries else None


def _refuse_without_consent(store: Store, client: ClientId) -> None:
    entries = current(store.ledger.of_client(client, "consent"), "consent")
    about: list[Consent] = [
        entry.statement
        for entry in entries
        if entry.statement.purpose is ConsentPurpose.MEASUREMENT
    ]
    if about and not about[-1].given:
        raise RecordError(
            "The client withdrew consent to being measured.",
            hint="If it is given again, write that down: 'tissuesense clients enter ID consent'.",
        )


def _cautions(
    screen: ContraindicationScreen | None, muscle: Muscle | None, kind: RecordingKind
) -> Iterator[str]:
    if screen is None:
        yield "What to be careful with was not asked yet: 'tissuesense clients enter ID screen'."
    elif screen.cautions:
        yield f"Careful: {'; '.join(screen.cautions)}."
    if muscle is not None and kind in _TOUCHED:
        yield from (f"At this site: {caution}." for caution in muscle.cautions)


def _limit_words(asked: MeasurePlan, allowed: MeasurePlan) -> Iterable[str]:
    if allowed.stated.cutoff_kpa < asked.stated.cutoff_kpa:
        yield f"Pressing ends at {allowed.stated.cutoff_kpa:g} kPa here."


def _visit_words(store: Store, visit: Visit) -> Iterator[str]:
    if visit.intent is Intent.RELAXATION:
        yield "This is a relaxation visit: what is measured is kept, and nothing clinical claimed."
    if is_closed(store, visit.id):
        yield "The visit of today is closed; this is added to it as a late entry."
