"""A hand on a gauge that hangs on a real pseudo-terminal: presses as it is told, in real time."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from tests.hardware.pty_gauge import Pieces, PtyGauge

_STEP_S = 1 / 80
_NOISE_N = (0.00, 0.02, -0.01, 0.01, -0.02)


class HandOnGauge:
    """A gauge that prints newtons, one line a reading; the hand on it does one thing at a time."""

    def __init__(self, port: Path) -> None:
        self._lock = threading.Lock()
        self._began_s, self._force_n, self._rate_n_s = 0.0, 0.0, 0.0
        self.gauge = PtyGauge(port, talk=self._talk)
        self.url = f"serial://{port}?model=text-line&unit=N"

    def __enter__(self) -> Self:
        self.gauge.plug()
        return self

    def __exit__(self, *_: object) -> None:
        self.gauge.unplug()

    def begin(self, n_per_s: float) -> None:
        """Press on and on, until something else is said."""
        self._move(n_per_s)

    def press(self, n_per_s: float, seconds: float) -> None:
        """Press for so long, and stay there."""
        self._move(n_per_s)
        time.sleep(seconds)
        self._move(0.0)

    def let_go(self) -> float:
        """Let go at once; return when, by the clock on the wall."""
        with self._lock:
            self._force_n, self._rate_n_s = 0.0, 0.0
            return time.time()

    def _move(self, n_per_s: float) -> None:
        with self._lock:
            now_s = time.monotonic()
            self._force_n = self._now_n(now_s)
            self._began_s, self._rate_n_s = now_s, n_per_s

    def _now_n(self, now_s: float) -> float:
        return self._force_n + self._rate_n_s * (now_s - self._began_s)

    def _talk(self) -> Pieces:
        return self._lines()

    def _lines(self) -> Iterator[tuple[float, bytes]]:
        due_s, count = time.monotonic(), 0
        while True:
            due_s += _STEP_S
            with self._lock:
                force_n = self._now_n(time.monotonic()) + _NOISE_N[count % len(_NOISE_N)]
            count += 1
            yield max(0.0, due_s - time.monotonic()), f"{force_n:.3f}\n".encode()
