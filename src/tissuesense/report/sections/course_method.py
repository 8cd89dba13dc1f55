"""How the numbers of the course came about: gauges, tips, rates, trials, programs, one box."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain

from tissuesense.core.dates import day
from tissuesense.core.recording import REPLAYED, SIMULATED, SOURCE, RecordingKind
from tissuesense.report.course_view import CourseView
from tissuesense.report.document import Block, Paragraph, Run, Voice, say
from tissuesense.report.quantities import number
from tissuesense.report.readings import Reading
from tissuesense.report.registry import Section
from tissuesense.report.words import kind_words, plural, stop_words

_ERROR = (
    "between days, of the order of published repeats, half as large again where no figure of this "
    "quantity was read; from eight visits on, this person's own scatter counts too"
)


def write(view: CourseView) -> tuple[Block, ...]:
    """Return the facts of all recordings of care together, in few lines."""
    readings = [Reading(m) for v in view.care for m in v.counting]
    if not readings:
        return ()
    struck = sum(m.void is not None for v in view.care for m in v.measurements)
    rows = ((name, text) for name, text in _facts(readings, struck) if text)
    told = (say(Run(f"{name}: ", Voice.STRONG), f"{text}. ") for name, text in rows)
    return (Paragraph(tuple(chain.from_iterable(told))),)


def _facts(readings: list[Reading], struck: int) -> Iterator[tuple[str, str]]:
    contexts = [r.measurement.context for r in readings]
    areas = {c.tip.area_cm2 for c in contexts if c.tip}
    rates = {c.target_rate_kpa_s for c in contexts if c.target_rate_kpa_s}
    methods = {f.method for r in readings for f in r.record.findings}
    yield "Source", _sources(readings)
    yield "Gauge", _listed(c.instrument or r.measurement.device_model or "not stated"
                           for c, r in zip(contexts, readings, strict=True))  # fmt: skip
    yield "Tip", ", ".join(f"{number(area, 'cm²')} cm²" for area in sorted(areas))
    yield (
        "Calibration",
        _listed(
            "the maker's own, not checked here"
            if c.calibration is None
            else c.calibration.identifier
            + (f", of {day(c.calibration.performed_on)}" if c.calibration.performed_on else "")
            for c in contexts
        ),
    )
    yield "Intended rate", ", ".join(f"{rate:.0f} kPa/s" for rate in sorted(rates))
    yield "Stop signal", _listed(stop_words(c.stop_mode) for c in contexts if c.stop_mode)
    yield "Trials", "; ".join(_trials(readings))
    yield "Struck out", f"{plural(struck, 'measurement')}, counted nowhere" if struck else ""
    yield (
        "Computed by",
        ", ".join(sorted({f"{m.estimator}@{m.estimator_version}" for m in methods}))
        + f"; TissueSense {', '.join(sorted({m.software_version for m in methods}))}",
    )
    yield "Measurement error", _ERROR


def _sources(readings: list[Reading]) -> str:
    found = {r.measurement.context.extra.get(SOURCE) for r in readings}
    words = {
        SIMULATED: "simulated data: no person was measured",
        REPLAYED: "with a recording that was played again",
    }
    return "; ".join(words[source] for source in words if source in found)


def _trials(readings: list[Reading]) -> Iterator[str]:
    counted: Counter[RecordingKind] = Counter()
    made: Counter[RecordingKind] = Counter()
    for reading in readings:
        kind = reading.measurement.kind
        if kind is not RecordingKind.DOSE:
            counted[kind] += len(reading.accepted())
            made[kind] += len(reading.presses())
    for kind, total in made.items():
        excluded = total - counted[kind]
        yield f"{kind_words(kind)}: {counted[kind]} of {total} count, {excluded} excluded"


def _listed(texts: Iterator[str]) -> str:
    return "; ".join(dict.fromkeys(texts))


SECTION = Section(title="Method", write=write, small=True)
