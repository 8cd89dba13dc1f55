"""Change a plan: what is new is kept, what stayed is not written twice, what was wrong amended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.record.care import CarePlan, Goal, Referral
from tissuesense.record.client import ClientId
from tissuesense.record.entry import Entry
from tissuesense.record.history import current
from tissuesense.record.schedule import Due, PhaseCount, schedule
from tissuesense.record.schedule_ahead import visits_ahead
from tissuesense.record.statements import read_statement
from tissuesense.record.visit import Intent
from tissuesense.services.care import amend
from tissuesense.services.planning import keep_plan
from tissuesense.store.opened import Store

_SHOWN_AHEAD = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAhead:
    """What a plan would mean from today on.

    Attributes
    ----------
    due
        The next visit; None where the plan asks for none.
    days
        On which the next visits would fall if it were kept.
    """

    phases: tuple[PhaseCount, ...]
    due: Due | None
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What stands of a client's plan."""

    referral: Referral | None
    plan: CarePlan | None
    goals: tuple[Goal, ...]


def planned(store: Store, client: ClientId) -> Planned:
    """Return referral, plan and goals as they stand.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.reading():
        store.clients.get(client)
        entries = store.ledger.of_client(client, "referral", "care_plan", "goal")
    return Planned(
        referral=_latest(entries, "referral"),
        plan=_latest(entries, "care_plan"),
        goals=tuple(entry.statement for entry in current(entries, "goal")),
    )


def state_plan(
    store: Store,
    client: ClientId,
    stated: Mapping[str, Any],
    *,
    reason: str,
    clock: Clock,
    rng: np.random.Generator,
) -> bool:
    """Keep what a plan's form states; return whether anything was written.

    Parameters
    ----------
    stated
        As `keep_plan` takes it; a part that stands there already is not written again.
    reason
        Why what stood there was wrong: then it is amended, and never held. Empty: the new plan
        holds from its first day on, and the old one until then.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    UsageError
        When a part is not what it should be.
    """
    rest = dict(stated)
    referral, goals = rest.pop("referral", None), rest.pop("goals", [])
    with store.transaction():
        store.clients.get(client)
        entries = store.ledger.of_client(client, "referral", "care_plan")
        new: dict[str, Any] = {"goals": goals} if goals else {}
        wrote = bool(goals)
        for kind, part in (("referral", referral), ("care_plan", rest)):
            if not part or _stands(entries, kind, part):
                continue
            wrote = True
            known = current(entries, kind)
            if reason and known:
                amend(store, known[-1].id, part, reason=reason, clock=clock, rng=rng)
            else:
                new |= {"referral": part} if kind == "referral" else part
        if new:
            keep_plan(store, client, new, clock=clock, rng=rng)
    return wrote


def plan_ahead(
    store: Store, client: ClientId, stated: Mapping[str, Any], *, today: date
) -> PlanAhead:
    """Return what a plan would mean; nothing is kept.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    UsageError
        When it is no plan.
    """
    store.clients.get(client)
    plan: CarePlan = read_statement("care_plan", {"starts_on": today.isoformat()} | dict(stated))
    kept = [
        visit.opened_at.date()
        for visit in store.visits.of_client(client)
        if visit.intent is Intent.MEDICAL
    ]
    standing = schedule(plan, kept, today=today)
    return PlanAhead(
        phases=standing.phases,
        due=standing.due,
        days=tuple(visits_ahead(plan, kept, today=today, most=_SHOWN_AHEAD)),
    )


def _stands(entries: tuple[Entry[Any], ...], kind: str, part: Mapping[str, Any]) -> bool:
    known = current(entries, kind)
    return bool(known) and known[-1].statement == read_statement(kind, part)


def _latest(entries: tuple[Entry[Any], ...], kind: str) -> Any:  # noqa: ANN401 - one type a kind
    found = current(entries, kind)
    return found[-1].statement if found else None
