"""Look for gauges, by wire and by radio, without holding up whoever measures."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from tissuesense.core.clock import Clock
from tissuesense.core.errors import TransportError
from tissuesense.services.doctor import examine
from tissuesense.services.doctor_findings import Finding
from tissuesense.services.machine import look_around
from tissuesense.store.place import StorePlace
from tissuesense.transport.base import RealPace
from tissuesense.transport.button import button_for
from tissuesense.transport.discovery import FoundPeripheral, FoundPort, scan_ble, scan_serial

_TICK_S = 0.25
_LISTEN_S = 2.0

# Told how many seconds have passed, and how many radios or presses were heard.
Heard = Callable[[float, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is in reach.

    Attributes
    ----------
    problem
        Why the radio was not listened to.
    """

    ports: tuple[FoundPort, ...]
    peripherals: tuple[FoundPeripheral, ...] = ()
    problem: TransportError | None = None

    @property
    def gauges(self) -> tuple[FoundPeripheral, ...]:
        """Peripherals of a model that is known."""
        return tuple(one for one in self.peripherals if one.model is not None)

    @property
    def others(self) -> tuple[FoundPeripheral, ...]:
        """The rest."""
        return tuple(one for one in self.peripherals if one.model is None)


async def look_for_gauges(seconds: float, *, clock: Clock, heard: Heard) -> Around:
    """Look at the ports, and listen to the radio for `seconds`."""
    ports = await asyncio.to_thread(scan_serial)
    await asyncio.to_thread(import_module, "bleak")  # slow, and it would hold up the screens
    count = 0

    def tell(so_far: int) -> None:
        nonlocal count
        count = so_far

    ticking = asyncio.create_task(_tick(clock, lambda passed_s: heard(passed_s, count)))
    try:
        return Around(ports=ports, peripherals=await scan_ble(seconds, tell))
    except TransportError as problem:
        return Around(ports=ports, problem=problem)
    finally:
        ticking.cancel()


async def examine_computer(*, clock: Clock, place: StorePlace) -> tuple[Finding, ...]:
    """Return what keeps gauges from being read here, and what mends it."""

    def look() -> tuple[Finding, ...]:
        # In a thread with a loop of its own: much of it reads files and asks the system.
        return examine(asyncio.run(look_around(clock=clock, seconds=_LISTEN_S, data=place)))

    return await asyncio.to_thread(look)


async def listen_to_button(url: str, seconds: float, *, clock: Clock, heard: Heard) -> int:
    """Listen to the client's button for a while; return how often it was pressed.

    Raises
    ------
    ConfigurationError, UsageError
        When the URL is of no button.
    TransportError
        When the button is not there.
    """
    button = button_for(url, clock=clock)
    began_s, count = clock.monotonic_s(), 0
    await button.open(RealPace(clock))
    try:
        while (passed_s := clock.monotonic_s() - began_s) < seconds:
            count += len(button.presses())
            heard(passed_s, count)
            await asyncio.sleep(_TICK_S)
    finally:
        await button.close()
    return count


async def _tick(clock: Clock, tell: Callable[[float], None]) -> None:
    began_s = clock.monotonic_s()
    while True:
        tell(clock.monotonic_s() - began_s)
        await asyncio.sleep(_TICK_S)
