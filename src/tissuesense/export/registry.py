"""The table of export formats; another package adds one through `tissuesense.formats`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tissuesense.core.registry import Registry
from tissuesense.record.client import ClientId
from tissuesense.record.history import ClientRecord
from tissuesense.record.people import Identity, Practice

_HERE = "tissuesense.export.formats"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be written.

    Attributes
    ----------
    records
        One client after the other: a format that can holds no more than one in memory.
    out
        A file or a folder, as the format says; it does not exist yet, or is an empty folder.
    identity
        Who a client is, as far as it is known; None for everybody unless it was asked for. Without
        it, tables and FHIR leave out what people wrote in their own words too: a name may stand
        there. The JSON record, which is to be taken in again, keeps them.
    capture
        The raw capture of a measurement by its id; None where there is none.
    pages
        Reports about a client, ready to be read: the name of each file and what is in it.
    exported_at
        The stamp, which nothing else of the export depends on.
    """

    records: Iterable[ClientRecord]
    out: Path
    practice: Practice
    exported_at: datetime
    identity: Callable[[ClientId], Identity | None] = lambda _client: None
    capture: Callable[[str], bytes | None] = lambda _measurement: None
    pages: Callable[[ClientId], Iterable[tuple[str, bytes]]] = lambda _client: ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One export format.

    Attributes
    ----------
    folder
        True where it writes a folder, False where it writes one file.
    losses
        What of the record it cannot hold, one sentence each; printed with every export.
    extra
        The part of the package that it needs; empty: none.
    own_copy
        True for what one client gets of his or her own record, whatever was said of sharing it.
    """

    title: str
    folder: bool
    losses: tuple[str, ...]
    write: Callable[[Request], None]
    extra: str = ""
    own_copy: bool = False


FORMATS: Registry[Format] = Registry(
    "export format",
    Format,
    {
        "fhir": f"{_HERE}.fhir:FORMAT",
        "redcap": f"{_HERE}.redcap:FORMAT",
        "frictionless": f"{_HERE}.frictionless:FORMAT",
        "bids": f"{_HERE}.bids:FORMAT",
        "parquet": f"{_HERE}.parquet:FORMAT",
        "csv": f"{_HERE}.csv:FORMAT",
        "json": f"{_HERE}.json_record:FORMAT",
        "copy": f"{_HERE}.copy:FORMAT",
    },
    group="tissuesense.formats",
)
