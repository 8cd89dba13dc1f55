"""One site over all visits, by hand and by sensor, from the index alone."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tissuesense.core.site import BodySite
from tissuesense.record.client import ClientId
from tissuesense.record.entry import EntryId
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.overview import GradePoint, TrendPoint
from tissuesense.record.visit import Block, VisitId
from tissuesense.store.schema import MeasurementRow, PalpationRow, ValueRow, VisitRow, VoidRow
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
        struck = select(VoidRow.id).where(VoidRow.measurement_id == MeasurementRow.id).exists()
        query = (
            select(MeasurementRow, ValueRow)
            .join(ValueRow, ValueRow.measurement_id == MeasurementRow.id)
            .where(
                MeasurementRow.client_id == client,
                MeasurementRow.site == site.name,
                MeasurementRow.side == str(site.side),
                ValueRow.quantity == quantity,
                ~struck,
            )
            .order_by(MeasurementRow.measured_at, MeasurementRow.id, ValueRow.computed_at)
        )
        with self.reading() as session:
            found = session.execute(query).all()
        # Of several analyses of one recording, the last one has the word.
        latest = {measured.id: _point(measured, value) for measured, value in found}
        return tuple(latest.values())

    def grades(self, client: ClientId, site: BodySite) -> tuple[GradePoint, ...]:
        """Return what the hands found at a site, oldest visit first."""
        query = (
            select(PalpationRow, VisitRow.day)
            .join(VisitRow, VisitRow.id == PalpationRow.visit_id)
            .where(
                PalpationRow.client_id == client,
                PalpationRow.site == site.name,
                PalpationRow.side == str(site.side),
            )
            .order_by(VisitRow.opened_at, PalpationRow.id)
        )
        with self.reading() as session:
            found = session.execute(query).all()
        return tuple(
            GradePoint(
                entry=EntryId(felt.entry_id),
                visit=VisitId(felt.visit_id),
                block=Block(felt.block),
                day=date.fromordinal(day),
                tenderness=felt.tenderness,
                tone=felt.tone,
            )
            for felt, day in found
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
