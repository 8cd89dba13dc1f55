"""A folder of CSV files, one a table, that any spreadsheet and any program opens."""

import json
from pathlib import Path

from tissuesense.export.registry import Format, Request
from tissuesense.export.tables.context import side_car
from tissuesense.export.tables.delimited import (
    DelimitedTables,
    Style,
    sample_names,
    sample_rows,
)
from tissuesense.export.tables.folder import new_folder
from tissuesense.export.tables.pour import pour
from tissuesense.export.tables.readme import LOSSES, NUMBERS, SHIELDED, readme
from tissuesense.export.tables.schema import TABLES
from tissuesense.record.history import MeasurementRecord

_ABOUT = (
    (
        "Each table is a CSV file in UTF-8 with a header line. codebook.csv says what every column "
        "of every table holds, with its unit. Tables are joined by client, visit and measurement."
    ),
    (
        "traces/ has the samples of each measurement, as NAME.csv with the side-car NAME.json; "
        "`tissuesense analyze traces` computes their numbers again."
    ),
    NUMBERS,
    SHIELDED,
)


class _Folder(DelimitedTables):
    """The tables, and the traces in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, TABLES)
        self._traces = folder / "traces"
        self._traces.mkdir()

    def add_trace(self, measured: MeasurementRecord, client: str, *, whole: bool) -> None:  # noqa: ARG002 - the id of a measurement is enough
        """Write the samples and their side-car."""
        measurement = measured.measurement
        document = side_car(measurement, whole=whole) | {"void": measured.void is not None}
        told = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
        path = self._traces / f"{measurement.id}.json"
        path.write_text(f"{told}\n", encoding="utf-8")
        with path.with_suffix(".csv").open("w", encoding="utf-8", newline="") as file:
            writer = Style().writer(file)
            writer.writerow(sample_names(measurement.trace))
            writer.writerows(sample_rows(measurement.trace))


def _write(request: Request) -> None:
    with new_folder(request.out) as folder:
        with _Folder(folder) as tables:
            tally = pour(request, tables)
        page = readme("Record as CSV", request, tally, paragraphs=_ABOUT, losses=FORMAT.losses)
        (folder / "README.txt").write_text(page, encoding="utf-8")


FORMAT = Format(title="CSV tables and traces", folder=True, losses=LOSSES, write=_write)
