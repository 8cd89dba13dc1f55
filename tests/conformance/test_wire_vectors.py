"""Every codec reads every vector exactly, however it is cut and whatever lies around it."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tissuesense.devices.codec import Codec, Command, Event, ForceReading, FrameRejected, event_json
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES

VECTORS = Path(__file__).parents[2] / "firmware_interfaces"
GARBAGE = b"\xff\x00garbage\x80"


def vectors(kind: str) -> list[Path]:
    return sorted(VECTORS.glob(f"*/vectors/{kind}/*.json"))


def name(path: Path) -> str:
    return f"{path.parts[-4]}-{path.stem}"


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def model_of(path: Path) -> str:
    folder = path.parts[-4]
    return {"link": "tissuesense-link"}.get(folder, folder)


def codec_for(path: Path) -> Codec:
    vector = load(path)
    profile = DEVICES[model_of(path)]
    parameters = vector.get("parameters")
    stated = WireParameters(**parameters) if parameters else profile.example_parameters
    codec = profile.codec(stated)
    if "after" in vector:
        codec.encode(Command(vector["after"]))
    return codec


def read(path: Path, pieces: Iterable[bytes], *, channel: str | None) -> list[Event]:
    """Feed the pieces, the k-th one at host time k."""
    codec = codec_for(path)
    return [
        event
        for index, piece in enumerate(pieces)
        for event in codec.receive(piece, float(index), channel)
    ]


def bytes_of(path: Path) -> bytes:
    return bytes.fromhex(load(path)["hex"])


def assert_events(events: Sequence[Event], expected: list[dict[str, Any]]) -> None:
    found = [event_json(event) for event in events]
    assert [row["type"] for row in found] == [row["type"] for row in expected]
    for row, wanted in zip(found, expected, strict=True):
        # Expected numbers are rounded from exact fractions: one more rounding is granted.
        assert row == {
            key: pytest.approx(value, rel=1e-14, abs=0) if isinstance(value, float) else value
            for key, value in wanted.items()
        }


def is_notification(path: Path) -> bool:
    """Whether the vector is one packet of a radio, which never arrives in pieces."""
    return load(path).get("channel") is not None


VALID, INVALID = vectors("valid"), vectors("invalid")
VALID_STREAMS = [path for path in VALID if not is_notification(path)]
VALID_NOTIFICATIONS = [path for path in VALID if is_notification(path)]
INVALID_STREAMS = [path for path in INVALID if not is_notification(path)]
# Wires of lines that CR ends; what begins and ends otherwise has tests of its own.
LINE_MODELS = {"mark10", "wagner-fpx", "shimpo-fg", "text-line", "imada-d"}
TEXT_STREAMS = [path for path in VALID_STREAMS if model_of(path) in LINE_MODELS]


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_vector_gives_its_events(path: Path) -> None:
    vector = load(path)
    assert_events(read(path, [bytes_of(path)], channel=vector["channel"]), vector["events"])


@pytest.mark.parametrize("path", VALID_STREAMS, ids=name)
def test_a_valid_stream_gives_its_events_cut_at_every_byte(path: Path) -> None:
    data = bytes_of(path)
    for cut in range(1, len(data)):
        events = read(path, [data[:cut], data[cut:]], channel=None)
        assert_events(events, load(path)["events"])
    single_bytes = [data[i : i + 1] for i in range(len(data))]
    assert_events(read(path, single_bytes, channel=None), load(path)["events"])


@pytest.mark.parametrize("path", VALID_STREAMS, ids=name)
def test_a_reading_has_the_time_of_the_chunk_that_completed_it(path: Path) -> None:
    data = bytes_of(path)
    single_bytes = [data[i : i + 1] for i in range(len(data))]
    codec = codec_for(path)
    for index, piece in enumerate(single_bytes):
        for event in codec.receive(piece, index / 10):
            if isinstance(event, ForceReading):
                assert event.t_host_s == index / 10


@pytest.mark.parametrize("path", VALID_NOTIFICATIONS, ids=name)
def test_a_notification_cut_short_gives_no_reading(path: Path) -> None:
    vector = load(path)
    data = bytes_of(path)
    whole = 2 + data[1] if model_of(path) == "progressor" else len(data)  # the rest is padding
    for cut in range(1, whole):
        events = read(path, [data[:cut]], channel=vector["channel"])
        assert not any(isinstance(event, ForceReading) for event in events)


@pytest.mark.parametrize("path", VALID_NOTIFICATIONS, ids=name)
def test_a_damaged_notification_spoils_no_other(path: Path) -> None:
    vector = load(path)
    before, *events = read(path, [GARBAGE, bytes_of(path)], channel=vector["channel"])
    assert isinstance(before, FrameRejected)
    assert_events(events, vector["events"])


@pytest.mark.parametrize("path", TEXT_STREAMS, ids=name)
def test_garbage_before_and_between_lines_is_refused_and_costs_no_reading(path: Path) -> None:
    lines = [line for line in bytes_of(path).replace(b"\n", b"\r").split(b"\r") if line]
    events = read(path, [GARBAGE + b"\r" + line + b"\r" for line in lines], channel=None)
    kept = [e for e in events if not (isinstance(e, FrameRejected) and e.data == GARBAGE)]
    assert len(events) - len(kept) == len(lines)
    assert_events(kept, load(path)["events"])


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_an_invalid_vector_gives_its_rejections_and_nothing_else(path: Path) -> None:
    vector = load(path)
    events = read(path, [bytes_of(path)], channel=vector.get("channel"))
    assert [event_json(event) for event in events] == [
        {"type": "rejected", "why": why} for why in vector["rejections"]
    ]


@pytest.mark.parametrize("path", INVALID_STREAMS, ids=name)
def test_an_invalid_stream_gives_its_rejections_cut_at_every_byte(path: Path) -> None:
    vector = load(path)
    data = bytes_of(path)
    for cut in range(1, len(data)):
        events = read(path, [data[:cut], data[cut:]], channel=None)
        assert [event_json(event)["why"] for event in events] == vector["rejections"]


@pytest.mark.parametrize("path", VALID + INVALID, ids=name)
def test_a_vector_says_where_it_comes_from(path: Path) -> None:
    vector = load(path)
    assert vector["source"]
    if path in VALID:
        assert vector["confidence"] in {"captured", "doc", "test", "derived"}


def test_captured_progressor_frames_give_the_masses_read_from_the_log() -> None:
    stated_kg = {"captured_1": -73.627838, "captured_2": -73.658073, "captured_3": -73.640976}
    for stem, mass_kg in stated_kg.items():
        path = VECTORS / "progressor" / "vectors" / "valid" / f"{stem}.json"
        (event,) = read(path, [bytes_of(path)], channel=load(path)["channel"])
        assert isinstance(event, ForceReading)
        assert event.force_n / 9.80665 == pytest.approx(mass_kg, abs=5e-7)
