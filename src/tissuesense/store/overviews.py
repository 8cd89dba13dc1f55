"""The queries behind the lists of clients: who is in care and who is due, from the index alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, func, select, union
from sqlalchemy.orm import Session

from tissuesense.record.client import Client, ClientId
from tissuesense.record.overview import ClientLine, DueLine
from tissuesense.record.schedule import Due, DueStep
from tissuesense.record.visit import Intent
from tissuesense.store.schema import (
    ClientRow,
    MeasurementRow,
    PalpationRow,
    PlanRow,
    VisitRow,
    VoidRow,
)

_CARE_DAY = case((VisitRow.intent == str(Intent.MEDICAL), VisitRow.day))


def client_lines(
    session: Session, *, limit: int, after: str, prefix: str
) -> tuple[ClientLine, ...]:
    """Return a page of the list of clients, in the order of their pseudonyms."""
    query = select(ClientRow).where(ClientRow.id > after).order_by(ClientRow.id).limit(limit)
    rows = session.scalars(query.where(*_begins(prefix))).all()
    ids = [row.id for row in rows]
    visits, sites, steps = _visits(session, ids), _sites(session, ids), _steps(session, ids)
    return tuple(_line(row, visits.get(row.id, _NONE), sites, steps) for row in rows)


def due_lines(session: Session, *, by: date, limit: int) -> tuple[DueLine, ...]:
    """Return who is due by a day, those first whose time passed last."""
    query = _due_by(by.toordinal()).limit(limit)
    return tuple(
        DueLine(
            client=ClientId(step.client_id),
            last_visit=date.fromordinal(last) if last else None,
            due=_step(step).due(last),
        )
        for step, last in session.execute(query)
    )


# Quoted: SQLAlchemy 2.0 knows of one parameter only.
def _due_by(day: int) -> "Select[PlanRow, Any]":
    seen = (
        select(VisitRow.client_id, func.max(VisitRow.day).label("last"))
        .where(VisitRow.intent == str(Intent.MEDICAL))
        .group_by(VisitRow.client_id)
        .subquery()
    )
    last = func.coalesce(seen.c.last, 0)
    first = _later(PlanRow.earliest, last + PlanRow.shortest_days)
    latest = _later(PlanRow.earliest, last + PlanRow.longest_days)
    return (
        select(PlanRow, last.label("last"))
        .outerjoin(seen, seen.c.client_id == PlanRow.client_id)
        .where(PlanRow.from_day <= last, PlanRow.until_day > last, first <= day)
        .order_by(latest.desc(), PlanRow.client_id)
    )


def _later(one: SQLColumnExpression[int], other: SQLColumnExpression[int]) -> ColumnElement[int]:
    return case((one > other, one), else_=other)  # the greatest of two has two names


@dataclass(frozen=True, slots=True)
class _Visits:
    count: int
    last: int | None
    last_care: int | None


_NONE = _Visits(0, None, None)


def _visits(session: Session, clients: Iterable[str]) -> dict[str, _Visits]:
    query = (
        select(VisitRow.client_id, func.count(), func.max(VisitRow.day), func.max(_CARE_DAY))
        .where(VisitRow.client_id.in_(clients))
        .group_by(VisitRow.client_id)
    )
    return {client: _Visits(*found) for client, *found in session.execute(query)}


def _sites(session: Session, clients: Iterable[str]) -> dict[str, int]:
    wanted = list(clients)
    felt, measured = (
        select(table.client_id, table.site).where(table.client_id.in_(wanted))
        for table in (PalpationRow, MeasurementRow)
    )
    sites = union(felt, measured.where(~struck_out())).subquery()
    query = select(sites.c.client_id, func.count()).group_by(sites.c.client_id)
    return dict(session.execute(query).all())


def struck_out() -> ColumnElement[bool]:
    """Return whether a measurement was struck out."""
    return select(VoidRow.id).where(VoidRow.measurement_id == MeasurementRow.id).exists()


def _steps(session: Session, clients: Iterable[str]) -> dict[str, list[DueStep]]:
    found: dict[str, list[DueStep]] = {}
    for row in session.scalars(select(PlanRow).where(PlanRow.client_id.in_(clients))):
        found.setdefault(row.client_id, []).append(_step(row))
    return found


def _line(
    row: ClientRow,
    visits: _Visits,
    sites: Mapping[str, int],
    steps: Mapping[str, list[DueStep]],
) -> ClientLine:
    return ClientLine(
        client=Client(id=ClientId(row.id), created_at=row.created_at),
        visits=visits.count,
        sites=sites.get(row.id, 0),
        last_visit=None if visits.last is None else date.fromordinal(visits.last),
        due=_due(steps.get(row.id, []), visits.last_care or 0),
    )


def _due(steps: Iterable[DueStep], last: int) -> Due | None:
    return next((s.due(last) for s in steps if s.from_day <= last < s.until_day), None)


def _step(row: PlanRow) -> DueStep:
    return DueStep(
        from_day=row.from_day,
        until_day=row.until_day,
        earliest=row.earliest,
        shortest_days=row.shortest_days,
        longest_days=row.longest_days,
    )


def _begins(prefix: str) -> tuple[ColumnElement[bool], ...]:
    """Return what is true of ids that begin so: a range, which the primary key can be asked for."""
    if not prefix:
        return ()
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return ClientRow.id >= prefix, ClientRow.id < end
