"""Checks of what a device states of itself (PROTOCOL.md, sections 3, 4 and 8)."""

from itertools import groupby

from tissuesense.devices.link.messages import (
    LAST_PART,
    UNKNOWN_PERCENT,
    Battery,
    Capability,
    Hello,
    Message,
    Text,
    TextKind,
)
from tissuesense.services.link_conformance.bench import Bench
from tissuesense.services.link_conformance.check import check, require

_QUIET_S = 1.0
_MOST_PARTS = 5
_LARGEST_SHAPE = 3
_FULLEST_PERCENT = 100
_ORDER = ("HELLO", "RANGE", "TIP", "TEXT 1", "TEXT 2", "TEXT 4", "TEXT 5", "BATTERY", "TEXT 3")


@check(5, "Before START nothing is sent unasked, but for one HELLO at power-up.")
async def _quiet_when_idle(bench: Bench) -> str:
    heard = [*bench.before_any_command, *await bench.peer.listen(_QUIET_S)]
    unasked = [one for one in heard if not isinstance(one.said, Hello)]
    require(not unasked, f"{len(unasked)} frames came that nobody had asked for.")
    return f"Nothing came in {_QUIET_S:g} s."


@check(
    4,
    "HELLO is answered by HELLO, RANGE, TIP, the texts and the battery that there are, the "
    "serial number and REPLY, in this order.",
)
async def _hello_order(bench: Bench) -> str:
    came = [name for name, _ in groupby(map(_name, (await bench.identity()).messages))]
    known = ["HELLO", "RANGE", "TIP"]
    if await bench.can(Capability.BATTERY):
        known.append("BATTERY")
    wanted = [name for name in _ORDER if name in {*known, *came}] + ["REPLY"]
    require(came == wanted, f"Expected {', '.join(wanted)}; {', '.join(came)} came.")
    return f"{', '.join(came)} came."


@check(8, "The device speaks version 1.")
async def _hello_version(bench: Bench) -> str:
    hello = (await bench.identity()).hello
    require(hello.major == 1, f"It speaks version {hello.major}.{hello.minor}, not 1.x.")
    return f"It speaks version {hello.major}.{hello.minor}."


@check(3, "The present rate is above 0 and not beyond the fastest.")
async def _hello_rates(bench: Bench) -> str:
    hello = (await bench.identity()).hello
    said = f"{hello.rate_mhz / 1e3:g} of {hello.fastest_mhz / 1e3:g} samples a second"
    require(0 < hello.rate_mhz <= hello.fastest_mhz, f"It says {said}.")
    return f"It says {said}."


@check(3, "The least force is below the most, and the step between 0 and their distance.")
async def _hello_range(bench: Bench) -> str:
    span = (await bench.identity()).range
    said = f"{span.least_un} to {span.most_un} uN in steps of {span.resolution_un} uN"
    fits = span.least_un < span.most_un and 0 < span.resolution_un <= span.most_un - span.least_un
    require(fits, f"It says {said}, which is no range.")
    return f"It says {said}."


@check(3, "The shape is one of 0 to 3, and the uncertainty of the area below the area.")
async def _hello_tip(bench: Bench) -> str:
    tip = (await bench.identity()).tip
    said = f"shape {tip.shape}, area {tip.area / 1e3:g} mm2, uncertainty {tip.area_u / 1e3:g} mm2"
    fits = tip.shape <= _LARGEST_SHAPE and (tip.area_u < tip.area or tip.area == tip.area_u == 0)
    require(fits, f"It says {said}.")
    return f"It says {said}."


@check(
    3,
    "The parts of each text are numbered from 0, the last one has bit 7, there are at most "
    "5, and together they are UTF-8.",
)
async def _hello_texts(bench: Bench) -> str:
    texts = [m for m in (await bench.identity()).messages if isinstance(m, Text)]
    found: list[str] = []
    for what, parts in ((key, list(run)) for key, run in groupby(texts, lambda text: text.what)):
        counted = [*range(len(parts) - 1), len(parts) - 1 | LAST_PART]
        came = [part.part for part in parts]
        require(came == counted, f"The parts of text {what} are numbered {came}, not {counted}.")
        require(len(parts) <= _MOST_PARTS, f"Text {what} has {len(parts)} parts.")
        found.append(f"{_word(what)} '{_decoded(what, b''.join(part.data for part in parts))}'")
    return f"It says {', '.join(found)}." if found else "It has no texts."


@check(3, "The battery has 0 to 100 percent, or 255 for unknown.")
async def _hello_battery(bench: Bench) -> str:
    await bench.must_have(Capability.BATTERY)
    levels = [m for m in (await bench.identity()).messages if isinstance(m, Battery)]
    require(len(levels) == 1, f"{len(levels)} BATTERY came in the answer to HELLO.")
    (level,) = levels
    fits = level.percent <= _FULLEST_PERCENT or level.percent == UNKNOWN_PERCENT
    require(fits, f"It says {level.percent} %.")
    return f"It says {level.percent} %, {level.millivolt} mV."


def _name(message: Message) -> str:
    if isinstance(message, Text):
        return f"TEXT {message.what}"
    return type(message).__name__.upper()


def _word(what: int) -> str:
    try:
        return TextKind(what).name.lower()
    except ValueError:
        return f"text {what}"


def _decoded(what: int, data: bytes) -> str:
    text = data.decode(errors="replace")
    require("\N{REPLACEMENT CHARACTER}" not in text, f"Text {what} is no UTF-8: {data.hex(' ')}.")
    return text


CHECKS = (
    _quiet_when_idle,
    _hello_order,
    _hello_version,
    _hello_rates,
    _hello_range,
    _hello_tip,
    _hello_texts,
    _hello_battery,
)
