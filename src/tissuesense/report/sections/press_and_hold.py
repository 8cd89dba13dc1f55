"""Each press and hold: the loop of force and depth, and the force as it relaxes."""

import math

from tissuesense.core.recording import RecordingKind
from tissuesense.record.measurement import StoredFinding
from tissuesense.report.curves import press_holds
from tissuesense.report.document import Block, Figure, Words, say
from tissuesense.report.figures.press_hold import PressHold, press_hold_figure
from tissuesense.report.quantities import measured
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
        highest = max(float(press.force_n.max()) for press in found)
        tops[site] = max(_STEP_N * math.ceil(highest / _STEP_N), tops.get(site, _STEP_N))
    return tops


def _figure(
    view: VisitView, reading: Reading, found: tuple[PressHold, ...], top_n: float
) -> Figure:
    place = f"{site_and_side(reading.measurement.site)}"
    place += when_words(view.blocks, reading.measurement.block)
    stiffness = _measured(reading.session("secant_stiffness_n_mm"), 1.0, "N/mm")
    relaxation = _measured(reading.session("relaxation_fraction"), 100.0, "%")
    loss = _measured(reading.session("energy_loss_ratio"), 100.0, "%")
    told = [
        *([f"stiffness {stiffness}"] if stiffness else []),
        *([f"force relaxes by {relaxation} in the hold"] if relaxation else []),
        *([f"{loss} of the work is not given back"] if loss else []),
    ]
    return Figure(
        svg=press_hold_figure(found, top_n=top_n),
        alt=f"Force over depth and force over time, {place}, {len(found)} presses: "
        f"{', '.join(told) or 'no numbers'}. Peak forces {_peaks(found)} N.",
        title=say(f"{place}: {', '.join(told[:2]) or 'no numbers from these presses'}"),
        caption=_caption(found),
    )


def _measured(finding: StoredFinding | None, factor: float, unit: str) -> str:
    if finding is None or finding.value is None:
        return ""
    uncertainty = finding.standard_uncertainty
    return str(measured(factor * finding.value, uncertainty and factor * uncertainty, unit))


def _peaks(found: tuple[PressHold, ...]) -> str:
    return ", ".join(f"{press.force_n.max():.1f}" for press in found)


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
    return say(" ".join(said))


SECTION = Section(title="Press and hold", write=write)
