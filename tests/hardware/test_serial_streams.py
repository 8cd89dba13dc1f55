"""A gauge that talks on a real port is heard whole, however it talks and whatever it is asked."""

import itertools
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.hardware.listening import Heard, listen
from tests.hardware.pty_gauge import Counting, Pieces, PtyGauge

from tissuesense.core.errors import TransportTimeout
from tissuesense.core.quality import QualityFlag
from tissuesense.core.trace import ClockSource
from tissuesense.devices.codec import DeviceText

FIRST_WORDS_S = 0.3  # until the port is open; what is said before it is not heard


@pytest.fixture
def port(tmp_path: Path) -> Path:
    return tmp_path / "ttyGAUGE"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


def _text(port: Path, more: str = "") -> str:
    return f"serial://{port}?model=text-line{more}"


def _greeting() -> Iterator[tuple[float, bytes]]:
    """Say the line that is left out, for it may be the rest of one."""
    yield FIRST_WORDS_S, b"#a board\n"


def _every_one(heard: Heard, counting: Counting) -> None:
    """Every reading was heard, once, in order."""
    assert heard.force_n == counting.sent_n[: len(heard.force_n)]


def test_a_thousand_lines_a_second_are_all_heard(port: Path, capture: Path) -> None:
    counting = Counting()
    lines = 3000

    def talk() -> Iterator[tuple[float, bytes]]:
        yield from _greeting()
        start_s = time.monotonic()
        for index in range(lines):
            wait_s = max(start_s + index / 1000 - time.monotonic(), 0.0)
            yield wait_s, b"%d,%.2f N\n" % (index, counting.next_n())

    with PtyGauge(port, talk=talk):
        heard = listen(_text(port), capture, samples=lines)
    assert heard.trace.size == lines
    _every_one(heard, counting)
    assert heard.quality.flags == ()
    np.testing.assert_allclose(np.diff(heard.trace.t_s), 0.001, atol=1e-9)


def test_what_comes_in_a_burst_is_all_heard(port: Path, capture: Path) -> None:
    counting = Counting()
    bursts, lines = 4, 500  # some 6 kB each, more than a port keeps for its reader

    def talk() -> Iterator[tuple[float, bytes]]:
        yield from _greeting()
        for burst in range(bursts):
            times_ms = range(5 * lines * burst, 5 * lines * (burst + 1), 5)
            yield 0.3, b"".join(b"%d,%.2f N\n" % (ms, counting.next_n()) for ms in times_ms)

    with PtyGauge(port, talk=talk):
        heard = listen(_text(port), capture, samples=bursts * lines)
    assert heard.trace.size == bursts * lines
    _every_one(heard, counting)
    assert heard.quality.gaps == ()


def test_a_board_that_starts_anew_when_it_is_opened_is_waited_for(
    port: Path, capture: Path
) -> None:
    counting = Counting()

    def talk() -> Iterator[tuple[float, bytes]]:
        yield FIRST_WORDS_S, b"\xf0\x80\xfe"  # a boot loader at a baud rate of its own
        yield 2.0, b"\r\nHX711 Demo\r\nInitializing the scale\r\nReadings:\r\n"
        while True:
            yield 0.01, b"one reading:\t%.2f\t| average:\t0.4\r\n" % counting.next_n()

    with PtyGauge(port, talk=talk):
        heard = listen(_text(port, "&unit=N"), capture, samples=30)
    _every_one(heard, counting)
    assert heard.trace.size >= 30
    assert heard.quality.rejected_frames == 3
    assert set(heard.quality.flags) <= {QualityFlag.REJECTED_FRAMES, QualityFlag.GAP}


def test_a_stream_that_is_pulled_out_in_mid_line_is_not_completed_by_another(
    port: Path, capture: Path
) -> None:
    counting = Counting()
    starts = itertools.count()

    def talk() -> Iterator[tuple[float, bytes]]:
        # After the first time it is heard from its first byte on: the end of some other line.
        yield from _greeting() if next(starts) == 0 else [(0.1, b"9.9 N\n")]
        for index in itertools.count():  # its clock starts again when it is plugged in
            yield 0.01, b"%d,%.2f N\n" % (10 * index, counting.next_n())

    gauge = PtyGauge(port, talk=talk)
    timers: list[threading.Timer] = []

    def pull(device: object, block: object) -> None:
        del device, block
        if len(counting.sent_n) >= 30 and not timers:
            gauge.say(b"350,7777")
            gauge.unplug()
            timers.append(threading.Timer(0.6, gauge.plug))
            timers[0].start()

    with gauge:
        heard = listen(_text(port), capture, samples=80, each=pull)
        timers[0].join()
    assert heard.error is None
    assert heard.force_n == sorted(set(heard.force_n))
    assert set(heard.force_n) <= set(counting.sent_n)
    assert heard.device.clock_source is ClockSource.DEVICE
    assert np.all(np.diff(heard.trace.t_s) > 0)
    assert {QualityFlag.RECONNECTED, QualityFlag.GAP} <= set(heard.quality.flags)
    from_s, to_s = max(heard.quality.gaps, key=lambda gap: gap[1] - gap[0])
    assert 0.4 < to_s - from_s < 2.0


@pytest.mark.parametrize(
    "noise",
    [b"\x00\xe0\x80\xfe", b"\xff\xf8\r\x80", b"\x9c\n\x06\x98\x0d"],
    ids=["ends", "cr", "lf"],
)
@pytest.mark.parametrize("model", ["text-line&unit=N", "gsv2&sensitivity_mv_v=1&capacity_n=500"])
def test_noise_of_a_wrong_baud_rate_gives_no_number_and_is_explained(
    port: Path, capture: Path, model: str, noise: bytes
) -> None:
    def talk() -> Iterator[tuple[float, bytes]]:
        while True:
            yield 0.01, noise

    with PtyGauge(port, talk=talk):
        heard = listen(f"serial://{port}?model={model}", capture, give_up_s=1.0)
    assert heard.trace.size == 0
    assert isinstance(heard.error, TransportTimeout)
    assert "without sense" in heard.error.message
    assert heard.error.hint is not None
    assert "model=" in heard.error.hint
    assert "baud=" in heard.error.hint


def test_answers_at_a_wrong_baud_rate_give_no_number_and_are_explained(
    port: Path, capture: Path
) -> None:
    with PtyGauge(port, answer=lambda _: [(0.0, b"\x00\xe0\x80\xfe\x98")]):
        heard = listen(f"serial://{port}?model=mark10", capture, give_up_s=2.0)
    assert heard.trace.size == 0
    assert isinstance(heard.error, TransportTimeout)
    assert "without sense" in heard.error.message
    assert heard.error.hint is not None
    assert "baud=" in heard.error.hint


def test_answers_that_nothing_ends_are_counted_off(port: Path, capture: Path) -> None:
    counting = Counting()
    asked: list[bytes] = []

    def answer(request: bytes) -> Pieces:
        asked.append(request)
        reply = b"0%06.2f" % counting.next_n()  # 0: a push
        return [(0.0, reply[:3]), (0.002, reply[3:])]

    with PtyGauge(port, answer=answer, request_end=b""):
        heard = listen(f"serial://{port}?model=sauter-fh&unit=N", capture, samples=20)
    _every_one(heard, counting)
    assert heard.trace.size >= 20
    assert set(asked) == {b"9"}
    assert heard.quality.rejected_frames == 0


def test_an_answer_that_comes_too_late_is_not_taken_for_half_of_the_next(
    port: Path, capture: Path
) -> None:
    counting = Counting()
    questions = itertools.count()

    def answer(_: bytes) -> Pieces:
        reply = b"0%06.2f" % counting.next_n()
        late = next(questions) == 5
        return [(0.0, reply[:4]), (1.2 if late else 0.0, reply[4:])]

    with PtyGauge(port, answer=answer, request_end=b""):
        heard = listen(f"serial://{port}?model=sauter-fh&unit=N", capture, samples=15)
    assert heard.trace.size >= 15
    assert heard.force_n == sorted(set(heard.force_n))
    assert set(heard.force_n) <= set(counting.sent_n)


def test_a_binary_stream_is_joined_in_mid_frame(port: Path, capture: Path) -> None:
    sent = [0x810101 + 0x202 * index for index in range(400)]
    heard_commands: list[bytes] = []

    def talk() -> Iterator[tuple[float, bytes]]:
        yield FIRST_WORDS_S, b"\x80\x12\x2c"  # the end of a frame whose last byte looks like a head
        for raw in sent:
            yield 0.005, b"\x2c\x00" + raw.to_bytes(3)

    def answer(request: bytes) -> Pieces:
        heard_commands.append(request)
        return []

    url = f"serial://{port}?model=gsv2&sensitivity_mv_v=1.05&capacity_n={0x800000}"
    with PtyGauge(port, talk=talk, answer=answer, request_end=b""):
        heard = listen(url, capture, samples=100)
    found = [round(force_n) + 0x800000 for force_n in heard.force_n]
    assert found == sent[: len(found)]
    assert len(found) >= 100
    assert heard.quality.rejected_frames == 0
    assert heard_commands[0] == b"\x24"
    assert not [event for event in heard.events if isinstance(event, DeviceText)]
