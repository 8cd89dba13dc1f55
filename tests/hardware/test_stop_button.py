"""A button on a port of its own marks within tens of milliseconds, and may be pulled out."""

import asyncio
import json
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.hardware.pty_gauge import Pieces, PtyGauge

from tissuesense.core.clock import SystemClock
from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.codec import Command, WireSample
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.services.capture import Progress, Recorded, RecordRequest, record

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs pseudo-terminals")


def lines_at_100_hz() -> Pieces:
    for number in range(100_000):
        yield 0.01, b"%d,%d.0 N\n" % (10 * number, number % 50)


def one_press(model: str) -> bytes:
    """Return what a device sends for a press, with whatever repeats its wire has."""
    profile = DEVICES[model]
    device, codec = profile.encoder(WireParameters()), profile.codec(WireParameters())
    with suppress(LocalProtocolError):
        device.reply(codec.encode(Command.START))
    times_s = (0.1, 0.2, 0.3, 0.4)
    return device.samples([WireSample(t_s=t, force_n=0.0, marker=t == 0.1) for t in times_s])


def recorded(
    folder: Path, *, seconds: float, progress: "Watch", model: str = "text-line"
) -> Recorded:
    request = RecordRequest(
        url=f"serial://{folder}/gauge?model=text-line",
        out=folder / "a.csv",
        seconds=seconds,
        button=f"serial://{folder}/button?model={model}",
    )
    return asyncio.run(record(request, clock=SystemClock(), progress=progress))


class Watch:
    """Lets something happen once, when so much time has been recorded."""

    def __init__(self, at_s: float, happens: threading.Event) -> None:
        self.at_s, self.happens = at_s, happens
        self.seen_s = 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.elapsed_s >= self.at_s and not self.happens.is_set():
            self.seen_s = progress.elapsed_s
            self.happens.set()


@pytest.fixture
def gauge(tmp_path: Path) -> Iterator[PtyGauge]:
    with PtyGauge(tmp_path / "gauge", talk=lines_at_100_hz) as plugged:
        yield plugged


@pytest.mark.parametrize("model", ["text-line", "tissuesense-link"])
def test_a_press_stands_where_it_was_made(tmp_path: Path, gauge: PtyGauge, model: str) -> None:
    del gauge
    pressed = threading.Event()

    def press() -> Pieces:
        pressed.wait(20)
        yield 0.0, one_press(model)

    watch = Watch(1.0, pressed)
    with PtyGauge(tmp_path / "button", talk=press):
        outcome = recorded(tmp_path, seconds=2.0, progress=watch, model=model)
    trace = outcome.trace
    assert trace.marker is not None
    (mark_s,) = trace.t_s[trace.marker == 1]
    assert mark_s == pytest.approx(watch.seen_s, abs=0.1)
    sidecar = json.loads((tmp_path / "a.json").read_text())
    assert sidecar["notices"] == []


def test_a_button_that_is_pulled_out_costs_no_sample(
    tmp_path: Path, gauge: PtyGauge, caplog: pytest.LogCaptureFixture
) -> None:
    del gauge
    pulled = threading.Event()
    button = PtyGauge(tmp_path / "button", talk=lambda: ())

    def pull() -> None:
        pulled.wait(20)
        button.unplug()

    with button:
        hand = threading.Thread(target=pull)
        hand.start()
        outcome = recorded(tmp_path, seconds=3.0, progress=Watch(1.0, pulled))
        hand.join()
    assert outcome.error is None
    assert outcome.quality.flags == ()
    assert outcome.trace.duration_s == pytest.approx(3.0, abs=0.2)
    assert "The stop button is gone" in caplog.text
    sidecar = json.loads((tmp_path / "a.json").read_text())
    assert sidecar["notices"] == ["stop_button_lost"]
    assert any("stop button" in sentence for sentence in outcome.health.sentences)
