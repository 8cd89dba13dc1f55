"""How each number came about: gauge, calibration, program, and the raw data behind it."""

from tissuesense.core.calibration import Calibration
from tissuesense.core.recording import RecordingContext
from tissuesense.report.document import Block, Cell, Column, Facts, Row, Run, Table, Voice, Words, say
from tissuesense.report.quantities import number
from tissuesense.report.readings import Reading, VisitView
from tissuesense.report.registry import Section
from tissuesense.report.words import day, percent_words, site_and_side, usual_threshold_error

_COLUMNS = (
    Column(title="Recording", share=2.0),
    Column(title="Gauge", share=1.6),
    Column(title="Tip", unit="cm²", numeric=True, share=0.9),
    Column(title="Calibration", share=2.6),
    Column(title="Computed by", share=1.7),
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
    stops = sorted({r.measurement.context.stop_mode or "" for r in readings} - {""})
    low, high = usual_threshold_error((_USUAL_PRESSES, _USUAL_PRESSES))
    told = {
        "Program": f"TissueSense {', '.join(programs)}" if programs else "",
        "Intended rate": ", ".join(f"{rate:.0f} kPa/s" for rate in rates),
        "Stop signal": ", ".join(stop.replace("_", " ") for stop in stops),
        "Reaction time": ", ".join(dict.fromkeys(_latency(r.measurement.context) for r in readings)),
        "Usual error": f"two thresholds of one person, {_USUAL_PRESSES} presses each, differ by "
        f"{percent_words(low)} to {percent_words(high)} anyway: from published repeat "
        "measurements, until this practice has its own",
    }
    return tuple((name, say(text)) for name, text in told.items() if text)


def _latency(context: RecordingContext) -> str:
    if context.latency is None:
        return "usual values for the way of stopping"
    return f"{context.latency.mean_s:.2f} ± {context.latency.sd_s:.2f} s, as stated with the recording"


def _row(reading: Reading) -> Row:
    measurement = reading.measurement
    context = measurement.context
    area = number(context.tip.area_cm2, "cm²") if context.tip else "not stated"
    methods = dict.fromkeys(
        f"{f.method.estimator}@{f.method.estimator_version}" for f in reading.record.findings
    )
    gauge = dict.fromkeys(filter(None, (measurement.device_model, context.instrument)))
    return Row(
        (
            Cell(
                say(f"{site_and_side(measurement.site)}: {measurement.kind}"),
                heads=True,
            ),
            Cell(say(", ".join(gauge) or "not stated")),
            Cell(say(area)),
            Cell(say(_calibration(context.calibration))),
            Cell(say(", ".join(methods) or "not analysed")),
            Cell(say(Run(measurement.trace_sha256[:_HASH_SHOWN], Voice.MUTED))),
        )
    )


def _calibration(calibration: Calibration | None) -> str:
    if calibration is None:
        return "the maker's own, not checked here"
    performed = calibration.performed_on
    return calibration.identifier + (f", of {day(performed)}" if performed else "")


SECTION = Section(title="Method and provenance", write=write, small=True)
