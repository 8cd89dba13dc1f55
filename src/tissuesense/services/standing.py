"""How a client's care stands: the plan against the visits kept, and where to begin looking."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from tissuesense.anatomy.begin import where_to_begin
from tissuesense.anatomy.checklist import Checklist
from tissuesense.anatomy.heard import HeardComplaint, Noted
from tissuesense.anatomy.measured import SiteReading, rank_after_measuring
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite
from tissuesense.record.care import CarePlan
from tissuesense.record.entry import Entry
from tissuesense.record.history import ClientRecord, VisitRecord
from tissuesense.record.intake import Complaint, DailyLife, PostureObservation
from tissuesense.record.schedule import Schedule, plan_in_force, schedule
from tissuesense.record.visit import Intent


def standing(record: ClientRecord, *, today: date) -> Schedule | None:
    """Return how the client's plan stands today; None where there is none."""
    held = plan_in_force(plans(record.entries), today)
    if held is None:
        return None
    plan, until = held
    return schedule(plan, kept_days(record), today=today, until=until)


def plans(entries: Iterable[Entry[Any]]) -> tuple[CarePlan, ...]:
    """Return every plan that ever held, oldest first; one that was amended never did."""
    written = [entry for entry in entries if entry.kind == "care_plan"]
    amended = {entry.supersedes for entry in written if entry.reason}
    return tuple(entry.statement for entry in written if entry.id not in amended)


def kept_days(record: ClientRecord) -> list[date]:
    """Return the days of the visits that belong to care; a relaxation visit does not."""
    return [
        visit.visit.opened_at.date()
        for visit in record.visits
        if visit.visit.intent is Intent.MEDICAL
    ]


def checklist(record: ClientRecord) -> Checklist:
    """Return what is commonly checked for the client's complaints, posture and habits.

    Where a visit has found something already, the list is in the order of what it found.
    """
    complaints: tuple[Complaint, ...] = record.statements("complaint")
    postures: tuple[PostureObservation, ...] = record.statements("posture")
    habits: tuple[DailyLife, ...] = record.statements("daily_life")
    told = where_to_begin(
        [HeardComplaint(kind=c.kind, region=c.region, side=c.side) for c in complaints],
        postures=[Noted(id=p.finding, side=p.side) for p in postures if p.degree],
        habits=[Noted(id=h.habit) for h in habits if h.habit],
    )
    latest = next((v for v in reversed(record.visits) if v.sites), None)
    return told if latest is None else rank_after_measuring(told, site_readings(latest))


def site_readings(visit: VisitRecord) -> tuple[SiteReading, ...]:
    """Return what hand and sensor found at each site of a visit, the latest of each."""
    found: dict[BodySite, dict[str, Any]] = {site: {} for site in visit.sites}
    for manual in visit.manual_findings:
        grades = {"tenderness": manual.tenderness, "tone": manual.tone}
        found[manual.site] |= {name: grade for name, grade in grades.items() if grade is not None}
    for measured in visit.counting:
        ppt = measured.finding("ppt_kpa", "session")
        if measured.measurement.kind is RecordingKind.PPT and ppt and ppt.value is not None:
            found[measured.measurement.site]["threshold_kpa"] = ppt.value
    return tuple(SiteReading(site=site, **numbers) for site, numbers in found.items())
