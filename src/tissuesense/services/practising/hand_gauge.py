"""A simulated gauge pressed by the person at the screen, on a simulated client who says stop."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from tissuesense.core.recording import RecordingContext
from tissuesense.core.units import pressure_kpa
from tissuesense.devices.codec import WireSample
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.registry import DEVICES
from tissuesense.simulation.client import Client, Reaction
from tissuesense.transport.base import Chunk, HostChannel, Pace
from tissuesense.transport.opening import Opening

_MODEL = "progressor"
_RATE_HZ = 80.0
_BATCH = 2  # readings that leave together: a picture 40 times a second
_REPLY_S = 0.002
# The screen's hand follows within this time, as a muscle does; steps of a mouse become a push.
_FOLLOWS_S = 0.05
_CONTACT_N = 1.0
_OFF_N = 0.5
_OFF_FOR_S = 0.3
_ZERO_N = 0.35
_NOISE_N = 0.03


@dataclass(frozen=True, slots=True, kw_only=True)
class PressTruth:
    """What is true of one press; seconds are of the trace.

    Attributes
    ----------
    latent_threshold_kpa
        The pressure at which the client was to feel it.
    """

    onset_s: float
    latent_threshold_kpa: float


class PressedClient:
    """Feels each press, and says stop as late as people do."""

    def __init__(self, client: Client, *, area_cm2: float, rng: np.random.Generator) -> None:
        self._client, self._area_cm2, self._rng = client, area_cm2, rng
        self._reaction: Reaction | None = None
        self._off_since_s: float | None = None
        self._says_at_s = math.inf
        self.truths: list[PressTruth] = []

    def feel(self, t_s: float, force_n: float) -> float | None:
        """Take the force at a moment; return when the client said stop, if that was now."""
        if self._reaction is None and force_n >= _CONTACT_N:
            self._begin(t_s)
        if self._reaction is None:
            return None
        latent_kpa = self._reaction.latent_threshold_kpa
        if self._says_at_s == math.inf and pressure_kpa(force_n, self._area_cm2) >= latent_kpa:
            self._says_at_s = t_s + (self._reaction.button_s or 0.0)
        said_s = None
        if t_s >= self._says_at_s > 0:
            said_s, self._says_at_s = self._says_at_s, -1.0
        self._end_when_off(t_s, force_n)
        return said_s

    def _begin(self, t_s: float) -> None:
        self._reaction = self._client.reaction(with_button=True, rng=self._rng)
        self._says_at_s, self._off_since_s = math.inf, None
        latent_kpa = self._reaction.latent_threshold_kpa
        self.truths.append(PressTruth(onset_s=t_s, latent_threshold_kpa=latent_kpa))

    def _end_when_off(self, t_s: float, force_n: float) -> None:
        if force_n >= _OFF_N:
            self._off_since_s = None
        elif self._off_since_s is None:
            self._off_since_s = t_s
        elif t_s - self._off_since_s >= _OFF_FOR_S:
            self._reaction = None


class HandGauge:
    """The gauge: a transport whose force is what the hand gives.

    Parameters
    ----------
    hand
        Gives the force that the hand wants now, in N, at a moment of `pace`.
    """

    scripted = False
    stale_after_s: float | None = None
    endpoint = "the hand on the screen"
    identity: str | None = "simulated gauge"

    def __init__(
        self,
        client: PressedClient,
        *,
        hand: Callable[[float], float],
        pace: Pace,
        rng: np.random.Generator,
    ) -> None:
        self.pace = pace
        self._client, self._hand, self._rng = client, hand, rng
        self._encoder = DEVICES[_MODEL].encoder(WireParameters())
        self._outbox: deque[Chunk] = deque()
        self._opened_s = 0.0
        self._count = 0
        self._force_n = 0.0
        self._first_t_s: float | None = None

    @property
    def truths(self) -> tuple[PressTruth, ...]:
        """What was true of each press so far, on the axis of the trace."""
        first_s = self._first_t_s or 0.0
        return tuple(replace(one, onset_s=one.onset_s - first_s) for one in self._client.truths)

    async def open(self, timeout_s: float) -> None:
        """Switch the gauge on."""
        del timeout_s
        self._encoder = DEVICES[_MODEL].encoder(WireParameters())
        self._opened_s, self._count = self.pace.now_s(), 0

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return what comes next; it never ends."""
        if self._outbox:
            return self._outbox.popleft()
        due_s = self._opened_s + (self._count + _BATCH) / _RATE_HZ
        wait_s = due_s - self.pace.now_s()
        if wait_s > timeout_s:
            await self.pace.sleep(timeout_s)
            return Chunk(data=b"", t_host_s=self.pace.now_s())
        await self.pace.sleep(max(wait_s, 0.0))
        now_s = max(self.pace.now_s(), due_s)
        samples = self._samples(now_s)
        data = self._encoder.samples(samples)
        if data and self._first_t_s is None:
            self._first_t_s = samples[0].t_s
        return Chunk(data=data, t_host_s=now_s, channel=_channel())

    async def write(self, data: bytes) -> None:
        """Hand bytes to the gauge."""
        reply = self._encoder.reply(data)
        if reply:
            at_s = self.pace.now_s() + _REPLY_S
            self._outbox.append(Chunk(data=reply, t_host_s=at_s, channel=_channel()))

    async def close(self) -> None:
        """Switch it off."""

    def _samples(self, now_s: float) -> list[WireSample]:
        until = math.floor((now_s - self._opened_s) * _RATE_HZ + 1e-6)
        wanted_n = self._hand(now_s)
        samples = []
        for number in range(self._count + 1, until + 1):
            t_s = number / _RATE_HZ
            self._force_n += (wanted_n - self._force_n) * -math.expm1(-1 / (_RATE_HZ * _FOLLOWS_S))
            said_s = self._client.feel(t_s, self._force_n)
            if said_s is not None:
                at_s = self._opened_s + said_s
                self._outbox.append(Chunk(data=b"", t_host_s=at_s, channel=HostChannel.MARKER))
            shown_n = self._force_n + _ZERO_N + _NOISE_N * float(self._rng.standard_normal())
            samples.append(WireSample(t_s=t_s, force_n=shown_n))
        self._count = max(until, self._count)
        return samples


def hand_opening(gauge: HandGauge, context: RecordingContext) -> Opening:
    """Return what a device needs to be held by the hand on the screen."""
    return Opening(
        url="sim:hand",
        profile=DEVICES[_MODEL],
        parameters=WireParameters(),
        transport=gauge,
        context=context,
    )


def _channel() -> str | None:
    ble = DEVICES[_MODEL].ble
    return None if ble is None else ble.notify[0]
