"""How good the data are: what counts, what does not, and why."""

from collections.abc import Iterable

from tissuesense.core.flag_words import about_data, flag_words
from tissuesense.core.recording import RecordingKind
from tissuesense.report.document import Block, Cell, Column, Row, Run, Table, Voice, Words, say
from tissuesense.report.quantities import NOTHING, number, spread
from tissuesense.report.readings import Press, Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import kind_words, site_and_side, when_words

_RECORDINGS = (
    Column(title="Recording", share=2.4),
    Column(title="That count", numeric=True, share=1.1),
    Column(title="Samples", unit="/s", numeric=True, share=0.8),
    Column(title="What to know", share=3.6),
)
_PRESSES = (
    Column(title="Recording", share=2.2),
    Column(title="Press", numeric=True, share=0.6),
    Column(title="Threshold", unit="kPa", numeric=True, share=1.1),
    Column(title="Corrected", unit="kPa", numeric=True, share=1.1),
    Column(title="Rate", unit="kPa/s", numeric=True, share=0.9),
    Column(title="Counts", share=2.8),
)


def write(view: VisitView) -> tuple[Block, ...]:
    """Return a table of the recordings and one of the single presses to the pain threshold."""
    readings = view.readings()
    if not readings:
        return ()
    recordings = Table(
        caption="What counts in each recording",
        columns=_RECORDINGS,
        rows=tuple(_recording(view, reading) for reading in readings),
    )
    rows = tuple(row for r in view.readings(RecordingKind.PPT) for row in _presses(view, r))
    presses = Table(caption="Pain threshold, press by press", columns=_PRESSES, rows=rows)
    return (recordings, presses) if rows else (recordings,)


def _recording(view: VisitView, reading: Reading) -> Row:
    rate_hz = reading.measurement.trace.sample_rate_hz
    counted = f"{len(reading.accepted())} of {len(reading.presses())}"
    return Row(
        (
            Cell(say(_name(view, reading)), heads=True),
            Cell(say(counted)),
            Cell(say(NOTHING if rate_hz is None else number(rate_hz, "/s"))),
            Cell(_remarks(reading)),
        )
    )


def _name(view: VisitView, reading: Reading) -> str:
    measurement = reading.measurement
    place = site_and_side(measurement.site)
    when = when_words(view.blocks, measurement.block)
    return f"{place}{when}: {kind_words(measurement.kind)}"


def _remarks(reading: Reading) -> Words:
    """Return the recording's flags in words, then each rejected press with its reasons."""
    quality = reading.measurement.quality
    general = [
        *quality.flags,
        *(f for x in reading.record.findings if x.index is None for f in x.flags),
    ]
    said = _words(general)
    if quality.gaps:
        said.append(f"{len(quality.gaps)} gaps in the readings")
    told = "; ".join([*said, *_refused(reading)])
    return say(told[:1].upper() + told[1:]) if told else say(Run("nothing to remark", Voice.MUTED))


def _refused(reading: Reading) -> list[str]:
    """Return why presses do not count, those with the same reasons together."""
    by_reason: dict[str, list[str]] = {}
    for press in reading.presses():
        if not press.accepted:
            reason = ", ".join(_words(press.flags)) or "no reason given"
            by_reason.setdefault(reason, []).append(str(press.index))
    return [
        f"{'presses' if len(which) > 1 else 'press'} {', '.join(which)} not used: {reason}"
        for reason, which in by_reason.items()
    ]


def _words(flags: Iterable[str]) -> list[str]:
    return [flag_words(flag) for flag in about_data(flags)]


def _presses(view: VisitView, reading: Reading) -> tuple[Row, ...]:
    presses = reading.presses()
    if not presses:
        return ()
    place = site_and_side(reading.measurement.site)
    name = f"{place}{when_words(view.blocks, reading.measurement.block)}"
    opening = Cell(say(name), rows=len(presses), heads=True)
    return tuple(
        Row(
            (*([opening] if press is presses[0] else []), *_press(press)), opens=press is presses[0]
        )
        for press in presses
    )


def _press(press: Press) -> tuple[Cell, ...]:
    flags = _words(press.flags)
    verdict = "yes" if press.accepted else "no"
    return (
        Cell(say(str(press.index)), heads=True),
        Cell(_number(press, "threshold_kpa", "kPa")),
        Cell(_number(press, "latent_threshold_kpa", "kPa")),
        Cell(_number(press, "ramp_rate_kpa_s", "kPa/s")),
        Cell(say("; ".join([verdict, *flags]))),
    )


def _number(press: Press, quantity: str, unit: str) -> Words:
    finding = press.findings.get(quantity)
    if finding is None or finding.value is None:
        return say(Run(NOTHING, Voice.MUTED))
    uncertainty = spread(finding.standard_uncertainty, unit)
    return say(number(finding.value, unit), Run(f" {uncertainty}", Voice.MUTED))


SECTION = Section(title="Quality of the measurements", write=write, small=True)
