"""Keep the raw bytes of a gauge, decode them again later, and get the same trace.

Prints::

    Recorded 3.5 s of force and 1 capture file.
    Decoded again: the same trace, bit for bit.
"""

import asyncio
import tempfile
from pathlib import Path

import tissuesense as ts
from tissuesense.core.trace import Trace


async def listen(url: str, seconds: float, capture: Path | None = None) -> Trace:
    """Return what the device at `url` sends in about `seconds`, or until it ends."""
    async with ts.open_device(url, capture=capture) as device:
        async for block in device.stream():
            if block.elapsed_s >= seconds:
                break
        trace: Trace = device.trace()
        return trace


with tempfile.TemporaryDirectory() as folder:
    capture = Path(folder) / "press.capture"
    recorded = asyncio.run(listen("sim:?subject=relaxed&seed=1&speed=0", 3.5, capture))
    files = len(list(Path(folder).iterdir()))
    print(f"Recorded {recorded.duration_s:.1f} s of force and {files} capture file.")

    again = asyncio.run(listen(f"replay:{capture}?speed=0", seconds=60.0))
    print("Decoded again:", "the same trace, bit for bit." if again == recorded else "different.")
