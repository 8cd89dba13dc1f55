"""Each pressure ramp, with the threshold marked."""

import math

import numpy as np

from tissuesense.core.recording import RecordingKind
from tissuesense.report.curves import ramps
from tissuesense.report.document import Block, Figure, Number, Words, say
from tissuesense.report.figures.ramp import TUNNEL, Ramp, ramp_figure
from tissuesense.report.quantities import measured
from tissuesense.report.readings import Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side, when_words

_STEP_KPA = 100.0
_HEADROOM = 1.05


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one figure for each recording of pain thresholds."""
    drawn = [(r, found) for r in view.readings(RecordingKind.PPT) if (found := ramps(r))]
    tops = _tops(drawn)
    return tuple(
        _figure(view, reading, found, tops[reading.measurement.site.name])
        for reading, found in drawn
    )


def _tops(drawn: list[tuple[Reading, tuple[Ramp, ...]]]) -> dict[str, float]:
    """Return one height for each site, so that its two sides can be compared by eye."""
    tops: dict[str, float] = {}
    for reading, found in drawn:
        site = reading.measurement.site.name
        highest = max(float(np.nanmax(ramp.pressure_kpa)) for ramp in found)
        top = _STEP_KPA * math.ceil(_HEADROOM * highest / _STEP_KPA)
        tops[site] = max(top, tops.get(site, _STEP_KPA))
    return tops


def _figure(view: VisitView, reading: Reading, found: tuple[Ramp, ...], top_kpa: float) -> Figure:
    place = f"{site_and_side(reading.measurement.site)}"
    place += when_words(view.blocks, reading.measurement.block)
    rate = reading.measurement.context.target_rate_kpa_s
    return Figure(
        svg=ramp_figure(found, target_rate_kpa_s=rate, top_kpa=top_kpa),
        alt=_alt(place, found),
        title=_title(place, reading),
        caption=_caption(reading, rate, found),
    )


def _title(place: str, reading: Reading) -> Words:
    threshold = reading.session("ppt_kpa")
    counted = f"{len(reading.accepted())} of {len(reading.presses())} presses"
    if threshold is None or threshold.value is None:
        return say(f"{place}: no pain threshold from {counted}")
    value = measured(threshold.value, threshold.standard_uncertainty, "kPa")
    return say(f"{place}: pain threshold ", value, f" from {counted}")


def _caption(reading: Reading, rate_kpa_s: float | None, found: tuple[Ramp, ...]) -> Words:
    said = say(
        "Circle: pressure when the client signalled, on a stripe for its 95 % interval. "
        "Small hollow circle: corrected for reaction time"
    )
    latent = reading.session("latent_ppt_kpa")
    if latent is not None and latent.value is not None:
        corrected = measured(latent.value, latent.standard_uncertainty, "kPa")
        said = say(*said, ", mean ", corrected)
    if rate_kpa_s is not None:
        intended = Number(value=f"{rate_kpa_s:.0f} kPa/s", spread=f"± {100 * TUNNEL:.0f}", unit="%")
        said = say(*said, ". Band: the intended ", intended)
    if not all(ramp.accepted for ramp in found):
        said = say(*said, ". Thin dashed line: a press that does not count")
    if any(np.isnan(ramp.pressure_kpa).any() for ramp in found):
        said = say(*said, ". Break in a line: readings are missing")
    return say(*said, ".")


def _alt(place: str, found: tuple[Ramp, ...]) -> str:
    told = ". ".join(_told(ramp) for ramp in found)
    return f"Pressure over time, {place}, {len(found)} presses. {told}."


def _told(ramp: Ramp) -> str:
    if ramp.threshold is None or not ramp.accepted:
        return f"{ramp.title}, rises to {np.nanmax(ramp.pressure_kpa):.0f} kPa"
    return f"{ramp.title}, signalled {ramp.threshold.t_s:.1f} s after onset"


SECTION = Section(title="Pressure ramps", write=write)
