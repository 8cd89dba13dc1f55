"""Analyse trace files: each gives numbers or an error of its own, and none stops the others."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tissuesense.analysis.analyse import RecordingAnalysis, analyze
from tissuesense.core.errors import TissueSenseError, TraceFileError, UsageError
from tissuesense.core.recording import Recording
from tissuesense.core.version import __version__
from tissuesense.files.trace_csv import read_trace
from tissuesense.transport.capture_decode import decode_recording
from tissuesense.transport.capture_file import is_capture
from tissuesense.transport.url import parse_device_url

logger = logging.getLogger(__name__)

SCHEMA = "tissuesense.analysis/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFailure:
    """Why a file gave no numbers.

    Attributes
    ----------
    code
        A stable word that scripts may branch on.
    recording
        What could be read, where the reading was not what failed.
    """

    path: Path
    code: str
    message: str
    recording: Recording | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return one entry of the contract's `files`."""
        known = self.recording
        return {
            "path": str(self.path),
            "kind": known.context.kind if known else None,
            "sample_rate_hz": known.trace.sample_rate_hz if known else None,
            "duration_s": known.trace.duration_s if known else None,
            "sha256": known.content_sha256 if known else None,
            "flags": [str(flag) for flag in known.quality.flags] if known else [],
            "error": {"code": self.code, "message": self.message},
        }


FileOutcome = RecordingAnalysis | FileFailure


def find_traces(paths: Iterable[Path]) -> list[Path]:
    """Return every trace file that `paths` name: files as given, folders with all below them.

    A path that does not exist stays in the list, for its error to stand beside the others' numbers.
    A capture may be named as the device URL that would play it; its numbers know no speed.

    Raises
    ------
    UsageError
        When no path exists, or a folder holds no trace.
    ConfigurationError
        When the URL of a replay is not understood.
    """
    paths = [_played(path) for path in paths]
    if not any(path.exists() for path in paths):
        raise UsageError(f"There is no file or folder {', '.join(map(str, paths))}.")
    found: dict[Path, None] = {}
    for path in paths:
        below = _traces_below(path) if path.is_dir() else [path]
        if not below:
            raise UsageError(f"The folder {path} holds no .csv file.")
        found.update(dict.fromkeys(below))
    return list(found)


def _played(path: Path) -> Path:
    named = str(path)
    return Path(parse_device_url(named).address) if named.startswith("replay:") else path


def _traces_below(folder: Path) -> list[Path]:
    """Return the trace files in a folder and its folders, hidden ones left out.

    Other systems write .CSV, too.
    """
    return sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() == ".csv"
        and not path.is_dir()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )


def analyse_files(paths: Sequence[Path]) -> Iterator[FileOutcome]:
    """Yield the outcome of each trace file, in order."""
    return map(analyse_file, paths)


def analyse_file(path: Path) -> FileOutcome:
    """Read and analyse one trace file, or one capture.

    Beside the doors of the program this is the only place that catches every exception: among
    thousands of files the one that trips an estimator, of ours or of another package, must not
    cost the others' numbers. Its entry says that the fault is the program's; `--debug` shows it.
    """
    recording = None
    try:
        recording = decode_recording(path) if is_capture(path) else read_trace(path)
        _require_kind(recording, path)
        return analyze(recording)
    except TissueSenseError as error:
        return FileFailure(
            path=path,
            code=error.problem if isinstance(error, TraceFileError) else error.code,
            message=f"{error} {error.hint}".rstrip(),
            recording=recording,
        )
    except Exception as error:
        logger.debug("%s", path, exc_info=True)
        return FileFailure(
            path=path,
            code="internal",
            message=f"A fault inside tissuesense ({type(error).__name__}: {error}); "
            "run with --debug and report it with this file.",
            recording=recording,
        )


def analysis_document(outcomes: Iterable[FileOutcome]) -> dict[str, Any]:
    """Return the contract's document for `outcomes`."""
    return {
        "schema": SCHEMA,
        "software": software(),
        "files": [outcome.to_dict() for outcome in outcomes],
    }


def software() -> dict[str, str]:
    """Return name and version of this program, as every document states them."""
    return {"name": "tissuesense", "version": __version__}


def _require_kind(recording: Recording, path: Path) -> None:
    try:
        recording.kind()
    except UsageError as error:
        raise TraceFileError(error.message, path=path, code="no_kind", hint=error.hint) from error
