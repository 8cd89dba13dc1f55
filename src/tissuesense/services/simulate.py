"""Write simulated recordings, each with its truth beside it, for teaching and for judging."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import RecordingKind
from tissuesense.files.replace import make_folder, replace_file
from tissuesense.files.sidecar import noticed
from tissuesense.files.trace_csv import write_trace
from tissuesense.simulation.faults import FAULTS
from tissuesense.simulation.kinds import KINDS
from tissuesense.simulation.session import SimulatedRecording, Truth, simulated_recording
from tissuesense.simulation.spec import SIMULATED_KINDS, SessionSpec
from tissuesense.simulation.subjects import SIDES, SITES, SUBJECTS
from tissuesense.simulation.treatment import TECHNIQUES

CATALOGUE_SCHEMA = "tissuesense.simulation/1"
TRUTH_SCHEMA = "tissuesense.truth/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRecording:
    """Where one simulated recording and its truth stand.

    Attributes
    ----------
    items
        What the truths are of, in the plural: presses, taps, ...
    """

    trace_path: Path
    truth_path: Path
    truths: tuple[Truth, ...]
    items: str

    def to_dict(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "path": str(self.trace_path),
            "truth_path": str(self.truth_path),
            self.items: [asdict(truth) for truth in self.truths],
        }


def simulate_recordings(
    folder: Path, spec: SessionSpec, *, recordings: int, presses: int
) -> Iterator[WrittenRecording]:
    """Write `recordings` traces of `presses` each, the seed going up by one from each to the next.

    Parameters
    ----------
    presses
        Or taps, stretches, movements, strokes: whatever the kind consists of.

    Yields
    ------
    WrittenRecording
        As soon as it is written: ``NAME.csv``, ``NAME.json`` and ``NAME.truth.json``.

    Raises
    ------
    ConfigurationError
        When the fault is one of the link, which no file can show.
    FileWriteError
        When the folder refuses.
    """
    if spec.link_fault:
        raise ConfigurationError(
            f"The fault '{spec.link_fault}' happens between gauge and program; no file shows it.",
            hint=f"Use it in a device URL: sim:?fault={spec.link_fault}",
        )
    make_folder(folder)
    for seed in range(spec.seed, spec.seed + recordings):
        one = replace(spec, seed=seed)
        yield _write(folder / f"{_name(one)}.csv", one, simulated_recording(one, presses))


def catalogue() -> dict[str, Any]:
    """Return what can be simulated, by name."""
    return {
        "schema": CATALOGUE_SCHEMA,
        "kinds": [str(kind) for kind in KINDS],
        "recordings": [
            {
                "kind": str(kind),
                "items": how.items,
                "model": how.model,
                "rate_hz": how.rate_hz,
                "needs": list(how.needs),
            }
            for kind, how in KINDS.items()
        ],
        "techniques": list(TECHNIQUES),
        "sites": list(SITES),
        "sides": [str(side) for side in SIDES],
        "subjects": [{"name": name, "words": who.words} for name, who in SUBJECTS.items()],
        "faults": [
            {
                "name": name,
                "place": str(fault.place),
                "sentence": fault.sentence,
                "kinds": [str(kind) for kind in SIMULATED_KINDS if kind in fault.kinds],
            }
            for name, fault in FAULTS.items()
        ],
    }


def _name(spec: SessionSpec) -> str:
    parts = [str(spec.kind), spec.subject, spec.site, str(spec.side), f"{spec.seed:04d}"]
    if spec.kind is RecordingKind.DOSE:
        parts.insert(1, spec.technique)
    return "-".join(parts if spec.fault is None else [*parts, spec.fault])


def _write(path: Path, spec: SessionSpec, recording: SimulatedRecording) -> WrittenRecording:
    trace = recording.trace
    write_trace(path, trace, recording.context, noticed(recording.quality, trace.clock))
    # Not `NAME.json`: that is the side-car, and an analysis must not be told the answer.
    truth_path = path.with_suffix(".truth.json")
    document = {
        "schema": TRUTH_SCHEMA,
        "trace": path.name,
        "subject": spec.subject,
        "seed": spec.seed,
        "fault": spec.fault,
        KINDS[spec.kind].items: [asdict(truth) for truth in recording.truths],
    }
    replace_file(truth_path, [json.dumps(document, indent=2, allow_nan=False), "\n"])
    return WrittenRecording(
        trace_path=path,
        truth_path=truth_path,
        truths=recording.truths,
        items=KINDS[spec.kind].items,
    )
