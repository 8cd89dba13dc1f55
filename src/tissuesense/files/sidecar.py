"""The side-car beside a trace: what the samples mean, and how they were recorded."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tissuesense.core.errors import TraceFileError, UsageError
from tissuesense.core.quality import QualityFlag, QualitySummary
from tissuesense.core.recording import RecordingContext
from tissuesense.core.trace import ClockSource
from tissuesense.devices.health import GaugeHealth
from tissuesense.files.replace import replace_file


@dataclass(frozen=True, slots=True, kw_only=True)
class SideCar:
    """What a side-car says; an absent one says nothing.

    Attributes
    ----------
    flags
        What the recorder noticed; words that this version does not know are left out.
    """

    context: RecordingContext = field(default_factory=RecordingContext)
    flags: tuple[QualityFlag, ...] = ()
    rejected_frames: int = 0
    clock: ClockSource = ClockSource.FILE


def sidecar_path(trace_path: Path) -> Path:
    """Return where the side-car of a trace stands."""
    return trace_path.with_suffix(".json")


def read_sidecar(path: Path) -> SideCar:
    """Read the side-car at `path`; where there is none, return one that says nothing.

    Raises
    ------
    TraceFileError
        When it is not a JSON object or a value is of the wrong kind; the message names the key.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return SideCar()
    except OSError as err:
        raise _refused(path, f"cannot be read: {err.strerror or err}") from err
    except (ValueError, RecursionError) as err:
        raise TraceFileError(
            f"The side-car {path} is not JSON: {err}.",
            path=path,
            code="sidecar_not_json",
            line=getattr(err, "lineno", None),
            hint='It should look like {"kind": "ppt", "probe_area_cm2": 1.0}.',
        ) from err
    if not isinstance(data, dict):
        raise _refused(path, f"holds a {type(data).__name__} where an object is wanted")
    try:
        return _understood(data)
    except (UsageError, OverflowError) as err:
        raise _refused(path, f"has a wrong value: {err}".rstrip(".")) from err


def noticed(
    quality: QualitySummary, clock: ClockSource, health: GaugeHealth | None = None
) -> dict[str, Any]:
    """Return what the recorder noticed as side-car keys; `read_sidecar` understands them."""
    return {
        "flags": [str(flag) for flag in quality.flags],
        "gaps": [list(gap) for gap in quality.gaps],
        "rejected_frames": quality.rejected_frames,
        "duplicates": quality.duplicates,
        "clock": str(clock),
        **(health.to_dict() if health else {}),
    }


def write_sidecar(path: Path, context: RecordingContext, extra: Mapping[str, Any]) -> None:
    """Write `context` and the `extra` keys, replacing what was there in one step.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses.
    """
    document = context.to_dict() | dict(extra)
    replace_file(path, [json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False), "\n"])


def _understood(data: Mapping[str, Any]) -> SideCar:
    for key, shape in (("calibration", dict), ("flags", list)):
        if data.get(key) is not None and not isinstance(data[key], shape):
            raise UsageError(f"{key} must be a JSON {shape.__name__}, not {data[key]!r}")
    rejected = data.get("rejected_frames") or 0
    if not isinstance(rejected, int) or rejected < 0:
        raise UsageError(f"rejected_frames must be a count, not {rejected!r}")
    words = [str(word) for word in data.get("flags") or ()]
    clock = data.get("clock")
    return SideCar(
        context=RecordingContext.from_dict(data),
        flags=tuple(QualityFlag(word) for word in words if word in _FLAG_WORDS),
        rejected_frames=rejected,
        clock=ClockSource(clock) if clock in _CLOCK_WORDS else ClockSource.FILE,
    )


_FLAG_WORDS = frozenset(str(flag) for flag in QualityFlag)
_CLOCK_WORDS = tuple(str(clock) for clock in ClockSource)


def _refused(path: Path, why: str) -> TraceFileError:
    return TraceFileError(f"The side-car {path} {why}.", path=path, code="sidecar_value")
