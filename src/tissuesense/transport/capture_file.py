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

import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from tissuesense.core.errors import CaptureError
from tissuesense.transport.base import Chunk, HostChannel
from tissuesense.transport.capture_header import CaptureHeader

_MAGIC = b"TSCAP1 "
_HEAD = struct.Struct("<2sdIB")
_CRC = struct.Struct("<I")
_SYNC = b"TR"
_TERMINATOR = b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """A capture file, read.

    Attributes
    ----------
    torn_at
        Offset of a last record that was not finished, as after a power cut; None where the file
        ends with a whole one.
    sha256
        Hash of the whole file.
    """

    header: CaptureHeader
    chunks: tuple[Chunk, ...]
    torn_at: int | None = None
    sha256: str = ""

    @property
    def closed(self) -> bool:
        """Whether the recording was closed in an orderly way."""
        return bool(self.chunks) and self.chunks[-1].channel == HostChannel.END


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


def with_header(raw: bytes, header: CaptureHeader) -> bytes:
    """Return the bytes of a capture under another first line; every record stays as it is.

    Raises
    ------
    CaptureError
        When the first line is damaged.
    """
    _, start = _header(raw, Path("capture"))
    return encode_header(header) + raw[start:]


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
    return Capture(
        header=header,
        chunks=tuple(chunks),
        torn_at=torn_at,
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def is_capture(path: Path) -> bool:
    """Tell by its first bytes whether a file is a capture; one that cannot be read is none."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


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
