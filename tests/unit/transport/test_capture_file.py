"""A capture says what it is, survives a killed program, and is never overwritten unasked."""

import os
import threading
from concurrent.futures import wait
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import CaptureError, ConfigurationError, UsageError
from tissuesense.devices.profile import WireParameters
from tissuesense.transport.base import Chunk, HostChannel
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.capture_header import CaptureHeader
from tissuesense.transport.capture_writer import CaptureWriter

HEADER = CaptureHeader(
    model="mark10",
    url="serial:///dev/ttyUSB0?model=mark10",
    parameters=WireParameters(unit="kgf", invert=True),
    instrument="A123",
    started_at=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
    started_host_s=12.5,
    software_version="0.1.0",
)
CHUNKS = (
    Chunk(data=b"up", t_host_s=12.5, channel=HostChannel.LINK),
    Chunk(data=b"4.285 N\r\n", t_host_s=12.6),
    Chunk(data=bytes(range(256)), t_host_s=12.7, channel="7e4e1702"),
    Chunk(data=b"", t_host_s=12.8, channel=HostChannel.MARKER),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with CaptureWriter(tmp_path / "a.capture", HEADER, clock=ManualClock()) as writer:
        for chunk in CHUNKS:
            writer.append(chunk)
    return tmp_path / "a.capture"


def test_what_was_written_is_read_back(path: Path) -> None:
    capture = read_capture(path)
    assert capture.header == HEADER
    assert capture.chunks == CHUNKS
    assert capture.torn_at is None


def test_each_chunk_has_left_the_program_before_the_next_one_comes(tmp_path: Path) -> None:
    path = tmp_path / "a.capture"
    with CaptureWriter(path, HEADER, clock=ManualClock()) as writer:
        for count, chunk in enumerate(CHUNKS, start=1):
            writer.append(chunk)
            assert len(read_capture(path).chunks) == count


def test_an_existing_file_is_refused(path: Path) -> None:
    with pytest.raises(UsageError, match="exists already"):
        CaptureWriter(path, HEADER, clock=ManualClock())
    assert read_capture(path).chunks == CHUNKS


def test_zeros_after_a_power_cut_end_the_recording_and_are_no_damage(path: Path) -> None:
    whole = path.read_bytes()
    for written in (len(whole), len(whole) - 3, len(whole) - 20):
        capture = read_capture(whole[:written] + bytes(4096))
        assert capture.torn_at is not None
        assert capture.chunks == CHUNKS[: len(capture.chunks)]
        assert len(capture.chunks) >= len(CHUNKS) - 1


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="cannot be read"):
        read_capture(tmp_path / "none.capture")


def test_another_kind_of_file_is_no_capture() -> None:
    with pytest.raises(CaptureError, match="not a capture") as caught:
        read_capture(b"time_s,force_n\n0.0,1.0\n")
    assert caught.value.offset == 0


def test_a_capture_of_a_later_kind_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="capture/2"):
        CaptureHeader.from_json(HEADER.to_json().replace("capture/1", "capture/2"))


def test_a_folder_that_takes_no_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="cannot be written") as refused:
        CaptureWriter(tmp_path / "absent" / "a.capture", HEADER, clock=ManualClock())
    assert refused.value.hint


def test_what_a_full_disk_does_not_take_leaves_no_half_record(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="needs a system that limits file sizes")
    path = tmp_path / "a.capture"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with CaptureWriter(path, HEADER, clock=ManualClock()) as writer:
        writer.append(CHUNKS[0])
        room = path.stat().st_size + 100
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            with pytest.raises(CaptureError, match="cannot be written"):
                writer.append(CHUNKS[2])
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        writer.append(CHUNKS[3])  # somebody made room
    capture = read_capture(path)
    assert capture.chunks == (CHUNKS[0], CHUNKS[3])
    assert capture.torn_at is None


@pytest.fixture
def syncs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note each time that the system is told to bring a file to the disk."""
    told: list[int] = []
    monkeypatch.setattr(os, "fsync", told.append)
    return told


def test_the_disk_is_waited_for_by_real_time_and_not_by_that_of_the_chunks(
    tmp_path: Path, syncs: list[int]
) -> None:
    clock = ManualClock()
    with CaptureWriter(tmp_path / "a.capture", HEADER, clock=clock) as writer:
        for second in range(100):
            writer.append(Chunk(data=b"1 N\n", t_host_s=float(second)))
        assert syncs == []
        for second in range(1, 4):
            clock.advance(1.0)
            for _ in range(10):
                writer.append(Chunk(data=b"1 N\n", t_host_s=100.0))
            _until_on_the_disk(writer)
            assert len(syncs) == second
    assert len(syncs) == 3 + 1  # and once when it is whole


def test_a_busy_disk_keeps_no_reading_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _: free.wait(60))
    clock, path = ManualClock(), tmp_path / "a.capture"
    with CaptureWriter(path, HEADER, clock=clock) as writer:
        for chunk in CHUNKS:
            clock.advance(1.0)
            writer.append(chunk)
        assert not free.is_set()
        free.set()
    assert read_capture(path).chunks == CHUNKS


def test_a_disk_that_failed_meanwhile_is_said_with_the_next_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    clock = ManualClock()
    with CaptureWriter(tmp_path / "a.capture", HEADER, clock=clock) as writer:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            clock.advance(1.0)
            writer.append(CHUNKS[0])
            _until_on_the_disk(writer)
        with pytest.raises(CaptureError, match="Input/output error"):
            writer.append(CHUNKS[1])


def _until_on_the_disk(writer: CaptureWriter) -> None:
    if writer._syncing is not None:
        wait([writer._syncing])


def test_a_disk_that_fails_when_it_is_waited_for_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    writer = CaptureWriter(tmp_path / "a.capture", HEADER, clock=ManualClock())
    with pytest.raises(CaptureError, match="Input/output error"):
        writer.close()
