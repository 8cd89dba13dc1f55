"""A scripted conversation in place of a device: for tests, and for whoever writes a driver."""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import DeviceNotFound, LinkLost, LocalProtocolError
from tissuesense.transport.base import Chunk, Pace, VirtualPace


@dataclass(frozen=True, slots=True, kw_only=True)
class Says:
    """The device sends `data`, `after_s` after what came before."""

    data: bytes
    after_s: float = 0.0
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks:
    """The link breaks, `after_s` after what came before; opening it fails for `absent_s`."""

    after_s: float = 0.0
    absent_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FallsSilent:
    """Nothing comes for `for_s`, and the link stays up."""

    for_s: float


Step = Says | Breaks | FallsSilent


class MemoryTransport:
    """Play a script in virtual time, and note what is written.

    Parameters
    ----------
    script
        What the device does, in order; the stream ends with it. Without one it never ends.
    replies
        What the device answers to bytes that are written to it, in turn: the last answer stays.
    absent_s
        How long the device cannot be opened at the beginning.
    """

    scripted = False
    identity: str | None = None

    def __init__(
        self,
        script: Iterable[Step] = (),
        *,
        replies: Mapping[bytes, Sequence[Sequence[Says]]] | None = None,
        absent_s: float = 0.0,
        stale_after_s: float | None = None,
    ) -> None:
        self.endpoint = "memory"
        self.pace: Pace = VirtualPace(ManualClock())
        self.stale_after_s = stale_after_s
        self.written: list[bytes] = []
        self.opened = 0
        self._absent_until_s = absent_s
        self._replies = {k: deque(v) for k, v in (replies or {}).items()}
        self._due: deque[tuple[float, Says | Breaks]] = deque()
        self._script_ends_s = 0.0
        steps = list(script)
        self._ends = bool(steps)
        self._open = False
        for step in steps:
            self._schedule(step)

    def _schedule(self, step: Step) -> None:
        match step:
            case FallsSilent():
                self._script_ends_s += step.for_s
            case Says() | Breaks():
                self._script_ends_s += step.after_s
                self._due.append((self._script_ends_s, step))

    async def open(self, timeout_s: float) -> None:
        """Open, unless the script has the device absent.

        Raises
        ------
        DeviceNotFound
            While it is absent.
        LocalProtocolError
            When it is open: a real port would refuse, and a real radio might call back twice.
        """
        del timeout_s
        if self._open:
            raise LocalProtocolError("The transport is open already.")
        if self.pace.now_s() < self._absent_until_s:
            raise DeviceNotFound("The scripted device is absent.", endpoint=self.endpoint)
        self.opened += 1
        self._open = True

    async def receive(self, timeout_s: float) -> Chunk | None:
        """Return what the script says next."""
        now_s = self.pace.now_s()
        if self._ends and not self._due and now_s >= self._script_ends_s:
            return None
        if not self._due or (next_s := self._due[0][0]) > now_s + timeout_s:
            await self.pace.sleep(timeout_s)
            return Chunk(data=b"", t_host_s=self.pace.now_s())
        await self.pace.sleep(next_s - now_s)
        _, step = self._due.popleft()
        if isinstance(step, Breaks):
            self._absent_until_s = self.pace.now_s() + step.absent_s
            raise LinkLost("The script broke the link.", endpoint=self.endpoint)
        return Chunk(data=step.data, t_host_s=self.pace.now_s(), channel=step.channel)

    async def write(self, data: bytes) -> None:
        """Note what was written and schedule the answer."""
        self.written.append(data)
        answers = self._replies.get(data)
        if not answers:
            return
        answer = answers.popleft() if len(answers) > 1 else answers[0]
        at_s = self.pace.now_s()
        for says in answer:
            at_s += says.after_s
            self._due.append((at_s, says))
        self._due = deque(sorted(self._due, key=lambda item: item[0]))

    async def close(self) -> None:
        """Hang up."""
        self._open = False
