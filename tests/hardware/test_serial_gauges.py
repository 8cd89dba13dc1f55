"""A gauge on a real port is read truly: what it said, once, in order, and nothing else."""

import itertools
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import serial
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo
from tests.hardware.listening import Heard, listen
from tests.hardware.pty_gauge import Counting, Pieces, PtyGauge

from tissuesense.core.errors import LinkLost, TransportError, TransportTimeout
from tissuesense.core.quality import QualityFlag
from tissuesense.core.trace import ClockSource
from tissuesense.devices.codec import Fault, FaultKind

NEWTON_PER_LBF = 4.4482216152605
NEWTON_PER_KGF = 9.80665


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "ttyGAUGE"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


def _mark10(port: Path, more: str = "") -> str:
    return f"serial://{port}?model=mark10{more}"


def _newtons(counting: Counting) -> Callable[[bytes], Pieces]:
    return lambda _: [(0.0, b"%.2f N\r\n" % counting.next_n())]


def _truthful(heard: Heard, counting: Counting) -> None:
    """Every reading was sent, none twice, none out of order."""
    assert heard.force_n == sorted(set(heard.force_n))
    assert set(heard.force_n) <= set(counting.sent_n)


def test_a_polled_gauge_gives_every_reading_once(port: Path, capture: Path) -> None:
    counting = Counting()
    with PtyGauge(port, answer=_newtons(counting)):
        heard = listen(_mark10(port), capture, samples=40)
    assert heard.force_n == counting.sent_n[: len(heard.force_n)]
    # On a busy machine a beat may come late; nothing else may happen.
    assert set(heard.quality.flags) <= {QualityFlag.GAP}
    assert heard.device.clock_source is ClockSource.HOST


def test_polling_keeps_its_beat(port: Path, capture: Path) -> None:
    with PtyGauge(port, answer=_newtons(Counting())):
        heard = listen(_mark10(port), capture, samples=60)
    assert np.median(np.diff(heard.trace.t_s)) == pytest.approx(0.02, rel=0.1)


def test_replies_in_pieces_are_put_together(port: Path, capture: Path) -> None:
    counting = Counting()

    def answer(_: bytes) -> Pieces:
        line = b"%.2f N\r\n" % counting.next_n()
        return [(0.005, line[:2]), (0.005, line[2:5]), (0.005, line[5:])]

    with PtyGauge(port, answer=answer):
        heard = listen(_mark10(port), capture, samples=20)
    _truthful(heard, counting)
    assert heard.quality.rejected_frames == 0


def test_garbage_and_error_replies_are_counted_and_never_become_numbers(
    port: Path, capture: Path
) -> None:
    counting = Counting()
    nonsense = itertools.cycle(
        [b"\xff\xfe12.5\x00 N\r\n", b"*10\r\n", b"- N\r\n", b"7.5 miles\r\n"]
    )

    def answer(_: bytes) -> Pieces:
        return [(0.0, next(nonsense)), (0.0, b"%.2f N\r\n" % counting.next_n())]

    with PtyGauge(port, answer=answer):
        heard = listen(_mark10(port), capture, samples=24)
    _truthful(heard, counting)
    assert heard.quality.rejected_frames >= 15
    assert QualityFlag.REJECTED_FRAMES in heard.quality.flags
    faults = [event for event in heard.events if isinstance(event, Fault)]
    assert {fault.kind for fault in faults} == {FaultKind.REFUSED_COMMAND}


def test_each_reading_is_converted_by_its_own_unit(port: Path, capture: Path) -> None:
    lines = itertools.cycle([b"10.00 N\r\n", b"1.000 lbF\r\n", b"-1.000 kgF\r\n"])
    with PtyGauge(port, answer=lambda _: [(0.0, next(lines))]):
        heard = listen(_mark10(port), capture, samples=6)
    wanted = [10.0, NEWTON_PER_LBF, -NEWTON_PER_KGF] * 2
    assert heard.trace.force_n is not None
    np.testing.assert_allclose(heard.trace.force_n[:6], wanted)


def test_a_gauge_that_falls_silent_is_given_up_and_its_last_value_not_repeated(
    port: Path, capture: Path
) -> None:
    counting = Counting()

    def answer(_: bytes) -> Pieces:
        return [] if len(counting.sent_n) >= 10 else [(0.0, b"%.2f N\r\n" % counting.next_n())]

    with PtyGauge(port, answer=answer):
        heard = listen(_mark10(port), capture, give_up_s=0.8)
    assert isinstance(heard.error, TransportTimeout)
    assert heard.force_n == counting.sent_n
    assert heard.quality.gaps


def test_a_question_without_answer_is_asked_again(port: Path, capture: Path) -> None:
    counting = Counting()
    questions = itertools.count()

    def answer(_: bytes) -> Pieces:
        ignored = next(questions) % 5 == 3
        return [] if ignored else [(0.0, b"%.2f N\r\n" % counting.next_n())]

    with PtyGauge(port, answer=answer):
        heard = listen(_mark10(port), capture, samples=12)
    assert heard.force_n == counting.sent_n[: len(heard.force_n)]
    assert 0.5 <= np.diff(heard.trace.t_s).max() < 1.5


def test_a_reply_later_than_the_timeout_is_one_reading(port: Path, capture: Path) -> None:
    counting = Counting()
    with PtyGauge(port, answer=lambda _: [(0.6, b"%.2f N\r\n" % counting.next_n())]):
        heard = listen(_mark10(port), capture, samples=5)
    _truthful(heard, counting)
    # One or two questions wait for their answer, never a growing queue of them.
    assert len(counting.sent_n) <= heard.trace.size + 2
    assert np.diff(heard.trace.t_s).max() < 1.5


def test_a_gauge_that_is_pulled_out_and_stays_away_is_lost(port: Path, capture: Path) -> None:
    counting = Counting()
    gauge = PtyGauge(port, answer=_newtons(counting))

    def unplug(device: object, block: object) -> None:
        del device, block
        if len(counting.sent_n) >= 10:
            gauge.unplug()

    with gauge:
        heard = listen(_mark10(port), capture, give_up_s=1.0, each=unplug)
    assert isinstance(heard.error, LinkLost)
    assert heard.error.last_sample_t_s == heard.trace.t_s[-1]
    _truthful(heard, counting)
    assert heard.trace.size >= 9


def test_a_gauge_that_is_plugged_in_again_goes_on_after_a_marked_gap(
    port: Path, capture: Path
) -> None:
    counting = Counting()
    gauge = PtyGauge(port, answer=_newtons(counting))
    timers: list[threading.Timer] = []

    def pull(device: object, block: object) -> None:
        del device, block
        if len(counting.sent_n) >= 15 and not timers:
            gauge.unplug()
            timers.append(threading.Timer(0.5, gauge.plug))
            timers[0].start()

    with gauge:
        heard = listen(_mark10(port), capture, samples=45, each=pull)
        timers[0].join()
    _truthful(heard, counting)
    assert {QualityFlag.RECONNECTED, QualityFlag.GAP} <= set(heard.quality.flags)
    from_s, to_s = max(heard.quality.gaps, key=lambda gap: gap[1] - gap[0])
    assert 0.4 < to_s - from_s < 2.0
    assert {from_s, to_s} <= set(heard.trace.t_s.tolist())


def test_a_wagner_gauge_prints_its_minus_apart(port: Path, capture: Path) -> None:
    lines = itertools.cycle([b"- 23.02 lbf\r\n", b"18.14 kgf\r\n"])
    with PtyGauge(port, answer=lambda request: [(0.0, next(lines))] if request == b"?" else []):
        heard = listen(f"serial://{port}?model=wagner-fpx", capture, samples=2)
    assert heard.trace.force_n is not None
    np.testing.assert_allclose(
        heard.trace.force_n[:2], [-23.02 * NEWTON_PER_LBF, 18.14 * NEWTON_PER_KGF]
    )


def test_a_turned_sign_is_turned(port: Path, capture: Path) -> None:
    with PtyGauge(port, answer=lambda _: [(0.0, b"-5.00 N\r\n")]):
        heard = listen(_mark10(port, "&invert=1"), capture, samples=3)
    assert set(heard.force_n) == {5.0}


def test_a_stream_joined_in_mid_line_loses_that_line_and_not_its_sense(
    port: Path, capture: Path
) -> None:
    counting = Counting()

    def talk() -> Iterator[tuple[float, bytes]]:
        # The port throws away what came before it was opened; this comes after, without its head.
        yield 0.4, b"99.5 N\r\n"
        while True:
            yield 0.005, b"%.2f N\n" % counting.next_n()

    with PtyGauge(port, talk=talk):
        heard = listen(f"serial://{port}?model=text-line", capture, samples=30)
    _truthful(heard, counting)


def test_lines_with_a_time_are_placed_by_it_however_they_arrive(port: Path, capture: Path) -> None:
    counting = Counting()

    def talk() -> Iterator[tuple[float, bytes]]:
        yield 0.3, b"#banner\n"
        for batch in itertools.count():
            lines = [b"%d,%.2f N\n" % (10 * (8 * batch + i), counting.next_n()) for i in range(8)]
            yield 0.02 if batch % 3 else 0.2, b"".join(lines)

    with PtyGauge(port, talk=talk):
        heard = listen(f"serial://{port}?model=text-line", capture, samples=120)
    _truthful(heard, counting)
    assert heard.device.clock_source is ClockSource.DEVICE
    np.testing.assert_allclose(np.diff(heard.trace.t_s), 0.01)


def test_a_marker_pressed_on_this_computer_stands_in_trace_and_capture(
    port: Path, capture: Path
) -> None:
    counting = Counting()
    pressed: list[float] = []

    def press(device: object, block: object) -> None:
        del block
        if len(counting.sent_n) >= 20 and not pressed:
            device.mark()  # type: ignore[attr-defined] # the callback's device, typed loosely
            pressed.append(1.0)

    with PtyGauge(port, answer=_newtons(counting)):
        heard = listen(_mark10(port), capture, samples=40, each=press)
    assert heard.trace.marker is not None
    assert heard.trace.marker.sum() == 1.0
    assert 18 <= int(np.argmax(heard.trace.marker)) <= 23


def test_a_port_that_fails_in_the_terminals_own_way_is_a_lost_link(
    port: Path, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting()
    real = serial.Serial.read

    def read(self: serial.Serial, size: int = 1) -> bytes:
        if len(counting.sent_n) >= 10:
            raise termios.error(5, "Input/output error")
        return real(self, size)

    monkeypatch.setattr(serial.Serial, "read", read)
    with PtyGauge(port, answer=_newtons(counting)):
        heard = listen(_mark10(port), capture, give_up_s=1.0)
    assert isinstance(heard.error, LinkLost)
    assert heard.trace.size >= 9


def test_a_port_that_cannot_be_set_up_is_refused_in_words(
    port: Path, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: serial.Serial) -> None:
        raise termios.error(22, "Invalid argument")

    monkeypatch.setattr(serial.Serial, "open", refuse)
    with pytest.raises(TransportError, match="Invalid argument"):
        listen(_mark10(port), capture)


def test_a_usb_gauge_that_comes_back_under_another_name_goes_on(
    port: Path, capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting()
    gauge = PtyGauge(port, answer=_newtons(counting))
    timers: list[threading.Timer] = []

    def comports() -> list[ListPortInfo]:
        info = ListPortInfo(str(gauge.port))
        info.vid, info.pid, info.serial_number = 0x0403, 0x6001, "A1"
        return [info] if gauge.port.exists() else []

    def come_back() -> None:
        gauge.port = port.with_name("ttyOTHER")
        gauge.plug()

    def pull(device: object, block: object) -> None:
        del device, block
        if len(counting.sent_n) >= 15 and not timers:
            gauge.unplug()
            timers.append(threading.Timer(0.5, come_back))
            timers[0].start()

    monkeypatch.setattr(list_ports, "comports", comports)
    with gauge:
        heard = listen(_mark10(port), capture, samples=45, each=pull)
        timers[0].join()
    assert heard.error is None
    _truthful(heard, counting)
    assert heard.trace.size >= 45
    assert QualityFlag.RECONNECTED in heard.quality.flags
