"""Sites over all visits, by hand and by sensor, from the index alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select

from tissuesense.core.site import BodySite, Side
from tissuesense.record.client import ClientId
from tissuesense.record.entry import EntryId
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.overview import GradePoint, TrendPoint
from tissuesense.record.visit import Block, VisitId
from tissuesense.store.overviews import struck_out
from tissuesense.store.schema import MeasurementRow, PalpationRow, ValueRow, VisitRow
from tissuesense.store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Trends:
    """Curves of one client."""

    reading: Transaction

    def site(self, client: ClientId, site: BodySite, quantity: str) -> tuple[TrendPoint, ...]:
        """Return what was measured at a site, oldest first, without what was struck out.

        Parameters
        ----------
        quantity
            Of a whole recording, such as "ppt_kpa".
        """
        query = _measured(client, [quantity]).where(
            MeasurementRow.site == site.name, MeasurementRow.side == str(site.side)
        )
        with self.reading() as session:
            found = session.execute(query).all()
        # Of several analyses of one recording, the last one has the word.
        latest = {measured.id: _point(measured, value) for measured, value in found}
        return tuple(latest.values())

    def latest(self, client: ClientId, *quantities: str) -> dict[tuple[BodySite, str], TrendPoint]:
        """Return what was measured last at each site, of each of these quantities."""
        with self.reading() as session:
            found = session.execute(_measured(client, quantities)).all()
        return {
            (_site(measured), value.quantity): _point(measured, value) for measured, value in found
        }

    def grades(self, client: ClientId, site: BodySite) -> tuple[GradePoint, ...]:
        """Return what the hands found at a site, oldest visit first."""
        query = _felt(client).where(
            PalpationRow.site == site.name, PalpationRow.side == str(site.side)
        )
        with self.reading() as session:
            return tuple(_grade(felt, day) for felt, day in session.execute(query))

    def latest_grades(self, client: ClientId) -> dict[BodySite, GradePoint]:
        """Return what the hands found last at each site."""
        with self.reading() as session:
            return {_site(felt): _grade(felt, day) for felt, day in session.execute(_felt(client))}


# Quoted: SQLAlchemy 2.0 knows of one parameter only.
def _measured(client: ClientId, quantities: Sequence[str]) -> "Select[MeasurementRow, ValueRow]":
    """Ask for what counts of a client's measurements, oldest first, the latest analysis last."""
    return (
        select(MeasurementRow, ValueRow)
        .join(ValueRow, ValueRow.measurement_id == MeasurementRow.id)
        .where(
            MeasurementRow.client_id == client,
            ValueRow.quantity.in_(quantities),
            ~struck_out(),
        )
        .order_by(MeasurementRow.measured_at, MeasurementRow.id, ValueRow.computed_at)
    )


def _felt(client: ClientId) -> "Select[PalpationRow, int]":
    return (
        select(PalpationRow, VisitRow.day)
        .join(VisitRow, VisitRow.id == PalpationRow.visit_id)
        .where(PalpationRow.client_id == client)
        .order_by(VisitRow.opened_at, PalpationRow.id)
    )


def _site(row: MeasurementRow | PalpationRow) -> BodySite:
    return BodySite(row.site, Side(row.side))


def _grade(felt: PalpationRow, day: int) -> GradePoint:
    return GradePoint(
        entry=EntryId(felt.entry_id),
        visit=VisitId(felt.visit_id),
        block=Block(felt.block),
        day=date.fromordinal(day),
        tenderness=felt.tenderness,
        tone=felt.tone,
    )


def _point(measured: MeasurementRow, value: ValueRow) -> TrendPoint:
    low, high = value.ci95_low, value.ci95_high
    return TrendPoint(
        measurement=MeasurementId(measured.id),
        visit=VisitId(measured.visit_id),
        block=Block(measured.block),
        measured_at=measured.measured_at,
        value=value.value,
        standard_uncertainty=value.standard_uncertainty,
        ci95=None if low is None or high is None else (low, high),
        accepted=value.accepted,
    )
