"""Write a capture file while it is recorded: nothing that came is ever lost again."""

import contextlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tissuesense.core.clock import Clock
from tissuesense.core.errors import CaptureError, UsageError
from tissuesense.transport.base import Chunk
from tissuesense.transport.capture_file import encode_header, encode_record
from tissuesense.transport.capture_header import CaptureHeader

_SYNC_PERIOD_S = 1.0


class CapturePlace(Protocol):
    """Where a capture goes, and in what form it is kept there."""

    @property
    def path(self) -> Path:
        """Its file."""
        ...

    def open(self, *, overwrite: bool) -> FileIO:
        """Return the new file, to be written to; FileExistsError where it exists."""
        ...

    def form(self, number: int, record: bytes) -> bytes:
        """Return what stands in the file for a record; 0 is the header's number."""
        ...


@dataclass(frozen=True, slots=True)
class PlainFile:
    """A capture file as everybody can read it."""

    path: Path

    def open(self, *, overwrite: bool) -> FileIO:
        """Return the new file."""
        return self.path.open("wb" if overwrite else "xb", buffering=0)

    def form(self, number: int, record: bytes) -> bytes:
        """Return the record as it is."""
        del number
        return record


class CaptureWriter:
    """Append chunks to a new capture file.

    Every record reaches the operating system at once, and the disk about once a second and at the
    end: a killed program loses nothing, a power cut a second. The disk is waited for in a thread of
    its own, since a busy one may take longer than a reading may.

    Parameters
    ----------
    place
        A path for a plain file.
    clock
        Tells real time: that of the chunks may be a simulated world's, and run a thousand times
        faster than a disk can follow.

    Raises
    ------
    UsageError
        When the file exists and may not be overwritten.
    CaptureError
        When the folder or the disk refuses; what was written before stays whole.
    """

    def __init__(
        self,
        place: Path | CapturePlace,
        header: CaptureHeader,
        *,
        clock: Clock,
        overwrite: bool = False,
    ) -> None:
        self._place = PlainFile(place) if isinstance(place, Path) else place
        path = self._place.path
        try:
            self._file = self._place.open(overwrite=overwrite)
        except FileExistsError as err:
            raise UsageError(
                f"{path} exists already; a capture is never overwritten unasked.",
                hint="Choose another name.",
            ) from err
        except OSError as err:
            raise _not_written(path, err, offset=0) from err
        self._path = path
        self._records = 0
        try:
            self._write(encode_header(header))
        except CaptureError:
            self._file.close()
            raise
        self._clock = clock
        self._synced_s = clock.monotonic_s()
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="capture")
        self._syncing: Future[None] | None = None

    def append(self, chunk: Chunk) -> None:
        """Write one chunk."""
        self._write(encode_record(chunk))
        if self._syncing is not None and not self._syncing.done():
            return
        self._await_disk()
        now_s = self._clock.monotonic_s()
        if now_s - self._synced_s >= _SYNC_PERIOD_S:
            self._synced_s = now_s
            self._sync()

    def close(self) -> None:
        """Bring everything to the disk and close the file; harmless when it is closed."""
        if self._file.closed:
            return
        try:
            self._await_disk()
            self._sync()
            self._await_disk()
        finally:
            self._disk.shutdown()
            self._file.close()

    def _sync(self) -> None:
        self._syncing = self._disk.submit(os.fsync, self._file.fileno())

    def _await_disk(self) -> None:
        syncing, self._syncing = self._syncing, None
        try:
            if syncing is not None:
                syncing.result()
        except OSError as err:
            raise _not_written(self._path, err, offset=self._file.tell()) from err

    def _write(self, record: bytes) -> None:
        """Write all of `record` or, on a full disk, nothing: half of one would hide the next."""
        start, left = self._file.tell(), memoryview(self._place.form(self._records, record))
        try:
            while left:  # a disk takes what it has room for, and refuses only the rest
                left = left[self._file.write(left) :]
        except OSError as err:
            with contextlib.suppress(OSError):
                self._file.seek(start)
                self._file.truncate()
            raise _not_written(self._path, err, offset=start) from err
        self._records += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _not_written(path: Path, error: OSError, *, offset: int) -> CaptureError:
    return CaptureError(
        f"{path} cannot be written: {error.strerror or error}.",
        path=path,
        offset=offset,
        hint="Choose a folder that may be written to and has room.",
    )
