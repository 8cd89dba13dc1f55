"""Tap, stretch and movement: what else was measured of each site, left against right."""

from tissuesense.analysis.sides.asymmetry import Asymmetry, Verdict, side_asymmetry
from tissuesense.core.recording import RecordingKind
from tissuesense.report.comparison import verdict_words
from tissuesense.report.curves import stretches, taps
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    Row,
    Run,
    Table,
    Voice,
    Words,
    say,
    text_of,
)
from tissuesense.report.figures.stretches import Stretch, stretches_figure
from tissuesense.report.figures.taps import Tap, taps_figure
from tissuesense.report.measures import FURTHER, Measure
from tissuesense.report.quantities import NOTHING, bare, measured, signed
from tissuesense.report.readings import Reading, SitePair, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import site_and_side, site_words, when_words

_COLUMNS = (
    Column(title="Site", share=1.6),
    Column(title="Measured", share=2.4),
    Column(title="Left", voice=Voice.SENSOR, numeric=True, share=1.4),
    Column(title="Right", voice=Voice.SENSOR, numeric=True, share=1.4),
    Column(title="Left against right", unit="%", numeric=True, share=1.2),
    Column(title="In words", share=2.2),
)
_NOTE = (
    "Tap frequency and tap stiffness are two readings of one property and no two findings. "
    "Stretch stiffness is resistance that grows with the angle, damping what grows with the "
    "speed; both say nothing of their cause, and no grade of a scale is derived from them."
)

_CAPTION = (
    "The probe's acceleration, all taps from their beginning; the stiffer the tissue, the faster "
    "it swings."
)
_CATCH = " Hollow circle: where the movement was caught."
_REJECTED = "Thin dashed line: a tap that does not count."


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a row for each quantity of each site."""
    rows = tuple(
        row
        for block in view.blocks
        for pair in view.pairs(block)
        for row in _rows(pair, when_words(view.blocks, block))
    )
    if not rows:
        return ()
    table = Table(columns=_COLUMNS, rows=rows, note=say(_NOTE))
    drawn = ((reading, taps(reading)) for reading in view.readings(RecordingKind.TAP))
    moved = ((reading, stretches(reading)) for reading in view.readings(RecordingKind.STRETCH))
    return (
        table,
        *(_taps(view, reading, found) for reading, found in drawn if found),
        *(_stretches(view, reading, found) for reading, found in moved if found),
    )


def _taps(view: VisitView, reading: Reading, found: tuple[Tap, ...]) -> Figure:
    measurement = reading.measurement
    place = site_and_side(measurement.site) + when_words(view.blocks, measurement.block)
    frequency = reading.session("frequency_hz")
    told = say("no frequency from these taps")
    if frequency is not None and frequency.value is not None:
        told = say(measured(frequency.value, frequency.standard_uncertainty, "Hz"))
    counted = f"{len(reading.accepted())} of {len(reading.presses())} taps"
    return Figure(
        svg=taps_figure(found),
        alt=f"Acceleration after each tap, {place}: {text_of(told)} from {counted}.",
        title=say(f"{place}: ", *told, f" from {counted}"),
        caption=say(_CAPTION if all(tap.accepted for tap in found) else f"{_CAPTION} {_REJECTED}"),
    )


def _stretches(view: VisitView, reading: Reading, found: tuple[Stretch, ...]) -> Figure:
    measurement = reading.measurement
    place = site_and_side(measurement.site) + when_words(view.blocks, measurement.block)
    caught = sum(stretch.catch_deg is not None for stretch in found)
    catches = f"{caught} of {len(found)} stretches were caught" if caught else "no catch was seen"
    fastest = [stretch.peak_speed_deg_s for stretch in found]
    speeds = ", ".join(f"{speed:.0f}" for speed in fastest)
    return Figure(
        svg=stretches_figure(found),
        alt=f"Torque over angle, {place}, at peak speeds of {speeds} degrees a second: {catches}.",
        title=say(f"{place}: {catches}"),
        caption=say(
            "Torque under the hand over the angle of the joint, weight of the limb and all; the "
            f"heavier the line, the faster the stretch, {min(fastest):.0f} to {max(fastest):.0f} "
            "degrees a second at most." + (_CATCH if caught else "")
        ),
    )


def _rows(pair: SitePair, when: str) -> tuple[Row, ...]:
    shown = [m for m in FURTHER if any(side.reading(m.kind) for side in pair.sides)]
    opening = Cell(say(site_words(pair.name) + when), rows=len(shown), heads=True)
    return tuple(
        Row((*([opening] if m is shown[0] else []), *_cells(pair, m)), opens=m is shown[0])
        for m in shown
    )


def _cells(pair: SitePair, measure: Measure) -> tuple[Cell, ...]:
    left, right = (
        next((s.reading(measure.kind) for s in pair.sides if s.site.side == side), None)
        for side in ("left", "right")
    )
    if pair.both is None and left is None and right is None:  # the midline stands on the left
        left = pair.sides[0].reading(measure.kind)
    found = _compared(left, right, measure)
    percent = NOTHING if found is None or found.percent is None else signed(found.percent)
    return (
        Cell(say(measure.heading), heads=True),
        Cell(_value(left, measure)),
        Cell(_value(right, measure)),
        Cell(say(percent)),
        Cell(say(_words(found))),
    )


def _value(reading: Reading | None, measure: Measure) -> Words:
    found = None if reading is None else reading.session(measure.session)
    if found is None or found.value is None:
        return say(Run(NOTHING if reading is None else "no value", Voice.MUTED))
    return say(bare(found.value, found.standard_uncertainty, measure.unit))


def _compared(left: Reading | None, right: Reading | None, measure: Measure) -> Asymmetry | None:
    """Compare repeat by repeat; what has one value a session stands side by side and no more."""
    if left is None or right is None or measure.repeat is None:
        return None
    return side_asymmetry(
        measure.known_as, left.values(measure.repeat), right.values(measure.repeat)
    )


def _words(found: Asymmetry | None) -> str:
    if found is None:
        return NOTHING
    if found.verdict is Verdict.BEYOND_ERROR:
        way = "higher" if (found.percent or 0.0) > 0 else "lower"
        return f"{way} on the left: {verdict_words(found)}."
    return f"{verdict_words(found)}."


SECTION = Section(title="Tap, stretch and movement", write=write)
