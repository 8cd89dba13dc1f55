"""Checks of a stream of samples (PROTOCOL.md, sections 3 to 6)."""

from itertools import pairwise

from tissuesense.devices.link.messages import (
    Ask,
    Capability,
    FaultChange,
    Marker,
    Reply,
    Sample,
    encode,
)
from tissuesense.services.link_conformance.bench import Bench, identity_in
from tissuesense.services.link_conformance.check import check, require
from tissuesense.services.link_conformance.peer import samples_in

_FIRST_S = 0.5
_INTERVALS = 2
_AFTER_STOP_S = 1.0
_A_LITTLE_S = 0.5
_RATE_SHARE = 0.05
_NUMBERS, _HALF_NUMBERS = 2**16, 2**15
_PERIOD_US, _HALF_PERIOD_US = 2**32, 2**31


@check(
    6,
    "START is answered by REPLY with the rate, and the first sample comes within 500 ms and "
    "two intervals of it, not before it.",
)
async def _start(bench: Bench) -> str:
    before_s = bench.peer.now_s()
    answer = await bench.done(Ask.START)
    reply = answer.reply
    require(reply.value > 0, f"The REPLY says a rate of {reply.value} mHz.")
    place = next(i for i, one in enumerate(answer.heard) if one.said == reply)
    early = samples_in(answer.heard[:place])
    require(not early, f"{len(early)} samples came before the REPLY.")
    wait_s = _FIRST_S + _INTERVALS * 1e3 / reply.value
    came = samples_in(answer.heard[place:]) or samples_in(
        await bench.peer.wait_for(wait_s, lambda one: isinstance(one.said, Sample))
    )
    require(bool(came), f"No sample came within {wait_s:.2f} s of the REPLY.")
    took_s = bench.peer.now_s() - before_s
    return f"{reply.value / 1e3:g} samples a second; the first came after {took_s * 1e3:.0f} ms."


@check(
    3,
    "All samples of a stream have one type, and carry nothing that the capabilities do not say.",
)
async def _sample_type(bench: Bench) -> str:
    samples = (await bench.stream()).samples
    kinds = {_carried(sample) for sample in samples}
    require(len(kinds) == 1, f"The samples of one stream carry {len(kinds)} different things.")
    (carried,) = kinds
    sensors = Capability.DISPLACEMENT | Capability.ACCELERATION | Capability.ANGLE
    has = Capability((await bench.identity()).hello.capabilities) & sensors
    unsaid = carried & ~has
    require(not unsaid, f"Samples carry {unsaid!r}, which the capabilities do not say.")
    return f"{len(samples)} samples of type 0x{encode(samples[0])[0]:02x}."


@check(3, "seq goes up by one with each sample.")
async def _numbers(bench: Bench) -> str:
    samples = (await bench.stream()).samples
    steps = [(b.seq - a.seq) % _NUMBERS for a, b in pairwise(samples)]
    wrong = [step for step in steps if step != 1]
    require(not wrong, f"{len(wrong)} of {len(steps)} steps are not 1; the first is {wrong[:1]}.")
    return f"{len(steps)} steps of 1."


@check(3, "time_us goes up with each sample.")
async def _times(bench: Bench) -> str:
    samples = (await bench.stream()).samples
    steps = [(b.time_us - a.time_us) % _PERIOD_US for a, b in pairwise(samples)]
    wrong = sum(not 0 < step < _HALF_PERIOD_US for step in steps)
    require(not wrong, f"{wrong} of {len(steps)} samples are not later than the one before.")
    return f"{len(steps)} steps of {min(steps)} to {max(steps)} us."


@check(6, "Samples are taken at the stated rate, within 5 % by the device's clock.")
async def _stated_rate(bench: Bench) -> str:
    stream = await bench.stream()
    stated_hz, is_hz = stream.start.value / 1e3, stream.rate_hz()
    sentence = f"Stated {stated_hz:g} a second; by the device's clock {is_hz:.4g}."
    require(abs(is_hz - stated_hz) <= _RATE_SHARE * stated_hz, sentence)
    return sentence


@check(3, "Without a tare no force is beyond the range.")
async def _within_range(bench: Bench) -> str:
    if await bench.can(Capability.TARE):
        await bench.done(Ask.UNTARE)  # the range is that of the force before the tare
    span = (await bench.identity()).range
    forces = [s.force_un for s in (await bench.record(_A_LITTLE_S)).samples]
    sentence = f"Forces from {min(forces)} to {max(forces)} uN."
    require(span.least_un <= min(forces) and max(forces) <= span.most_un, sentence)
    return sentence


@check(5, "START while streaming is done, and the stream goes on.")
async def _start_twice(bench: Bench) -> str:
    first = await bench.done(Ask.START)
    await bench.peer.listen(_A_LITTLE_S)
    again = await bench.done(Ask.START)
    rates = first.reply.value, again.reply.value
    require(
        rates[0] == rates[1], f"The rates in the two replies are {rates[0]} and {rates[1]} mHz."
    )
    bench.must_be_enough(samples_in(await bench.peer.listen(_A_LITTLE_S)))
    return "The second START was answered as the first, and samples went on coming."


@check(5, "HELLO while streaming is answered in full, and no sample is lost over it.")
async def _hello_while_streaming(bench: Bench) -> str:
    await bench.done(Ask.START)
    heard = await bench.peer.listen(_A_LITTLE_S)
    answer = await bench.done(Ask.HELLO)
    identity_in(answer.heard)
    after = await bench.peer.listen(_A_LITTLE_S)
    require(bool(samples_in(after)), "No sample came after it: the stream must go on.")
    samples = samples_in([*heard, *answer.heard, *after])
    bench.must_be_enough(samples)
    lost = sum((b.seq - a.seq) % _NUMBERS - 1 for a, b in pairwise(samples))
    require(not lost, f"{lost} samples were lost over it.")
    return f"It was answered in full, among {len(samples)} samples of which none was lost."


@check(6, "After the REPLY to STOP no SAMPLE, MARKER or FAULT comes.")
async def _stop(bench: Bench) -> str:
    await bench.done(Ask.START)
    bench.must_be_enough(samples_in(await bench.peer.listen(_A_LITTLE_S)))
    answer = await bench.done(Ask.STOP)
    place = max(i for i, one in enumerate(answer.heard) if isinstance(one.said, Reply))
    after = [*answer.heard[place + 1 :], *await bench.peer.listen(_AFTER_STOP_S)]
    late = [one for one in after if isinstance(one.said, Sample | Marker | FaultChange)]
    require(not late, f"{len(late)} frames of the stream came after the REPLY.")
    return f"Nothing came in {_AFTER_STOP_S:g} s after the REPLY."


@check(5, "STOP while idle is done.")
async def _stop_twice(bench: Bench) -> str:
    await bench.done(Ask.STOP)
    await bench.done(Ask.STOP)
    return "Both were answered with result 0."


@check(3, "A stream can be started again, and the clock has run on in between.")
async def _restart(bench: Bench) -> str:
    first = await bench.record(_A_LITTLE_S)
    await bench.peer.listen(_A_LITTLE_S)
    second = await bench.record(_A_LITTLE_S)
    pause_us = (second.samples[0].time_us - first.samples[-1].time_us) % _PERIOD_US
    sentence = f"Between the streams the device's clock went on by {pause_us / 1e6:.3f} s."
    require(_A_LITTLE_S / 2 <= pause_us / 1e6 <= 10 * _A_LITTLE_S, sentence)
    return sentence


def _carried(sample: Sample) -> Capability:
    displacement = Capability.DISPLACEMENT if sample.displacement_um is not None else 0
    acceleration = Capability.ACCELERATION if sample.acceleration_cm_s2 is not None else 0
    angle = Capability.ANGLE if sample.angle_cdeg is not None else 0
    return Capability(displacement | acceleration | angle)


CHECKS = (
    _start,
    _sample_type,
    _numbers,
    _times,
    _stated_rate,
    _within_range,
    _start_twice,
    _hello_while_streaming,
    _stop,
    _stop_twice,
    _restart,
)
