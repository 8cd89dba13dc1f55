"""A tree laid out as BIDS does it; BIDS knows no algometry, so it is BIDS-inspired and no more."""

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.trace import Trace
from tissuesense.core.version import __version__
from tissuesense.export.registry import Format, Request
from tissuesense.export.tables.cells import cell
from tissuesense.export.tables.column import Row, Table, text
from tissuesense.export.tables.context import side_car
from tissuesense.export.tables.delimited import (
    DelimitedTables,
    Style,
    sample_names,
    sample_rows,
)
from tissuesense.export.tables.folder import new_folder
from tissuesense.export.tables.measured import TRACES, sample_rate_hz
from tissuesense.export.tables.people import PARTICIPANTS, VISITS
from tissuesense.export.tables.pour import pour
from tissuesense.export.tables.readme import LOSSES, NUMBERS, SHIELDED, readme
from tissuesense.export.tables.schema import EVERY_TABLE, TABLES
from tissuesense.record.history import MeasurementRecord

_TSV = Style(delimiter="\t", ending=".tsv", nothing="n/a")
_IRREGULAR = 0.01  # a step that differs from the usual one by more than this share
_NOT_BIDS = (
    "This tree is laid out after BIDS, the Brain Imaging Data Structure. BIDS has no data type for "
    "algometry; the tree is BIDS-inspired and is not claimed to be valid BIDS."
)
_SAMPLING = (
    "The column time_s is the time of each sample and is exact. SamplingFrequency is the usual "
    "rate and StartTime the first time; samples may be missing, and steps may differ."
)
_ABOUT = (
    _NOT_BIDS,
    (
        "sub-LABEL/ses-LABEL/beh/ has the samples of each measurement, gzipped and without a "
        "header line; its JSON names the columns with their units and says how it was recorded. "
        "sub-LABEL/sub-LABEL_sessions.tsv has the visits. phenotype/ has every other table, what "
        "the hands found and what was computed."
    ),
    _SAMPLING,
    f"{NUMBERS.replace('An empty cell', 'n/a')} Cells with tabs or line ends are in quotes.",
    SHIELDED,
)


class _Tree:
    """The tables and the traces, each where BIDS would look for it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs: Counter[str] = Counter()
        self._root = DelimitedTables(folder, [_labelled(PARTICIPANTS)], _TSV)
        apart = [_labelled(table) for table in TABLES if table not in (PARTICIPANTS, VISITS)]
        self._phenotype = DelimitedTables(folder / "phenotype", apart, _TSV)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._root.close()
        self._phenotype.close()

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Write further rows of a table."""
        labelled = _label_rows(table, rows)
        if table is VISITS:
            self._add_sessions(list(labelled))
        elif table is PARTICIPANTS:
            self._runs.clear()
            self._root.add(_labelled(table), labelled)
        else:
            self._phenotype.add(_labelled(table), labelled)

    def add_trace(self, measured: MeasurementRecord, client: str, *, whole: bool) -> None:
        """Write the samples without a header, and what they are as JSON."""
        measurement = measured.measurement
        trace, site = measurement.trace, measurement.site
        subject, session = _subject(client), _session(measurement.visit)
        stem = (
            f"{subject}_{session}_task-{measurement.kind}_acq-{_label(f'{site.name}{site.side}')}"
        )
        self._runs[stem] += 1
        place = self._folder / subject / session / "beh"
        place.mkdir(parents=True, exist_ok=True)
        name = f"{stem}_run-{self._runs[stem]:02d}_physio"
        document = {
            **_samples_json(trace),
            "Void": measured.void is not None,
            "MeasuredAt": measurement.measured_at.isoformat(),
            "Recording": side_car(measurement, whole=whole),
        }
        _write_json(place / f"{name}.json", document)
        with (
            (place / f"{name}.tsv.gz").open("wb") as file,
            gzip.GzipFile("", "wb", 6, fileobj=file, mtime=0) as packed,
            TextIOWrapper(packed, encoding="utf-8", newline="") as lines,
        ):
            _TSV.writer(lines).writerows(sample_rows(trace))

    def _add_sessions(self, rows: list[Row]) -> None:
        if rows:
            subject = str(rows[0][0])
            (self._folder / subject).mkdir(exist_ok=True)
            table = replace(_labelled(VISITS), name=f"{subject}_sessions")
            with DelimitedTables(self._folder / subject, [table], _TSV) as sessions:
                sessions.add(table, rows)


def _label(identifier: str) -> str:
    return "".join(letter for letter in identifier if letter.isascii() and letter.isalnum())


def _subject(client: object) -> str:
    return f"sub-{_label(str(client))}"


def _session(visit: object) -> str:
    return f"ses-{_label(str(visit))}"


_LABELS = {
    "client": text("participant_id", "Label of the participant's folder.", required=True),
    "visit": text("session_id", "Label of the visit's folder.", required=True),
}


def _labelled(table: Table) -> Table:
    """Return a table with BIDS's own columns before its own."""
    labels = [label for name, label in _LABELS.items() if name in table.names]
    return replace(table, columns=(*labels, *table.columns))


def _label_rows(table: Table, rows: Iterable[Row]) -> Iterator[Row]:
    makers = ((_subject, "client"), (_session, "visit"))
    places = [(make, table.names.index(name)) for make, name in makers if name in table.names]
    for row in rows:
        yield (*(make(row[place]) for make, place in places), *row)


def _samples_json(trace: Trace) -> dict[str, Any]:
    names = sample_names(trace)
    return {
        "SamplingFrequency": sample_rate_hz(trace),
        "StartTime": float(trace.t_s[0]) if trace.size else None,
        "Columns": names,
        "Sampling": _SAMPLING,
        "SamplingIrregular": _is_irregular(trace.t_s),
        **{name: told for name, told in _columns_json(TRACES).items() if name in names},
    }


def _is_irregular(t_s: FloatArray) -> bool:
    with np.errstate(over="ignore"):
        steps = np.diff(t_s)
    usual = float(np.median(steps)) if steps.size else 0.0
    return not np.allclose(steps, usual, rtol=_IRREGULAR, atol=0.0)


def _columns_json(table: Table) -> dict[str, Any]:
    return {
        column.name: {
            "Description": column.description,
            **({"Units": column.unit} if column.unit else {}),
            **(
                {"Levels": {cell(value): told for value, told in column.choices.items()}}
                if column.choices
                else {}
            ),
        }
        for column in table.columns
    }


def _write_json(path: Path, document: dict[str, Any]) -> None:
    told = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(f"{told}\n", encoding="utf-8")


def _describe(folder: Path) -> None:
    """Write what the columns of every table hold."""
    _write_json(folder / "participants.json", _columns_json(_labelled(PARTICIPANTS)))
    _write_json(folder / "sessions.json", _columns_json(_labelled(VISITS)))
    for table in EVERY_TABLE:
        path = folder / "phenotype" / f"{table.name}.json"
        if path.with_suffix(".tsv").exists():
            _write_json(path, _columns_json(_labelled(table)))
    description = {
        "Name": "Pressure pain thresholds, stiffness and manual findings",
        "DatasetType": "raw",
        "Note": _NOT_BIDS,
        "GeneratedBy": [{"Name": "tissuesense", "Version": __version__}],
    }
    _write_json(folder / "dataset_description.json", description)


def _write(request: Request) -> None:
    with new_folder(request.out) as folder:
        with _Tree(folder) as tree:
            tally = pour(request, tree)
        _describe(folder)
        page = readme("Record as a tree", request, tally, paragraphs=_ABOUT, losses=FORMAT.losses)
        (folder / "README").write_text(page, encoding="utf-8")


FORMAT = Format(
    title="BIDS-inspired tree for studies",
    folder=True,
    losses=(
        *LOSSES,
        "BIDS has no data type for algometry: the layout is BIDS-inspired and not claimed valid.",
        "A cell of text that says n/a cannot be told from an empty one.",
    ),
    write=_write,
)
