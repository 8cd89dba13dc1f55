"""A bridge amplifier's frames are read in step; whatever is lost or joined, none is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import ConfigurationError, LocalProtocolError
from tissuesense.devices.catalog.gsv2 import PROFILE, Gsv2Codec, Gsv2Encoder
from tissuesense.devices.codec import (
    Command,
    Event,
    Fault,
    FaultKind,
    ForceReading,
    FrameRejected,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

# One newton a count, so that forces show the bits.
COUNTS = WireParameters(sensitivity_mv_v=1.05, capacity_n=float(0x800000))
JOINED = WireParameters(sensitivity_mv_v=1.05, capacity_n=float(0x800000), joined_midway=True)

# What looks like a head, or like a status, is what makes this wire hard.
AWKWARD = st.sampled_from([0x2C, 0x00, 0x08, 0x10, 0x18, 0x80, 0x01])
VALUES = st.one_of(
    st.integers(min_value=1, max_value=0xFFFFFE),
    st.lists(AWKWARD, min_size=3, max_size=3).map(lambda data: int.from_bytes(bytes(data))),
)
VALUES_WITHOUT_HEADS = st.lists(
    st.integers(min_value=0, max_value=99).map(lambda step: 0x810101 + 2 * step),
    min_size=12,
    max_size=16,
)
STATUSES = st.sampled_from([0x00, 0x08, 0x10, 0x18])
FRAMES = st.tuples(STATUSES, VALUES).map(lambda made: frame(made[1], made[0]))
RUNS = st.one_of(
    st.lists(FRAMES, min_size=1, max_size=16),
    st.tuples(FRAMES, st.integers(min_value=1, max_value=16)).map(lambda made: [made[0]] * made[1]),
)


def frame(raw: int, status: int = 0) -> bytes:
    return bytes((0x2C, status)) + raw.to_bytes(3)


def read(data: bytes, parameters: WireParameters = COUNTS) -> list[Event]:
    return list(Gsv2Codec(parameters).receive(data, 0.0))


def raws(events: list[Event]) -> list[int]:
    return [round(event.force_n) + 0x800000 for event in events if isinstance(event, ForceReading)]


def sent_in_order(found: list[int], frames: list[bytes]) -> bool:
    """Whether what was found is some of what was sent, in its order."""
    sent = iter(int.from_bytes(made[2:]) for made in frames)
    return all(raw in sent for raw in found)


@pytest.mark.parametrize(
    "stated",
    [
        WireParameters(),
        WireParameters(sensitivity_mv_v=2.0),
        WireParameters(capacity_n=500.0),
    ],
)
def test_a_load_cell_that_was_not_stated_is_asked_for(stated: WireParameters) -> None:
    for made in (Gsv2Codec, Gsv2Encoder):
        with pytest.raises(ConfigurationError, match="load cell") as caught:
            made(stated)
        assert caught.value.hint is not None
        assert "sensitivity_mv_v=" in caught.value.hint
        assert "capacity_n=" in caught.value.hint


def test_force_is_signal_by_sensitivity_times_capacity() -> None:
    cell = WireParameters(sensitivity_mv_v=2.0, capacity_n=500.0)
    (reading,) = read(frame(0xC00000), cell)
    assert isinstance(reading, ForceReading)
    assert reading.force_n == pytest.approx(0.525 / 2.0 * 500.0)


@pytest.mark.parametrize("raw", [0x000000, 0xFFFFFF])
def test_an_end_of_the_range_is_a_fault_and_no_force(raw: int) -> None:
    (event,) = read(frame(raw))
    assert isinstance(event, Fault)
    assert event.kind is FaultKind.OVERLOAD


def test_a_running_stream_is_trusted_after_four_heads_in_a_row() -> None:
    values = [0x810101, 0x810201, 0x810301, 0x810401]
    four_heads = b"".join(map(frame, values))
    codec = Gsv2Codec(JOINED)
    assert codec.receive(four_heads, 0.0) == []
    assert raws(list(codec.receive(frame(0x810501), 0.0))) == [*values, 0x810501]


@given(frames=RUNS, cut=st.integers(min_value=0, max_value=4))
def test_a_stream_joined_midway_gives_only_what_was_sent(frames: list[bytes], cut: int) -> None:
    assert sent_in_order(raws(read(b"".join(frames)[cut:], JOINED)), frames)


@given(values=VALUES_WITHOUT_HEADS, cut=st.integers(min_value=0, max_value=4))
def test_a_stream_joined_midway_is_read_on_from_its_first_whole_frame(
    values: list[int], cut: int
) -> None:
    events = read(b"".join(map(frame, values))[cut:], JOINED)
    assert raws(events) == (values[1:] if cut else values)
    assert not any(isinstance(event, FrameRejected) for event in events)


@given(frames=RUNS, data=st.data())
def test_a_frame_that_lost_bytes_gives_no_number_nor_do_the_others_change(
    frames: list[bytes], data: st.DataObject
) -> None:
    start = data.draw(st.integers(min_value=0, max_value=4))
    count = data.draw(st.integers(min_value=1, max_value=5 - start))
    where = data.draw(st.integers(min_value=0, max_value=len(frames) - 1))
    damaged = [*frames]
    damaged[where] = frames[where][:start] + frames[where][start + count :]
    others = frames[:where] + frames[where + 1 :]
    assert sent_in_order(raws(read(b"".join(damaged))), others)


@given(noise=st.binary(max_size=40), values=VALUES_WITHOUT_HEADS)
def test_after_any_noise_frames_are_read_again(noise: bytes, values: list[int]) -> None:
    found = raws(read(noise + b"".join(map(frame, values))))
    # Noise that happens to begin as a frame may take as much as the run that it ends in.
    assert found[-4:] == values[-4:]


def test_start_stop_and_zero_are_all_that_is_ever_sent() -> None:
    codec = Gsv2Codec(COUNTS)
    assert {command: codec.encode(command) for command in (Command.START, Command.STOP)} == {
        Command.START: b"\x24",
        Command.STOP: b"\x23",
    }
    assert codec.encode(Command.TARE) == b"\x0c"
    for command in {*Command} - {Command.START, Command.STOP, Command.TARE}:
        with pytest.raises(LocalProtocolError):
            codec.encode(command)


def test_the_simulated_amplifier_stops_starts_and_zeroes_as_it_is_told() -> None:
    amplifier, codec = Gsv2Encoder(COUNTS), Gsv2Codec(COUNTS)
    sample = [WireSample(t_s=0.0, force_n=1001.0)]
    assert raws(list(codec.receive(amplifier.samples(sample), 0.0))) == [0x800000 + 1001]
    amplifier.reply(codec.encode(Command.STOP))
    assert amplifier.samples(sample) == b""
    amplifier.reply(codec.encode(Command.TARE) + codec.encode(Command.START))
    assert raws(list(codec.receive(amplifier.samples(sample), 0.0))) == [0x800001]


def test_the_simulated_amplifier_shows_what_is_beyond_its_range_as_its_end() -> None:
    amplifier = Gsv2Encoder(PROFILE.example_parameters)
    sent = amplifier.samples([WireSample(t_s=0.0, force_n=force_n) for force_n in (-1e6, 1e6, 0.0)])
    kinds = [type(event) for event in read(sent, PROFILE.example_parameters)]
    assert kinds == [Fault, Fault, ForceReading]
