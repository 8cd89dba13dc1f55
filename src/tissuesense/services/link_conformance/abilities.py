"""Checks of what a device may be able to do; and of its clock, its link and its frames."""

from collections.abc import Sequence

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.codec import FrameRejected
from tissuesense.devices.link.messages import (
    Ask,
    Capability,
    Marker,
    Request,
    Result,
    Sample,
)
from tissuesense.services.link_conformance.bench import Bench, identity_in
from tissuesense.services.link_conformance.check import applicable, check, require
from tissuesense.services.link_conformance.peer import Heard, samples_in

_A_LITTLE_S = 0.5
_AWAY_S = 1.0
_TWO_SECONDS_S = 2.0
_PRESS_S = 15.0
_SAID = 3
_RATE_SHARE = 0.05
_CLOCK_SHARE = 0.01
_BURST_S = 0.1
_PERIOD_US = 2**32
_ANY_RATE = 2**32 - 1
_LONGEST_MESSAGE = 16


@check(4, "After TARE the force at rest is 0, and the REPLY says what it was.")
async def _tare(bench: Bench) -> str:
    await bench.must_have(Capability.TARE)
    await bench.done(Ask.UNTARE)
    await bench.done(Ask.START)
    rest = await bench.rest()
    reply = (await bench.done(Ask.TARE)).reply
    after_un = _mean_un(await bench.peer.listen(_A_LITTLE_S))
    sentence = (
        f"The force was {rest.force_un:.0f} uN, the value of the REPLY {reply.value} uN, the force "
        f"after it {after_un:.0f} uN; they may be {rest.tolerance_un:.0f} uN off."
    )
    require(abs(reply.value - rest.force_un) <= rest.tolerance_un, sentence)
    require(abs(after_un) <= rest.tolerance_un, sentence)
    return sentence


@check(4, "After UNTARE the force is what it was without a tare, and the REPLY says 0.")
async def _untare(bench: Bench) -> str:
    await bench.must_have(Capability.TARE)
    await bench.done(Ask.UNTARE)
    await bench.done(Ask.START)
    rest = await bench.rest()
    await bench.done(Ask.TARE)
    reply = (await bench.done(Ask.UNTARE)).reply
    after_un = _mean_un(await bench.peer.listen(_A_LITTLE_S))
    sentence = (
        f"The force was {rest.force_un:.0f} uN before and {after_un:.0f} uN after it, the value of "
        f"the REPLY {reply.value} uN."
    )
    fits = reply.value == 0 and abs(after_un - rest.force_un) <= rest.tolerance_un
    require(fits, sentence)
    return sentence


@check(
    4,
    "After RATE its REPLY, that to START, HELLO and the samples agree on the rate, the "
    "samples within 5 %.",
)
async def _rate(bench: Bench) -> str:
    await bench.must_have(Capability.RATE)
    fastest_mhz = (await bench.identity()).hello.fastest_mhz
    return await _as_set(bench, fastest_mhz // 2)


@check(4, "RATE beyond the fastest sets the fastest.")
async def _rate_beyond(bench: Bench) -> str:
    await bench.must_have(Capability.RATE)
    hello = (await bench.identity()).hello
    reply = (await bench.done(Ask.RATE, rate_mhz=_ANY_RATE)).reply
    await bench.done(Ask.RATE, rate_mhz=hello.rate_mhz)
    sentence = f"The fastest is {hello.fastest_mhz} mHz; {reply.value} mHz was set."
    require(reply.value == hello.fastest_mhz, sentence)
    return sentence


@check(4, "RATE 0 is refused with result 2.")
async def _rate_zero(bench: Bench) -> str:
    await bench.must_have(Capability.RATE)
    reply = (await bench.peer.ask(Ask.RATE, rate_mhz=0)).reply
    came = "nothing" if reply is None else f"result {reply.result}"
    require(reply is not None and reply.result == Result.BAD_ARGUMENT, f"{came} came.")
    return f"{came} came."


@check(
    3,
    "A press is said three times, unchanged: at once and after each of the next two samples "
    "(with --ask).",
)
async def _marker(bench: Bench) -> str:
    await bench.must_have(Capability.BUTTON)
    if bench.ask_for_press is None:
        raise LocalProtocolError("Nobody was asked to press the button.")
    await bench.done(Ask.START)
    bench.ask_for_press()
    heard = await bench.peer.wait_for(_PRESS_S, lambda one: isinstance(one.said, Marker))
    heard += await bench.peer.listen(_A_LITTLE_S)
    came = [one.said for one in heard if isinstance(one.said, Marker | Sample)]
    marks = [said for said in came if isinstance(said, Marker)]
    require(bool(marks), f"No MARKER came in {_PRESS_S:g} s.")
    first = came.index(marks[0])
    kinds = [type(said) for said in came[first : first + 2 * _SAID - 1]]
    fits = kinds == [Marker, Sample, Marker, Sample, Marker]
    require(fits and marks == marks[:1] * _SAID, f"{len(marks)} MARKER came: {marks}.")
    return f"MARKER {marks[0].count} came {_SAID} times, unchanged, with samples between."


@check(6, "The device's clock agrees with the host's within 1 % and 0.1 s for bursts.")
async def _true_clock(bench: Bench) -> str:
    await bench.stream()
    # From the first sample of all to the last one: the longer, the less a burst counts.
    heard = [one for one in bench.peer.heard if isinstance(one.said, Sample)]
    samples = samples_in(heard)
    host_s = heard[-1].t_host_s - heard[0].t_host_s
    device_s = (samples[-1].time_us - samples[0].time_us) % _PERIOD_US / 1e6
    sentence = f"{device_s:.3f} s by the device's clock took {host_s:.3f} s."
    require(abs(device_s - host_s) <= _CLOCK_SHARE * host_s + _BURST_S, sentence)
    return sentence


@check(
    1,
    "When the link is lost the device stops streaming; it starts again over the next one "
    "(not on a UART, which cannot tell).",
)
async def _lost_link(bench: Bench) -> str:
    applicable(bench.link_can_be_lost, "A UART does not notice that its link is lost.")
    await bench.done(Ask.START)
    bench.must_be_enough(samples_in(await bench.peer.listen(_A_LITTLE_S)))
    await bench.peer.transport.close()
    await bench.peer.transport.pace.sleep(_AWAY_S)
    await bench.peer.open()
    unasked = samples_in(await bench.peer.listen(_AWAY_S))
    require(not unasked, f"{len(unasked)} samples came over the new link before START.")
    await bench.record(_A_LITTLE_S)
    return "The device had stopped, and started again when it was told to."


@check(
    2,
    "Every frame of the device has right COBS, a right CRC and its whole layout, and none "
    "is a command.",
)
async def _sound_frames(bench: Bench) -> str:
    heard = bench.peer.heard
    refused = [one.said for one in heard if isinstance(one.said, FrameRejected)]
    why = ", ".join(sorted({str(said.why) for said in refused}))
    require(not refused, f"{len(refused)} of {len(heard)} frames were refused: {why}.")
    echoes = sum(isinstance(one.said, Request) for one in heard)
    require(not echoes, f"{echoes} frames were commands: the device must not echo.")
    return f"{len(heard)} frames, all of them sound."


@check(2, "No message of the device has more than 16 bytes.")
async def _short_frames(bench: Bench) -> str:
    longest = max((len(one.data) for one in bench.peer.heard), default=0)
    sentence = f"The longest message had {longest} bytes."
    require(longest <= _LONGEST_MESSAGE, sentence)
    return sentence


async def _as_set(bench: Bench, wanted_mhz: int) -> str:
    before_mhz = (await bench.identity()).hello.rate_mhz
    reply = (await bench.done(Ask.RATE, rate_mhz=wanted_mhz)).reply
    try:
        stream = await bench.record(_TWO_SECONDS_S)
        said_mhz = identity_in((await bench.done(Ask.HELLO)).heard).hello.rate_mhz
    finally:
        await bench.peer.ask(Ask.RATE, rate_mhz=before_mhz)
    is_mhz = stream.rate_hz() * 1e3
    sentence = (
        f"Asked for {wanted_mhz} mHz; the REPLY says {reply.value}, that to START "
        f"{stream.start.value}, HELLO {said_mhz}, the samples {is_mhz:.0f}."
    )
    require(reply.value == stream.start.value == said_mhz, sentence)
    require(abs(is_mhz - reply.value) <= _RATE_SHARE * reply.value, sentence)
    return sentence


def _mean_un(heard: Sequence[Heard]) -> float:
    forces = [sample.force_un for sample in samples_in(heard)]
    require(bool(forces), "No samples came where a stream was expected.")
    return sum(forces) / len(forces)


CHECKS = (
    _tare,
    _untare,
    _rate,
    _rate_beyond,
    _rate_zero,
    _marker,
    _true_clock,
    _lost_link,
    _sound_frames,
    _short_frames,
)
