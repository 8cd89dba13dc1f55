"""The gauge at the other end: a fake Bluetooth service in a process of its own.

Its samples carry, as the gauge's clock, when they were sent on the clock that this machine's
processes share. It says "ready" when it can be found on the bus whose address it was given.
"""

import asyncio
import sys
import time

from tests.hardware.fake_bluez import FakeBluez
from tests.hardware.fake_peripheral import Progressor


class PunctualProgressor(Progressor):
    """A Progressor that stamps each sample when it is sent."""

    def stamp_us(self, since_start: int) -> int:
        """Return the shared clock."""
        del since_start
        return time.monotonic_ns() // 1000 % 2**32


async def _live(bus: str) -> None:
    await FakeBluez(PunctualProgressor()).start(bus)
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_live(sys.argv[1]))
