"""A stop button on the radio marks as one on a port does, and its link is allowed for."""

import asyncio
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.fake_peripheral import Notify, Peripheral
from tests.hardware.fake_radio import on_the_air
from tests.hardware.pty_gauge import PtyGauge
from tests.hardware.test_stop_button import Watch, lines_at_100_hz

from tissuesense.core.clock import SystemClock
from tissuesense.core.recording import RecordingContext
from tissuesense.services.capture import RecordRequest, record
from tissuesense.services.stop_signal import StopSignal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")
_UART = "6e40000{}-b5a3-f393-e0a9-e50e24dcca9e"


class Button(Peripheral):
    """A board with a key that prints lines over Nordic's UART service."""

    name = "ClickOne"
    address = "C0:FF:EE:00:00:0B"
    service = _UART.format(1)
    characteristics: Mapping[str, tuple[str, ...]] = {
        _UART.format(3): ("notify",),
        _UART.format(2): ("write", "write-without-response"),
    }

    def __init__(self, pressed: threading.Event) -> None:
        self._pressed = pressed
        self._task: asyncio.Task[None] | None = None

    def connected(self, notify: Notify) -> None:
        self._task = asyncio.get_running_loop().create_task(self._wait(notify))

    def disconnected(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _wait(self, notify: Notify) -> None:
        await asyncio.to_thread(self._pressed.wait, 20)
        for line in (b"# ready\n", b"stop\n"):  # the first line may have begun before
            notify(_UART.format(3), line)


def test_a_press_on_the_radio_stands_where_it_was_made(system_bus: str, tmp_path: Path) -> None:
    pressed = threading.Event()
    watch = Watch(1.5, pressed)
    url = "ble:ClickOne?model=text-line"
    request = RecordRequest(
        url=f"serial://{tmp_path}/gauge?model=text-line",
        out=tmp_path / "a.csv",
        seconds=2.5,
        button=url,
        context=RecordingContext.from_dict(StopSignal(button=url).sidecar()),
    )
    with (
        PtyGauge(tmp_path / "gauge", talk=lines_at_100_hz),
        on_the_air(system_bus, FakeBluez(Button(pressed))),
    ):
        outcome = asyncio.run(record(request, clock=SystemClock(), progress=watch))
    assert outcome.trace.marker is not None
    (mark_s,) = outcome.trace.t_s[outcome.trace.marker == 1]
    assert mark_s == pytest.approx(watch.seen_s, abs=0.1)
    assert outcome.context.stop_mode == "button_patient_ble"
    assert outcome.context.latency is not None
    assert outcome.context.latency.mean_s == pytest.approx(0.325)
