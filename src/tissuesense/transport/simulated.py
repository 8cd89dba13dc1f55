"""A simulated gauge: its own bytes, through the same codec, in step with real time or not."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from tissuesense.core.clock import Clock
from tissuesense.core.errors import DeviceNotFound, LinkLost
from tissuesense.devices.codec import WireSample
from tissuesense.devices.profile import DeviceProfile, WireParameters
from tissuesense.simulation.session import SessionPiece, SessionSpec, simulated_session
from tissuesense.transport.base import ADVERTISEMENT, Chunk, HostChannel, Pace, VirtualPace

# A radio sends a few times in a connection interval; a port wakes its reader about as often.
_BATCH_S = 0.05
_MOST_IN_A_NOTIFICATION = 30
_REPLY_S = 0.002
# A button is read together with the force, so it was pressed a little before.
_BUTTON_LEAD_S = 1e-3
_FAULT_PRESS = 1
_BEFORE_PEAK_S = 0.5
_ABSENT_S = 1.5
_GARBAGE = b"\x00\xff~#garbage\r\n"
_GARBAGE_EVERY = 25
_LATEST_S = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Samples that leave the gauge together, and the client's signals among them."""

    samples: tuple[WireSample, ...]
    marks_s: tuple[float, ...]

    @property
    def end_s(self) -> float:
        return self.samples[-1].t_s


class SimulatedTransport:
    """Carry a simulated session over the wire of a device model.

    All times are the session's own, so that any speed gives the same chunks.

    Parameters
    ----------
    spec
        The session; its link faults are made here.
    speed
        Session seconds in a real one; 0 is as fast as possible.
    """

    scripted = False
    stale_after_s: float | None = None

    def __init__(
        self,
        profile: DeviceProfile,
        parameters: WireParameters,
        spec: SessionSpec,
        *,
        clock: Clock,
        speed: float = 1.0,
    ) -> None:
        self.endpoint = f"simulated {profile.model}"
        self.identity: str | None = spec.context().instrument
        self.pace: Pace = VirtualPace(clock, speed=speed)
        self._channel = _channel(profile)
        self._profile = profile
        self._parameters = parameters
        self._encoder = profile.encoder(parameters)
        # Readings without a time of their own are timed by their arrival: each leaves at once.
        untimed = profile.clock_period_s is None
        self._batches = _batches(spec, 1 if untimed else _batch_size(spec.samples_per_s))
        self._fault = _LinkFault(spec)
        self._next = next(self._batches)
        self._next_due_s = self._next.end_s
        self._count = 0
        self._outbox: deque[Chunk] = deque()
        self._open = False
        self._zero_s = 0.0

    async def open(self, timeout_s: float) -> None:
        """Switch the gauge on; its clock starts again."""
        del timeout_s
        if not self._fault.present(self.pace.now_s()):
            raise DeviceNotFound("The simulated gauge is unplugged.", endpoint=self.endpoint)
        self._encoder = self._profile.encoder(self._parameters)
        self._outbox.clear()
        self._zero_s = self.pace.now_s()
        self._skip_to_now()
        self._open = True

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return what comes next; the session never ends."""
        deadline_s = self.pace.now_s() + timeout_s
        while True:
            reply_s = self._outbox[0].t_host_s if self._outbox else math.inf
            due_s = min(reply_s, self._next_due_s)
            if due_s > deadline_s:
                await self.pace.sleep(deadline_s - self.pace.now_s())
                return Chunk(data=b"", t_host_s=deadline_s)
            await self.pace.sleep(due_s - self.pace.now_s())
            if not self._fault.present(due_s):
                self._open = False
                raise LinkLost("The simulated link broke off.", endpoint=self.endpoint)
            if reply_s <= self._next_due_s:
                return self._outbox.popleft()
            chunk = self._send_batch()
            if chunk is not None:
                return chunk

    async def write(self, data: bytes) -> None:
        """Hand bytes to the gauge and schedule its answer."""
        if not self._open:
            raise LinkLost("The simulated link is down.", endpoint=self.endpoint)
        reply = self._encoder.reply(data)
        now_s = self.pace.now_s()
        if reply and not self._fault.silent(now_s):
            self._post(Chunk(data=reply, t_host_s=now_s + _REPLY_S, channel=self._channel))

    async def close(self) -> None:
        """Hang up."""
        self._open = False

    def _send_batch(self) -> Chunk | None:
        batch, due_s = self._next, self._next_due_s
        self._advance()
        data = self._encoder.samples(
            [replace(s, t_s=max(s.t_s - self._zero_s, 0.0)) for s in batch.samples]
        )
        if self._fault.silent(due_s):
            return None
        for mark_s in batch.marks_s:
            pressed_s = max(mark_s - _BUTTON_LEAD_S, 0.0)
            self._post(Chunk(data=b"", t_host_s=pressed_s, channel=HostChannel.MARKER))
        if self._fault.garbles(self._count):
            self._post(Chunk(data=_GARBAGE, t_host_s=due_s, channel=self._channel))
        return Chunk(data=data, t_host_s=due_s, channel=self._channel) if data else None

    def _advance(self) -> None:
        self._count += 1
        self._next = next(self._batches)
        self._next_due_s = max(self._next_due_s, self._next.end_s + self._fault.delay_s())

    def _skip_to_now(self) -> None:
        """Lose what the gauge sampled while nobody was connected."""
        while self._next.end_s < self.pace.now_s():
            self._advance()

    def _post(self, chunk: Chunk) -> None:
        self._outbox.append(chunk)


class _LinkFault:
    """What the link does wrong, and when."""

    def __init__(self, spec: SessionSpec) -> None:
        self._name = spec.link_fault
        self._rng = np.random.default_rng([spec.seed, *b"link"])
        breaks = self._name in {"silence", "unplug"}
        self._at_s = _mid_press_s(spec) if breaks else math.inf

    def present(self, now_s: float) -> bool:
        """Whether the gauge can be reached at all."""
        return self._name != "unplug" or not self._at_s <= now_s < self._at_s + _ABSENT_S

    def silent(self, now_s: float) -> bool:
        return self._name == "silence" and now_s >= self._at_s

    def garbles(self, count: int) -> bool:
        return self._name == "garbage" and count % _GARBAGE_EVERY == 0

    def delay_s(self) -> float:
        return float(self._rng.uniform(0, _LATEST_S)) if self._name == "late_notifications" else 0.0


def _channel(profile: DeviceProfile) -> str | None:
    """Return where chunks come from: a port, wherever there is one, is the only channel it has."""
    if profile.serial is not None:
        return None
    return profile.ble.notify[0] if profile.ble is not None else ADVERTISEMENT


def _mid_press_s(spec: SessionSpec) -> float:
    """Return a moment in the ramp of the second press, or in the middle of the second movement."""
    piece = next(islice(simulated_session(spec), _FAULT_PRESS, None))
    if "force_n" not in piece.columns:
        return float(np.median(piece.t_s))
    return float(piece.t_s[int(np.argmax(piece.force_n))]) - _BEFORE_PEAK_S


def _batch_size(rate_hz: float) -> int:
    return int(np.clip(rate_hz * _BATCH_S, 1, _MOST_IN_A_NOTIFICATION))


def _batches(spec: SessionSpec, size: int) -> Iterator[_Batch]:
    for piece in simulated_session(spec):
        yield from _cut(piece, size)


def _cut(piece: SessionPiece, size: int) -> Iterator[_Batch]:
    marks_s = deque(piece.marks_s)
    for start in range(0, piece.t_s.size, size):
        rows = range(start, min(start + size, piece.t_s.size))
        end_s = float(piece.t_s[rows[-1]])
        due: list[float] = []
        while marks_s and marks_s[0] <= end_s:
            due.append(marks_s.popleft())
        yield _Batch(
            samples=tuple(_sample(piece, i) for i in rows),
            marks_s=tuple(due),
        )


def _sample(piece: SessionPiece, i: int) -> WireSample:
    values: dict[str, Any] = {name: float(column[i]) for name, column in piece.columns.items()}
    return WireSample(t_s=float(piece.t_s[i]), senses_force="force_n" in values, **values)
