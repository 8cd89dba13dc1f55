"""The main job, end to end, on the simulated gauge: a sample practice, its last visit's report.

Nothing here takes a short cut: the gauge's own bytes pass the codec, the capture file, the
estimators and the store, as those of a real gauge would.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict
from tissuesense.files.replace import make_folder, replace_file
from tissuesense.files.sidecar import noticed, sidecar_path
from tissuesense.files.trace_csv import write_trace
from tissuesense.record.document import canonical_json, record_json
from tissuesense.record.history import ClientRecord
from tissuesense.record.measurement import Measurement
from tissuesense.record.visit import Block
from tissuesense.report.document import Document
from tissuesense.services.records import load_client_record
from tissuesense.services.reporting import build_report, form_of, write_report
from tissuesense.services.sample_practice.build import build_sample_practice
from tissuesense.store.opening import open_store

SEED = 7
LABEL = "SAMPLE-PRACTICE.txt"
_LABEL_TEXT = (
    "This folder holds the sample practice of TissueSense: invented clients, simulated gauges,\n"
    "not encrypted. It is made anew by every run of the demonstration; keep nothing here.\n"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What the demonstration left behind.

    Attributes
    ----------
    record
        Of the first invented client, whose last visit is reported.
    files
        Everything written, in the order a newcomer would open it.
    """

    record: ClientRecord
    document: Document
    files: tuple[Path, ...]


def demonstrate(
    out: Path,
    *,
    store_folder: Path,
    clock: Clock,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
) -> Demonstration:
    """Fill a sample practice; write the traces, the record and the report of one client.

    Parameters
    ----------
    out
        Folder for report, record and traces.
    store_folder
        Where the sample practice goes; one that an earlier run left is replaced.
    progress
        Called with what is being done, how many steps are done and how many there are.

    Raises
    ------
    FileWriteError
        When `out` cannot be written to.
    RecordConflict
        When `store_folder` holds something that is not a sample practice.
    """
    traces = out / "traces"
    make_folder(traces)  # only files of the same names are replaced
    _make_room(store_folder)
    with open_store(store_folder, clock=clock, create=True, plain=True) as store:
        replace_file(store_folder / LABEL, [_LABEL_TEXT])
        first, *_ = build_sample_practice(
            store,
            rng=np.random.default_rng(SEED),
            today=clock.local_now().date(),
            progress=progress,
        )
        record = load_client_record(store, first)
        document = build_report(store, first)
    written = tuple(_written(out, document, record))
    taken = [measured.measurement for measured in record.visits[-1].measurements]
    beside = sorted(_traces_written(traces, taken))
    return Demonstration(record=record, document=document, files=(*written, *beside, store_folder))


def _make_room(folder: Path) -> None:
    """Remove what an earlier demonstration left; touch nothing else."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / LABEL).exists():
        raise RecordConflict(
            f"{folder} holds something that is not the sample practice; nothing was touched.",
            hint="Choose another folder with --data, or an empty one.",
        )
    shutil.rmtree(folder)


def _traces_written(folder: Path, taken: list[Measurement]) -> Iterator[Path]:
    """Write every recording as a trace file with its side-car; yield each file."""
    for each in taken:
        after = "_after" if each.block is Block.POST else ""
        path = folder / f"{each.kind}_{each.site.name}_{each.site.side}{after}.csv"
        write_trace(path, each.trace, each.context, noticed(each.quality, each.trace.clock))
        yield path
        yield sidecar_path(path)


def _written(out: Path, document: Document, record: ClientRecord) -> Iterator[Path]:
    """Write report and record; yield each file."""
    for path in (out / "report.html", out / "report.pdf"):
        write_report(document, form_of(path), path)
        yield path
    replace_file(out / "record.json", [canonical_json(record_json(record))])
    yield out / "record.json"
