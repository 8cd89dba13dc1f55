"""How each number came about: gauge, calibration, program, and the raw data behind it."""

from tissuesense.analysis.sides.asymmetry import (
    USUAL_STIFFNESS_ERROR_PERCENT,
    usual_threshold_error,
)
from tissuesense.core.calibration import Calibration
from tissuesense.core.dates import day
from tissuesense.core.recording import LatencyOrigin, RecordingContext
from tissuesense.report.document import (
    Block,
    Cell,
    Column,
    Facts,
    Row,
    Run,
    Table,
    Voice,
    Words,
    say,
)
from tissuesense.report.quantities import number, signed
from tissuesense.report.readings import Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import kind_words, site_and_side, stop_words

_COLUMNS = (
    Column(title="Recording", share=2.0),
    Column(title="Gauge", share=1.6),
    Column(title="Tip", unit="cm²", numeric=True, share=0.9),
    Column(title="Calibration", share=2.6),
    Column(title="Computed by", share=1.8),
    Column(title="Raw data", unit="SHA-256", share=2.1),
)
_HASH_SHOWN = 16
_USUAL_PRESSES = 3


def write(view: VisitView) -> tuple[Block, ...]:
    """Return how it was measured, and a row of provenance for each recording."""
    readings = view.readings()
    if not readings:
        return ()
    table = Table(
        caption="Where each recording comes from",
        columns=_COLUMNS,
        rows=tuple(_row(reading) for reading in readings),
        note=say(
            "The raw data are kept unchanged; with the version named, every number here can be "
            "computed from them again."
        ),
    )
    return (Facts(_method(readings)), table)


def _method(readings: tuple[Reading, ...]) -> tuple[tuple[str, Words], ...]:
    programs = sorted({f.method.software_version for r in readings for f in r.record.findings})
    rates = sorted({r.measurement.context.target_rate_kpa_s or 0.0 for r in readings} - {0.0})
    stops = sorted({_stop(r.measurement.context) for r in readings} - {""})
    low, high = map(signed, usual_threshold_error((_USUAL_PRESSES, _USUAL_PRESSES)))
    told = {
        "Program": f"TissueSense {', '.join(programs)}" if programs else "",
        "Intended rate": ", ".join(f"{rate:.0f} kPa/s" for rate in rates),
        "Stop signal": ", ".join(stops),
        "Reaction time": ", ".join(
            dict.fromkeys(_latency(r.measurement.context) for r in readings)
        ),
        "Usual error": (
            f"between two thresholds of one person, {_USUAL_PRESSES} presses each: {low} to "
            f"{high}\N{NO-BREAK SPACE}%; between the stiffness of two sides: "
            f"{USUAL_STIFFNESS_ERROR_PERCENT:.0f}\N{NO-BREAK SPACE}%, or more where the presses "
            "scatter more. Assumed, of the order of published repeats, until there are own ones"
        ),
    }
    return tuple((name, say(text)) for name, text in told.items() if text)


def _latency(context: RecordingContext) -> str:
    latency = context.latency
    if latency is None or latency.origin is LatencyOrigin.TABLE:
        return "usual values for the way of stopping"
    whose = "as stated with the recording"
    if latency.origin is LatencyOrigin.SELF_TEST:
        whose = "by the client's own self test"
    return f"{latency.mean_s:.2f} ± {latency.sd_s:.2f} s, {whose}"


def _stop(context: RecordingContext) -> str:
    return stop_words(context.stop_mode or "")


def _row(reading: Reading) -> Row:
    measurement = reading.measurement
    context = measurement.context
    area = number(context.tip.area_cm2, "cm²") if context.tip else "not stated"
    methods = dict.fromkeys(
        f"{f.method.estimator}@{f.method.estimator_version}" for f in reading.record.findings
    )
    return Row(
        (
            Cell(
                say(f"{site_and_side(measurement.site)}: {kind_words(measurement.kind)}"),
                heads=True,
            ),
            Cell(say(context.instrument or measurement.device_model or "not stated")),
            Cell(say(area)),
            Cell(say(_calibration(context.calibration))),
            Cell(say(", ".join(methods) or "not analysed")),
            Cell(say(Run(measurement.trace_sha256[:_HASH_SHOWN], Voice.CODE))),
        )
    )


def _calibration(calibration: Calibration | None) -> str:
    if calibration is None:
        return "the maker's own, not checked here"
    performed = calibration.performed_on
    return calibration.identifier + (f", of {day(performed)}" if performed else "")


SECTION = Section(title="Method and provenance", write=write, small=True)
