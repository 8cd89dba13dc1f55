"""The plots of a visit's last page: before and after, the body, the ramps over earlier ones."""

from collections.abc import Mapping, Sequence

from tissuesense.core.site import BodySite
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.visit import Block, VisitId
from tissuesense.report.curves import ramps
from tissuesense.report.figures.before_after import PairedDots, before_after_figure
from tissuesense.report.figures.body_map import body_map
from tissuesense.report.figures.body_marks import Mark, Scale
from tissuesense.report.figures.ramp_overlay import Layer, ramp_overlay
from tissuesense.report.measures import Measure
from tissuesense.report.quantities import number
from tissuesense.report.readings import Reading, VisitView
from tissuesense.report.site_marks import (
    AFTER_AGAINST_BEFORE,
    AGAINST_OTHER_SIDE,
    changes_of,
    marks_of,
)
from tissuesense.services.visit_summary import Line, Shown, SiteLines, VisitSummary
from tissuesense.web.language import Language
from tissuesense.web.naming import site_name
from tissuesense.web.plots import Plot, Value

_Z95 = 1.96


def places_of(unit: str) -> int:
    """Return how many decimals a unit is shown with."""
    return len(number(0.0, unit).partition(".")[2])


def summary_plots(
    view: VisitView, summary: VisitSummary, tongue: Language
) -> tuple[tuple[Plot, ...], tuple[Plot, ...]]:
    """Return the paired dots, one plot for each quantity, and the maps of the body."""
    if not summary.clinical:
        return (), ()
    base = f"/visits/{view.record.visit.id}/summary/plots"
    measures = dict.fromkeys(line.measure for _, line in summary.changes)
    dots = [_before_after(summary, measure, tongue, base) for measure in measures]
    return tuple(plot for plot in dots if plot is not None), _maps(view, tongue, base)


def _before_after(
    summary: VisitSummary, measure: Measure, tongue: Language, base: str
) -> Plot | None:
    found = [
        (one, line, line.before, line.after)
        for one, line in summary.changes
        if line.measure is measure and line.before and line.after
    ]
    rows = [
        _dots(one, line, before, after, tongue)
        for one, line, before, after in found
        if before.value is not None and after.value is not None
    ]
    if not rows:
        return None
    gettext, unit = tongue.gettext, measure.unit
    title = _title(rows, gettext(measure.title), tongue)
    told = "; ".join(
        f"{row.site}: {number(row.before, unit)}, {number(row.after, unit)}, {row.words[0]}"
        for row in rows
    )
    name = f"before-after-{measure.session.replace('_', '-')}"
    return Plot(
        name=name,
        title=title,
        svg=before_after_figure(
            rows,
            unit=unit,
            quantity=gettext(measure.title),
            labels=(gettext("before treatment"), gettext("after")),
            alt=f"{title}. {told}",
        ),
        alt=f"{title}. {told}",
        caption=gettext(
            "Stroke: before. Circle: after, filled where the change is larger than measurement "
            "error. Band: what measuring twice gives anyway. Thin lines: 95 % intervals. What "
            "brought a change about cannot be told from this."
        ),
        columns=_columns(unit, tongue),
        rows=tuple(_numbers(one, line, tongue) for one, line, _, _ in found),
        decimals=(0, *(places_of(unit),) * 5, 0, 0, 0),
        address=f"{base}/{name}",
    )


def _title(rows: Sequence[PairedDots], quantity: str, tongue: Language) -> str:
    return tongue.ngettext(
        "%(quantity)s: %(beyond)s of %(all)s place changed by more than measurement error",
        "%(quantity)s: %(beyond)s of %(all)s places changed by more than measurement error",
        len(rows),
    ) % {"quantity": quantity, "beyond": sum(row.beyond for row in rows), "all": len(rows)}


def _columns(unit: str, tongue: Language) -> tuple[str, ...]:
    gettext = tongue.gettext
    return (
        gettext("Site"),
        f"{gettext('Before')}, {unit}",
        "±",
        f"{gettext('After')}, {unit}",
        "±",
        f"{gettext('Change')}, {unit}",
        f"{gettext('Change')}, %",
        f"{gettext('Error, from')}, %",
        f"{gettext('Error, to')}, %",
        gettext("In words"),
    )


def _dots(one: SiteLines, line: Line, before: Shown, after: Shown, tongue: Language) -> PairedDots:
    change = line.change
    claimed = change is not None and change.is_claimed
    size = tongue.gettext("" if change is None else change.size.value)
    percent = None if change is None or change.percent is None else f"{change.percent:+.0f} %"
    return PairedDots(
        site=site_name(one.site, tongue),
        before=before.value or 0.0,
        after=after.value or 0.0,
        bars=(_bar(before), _bar(after)),
        band=line.band,
        beyond=claimed,
        words=(size, (percent or "").replace("-", "\N{MINUS SIGN}")),
    )


def _bar(shown: Shown) -> tuple[float, float] | None:
    if shown.value is None or shown.u is None:
        return None
    return shown.value - _Z95 * shown.u, shown.value + _Z95 * shown.u


def _numbers(one: SiteLines, line: Line, tongue: Language) -> tuple[Value, ...]:
    change, nothing = line.change, Shown(value=None, u=None, counted=0, pressed=0)
    if change is None:
        return (site_name(one.site, tongue),)
    before, after = line.before or nothing, line.after or nothing
    return (
        site_name(one.site, tongue),
        *(before.value, before.u, after.value, after.u),
        *(change.difference, change.percent),
        *(change.mdc_percent or (None, None)),
        tongue.gettext(change.size.value),
    )


def _maps(view: VisitView, tongue: Language, base: str) -> tuple[Plot, ...]:
    """Return the body before, after, and their difference, as far as there are any."""
    gettext = tongue.gettext
    asked = (
        ("body-before", gettext("Before treatment"), marks_of(view, Block.PRE), AGAINST_OTHER_SIDE),
        ("body-after", gettext("After treatment"), marks_of(view, Block.POST), AGAINST_OTHER_SIDE),
        ("body-change", gettext("The change"), changes_of(view), AFTER_AGAINST_BEFORE),
    )
    return tuple(
        _map(name, title, marks, scale, tongue, base)
        for name, title, marks, scale in asked
        if any(m.hand is not None or m.level is not None or m.missing for m in marks.values())
    )


def _map(
    name: str,
    title: str,
    marks: Mapping[BodySite, Mark],
    scale: Scale,
    tongue: Language,
    base: str,
) -> Plot:
    gettext = tongue.gettext
    drawn = body_map(marks, scale=scale, title=title, with_legend=False)
    ends = f"{gettext(scale.low)} \N{RIGHTWARDS ARROW} {gettext(scale.high)}"
    return Plot(
        name=name,
        title=title,
        svg=drawn.svg,
        alt=drawn.alt,
        caption=f"{gettext(scale.title)}: {ends}",
        columns=(gettext("Site"), gettext("What was found")),
        rows=tuple((site_name(site, tongue), mark.words) for site, mark in marks.items()),
        address=f"{base}/{name}",
    )


def ramp_plot(
    found: Sequence[MeasurementRecord], visit: VisitId, tongue: Language, address: str
) -> Plot | None:
    """Return this visit's ramps of a site over those of the visits before; None without any."""
    layers, rows = [], []
    rate = None
    for record in found:
        reading, taken = Reading(record), record.measurement
        drawn = ramps(reading)
        today = taken.visit == visit
        if drawn:
            label = tongue.day(taken.measured_at)
            if today and taken.block is Block.POST:
                label = tongue.gettext("after treatment")
            elif today:
                label = tongue.gettext("this visit")
            layers.append(Layer(label=label, ramps=drawn, today=today))
            rate = taken.context.target_rate_kpa_s if today else rate
        rows += [
            (
                f"{tongue.day(taken.measured_at)}, {press.index}",
                press.value("threshold_kpa"),
                press.value("ramp_rate_kpa_s"),
                tongue.gettext("yes") if press.accepted else tongue.gettext("no"),
            )
            for press in reading.presses()
        ]
    if not any(layer.today for layer in layers):
        return None
    place = site_name(found[0].measurement.site, tongue)
    title = tongue.gettext("%(site)s: this visit's ramps over those of earlier visits") % {
        "site": place
    }
    return Plot(
        name="ramps",
        title=title,
        svg=ramp_overlay(layers, target_rate_kpa_s=rate, alt=title),
        alt=title,
        caption=tongue.gettext(
            "Heavy: this visit; light: visits before. Circle: where the client signalled. Thin "
            "and dashed: a press that does not count. Dashed straight line: the intended rate."
        ),
        columns=(
            tongue.gettext("Press"),
            tongue.gettext("Threshold, kPa"),
            tongue.gettext("Rate, kPa/s"),
            tongue.gettext("Counts"),
        ),
        rows=tuple(rows),
        address=address,
    )
