"""What a simulated gauge sends, its codec reads back: same forces, times and signals, none else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.devices.codec import Command, ForceReading, MarkerPressed, WireSample
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES

FORCES_N = st.floats(min_value=-500, max_value=500)
UNITS = st.sampled_from([None, "N", "kgf", "lbf"])
LARGEST_UNIT_N = 9.80665
TEXT_RESOLUTION = 0.51e-4  # four decimals, rounded


@st.composite
def samples(draw: st.DrawFn, period_s: float) -> list[WireSample]:
    start_s = draw(st.floats(min_value=0, max_value=2 * period_s))
    count = draw(st.integers(min_value=1, max_value=70))
    return [
        WireSample(t_s=start_s + i / 80, force_n=draw(FORCES_N), marker=draw(st.booleans()))
        for i in range(count)
    ]


def assert_clock(t_device_s: float | None, t_s: float, *, period_s: float, step_s: float) -> None:
    assert t_device_s is not None
    assert 0 <= t_device_s < period_s
    turned = (t_device_s - t_s + period_s / 2) % period_s - period_s / 2
    assert abs(turned) <= 0.51 * step_s


@given(sent=samples(2**32 / 1e6), invert=st.booleans())
def test_progressor(sent: list[WireSample], invert: bool) -> None:
    profile = DEVICES["progressor"]
    parameters = WireParameters(invert=invert)
    gauge, codec = profile.encoder(parameters), profile.codec(parameters)
    gauge.reply(codec.encode(Command.START))
    readings = codec.receive(gauge.samples(sent), 0.0)
    assert len(readings) == len(sent)
    for sample, reading in zip(sent, readings, strict=True):
        assert isinstance(reading, ForceReading)
        assert reading.force_n == pytest.approx(sample.force_n, rel=2**-23, abs=1e-30)
        assert_clock(reading.t_device_s, sample.t_s, period_s=2**32 / 1e6, step_s=1e-6)


@given(sent=samples(2**32 / 1e3), invert=st.booleans(), unit=UNITS)
def test_text_line(sent: list[WireSample], invert: bool, unit: str | None) -> None:
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
        assert_clock(reading.t_device_s, sample.t_s, period_s=2**32 / 1e3, step_s=1e-3)


@pytest.mark.parametrize("model", ["mark10", "wagner-fpx"])
@given(sent=st.lists(FORCES_N, min_size=1, max_size=20), invert=st.booleans())
def test_polled_gauges(model: str, sent: list[float], invert: bool) -> None:
    profile = DEVICES[model]
    parameters = WireParameters(invert=invert)
    gauge, codec = profile.encoder(parameters), profile.codec(parameters)
    for index, force_n in enumerate(sent):
        assert gauge.samples([WireSample(t_s=index / 50, force_n=force_n)]) == b""
        (reading,) = codec.receive(gauge.reply(codec.encode(Command.READ)), float(index))
        assert isinstance(reading, ForceReading)
        assert reading.force_n == pytest.approx(force_n, abs=TEXT_RESOLUTION)
        assert (reading.t_device_s, reading.t_host_s) == (None, index)
