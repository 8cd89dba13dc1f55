"""The trend of one site: measured and by hand, over the visits, with what error alone would give."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from tissuesense.core.errors import RecordNotFound
from tissuesense.core.site import BodySite, parse_side
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
from tissuesense.web.summary_plots import places_of

router = APIRouter(tags=["trend"], dependencies=for_duty(Duty.CARE))
_WIDTH_PT, _PLOT_PT = 560.0, 190.0

SiteAsked = Annotated[str, Query(max_length=80)]
SideAsked = Annotated[str, Query(max_length=10)]


@router.get("/clients/{client}/trend", response_model=None)
async def trend_page(
    request: Request,
    client: str,
    house: InHouse,
    session: AtScreen,
    site: SiteAsked = "",
    side: SideAsked = "",
    quantity: SiteAsked = "",
) -> Response:
    """Show one quantity of one site; without a site, the first that was measured."""
    client_id, tongue = parse_client_id(client), language_of(request, session)
    found = await _found(house, client_id, site, side, quantity)
    return page(
        request,
        "trend.html",
        client=client_id,
        found=found,
        plot=trend_plot(found, client_id, tongue),
        series=[(_key(one), _label(one, tongue)) for one in found.view.series if one.valued],
        here=None if found.chosen is None else _key(found.chosen),
        judged=None if found.chosen is None else judge(found.chosen),
        asked=site,
    )


@router.get("/clients/{client}/trend.{form}", response_model=None)
async def trend_file(
    request: Request,
    client: str,
    form: PlotForm,
    house: InHouse,
    session: AtScreen,
    site: SiteAsked = "",
    side: SideAsked = "",
    quantity: SiteAsked = "",
) -> Response:
    """Hand out the plot or its numbers."""
    client_id, tongue = parse_client_id(client), language_of(request, session)
    found = await _found(house, client_id, site, side, quantity)
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
    judged = judge(series)
    title = f"{_label(series, tongue)}: {tongue.gettext(judged.words)}"
    unit, places = series.measure.unit, places_of(series.measure.unit)
    site = series.site
    told = "; ".join(
        f"{tongue.day(p.when)} {tongue.number(p.value_or_0, places)} {unit}" for p in series.valued
    )
    return Plot(
        name="trend",
        title=title,
        svg=trend_figure(
            trend_of(series, found.view), alt=title, width=_WIDTH_PT, plot=_PLOT_PT
        ),
        alt=f"{title}. {told}",
        caption=tongue.gettext(
            "Filled circle: measured, with a bar of 1.96 standard uncertainties; hollow: within "
            "the band, which is what measuring alone would give about the first value. Open "
            "diamond: grade by hand. Open triangle: treated. Strokes: visits. Shaded in turns: "
            "phases of the plan."
        ),
        columns=(
            "Visit",
            f"Measured, {unit}",
            "±",
            f"95 % from, {unit}",
            f"95 % to, {unit}",
            "Within error",
            "Tenderness",
            "Tone",
            "Treated",
            "Phase",
        ),
        rows=tuple(_row(series, row, tongue) for row in found.rows),
        decimals=(0, places, places, places, places, 0, 0, 0, 0, 0),
        address=f"/clients/{client}/trend?site={site.name}&side={site.side}"
        f"&quantity={series.measure.session}",
    )


def _row(series: Series, row: TrendRow, tongue: Language) -> tuple[Value, ...]:
    point, hand = row.point, row.hand
    low, high = point.ci95 or (None, None)
    within = "yes" if series.within_error(point) else "no"
    first = bool(series.valued) and point is series.valued[0]
    return (
        tongue.day(point.when),
        point.value,
        point.u,
        low,
        high,
        "" if point.value is None else tongue.gettext("first value" if first else within),
        None if hand is None else hand.tenderness,
        None if hand is None else hand.tone,
        tongue.gettext("yes") if row.doses else "",
        row.phase,
    )


async def _found(
    house: House, client: ClientId, site: str, side: str, quantity: str
) -> SiteTrend:
    wanted = BodySite(site, parse_side(side)) if site else None
    today = house.desk.clock.local_now().date()
    return await house.desk.at(
        partial(load_site_trend, client=client, site=wanted, quantity=quantity, today=today)
    )


def _key(series: Series) -> str:
    site = series.site
    return f"site={site.name}&side={site.side}&quantity={series.measure.session}"


def _label(series: Series, tongue: Language) -> str:
    return f"{site_name(series.site, tongue)}, {tongue.gettext(series.measure.title).lower()}"
