"""A folder that appears only when it is whole, and never over something else."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tissuesense.core.errors import FileWriteError, UsageError


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Give a hidden neighbour of `out` to write into, and put it in place when all is written.

    Only its owner may open it. Where anything fails, `out` is as it was; a program that is killed
    leaves the neighbour behind, under a name that begins with a dot.

    Raises
    ------
    UsageError
        When there is something at `out` already, other than an empty folder.
    FileWriteError
        When the system refuses or the disk is full.
    """
    place = out.resolve()
    try:
        if place.exists() and not (place.is_dir() and not any(place.iterdir())):
            raise UsageError(
                f"{out} is there already and is not an empty folder.",
                hint="Choose another name; nothing is ever overwritten.",
            )
        place.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    except OSError as err:
        raise _refused(out, err) from err
    try:
        yield part
        if place.exists():
            place.rmdir()  # refused where something has come into it meanwhile
        part.rename(place)
    except OSError as err:
        raise _refused(out, err) from err
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _refused(out: Path, err: OSError) -> FileWriteError:
    return FileWriteError(
        f"{out} cannot be written: {err.strerror or err}.",
        path=out,
        hint="Choose a place that may be written to and has room.",
    )
