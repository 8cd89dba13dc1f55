"""A recording interrupted at any moment is taken into the record up to that moment, and once."""

import asyncio
import shutil
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from tests.unit.services.full_disk import largest_file

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import RecordError
from tissuesense.core.quality import QualityFlag
from tissuesense.record.client import ClientId
from tissuesense.record.history import MeasurementRecord
from tissuesense.services.erasing import erase, plan_erasure
from tissuesense.services.keep_measured import save_measured
from tissuesense.services.measure import Ending, Measured, concluded, measure
from tissuesense.services.measure_plan import plan_measurement
from tissuesense.services.records import add_client, load_client_record, open_visit
from tissuesense.services.reproduce import reproduce
from tissuesense.services.running_capture import (
    holds_readings,
    recover,
    running_capture,
    waiting,
)
from tissuesense.services.verify import verify_record
from tissuesense.store.folder import StoreFolder
from tissuesense.store.opened import Store
from tissuesense.store.opening import open_store
from tissuesense.store.running import RunningFile, files_left, running_file
from tissuesense.store.verification import verify
from tissuesense.transport.capture_decode import decode_recording
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.device import open_device

PLACE = {"kind": "ppt", "site": "trapezius_upper", "side": "left"}
URL = "sim:?subject=relaxed&seed=1&speed=0"


@pytest.fixture
def store(tmp_path: Path, clock: ManualClock) -> Store:
    """Return a new plain store, open."""
    return open_store(tmp_path / "store", clock=clock, create=True, plain=True)


def recorded(running: RunningFile, clock: ManualClock) -> Measured:
    """Measure one press into a running file, as fast as it goes."""
    plan = plan_measurement(PLACE, trials=1, preset_name="dfns")

    async def run() -> Measured:
        device = open_device(URL, clock=clock, capture=running, stated=plan.stated)
        async with device:
            found = await measure(device, plan, show=lambda _: None, stop=asyncio.Event())
        return concluded(found, device)

    return asyncio.run(run())


def left_behind(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> tuple[ClientId, Path, Measured]:
    """Leave a recording that ended and was never saved."""
    client = add_client(store, clock=clock, rng=rng).id
    with running_capture(store, client, clock=clock, rng=rng) as running:
        measured = recorded(running, clock)
    return client, running.path, measured


def kept(store: Store, client: ClientId) -> tuple[MeasurementRecord, ...]:
    visits = load_client_record(store, client).visits
    return tuple(record for visit in visits for record in visit.measurements)


def frames(path: Path) -> list[int]:
    """Return where each frame of a file ends."""
    content, ends, start = path.read_bytes(), [], 0
    while start < len(content):
        start += 4 + int.from_bytes(content[start : start + 4], "little")
        ends.append(start)
    return ends


def test_recording_that_ended_is_kept_as_if_it_had_been_saved(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client, path, measured = left_behind(store, clock, rng)
        capture = decode_recording(opened(store, path))
        (recovered,) = recover(store, clock=clock, rng=rng)
        assert not path.exists()
        (found,) = kept(store, client)
        assert found.measurement.id == recovered.measurement
        assert found.measurement.trace == measured.recording.trace == capture.trace
        assert found.measurement.context == measured.recording.context
        assert found.measurement.quality == measured.recording.quality
        assert reproduce(store, found.measurement.id).equal
        again = save_measured(store, client, measured, b"", clock=clock, rng=rng)
        assert [f.numbers() for f in found.computed] == [f.numbers() for f in again.computed]


def opened(store: Store, path: Path) -> bytes:
    """Return the capture that a file holds, leaving the file as it is."""
    for file in files_left(store):
        if file.path == path:
            return running_file(store, file).capture()
    raise AssertionError(path)


def test_cut_anywhere_all_that_was_whole_is_kept_and_flagged(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        _, path, measured = left_behind(store, clock, rng)
        whole, ends = path.read_bytes(), frames(path)
        full = measured.recording.trace.t_s
        path.unlink()
        for length in sorted(rng.choice(np.arange(ends[40], len(whole)), 12, replace=False)):
            client = add_client(store, clock=clock, rng=rng).id
            again, ended_at = interrupted(store, client, clock, rng, share=length / len(whole))
            (recovered,) = recover(store, clock=clock, rng=rng)
            (found,) = kept(store, client)
            times = found.measurement.trace.t_s
            assert np.array_equal(times, full[: times.size])
            assert times.size >= ended_at
            assert QualityFlag.DROP in found.measurement.quality.flags
            assert reproduce(store, found.measurement.id).equal
            assert "interrupted" in recovered.sentence
            assert not again.exists()
        assert verify(store).ok


def interrupted(
    store: Store, client: ClientId, clock: ManualClock, rng: np.random.Generator, share: float
) -> tuple[Path, int]:
    """Leave a recording of which only a share of the bytes reached the disk.

    Returns
    -------
    tuple
        The file, and how many samples stand in whole frames.
    """
    with running_capture(store, client, clock=clock, rng=rng) as running:
        recorded(running, clock)
    content, ends = running.path.read_bytes(), frames(running.path)
    size = int(share * len(content))
    last_whole = max(end for end in ends if end <= size)
    running.path.write_bytes(content[:last_whole])
    samples = decode_recording(opened(store, running.path)).trace.size
    running.path.write_bytes(content[:size])
    return running.path, samples


def test_every_chunk_is_in_the_file_as_soon_as_it_came(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client = add_client(store, clock=clock, rng=rng).id
        plan = plan_measurement(PLACE, trials=1)
        with running_capture(store, client, clock=clock, rng=rng) as running:

            async def run() -> None:
                async with open_device(
                    URL, clock=clock, capture=running, stated=plan.stated
                ) as device:
                    async for _ in device.stream():
                        trace = decode_recording(running.capture()).trace
                        assert trace.size == device.trace().size
                        if trace.size > 100:
                            return

            asyncio.run(run())


@pytest.mark.parametrize("plain", [True, False])
def test_file_says_nothing_to_whoever_has_no_key(
    tmp_path: Path, clock: ManualClock, rng: np.random.Generator, plain: bool
) -> None:
    folder = tmp_path / "s"
    with open_store(folder, clock=clock, create=True, plain=plain, passphrase="words") as store:  # noqa: S106 - of a store that lives for a test
        client, path, _ = left_behind(store, clock, rng)
        content = path.read_bytes()
        capture = opened(store, path)
    assert b"trapezius" in capture
    for secret in (client.encode(), b"trapezius", b"progressor", b"TSCAP"):
        assert secret not in content
    assert path.parent == StoreFolder(tmp_path / "s").running


def test_recording_of_a_program_that_runs_is_left_alone(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client = add_client(store, clock=clock, rng=rng).id
        with running_capture(store, client, clock=clock, rng=rng) as running:
            recorded(running, clock)
            with open_store(store.path, clock=clock) as second:
                assert recover(second, clock=clock, rng=rng) == ()
                assert waiting(second) == 0
            assert running.path.exists()
            assert holds_readings(running)
        assert waiting(store) == 1


def test_nothing_is_kept_twice_when_the_program_ended_between_saving_and_removing(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client, path, _ = left_behind(store, clock, rng)
        before = path.read_bytes()
        recover(store, clock=clock, rng=rng)
        path.write_bytes(before)
        (recovered,) = recover(store, clock=clock, rng=rng)
        assert recovered.measurement is None
        assert "was saved" in recovered.sentence
        assert not path.exists()
        assert len(kept(store, client)) == 1


def test_file_stays_until_the_record_has_it(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client, path, _ = left_behind(store, clock, rng)
        with largest_file(StoreFolder(store.path).database.stat().st_size):
            (recovered,) = recover(store, clock=clock, rng=rng)
        assert recovered.measurement is None
        assert "left where it is" in recovered.sentence
        assert path.exists()
        assert kept(store, client) == ()
        (recovered,) = recover(store, clock=clock, rng=rng)
        assert recovered.measurement is not None
        assert verify(store).ok


@pytest.mark.parametrize("damage", ["flip", "swap", "foreign", "no frame"])
def test_damaged_file_is_said_and_left(
    store: Store, clock: ManualClock, rng: np.random.Generator, damage: str
) -> None:
    with store:
        client, path, _ = left_behind(store, clock, rng)
        content, ends = path.read_bytes(), frames(path)
        if damage == "flip":
            content = content[: ends[9] + 20] + b"?" + content[ends[9] + 21 :]
        elif damage == "swap":
            one, two = content[ends[3] : ends[4]], content[ends[4] : ends[5]]
            content = content[: ends[3]] + two + one + content[ends[5] :]
        elif damage == "foreign":  # of another recording
            path = path.replace(path.with_name(f"M-00000000{path.suffix}"))
        else:
            content = b"\0" * 100
        path.write_bytes(content)
        (recovered,) = recover(store, clock=clock, rng=rng)
        assert recovered.measurement is None
        assert str(path) in recovered.sentence
        assert path.read_bytes() == content
        assert kept(store, client) == ()
        assert any("wait" in warning for warning in verify_record(store).warnings)


def test_recording_of_an_erased_client_is_removed(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client, path, _ = left_behind(store, clock, rng)
        copy = shutil.copy(path, path.with_name("aside"))
        plan = plan_erasure(store, client, clock=clock)
        erase(store, plan, reason="asked for", clock=clock, rng=rng, despite_retention=True)
        shutil.move(copy, path)  # as if it had come back from somewhere
        (recovered,) = recover(store, clock=clock, rng=rng)
        assert recovered.measurement is None
        assert "erased" in recovered.sentence
        assert not path.exists()


def test_recording_belongs_to_the_day_on_which_it_was_made(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client, _, _ = left_behind(store, clock, rng)
        day = clock.local_now()
        clock.advance(timedelta(days=3).total_seconds())
        later = open_visit(store, client, clock=clock, rng=rng)
        recover(store, clock=clock, rng=rng)
        first, second = load_client_record(store, client).visits
        assert (first.visit.opened_at, second.visit) == (day, later)
        (measured,) = first.measurements
        assert measured.measurement.measured_at < later.opened_at
        assert second.measurements == ()
        assert verify(store).to_dict()["warnings"] == []


def test_visit_that_was_open_then_is_the_one_it_goes_into(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client = add_client(store, clock=clock, rng=rng).id
        visit = open_visit(store, client, clock=clock, rng=rng)
        with running_capture(store, client, clock=clock, rng=rng) as running:
            recorded(running, clock)
        open_visit(store, client, clock=clock, rng=rng)
        recover(store, clock=clock, rng=rng)
        (record,) = kept(store, client)
        assert record.measurement.visit == visit.id


def test_recording_without_a_reading_is_nothing(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client = add_client(store, clock=clock, rng=rng).id
        with running_capture(store, client, clock=clock, rng=rng) as running:
            assert not holds_readings(running)
        (running.path.parent / "M-11111111.capture").touch()  # killed before its first byte
        (recovered,) = recover(store, clock=clock, rng=rng)
        assert "before the first reading" in recovered.sentence
        assert list(running.path.parent.iterdir()) == []
        assert load_client_record(store, client).visits == ()


def test_full_disk_ends_the_recording_and_what_came_before_is_kept(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client = add_client(store, clock=clock, rng=rng).id
        with running_capture(store, client, clock=clock, rng=rng) as running:
            with largest_file(20_000):
                measured = recorded(running, clock)
            assert measured.ending is Ending.DEVICE
            assert "cannot be written" in measured.why
            assert read_capture(running.capture()).chunks
        (recovered,) = recover(store, clock=clock, rng=rng)
        assert recovered.measurement is not None
        assert verify(store).ok


def test_full_disk_at_the_beginning_leaves_no_file(
    store: Store, clock: ManualClock, rng: np.random.Generator
) -> None:
    with store:
        client = add_client(store, clock=clock, rng=rng).id
        with (
            largest_file(10),
            pytest.raises(RecordError, match="recorded"),
            running_capture(store, client, clock=clock, rng=rng),
        ):
            pass
        assert list(StoreFolder(store.path).running.iterdir()) == []
