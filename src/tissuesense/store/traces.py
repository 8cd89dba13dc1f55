"""A trace as bytes: its columns one after the other, little-endian float64, under a small header.

No pickle, no archive: what is written here can be read in a hundred years with the header alone.
"""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from tissuesense.core.errors import RecordError
from tissuesense.core.trace import ClockSource, Trace

_SAMPLE = np.dtype("<f8")


def trace_bytes(trace: Trace) -> bytes:
    """Return a trace as one run of bytes: its header as a line of JSON, then its columns."""
    header, columns = encode_trace(trace)
    return json.dumps(header).encode() + b"\n" + columns


def trace_of_bytes(content: bytes) -> Trace:
    """Read what `trace_bytes` wrote, bit for bit.

    Raises
    ------
    RecordError
        When header and bytes do not fit together.
    """
    header, _, columns = content.partition(b"\n")
    return decode_trace(json.loads(header), columns)


def encode_trace(trace: Trace) -> tuple[dict[str, Any], bytes]:
    """Return (header, column bytes)."""
    columns = {"t_s": trace.t_s, **dict(trace.columns())}
    header = {"clock": str(trace.clock), "samples": trace.size, "columns": list(columns)}
    return header, b"".join(values.astype(_SAMPLE).tobytes() for values in columns.values())


def decode_trace(header: Mapping[str, Any], content: bytes) -> Trace:
    """Read what `encode_trace` wrote, bit for bit.

    Raises
    ------
    RecordError
        When header and bytes do not fit together.
    """
    names, samples = header["columns"], header["samples"]
    if len(content) != len(names) * samples * _SAMPLE.itemsize:
        raise RecordError(
            f"A stored trace has {len(content)} bytes where its header says {samples} samples "
            f"of {len(names)} columns.",
            hint="Restore the store from a backup.",
        )
    rows = np.frombuffer(content, dtype=_SAMPLE).reshape(len(names), samples)
    return Trace(
        clock=ClockSource(header["clock"]),
        **dict(zip(names, rows.astype(np.float64), strict=True)),
    )
