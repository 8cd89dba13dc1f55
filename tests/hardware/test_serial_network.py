"""A gauge behind a network port is read as one on a wire, whatever the network does."""

import itertools
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hardware.listening import listen
from tests.hardware.pty_gauge import Counting, Pieces
from tests.hardware.tcp_gauge import TcpGauge

from tissuesense.core.errors import DeviceNotFound, LinkLost, TransportError, TransportTimeout
from tissuesense.core.quality import QualityFlag

MODEL = "?model=text-line"


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "gauge.capture"


def _lines(counting: Counting, count: int, *, start_ms: int = 0) -> Iterator[tuple[float, bytes]]:
    """Greet, for the first line may be the rest of one, and send a line each 10 ms."""
    yield 0.1, b"#a board\n"
    for index in range(count):
        yield 0.01, b"%d,%.2f N\n" % (start_ms + 10 * index, counting.next_n())


def test_a_stream_over_the_network_is_heard_whole(capture: Path) -> None:
    counting = Counting()
    with TcpGauge(lambda: _lines(counting, 200)) as gauge:
        heard = listen(gauge.url + MODEL, capture, samples=200)
    assert heard.force_n == counting.sent_n
    assert heard.quality.flags == ()


def test_a_polled_gauge_over_the_network_answers_each_question(capture: Path) -> None:
    counting = Counting()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                while connection.recv(64):
                    connection.sendall(b"%.2f N\r\n" % counting.next_n())

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        host, port = listener.getsockname()
        heard = listen(f"serial:socket://{host}:{port}?model=mark10", capture, samples=20)
        thread.join()
    assert heard.force_n == counting.sent_n[: len(heard.force_n)]


def test_a_server_that_hangs_up_and_comes_back_leaves_a_marked_gap(capture: Path) -> None:
    counting = Counting()

    def cut_short() -> Iterator[tuple[float, bytes]]:
        yield from _lines(counting, 30)
        yield 0.0, b"300,7777"  # and no more of this line

    def again() -> Pieces:
        return itertools.chain([(0.1, b"9.9 N\n")], _lines(counting, 60, start_ms=1500))

    with TcpGauge(cut_short, again, away_s=0.6) as gauge:
        heard = listen(gauge.url + MODEL, capture, samples=90)
    assert heard.error is None
    assert heard.force_n == counting.sent_n
    assert {QualityFlag.RECONNECTED, QualityFlag.GAP} <= set(heard.quality.flags)
    from_s, to_s = max(heard.quality.gaps, key=lambda gap: gap[1] - gap[0])
    assert {from_s, to_s} <= set(heard.trace.t_s.tolist())
    # The board's own clock says how long nobody listened: from 290 to 1500 ms.
    assert to_s - from_s == pytest.approx(1.21)


def test_a_server_that_hangs_up_again_and_again_is_given_up_with_what_came(capture: Path) -> None:
    counting = Counting()
    calls = [lambda: _lines(counting, 20), *[lambda: iter([(0.0, b"")])] * 50]
    with TcpGauge(*calls) as gauge:
        heard = listen(gauge.url + MODEL, capture, give_up_s=1.5)
    # Whether the link stood for a moment when it was given up is chance.
    assert isinstance(heard.error, LinkLost | TransportTimeout)
    assert heard.force_n == counting.sent_n


def test_a_server_that_stays_away_is_lost(capture: Path) -> None:
    counting = Counting()
    with TcpGauge(lambda: _lines(counting, 20)) as gauge:
        heard = listen(gauge.url + MODEL, capture, give_up_s=1.0)
    assert isinstance(heard.error, LinkLost)
    assert "does not answer" in str(heard.error)
    assert heard.force_n == counting.sent_n
    assert heard.error.last_sample_t_s == heard.trace.t_s[-1]


def test_a_server_that_says_nothing_is_given_up(capture: Path) -> None:
    with TcpGauge(lambda: iter([(10.0, b"")])) as gauge:
        heard = listen(gauge.url + MODEL, capture, give_up_s=0.8)
    assert isinstance(heard.error, TransportTimeout)
    assert "sent nothing" in heard.error.message


def test_a_server_that_says_half_a_line_gives_no_reading(capture: Path) -> None:
    def half() -> Pieces:
        return iter([(0.1, b"#a board\n"), (0.0, b"1234,12.5"), (10.0, b"")])

    with TcpGauge(half) as gauge:
        heard = listen(gauge.url + MODEL + "&unit=N", capture, give_up_s=0.8)
    assert isinstance(heard.error, TransportTimeout)
    assert heard.trace.size == 0


def test_a_network_port_nobody_listens_on_is_said_not_to_answer(capture: Path) -> None:
    with pytest.raises(DeviceNotFound, match="does not answer") as caught:
        listen(f"serial:socket://127.0.0.1:1{MODEL}", capture)
    assert caught.value.hint is not None
    assert "host" in caught.value.hint


@pytest.mark.parametrize(
    "place", ["socket://127.0.0.1", "socket://127.0.0.1:x", "socket://:70", "rfc2217://127.0.0.1"]
)
def test_a_network_port_that_is_written_wrong_is_refused_in_words(
    place: str, capture: Path
) -> None:
    with pytest.raises(TransportError, match="which host and which port") as caught:
        listen(f"serial:{place}{MODEL}", capture)
    assert caught.value.hint is not None
    assert "HOST:PORT" in caught.value.hint
