"""Keep what was measured: as a document, as files, or in a client's record."""

from pathlib import Path
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordError
from tissuesense.files.sidecar import noticed
from tissuesense.files.trace_csv import write_trace
from tissuesense.guidance.words import ITEMS
from tissuesense.record.client import ClientId
from tissuesense.record.history import MeasurementRecord
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.visit import Block, VisitId
from tissuesense.services.analyse_files import software
from tissuesense.services.block import block_of
from tissuesense.services.measure import Ending, Measured
from tissuesense.services.measure_plan import PAIN_KINDS
from tissuesense.services.records import Acquisition, open_visit, save_measurement, visit_of_day
from tissuesense.store.opened import Store

SCHEMA = "tissuesense.measure/1"

_WHY = {
    Ending.TOO_MANY: "Too many {many} did not count. Let the spot rest and measure again.",
    Ending.LIMIT: "The limit was reached before the client said stop. Do not press harder here.",
    Ending.ASKED: "Stopped before enough {many} were accepted.",
    Ending.TIME: "The time was over before enough {many} were accepted.",
    Ending.STREAM: "The recording ended before enough {many} were accepted.",
    Ending.ENOUGH: "",
}
_LIMIT_UNASKED = "The limit was reached. Do not press harder here."


def why_incomplete(measured: Measured) -> str:
    """Return the sentence for what kept the measurement from being complete; empty if nothing."""
    if measured.complete or measured.why:
        return "" if measured.complete else measured.why
    if measured.ending is Ending.LIMIT and measured.plan.kind not in PAIN_KINDS:
        return _LIMIT_UNASKED
    return _WHY.get(measured.ending, "").format(many=ITEMS[measured.plan.kind].many)


def measured_document(measured: Measured, saved: dict[str, Any] | None) -> dict[str, Any]:
    """Return one JSON document: an entry of `analyze --json` with how the measuring went."""
    why = why_incomplete(measured)
    return {
        "schema": SCHEMA,
        "software": software(),
        **_entry(measured, why),
        "device_model": measured.device_model,
        "instrument": measured.recording.context.instrument,
        **measured.health.to_dict(),
        "wanted": measured.plan.trials,
        "stopped": {"code": str(measured.ending), "message": why} if why else None,
        "saved": saved,
    }


def write_measured(measured: Measured, trace_path: Path) -> None:
    """Write trace and side-car.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    """
    recording = measured.recording
    write_trace(
        trace_path,
        recording.trace,
        recording.context,
        {
            **noticed(recording.quality, recording.trace.clock, measured.health),
            "model": measured.device_model,
        },
    )


def save_measured(  # noqa: PLR0913 - who, what, when and under which name
    store: Store,
    client: ClientId,
    measured: Measured,
    capture: bytes,
    *,
    clock: Clock,
    rng: np.random.Generator,
    id: MeasurementId | None = None,  # noqa: A002 - what it is everywhere else
    block: Block | None = None,
    visit: VisitId | None = None,
) -> MeasurementRecord:
    """Keep the measurement in the client's visit of today, opening one where there is none.

    Parameters
    ----------
    id
        Drawn before it was measured; None where it is to be drawn now.
    block
        When in the visit; None: after a treatment that stands in it, else before.
    visit
        Another one than that of today.

    Raises
    ------
    RecordNotFound
        When there is no such client or visit.
    RecordError
        When too little was recorded to be kept.
    """
    if measured.analysis is None:
        raise RecordError("Nothing was recorded that could be kept.")
    now = clock.now()
    with store.transaction():
        visit = visit or visit_of_day(store, client, clock.local_now())
        if visit is None:
            visit = open_visit(store, client, clock=clock, rng=rng).id
        acquisition = Acquisition(
            id=id,
            device_model=measured.device_model,
            measured_at=now,
            capture=capture,
            block=block or block_of(store, visit, measured.plan.kind, at=now),
        )
        return save_measurement(store, visit, measured.analysis, acquisition, clock=clock, rng=rng)


def _entry(measured: Measured, why: str) -> dict[str, Any]:
    if measured.analysis is not None:
        return measured.analysis.to_dict()
    return {
        "path": "",
        "kind": str(measured.plan.kind),
        "sample_rate_hz": None,
        "duration_s": None,
        "sha256": None,
        "flags": [str(flag) for flag in measured.recording.quality.flags],
        "error": {"code": "no_samples", "message": why},
    }
