"""Recordings that are going on: one sealed file for each, which outlives the program.

A file is a run of frames, each a length (4 bytes, little endian) and that many sealed bytes. The
first is sealed under the store's own key and says of whom the recording is, the others under that
client's key. A frame is bound to its file and its place: none can be moved, and none can be missing
from the middle.

While a program records, it holds a lock on the file, which the system lets go when the program
ends, however it ends. So a file that can be locked is one that was left behind. No clock and no
number of a process is asked: both may lie after a restart.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any, Self

from tissuesense.core.errors import RecordTampered
from tissuesense.record.client import ClientId
from tissuesense.record.measurement import MeasurementId
from tissuesense.record.visit import VisitId
from tissuesense.store.folder import StoreFolder
from tissuesense.store.opened import Store
from tissuesense.store.sealing import Sealer

_SUFFIX = ".capture"
_LENGTH_BYTES = 4
# Beyond anything that is ever written: where Windows, which locks bytes, has its lock.
_LOCKED_BYTE = 1 << 40
_BINARY = getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """What is known when a recording begins: enough to keep it without asking anybody.

    What is measured, and where on the body, stands in the capture's own header.

    Attributes
    ----------
    id
        Under which the measurement will be kept; so nothing is ever kept twice.
    visit
        Where it belongs; None: in the visit of that day, which is opened if there is none.
    started_at
        With the offset of the clock on the wall.
    """

    id: MeasurementId
    client: ClientId
    visit: VisitId | None
    started_at: datetime

    def to_json(self) -> bytes:
        """Return one line of JSON."""
        stated = {
            "id": self.id,
            "client": self.client,
            "visit": self.visit,
            "started_at": self.started_at.isoformat(),
        }
        return json.dumps(stated).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Read what `to_json` wrote."""
        stated: dict[str, Any] = json.loads(text)
        return cls(
            id=MeasurementId(stated["id"]),
            client=ClientId(stated["client"]),
            visit=stated["visit"] and VisitId(stated["visit"]),
            started_at=datetime.fromisoformat(stated["started_at"]),
        )


class LockedFile:
    """A file that no other program takes for one that was left behind."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path = path
        self._descriptor = descriptor

    @property
    def abandoned(self) -> bool:
        """Whether it was made and never begun, or its program has removed it meanwhile."""
        there = os.fstat(self._descriptor)
        return there.st_size == 0 or there.st_nlink == 0

    def write(self, content: bytes) -> None:
        """Write the beginning, all of it."""
        left = memoryview(content)
        while left:  # a disk takes what it has room for, and refuses only the rest
            left = left[os.write(self._descriptor, left) :]

    def remove(self) -> None:
        """Remove the file: what it held is in the record."""
        if sys.platform == "win32":  # where a file that is open stays
            self.close()
        self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        """Let go of it; harmless when that was done."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class RunningFile:
    """One such file and what its first frame says; a place that a capture is written to."""

    def __init__(self, file: LockedFile, beginning: Beginning, sealer: Sealer) -> None:
        self.file = file
        self.beginning = beginning
        self._sealer = sealer

    @property
    def path(self) -> Path:
        """Where it is."""
        return self.file.path

    def open(self, *, overwrite: bool) -> FileIO:
        """Return the file, to be written to after its first frame."""
        del overwrite  # it was made anew
        file = self.path.open("r+b", buffering=0)
        file.seek(0, os.SEEK_END)
        return file

    def form(self, number: int, record: bytes) -> bytes:
        """Return the frame of a record of the capture."""
        return _frame(self._sealer, self.beginning.id, number + 1, record)

    def capture(self) -> bytes:
        """Return the capture so far; a last frame that was not finished is cut off.

        Raises
        ------
        RecordTampered
            When a frame before the last one does not open.
        """
        _, *frames = _frames(self.path.read_bytes())
        records = []
        for number, sealed in enumerate(frames, start=1):
            try:
                records.append(self._sealer.open(_name(self.beginning.id, number), sealed))
            except RecordTampered:
                if number < len(frames):
                    raise
        return b"".join(records)


def begin_running(store: Store, beginning: Beginning) -> RunningFile:
    """Make the file of a recording that begins.

    Raises
    ------
    RecordErased
        When the client was erased.
    OSError
        When the folder or the disk refuses.
    """
    sealer = store.keys.sealer(beginning.client)
    folder = StoreFolder(store.path).running
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{beginning.id}{_SUFFIX}"
    file = _made_and_locked(path)
    try:
        file.write(_frame(store.ledger.practice, beginning.id, 0, beginning.to_json()))
    except OSError:
        file.remove()
        raise
    return RunningFile(file, beginning, sealer)


def files_left(store: Store) -> Iterator[LockedFile]:
    """Yield every file that no program is writing to, locked until the next one is asked for."""
    for path in sorted(StoreFolder(store.path).running.glob(f"*{_SUFFIX}")):
        try:
            descriptor = os.open(path, os.O_RDWR | _BINARY)
        except FileNotFoundError:  # its program has just finished
            continue
        file = LockedFile(path, descriptor)
        try:
            if not _locked(descriptor, wait=False):
                continue
            if file.abandoned:
                file.remove()
            else:
                yield file
        finally:
            file.close()


def running_file(store: Store, file: LockedFile) -> RunningFile:
    """Return a file that was left, with what its first frame says.

    Raises
    ------
    RecordErased
        When its client was erased since.
    RecordTampered
        When it is no file of this store, or is damaged.
    """
    first = next(_frames(file.path.read_bytes()), b"")
    name = MeasurementId(file.path.name.removesuffix(_SUFFIX))
    beginning = Beginning.from_json(store.ledger.practice.open(_name(name, 0), first))
    return RunningFile(file, beginning, store.keys.sealer(beginning.client))


def _frame(sealer: Sealer, name: MeasurementId, number: int, content: bytes) -> bytes:
    sealed = sealer.seal(_name(name, number), content)
    return len(sealed).to_bytes(_LENGTH_BYTES, "little") + sealed


def _frames(raw: bytes) -> Iterator[bytes]:
    """Yield every frame that is there to its end."""
    start = _LENGTH_BYTES
    while (size := int.from_bytes(raw[start - _LENGTH_BYTES : start], "little")) > 0:
        if start + size > len(raw):
            return
        yield raw[start : start + size]
        start += size + _LENGTH_BYTES


def _name(measurement: MeasurementId, number: int) -> str:
    return f"frame {number} of {measurement}"


def _made_and_locked(path: Path) -> LockedFile:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o600)
        _locked(descriptor, wait=True)
        # Between the two, another program may have found an empty file and removed it.
        if os.fstat(descriptor).st_nlink:
            return LockedFile(path, descriptor)
        os.close(descriptor)


def _locked(descriptor: int, *, wait: bool) -> bool:
    """Lock a file until its descriptor is closed; return whether that could be done."""
    with contextlib.suppress(OSError):
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - of one system

            os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        else:
            import fcntl  # noqa: PLC0415 - of the other systems

            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        return True
    return False
