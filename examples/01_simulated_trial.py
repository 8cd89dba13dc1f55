"""Press on an invented person: follow the simulated gauge until the client says stop.

Prints::

    Pressing at 4.9 s.
    The client said stop at 8.6 s, with 20.2 N on the gauge.
"""

import asyncio

import tissuesense as ts

PRESSING_N = 2.0


async def main() -> None:
    """Follow one press; `speed=0` does not wait for the seconds to pass."""
    pressing = False
    async with ts.open_device("sim:?subject=tender_left&seed=1&speed=0") as device:
        async for block in device.stream():
            for t_s, force_n in zip(block.t_s, block.force_n, strict=True):
                if force_n > PRESSING_N and not pressing:
                    print(f"Pressing at {t_s:.1f} s.")
                    pressing = True
            if block.marks_s:
                (mark_s,) = block.marks_s
                print(f"The client said stop at {mark_s:.1f} s, with {force_n:.1f} N on the gauge.")
                return


asyncio.run(main())
