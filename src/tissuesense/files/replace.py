"""Make a folder; write a file so that it is there whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

from tissuesense.core.errors import FileWriteError


def make_folder(path: Path) -> None:
    """Make the folder `path` and those above it; harmless when it is there.

    Raises
    ------
    FileWriteError
        When the system refuses.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as err:
        raise FileWriteError(
            f"The folder {path} cannot be made: {err.strerror or err}.",
            path=path,
            hint="Choose a folder that may be written to.",
        ) from err


def replace_file(path: Path, content: Iterable[str | bytes]) -> None:
    """Write the pieces of `content` to a neighbour of `path`, then put it in place.

    Text is written in UTF-8, its line feeds as they are. A link goes on pointing where it did; a
    pipe or a device is written to and stays one.

    Raises
    ------
    FileWriteError
        When the folder or the disk refuses; what stood at `path` before is untouched.
    """
    pieces = (piece.encode() if isinstance(piece, str) else piece for piece in content)
    try:
        place = path.resolve()
        if place.exists() and not place.is_file():
            with place.open("wb") as file:
                file.writelines(pieces)
        else:
            _write_and_replace(place, pieces)
    except OSError as err:
        raise FileWriteError(
            f"{path} cannot be written: {err.strerror or err}.",
            path=path,
            hint="Choose a folder that exists, may be written to and has room.",
        ) from err


def _write_and_replace(path: Path, pieces: Iterable[bytes]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
