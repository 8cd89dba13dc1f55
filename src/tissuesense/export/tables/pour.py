"""Pour records into a format, one client after the other: nothing but counts is kept."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from tissuesense.export.registry import Request
from tissuesense.export.tables.column import Row, Table
from tissuesense.export.tables.lookups import (
    CODEBOOK,
    DEVICES_USED,
    SITES,
    described,
    devices,
    sites,
)
from tissuesense.export.tables.measured import device_of
from tissuesense.export.tables.people import IDENTITY, Named, left_out, superseded
from tissuesense.export.tables.schema import EVERY_TABLE, OF_CLIENTS
from tissuesense.record.history import ClientRecord, MeasurementRecord


class Sink(Protocol):
    """Where tables and traces go."""

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Take further rows of a table; those of one client come together."""
        ...

    def add_trace(self, measured: MeasurementRecord, client: str, *, whole: bool) -> None:
        """Take the samples of a measurement.

        Parameters
        ----------
        whole
            False where nobody is to be known by what is written.
        """
        ...


@dataclass(slots=True)
class Tally:
    """What was written and what was not.

    Attributes
    ----------
    rows
        By table.
    superseded
        Statements that have been amended since, and are in no table.
    about_the_record
        Entries that say what was done with the record itself, and are in no table.
    withheld
        Cells of people's own words that were left empty.
    people
        What the practice's people and doctors are called where nobody is named.
    """

    rows: Counter[str] = field(default_factory=Counter)
    superseded: int = 0
    about_the_record: int = 0
    withheld: int = 0
    people: dict[str, str] = field(default_factory=dict)
    sites: set[str] = field(default_factory=set)
    devices: set[tuple[str, str, str | None]] = field(default_factory=set)

    def note(self, record: ClientRecord) -> None:
        """Count what the tables of a record leave out, and see what it was measured with."""
        self.superseded += superseded(record)
        self.about_the_record += left_out(record)
        for measured in record.measurements():
            measurement = measured.measurement
            instrument = measurement.context.instrument
            self.devices.add((device_of(measurement), measurement.device_model, instrument))

    def through(self, table: Table, rows: Iterable[Row], *, whole: bool) -> Iterator[Row]:
        """Yield rows, counted; unless they are `whole`, without people's names and own words."""
        of_sites = [i for i, column in enumerate(table.columns) if column.home == "sites"]
        for row in rows:
            self.rows[table.name] += 1
            self.sites.update(str(row[i]) for i in of_sites)
            yield row if whole else self._of_nobody(table, row)

    def _of_nobody(self, table: Table, row: Row) -> Row:
        cells = list(row)
        for i in table.telling:
            if cells[i] is not None and table.columns[i].person:
                cells[i] = self.people.setdefault(str(cells[i]), f"P{len(self.people) + 1}")
            elif cells[i] is not None:
                cells[i] = None
                self.withheld += 1
        return tuple(cells)


def pour(request: Request, sink: Sink) -> Tally:
    """Give every table and trace of a request to a sink, and tell what was given.

    A client whose identity is not handed out is nobody: the practice's people become numbers in
    the order in which they are met, and people's own words are left out, because a name may stand
    in them.
    """
    tally = Tally()
    for record in request.records:
        client = record.client.id
        identity = request.identity(client)
        whole = identity is not None
        tally.note(record)
        for table in OF_CLIENTS:
            sink.add(table, tally.through(table, _rows(table, record), whole=whole))
        if identity is not None:
            row = IDENTITY.row(Named(client=client, identity=identity))
            sink.add(IDENTITY, tally.through(IDENTITY, [row], whole=True))
        for measured in record.measurements():
            sink.add_trace(measured, client, whole=whole)
    for table, origins in (
        (SITES, sites(tally.sites)),
        (DEVICES_USED, devices(tally.devices)),
        (CODEBOOK, described(t for t in EVERY_TABLE if t is not IDENTITY or tally.rows[t.name])),
    ):
        sink.add(table, tally.through(table, map(table.row, origins), whole=True))
    return tally


def _rows(table: Table, record: ClientRecord) -> Iterator[Row]:
    if table.rows is not None:
        yield from map(table.row, table.rows(record))
