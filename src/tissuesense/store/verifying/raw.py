"""The raw data, held against the measurements that name them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from tissuesense.core.errors import RecordConflict, RecordError
from tissuesense.record.document import sha256
from tissuesense.record.entry import Entry
from tissuesense.record.measurement import StoredMeasurement
from tissuesense.store.opened import Store
from tissuesense.store.schema import MeasurementRow, RawRow
from tissuesense.store.sealing import Sealer
from tissuesense.store.traces import trace_of_bytes
from tissuesense.store.verifying.batches import kept_raw
from tissuesense.store.verifying.findings import Findings, Part
from tissuesense.store.verifying.kept import reading
from tissuesense.store.verifying.keys import Erasures


def raw_problems(store: Store, entry: Entry[StoredMeasurement]) -> Iterator[str]:
    """Say what is wrong with the raw data of a measurement."""
    measured = entry.statement
    try:
        kept = kept_raw(store, measured.id)
    except RecordConflict:
        raise
    except RecordError:
        yield "Its raw data cannot be read from the file."
        return
    if kept is None:
        yield "Its raw data are missing."
        return
    if entry.client is None or kept["client_id"] != entry.client:
        yield "Its raw data are filed under another client."
        return
    sealer = store.keys.sealer(entry.client)
    trace = _opened(sealer, f"trace of {measured.id}", kept["trace"])
    if trace is None or trace_of_bytes(trace).sha256 != measured.trace_sha256:
        yield "Its samples are not those that were measured."
    if not _same_capture(measured, kept, sealer):
        yield "Its raw capture is not the one that was recorded."


def check_raw_strays(store: Store, erasures: Erasures, findings: Findings) -> None:
    """Look for raw data of no measurement; those of erased clients stay, and nobody can read them.

    The index is asked for the measurements; where it is broken itself, it has to be built first.
    """
    if findings.count[Part.INDEX]:
        return
    strays = select(RawRow.client_id).where(RawRow.measurement_id.not_in(select(MeasurementRow.id)))
    try:
        with reading(store.engine, store.reading) as session:
            alone = sum(not erasures.everything(client) for client in session.scalars(strays))
    except RecordConflict:
        raise
    except RecordError:
        findings.add(Part.FILE, "The table of raw data cannot be read.")
        return
    if alone:
        findings.add(Part.RAW, f"Recordings that belong to no measurement: {alone}.")


def _same_capture(measured: StoredMeasurement, kept: Mapping[str, Any], sealer: Sealer) -> bool:
    if kept["capture"] is None:
        return measured.capture_sha256 is None
    capture = _opened(sealer, f"capture of {measured.id}", kept["capture"])
    return capture is not None and sha256(capture) == measured.capture_sha256


def _opened(sealer: Sealer, name: str, sealed: Any) -> bytes | None:  # noqa: ANN401 - what is kept there may be anything
    try:
        return sealer.open(name, sealed)
    except (RecordError, TypeError):
        return None
