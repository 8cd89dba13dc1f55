"""A button beside the gauge marks when it was pressed, and losing it costs no sample."""

import asyncio
import logging
from pathlib import Path

import numpy as np
import pytest

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import ConfigurationError, DeviceNotFound, UsageError
from tissuesense.core.recording import Recording
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.transport.base import HostChannel, VirtualPace
from tissuesense.transport.button import ListenedButton, button_for, has_marker
from tissuesense.transport.capture_decode import decode_recording
from tissuesense.transport.capture_file import read_capture
from tissuesense.transport.device import open_device
from tissuesense.transport.memory import Breaks, FallsSilent, MemoryTransport, Says
from tissuesense.transport.opening import Opening


def listen(url: str, button: str | None, capture: Path, seconds: float = 30.0) -> Recording:
    async def play() -> Recording:
        device = open_device(url, clock=ManualClock(), capture=capture, button=button)
        async with device:
            async for block in device.stream():
                if block.elapsed_s >= seconds:
                    break
        return Recording(trace=device.trace(), context=device.context, quality=device.quality())

    return asyncio.run(play())


def marked(recording: Recording) -> "list[float]":
    assert recording.trace.marker is not None
    return [float(t) for t in recording.trace.t_s[recording.trace.marker == 1]]


def test_a_button_from_outside_marks_where_the_gauge_s_own_would(tmp_path: Path) -> None:
    own = listen("sim:?speed=0&seed=3", None, tmp_path / "own")
    outside = listen("sim:?speed=0&seed=3&marker=0", "sim:?seed=3", tmp_path / "outside")
    assert len(marked(own)) >= 2
    np.testing.assert_allclose(marked(outside), marked(own), atol=2 / 80)
    marks = [
        c.data for c in read_capture(tmp_path / "outside").chunks if c.channel == HostChannel.MARKER
    ]
    assert marks == [b"button simulated"] * len(marked(own))
    assert decode_recording(tmp_path / "outside").trace == outside.trace


@pytest.mark.parametrize("model", ["progressor", "mark10", "wagner-fpx"])
def test_a_model_without_a_word_for_it_is_refused_with_those_that_have_one(model: str) -> None:
    scheme = "ble:Gauge" if DEVICES[model].ble else "serial:///dev/ttyUSB7"
    with pytest.raises(ConfigurationError, match="no word for a pressed button") as refused:
        button_for(f"{scheme}?model={model}", clock=ManualClock())
    assert "text-line" in refused.value.hint


@pytest.mark.parametrize("model", ["text-line", "tissuesense-link"])
def test_a_model_with_a_word_for_it_is_a_button(model: str) -> None:
    assert has_marker(DEVICES[model])
    assert button_for(f"serial:COM3?model={model}", clock=ManualClock()).model == model


def test_a_recording_is_no_button_and_gets_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be pressed"):
        button_for("replay:a.capture", clock=ManualClock())
    listen("sim:?speed=0", None, tmp_path / "a", seconds=1.0)
    with pytest.raises(UsageError, match="has had its stop signals"):
        open_device(f"replay:{tmp_path / 'a'}", button="sim:")
    with pytest.raises(ConfigurationError, match="holds no button"):
        open_device("sim:", button="sim:?marker=0")


def test_a_button_that_is_not_there_is_said_before_anything_is_recorded(tmp_path: Path) -> None:
    with pytest.raises(DeviceNotFound):
        listen("sim:?speed=0", f"serial://{tmp_path}/none?model=text-line", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def of_script(link: MemoryTransport) -> ListenedButton:
    profile = DEVICES["text-line"]
    return ListenedButton(
        Opening(url="memory:", profile=profile, parameters=WireParameters(), transport=link)
    )


def test_presses_keep_their_age_on_the_gauge_s_axis() -> None:
    """Pressed at 1.0 and 1.5 s of its own link; how long ago that is, is the same on both."""
    script = [Says(data=b"stop\n", after_s=1.0), Says(data=b"stop\n", after_s=0.5)]
    link = MemoryTransport([*script, FallsSilent(for_s=3.0)])
    gauge = VirtualPace(ManualClock(), start_s=100.0)

    async def play() -> list[float]:
        button = of_script(link)
        await button.open(gauge)
        while link.pace.now_s() < 2.0:  # noqa: ASYNC110 - virtual time passes in the listener
            await asyncio.sleep(0)
        ages_s = [gauge.now_s() - pressed_s for pressed_s in button.presses()]
        asked_s = link.pace.now_s()
        assert button.presses() == []
        await button.close()
        return [asked_s - age_s for age_s in ages_s]

    assert asyncio.run(play()) == pytest.approx([1.0, 1.5])


def test_a_lost_link_is_said_and_mended_and_its_half_a_line_completes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    link = MemoryTransport(
        [
            Says(data=b"stop\nst", after_s=1.0),
            Breaks(after_s=0.5, absent_s=2.0),
            Says(data=b"op\nstop\n", after_s=4.0),
            FallsSilent(for_s=3.0),
        ]
    )

    async def play() -> tuple[int, int]:
        button = of_script(link)
        await button.open(link.pace)
        count = 0
        while link.pace.now_s() < 7.0:
            count += len(button.presses())
            await asyncio.sleep(0)
        await button.close()
        return count, button.losses

    with caplog.at_level(logging.WARNING):
        assert asyncio.run(play()) == (2, 1)
    assert "the recording goes on without it" in caplog.text
    assert "is back" in caplog.text
    assert link.opened == 2
