"""The trend of one site: measured and by hand, and what error alone would give."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tissuesense.core.errors import RecordNotFound
from tissuesense.core.site import BodySite
from tissuesense.record.client import ClientId, parse_client_id
from tissuesense.report.change_words import judge
from tissuesense.report.figures.trend import trend_figure
from tissuesense.report.sections.trends import trend_of
from tissuesense.report.series import Series
from tissuesense.services.site_trend import SiteTrend, TrendRow, load_site_trend
from tissuesense.web.door.admission import AtScreen, Duty, for_duty
from tissuesense.web.house import House, InHouse
from tissuesense.web.language import Language
from tissuesense.web.naming import site_name
from tissuesense.web.pages import language_of, page
from tissuesense.web.plots import Plot, PlotForm, Value, handed_out
from tissuesense.web.seen_values import note_shown
from tissuesense.web.summary_plots import places_of
from tissuesense.web.visit_frame import AskedSite

router = APIRouter(tags=["trend"], dependencies=for_duty(Duty.CARE))
_WIDTH_PT, _PLOT_PT = 560.0, 190.0

Quantity = Annotated[str, Query(max_length=80)]


@router.get("/clients/{client}/trend", response_model=None)
async def trend_page(
    request: Request,
    client: str,
    house: InHouse,
    session: AtScreen,
    site: AskedSite,
    quantity: Quantity = "",
) -> Response:
    """Show one quantity of one site; without a site, the first that was measured."""
    client_id, tongue = parse_client_id(client), language_of(request, session)
    found = await _found(house, client_id, site, quantity)
    if found.chosen is not None:
        note_shown(request, [point.reading.record for point in found.chosen.points])
    return page(
        request,
        "trend.html",
        client=client_id,
        found=found,
        plot=trend_plot(found, client_id, tongue),
        series=[(_key(one), _label(one, tongue)) for one in found.view.series if one.valued],
        here=None if found.chosen is None else _key(found.chosen),
        judged=None if found.chosen is None else judge(found.chosen),
        asked=site is not None,
    )


@router.get("/clients/{client}/trend.{form}", response_model=None)
async def trend_file(
    request: Request,
    client: str,
    form: PlotForm,
    house: InHouse,
    session: AtScreen,
    site: AskedSite,
    quantity: Quantity = "",
) -> Response:
    """Hand out the plot or its numbers."""
    client_id, tongue = parse_client_id(client), language_of(request, session)
    found = await _found(house, client_id, site, quantity)
    plot = trend_plot(found, client_id, tongue)
    if plot is None or found.chosen is None:
        raise RecordNotFound("Nothing was measured at this site.")
    file = f"{client_id}-{found.chosen.site.name}-{found.chosen.site.side}-trend"
    return await handed_out(plot, form, file=file)


def trend_plot(found: SiteTrend, client: ClientId, tongue: Language) -> Plot | None:
    """Return the plot of a trend; None where nothing was measured."""
    series = found.chosen
    if series is None:
        return None
    gettext = tongue.gettext
    title = f"{_label(series, tongue)}: {gettext(judge(series).words)}"
    unit, places = series.measure.unit, places_of(series.measure.unit)
    site = series.site
    told = "; ".join(
        f"{tongue.day(p.when)} {tongue.number(p.value_or_0, places)} {unit}" for p in series.valued
    )
    return Plot(
        name="trend",
        title=title,
        svg=trend_figure(trend_of(series, found.view), alt=title, width=_WIDTH_PT, plot=_PLOT_PT),
        alt=f"{title}. {told}",
        caption=gettext(
            "Filled circle: measured, with a bar of 1.96 standard uncertainties; hollow: within "
            "the band, which is what measuring alone would give about the first value. Open "
            "diamond: grade by hand. Open triangle: treated. Strokes: visits. Shaded in turns: "
            "phases of the plan."
        ),
        columns=(
            gettext("Visit"),
            f"{gettext('Measured')}, {unit}",
            "±",
            f"{gettext('95 % interval, from')}, {unit}",
            f"{gettext('95 % interval, to')}, {unit}",
            gettext("Within error"),
            gettext("Tenderness"),
            gettext("Tone"),
            gettext("Treated"),
            gettext("Phase"),
        ),
        rows=tuple(_row(series, row, tongue) for row in found.rows),
        decimals=(0, places, places, places, places, 0, 0, 0, 0, 0),
        address=f"/clients/{client}/trend?site={site.name}&side={site.side}"
        f"&quantity={series.measure.session}",
    )


def _row(series: Series, row: TrendRow, tongue: Language) -> tuple[Value, ...]:
    point, hand = row.point, row.hand
    low, high = point.ci95 or (None, None)
    within = tongue.gettext("yes") if series.within_error(point) else tongue.gettext("no")
    if series.valued and point is series.valued[0]:
        within = tongue.gettext("first value")
    return (
        tongue.day(point.when),
        point.value,
        point.u,
        low,
        high,
        "" if point.value is None else within,
        None if hand is None else hand.tenderness,
        None if hand is None else hand.tone,
        tongue.gettext("yes") if row.doses else "",
        row.phase,
    )


async def _found(house: House, client: ClientId, site: BodySite | None, quantity: str) -> SiteTrend:
    today = house.desk.clock.local_now().date()
    return await house.desk.at(
        partial(load_site_trend, client=client, site=site, quantity=quantity, today=today)
    )


def _key(series: Series) -> str:
    site = series.site
    return f"site={site.name}&side={site.side}&quantity={series.measure.session}"


def _label(series: Series, tongue: Language) -> str:
    return f"{site_name(series.site, tongue)}, {tongue.gettext(series.measure.title).lower()}"
