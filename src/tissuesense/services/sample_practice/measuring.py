"""Measure an invented client with a simulated gauge, by the path that every gauge goes."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tissuesense.core.clock import Clock
from tissuesense.core.recording import TAKEN_BACK, RecordingKind
from tissuesense.services.measure import Measured, concluded, measure
from tissuesense.services.measure_plan import plan_measurement
from tissuesense.services.sample_practice.story import Press
from tissuesense.transport.device import open_device

_TRIALS = 3
_PRESETS = {RecordingKind.PPT: "dfns"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is measured, and how far the course of care has come.

    Attributes
    ----------
    week
        Since care began.
    treated
        Whether the place was treated just before.
    """

    subject: str
    seed: int
    week: float
    treated: bool = False

    def url(self, press: Press, technique: str = "") -> str:
        """Return the device URL of a simulated gauge on this person."""
        stated = {
            "subject": self.subject,
            "seed": self.seed,
            "week": f"{self.week:.4f}",
            "treated": int(self.treated),
            "kind": press.kind,
            "site": press.site.name,
            "side": press.site.side,
            "speed": 0,
        }
        if technique:
            stated["technique"] = technique
        return "sim:?" + "&".join(f"{key}={value}" for key, value in stated.items())


def measured_on(
    url: str, press: Press, *, clock: Clock, taken_back: int | None = None
) -> tuple[Measured, bytes]:
    """Run one measurement through a gauge; return what was measured and the raw capture.

    Parameters
    ----------
    taken_back
        Number of a press that is not to count; another one is pressed in its place.
    """
    stated = {"kind": press.kind, "site": press.site.name, "side": press.site.side}
    plan = plan_measurement(
        stated if taken_back is None else stated | {TAKEN_BACK: [taken_back]},
        trials=1 if press.kind is RecordingKind.DOSE else _TRIALS,
        preset_name=_PRESETS.get(press.kind),
    )
    with tempfile.TemporaryDirectory() as scratch:
        capture = Path(scratch) / "raw.capture"

        async def run() -> Measured:
            async with open_device(url, clock=clock, capture=capture) as device:
                found = await measure(device, plan, show=lambda _: None, stop=asyncio.Event())
            return concluded(found, device)

        return asyncio.run(run()), capture.read_bytes()
