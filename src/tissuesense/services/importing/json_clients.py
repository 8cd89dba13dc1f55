"""Take in our own JSON: every client with statements, samples and captures, as they went out."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tissuesense.core.errors import RecordError, SchemaTooNew, UsageError
from tissuesense.core.trace import Trace
from tissuesense.export.formats.json_record import SCHEMA, trace_from_json
from tissuesense.record.client import ClientId, parse_client_id
from tissuesense.record.document import record_from_json
from tissuesense.record.entry import Entry, parse_entry_id
from tissuesense.record.history import ClientRecord
from tissuesense.record.measurement import parse_result_id
from tissuesense.record.statements import KINDS, About
from tissuesense.record.visit import parse_visit_id
from tissuesense.services.adopt import adopt
from tissuesense.services.care import enter
from tissuesense.services.importing.intake import Desk, Intake, file_sha256

_LONGEST_LINE = 1 << 30
# The program writes these down itself, where they happen.
_NOT_STATED = frozenset({"client", "measurement", "analysis", "identity", "erased"})


def import_json(desk: Desk, path: Path) -> Intake:
    """Take every client of a document in, or none.

    Raises
    ------
    UsageError
        When the file cannot be read, or is no such document.
    SchemaTooNew
        When a later version wrote it.
    RecordConflict
        When a client, visit or measurement of it is in the store already.
    RecordError
        When samples are damaged, or refer to what is not there.
    """
    sha256 = file_sha256(path)
    clients: list[ClientId] = []
    visits = items = 0
    with desk.all_or_nothing() as new:
        for number, stated in enumerate(clients_of(path), start=1):
            record, captures = _read(stated, number)
            new.append(record.client.id)
            adopt(desk.store, record, capture=captures.get, rng=desk.rng)
            if stated.get("identity") is not None:
                enter(
                    desk.store,
                    "identity",
                    stated["identity"],
                    clock=desk.clock,
                    rng=desk.rng,
                    client=record.client.id,
                )
            measured = sum(1 for _ in record.measurements())
            desk.write_down(record.client.id, "json", sha256, measured)
            clients.append(record.client.id)
            visits += len(record.visits)
            items += measured
    return Intake(
        form="json",
        file_sha256=sha256,
        clients=tuple(clients),
        visits=visits,
        items=items,
        dry_run=desk.dry_run,
    )


def clients_of(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the clients of a document, line by line where it was written so.

    Raises
    ------
    UsageError, SchemaTooNew
        As `import_json` does.
    """
    try:
        with path.open(encoding="utf-8") as file:
            head = file.readline(_LONGEST_LINE)
            if head.rstrip().endswith('"clients":['):
                _check_head(_object(head + "]}"))
                yield from _of_lines(file)
            else:
                document = _object(head + file.read(_LONGEST_LINE))
                _check_head(document)
                yield from map(_client, document["clients"])
    except UnicodeDecodeError as err:
        raise UsageError(f"{path.name} is not UTF-8 text.") from err
    except OSError as err:
        raise UsageError(f"{path} cannot be read: {err.strerror}.") from err


def _of_lines(file: Iterator[str]) -> Iterator[dict[str, Any]]:
    for line in file:
        text = line.strip()
        if text == "]}":
            if any(rest.strip() for rest in file):
                raise UsageError("There is something behind the end of the document.")
            return
        yield _client(_object(text.removesuffix(",")))
    raise UsageError("The document breaks off: its last line is missing.")


def _object(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except RecursionError as err:
        raise UsageError("The document is nested too deeply.") from err
    except ValueError as err:
        raise UsageError("The document is not JSON, or breaks off.") from err


def _check_head(document: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        name, _, version = str(schema).partition("/")
        if name == SCHEMA.partition("/")[0] and version.isdecimal():
            raise SchemaTooNew(
                f"A later version of tissuesense wrote this document ({schema}).",
                hint="Update tissuesense. Nothing was taken in.",
            )
        raise UsageError(f"This is not a {SCHEMA} document.")
    if not isinstance(document.get("clients"), list):
        raise UsageError("The document has no list of clients.")


def _client(stated: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever JSON holds
    parts = ("record", "traces", "captures")
    if not isinstance(stated, dict) or not all(isinstance(stated.get(p), dict) for p in parts):
        raise UsageError(f"A client of the document lacks one of: {', '.join(parts)}.")
    return stated


def _read(stated: Mapping[str, Any], number: int) -> tuple[ClientRecord, dict[str, bytes]]:
    try:
        traces = {name: _trace(name, data) for name, data in stated["traces"].items()}
        record = record_from_json(stated["record"], traces=traces)
        captures = {name: _bytes(text) for name, text in stated["captures"].items()}
        _check_names(record)
    except (RecordError, UsageError) as err:
        raise type(err)(f"Client {number} of the document: {err}") from err
    return record, captures


def _trace(name: str, data: Any) -> Trace:  # noqa: ANN401 - whatever JSON holds
    if not isinstance(data, dict):
        raise UsageError("A trace is a JSON object.")
    trace = trace_from_json(data)
    if trace.sha256 != name:
        raise RecordError(f"The samples of trace {name[:12]} are not those that were written.")
    return trace


def _bytes(text: object) -> bytes:
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as err:
        raise RecordError("A capture is damaged: it is not base64.") from err


def _check_names(record: ClientRecord) -> None:
    """Refuse ids that this program would not give, and statements that are not where they belong.

    Raises
    ------
    UsageError
        When there is one.
    """
    parse_client_id(record.client.id)
    for entry in record.entries:
        _check_entry(entry, About.CLIENT)
    for visit in record.visits:
        parse_visit_id(visit.visit.id)
        if visit.visit.client != record.client.id:
            raise UsageError("A visit belongs to another client.")
        for entry in visit.entries:
            _check_entry(entry, About.VISIT)
        for measured in visit.measurements:
            parse_result_id(measured.measurement.id)
            if measured.measurement.visit != visit.visit.id:
                raise UsageError("A measurement belongs to another visit.")


def _check_entry(entry: Entry[Any], about: About) -> None:
    parse_entry_id(entry.id)
    if entry.kind in _NOT_STATED or KINDS[entry.kind].about is not about:
        raise UsageError(f"A statement of kind '{entry.kind}' does not belong there.")
