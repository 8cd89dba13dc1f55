"""A measurement of a client while it is going on, and what becomes of one that was interrupted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from tissuesense.analysis.analyse import analyze
from tissuesense.core.clock import Clock
from tissuesense.core.errors import (
    RecordConflict,
    RecordErased,
    RecordError,
    RecordNotFound,
    TissueSenseError,
)
from tissuesense.record.client import ClientId
from tissuesense.record.measurement import MeasurementId, new_measurement_id
from tissuesense.record.visit import VisitId
from tissuesense.services.block import block_of
from tissuesense.services.records import Acquisition, open_visit, save_measurement, visit_of_day
from tissuesense.store.opened import Store
from tissuesense.store.running import (
    Beginning,
    LockedFile,
    RunningFile,
    begin_running,
    files_left,
    running_file,
)
from tissuesense.transport.base import Chunk, HostChannel
from tissuesense.transport.capture_decode import decode_recording
from tissuesense.transport.capture_file import Capture, encode_record, read_capture

_FEWEST_SAMPLES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What became of a recording that was left behind.

    Attributes
    ----------
    measurement
        As which it is kept; None where nothing was.
    sentence
        To be said.
    """

    sentence: str
    measurement: MeasurementId | None = None


@contextmanager
def running_capture(
    store: Store,
    client: ClientId,
    *,
    clock: Clock,
    rng: np.random.Generator,
    visit: VisitId | None = None,
) -> Iterator[RunningFile]:
    """Give a measurement that begins its place in the store, and let go of it in the end.

    A file that is not removed inside is taken in by the next `recover`, into `visit` or else into
    that of the day.

    Raises
    ------
    RecordErased
        When the client was erased.
    RecordError
        When the folder or the disk refuses.
    """
    now = clock.local_now()
    beginning = Beginning(
        id=new_measurement_id(rng),
        client=client,
        visit=visit or visit_of_day(store, client, now),
        started_at=now,
    )
    try:
        running = begin_running(store, beginning)
    except OSError as err:
        raise RecordError(
            f"Nothing can be recorded into {store.path}: {err.strerror}.",
            hint="Make room, or let this user write to that folder.",
        ) from err
    try:
        yield running
    finally:
        running.file.close()


def holds_readings(running: RunningFile) -> bool:
    """Return whether anything was recorded that is worth taking in."""
    raw = running.capture()
    return bool(raw) and decode_recording(raw).trace.size >= _FEWEST_SAMPLES


def waiting(store: Store) -> int:
    """Return how many recordings were interrupted and not yet taken in."""
    return sum(1 for _ in files_left(store))


def recover(store: Store, *, clock: Clock, rng: np.random.Generator) -> tuple[Recovered, ...]:
    """Take every recording that was interrupted into the record, and remove its file then.

    What is still being recorded by another program is left alone. What cannot be taken in stays
    where it is, and is said.

    Raises
    ------
    RecordConflict
        When another program keeps the store to itself.
    """
    return tuple(_recovered(store, file, clock, rng) for file in files_left(store))


def _recovered(store: Store, file: LockedFile, clock: Clock, rng: np.random.Generator) -> Recovered:
    try:
        running = running_file(store, file)
        recovered = _taken_in(store, running, clock, rng)
    except RecordErased:
        recovered = Recovered(sentence="A recording of a client who was erased is removed.")
    except RecordConflict:
        raise
    except TissueSenseError as err:
        return Recovered(sentence=f"{file.path} cannot be taken in, and is left where it is: {err}")
    file.remove()
    return recovered


def _taken_in(
    store: Store, running: RunningFile, clock: Clock, rng: np.random.Generator
) -> Recovered:
    beginning = running.beginning
    began = f"A recording of {beginning.started_at:%Y-%m-%d %H:%M}"
    if _is_kept(store, beginning.id):
        return Recovered(sentence=f"{began} was saved before its program ended.")
    raw = running.capture()
    capture = read_capture(raw) if raw else None
    if capture is not None and not capture.closed:
        raw += _cut_off(capture)
    recording = decode_recording(raw) if raw else None
    if capture is None or recording is None or recording.trace.size < _FEWEST_SAMPLES:
        return Recovered(sentence=f"{began} was interrupted before the first reading.")
    analysed = analyze(recording)
    ended = beginning.started_at + timedelta(seconds=_lasted_s(capture))
    with store.transaction():
        visit = beginning.visit or _visit_then(store, beginning, clock, rng)
        acquisition = Acquisition(
            id=beginning.id,
            device_model=capture.header.model,
            measured_at=ended,
            capture=raw,
            block=block_of(store, visit, analysed.kind, at=ended),
        )
        save_measurement(store, visit, analysed, acquisition, clock=clock, rng=rng)
    was = "ended and was not saved" if capture.closed else "was interrupted"
    return Recovered(
        measurement=beginning.id,
        sentence=f"{began} {was}; it is now kept as {beginning.id} in the visit {visit}.",
    )


def _is_kept(store: Store, measurement: MeasurementId) -> bool:
    try:
        store.raw.visit_of(measurement)
    except RecordNotFound:
        return False
    return True


def _cut_off(capture: Capture) -> bytes:
    """Return the record that says that something is missing from here on."""
    last_s = capture.chunks[-1].t_host_s if capture.chunks else capture.header.started_host_s
    return encode_record(Chunk(data=b"", t_host_s=last_s, channel=HostChannel.DROPPED))


def _lasted_s(capture: Capture) -> float:
    last_s = max((c.t_host_s for c in capture.chunks), default=capture.header.started_host_s)
    return max(0.0, last_s - capture.header.started_host_s)


def _visit_then(
    store: Store, beginning: Beginning, clock: Clock, rng: np.random.Generator
) -> VisitId:
    then = beginning.started_at
    there = visit_of_day(store, beginning.client, then)
    if there is not None:
        return there
    return open_visit(store, beginning.client, clock=clock, rng=rng, opened_at=then).id
