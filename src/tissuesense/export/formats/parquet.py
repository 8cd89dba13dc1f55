"""A folder of Parquet files: the same tables and the samples, with their units, for analysis."""

from pathlib import Path

from tissuesense.export.registry import Format, Request
from tissuesense.export.tables.arrow import ParquetTables
from tissuesense.export.tables.folder import new_folder
from tissuesense.export.tables.measured import TRACES
from tissuesense.export.tables.pour import pour
from tissuesense.export.tables.readme import LOSSES, readme
from tissuesense.export.tables.schema import TABLES
from tissuesense.record.history import MeasurementRecord

_ABOUT = (
    (
        "Each table is a Parquet file. Unit and description stand in the metadata of every field, "
        "and in codebook.parquet. Tables are joined by client, visit and measurement."
    ),
    (
        "traces.parquet has the samples of all measurements, one after the other; the column "
        "context of measurements.parquet is the side-car of each, as JSON."
    ),
    "Times are instants in UTC; visits.utc_offset_min says what the clock on the wall showed.",
)


class _Folder(ParquetTables):
    """The tables, and all traces in one of their own."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, (*TABLES, TRACES))

    def add_trace(self, measured: MeasurementRecord, client: str, *, whole: bool) -> None:  # noqa: ARG002 - a sample names nobody
        """Write the samples."""
        self.add_samples(measured.measurement)


def _write(request: Request) -> None:
    with new_folder(request.out) as folder:
        with _Folder(folder) as tables:
            tally = pour(request, tables)
        page = readme("Record as Parquet", request, tally, paragraphs=_ABOUT, losses=FORMAT.losses)
        (folder / "README.txt").write_text(page, encoding="utf-8")


FORMAT = Format(
    title="Parquet tables and traces",
    folder=True,
    losses=(*LOSSES, "Text of a side-car that no estimator reads is left out."),
    write=_write,
    extra="scale",
)
