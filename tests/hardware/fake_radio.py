"""The fake Bluetooth service in a thread of its own, for a client with its own event loop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator

from tests.hardware.fake_bluez import FakeBluez


class FakeRadio:
    """A service that runs; what is done to its world is done in its own loop."""

    def __init__(self, bluez: FakeBluez, loop: asyncio.AbstractEventLoop) -> None:
        self.bluez = bluez
        self._loop = loop

    def do(self, action: Callable[[], object]) -> None:
        self._loop.call_soon_threadsafe(action)


@contextlib.contextmanager
def on_the_air(bus: str, bluez: FakeBluez) -> Iterator[FakeRadio]:
    """Run the service as long as the ``with`` block lasts."""
    started = threading.Event()
    loop = asyncio.new_event_loop()
    end = asyncio.Event()

    async def live() -> None:
        await bluez.start(bus)
        started.set()
        await end.wait()
        await bluez.stop()

    thread = threading.Thread(target=loop.run_until_complete, args=(live(),))
    thread.start()
    try:
        assert started.wait(10)
        yield FakeRadio(bluez, loop)
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join()
        loop.close()
