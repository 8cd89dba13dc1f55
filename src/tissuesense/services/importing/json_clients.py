"""Take in our own JSON: every client with statements, samples and captures, as they went out."""

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tissuesense.core.errors import RecordConflict, RecordError, RecordNotFound, UsageError
from tissuesense.core.trace import Trace
from tissuesense.export.formats.json_record import trace_from_json
from tissuesense.record.client import ClientId
from tissuesense.record.document import record_from_json, sha256
from tissuesense.record.history import ClientRecord
from tissuesense.services.adopt import adopt
from tissuesense.services.care import enter
from tissuesense.services.importing.intake import Desk, Intake, file_sha256
from tissuesense.services.importing.json_lines import clients_of
from tissuesense.services.importing.record_checks import check_record


def import_json(desk: Desk, path: Path) -> Intake:
    """Take every client of a document in, or none.

    Raises
    ------
    UsageError
        When the file cannot be read.
    SchemaTooNew
        When a later version wrote it.
    RecordConflict
        When a client, visit or measurement of it is in the store already.
    RecordError
        When it is no such document, samples are damaged, or something refers to what is not there.
    """
    said_sha256 = file_sha256(path)
    clients: list[ClientId] = []
    visits = items = 0
    with desk.all_or_nothing() as new:
        for number, stated in enumerate(clients_of(path), start=1):
            record, captures = _read(stated, number)
            if not desk.store.clients.taken(record.client.id):
                new.append(record.client.id)
            _keep(desk, record, captures, stated.get("identity"), number)
            measured = sum(1 for _ in record.measurements())
            desk.write_down(record.client.id, "json", said_sha256, measured)
            clients.append(record.client.id)
            visits += len(record.visits)
            items += measured
            desk.step()
    return Intake(
        form="json",
        file_sha256=said_sha256,
        clients=tuple(clients),
        visits=visits,
        items=items,
        dry_run=desk.dry_run,
    )


def _keep(
    desk: Desk,
    record: ClientRecord,
    captures: Mapping[str, bytes],
    identity: dict[str, Any] | None,
    number: int,
) -> None:
    try:
        adopt(desk.store, record, capture=captures.get, rng=desk.rng)
        if identity is not None:
            enter(
                desk.store, "identity", identity,
                clock=desk.clock, rng=desk.rng, client=record.client.id,
            )  # fmt: skip
    except (RecordConflict, RecordNotFound) as err:
        raise RecordConflict(_where(number, err), hint=err.hint) from err
    except UsageError as err:
        raise RecordError(_where(number, err), hint=err.hint) from err


def _read(stated: Mapping[str, Any], number: int) -> tuple[ClientRecord, dict[str, bytes]]:
    """Return a client's record, whole and undamaged, and the captures by measurement."""
    try:
        traces = {name: _trace(name, data) for name, data in stated["traces"].items()}
        record = record_from_json(stated["record"], traces=traces)
        check_record(record)
        captures = {name: _bytes(text) for name, text in stated["captures"].items()}
        _check_raw(record, traces, captures)
    except (RecordError, UsageError) as err:
        raise RecordError(_where(number, err), hint=err.hint) from err
    except (OverflowError, IndexError) as err:
        raise RecordError(
            f"Client {number} of the document: a number is larger, or a list shorter, than any "
            "that this program writes."
        ) from err
    return record, captures


def _where(number: int, err: RecordError | UsageError) -> str:
    return f"Client {number} of the document: {err}"


def _trace(name: str, data: Any) -> Trace:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(data, dict):
        raise RecordError("A trace is a JSON object.")
    trace = trace_from_json(data)
    if trace.sha256 != name:
        raise RecordError(f"The samples of trace {name[:12]} are not those that were written.")
    return trace


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as err:
        raise RecordError("A capture is damaged: it is not base64.") from err


def _check_raw(
    record: ClientRecord, traces: Mapping[str, Trace], captures: Mapping[str, bytes]
) -> None:
    """Refuse raw data that no measurement names, and a measurement whose capture is another."""
    measured = {each.measurement.id: each.measurement for each in record.measurements()}
    named = {measurement.trace_sha256 for measurement in measured.values()}
    if traces.keys() - named or captures.keys() - {str(name) for name in measured}:
        raise RecordError("There are raw data that no measurement names.")
    for name, measurement in measured.items():
        capture = captures.get(name)
        if measurement.capture_sha256 != (None if capture is None else sha256(capture)):
            raise RecordError(f"The capture of measurement {name} is not the one that it names.")
