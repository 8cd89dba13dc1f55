"""Keep a conversation with a device going: ask, listen, record, mend, and know when to give up."""

import logging
from collections import Counter
from collections.abc import Callable

from tissuesense.core.errors import (
    CaptureError,
    LinkLost,
    LocalProtocolError,
    TransportError,
)
from tissuesense.devices.codec import (
    BatteryLevel,
    Command,
    DeviceRestarted,
    DeviceText,
    Rejection,
)
from tissuesense.devices.profile import DeviceProfile
from tissuesense.transport.assembly import SampleBlock, StreamAssembler
from tissuesense.transport.base import Chunk, HostChannel, LinkState, MarkSource, Transport
from tissuesense.transport.giving_up import lost, silent
from tissuesense.transport.questions import Questions

logger = logging.getLogger(__name__)
wire_log = logging.getLogger("tissuesense.wire")

_LONGEST_WAIT_S = 0.25
_RETRY_S = 0.25
_ANSWER_S = 0.5
# A gauge that was switched off and on has forgotten that it was streaming.
_START_AGAIN_S = 2.0
_READINGS_MISSED = 10


class Connection:
    """One conversation.

    Parameters
    ----------
    record
        Gets every chunk before it is decoded.
    give_up_s
        After how long without any reading the device counts as gone.
    """

    def __init__(
        self,
        transport: Transport,
        profile: DeviceProfile,
        assembler: StreamAssembler,
        *,
        record: Callable[[Chunk], None],
        give_up_s: float,
    ) -> None:
        self._transport = transport
        self._profile = profile
        self._assembler = assembler
        self._write_down = record
        self._unrecorded = False  # from then on the record lacks something
        self._give_up_s = give_up_s
        serial = profile.serial
        self._stale_s = _stale_after(transport, profile)
        self._settle_s = serial.settle_s if serial else 0.0
        self._questions: Questions | None = None
        if serial is not None and serial.poll_interval_s is not None:
            self._questions = Questions(serial.poll_interval_s, serial.reply_timeout_s)
        self._identified = False
        self._restarted = False  # the device was switched on again, and waits to be started
        self._link = LinkState.LOST
        self._heard_s = 0.0  # last reading, or when we began to wait for one
        self._started_s = 0.0  # last time that the device was asked to stream
        self._bytes_s = 0.0  # last time that any bytes came
        # Up to the last reading: pieces without sense, and commands that were refused.
        self._refused_before: Counter[Rejection] = Counter()
        self._refusals_before = 0
        self._problem: TransportError | None = None

    async def open(self) -> None:
        """Open the link for the first time.

        Raises
        ------
        TransportError
            When it cannot be opened.
        """
        await self._transport.open(self._give_up_s)

    async def greet(self) -> tuple[SampleBlock, ...]:
        """Begin the conversation: who are you, how is your battery, please start."""
        self._heard_s = self._now_s()
        if self._transport.scripted:
            self._link = LinkState.UP
            return ()
        blocks = [self._link_up()]
        try:
            if self._questions is None:
                blocks += await self._ask(Command.IDENTIFY, DeviceText)
                blocks += await self._ask(Command.BATTERY, BatteryLevel)
            await self._start()
        except LinkLost as err:
            blocks.append(await self._lose(err))
        return tuple(blocks)

    async def next_block(self) -> SampleBlock | None:
        """Return what happens next, an empty block when nothing did; None at a replay's end.

        Raises
        ------
        LinkLost
            When the link broke and could not be mended in time.
        TransportTimeout
            When the link stands and no reading came in time.
        """
        if self._link is LinkState.LOST and not self._transport.scripted:
            return await self._mend()
        try:
            if self._restarted:
                await self._start()
            await self._ask_if_due()
            chunk = await self._transport.receive(self._patience_s())
        except LinkLost as err:
            return await self._lose(err)
        if chunk is None:
            return None
        block = self._deliver(chunk) if chunk.data or chunk.channel else self._quiet()
        if self._transport.scripted:
            return block
        self._listen(chunk, block)
        return await self._judge_silence(block)

    def mark(self, told_by: str = MarkSource.KEY, at_s: float | None = None) -> SampleBlock:
        """Note that the client signalled at a moment of this link's time, now unless stated.

        Nobody can signal into a conversation that has been held.
        """
        if self._transport.scripted:
            return self._quiet()
        moment_s = self._now_s() if at_s is None else at_s
        return self._deliver(
            Chunk(data=told_by.encode(), t_host_s=moment_s, channel=HostChannel.MARKER)
        )

    async def close(self) -> None:
        """Note the end, say goodbye and hang up."""
        try:
            if not self._transport.scripted:
                self._note_end()
                if self._link is LinkState.UP:
                    await self._transport.write(self._assembler.encode(Command.STOP))
        except (TransportError, LocalProtocolError) as err:
            logger.debug("No goodbye was said: %s", err)
        finally:
            await self._transport.close()

    def _note_end(self) -> None:
        """Close the record in order; one that lacks something must not look whole."""
        if self._unrecorded:
            return
        try:
            self._deliver(Chunk(data=b"", t_host_s=self._now_s(), channel=HostChannel.END))
        except CaptureError as err:
            logger.warning("%s", err)

    # What is sent

    async def _send(self, command: Command) -> None:
        """Send a command; the record has it before the wire does."""
        data = self._assembler.encode(command)
        self._record(Chunk(data=command.encode(), t_host_s=self._now_s(), channel=HostChannel.SENT))
        wire_log.debug("> %s", data.hex())
        await self._transport.write(data)

    async def _ask(self, command: Command, answer: type) -> list[SampleBlock]:
        """Send a command and wait a little for its answer; not every device knows every one."""
        blocks: list[SampleBlock] = []
        try:
            await self._send(command)
        except LocalProtocolError:
            return blocks
        until_s = self._now_s() + _ANSWER_S
        while (left_s := until_s - self._now_s()) > 0:
            chunk = await self._transport.receive(left_s)
            if chunk is None:
                break
            if chunk.data:
                blocks.append(self._deliver(chunk))
                self._listen(chunk, blocks[-1])
                if any(isinstance(event, answer) for event in blocks[-1].events):
                    break
        return blocks

    async def _start(self, *again: Command) -> None:
        """Let readings come: begin to ask, or ask once for a stream, and `again` for the rest."""
        now_s = self._now_s()
        self._started_s = self._bytes_s = now_s
        self._note_refusals()
        if self._questions is not None:
            self._questions.begin(now_s + self._settle_s)
            return
        self._restarted = False
        for command in (*again, Command.RATE, Command.START):
            try:
                await self._send(command)
            except LocalProtocolError as err:
                logger.debug("%s", err)

    async def _ask_if_due(self) -> None:
        now_s = self._now_s()
        if self._questions is not None and now_s >= self._questions.due_s():
            self._questions.asked(now_s)
            await self._send(Command.READ)

    # What is heard

    def _record(self, chunk: Chunk) -> None:
        try:
            self._write_down(chunk)
        except CaptureError:
            self._unrecorded = True
            raise

    def _deliver(self, chunk: Chunk) -> SampleBlock:
        """Record a chunk, then decode it."""
        self._record(chunk)
        wire_log.debug("< %s %s", chunk.channel or "", chunk.data.hex())
        return self._assembler.feed(chunk)

    def _quiet(self) -> SampleBlock:
        """Return a block that only says what time it is; there is nothing to record."""
        return self._assembler.feed(Chunk(data=b"", t_host_s=self._now_s()))

    def _listen(self, chunk: Chunk, block: SampleBlock) -> None:
        if chunk.data:
            self._bytes_s = chunk.t_host_s
        for event in block.events:
            self._identified |= isinstance(event, DeviceText)
            self._restarted |= isinstance(event, DeviceRestarted)
        if block.t_s.size:
            self._heard_s = max(self._heard_s, chunk.t_host_s)
            self._note_refusals()
        if self._questions is not None:
            for _ in range(block.t_s.size + len(block.events)):
                self._questions.answered(chunk.t_host_s)

    def _note_refusals(self) -> None:
        self._refused_before = self._assembler.refusals
        self._refusals_before = self._assembler.health.refused_commands

    def _patience_s(self) -> float:
        """How long to listen before there is something else to do."""
        if self._transport.scripted:
            return _LONGEST_WAIT_S
        now_s = self._now_s()
        until_s = min(now_s + _LONGEST_WAIT_S, self._heard_s + self._give_up_s)
        if self._questions is not None:
            until_s = min(until_s, self._questions.due_s())
        return max(until_s - now_s, 0.0)

    # What goes wrong

    async def _judge_silence(self, block: SampleBlock) -> SampleBlock:
        now_s = self._now_s()
        if now_s >= self._heard_s + self._give_up_s:  # summed as the patience is
            raise self._gone()
        quiet_s = now_s - max(self._bytes_s, self._started_s)
        if self._stale_s is not None and quiet_s >= self._stale_s:
            endpoint = self._transport.endpoint
            return await self._lose(LinkLost(f"{endpoint} fell silent.", endpoint=endpoint))
        if self._questions is None and quiet_s >= _START_AGAIN_S:
            try:
                # A board that restarts when its port is opened has not heard the first question.
                await self._start(*(() if self._identified else (Command.IDENTIFY,)))
            except LinkLost as err:
                return await self._lose(err)
        return block

    async def _lose(self, error: TransportError) -> SampleBlock:
        """State that the link is gone."""
        logger.warning("%s", error)
        self._problem = error
        self._link = LinkState.LOST
        block = self._state(LinkState.LOST)
        await self._transport.close()
        return block

    async def _mend(self) -> SampleBlock:
        """Try once to open the link again."""
        left_s = self._heard_s + self._give_up_s - self._now_s()
        if left_s <= 0:
            raise self._gone()
        await self._transport.pace.sleep(min(_RETRY_S, left_s))
        try:
            await self._transport.open(max(left_s - _RETRY_S, 0.0))
        except TransportError as err:
            self._problem = err
            return self._quiet()
        logger.info("The link to %s is back.", self._transport.endpoint)
        block = self._link_up()
        try:
            await self._start()
        except LinkLost as err:
            return await self._lose(err)
        return block

    def _link_up(self) -> SampleBlock:
        self._link = LinkState.UP
        return self._state(LinkState.UP)

    def _state(self, state: LinkState) -> SampleBlock:
        return self._deliver(
            Chunk(data=state.encode(), t_host_s=self._now_s(), channel=HostChannel.LINK)
        )

    def _gone(self) -> TransportError:
        """Return the sentence for a device that is given up."""
        endpoint = self._transport.endpoint
        if self._link is LinkState.LOST:
            last_s = self._assembler.last_t_s
            return lost(endpoint, self._give_up_s, problem=self._problem, last_s=last_s)
        return silent(
            endpoint,
            self._give_up_s,
            refused=self._assembler.refusals - self._refused_before,
            refused_commands=self._assembler.health.refused_commands - self._refusals_before,
            profile=self._profile,
        )

    def _now_s(self) -> float:
        return self._transport.pace.now_s()


def _stale_after(transport: Transport, profile: DeviceProfile) -> float | None:
    """Return after how long the silence of this device means that its link is dead.

    A scale that only speaks when something changes may be silent for as long as it likes.
    """
    stale_s, rate_hz = transport.stale_after_s, profile.nominal_rate_hz
    if stale_s is None or rate_hz is None or stale_s * rate_hz < _READINGS_MISSED:
        return None
    return stale_s
