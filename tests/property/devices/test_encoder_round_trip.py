"""What a simulated gauge sends, its codec reads back: same forces, times and signals, none else."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.codec import (
    Codec,
    Command,
    Encoder,
    Event,
    Fault,
    ForceReading,
    FrameRejected,
    MarkerPressed,
    MotionReading,
    SamplesMissed,
    WireSample,
)
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.base import ADVERTISEMENT

FORCES_N = st.floats(min_value=-500, max_value=500)
UNITS = st.sampled_from([None, "N", "kgf", "lbf"])
LARGEST_UNIT_N = 9.80665
TEXT_RESOLUTION = 0.51e-4  # four decimals, rounded
CLOCK_STEPS_S = {"progressor": 1e-6}  # of most: a millisecond or less
BATCH = 20  # fits a notification of any radio whose readings have a time
HALF_A_STEP = 0.51  # and what rounding adds


@st.composite
def samples(draw: st.DrawFn, period_s: float, least_n: float = -500.0) -> list[WireSample]:
    start_s = draw(st.floats(min_value=0, max_value=2 * period_s))
    forces_n = draw(st.lists(FORCES_N, min_size=1, max_size=70))
    return [
        WireSample(t_s=start_s + i / 80, force_n=max(force_n, least_n), marker=draw(st.booleans()))
        for i, force_n in enumerate(forces_n)
    ]


def assert_clock(t_device_s: float | None, t_s: float, *, period_s: float, step_s: float) -> None:
    assert t_device_s is not None
    assert 0 <= t_device_s < period_s
    turned = (t_device_s - t_s + period_s / 2) % period_s - period_s / 2
    assert abs(turned) <= HALF_A_STEP * step_s


def channel(profile: DeviceProfile) -> str | None:
    if profile.serial is not None:
        return None
    return profile.ble.notify[0] if profile.ble is not None else ADVERTISEMENT


def told(
    profile: DeviceProfile, gauge: Encoder, codec: Codec, sent: Sequence[WireSample]
) -> list[Event]:
    """Hold the conversation that a session with the simulated gauge consists of."""
    polled = profile.serial is not None and profile.serial.poll_interval_s is not None
    with suppress(LocalProtocolError):  # polled, or it talks unasked
        codec.receive(gauge.reply(codec.encode(Command.START)), 0.0, channel(profile))
    events: list[Event] = []
    size = 1 if profile.clock_period_s is None else BATCH
    for batch in (sent[start : start + size] for start in range(0, len(sent), size)):
        data = gauge.samples(batch)
        if polled:
            assert data == b""
            data = gauge.reply(codec.encode(Command.READ))
        events += codec.receive(data, batch[-1].t_s, channel(profile))
    return events


@pytest.mark.parametrize("model", DEVICES)
@given(data=st.data(), invert=st.booleans())
def test_every_model_reads_its_own_simulator(model: str, data: st.DataObject, invert: bool) -> None:
    profile = DEVICES[model]
    parameters = replace(
        profile.example_parameters, invert=invert and "invert" in profile.parameters
    )
    sent = data.draw(samples(profile.clock_period_s or 1.0, profile.least_n))
    events = told(profile, profile.encoder(parameters), profile.codec(parameters), sent)
    assert not [e for e in events if isinstance(e, FrameRejected | Fault | SamplesMissed)]
    readings = [event for event in events if isinstance(event, ForceReading)]
    for sample, reading in zip(sent, readings, strict=True):
        within_n = HALF_A_STEP * profile.resolution_n
        assert reading.force_n == pytest.approx(sample.force_n, rel=0, abs=within_n)
        if profile.clock_period_s is None:
            assert (reading.t_device_s, reading.t_host_s) == (None, sample.t_s)
        else:
            step_s = CLOCK_STEPS_S.get(model, 1e-3)
            period_s = profile.clock_period_s
            assert_clock(reading.t_device_s, sample.t_s, period_s=period_s, step_s=step_s)


@given(sent=samples(2**32 / 1e3), invert=st.booleans(), unit=UNITS)
def test_text_line_in_every_unit_with_its_signals(
    sent: list[WireSample], invert: bool, unit: str | None
) -> None:
    profile = DEVICES["text-line"]
    parameters = WireParameters(invert=invert, unit=unit)
    events = profile.codec(parameters).receive(profile.encoder(parameters).samples(sent), 0.0)
    readings = [event for event in events if isinstance(event, ForceReading)]
    stops = [event for event in events if isinstance(event, MarkerPressed)]
    assert len(events) == len(readings) + len(stops)
    assert len(stops) == sum(sample.marker for sample in sent)
    for sample, reading in zip(sent, readings, strict=True):
        resolution_n = TEXT_RESOLUTION * LARGEST_UNIT_N
        assert reading.force_n == pytest.approx(sample.force_n, abs=resolution_n)


@pytest.mark.parametrize("model", DEVICES)
@pytest.mark.parametrize("column", ["displacement_mm", "acceleration_m_s2", "angle_deg"])
def test_a_wire_carries_the_columns_that_its_profile_states(model: str, column: str) -> None:
    profile = DEVICES[model]
    moved: dict[str, Any] = {column: 1.5}
    sent = [WireSample(t_s=1.0, force_n=10.0, **moved)]
    parameters = profile.example_parameters
    events = told(profile, profile.encoder(parameters), profile.codec(parameters), sent)
    (reading,) = [event for event in events if isinstance(event, ForceReading)]
    assert "force_n" in profile.columns
    assert (getattr(reading, column) is not None) is (column in profile.columns)


_MOVES = st.one_of(st.none(), st.floats(min_value=-1000, max_value=1000))


@given(
    depth_mm=_MOVES,
    acceleration_m_s2=_MOVES,
    angle_deg=_MOVES,
    senses_force=st.booleans(),
    unit=UNITS,
)
def test_text_line_carries_whatever_moves(
    depth_mm: float | None,
    acceleration_m_s2: float | None,
    angle_deg: float | None,
    senses_force: bool,
    unit: str | None,
) -> None:
    senses_force |= angle_deg is None and acceleration_m_s2 is None
    sent = WireSample(
        t_s=1.5,
        force_n=12.0,
        displacement_mm=depth_mm,
        acceleration_m_s2=acceleration_m_s2,
        angle_deg=angle_deg,
        senses_force=senses_force,
    )
    profile, parameters = DEVICES["text-line"], WireParameters(unit=unit)
    (event,) = profile.codec(parameters).receive(profile.encoder(parameters).samples([sent]), 0.0)
    assert isinstance(event, ForceReading if senses_force else MotionReading)
    assert event.t_device_s == 1.5
    for name in ("displacement_mm", "acceleration_m_s2", "angle_deg"):
        moved, read = getattr(sent, name), getattr(event, name)
        assert (read is None) is (moved is None)
        assert read is None or read == pytest.approx(moved, rel=0, abs=TEXT_RESOLUTION)


@pytest.mark.parametrize(
    ("unit", "step_n"), [("N", 0.01), ("kN", 1.0), ("kgf", 0.0980665), ("lbf", 0.045)]
)
@given(sent=samples(1.0))
def test_sauter_fh_in_every_stated_unit(sent: list[WireSample], unit: str, step_n: float) -> None:
    profile = DEVICES["sauter-fh"]
    parameters = WireParameters(unit=unit)
    events = told(profile, profile.encoder(parameters), profile.codec(parameters), sent)
    for sample, event in zip(sent, events, strict=True):
        assert isinstance(event, ForceReading)
        assert event.force_n == pytest.approx(sample.force_n, rel=0, abs=HALF_A_STEP * step_n)
