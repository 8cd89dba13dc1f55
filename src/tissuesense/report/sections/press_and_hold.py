"""Each press and hold: the loop of force and depth, and the force as it relaxes."""

from tissuesense.core.recording import RecordingKind
from tissuesense.record.measurement import StoredFinding
from tissuesense.report.curves import press_holds
from tissuesense.report.document import Block, Figure, Words, say
from tissuesense.report.figures.press_hold import PressHold, press_hold_figure
from tissuesense.report.quantities import measured
from tissuesense.report.readings import Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side, when_words


def write(view: VisitView) -> tuple[Block, ...]:
    """Return one figure for each recording of press and hold."""
    readings = view.readings(RecordingKind.INDENTATION)
    return tuple(_figure(view, r, found) for r in readings if (found := press_holds(r)))


def _figure(view: VisitView, reading: Reading, found: tuple[PressHold, ...]) -> Figure:
    place = f"{site_and_side(reading.measurement.site)}{when_words(view.blocks, reading.measurement.block)}"
    stiffness = _measured(reading.session("secant_stiffness_n_mm"), 1.0, "N/mm")
    relaxation = _measured(reading.session("relaxation_fraction"), 100.0, "%")
    loss = _measured(reading.session("energy_loss_ratio"), 100.0, "%")
    told = [
        *([f"stiffness {stiffness}"] if stiffness else []),
        *([f"force relaxes by {relaxation} in the hold"] if relaxation else []),
        *([f"{loss} of the work is not given back"] if loss else []),
    ]
    return Figure(
        svg=press_hold_figure(
            found,
            stiffness_words=f"Stiffness {stiffness}" if stiffness else "No stiffness",
            relaxation_words=f"Relaxes by {relaxation}" if relaxation else "No relaxation figure",
        ),
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
            "line with its end points is the stiffness between 20 and 80 % of the peak."
        )
        said.append("Right: force over time, the hold as a band.")
    else:
        said.append("Force over time, the hold as a band; depth was not recorded.")
    if not all(press.accepted for press in found):
        said.append("Thin dashed line: a press that does not count.")
    return say(" ".join(said))


SECTION = Section(title="Press and hold", write=write)
