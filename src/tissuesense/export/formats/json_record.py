"""One JSON document with everything of each client, samples and captures too, bit for bit.

Each client stands on a line of its own, so a program can read the document line by line and hold
no more than one client in memory. `docs/reference/json-record.md` describes it.
"""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import UsageError
from tissuesense.core.trace import ClockSource, Trace
from tissuesense.core.version import __version__
from tissuesense.export.registry import Format, Request
from tissuesense.record.document import canonical_json, record_json
from tissuesense.record.history import ClientRecord
from tissuesense.record.statements import statement_json

SCHEMA = "tissuesense.clients/1"
# What was done with the record in one store is that store's own business.
_ABOUT_THE_RECORD = ("identity_read", "exported", "imported")
_SAMPLE = np.dtype("<f8")


def client_json(request: Request, record: ClientRecord) -> dict[str, Any]:
    """Return one client: the record, who it is where that was asked for, samples and captures."""
    measured = [each.measurement for each in record.measurements()]
    identity = request.identity(record.client.id)
    captures = {m.id: request.capture(m.id) for m in measured if m.capture_sha256 is not None}
    return {
        "record": record_json(_of_the_client(record)),
        "identity": None if identity is None else statement_json("identity", identity),
        "traces": {m.trace_sha256: trace_json(m.trace) for m in measured},
        "captures": {name: _base64(c) for name, c in captures.items() if c is not None},
    }


def trace_json(trace: Trace) -> dict[str, Any]:
    """Return samples as plain data: each column as float64, little-endian, in base64."""
    columns = {"t_s": trace.t_s, **dict(trace.columns())}
    return {
        "clock": str(trace.clock),
        "samples": trace.size,
        "columns": {
            name: _base64(values.astype(_SAMPLE).tobytes()) for name, values in columns.items()
        },
    }


def trace_from_json(data: Mapping[str, Any]) -> Trace:
    """Read what `trace_json` wrote, bit for bit.

    Raises
    ------
    UsageError
        When it is no such trace.
    """
    try:
        return Trace(
            clock=ClockSource(data["clock"]),
            **{name: _column(text, data["samples"]) for name, text in data["columns"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError) as err:
        raise UsageError(f"A trace could not be read: {err!r}.") from err


def _column(text: str, samples: int) -> FloatArray:
    values = np.frombuffer(base64.b64decode(text, validate=True), dtype=_SAMPLE)
    if values.size != samples:
        raise ValueError(f"{values.size} samples where {samples} were stated")
    return values.astype(np.float64)


def _of_the_client(record: ClientRecord) -> ClientRecord:
    kept = tuple(entry for entry in record.entries if entry.kind not in _ABOUT_THE_RECORD)
    return replace(record, entries=kept)


def _lines(request: Request) -> Iterator[str]:
    stamp = {
        "at": request.exported_at.isoformat(),
        "software": __version__,
        "practice": statement_json("practice", request.practice),
    }
    yield f'{{"schema":{canonical_json(SCHEMA)},"exported":{canonical_json(stamp)},"clients":['
    comma = ""
    for record in request.records:
        yield f"{comma}\n{canonical_json(client_json(request, record))}"
        comma = ","
    yield "\n]}\n"


def _write(request: Request) -> None:
    with request.out.open("x", encoding="utf-8", newline="\n") as file:
        file.writelines(_lines(request))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


FORMAT = Format(
    title="JSON, everything, to be taken in again",
    folder=False,
    losses=(
        "Who looked at, handed out or took in the record stays in the store.",
        "The chain of hashes stays in the store; where the record is taken in, a new one begins.",
    ),
    write=_write,
)
