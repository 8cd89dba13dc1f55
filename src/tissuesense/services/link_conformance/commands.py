"""Checks of commands and their replies (PROTOCOL.md, sections 1, 4, 5 and 6)."""

from collections import Counter

from tissuesense.core.errors import RemoteProtocolError
from tissuesense.devices.link.frames import frame
from tissuesense.devices.link.messages import (
    Ask,
    Battery,
    Capability,
    Reply,
    Request,
    Result,
    encode,
)
from tissuesense.services.link_conformance.bench import Bench
from tissuesense.services.link_conformance.check import applicable, check, require
from tissuesense.services.link_conformance.peer import Answer, Heard

_IN_TIME_S = 0.5
_ONCE_MORE_S = 0.6
_LARGEST_TAG = 255
_NOT_THERE = 0x0F
_ANY_RATE_MHZ = 80_000
_OPTIONAL = {
    Ask.BATTERY: Capability.BATTERY,
    Ask.RATE: Capability.RATE,
    Ask.TARE: Capability.TARE,
    Ask.UNTARE: Capability.TARE,
}
_EVERY = (Ask.HELLO, *_OPTIONAL, Ask.START, Ask.STOP)
# A device may be unable to take a tare just now; that it says so is its answer.
_FITTING = {Ask.TARE: {Result.DONE, Result.NOT_NOW, Result.FAILED}}


@check(
    4,
    "Every command that the device has is answered by a REPLY with its tag, its type and "
    "result 0 (TARE: 3 or 4 where it cannot be taken just now).",
)
async def _replies(bench: Bench) -> str:
    answers = await _ask_everything(bench)
    for command, answer in answers.items():
        reply = answer.reply
        if reply is None:
            raise RemoteProtocolError(f"No REPLY to {command.name} came.")
        fits = reply.command == command and reply.result in _FITTING.get(command, {Result.DONE})
        came = f"command {reply.command}, result {reply.result}"
        require(fits, f"The REPLY to {command.name} says {came}.")
    return f"{', '.join(command.name for command in answers)} were answered."


@check(6, "The REPLY comes within 500 ms, that to HELLO too.")
async def _reply_in_time(bench: Bench) -> str:
    answers = await _ask_everything(bench)
    slowest = max(answers, key=lambda command: answers[command].took_s)
    took_s = answers[slowest].took_s
    sentence = f"The slowest REPLY, to {slowest.name}, came after {took_s * 1e3:.0f} ms."
    require(took_s <= _IN_TIME_S, sentence)
    return sentence


@check(4, "Every command is answered once.")
async def _reply_once(bench: Bench) -> str:
    answers = await _ask_everything(bench)
    heard = [one for answer in answers.values() for one in answer.heard]
    heard += await bench.peer.listen(_ONCE_MORE_S)
    counts = Counter(reply.tag for reply in _replies_in(heard))
    once = {_LARGEST_TAG - place: 1 for place in range(len(answers))}
    require(counts == once, f"REPLY came, by tag: {dict(counts)}; expected: {once}.")
    return f"{len(answers)} commands, {counts.total()} replies."


@check(4, "A command of a type that does not exist gets a REPLY with result 1.")
async def _unknown_command(bench: Bench) -> str:
    return await _refused(bench, {"command 0x0F": _NOT_THERE})


@check(4, "A command that the device has no capability for gets a REPLY with result 1.")
async def _missing_capability(bench: Bench) -> str:
    lacking = {
        command.name: int(command)
        for command, capability in _OPTIONAL.items()
        if not await bench.can(capability)
    }
    applicable(bool(lacking), "The device has every command.")
    return await _refused(bench, lacking)


@check(4, "BATTERY is answered by BATTERY, then REPLY.")
async def _battery_command(bench: Bench) -> str:
    await bench.must_have(Capability.BATTERY)
    came = [type(one.said) for one in (await bench.done(Ask.BATTERY)).heard]
    came = [kind for kind in came if kind in {Battery, Reply}]
    names = ", ".join(kind.__name__.upper() for kind in came)
    require(came == [Battery, Reply], f"Expected BATTERY, REPLY; {names} came.")
    return f"{names} came."


@check(1, "Two commands in one piece are both answered.")
async def _commands_together(bench: Bench) -> str:
    await bench.peer.send(_framed(1) + _framed(2))
    return _answered(await bench.peer.listen(_ONCE_MORE_S), [1, 2])


@check(1, "A command that comes byte by byte is answered.")
async def _command_in_bytes(bench: Bench) -> str:
    for byte in _framed(3):
        await bench.peer.send(bytes((byte,)))
    return _answered(await bench.peer.listen(_ONCE_MORE_S), [3])


@check(2, "A command that is shorter than its layout is not answered.")
async def _short_command(bench: Bench) -> str:
    await bench.peer.send(frame(bytes((Ask.RATE, 4))))
    return _answered(await bench.peer.listen(_ONCE_MORE_S), [])


@check(2, "A command with more bytes than its layout is answered as without them.")
async def _longer_command(bench: Bench) -> str:
    await bench.peer.send(frame(bytes((Ask.STOP, 5)) + b"\x55\x00\xaa"))
    return _answered(await bench.peer.listen(_ONCE_MORE_S), [5])


@check(2, "A message of an unknown type that is no command is not answered.")
async def _unknown_type(bench: Bench) -> str:
    for kind in (0x00, 0x30, 0x7F, 0x80, 0xFF):
        await bench.peer.send(frame(bytes((kind, 6))))
    return _answered(await bench.peer.listen(_ONCE_MORE_S), [])


async def _ask_everything(bench: Bench) -> dict[Ask, Answer]:
    """Ask each command that the device has, with tags from 255 down."""
    commands = [c for c in _EVERY if c not in _OPTIONAL or await bench.can(_OPTIONAL[c])]
    rate_mhz = (await bench.identity()).hello.rate_mhz
    return {
        command: await bench.peer.ask(
            command,
            rate_mhz=rate_mhz if command is Ask.RATE else None,
            tag=_LARGEST_TAG - place,
        )
        for place, command in enumerate(commands)
    }


async def _refused(bench: Bench, commands: dict[str, int]) -> str:
    for name, command in commands.items():
        # One that lacks its argument would be no command at all.
        rate_mhz = _ANY_RATE_MHZ if command == Ask.RATE else None
        reply = (await bench.peer.ask(command, rate_mhz=rate_mhz)).reply
        came = "nothing" if reply is None else f"result {reply.result}"
        fits = reply is not None and reply.result == Result.UNKNOWN_COMMAND
        require(fits, f"{name} was answered with {came}, not with result 1.")
    return f"{', '.join(commands)}: result 1."


def _framed(tag: int) -> bytes:
    """Return a STOP, which changes nothing in a device that is idle."""
    return frame(encode(Request(command=Ask.STOP, tag=tag)))


def _replies_in(heard: list[Heard]) -> list[Reply]:
    return [one.said for one in heard if isinstance(one.said, Reply)]


def _answered(heard: list[Heard], tags: list[int]) -> str:
    """Require replies with these tags and no others."""
    came = sorted(reply.tag for reply in _replies_in(heard))
    wanted = "no REPLY" if not tags else f"a REPLY with tag {' and one with '.join(map(str, tags))}"
    require(came == tags, f"Expected {wanted}; tags that came: {came or 'none'}.")
    return f"As expected, {wanted} came."


CHECKS = (
    _replies,
    _reply_in_time,
    _reply_once,
    _unknown_command,
    _missing_capability,
    _battery_command,
    _commands_together,
    _command_in_bytes,
    _short_command,
    _longer_command,
    _unknown_type,
)
