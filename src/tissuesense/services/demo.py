"""The main job, end to end, on the simulated gauge: an invented client, one visit, its report.

Nothing here takes a short cut: the gauge's own bytes pass the codec, the capture file, the
estimators and the store, as those of a real gauge would.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import RecordConflict, RecordError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import BodySite, Side
from tissuesense.files.replace import make_folder, replace_file
from tissuesense.files.sidecar import noticed, sidecar_path
from tissuesense.files.trace_csv import write_trace
from tissuesense.record.document import canonical_json, record_json
from tissuesense.record.history import ClientRecord
from tissuesense.record.visit import VisitId
from tissuesense.report.document import Document
from tissuesense.services.measure import Measured, concluded, measure
from tissuesense.services.measure_plan import plan_measurement
from tissuesense.services.records import (
    Acquisition,
    add_client,
    add_manual_finding,
    load_client_record,
    open_visit,
    save_measurement,
)
from tissuesense.services.reporting import build_report, form_of, write_report
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.transport.device import open_device

SEED = 7
_SUBJECT = "tender_firm_left"
_LABEL = "SAMPLE-PRACTICE.txt"
_LABEL_TEXT = (
    "This folder holds the sample practice of TissueSense: invented clients, simulated gauges,\n"
    "not encrypted. It is made anew by every run of the demonstration; keep nothing here.\n"
)
_NECK = ("trapezius_upper", "levator_scapulae")
_CONTROL = "tibialis_anterior"
_PRESETS = {RecordingKind.PPT: "dfns"}

# What the therapist's hands found, invented to fit the simulated person roughly, not exactly.
_HANDS: tuple[tuple[str, Side, int, int, str], ...] = (
    ("trapezius_upper", Side.LEFT, 2, 2, "Taut band midway to the shoulder; the usual headache."),
    ("trapezius_upper", Side.RIGHT, 0, 0, ""),
    ("levator_scapulae", Side.LEFT, 1, 1, "Sore above the corner of the shoulder blade."),
    ("levator_scapulae", Side.RIGHT, 1, 0, ""),
    ("tibialis_anterior", Side.LEFT, 0, 0, "Comparison site, far from the complaint."),
    ("tibialis_anterior", Side.RIGHT, 0, 0, "Comparison site, far from the complaint."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One stop of the demonstration: a site, a side, a kind of press, and the gauge's URL."""

    kind: RecordingKind
    site: BodySite
    url: str

    @property
    def file_name(self) -> str:
        """File name of its trace."""
        return f"{self.kind}_{self.site.name}_{self.site.side}.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """What the demonstration left behind.

    Attributes
    ----------
    files
        Everything written, in the order a newcomer would open it.
    """

    record: ClientRecord
    document: Document
    files: tuple[Path, ...]


def stations() -> Iterator[Station]:
    """Yield the circuit: pain threshold everywhere, then press and hold at the neck."""
    circuit = ((RecordingKind.PPT, (*_NECK, _CONTROL)), (RecordingKind.INDENTATION, _NECK))
    # A Progressor has no displacement; the text wire has.
    model = {RecordingKind.PPT: "progressor", RecordingKind.INDENTATION: "text-line"}
    for kind, names in circuit:
        for name in names:
            for side in (Side.LEFT, Side.RIGHT):
                url = (
                    f"sim:?subject={_SUBJECT}&seed={SEED}&kind={kind}&model={model[kind]}"
                    f"&site={name}&side={side}&speed=0"
                )
                yield Station(kind=kind, site=BodySite(name, side), url=url)


def demonstrate(
    out: Path,
    *,
    store_folder: Path,
    clock: Clock,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _all: None,
) -> Demonstration:
    """Measure the whole circuit, keep it in a store, write traces, record and report.

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
    circuit = tuple(stations())
    rng = np.random.default_rng(SEED)
    with open_store(store_folder, clock=clock, create=True, plain=True) as store:
        replace_file(store_folder / _LABEL, [_LABEL_TEXT])
        client = add_client(store, clock=clock, rng=rng)
        visit = open_visit(
            store,
            client.id,
            clock=clock,
            rng=rng,
            practitioner="Sample therapist (invented)",
            reason="Sample data: headache and neck pain, more on the left; desk work.",
        )
        for name, side, tenderness, tone, note in _HANDS:
            found = {"tenderness": tenderness, "tone": tone, "note": note}
            add_manual_finding(
                store, visit.id, {"site": name, "side": str(side), **found}, clock=clock, rng=rng
            )
        for done, station in enumerate(circuit):
            progress(f"{station.site.words}, {station.kind}", done, len(circuit))
            measured, capture = _measured(station, clock)
            taken = measured.recording
            write_trace(
                traces / station.file_name,
                taken.trace,
                taken.context,
                noticed(taken.quality, taken.trace.clock),
            )
            _save(store, visit.id, measured, capture, clock, rng)
        progress("the report", len(circuit), len(circuit))
        record = load_client_record(store, client.id)
        document = build_report(store, client.id)
    written = sorted(traces / station.file_name for station in circuit)
    beside = (file for trace in written for file in (trace, sidecar_path(trace)))
    files = (*_written(out, document, record), *beside, store_folder)
    return Demonstration(record=record, document=document, files=files)


def _make_room(folder: Path) -> None:
    """Remove what an earlier demonstration left; touch nothing else."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / _LABEL).exists():
        raise RecordConflict(
            f"{folder} holds something that is not the sample practice; nothing was touched.",
            hint="Choose another folder with --data, or an empty one.",
        )
    shutil.rmtree(folder)


def _measured(station: Station, clock: Clock) -> tuple[Measured, bytes]:
    """Run one station through the gauge; return what was measured and the raw capture."""
    stated = {
        "kind": str(station.kind),
        "site": station.site.name,
        "side": str(station.site.side),
    }
    plan = plan_measurement(stated, trials=3, preset_name=_PRESETS.get(station.kind))
    with tempfile.TemporaryDirectory() as scratch:
        capture = Path(scratch) / "raw.capture"

        async def run() -> Measured:
            async with open_device(station.url, clock=clock, capture=capture) as device:
                found = await measure(device, plan, show=lambda _: None, stop=asyncio.Event())
            return concluded(found, device)

        measured = asyncio.run(run())
        return measured, capture.read_bytes()


def _save(
    store: Store,
    visit: VisitId,
    measured: Measured,
    capture: bytes,
    clock: Clock,
    rng: np.random.Generator,
) -> None:
    if measured.analysis is None:
        raise RecordError("The simulated gauge gave nothing to keep.")
    acquisition = Acquisition(
        device_model=measured.device_model, measured_at=clock.now(), capture=capture
    )
    save_measurement(store, visit, measured.analysis, acquisition, clock=clock, rng=rng)


def _written(out: Path, document: Document, record: ClientRecord) -> Iterator[Path]:
    """Write report and record; yield each file."""
    for path in (out / "report.html", out / "report.pdf"):
        write_report(document, form_of(path), path)
        yield path
    replace_file(out / "record.json", [canonical_json(record_json(record))])
    yield out / "record.json"
