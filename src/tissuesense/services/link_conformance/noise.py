"""Checks of what a device makes of noise (PROTOCOL.md, section 2)."""

from collections.abc import Callable, Coroutine
from typing import Any

from tissuesense.devices.link.frames import LONGEST_FRAME, frame
from tissuesense.devices.link.messages import Ask, Reply, Sample
from tissuesense.services.link_conformance.bench import Bench
from tissuesense.services.link_conformance.check import Check, require

_QUIET_S = 0.3
_TAG = 0x5A
_START = frame(bytes((Ask.START, _TAG)))
_HALF = 3
# Steps through all bytes, zeros among them, without a sound frame anywhere.
_GARBAGE = bytes((73 * i + 41) % 256 for i in range(512))
_BROKEN_CRC = bytes((*_START[:-2], _START[-2] ^ 0x10, 0))
_BROKEN_COBS = bytes((_START[0] + 9, *_START[1:]))

_Run = Callable[[Bench], Coroutine[Any, Any, str]]


def survives(noise: bytes) -> _Run:
    """Return the check that `noise` does nothing, and that the command after it is answered."""

    async def run(bench: Bench) -> str:
        await bench.peer.send(noise)
        heard = await bench.peer.listen(_QUIET_S)
        obeyed = [one for one in heard if isinstance(one.said, Reply | Sample)]
        require(not obeyed, "The device obeyed a command in it.")
        answer = await bench.peer.ask(Ask.STOP)
        require(answer.reply is not None, "The command after it was not answered.")
        return "Nothing came of it, and the command after it was answered."

    return run


CHECKS = (
    Check(
        name="bad-crc",
        section=2,
        requirement="A command with a wrong CRC is ignored.",
        run=survives(_BROKEN_CRC),
    ),
    Check(
        name="bad-cobs",
        section=2,
        requirement="A command with wrong COBS is ignored.",
        run=survives(_BROKEN_COBS),
    ),
    Check(
        name="half-frame",
        section=2,
        requirement="Half a command does nothing, nor does it spoil the one after the next zero.",
        run=survives(_START[:_HALF]),
    ),
    Check(
        name="garbage",
        section=2,
        requirement="512 bytes of garbage do nothing, nor do they spoil the command after them.",
        run=survives(_GARBAGE),
    ),
    Check(
        name="overlong",
        section=2,
        requirement="A frame of more than 64 bytes is refused up to its zero, with the command at "
        "its end.",
        run=survives(b"\x01" * LONGEST_FRAME + _START),
    ),
    Check(
        name="zero-flood",
        section=2,
        requirement="200 zeros in a row do nothing.",
        run=survives(bytes(200)),
    ),
)
