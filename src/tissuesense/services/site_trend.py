"""One site of a client over the visits, and the plan it stands in."""

from dataclasses import dataclass
from datetime import date

from tissuesense.core.site import BodySite
from tissuesense.record.client import ClientId
from tissuesense.record.treatment import TreatmentDose
from tissuesense.record.visit import ManualFinding
from tissuesense.report.course_view import CourseView
from tissuesense.report.series import Point, Series, series_of
from tissuesense.services.records import load_client_record
from tissuesense.services.standing import standing
from tissuesense.store.opened import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendRow:
    """A visit of care, as far as it has to do with the site."""

    point: Point
    hand: ManualFinding | None
    doses: tuple[TreatmentDose, ...]
    phase: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteTrend:
    """All that the page of a trend shows.

    Attributes
    ----------
    chosen
        The series that was asked for, else the first; None where nothing was measured.
    """

    view: CourseView
    chosen: Series | None

    @property
    def rows(self) -> tuple[TrendRow, ...]:
        """The visits that have a point, oldest first."""
        if self.chosen is None:
            return ()
        site = self.chosen.site
        hands = {v.visit.id: m for f in self.view.felt() if f.site == site for v, m in f.found}
        visits = {v.visit.id: v for v in self.view.care}
        return tuple(
            TrendRow(
                point=point,
                hand=hands.get(point.visit.id),
                doses=tuple(d for d in visits[point.visit.id].statements("dose") if d.site == site),
                phase=self._phase(point.when.date()),
            )
            for point in self.chosen.points
        )

    def _phase(self, day: date) -> int | None:
        held = self.view.standing
        counts = () if held is None else held.phases
        inside = [
            one.number
            for one in counts
            if one.starts_on <= day and (one.ends_on is None or day <= one.ends_on)
        ]
        return inside[-1] if inside else None


def load_site_trend(
    store: Store, client: ClientId, site: BodySite | None, quantity: str, *, today: date
) -> SiteTrend:
    """Return the series of a client, and the one that was asked for.

    Raises
    ------
    RecordNotFound
        When there is no such client.
    """
    with store.reading():
        record = load_client_record(store, client)
    view = CourseView(record=record, on=today, standing=standing(record, today=today))
    view = view.with_series(series_of(view.care))
    asked = [s for s in view.series if s.site == site]
    exact = [s for s in asked if s.measure.session == quantity]
    found = [*exact, *asked, *view.series] if site is None else [*exact, *asked]
    with_values = [s for s in found if s.valued]
    return SiteTrend(view=view, chosen=with_values[0] if with_values else None)
