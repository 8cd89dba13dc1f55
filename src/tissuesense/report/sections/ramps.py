"""Each pressure ramp, with the threshold marked."""

import math

from tissuesense.core.recording import RecordingKind
from tissuesense.report.curves import ramps
from tissuesense.report.document import Block, Figure, Words, say
from tissuesense.report.figures.ramp import TUNNEL, Ramp, ramp_figure
from tissuesense.report.quantities import measured
from tissuesense.report.readings import Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side, when_words

_STEP_KPA = 100.0


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one figure for each recording of pain thresholds."""
    drawn = [(r, found) for r in view.readings(RecordingKind.PPT) if (found := ramps(r))]
    return tuple(_figure(view, reading, found, _top(drawn)) for reading, found in drawn)


def _top(drawn: list[tuple[Reading, tuple[Ramp, ...]]]) -> float:
    """Return one height for all figures, so that sides and sites can be compared by eye."""
    highest = max(float(ramp.pressure_kpa.max()) for _, found in drawn for ramp in found)
    return _STEP_KPA * math.ceil(1.05 * highest / _STEP_KPA)


def _figure(view: VisitView, reading: Reading, found: tuple[Ramp, ...], top_kpa: float) -> Figure:
    place = f"{site_and_side(reading.measurement.site)}{when_words(view.blocks, reading.measurement.block)}"
    rate = reading.measurement.context.target_rate_kpa_s
    title = _title(place, reading)
    return Figure(
        svg=ramp_figure(found, target_rate_kpa_s=rate, top_kpa=top_kpa),
        alt=_alt(place, found),
        title=title,
        caption=_caption(rate, found),
    )


def _title(place: str, reading: Reading) -> Words:
    threshold = reading.session("ppt_kpa")
    counted = f"{len(reading.accepted())} of {len(reading.presses())} presses"
    if threshold is None or threshold.value is None:
        return say(f"{place}: no pain threshold from {counted}")
    value = measured(threshold.value, threshold.standard_uncertainty, "kPa")
    latent = reading.session("latent_ppt_kpa")
    if latent is None or latent.value is None:
        return say(f"{place}: pain threshold ", value, f" from {counted}")
    corrected = measured(latent.value, latent.standard_uncertainty, "kPa")
    return say(
        f"{place}: pain threshold ", value, f" from {counted}; ", corrected,
        " when corrected for reaction time",
    )  # fmt: skip


def _caption(rate_kpa_s: float | None, found: tuple[Ramp, ...]) -> Words:
    said = [
        "Circle: pressure when the client signalled, its 95 % interval as a stripe.",
        "Small hollow circle: corrected for reaction time.",
    ]
    if rate_kpa_s is not None:
        said.append(f"Band: the intended rate, {rate_kpa_s:.0f} kPa/s ± {100 * TUNNEL:.0f} %.")
    if not all(ramp.accepted for ramp in found):
        said.append("Thin dashed line: a press that does not count.")
    return say(" ".join(said))


def _alt(place: str, found: tuple[Ramp, ...]) -> str:
    told = ". ".join(_told(ramp) for ramp in found)
    return f"Pressure over time, {place}, {len(found)} presses. {told}."


def _told(ramp: Ramp) -> str:
    if ramp.threshold is None or not ramp.accepted:
        return f"{ramp.title}, rises to {ramp.pressure_kpa.max():.0f} kPa"
    return f"{ramp.title}, signalled {ramp.threshold.t_s:.1f} s after onset"


SECTION = Section(title="Pressure ramps", write=write)
