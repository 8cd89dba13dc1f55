"""Each press and hold: the loop of force and depth, and the force as it relaxes."""

import math

import numpy as np

from tissuesense.core.recording import RecordingKind
from tissuesense.record.measurement import StoredFinding
from tissuesense.report.curves import press_holds
from tissuesense.report.document import Block, Figure, Number, Words, say, text_of
from tissuesense.report.figures.press_hold import PressHold, press_hold_figure
from tissuesense.report.quantities import measured, number
from tissuesense.report.readings import Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side, when_words

_STEP_N = 5.0


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one figure for each recording of press and hold."""
    readings = view.readings(RecordingKind.INDENTATION)
    drawn = [(r, found) for r in readings if (found := press_holds(r))]
    tops = _tops(drawn)
    return tuple(
        _figure(view, reading, found, tops[reading.measurement.site.name])
        for reading, found in drawn
    )


def _tops(drawn: list[tuple[Reading, tuple[PressHold, ...]]]) -> dict[str, float]:
    """Return one height for each site, so that its two sides can be compared by eye."""
    tops: dict[str, float] = {}
    for reading, found in drawn:
        site = reading.measurement.site.name
        highest = max(float(np.nanmax(press.force_n)) for press in found)
        tops[site] = max(_STEP_N * math.ceil(highest / _STEP_N), tops.get(site, _STEP_N))
    return tops


def _figure(
    view: VisitView, reading: Reading, found: tuple[PressHold, ...], top_n: float
) -> Figure:
    place = f"{site_and_side(reading.measurement.site)}"
    place += when_words(view.blocks, reading.measurement.block)
    told = _numbers(reading)
    peaks = ", ".join(number(float(np.nanmax(press.force_n)), "N") for press in found)
    return Figure(
        svg=press_hold_figure(found, top_n=top_n),
        alt=f"Force over depth and force over time, {place}, {len(found)} presses: "
        f"{text_of(told)}. Peak forces {peaks} N.",
        title=say(f"{place}: ", *told),
        caption=_caption(found),
    )


def _numbers(reading: Reading) -> Words:
    stiffness = reading.session("secant_stiffness_n_mm")
    relaxation = reading.session("relaxation_fraction")
    told: Words = ()
    if stiffness is not None:
        told = say("stiffness ", _measured(stiffness, 1.0, "N/mm"))
    if relaxation is not None:
        comma = ", " if told else ""
        value = _measured(relaxation, 100.0, "%")
        told = say(*told, f"{comma}force relaxes by ", value)
    return told or say("no numbers from these presses")


def _measured(finding: StoredFinding, factor: float, unit: str) -> Number:
    uncertainty = finding.standard_uncertainty
    return measured(
        factor * (finding.value or 0.0),
        None if uncertainty is None else factor * uncertainty,
        unit,
    )


def _caption(found: tuple[PressHold, ...]) -> Words:
    said = []
    if any(press.depth_mm is not None for press in found):
        said.append(
            "Left: force over depth, up while pressing and down while letting go; the straight "
            "line with its end points is the stiffness, from a fifth to four fifths of the peak."
        )
        said.append("Right: force over time, the hold as a band.")
    else:
        said.append("Force over time, the hold as a band; depth was not recorded.")
    if not all(press.accepted for press in found):
        said.append("Thin dashed line: a press that does not count.")
    if any(np.isnan(press.force_n).any() for press in found):
        said.append("Break in a line: readings are missing.")
    return say(" ".join(said))


SECTION = Section(title="Press and hold", write=write)
