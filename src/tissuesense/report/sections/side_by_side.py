"""Left beside right at a glance: thresholds and stiffnesses with what error alone would give."""

from tissuesense.analysis.sides.asymmetry import Asymmetry, Verdict
from tissuesense.report.comparison import (
    PAIN_THRESHOLD,
    STIFFNESS,
    compare_stiffness,
    compare_thresholds,
)
from tissuesense.report.document import Block, Figure, say
from tissuesense.report.figures.sides import Panel, SideValues, Value, sides_figure
from tissuesense.report.quantities import number
from tissuesense.report.readings import Reading, SitePair, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_words, when_words

_CAPTION = (
    "L left, R right, each with a stripe of one standard uncertainty either way. Band: where the "
    "left would lie within usual measurement error of the right. Filled circles: a difference "
    "larger than that; hollow: not."
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one figure for each block of the visit in which two sides can be compared."""
    figures = []
    for block in view.blocks:
        pairs = [pair for pair in view.pairs(block) if pair.both]
        panels = [
            Panel("Pain threshold", "kPa", [_thresholds(pair) for pair in pairs]),
            Panel("Stiffness", "N/mm", [_stiffnesses(pair) for pair in pairs]),
        ]
        shown = [panel for panel in panels if any(v.compared for v in panel.values)]
        if shown:
            sites = [site_words(pair.name) for pair in pairs]
            figures.append(_figure(sites, shown, when_words(view.blocks, block)))
    return tuple(figures)


def _figure(sites: list[str], panels: list[Panel], when: str) -> Figure:
    compared = [values for panel in panels for values in panel.values if values.compared]
    beyond = sum(values.beyond for values in compared)
    return Figure(
        svg=sides_figure(sites, panels),
        alt=f"Left and right{when}. {' '.join(_told(sites, panel) for panel in panels)}",
        title=say(
            f"{beyond} of {len(compared)} differences between left and right are larger than "
            f"usual measurement error{when}"
        ),
        caption=say(_CAPTION),
    )


def _thresholds(pair: SitePair) -> SideValues:
    if pair.both is None:
        return SideValues()
    left, right = (_value(side.ppt, PAIN_THRESHOLD) for side in pair.both)
    return _compared(left, right, compare_thresholds(*pair.both))


def _stiffnesses(pair: SitePair) -> SideValues:
    if pair.both is None:
        return SideValues()
    left, right = (_value(side.indentation, STIFFNESS) for side in pair.both)
    return _compared(left, right, compare_stiffness(*pair.both))


def _compared(left: Value | None, right: Value | None, found: Asymmetry | None) -> SideValues:
    return SideValues(
        left=left,
        right=right,
        within_percent=None if found is None else found.error_percent,
        beyond=found is not None and found.verdict is Verdict.BEYOND_ERROR,
    )


def _value(reading: Reading | None, quantity: str) -> Value | None:
    found = None if reading is None else reading.session(quantity)
    if found is None or found.value is None:
        return None
    return Value(found.value, found.standard_uncertainty or 0.0)


def _told(sites: list[str], panel: Panel) -> str:
    rows = (
        f"{site}: left {_printed(values.left, panel.unit)}, "
        f"right {_printed(values.right, panel.unit)}"
        for site, values in zip(sites, panel.values, strict=True)
    )
    return f"{panel.title} in {panel.unit}: {'; '.join(rows)}."


def _printed(value: Value | None, unit: str) -> str:
    return "not measured" if value is None else number(value.middle, unit)


SECTION = Section(title="Side by side", write=write)
