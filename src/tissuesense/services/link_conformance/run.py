"""Run every check against a device, and say what came of it."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tissuesense.core.clock import Clock
from tissuesense.core.errors import (
    ConfigurationError,
    LinkLost,
    LocalProtocolError,
    RemoteProtocolError,
    TransportTimeout,
)
from tissuesense.core.printable import printable
from tissuesense.devices.codec import FrameRejected
from tissuesense.devices.link.messages import Ask, TextKind
from tissuesense.services.link_conformance import abilities, commands, identity, noise, stream
from tissuesense.services.link_conformance.bench import Bench, Identity
from tissuesense.services.link_conformance.check import Check, Outcome, Verdict
from tissuesense.services.link_conformance.peer import Heard, LinkPeer
from tissuesense.transport.opening import opening_for
from tissuesense.transport.url import parse_device_url

MODEL = "tissuesense-link"
CHECKS: tuple[Check, ...] = (
    *identity.CHECKS,
    *commands.CHECKS,
    *noise.CHECKS,
    *stream.CHECKS,
    *abilities.CHECKS,
)
# A board that resets when its port is opened takes a second or two to come up.
_FIRST_WORDS = 5
_DRAIN_S = 0.2
_UNASKED_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a device came to."""

    verdicts: tuple[Verdict, ...]
    identity: Identity | None

    @property
    def conforms(self) -> bool:
        """Whether no check failed."""
        return all(verdict.outcome is not Outcome.FAIL for verdict in self.verdicts)

    @property
    def device(self) -> dict[str, str]:
        """What the device calls itself, by the kind of text."""
        texts = {} if self.identity is None else self.identity.texts
        return {
            kind.name.lower(): printable(texts[kind]) for kind in TextKind if kind.value in texts
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many checks came to what."""
        counts = Counter(verdict.outcome for verdict in self.verdicts)
        return {outcome.value: counts[outcome] for outcome in Outcome}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "conforms": self.conforms,
            "device": self.device,
            "counts": self.counts,
            "checks": [
                {
                    "check": verdict.check.name,
                    "section": verdict.check.section,
                    "requirement": verdict.check.requirement,
                    "verdict": verdict.outcome.value,
                    "said": verdict.said,
                }
                for verdict in self.verdicts
            ],
        }


async def check_device(
    url: str,
    *,
    clock: Clock,
    ask_for_press: Callable[[], None] | None = None,
    tell: Callable[[Verdict], None] = lambda _: None,
) -> Report:
    """Run every check against the device at `url`.

    Parameters
    ----------
    ask_for_press
        Tells a person to press the device's button now; without it that check is left out.
    tell
        Called with each verdict as it falls.

    Raises
    ------
    ConfigurationError
        When the URL names another model.
    TransportTimeout
        When nothing at all answers.
    TransportError
        When the device cannot be opened, or the link broke and could not be opened again.
    """
    parsed = parse_device_url(url)
    if parsed.model != MODEL:
        raise ConfigurationError(
            "Only devices that speak TissueSense Link can be checked, "
            f"not '{parsed.model or parsed.scheme}'.",
            hint=f"Write the device URL with model={MODEL}.",
        )
    transport = opening_for(parsed, clock=clock).transport
    bench = Bench(
        LinkPeer(transport),
        ask_for_press=ask_for_press,
        link_can_be_lost=parsed.scheme != "serial" or "socket://" in parsed.address,
    )
    return await check_bench(bench, tell=tell)


async def check_bench(
    bench: Bench,
    *,
    checks: Iterable[Check] = CHECKS,
    tell: Callable[[Verdict], None] = lambda _: None,
) -> Report:
    """Run checks on the bench; its transport is opened and closed here.

    Raises
    ------
    TransportError
        As `check_device`.
    """
    try:
        await bench.peer.open()
        await _meet(bench)
        verdicts: list[Verdict] = []
        for check in checks:
            verdicts.append(await _verdict(check, bench))
            tell(verdicts[-1])
        return Report(verdicts=tuple(verdicts), identity=bench.known_identity)
    finally:
        await bench.peer.transport.close()


async def _meet(bench: Bench) -> None:
    """Wait for the first word of the device, and forget all before it: it may have been noise."""
    if bench.link_can_be_lost:  # over a UART the host before us may have left a stream running
        bench.before_any_command = tuple(await bench.peer.listen(_UNASKED_S))
    for _ in range(_FIRST_WORDS):
        if (await bench.peer.ask(Ask.STOP)).reply is not None:
            await bench.peer.listen(_DRAIN_S)
            bench.peer.heard.clear()
            return
    endpoint, instead = bench.peer.transport.endpoint, _instead(bench.peer.heard)
    raise TransportTimeout(
        f"{endpoint} does not answer: no REPLY to STOP with its tag came, {instead}.",
        endpoint=endpoint,
        hint="Check the baud rate, and that the device speaks TissueSense Link.",
    )


def _instead(heard: Sequence[Heard]) -> str:
    """Return what came where a reply was due: its maker looks for what is wrong with it."""
    if not heard:
        return "nor anything else"
    what = Counter(
        f"refused ({one.said.why})"
        if isinstance(one.said, FrameRejected)
        else f"of type 0x{one.data[0]:02x}"
        for one in heard
    )
    return "but frames: " + ", ".join(f"{count} {kind}" for kind, count in what.items())


async def _verdict(check: Check, bench: Bench) -> Verdict:
    """Run one check, and leave the device idle."""
    try:
        outcome, said = await _outcome(check, bench)
        await bench.peer.settle()
    except LinkLost as err:
        outcome, said = Outcome.FAIL, err.message
        await bench.peer.transport.close()
        await bench.peer.open()
    return Verdict(check=check, outcome=outcome, said=said)


async def _outcome(check: Check, bench: Bench) -> tuple[Outcome, str]:
    try:
        return Outcome.PASS, await check.run(bench)
    except RemoteProtocolError as err:
        return Outcome.FAIL, err.message
    except LocalProtocolError as err:
        return Outcome.NOT_APPLICABLE, err.message
