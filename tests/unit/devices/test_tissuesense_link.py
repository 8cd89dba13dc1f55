"""The Link codec and its simulated device hold the conversation that the protocol describes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.catalog.tissuesense_link import PROFILE
from tissuesense.devices.codec import (
    BatteryLevel,
    Codec,
    Command,
    DeviceFacts,
    DeviceText,
    Encoder,
    Event,
    Fault,
    FaultKind,
    ForceReading,
    FrameRejected,
    MarkerPressed,
    Rejection,
    SamplesMissed,
    WireSample,
)
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import (
    Ask,
    Capability,
    Hello,
    Marker,
    Reply,
    Request,
    Result,
    Sample,
    decode,
    encode,
)
from tissuesense.devices.profile import WireParameters

PERIOD_S = 2**32 / 1e6
SAMPLES = st.builds(
    WireSample,
    t_s=st.floats(0, 3 * PERIOD_S),
    force_n=st.floats(-500, 500),
    displacement_mm=st.floats(-8000, 8000),
    acceleration_m_s2=st.floats(-327, 327),
    marker=st.booleans(),
)


def both(parameters: WireParameters | None = None) -> tuple[Codec, Encoder]:
    parameters = parameters or WireParameters()
    return PROFILE.codec(parameters), PROFILE.encoder(parameters)


def asked(codec: Codec, device: Encoder, *commands: Command) -> list[Event]:
    return [
        event
        for command in commands
        for event in codec.receive(device.reply(codec.encode(command)), 0.0)
    ]


def of_kind(events: list[Event], kind: type[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def at_80_hz(*forces_n: float) -> list[WireSample]:
    return [WireSample(t_s=i / 80, force_n=force_n) for i, force_n in enumerate(forces_n)]


def sent(codec: Codec, command: Command) -> list[Request]:
    requests = []
    for piece in LinkFramer().receive(codec.encode(command)):
        assert isinstance(piece, bytes)
        request = decode(piece)
        assert isinstance(request, Request)
        requests.append(request)
    return requests


@given(
    depth_mm=st.none() | st.floats(-8000, 8000),
    acceleration_m_s2=st.none() | st.floats(-327, 327),
    angle_deg=st.floats(-327, 327),
)
def test_an_angle_is_read_unless_there_is_no_room_for_it(
    depth_mm: float | None, acceleration_m_s2: float | None, angle_deg: float
) -> None:
    codec, device = both()
    asked(codec, device, Command.START)
    sample = WireSample(
        t_s=1.0,
        force_n=2.0,
        displacement_mm=depth_mm,
        acceleration_m_s2=acceleration_m_s2,
        angle_deg=angle_deg,
    )
    (reading,) = codec.receive(device.samples([sample]), 0.0)
    assert isinstance(reading, ForceReading)
    assert reading.force_n == 2.0
    assert reading.displacement_mm == pytest.approx(depth_mm, abs=5.1e-4)
    assert reading.acceleration_m_s2 == pytest.approx(acceleration_m_s2, abs=5.1e-3)
    full = None not in {depth_mm, acceleration_m_s2}
    assert reading.angle_deg == (None if full else pytest.approx(angle_deg, abs=5.1e-3))


@given(samples=st.lists(SAMPLES, min_size=1, max_size=40), invert=st.booleans())
def test_what_the_device_measures_is_read(samples: list[WireSample], invert: bool) -> None:
    codec, device = both(WireParameters(invert=invert))
    asked(codec, device, Command.START)
    events = list(codec.receive(device.samples(samples), 0.0))
    readings = of_kind(events, ForceReading)

    assert len(readings) == len(samples)
    for sample, reading in zip(samples, readings, strict=True):
        assert isinstance(reading, ForceReading)
        assert reading.force_n == pytest.approx(sample.force_n, abs=5.1e-7)
        assert reading.displacement_mm == pytest.approx(sample.displacement_mm, abs=5.1e-4)
        assert reading.acceleration_m_s2 == pytest.approx(sample.acceleration_m_s2, abs=5.1e-3)
        assert reading.t_device_s is not None
        apart_s = (reading.t_device_s - sample.t_s + PERIOD_S / 2) % PERIOD_S - PERIOD_S / 2
        assert abs(apart_s) <= 1e-6
    assert len(of_kind(events, MarkerPressed)) == sum(sample.marker for sample in samples)
    assert len(events) == len(readings) + sum(sample.marker for sample in samples)


def test_the_device_says_who_it_is_in_the_words_of_a_side_car() -> None:
    codec, device = both()
    events = asked(codec, device, Command.IDENTIFY)
    facts: dict[str, object] = {}
    for event in events:
        if isinstance(event, DeviceFacts):
            facts |= event.facts

    assert facts == {
        "protocol": "1.1",
        "full_scale_n": 500.0,
        "resolution_n": 1e-6,
        "probe_area_cm2": 1.0,
        "probe_area_uncertainty_cm2": 0.005,
        "maker": "TissueSense",
        "device_model": "simulated Link gauge",
        "firmware": "1.0",
        "calibration_id": "simulated",
    }
    assert of_kind(events, BatteryLevel) == [BatteryLevel(volts=3.9, percent=87.0)]
    assert events[-1] == DeviceText(text="SIM-0001")


def test_turned_round_the_range_is_turned_too() -> None:
    codec = PROFILE.codec(WireParameters(invert=True))
    events = codec.receive(frame(bytes.fromhex("21800f05fd80b2e60ec4090000")), 0.0)

    assert events == [DeviceFacts(facts={"full_scale_n": 50.0, "resolution_n": 0.0025})]


def test_nothing_is_sent_before_start_nor_after_stop() -> None:
    codec, device = both()
    assert device.samples(at_80_hz(1.0, 2.0)) == b""
    asked(codec, device, Command.START)
    assert device.samples(at_80_hz(1.0)) != b""
    asked(codec, device, Command.STOP)
    assert device.samples(at_80_hz(1.0)) == b""


def test_tare_takes_the_present_force_off() -> None:
    codec, device = both()
    asked(codec, device, Command.START)
    codec.receive(device.samples(at_80_hz(3.25)), 0.0)
    asked(codec, device, Command.TARE)
    (reading,) = codec.receive(device.samples(at_80_hz(5.0)), 0.0)

    assert isinstance(reading, ForceReading)
    assert reading.force_n == pytest.approx(1.75)


@pytest.mark.parametrize(("asked_hz", "got"), [(1000.0, 80), (40.0, 40), (30.0, 26), (1.0, 1)])
def test_a_rate_is_honoured_as_nearly_as_can_be(asked_hz: float, got: int) -> None:
    device = PROFILE.encoder(WireParameters())
    codec = PROFILE.codec(WireParameters(rate_hz=asked_hz))
    assert asked(codec, device, Command.RATE, Command.START) == []
    events = codec.receive(device.samples(at_80_hz(*[1.0] * 80)), 0.0)

    assert len(events) == got


def test_a_rate_is_asked_for_only_where_somebody_wants_one_and_of_a_device_that_stands() -> None:
    with pytest.raises(LocalProtocolError):
        PROFILE.codec(WireParameters()).encode(Command.RATE)
    codec = PROFILE.codec(WireParameters(rate_hz=12.5))
    stop, rate = sent(codec, Command.RATE)

    assert (stop.command, rate.command, rate.rate_mhz) == (Ask.STOP, Ask.RATE, 12_500)
    assert stop.tag != rate.tag


def test_every_command_has_a_tag_of_its_own() -> None:
    codec = PROFILE.codec(WireParameters())
    tags = [sent(codec, Command.START)[0].tag for _ in range(256)]

    assert len(set(tags)) == 256


def test_what_a_device_says_that_it_cannot_is_not_asked_of_it() -> None:
    codec = PROFILE.codec(WireParameters())
    codec.encode(Command.BATTERY)  # nobody knows yet
    hello = Hello(
        major=1, minor=0, capabilities=Capability.TARE, rate_mhz=80_000, fastest_mhz=80_000
    )
    codec.receive(frame(encode(hello)), 0.0)

    codec.encode(Command.TARE)
    with pytest.raises(LocalProtocolError, match="no command 'battery'"):
        codec.encode(Command.BATTERY)


def test_there_is_no_command_to_read_once() -> None:
    with pytest.raises(LocalProtocolError):
        PROFILE.codec(WireParameters()).encode(Command.READ)


def test_a_command_begins_with_a_zero_that_ends_whatever_noise_came_before() -> None:
    codec, device = both()
    device.reply(b"\x07noise")
    events = asked(codec, device, Command.IDENTIFY)

    assert DeviceText(text="SIM-0001") in events


def test_an_overload_is_said_once_a_second_heard_once_and_over_when_it_is() -> None:
    codec, device = both()
    asked(codec, device, Command.START)
    overloaded = device.samples(at_80_hz(1.0, *[501.0] * 161))
    assert len(LinkFramer().receive(overloaded)) == 1 + 3
    events = list(codec.receive(overloaded, 0.0))
    events += codec.receive(device.samples(at_80_hz(2.0)), 0.0)

    assert of_kind(events, Fault) == [
        Fault(kind=FaultKind.OVERLOAD, detail="the force is beyond the range")
    ]
    assert of_kind(events, SamplesMissed) == []
    assert [r.force_n for r in events if isinstance(r, ForceReading)] == [1.0, 2.0]


def test_an_overloaded_device_takes_no_tare() -> None:
    codec, device = both()
    asked(codec, device, Command.START)
    device.samples(at_80_hz(600.0))

    assert asked(codec, device, Command.TARE) == [
        Fault(kind=FaultKind.REFUSED_COMMAND, detail="tare: not now")
    ]


def test_the_device_refuses_what_it_does_not_know_and_keeps_still_to_what_is_no_command() -> None:
    device = PROFILE.encoder(WireParameters())
    (answer,) = LinkFramer().receive(device.reply(frame(b"\x0f\x21")))
    assert isinstance(answer, bytes)
    refusal = Reply(tag=0x21, command=0x0F, result=Result.UNKNOWN_COMMAND, value=0)

    assert decode(answer) == refusal
    for silent in (
        b"\x7f\x21",
        b"\x05\x21",
        encode(refusal),
        encode(Sample(seq=0, time_us=0, force_un=0)),
    ):
        assert device.reply(frame(silent)) == b""
    assert device.reply(b"garbage\0") == b""


def test_of_another_major_version_no_number_is_read_until_a_device_of_ours_is_back() -> None:
    codec = PROFILE.codec(WireParameters())
    ours = Hello(major=1, minor=7, capabilities=0, rate_mhz=1, fastest_mhz=1)
    theirs = Hello(major=2, minor=0, capabilities=0, rate_mhz=1, fastest_mhz=1)
    sample = frame(encode(Sample(seq=0, time_us=0, force_un=5)))

    events = codec.receive(frame(encode(theirs)) + sample, 0.0)
    assert [type(event) for event in events] == [FrameRejected, FrameRejected]
    assert {event.why for event in events} == {Rejection.ANOTHER_VERSION}  # type: ignore[union-attr] # as just said
    events = codec.receive(frame(encode(ours)) + sample, 0.0)
    assert [type(event) for event in events] == [DeviceFacts, ForceReading]


def test_text_of_a_device_cannot_steer_a_terminal() -> None:
    codec = PROFILE.codec(WireParameters())
    (event,) = codec.receive(frame(b"\x23\x03\x80A\x1b[2JB"), 0.0)

    assert event == DeviceText(text="A\N{REPLACEMENT CHARACTER}[2JB")


def test_a_device_that_was_switched_on_again_may_say_the_same_and_mean_something_new() -> None:
    codec, _ = both()
    press = frame(encode(Marker(count=1, time_us=2_000_000)))
    hello = frame(
        encode(Hello(major=1, minor=0, capabilities=0, rate_mhz=80_000, fastest_mhz=80_000))
    )
    events = list(codec.receive(press * 3 + hello + press * 3, 0.0))
    assert len(of_kind(events, MarkerPressed)) == 2
