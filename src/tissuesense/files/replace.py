"""Make a folder; write a file so that it is there whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

from tissuesense.core.errors import TraceFileError


def make_folder(path: Path) -> None:
    """Make the folder `path` and those above it; harmless when it is there.

    Raises
    ------
    TraceFileError
        When the system refuses.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise TraceFileError(
            f"The folder {path} cannot be made: {err.strerror or err}.",
            path=path,
            code="not_writable",
            hint="Choose a folder that may be written to.",
        ) from err


def replace_file(path: Path, text: Iterable[str]) -> None:
    """Write the pieces of `text` to a neighbour of `path`, then put it in place.

    Raises
    ------
    TraceFileError
        When the folder or the disk refuses; what stood at `path` before is untouched.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            with part.open("w", encoding="utf-8", newline="") as file:
                file.writelines(text)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as err:
        raise TraceFileError(
            f"{path} cannot be written: {err.strerror or err}.",
            path=path,
            code="not_writable",
            hint="Choose a folder that exists, may be written to and has room.",
        ) from err
