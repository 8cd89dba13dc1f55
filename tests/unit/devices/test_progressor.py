"""A Progressor's frames are read as far as they declare, and its replies by what was asked."""

import struct

import pytest

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.catalog.progressor import PROFILE, ProgressorCodec, ProgressorEncoder
from tissuesense.devices.codec import (
    BatteryLevel,
    Command,
    DeviceText,
    ForceReading,
    FrameRejected,
    Rejection,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

PLAIN = WireParameters()
NOTIFY = "7e4e1702-1ea6-40c9-9dcc-13d34ffead57"
CHANGES_CALIBRATION = {0x69, 0x6A, 0x74}


def sample(mass_kg: float, time_us: int) -> bytes:
    return struct.pack("<BBfI", 1, 8, mass_kg, time_us)


def test_commands_are_the_documented_opcodes() -> None:
    codec = ProgressorCodec(PLAIN)
    commands = {
        Command.START: b"\x65",
        Command.STOP: b"\x66",
        Command.TARE: b"\x64",
        Command.BATTERY: b"\x6f",
        Command.IDENTIFY: b"\x70",
    }
    assert {command: codec.encode(command) for command in commands} == commands


def test_no_command_touches_the_calibration() -> None:
    codec = ProgressorCodec(PLAIN)
    sent = {codec.encode(command)[0] for command in set(Command) - {Command.READ, Command.RATE}}
    assert not sent & CHANGES_CALIBRATION


def test_it_cannot_be_polled() -> None:
    with pytest.raises(LocalProtocolError, match=r"progressor.*read") as raised:
        ProgressorCodec(PLAIN).encode(Command.READ)
    assert "start" in raised.value.hint


def test_padding_of_a_notification_is_no_part_of_the_next() -> None:
    codec = ProgressorCodec(PLAIN)
    padded = sample(1.0, 1000) + sample(9.0, 9000)
    forces = [codec.receive(padded, 0.0, NOTIFY) for _ in range(2)]
    assert [len(events) for events in forces] == [1, 1]


def test_an_empty_notification_says_nothing() -> None:
    assert ProgressorCodec(PLAIN).receive(b"", 0.0, NOTIFY) == []


def test_a_reply_is_read_as_the_last_command_asked() -> None:
    codec = ProgressorCodec(PLAIN)
    codec.encode(Command.IDENTIFY)
    codec.encode(Command.BATTERY)
    assert codec.receive(b"\x00\x04\x80\x10\x00\x00", 0.0, NOTIFY) == [BatteryLevel(volts=4.224)]


def test_a_command_has_one_reply() -> None:
    codec = ProgressorCodec(PLAIN)
    codec.encode(Command.BATTERY)
    codec.receive(b"\x00\x04\x80\x10\x00\x00", 0.0, NOTIFY)
    again = codec.receive(b"\x00\x04\x80\x10\x00\x00", 0.0, NOTIFY)
    assert again == [DeviceText(text="1080")]


def test_a_battery_reply_of_another_length_is_refused() -> None:
    codec = ProgressorCodec(PLAIN)
    codec.encode(Command.BATTERY)
    (event,) = codec.receive(b"\x00\x02\x80\x10", 0.0, NOTIFY)
    assert event == FrameRejected(why=Rejection.BAD_LENGTH, data=b"\x00\x02\x80\x10")


def test_an_acknowledgement_does_not_use_up_the_question() -> None:
    codec = ProgressorCodec(PLAIN)
    codec.encode(Command.BATTERY)
    assert codec.receive(b"\x00\x00", 0.0, NOTIFY) == []
    assert codec.receive(b"\x00\x04\x80\x10\x00\x00", 0.0, NOTIFY) == [BatteryLevel(volts=4.224)]


def test_device_time_is_unsigned() -> None:
    """Half the period is 35.8 min: read as signed, time would go negative there."""
    (reading,) = ProgressorCodec(PLAIN).receive(sample(1.0, 2**31), 0.0, NOTIFY)
    assert isinstance(reading, ForceReading)
    assert reading.t_device_s == 2147.483648


def test_the_simulated_gauge_streams_between_start_and_stop() -> None:
    codec, gauge = ProgressorCodec(PLAIN), ProgressorEncoder(PLAIN)
    batch = [WireSample(t_s=0.0, force_n=1.0)]
    assert gauge.samples(batch) == b""
    gauge.reply(codec.encode(Command.START))
    assert len(codec.receive(gauge.samples(batch), 0.0)) == 1
    gauge.reply(codec.encode(Command.STOP))
    assert gauge.samples(batch) == b""


def test_the_simulated_gauge_tares_while_streaming_only() -> None:
    codec, gauge = ProgressorCodec(PLAIN), ProgressorEncoder(PLAIN)
    batch = [WireSample(t_s=0.0, force_n=5.0)]
    gauge.reply(codec.encode(Command.TARE))
    gauge.reply(codec.encode(Command.START))
    (loaded,) = codec.receive(gauge.samples(batch), 0.0)
    gauge.reply(codec.encode(Command.TARE))
    (tared,) = codec.receive(gauge.samples(batch), 0.0)
    assert isinstance(loaded, ForceReading)
    assert isinstance(tared, ForceReading)
    assert loaded.force_n == pytest.approx(5.0)
    assert tared.force_n == 0.0


def test_the_simulated_gauge_answers_questions() -> None:
    codec, gauge = ProgressorCodec(PLAIN), ProgressorEncoder(PLAIN)
    (battery,) = codec.receive(gauge.reply(codec.encode(Command.BATTERY)), 0.0)
    (identity,) = codec.receive(gauge.reply(codec.encode(Command.IDENTIFY)), 0.0)
    assert battery == BatteryLevel(volts=4.1)
    assert identity == DeviceText(text="030201")
    assert gauge.reply(b"\x6b") == b""


def test_a_batch_for_one_notification_is_one_frame() -> None:
    gauge = ProgressorEncoder(PLAIN)
    gauge.reply(b"\x65\x00")
    batch = [WireSample(t_s=i / 80, force_n=1.0) for i in range(30)]
    frame = gauge.samples(batch)
    assert len(frame) == 2 + frame[1] <= 244
    assert len(ProgressorCodec(PLAIN).receive(frame, 0.0, NOTIFY)) == 30


def test_the_profile_names_the_documented_uuids() -> None:
    assert PROFILE.ble is not None
    assert PROFILE.ble.notify == (NOTIFY,)
    assert PROFILE.ble.service == "7e4e1701-1ea6-40c9-9dcc-13d34ffead57"
    assert PROFILE.ble.write == "7e4e1703-1ea6-40c9-9dcc-13d34ffead57"
    assert PROFILE.clock_period_s == pytest.approx(71.58 * 60, rel=1e-4)
