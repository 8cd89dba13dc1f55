"""What the sensor measured: an observation for each repeat and for each value of the session."""

import statistics
from collections.abc import Iterator, Mapping

from tissuesense.core.recording import RecordingKind
from tissuesense.core.trace import Trace
from tissuesense.export.fhir.absent import not_estimable
from tissuesense.export.fhir.at_the_table import taken_back
from tissuesense.export.fhir.chart import VisitChart
from tissuesense.export.fhir.codes import concept
from tissuesense.export.fhir.device import gauge, software
from tissuesense.export.fhir.elements import Json, flag_notes, reference
from tissuesense.export.fhir.measured_observation import Measured, amount, doubt, value
from tissuesense.export.fhir.observation import block_component
from tissuesense.export.fhir.pieces import ItemKey, pieces
from tissuesense.export.fhir.trial_trace import sampled
from tissuesense.export.fhir.units import unit_of
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import StoredFinding

_RECORDING = "recording"
# Which of its numbers a repeat is known by.
_CHIEF = {
    "trial": "threshold_kpa",
    "press": "secant_stiffness_n_mm",
    "tap": "frequency_hz",
    "stretch": "slope_n_m_rad",
    "movement": "range_deg",
    "dose": "mean_kpa",
    "hold": "mean_kpa",
}
# What a session's number is called in its repeats, where it has another name there.
_IN_REPEATS = {"ppt_kpa": "threshold_kpa", "latent_ppt_kpa": "latent_threshold_kpa"}
_SITE_MEAN = {RecordingKind.PPT: "ppt-site-mean", RecordingKind.TOLERANCE: "tolerance-site-mean"}
_MDC = {"range_deg": "mdc_deg"}
_FEWEST_FOR_SD = 2


def measurement(visit: VisitChart, record: MeasurementRecord) -> Iterator[Json]:
    """Yield every observation of a measurement, its latest analysis alone."""
    measured = Measured(visit=visit, record=record)
    traces = pieces(record.measurement.trace, measured.items)
    for key, findings in measured.items.items():
        yield _repeat(measured, key, findings, traces.get(key))
    if not traces:
        yield _whole(measured)
    session = measured.session
    of_another = {_MDC[name] for name in session if name in _MDC}
    for name, finding in session.items():
        if name not in of_another:
            yield _of_session(measured, finding, whole=not traces)


def _repeat(
    measured: Measured,
    key: ItemKey,
    findings: Mapping[str, StoredFinding],
    trace: Trace | None,
) -> Json:
    """Return one press, tap or stretch: its chief number, the others, and its samples."""
    chief = findings.get(_CHIEF.get(key.item, ""))
    others = [finding for finding in findings.values() if finding is not chief]
    any_finding = next(iter(findings.values()))
    flags = tuple(flag for finding in findings.values() for flag in finding.flags)
    return measured.observation(
        *key,
        by=any_finding,
        code=measured.code(key.item),
        **({"dataAbsentReason": not_estimable()} if chief is None else value(chief)),
        interpretation=[] if any_finding.accepted else [concept("not-counted")],
        device=gauge(measured.visit.chart.shared, measured.record.measurement),
        derivedFrom=[_document(measured)],
        component=[
            block_component(measured.record.measurement.block),
            *([] if chief is None else doubt(chief)),
            *({"code": measured.code(other.quantity), **value(other)} for other in others),
            *_samples(measured, trace),
        ],
        note=(*flag_notes(flags), *taken_back(measured, key)),
    )


def _whole(measured: Measured) -> Json:
    """Return a recording whose repeats have no times, in one piece."""
    of = measured.record.measurement
    return measured.observation(
        _RECORDING,
        by=None,
        code=measured.code(_RECORDING),
        device=gauge(measured.visit.chart.shared, of),
        derivedFrom=[_document(measured)],
        component=[block_component(of.block), *_samples(measured, of.trace)],
        note=tuple(flag_notes(tuple(map(str, of.quality.flags)))),
    )


def _of_session(measured: Measured, finding: StoredFinding, *, whole: bool) -> Json:
    """Return one value of the session, and which repeats it was made of."""
    of = measured.record.measurement
    repeats = _accepted(measured, _IN_REPEATS.get(finding.quantity, finding.quantity))
    sources = [measured.reference(*key) for key in repeats]
    if whole:
        sources.append(measured.reference(_RECORDING))
    site_mean = _SITE_MEAN.get(of.kind) if finding.quantity == "ppt_kpa" else None
    return measured.observation(
        finding.item,
        finding.quantity,
        by=finding,
        code=concept(site_mean) if site_mean else measured.code(finding.quantity),
        **value(finding),
        device=software(measured.visit.chart.shared, of, finding.method),
        derivedFrom=sources or [_document(measured)],
        component=[
            block_component(of.block),
            *doubt(finding),
            *_spread(finding.quantity, list(repeats.values())),
            *_mdc(measured, finding),
        ],
        note=tuple(flag_notes(finding.flags)),
    )


def _accepted(measured: Measured, quantity: str) -> dict[ItemKey, float]:
    """Return the value of each repeat that was accepted; of a dose, not those of its holds."""
    items = measured.items
    chief = next(iter(items), None)
    return {
        key: found.value
        for key, findings in items.items()
        if chief is not None
        and key.item == chief.item
        and (found := findings.get(quantity)) is not None
        and found.accepted
        and found.value is not None
    }


def _spread(name: str, values: list[float]) -> Iterator[Json]:
    if values:
        yield amount("n-accepted", len(values), "1")
    if len(values) >= _FEWEST_FOR_SD:
        yield amount("sd-accepted", statistics.stdev(values), unit_of(name))


def _mdc(measured: Measured, finding: StoredFinding) -> Iterator[Json]:
    mdc = measured.session.get(_MDC.get(finding.quantity, ""))
    if mdc is not None and mdc.value is not None:
        yield amount("mdc", mdc.value, unit_of(mdc.quantity))


def _samples(measured: Measured, trace: Trace | None) -> Iterator[Json]:
    even = None if trace is None else sampled(trace)
    if even is not None:
        yield amount("trace-start", even.start_s, "s")
        for name, data in even.columns.items():
            yield {"code": measured.code(f"trace_{name}"), "valueSampledData": data}


def _document(measured: Measured) -> Json:
    return reference("DocumentReference", measured.record.measurement.id)
