"""A simulated radio sends as a real one does: at its rate, on its channel, record by record."""

import asyncio
from pathlib import Path

import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import ConfigurationError
from tissuesense.core.quality import QualityFlag
from tissuesense.devices.registry import DEVICES
from tissuesense.simulation.spec import SessionSpec
from tissuesense.transport.base import ADVERTISEMENT, Chunk
from tissuesense.transport.device import Device, open_device
from tissuesense.transport.simulated import SimulatedTransport

RADIOS = ["bt-sig-weight", "bt-sig-force", "wh-c06", "activ5", "cts500"]
# Models of which every notification is read as one record.
ONE_RECORD_EACH = {"bt-sig-weight": 3, "bt-sig-force": 4, "wh-c06": 17}


def listen(url: str, *, seconds: float = 12.0, capture: Path | None = None) -> Device:
    async def play() -> Device:
        device = open_device(url, clock=ManualClock(), capture=capture)
        async with device:
            async for block in device.stream():
                if block.elapsed_s >= seconds:
                    break
        return device

    return asyncio.run(play())


def chunks(model: str, count: int) -> list[Chunk]:
    async def play() -> list[Chunk]:
        profile = DEVICES[model]
        spec = SessionSpec(model=model, rate_hz=80.0)
        transport = SimulatedTransport(
            profile, profile.example_parameters, spec, clock=ManualClock(), speed=0.0
        )
        await transport.open(1.0)
        received = [await transport.receive(1.0) for _ in range(count)]
        return [chunk for chunk in received if chunk is not None]

    return asyncio.run(play())


@pytest.mark.parametrize("model", ONE_RECORD_EACH)
def test_a_record_is_never_joined_to_another(model: str) -> None:
    profile = DEVICES[model]
    channel = profile.ble.notify[0] if profile.ble else ADVERTISEMENT
    for chunk in chunks(model, 100):
        assert (len(chunk.data), chunk.channel) == (ONE_RECORD_EACH[model], channel)


def test_what_all_trainers_of_a_model_say_is_not_the_instruments_name() -> None:
    trainer = listen("sim:?model=activ5&speed=0", seconds=1.0)
    assert str(trainer.context.extra["firmware"]).startswith("TC5k")
    assert trainer.instrument == SessionSpec(model="activ5").context().instrument


@pytest.mark.parametrize("model", RADIOS)
def test_every_model_is_simulated_at_its_usual_rate_and_reads_the_same_presses(model: str) -> None:
    device = listen(f"sim:?model={model}&speed=0")
    reference = listen(f"sim:?model=progressor&speed=0&rate_hz={rate_of(model)}")
    profile = DEVICES[model]
    trace = device.trace()
    assert trace.t_s.size / trace.t_s[-1] == pytest.approx(rate_of(model), rel=0.1)
    assert device.quality().rejected_frames == 0
    step_n = 0.51 * profile.resolution_n
    assert max(forces(device)) == pytest.approx(max(forces(reference)), abs=step_n)


def forces(device: Device) -> list[float]:
    force_n = device.trace().force_n
    assert force_n is not None
    return [float(force) for force in force_n]


def rate_of(model: str) -> float:
    return DEVICES[model].nominal_rate_hz or 80.0


def test_a_stated_rate_outweighs_the_usual_one() -> None:
    trace = listen("sim:?model=wh-c06&speed=0&rate_hz=20").trace()
    assert trace.t_s.size / trace.t_s[-1] == pytest.approx(20, rel=0.1)


def test_a_scale_that_is_too_slow_for_a_ramp_is_flagged() -> None:
    assert QualityFlag.SLOW_SOURCE in listen("sim:?model=wh-c06&speed=0").quality().flags
    assert QualityFlag.SLOW_SOURCE not in listen("sim:?model=cts500&speed=0").quality().flags


@pytest.mark.parametrize("model", RADIOS)
def test_garbage_on_the_air_is_refused_and_costs_no_reading_of_another_notification(
    model: str,
) -> None:
    clean = listen(f"sim:?model={model}&speed=0&rate_hz=80")
    device = listen(f"sim:?model={model}&speed=0&rate_hz=80&fault=garbage")
    assert device.quality().rejected_frames > 0
    assert device.quality().duplicates == 0
    assert forces(device) == forces(clean)


@pytest.mark.parametrize("model", RADIOS)
def test_a_capture_gives_the_same_trace_again(model: str, tmp_path: Path) -> None:
    capture = tmp_path / "a.capture"
    live = listen(f"sim:?model={model}&speed=0", capture=capture)

    async def replay() -> Device:
        async with (device := open_device(f"replay:{capture}?speed=0", clock=ManualClock())):
            async for _ in device.stream():
                pass
        return device

    again = asyncio.run(replay())
    assert again.trace().t_s.tolist() == live.trace().t_s.tolist()
    assert forces(again) == forces(live)
    assert again.quality() == live.quality()


def test_a_scale_is_told_the_rate_that_was_stated(tmp_path: Path) -> None:
    capture = tmp_path / "a.capture"
    listen("sim:?model=cts500&speed=0&rate_hz=320", seconds=1.0, capture=capture)
    assert b"rate" in capture.read_bytes()


def test_a_rate_that_the_model_does_not_have_is_refused_before_anything_is_opened() -> None:
    with pytest.raises(ConfigurationError, match="cts500"):
        open_device("sim:?model=cts500&rate_hz=100")
