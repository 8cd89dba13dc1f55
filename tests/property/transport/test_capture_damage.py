"""However a capture is cut or changed, the reader gives what is whole or says where it is not."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import CaptureError
from tissuesense.devices.profile import WireParameters
from tissuesense.transport.base import Chunk
from tissuesense.transport.capture_file import (
    Capture,
    encode_header,
    encode_record,
    read_capture,
)
from tissuesense.transport.capture_header import CaptureHeader

HEAD = encode_header(
    CaptureHeader(
        model="mark10",
        url="sim:",
        parameters=WireParameters(),
        instrument=None,
        started_at=datetime(2026, 1, 5, tzinfo=UTC),
        started_host_s=0.0,
        software_version="0.1.0",
    )
)
chunks = st.builds(
    Chunk,
    # Zeros and the file's own words are what a reader could stumble over.
    data=st.binary(max_size=24) | st.sampled_from([b"\0" * 9, b"TR", b"\n", b"TSCAP1 "]),
    t_host_s=st.floats(allow_nan=False, allow_infinity=False),
    channel=st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=9),
)
recordings = st.lists(chunks, max_size=5)


def _file(recording: list[Chunk]) -> bytes:
    return HEAD + b"".join(map(encode_record, recording))


@given(recordings)
def test_what_is_written_is_what_is_read(recording: list[Chunk]) -> None:
    assert read_capture(_file(recording)).chunks == tuple(recording)


@given(recordings.filter(bool), st.data())
def test_a_file_cut_anywhere_gives_every_whole_record(
    recording: list[Chunk], data: st.DataObject
) -> None:
    whole = _file(recording)
    ends = [len(_file(recording[:count])) for count in range(len(recording) + 1)]
    cut = data.draw(st.integers(len(HEAD), len(whole)))
    capture = read_capture(whole[:cut])
    count = sum(end <= cut for end in ends) - 1
    assert capture.chunks == tuple(recording[:count])
    assert capture.torn_at == (None if cut in ends else ends[count])


@given(recordings.filter(bool), st.data())
def test_a_changed_byte_is_never_believed(recording: list[Chunk], data: st.DataObject) -> None:
    changed = bytearray(_file(recording))
    last = len(changed) - 1
    where = data.draw(st.integers(len(HEAD), last) | st.integers(0, last))
    changed[where] ^= data.draw(st.integers(1, 255))
    error, capture = _read(bytes(changed))
    if error is not None:
        assert error.offset <= where
        return
    # A last line feed that turned into a zero looks like a record that was never finished.
    assert capture is not None
    assert capture.torn_at is not None
    assert capture.chunks == tuple(recording[:-1])


@given(st.binary(max_size=200))
def test_no_bytes_at_all_make_the_reader_do_anything_but_refuse(raw: bytes) -> None:
    error, _ = _read(raw)
    assert error is not None
    error, capture = _read(HEAD + raw)
    assert (error is None) is (capture is not None)
    assert capture is None or not raw or capture.torn_at == len(HEAD)


def _read(raw: bytes) -> tuple[CaptureError | None, Capture | None]:
    try:
        return None, read_capture(raw)
    except CaptureError as err:
        return err, None
