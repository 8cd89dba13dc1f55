"""One faulty device for each check of the Link conformance command: what that check must find."""

from collections.abc import Iterator
from dataclasses import replace

from tests.unit.services.scripted_link import LinkDevice

from tissuesense.devices.codec import FrameRejected, Rejection
from tissuesense.devices.link.frames import cobs_decoded, cobs_encoded, frame
from tissuesense.devices.link.messages import (
    Ask,
    Battery,
    Capability,
    Marker,
    Message,
    Range,
    Reply,
    Request,
    Sample,
    Text,
    Tip,
    encode,
)


class TalksWhileIdle(LinkDevice):
    def measure(self, now_s: float) -> None:
        if not self.streaming:
            self.send(self.battery(), now_s)
        super().measure(now_s)


class StreamsFromPowerUp(LinkDevice):
    def __init__(self) -> None:
        super().__init__()
        self.streaming = True


class TipBeforeRange(LinkDevice):
    def hello(self) -> Iterator[Message]:
        hello, span, tip, *rest = super().hello()
        yield from (hello, tip, span, *rest)


class NoBatteryInHello(LinkDevice):
    def hello(self) -> Iterator[Message]:
        return (said for said in super().hello() if not isinstance(said, Battery))


class VersionTwo(LinkDevice):
    major = 2


class FasterThanItCan(LinkDevice):
    def __init__(self) -> None:
        super().__init__()
        self.rate_mhz = 2 * self.fastest_mhz


class RangeUpsideDown(LinkDevice):
    def range(self) -> Range:
        return Range(least_un=250_000_000, most_un=-50_000_000, resolution_un=1_000)


class NoStep(LinkDevice):
    def range(self) -> Range:
        return replace(super().range(), resolution_un=0)


class TipOfNoArea(LinkDevice):
    def tip(self) -> Tip:
        return Tip(shape=1, area=0, area_u=300)


class PartsFromOne(LinkDevice):
    def hello(self) -> Iterator[Message]:
        for said in super().hello():
            yield replace(said, part=said.part + 1) if isinstance(said, Text) else said


class TextOfBytes(LinkDevice):
    def hello(self) -> Iterator[Message]:
        for said in super().hello():
            yield replace(said, data=b"\xff\xfe") if isinstance(said, Text) else said


class FullerThanFull(LinkDevice):
    def battery(self) -> Battery:
        return Battery(percent=180, millivolt=3_900)


class NamesAnotherCommand(LinkDevice):
    def answers(self, request: Request, now_s: float) -> Iterator[Message]:
        for said in super().answers(request, now_s):
            yield replace(said, command=0) if isinstance(said, Reply) else said


class NoWordToBattery(LinkDevice):
    def answers(self, request: Request, now_s: float) -> Iterator[Message]:
        return iter(()) if request.command == Ask.BATTERY else super().answers(request, now_s)


class Slow(LinkDevice):
    def delay_s(self, request: Request) -> float:
        return 0.8 if request.command == Ask.HELLO else super().delay_s(request)


class SaysItTwice(LinkDevice):
    def answers(self, request: Request, now_s: float) -> Iterator[Message]:
        for said in super().answers(request, now_s):
            yield said
            if isinstance(said, Reply):
                yield said


class SilentToTheUnknown(LinkDevice):
    def answers(self, request: Request, now_s: float) -> Iterator[Message]:
        return super().answers(request, now_s) if request.command in set(Ask) else iter(())


class DoesWhatItCannot(LinkDevice):
    capabilities = Capability.BUTTON

    def obey(self, request: Request, now_s: float) -> tuple[int, int]:
        return (0, 0) if request.command == Ask.TARE else super().obey(request, now_s)


class ReplyBeforeBattery(LinkDevice):
    def answers(self, request: Request, now_s: float) -> Iterator[Message]:
        answers = [*super().answers(request, now_s)]
        yield from reversed(answers) if request.command == Ask.BATTERY else answers


class OneCommandAPiece(LinkDevice):
    def pieces(self, data: bytes) -> list[bytes | FrameRejected]:
        return super().pieces(data)[:1]


class PiecesAreFrames(LinkDevice):
    def pieces(self, data: bytes) -> list[bytes | FrameRejected]:
        self.commands.receive(b"\0")
        return super().pieces(data + b"\0")


class GuessesTheRate(LinkDevice):
    def read(self, data: bytes, now_s: float) -> None:
        super().read(data + b"\1\0\0\0" if data[0] == Ask.RATE and len(data) == 2 else data, now_s)


class WantsExactLength(LinkDevice):
    def read(self, data: bytes, now_s: float) -> None:
        if len(data) == (6 if data[0] == Ask.RATE else 2):
            super().read(data, now_s)


class AnswersEveryType(LinkDevice):
    def read(self, data: bytes, now_s: float) -> None:
        super().read(data, now_s)
        if data[0] > 0x0F:
            self.send(Reply(tag=data[1], command=data[0], result=1, value=0), now_s)


class ChecksNoCrc(LinkDevice):
    def refuse(self, piece: FrameRejected, now_s: float) -> None:
        if piece.why is Rejection.BAD_CHECKSUM:
            self.read((cobs_decoded(piece.data) or b"")[:-2], now_s)


class ForgivesCobs(LinkDevice):
    """It copies what is there, as loops do that only watch the end."""

    def refuse(self, piece: FrameRejected, now_s: float) -> None:
        if piece.why is Rejection.MALFORMED and len(piece.data) > 4:
            self.read(piece.data[1:-2], now_s)


class LosesTheNextToo(LinkDevice):
    skipping = False

    def refuse(self, piece: FrameRejected, now_s: float) -> None:
        del piece, now_s
        self.skipping = True

    def read(self, data: bytes, now_s: float) -> None:
        if self.skipping:
            self.skipping = False
            return
        super().read(data, now_s)


class DeafFromNoise(LinkDevice):
    refused = 0

    def refuse(self, piece: FrameRejected, now_s: float) -> None:
        del piece, now_s
        self.refused += 1
        self.deaf = self.refused >= 3


class EndlessBuffer(LinkDevice):
    """A ring buffer that keeps the last bytes and decodes them."""

    last = b""

    def pieces(self, data: bytes) -> list[bytes | FrameRejected]:
        pieces: list[bytes | FrameRejected] = []
        for byte in data:
            self.last = (self.last + bytes((byte,)))[-6:]
            if byte == 0 and len(self.last) == 6:
                found = cobs_decoded(self.last[:-1].rpartition(b"\0")[2])
                pieces += [found[:-2]] if found and frame(found[:-2]) == self.last else []
        return pieces


class DeafFromZeros(LinkDevice):
    def pieces(self, data: bytes) -> list[bytes | FrameRejected]:
        self.deaf = self.deaf or data.count(b"\0") > 15
        return super().pieces(data)


class SamplesBeforeReply(LinkDevice):
    def start(self, request: Request) -> tuple[int, int]:
        for _ in range(3):
            self.send(self.sample(0.0), 0.0)
        return super().start(request)


class SaysNoRate(LinkDevice):
    def start(self, request: Request) -> tuple[int, int]:
        return super().start(request)[0], 0


class NeverStarts(LinkDevice):
    def start(self, request: Request) -> tuple[int, int]:
        del request
        return 0, self.rate_mhz


class DepthNowAndThen(LinkDevice):
    capabilities = LinkDevice.capabilities | Capability.DISPLACEMENT

    def sample(self, now_s: float) -> Sample:
        sample = super().sample(now_s)
        return replace(sample, displacement_um=5) if sample.seq % 2 else sample


class DepthUnsaid(LinkDevice):
    def sample(self, now_s: float) -> Sample:
        return replace(super().sample(now_s), displacement_um=5)


class LosesOneInFifty(LinkDevice):
    def send(self, message: Message, at_s: float) -> None:
        if not isinstance(message, Sample) or message.seq % 50:
            super().send(message, at_s)


class ClockInSteps(LinkDevice):
    def time_us(self, now_s: float) -> int:
        return super().time_us(now_s) // 30_000 * 30_000


class SlowerThanItSays(LinkDevice):
    def period_s(self) -> float:
        return 1.2 * super().period_s()


class FastClock(LinkDevice):
    def time_us(self, now_s: float) -> int:
        return super().time_us(1.03 * now_s)


class BeyondItsRange(LinkDevice):
    def force_un(self) -> int:
        return 251_000_000


class RefusesSecondStart(LinkDevice):
    def start(self, request: Request) -> tuple[int, int]:
        return (3, 0) if self.streaming else super().start(request)


class SecondStartStops(LinkDevice):
    def start(self, request: Request) -> tuple[int, int]:
        was = self.streaming
        done = super().start(request)
        self.streaming = not was
        return done


class HelloCostsSamples(LinkDevice):
    def hello(self) -> Iterator[Message]:
        self.seq += 12
        return super().hello()


class HelloStops(LinkDevice):
    def hello(self) -> Iterator[Message]:
        self.streaming = False
        return super().hello()


class StopsLater(LinkDevice):
    def stop(self, request: Request) -> tuple[int, int]:
        if self.streaming:
            for later in range(1, 5):
                self.put(self.wire(self.sample(0.0)), 1e-3 * later + self.outbox_end_s())
        return super().stop(request)

    def outbox_end_s(self) -> float:
        return max((at_s for at_s, _, _ in self.outbox), default=0.0) + 1.0


class StopOnlyOnce(LinkDevice):
    def stop(self, request: Request) -> tuple[int, int]:
        return super().stop(request) if self.streaming else (3, 0)


class ClockFromStart(LinkDevice):
    zero_s = 0.0

    def obey(self, request: Request, now_s: float) -> tuple[int, int]:
        if request.command == Ask.START:
            self.zero_s = now_s
        return super().obey(request, now_s)

    def time_us(self, now_s: float) -> int:
        return super().time_us(now_s - self.zero_s)


class TareOfWords(LinkDevice):
    def tare(self, request: Request) -> tuple[int, int]:
        del request
        return 0, self.force_un()


class TareUnsaid(LinkDevice):
    def tare(self, request: Request) -> tuple[int, int]:
        return super().tare(request)[0], 0


class TareForEver(LinkDevice):
    tared = False

    def tare(self, request: Request) -> tuple[int, int]:
        self.tared = True
        return super().tare(request)

    def untare(self, request: Request) -> tuple[int, int]:
        return (0, 0) if self.tared else super().untare(request)


class RateOfWords(LinkDevice):
    def period_s(self) -> float:
        return 1e3 / self.fastest_mhz


class RateForgottenAtStart(LinkDevice):
    def start(self, request: Request) -> tuple[int, int]:
        self.rate_mhz = self.fastest_mhz
        return super().start(request)


class RefusesWhatIsBeyond(LinkDevice):
    def rate(self, request: Request) -> tuple[int, int]:
        beyond = (request.rate_mhz or 0) > self.fastest_mhz
        return (2, 0) if beyond else super().rate(request)


class StandsStill(LinkDevice):
    def rate(self, request: Request) -> tuple[int, int]:
        return super().rate(request) if request.rate_mhz else (0, self.rate_mhz)


class SaysAPressOnce(LinkDevice):
    def press_button(self, now_s: float) -> None:
        super().press_button(now_s)
        self.repeats = 0


class CountsItsRepetitions(LinkDevice):
    def measure(self, now_s: float) -> None:
        if self.press is not None:
            self.press = Marker(count=self.press.count + 1, time_us=self.press.time_us)
        super().measure(now_s)


class NoButton(LinkDevice):
    def press_button(self, now_s: float) -> None:
        del now_s


class StreamsOn(LinkDevice):
    def link_lost(self) -> None:
        self.outbox.clear()


class WrongCrcNowAndThen(LinkDevice):
    def wire(self, message: Message) -> bytes:
        data = super().wire(message)
        if isinstance(message, Sample) and message.seq % 20 == 0:
            return cobs_encoded(encode(message) + b"\1\2") + b"\0"
        return data


class Echoes(LinkDevice):
    def receive(self, data: bytes, now_s: float) -> None:
        self.put(data, now_s)
        super().receive(data, now_s)


class ShortBattery(LinkDevice):
    def wire(self, message: Message) -> bytes:
        return (
            frame(encode(message)[:-1]) if isinstance(message, Battery) else super().wire(message)
        )


class LongTexts(LinkDevice):
    def wire(self, message: Message) -> bytes:
        more = b"and more" if isinstance(message, Text) else b""
        return frame(encode(message) + more)


FAULTS: tuple[tuple[str, type[LinkDevice]], ...] = (
    ("quiet-when-idle", TalksWhileIdle),
    ("quiet-when-idle", StreamsFromPowerUp),
    ("hello-order", TipBeforeRange),
    ("hello-order", NoBatteryInHello),
    ("hello-version", VersionTwo),
    ("hello-rates", FasterThanItCan),
    ("hello-range", RangeUpsideDown),
    ("hello-range", NoStep),
    ("hello-tip", TipOfNoArea),
    ("hello-texts", PartsFromOne),
    ("hello-texts", TextOfBytes),
    ("hello-battery", FullerThanFull),
    ("replies", NamesAnotherCommand),
    ("replies", NoWordToBattery),
    ("reply-in-time", Slow),
    ("reply-once", SaysItTwice),
    ("unknown-command", SilentToTheUnknown),
    ("missing-capability", DoesWhatItCannot),
    ("battery-command", ReplyBeforeBattery),
    ("commands-together", OneCommandAPiece),
    ("command-in-bytes", PiecesAreFrames),
    ("short-command", GuessesTheRate),
    ("longer-command", WantsExactLength),
    ("unknown-type", AnswersEveryType),
    ("bad-crc", ChecksNoCrc),
    ("bad-cobs", ForgivesCobs),
    ("half-frame", LosesTheNextToo),
    ("garbage", DeafFromNoise),
    ("overlong", EndlessBuffer),
    ("zero-flood", DeafFromZeros),
    ("start", SamplesBeforeReply),
    ("start", SaysNoRate),
    ("start", NeverStarts),
    ("sample-type", DepthNowAndThen),
    ("sample-type", DepthUnsaid),
    ("numbers", LosesOneInFifty),
    ("times", ClockInSteps),
    ("stated-rate", SlowerThanItSays),
    ("true-clock", FastClock),
    ("within-range", BeyondItsRange),
    ("start-twice", RefusesSecondStart),
    ("start-twice", SecondStartStops),
    ("hello-while-streaming", HelloCostsSamples),
    ("hello-while-streaming", HelloStops),
    ("stop", StopsLater),
    ("stop-twice", StopOnlyOnce),
    ("restart", ClockFromStart),
    ("tare", TareOfWords),
    ("tare", TareUnsaid),
    ("untare", TareForEver),
    ("rate", RateOfWords),
    ("rate", RateForgottenAtStart),
    ("rate-beyond", RefusesWhatIsBeyond),
    ("rate-zero", StandsStill),
    ("marker", SaysAPressOnce),
    ("marker", CountsItsRepetitions),
    ("marker", NoButton),
    ("lost-link", StreamsOn),
    ("sound-frames", WrongCrcNowAndThen),
    ("sound-frames", Echoes),
    ("sound-frames", ShortBattery),
    ("short-frames", LongTexts),
)
