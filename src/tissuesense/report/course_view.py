"""A whole course of care as the sections look at it: the record, and what was worked out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from tissuesense.core.site import BodySite
from tissuesense.record.document import canonical_json, sha256
from tissuesense.record.entry import Entry
from tissuesense.record.history import ClientRecord, HistoricRecord, VisitRecord
from tissuesense.record.intake import Complaint
from tissuesense.record.people import Identity, Practice
from tissuesense.record.schedule import Schedule
from tissuesense.record.statements import body_of
from tissuesense.record.visit import Intent, ManualFinding, VisitId
from tissuesense.report.readings import Signed, amended
from tissuesense.report.series import Series


@dataclass(frozen=True, slots=True, kw_only=True)
class Felt:
    """What the hands found at one site, visit by visit, oldest first; before treatment."""

    site: BodySite
    found: tuple[tuple[VisitRecord, ManualFinding], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One complaint as it was told, each time with its day."""

    said: tuple[tuple[datetime, Complaint], ...]

    @property
    def first(self) -> Complaint:
        """As it was told first."""
        return self.said[0][1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseView:
    """What a section of the course report, and of the client's page, is given.

    Attributes
    ----------
    on
        The day that due words and counts speak of.
    standing
        How the plan stands on that day; None where there is no plan.
    identity
        Who it is; None unless it was asked for.
    series
        What was measured over the visits of care.
    controls
        Names of sites far from every complaint, which tell local from widespread sensitivity.
    signed
        By visit, in the order of signing.
    agreement
        What hand and sensor have in common over the visits, a sentence each; None where nobody
        looked.
    head
        Hash of the record's last entry.
    """

    record: ClientRecord
    on: date
    standing: Schedule | None = None
    practice: Practice | None = None
    identity: Identity | None = None
    series: tuple[Series, ...] = ()
    controls: frozenset[str] = frozenset()
    signed: Mapping[VisitId, tuple[Signed, ...]] = field(default_factory=dict)
    agreement: tuple[str, ...] | None = None
    head: str = ""

    def with_series(self, series: tuple[Series, ...]) -> "CourseView":
        """Return the view with what was measured over its visits of care."""
        return replace(self, series=series)

    @property
    def care(self) -> tuple[VisitRecord, ...]:
        """The visits of care; of a relaxation visit nothing clinical is told."""
        return tuple(v for v in self.record.visits if v.visit.intent is Intent.MEDICAL)

    @property
    def of_interest(self) -> tuple[Series, ...]:
        """The series of sites that are no control sites."""
        return tuple(s for s in self.series if s.site.name not in self.controls)

    @property
    def of_control(self) -> tuple[Series, ...]:
        """The series of control sites."""
        return tuple(s for s in self.series if s.site.name in self.controls)

    @property
    def imported(self) -> tuple[HistoricRecord, ...]:
        """What came without samples; none of it is in a series, whose points can be checked."""
        return tuple(found for visit in self.care for found in visit.historic)

    @property
    def ends(self) -> tuple[VisitRecord, VisitRecord]:
        """The first and the latest visit of care, where there is any."""
        return self.care[0], self.care[-1]

    def felt(self) -> tuple[Felt, ...]:
        """Return what the hands found, sites in the order in which they were first felt."""
        found: dict[BodySite, dict[str, tuple[VisitRecord, ManualFinding]]] = {}
        for visit in self.care:
            for manual in visit.manual_findings:
                if manual.block == "pre":
                    found.setdefault(manual.site, {})[visit.visit.id] = (visit, manual)
        return tuple(Felt(site=site, found=tuple(by.values())) for site, by in found.items())

    def complaints(self) -> tuple[Told, ...]:
        """Return each complaint with every time that it was told."""
        told: dict[tuple[str, str, str], list[tuple[datetime, Complaint]]] = {}
        for entry in self.record.current("complaint"):
            complaint: Complaint = entry.statement
            key = (complaint.kind, complaint.region.casefold(), complaint.side or "")
            told.setdefault(key, []).append((self.local(entry.recorded_at), complaint))
        return tuple(Told(said=tuple(said)) for said in told.values())

    def local(self, moment: datetime) -> datetime:
        """Return a moment by the practice's clock, as the visit before it showed it."""
        before = [v.visit.opened_at for v in self.record.visits if v.visit.opened_at <= moment]
        visits = [v.visit.opened_at for v in self.record.visits]
        known = before[-1:] or visits[:1]
        return moment.astimezone(known[0].tzinfo) if known else moment

    def amended(self) -> tuple[tuple[Entry[Any], Entry[Any]], ...]:
        """Return every pair of what was written and what took its place for a stated reason."""
        return amended(self._entries())

    def _entries(self) -> list[Entry[Any]]:
        return [*self.record.entries, *(e for v in self.record.visits for e in v.entries)]

    @property
    def fingerprint(self) -> str:
        """Hash over all that stands behind the report: every statement, trace and number."""
        stated = [
            [e.id, e.kind, body_of(e.kind, e.statement)]
            for e in self._entries()
            if e.kind not in _NOT_REPORTED
        ]
        measured = [
            [m.measurement.trace_sha256, [f.numbers() for f in m.findings]]
            for m in self.record.measurements()
        ]
        return sha256(canonical_json({"stated": stated, "measured": measured}).encode())


# What was done with the record is no part of what it says.
_NOT_REPORTED = frozenset({"identity_read", "exported", "imported"})
