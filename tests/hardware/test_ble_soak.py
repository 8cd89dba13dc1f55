"""Through any number of lost links nothing is lost, doubled or made up, and each outage is marked.

Runs for some seconds with the other tests; for minutes with ``--soak-minutes=10``.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from tests.hardware.fake_bluez import FakeBluez, Loss
from tests.hardware.fake_peripheral import Progressor
from tests.hardware.listening import Heard
from tests.hardware.radio_listening import grams, listen_by_radio

from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag

URL = f"ble:{Progressor.address}?model=progressor"
SEED = 20260105
# The recorder has not yet taken what arrives while it says goodbye.
TAIL = 20
# A loop that is shared with the radio is late now and then; a wrong clock would be so by seconds.
LATE_S = 0.3
# The end is calm, so that the last outage ends, too.
CALM_S = 7.0


class TimedProgressor(Progressor):
    """It remembers when it took each sample, on the loop's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.taken_s: list[float] = []

    def stamp_us(self, since_start: int) -> int:
        self.taken_s.append(asyncio.get_running_loop().time())
        return super().stamp_us(since_start)


@dataclass
class Outages:
    """Break the link again and again, in every way that a link breaks.

    Attributes
    ----------
    after
        Number of the last sample that was delivered before each loss.
    ways
        How it broke each time.
    """

    bluez: FakeBluez
    gauge: Progressor
    rng: np.random.Generator
    seconds: float
    after: list[int] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)

    async def befall(self) -> None:
        ways: dict[str, Callable[[], Awaitable[None]]] = {
            "objects first": lambda: self._lose(Loss.OBJECTS_FIRST),
            "word first": lambda: self._lose(Loss.WORD_FIRST),
            "untold": lambda: self._lose(Loss.OBJECTS_ONLY),
            "out of reach": self._leave,
            "hung": self._hang,
            "service restarted": self._restart,
        }
        left: list[str] = []
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self.seconds
        while True:
            await asyncio.sleep(self.rng.uniform(0.1, 3.0))
            if loop.time() > until_s:
                return
            delivered = self.gauge.delivered
            if not delivered or delivered[-1] in self.after:
                continue  # it is still being mended
            if not left:  # each way once, in an order of its own, before any comes again
                left = self.rng.permutation(list(ways)).tolist()
            way = left.pop()
            self.ways.append(way)
            self.after.append(delivered[-1])
            await ways[way]()

    async def _lose(self, loss: Loss) -> None:
        self.bluez.lose_link(self.gauge, loss)

    async def _leave(self) -> None:
        self.bluez.lose_link(self.gauge, out_of_reach=True)
        await asyncio.sleep(self.rng.uniform(0.1, 3.0))
        self.bluez.come_back(self.gauge)

    async def _hang(self) -> None:
        self.gauge.disconnected()

    async def _restart(self) -> None:
        await self.bluez.crash()
        await asyncio.sleep(self.rng.uniform(0.1, 3.0))
        await self.bluez.appear()


def test_a_link_that_breaks_in_every_way_loses_nothing_but_its_outages(
    system_bus: str, tmp_path: Path, soak_s: float
) -> None:
    gauge = TimedProgressor()
    bluez = FakeBluez(gauge)
    outages = Outages(bluez, gauge, np.random.default_rng(SEED), soak_s - CALM_S)
    heard = listen_by_radio(
        bluez,
        URL,
        tmp_path / "soak.capture",
        system_bus,
        seconds=soak_s,
        give_up_s=15.0,
        meanwhile=outages.befall,
    )
    print(_told(heard, gauge, outages))  # noqa: T201 - the numbers of a long run are its point
    assert heard.error is None
    numbers = grams(heard)
    assert numbers == gauge.delivered[: len(numbers)]
    assert len(gauge.delivered) - len(numbers) < TAIL
    assert _gaps_after(heard) == outages.after
    assert set(heard.quality.flags) == {QualityFlag.GAP, QualityFlag.RECONNECTED}
    assert np.all(np.diff(heard.trace.t_s) > 0)
    assert np.abs(_time_errors_s(heard, gauge)).max() < LATE_S


def _gaps_after(heard: Heard) -> list[int]:
    """Return the number of the sample at which each marked gap begins."""
    number_at = dict(zip(heard.trace.t_s.tolist(), grams(heard), strict=True))
    return [number_at[from_s] for from_s, _ in heard.quality.gaps]


def _time_errors_s(heard: Heard, gauge: TimedProgressor) -> FloatArray:
    taken_s = np.array([gauge.taken_s[number - 1] for number in grams(heard)])
    return np.asarray(heard.trace.t_s - (taken_s - taken_s[0]))


def _told(heard: Heard, gauge: TimedProgressor, outages: Outages) -> str:
    away_s = sum(to_s - from_s for from_s, to_s in heard.quality.gaps)
    ways = {way: outages.ways.count(way) for way in sorted(set(outages.ways))}
    errors_ms = 1000 * _time_errors_s(heard, gauge)
    return (
        f"{heard.trace.duration_s:.0f} s, {len(outages.after)} outages of {away_s:.0f} s in all "
        f"({ways}): {len(gauge.delivered)} samples delivered, {heard.trace.size} recorded, "
        f"{len(heard.quality.gaps)} gaps marked; time off by {np.median(errors_ms):.1f} ms, "
        f"at most {np.abs(errors_ms).max():.1f} ms"
    )
