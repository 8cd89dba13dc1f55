"""The capture file: every byte as it came, with its time, on the disk before anybody decodes it.

The file opens with one line of text, ``TSCAP1 <crc32> <json>``, that says what was recorded and
how; records follow. A record is

=========  ======  ==================================================
bytes      type    meaning
=========  ======  ==================================================
2          text    ``TR``
8          float   monotonic host time of arrival, seconds
4          uint    length of the data
1          uint    length of the channel
4          uint    CRC-32 of these 17 bytes
n          text    channel, UTF-8
n          bytes   data
4          uint    CRC-32 of channel and data
1          text    line feed
=========  ======  ==================================================

with all numbers little endian. The head has a checksum of its own so that a wrong length is never
believed, and the record ends in a byte that is not zero so that blocks which a power cut left
zeroed are told from data that somebody changed.
"""

import contextlib
import json
import os
import struct
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from zlib import crc32

from tissuesense.core.clock import Clock
from tissuesense.core.errors import CaptureError, ConfigurationError, UsageError
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.base import Chunk, HostChannel

SCHEMA = "tissuesense.capture/1"
_MAGIC = b"TSCAP1 "
_HEAD = struct.Struct("<2sdIB")
_CRC = struct.Struct("<I")
_SYNC = b"TR"
_TERMINATOR = b"\n"
_SYNC_PERIOD_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureHeader:
    """What was recorded, and how.

    Attributes
    ----------
    url
        The device URL as it was given.
    instrument
        Name of the device as the link had it; None where it has none.
    started_at
        Wall clock at the beginning, in UTC.
    started_host_s
        The monotonic clock at the same moment; all chunk times are on its axis.
    """

    model: str
    url: str
    parameters: WireParameters
    instrument: str | None
    started_at: datetime
    started_host_s: float
    software_version: str

    @property
    def profile(self) -> DeviceProfile:
        """The profile of the recorded model.

        Raises
        ------
        ConfigurationError
            When this installation does not know the model.
        """
        return DEVICES[self.model]

    def to_json(self) -> str:
        """Return one line of JSON."""
        return json.dumps(
            {
                "schema": SCHEMA,
                "model": self.model,
                "url": self.url,
                "parameters": asdict(self.parameters),
                "instrument": self.instrument,
                "started_at": self.started_at.isoformat(),
                "started_host_s": self.started_host_s,
                "software": {"name": "tissuesense", "version": self.software_version},
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` wrote.

        Raises
        ------
        ConfigurationError
            When it is of another kind or a later version.
        """
        try:
            stated = json.loads(text)
            if stated["schema"] != SCHEMA:
                raise ConfigurationError(
                    f"This version reads captures of kind '{SCHEMA}', not '{stated['schema']}'."
                )
            return cls(
                model=stated["model"],
                url=stated["url"],
                parameters=WireParameters(**stated["parameters"]),
                instrument=stated["instrument"],
                started_at=datetime.fromisoformat(stated["started_at"]),
                started_host_s=float(stated["started_host_s"]),
                software_version=stated["software"]["version"],
            )
        except (KeyError, TypeError, ValueError) as err:
            raise ConfigurationError(f"The capture's header cannot be read: {err!r}.") from err


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A capture file, read.

    Attributes
    ----------
    torn_at
        Offset of a last record that was not finished, as after a power cut; None where the file
        ends with a whole one.
    """

    header: CaptureHeader
    chunks: tuple[Chunk, ...]
    torn_at: int | None = None

    @property
    def closed(self) -> bool:
        """Whether the recording was closed in an orderly way."""
        return bool(self.chunks) and self.chunks[-1].channel == HostChannel.END


class CaptureWriter:
    """Append chunks to a new capture file.

    Every record reaches the operating system at once, and the disk about once a second and at the
    end: a killed program loses nothing, a power cut a second.

    Parameters
    ----------
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
        self, path: Path, header: CaptureHeader, *, clock: Clock, overwrite: bool = False
    ) -> None:
        try:
            self._file = path.open("wb" if overwrite else "xb", buffering=0)
        except FileExistsError as err:
            raise UsageError(
                f"{path} exists already; a capture is never overwritten unasked.",
                hint="Choose another name.",
            ) from err
        except OSError as err:
            raise _not_written(path, err, offset=0) from err
        self._path = path
        try:
            self._write(encode_header(header))
        except CaptureError:
            self._file.close()
            raise
        self._clock = clock
        self._synced_s = clock.monotonic_s()

    def append(self, chunk: Chunk) -> None:
        """Write one chunk."""
        self._write(encode_record(chunk))
        now_s = self._clock.monotonic_s()
        if now_s - self._synced_s >= _SYNC_PERIOD_S:
            self._synced_s = now_s
            self._sync()

    def close(self) -> None:
        """Bring everything to the disk and close the file; harmless when it is closed."""
        if self._file.closed:
            return
        try:
            self._sync()
        finally:
            self._file.close()

    def _sync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError as err:
            raise _not_written(self._path, err, offset=self._file.tell()) from err

    def _write(self, record: bytes) -> None:
        """Write all of `record` or, on a full disk, nothing: half of one would hide the next."""
        start, left = self._file.tell(), memoryview(record)
        try:
            while left:  # a disk takes what it has room for, and refuses only the rest
                left = left[self._file.write(left) :]
        except OSError as err:
            with contextlib.suppress(OSError):
                self._file.seek(start)
                self._file.truncate()
            raise _not_written(self._path, err, offset=start) from err

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


def encode_header(header: CaptureHeader) -> bytes:
    """Return the first line of a capture."""
    text = header.to_json().encode()
    return _MAGIC + b"%08x " % crc32(text) + text + _TERMINATOR


def encode_record(chunk: Chunk) -> bytes:
    """Return a chunk as one record."""
    channel = (chunk.channel or "").encode()
    head = _HEAD.pack(_SYNC, chunk.t_host_s, len(chunk.data), len(channel))
    body = channel + chunk.data
    return head + _CRC.pack(crc32(head)) + body + _CRC.pack(crc32(body)) + _TERMINATOR


def read_capture(source: Path | bytes) -> Capture:
    """Read a capture file, or the bytes of one.

    Raises
    ------
    CaptureError
        When bytes in the middle are damaged; `offset` says where. An unfinished last record is no
        damage: everything before it is returned, and `torn_at` says where it began.
    """
    if isinstance(source, bytes):
        return _parse(source, Path("capture"))
    try:
        raw = source.read_bytes()
    except OSError as err:
        raise CaptureError(
            f"{source} cannot be read: {err.strerror}.", path=source, offset=0
        ) from err
    return _parse(raw, source)


def _parse(raw: bytes, path: Path) -> Capture:
    header, offset = _header(raw, path)
    chunks: list[Chunk] = []
    torn_at = None
    while offset < len(raw):
        chunk, size = _record(raw, offset)
        if chunk is None:
            if _unfinished(raw, offset, size):
                torn_at = offset
                break
            raise CaptureError(
                f"{path.name} is damaged at byte {offset}.",
                path=path,
                offset=offset,
                hint="Restore the file from a backup; what stands before the damage is whole.",
            )
        chunks.append(chunk)
        offset += size
    return Capture(header=header, chunks=tuple(chunks), torn_at=torn_at)


def _header(raw: bytes, path: Path) -> tuple[CaptureHeader, int]:
    line, found, _ = raw.partition(_TERMINATOR)
    stated, _, text = line.removeprefix(_MAGIC).partition(b" ")
    if not found or not line.startswith(_MAGIC) or stated != b"%08x" % crc32(text):
        raise CaptureError(
            f"{path.name} is not a capture, or its first line is damaged.", path=path, offset=0
        )
    return CaptureHeader.from_json(text.decode()), len(line) + 1


def _record(raw: bytes, offset: int) -> tuple[Chunk | None, int]:
    """Return the record at `offset`, None where it is not whole, and its size as far as known."""
    start = offset + _HEAD.size + _CRC.size
    head = raw[offset : offset + _HEAD.size]
    if start > len(raw) or raw[offset + _HEAD.size : start] != _CRC.pack(crc32(head)):
        return None, start - offset
    sync, t_host_s, data_size, channel_size = _HEAD.unpack(head)
    size = start - offset + channel_size + data_size + _CRC.size + len(_TERMINATOR)
    body = raw[start : start + channel_size + data_size]
    tail = raw[start + len(body) : offset + size]
    if sync != _SYNC or tail != _CRC.pack(crc32(body)) + _TERMINATOR:
        return None, size
    channel = body[:channel_size].decode(errors="replace")
    data = body[channel_size:]
    return Chunk(data=data, t_host_s=t_host_s, channel=channel or None), size


def _unfinished(raw: bytes, offset: int, size: int) -> bool:
    """Tell a record that was never finished from a damaged one.

    A file that is only ever appended to ends too early, or in zeros where the blocks were
    allocated and not yet written.
    """
    return len(raw[offset:].rstrip(b"\0")) < size
