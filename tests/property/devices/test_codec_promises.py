"""Whatever arrives, however cut, a codec neither raises, nor grows, nor makes up a number."""

import math
import pickle
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.codec import (
    Codec,
    Command,
    Event,
    ForceReading,
    FrameRejected,
    MarkerPressed,
    WireSample,
)
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES

IN_NEWTON = WireParameters(unit="N", sensitivity_mv_v=2.0, capacity_n=500.0)
EVERY_MODEL = pytest.mark.parametrize("model", DEVICES)
TEXT_MODELS = pytest.mark.parametrize("model", ["mark10", "wagner-fpx", "shimpo-fg", "text-line"])

# Bytes at random hardly ever make a frame: mix them with what the wires are made of.
FRAGMENTS = st.sampled_from(
    [
        b"\r",
        b"\n",
        b"\r\n",
        b"-18.78 lbF\r\n",
        b"- 23.02 lbf\r\n",
        b"1234,12.34 N,3.210 mm\n",
        b"stop\n",
        b"# banner\n",
        b"*10\r\n",
        b"nan N\n",
        b"R\x06",
        b"RP\x01-12.34 N\r",
        b"-123.45 kgf.cm\r",
        b"0011.70",
        b"1021",
        b"\x0241590200001234\r",
        b"\x02415",
        b"+12.34NTO\r",
        b"-550.0KPE\r",
        b"7" * 100,
        b"\x01\x08\x74\x41\x93\xc2\x76\xbb\xc7\x01",
        b"\x01\x08\x00\x00\xc0\x7f\x76\xbb\xc7\x01",
        b"\x00\x00",
        b"\x00\x04\x80\x10\x00\x00",
        b"\x04\x00",
        b"\x2c\x00\x80\x2c\x00",
        b"Reading: 12.3 lbs calibration_factor: -7050\r\n",
    ]
)
STREAMS = st.lists(st.one_of(FRAGMENTS, st.binary(max_size=12)), max_size=20).map(b"".join)
FORCES_N = st.floats(min_value=-500, max_value=500)


def fresh(model: str, parameters: WireParameters = IN_NEWTON) -> Codec:
    return DEVICES[model].codec(parameters)


def timeless(events: Sequence[Event]) -> list[Event]:
    """Drop the host time, the one thing that may depend on how the bytes were cut."""
    return [
        replace(event, t_host_s=0.0) if isinstance(event, ForceReading | MarkerPressed) else event
        for event in events
    ]


def forces(events: Sequence[Event]) -> list[float]:
    return [event.force_n for event in events if isinstance(event, ForceReading)]


@EVERY_MODEL
@given(data=STREAMS, cuts=st.lists(st.integers(min_value=0, max_value=300), max_size=8))
def test_any_chunking_gives_the_same_events(model: str, data: bytes, cuts: list[int]) -> None:
    bounds = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    codec = fresh(model)
    pieces = [data[start:end] for start, end in pairwise(bounds)]
    cut = [event for i, piece in enumerate(pieces) for event in codec.receive(piece, float(i))]
    assert timeless(cut) == timeless(fresh(model).receive(data, 0.0))


@EVERY_MODEL
@given(data=st.lists(STREAMS, max_size=5), channel=st.sampled_from([None, "notify"]))
def test_any_bytes_give_events_with_finite_numbers(
    model: str, data: list[bytes], channel: str | None
) -> None:
    codec = fresh(model)
    for chunk in data:
        events = codec.receive(chunk, 0.0, channel)
        assert all(math.isfinite(force) for force in forces(events))
        assert all(len(e.data) <= 32 for e in events if isinstance(e, FrameRejected))


@EVERY_MODEL
@given(filler=st.binary(min_size=1, max_size=8))
def test_no_bytes_make_a_codec_grow(model: str, filler: bytes) -> None:
    codec = fresh(model)
    fresh_size = len(pickle.dumps(codec))
    for _ in range(3):
        codec.receive(filler * 5000, 0.0)
        assert len(pickle.dumps(codec)) < fresh_size + 512


@TEXT_MODELS
@given(
    force_n=FORCES_N,
    where=st.integers(min_value=0, max_value=40),
    damage=st.binary(min_size=1, max_size=3),
)
def test_a_line_with_a_foreign_byte_in_it_gives_no_number(
    model: str, force_n: float, where: int, damage: bytes
) -> None:
    line = f"{force_n:.3f} N".encode("ascii")
    foreign = damage.translate(None, b"0123456789.,+- \t\r\n#") + b"\x7f"
    where = min(where, len(line))
    spoilt = line[:where] + foreign + line[where:]
    events = fresh(model).receive(spoilt + b"\r", 0.0)
    assert [type(event) for event in events] == [FrameRejected]


@TEXT_MODELS
@given(force_n=FORCES_N, excess=st.integers(min_value=100, max_value=5000))
def test_the_tail_of_an_overlong_line_gives_no_number(
    model: str, force_n: float, excess: int
) -> None:
    line = f"{force_n:.3f} N\r".encode("ascii")
    push = -1.0 if DEVICES[model].push_sign == "negative" else 1.0
    codec = fresh(model)
    assert forces(codec.receive(b" " * excess, 0.0)) == []
    assert forces(codec.receive(line, 0.0)) == []
    assert forces(codec.receive(line, 0.0)) == [pytest.approx(push * force_n, abs=5.1e-4)]


@given(payload=STREAMS.filter(lambda data: len(data) <= 255), tag=st.integers(5, 255))
def test_a_frame_of_unknown_tag_gives_no_number_from_its_payload(payload: bytes, tag: int) -> None:
    events = fresh("progressor").receive(bytes((tag, len(payload))) + payload, 0.0)
    assert [type(event) for event in events] == [FrameRejected]


@given(data=STREAMS, masses_kg=st.lists(FORCES_N, min_size=1, max_size=5))
def test_a_notification_is_read_whatever_came_before_it(
    data: bytes, masses_kg: list[float]
) -> None:
    profile = DEVICES["progressor"]
    gauge, codec = profile.encoder(IN_NEWTON), profile.codec(IN_NEWTON)
    gauge.reply(codec.encode(Command.START))
    frame = gauge.samples([WireSample(t_s=0.0, force_n=mass) for mass in masses_kg])
    codec.receive(data, 0.0, "notify")
    assert forces(codec.receive(frame, 0.0, "notify")) == pytest.approx(masses_kg, abs=1e-4)


@pytest.mark.parametrize("model", [m for m in DEVICES if "invert" in DEVICES[m].parameters])
@given(force_n=FORCES_N)
def test_inverting_turns_the_sign_and_nothing_else(model: str, force_n: float) -> None:
    """What one gauge sends, read plainly and read inverted."""
    profile = DEVICES[model]
    stated = profile.example_parameters
    plain, inverted = (profile.codec(replace(stated, invert=invert)) for invert in (False, True))
    gauge = profile.encoder(stated)
    with suppress(LocalProtocolError):  # a gauge that talks unasked has no such command
        gauge.reply(plain.encode(Command.START))
    sample = [WireSample(t_s=0.0, force_n=max(force_n, profile.least_n))]
    sent = gauge.samples(sample) or gauge.reply(plain.encode(Command.READ))
    straight, turned = (forces(codec.receive(sent, 0.0)) for codec in (plain, inverted))
    assert straight == [pytest.approx(sample[0].force_n, abs=0.51 * profile.resolution_n)]
    assert turned == [-straight[0]]
