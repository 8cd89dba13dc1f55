"""Probe a gauge: listen to it while nobody touches it, ask for a push, say what it is good for."""

import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from tissuesense.analysis.signals.arrival import Arrivals
from tissuesense.analysis.signals.at_rest import AtRest, at_rest, push_sign
from tissuesense.core.arrays import FloatArray
from tissuesense.core.clock import Clock
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import TransportError, UsageError
from tissuesense.core.quality import QualitySummary
from tissuesense.core.trace import ClockSource
from tissuesense.devices.codec import (
    DeviceFacts,
    DeviceText,
    Fault,
    FaultKind,
    SamplesMissed,
    Temperature,
)
from tissuesense.devices.health import GaugeHealth
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.transport.assembly import SampleBlock
from tissuesense.transport.base import LinkState
from tissuesense.transport.device import GIVE_UP_S, Device, open_device
from tissuesense.transport.stream_quality import Notice

# How long to wait for somebody to push.
PUSH_WITHIN_S = 15.0
_LOOK_EVERY_S = 0.2


class Stage(StrEnum):
    """What the person at the gauge should be doing."""

    OPENING = "opening"
    REST = "rest"
    PUSH = "push"
    LOST = "lost"


# Told the stage, and how many seconds of it have passed.
Progress = Callable[[Stage, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRequest:
    """What to probe.

    Attributes
    ----------
    seconds
        How long to listen to the gauge at rest, from its first reading.
    ask_push
        Somebody is there who can be asked to push on the gauge.
    """

    url: str
    seconds: float = 10.0
    tip: ContactTip | None = None
    ask_push: bool = False
    give_up_s: float = GIVE_UP_S

    def __post_init__(self) -> None:
        if not 1.0 <= self.seconds <= 3600.0:  # noqa: PLR2004 - says the sentence
            raise UsageError(f"A probe takes from 1 s to an hour, not {self.seconds:g} s.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the gauge said of itself beside its readings."""

    texts: tuple[str, ...] = ()
    facts: dict[str, float | str] = field(default_factory=dict)
    celsius: float | None = None
    missed: int = 0
    faults: tuple[FaultKind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a probe found.

    Attributes
    ----------
    asked
        Whether somebody was asked to push.
    push
        1 where the push read as pressing, -1 as pulling, None where none was seen.
    tip
        As stated, else as the gauge says.
    error
        Why the probe ended before its time.
    """

    profile: DeviceProfile
    parameters: WireParameters
    instrument: str
    tip: ContactTip | None
    clock: ClockSource
    rest: AtRest
    arrivals: Arrivals
    quality: QualitySummary
    health: GaugeHealth
    said: Said
    asked: bool = False
    push: int | None = None
    error: TransportError | None = None


async def probe(
    request: ProbeRequest,
    *,
    clock: Clock,
    progress: Progress = lambda _stage, _seconds: None,
) -> Probed:
    """Open the gauge and find out what it is good for.

    Raises
    ------
    TransportError
        When the gauge could not be opened, or sent no reading at all.
    ConfigurationError
        When the URL names something unknown.
    """
    progress(Stage.OPENING, 0.0)
    device = open_device(request.url, clock=clock, give_up_s=request.give_up_s)
    listener = _Listener(device)
    push: int | None = None
    async with device:
        error = await _rest(listener, request.seconds, progress)
        rest, quality, arrivals = at_rest(device.trace()), device.quality(), listener.arrivals()
        asked = request.ask_push and error is None and rest.zero_n is not None
        if asked:
            push, error = await _push(listener, rest, progress)
    return Probed(
        profile=device.profile,
        parameters=device.parameters,
        instrument=device.instrument,
        tip=request.tip or device.context.tip,
        clock=device.clock_source,
        rest=rest,
        arrivals=arrivals,
        quality=quality,
        health=device.health(),
        said=listener.said(),
        asked=asked,
        push=push,
        error=error,
    )


async def _rest(listener: "_Listener", seconds: float, progress: Progress) -> TransportError | None:
    """Listen to the gauge at rest; return what broke it off after its first reading."""
    try:
        async for block in listener.listen():
            lost = block.link is LinkState.LOST
            progress(Stage.LOST if lost else Stage.REST, block.elapsed_s)
            if block.elapsed_s >= seconds and not lost:  # nobody can push on what has gone
                break
    except TransportError as err:
        if not listener.device.trace().size:
            raise
        return err
    return None


async def _push(
    listener: "_Listener", rest: AtRest, progress: Progress
) -> tuple[int | None, TransportError | None]:
    """Wait for a push; return its sign, or what broke it off."""
    zero_n, noise_n = rest.zero_n or 0.0, rest.noise_n or 0.0
    watched = _Watched()
    start_s: float | None = None
    try:
        async for block in listener.listen():
            start_s = block.elapsed_s if start_s is None else start_s
            waited_s = block.elapsed_s - start_s
            progress(Stage.LOST if block.link is LinkState.LOST else Stage.PUSH, waited_s)
            over = waited_s >= PUSH_WITHIN_S
            if watched.add(block) or over:
                sign = push_sign(*watched.samples(), zero_n=zero_n, noise_n=noise_n)
                if sign is not None or over:
                    return sign, None
    except TransportError as err:
        return None, err
    return None, None  # a replay that ended


class _Watched:
    """The readings of the last seconds, to be looked at a few times a second."""

    def __init__(self) -> None:
        self._blocks: list[SampleBlock] = []
        self._looked_s = -math.inf

    def add(self, block: SampleBlock) -> bool:
        """Take a block; say whether it is time to look again."""
        if block.t_s.size:
            self._blocks.append(block)
        due = bool(self._blocks) and block.elapsed_s - self._looked_s >= _LOOK_EVERY_S
        if due:
            self._looked_s = block.elapsed_s
        return due

    def samples(self) -> tuple[FloatArray, FloatArray]:
        """Return times and forces, shape (n,) each."""
        if not self._blocks:
            return np.zeros(0), np.zeros(0)
        return (
            np.concatenate([block.t_s for block in self._blocks]),
            np.concatenate([block.force_n for block in self._blocks]),
        )


class _Listener:
    """Listen to a device and remember how its readings came and what else it said."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self._late_s: list[float] = []
        self._readings: list[int] = []
        self._notices: list[Notice] = []

    async def listen(self) -> AsyncIterator[SampleBlock]:
        """Yield what comes, remembering it."""
        async for block in self.device.stream():
            self._notice(block)
            yield block

    def arrivals(self) -> Arrivals:
        return Arrivals(late_s=tuple(self._late_s), readings=tuple(self._readings))

    def said(self) -> Said:
        facts: dict[str, float | str] = {}
        for notice in self._notices:
            if isinstance(notice, DeviceFacts):
                facts |= notice.facts
        temperatures = [n.celsius for n in self._notices if isinstance(n, Temperature)]
        return Said(
            texts=tuple(dict.fromkeys(n.text for n in self._notices if isinstance(n, DeviceText))),
            facts=facts,
            celsius=temperatures[-1] if temperatures else None,
            missed=sum(n.count for n in self._notices if isinstance(n, SamplesMissed)),
            faults=tuple(dict.fromkeys(n.kind for n in self._notices if isinstance(n, Fault))),
        )

    def _notice(self, block: SampleBlock) -> None:
        self._notices += block.events
        if block.t_s.size:
            self._late_s.append(block.elapsed_s - float(block.t_s[-1]))
            self._readings.append(int(block.t_s.size))
