"""A Bluetooth scale's mass is read from either characteristic, and from nothing that is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.devices.catalog.bt_sig_weight import PROFILE
from tissuesense.devices.codec import Event, ForceReading, FrameRejected, Rejection, WireSample
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
MEASUREMENT = "00002a9d-0000-1000-8000-00805f9b34fb"
WEIGHT = "00002a98-0000-1000-8000-00805f9b34fb"
KG = 9.80665
OPTIONAL = {0x02: 7, 0x04: 1, 0x08: 4}  # as the SIG has them


def read(data: bytes, channel: str | None = MEASUREMENT) -> Event:
    (event,) = PROFILE.codec(PLAIN).receive(data, 0.0, channel)
    return event


def force_n(data: bytes, channel: str | None = MEASUREMENT) -> float:
    event = read(data, channel)
    assert isinstance(event, ForceReading)
    return event.force_n


def test_the_characteristic_tells_what_the_same_bytes_mean() -> None:
    assert force_n(b"\x01\x54\x3d") == pytest.approx(157 * 4.4482216152605)
    assert read(b"\x01\x54\x3d", WEIGHT) == FrameRejected(
        why=Rejection.BAD_LENGTH, data=b"\x01\x54\x3d"
    )
    assert force_n(b"\x01\x54", WEIGHT) == pytest.approx(0x5401 * 0.005 * KG)
    assert read(b"\x01\x54") == FrameRejected(why=Rejection.TRUNCATED, data=b"\x01\x54")


def test_a_characteristic_is_known_in_capitals_too() -> None:
    assert force_n(b"\xb0\x36", WEIGHT.upper()) == pytest.approx(70 * KG)


def test_one_codec_reads_both_characteristics_in_turn() -> None:
    codec = PROFILE.codec(PLAIN)
    for data, channel in ((b"\x00\xb0\x36", MEASUREMENT), (b"\xb0\x36", WEIGHT)) * 2:
        (event,) = codec.receive(data, 0.0, channel)
        assert isinstance(event, ForceReading)
        assert event.force_n == pytest.approx(70 * KG)


def test_the_time_stamp_is_no_time_of_a_sample() -> None:
    event = read(bytes.fromhex("02b036e7070c190e1e2d"))
    assert isinstance(event, ForceReading)
    assert event.t_device_s is None


@given(flags=st.integers(0, 15), steps=st.integers(0, 0xFFFE), fill=st.integers(0, 255))
def test_whatever_follows_the_mass_does_not_change_it(flags: int, steps: int, fill: int) -> None:
    declared = sum(size for flag, size in OPTIONAL.items() if flags & flag)
    record = bytes((flags,)) + steps.to_bytes(2, "little") + bytes((fill,)) * declared
    unit_n = 0.01 * 4.4482216152605 if flags & 1 else 0.005 * KG
    assert force_n(record) == pytest.approx(steps * unit_n)


@given(data=st.binary(min_size=1, max_size=30), flags=st.integers(0, 7))
def test_a_notification_of_another_length_than_its_flags_announce_gives_no_number(
    data: bytes, flags: int
) -> None:
    """Noise that begins with a zero would else be a mass."""
    announced = 3 + sum(size for flag, size in OPTIONAL.items() if flags & flag)
    event = read(bytes((flags,)) + data)
    assert isinstance(event, ForceReading | FrameRejected)
    assert isinstance(event, FrameRejected) == (
        len(data) + 1 != announced or data.startswith(b"\xff\xff")
    )


@pytest.mark.parametrize("flags", [0x20, 0x40, 0x80, 0xFF])
def test_a_flag_without_a_meaning_is_not_guessed_at(flags: int) -> None:
    record = bytes((flags,)) + b"\xb0\x36"
    assert read(record) == FrameRejected(why=Rejection.MALFORMED, data=record)


@given(flags=st.integers(0, 15), steps=st.integers(0, 0xFFFE))
def test_records_of_every_kind_follow_one_another_in_a_stream(flags: int, steps: int) -> None:
    declared = sum(size for flag, size in OPTIONAL.items() if flags & flag)
    record = bytes((flags,)) + steps.to_bytes(2, "little") + b"\xff" * declared
    events = PROFILE.codec(PLAIN).receive(record + b"\x00\xb0\x36", 0.0)
    assert len(events) == 2
    assert isinstance(events[1], ForceReading)
    assert events[1].force_n == pytest.approx(70 * KG)


def test_the_simulated_scale_shows_nothing_below_zero_and_counts_in_five_grams() -> None:
    gauge = PROFILE.encoder(PLAIN)
    sent = [WireSample(t_s=0.0, force_n=force) for force in (-3.0, 0.02, 0.03, 10.0)]
    events = PROFILE.codec(PLAIN).receive(gauge.samples(sent), 0.0)
    steps = [e.force_n / PROFILE.resolution_n for e in events if isinstance(e, ForceReading)]
    assert steps == pytest.approx([0, 0, 1, 204])
    assert gauge.reply(b"?") == b""


def test_the_profile_says_what_such_a_scale_cannot_do() -> None:
    assert PROFILE.least_n == 0.0
    assert pytest.approx(0.005 * KG) == PROFILE.resolution_n
    assert PROFILE.ble is not None
    assert PROFILE.ble.notify == (MEASUREMENT, WEIGHT)
    assert PROFILE.ble.write is None
    assert PROFILE.clock_period_s is None
