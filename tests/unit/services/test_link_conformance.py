"""The conformance command passes a device that does right, and finds every single fault."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from tests.unit.services.faulty_links import FAULTS
from tests.unit.services.scripted_link import LinkDevice, LinkTransport

from tissuesense.core.clock import ManualClock
from tissuesense.core.errors import ConfigurationError, TransportTimeout
from tissuesense.devices.codec import FrameRejected
from tissuesense.devices.link.frames import cobs_decoded, cobs_encoded
from tissuesense.devices.link.messages import Capability, Message, Reply, Request
from tissuesense.services.link_conformance.bench import Bench
from tissuesense.services.link_conformance.check import Check, Outcome, Verdict
from tissuesense.services.link_conformance.peer import LinkPeer
from tissuesense.services.link_conformance.run import CHECKS, Report, check_bench, check_device

BY_NAME = {check.name: check for check in CHECKS}
# These look at all that was heard before them.
WITH_OTHERS_BEFORE = {
    "sound-frames": ("hello-order", "numbers", "battery-command"),
    "short-frames": ("hello-order",),
    "true-clock": ("numbers", "within-range", "start-twice", "stop", "restart", "tare", "rate"),
}


def checked(
    device: LinkDevice,
    checks: Sequence[Check] = CHECKS,
    *,
    asked: bool = True,
    link_can_be_lost: bool = True,
) -> Report:
    transport = LinkTransport(device)
    bench = Bench(
        LinkPeer(transport),
        ask_for_press=(lambda: device.press_button(transport.pace.now_s())) if asked else None,
        link_can_be_lost=link_can_be_lost,
    )
    return asyncio.run(check_bench(bench, checks=checks))


def failed(report: Report) -> list[str]:
    return [v.check.name for v in report.verdicts if v.outcome is Outcome.FAIL]


def left_out(report: Report) -> list[str]:
    return [v.check.name for v in report.verdicts if v.outcome is Outcome.NOT_APPLICABLE]


class Least(LinkDevice):
    """The least that conforms."""

    capabilities = Capability(0)


def test_a_device_that_has_everything_passes_every_check() -> None:
    report = checked(LinkDevice())

    assert failed(report) == []
    assert left_out(report) == ["missing-capability"]
    assert report.conforms
    assert report.device == {"maker": "Muster Medizintechnik", "serial": "M-1"}


def test_the_least_device_passes_every_check_that_concerns_it() -> None:
    report = checked(Least())

    assert failed(report) == []
    assert set(left_out(report)) == {
        "hello-battery",
        "battery-command",
        "tare",
        "untare",
        "rate",
        "rate-beyond",
        "rate-zero",
        "marker",
    }


def test_there_is_a_fault_for_every_check() -> None:
    assert {name for name, _ in FAULTS} == set(BY_NAME)


@pytest.mark.parametrize(
    ("name", "faulty"), FAULTS, ids=[f"{name}-{fault.__name__}" for name, fault in FAULTS]
)
def test_a_fault_is_found_by_its_check(name: str, faulty: type[LinkDevice]) -> None:
    names = (*WITH_OTHERS_BEFORE.get(name, ()), name)
    report = checked(faulty(), [BY_NAME[each] for each in names])

    assert name in failed(report)
    assert not report.conforms


def test_without_a_person_the_button_is_left_out() -> None:
    assert left_out(checked(LinkDevice(), [BY_NAME["marker"]], asked=False)) == ["marker"]


def test_a_uart_is_not_blamed_for_not_noticing_that_its_link_is_lost() -> None:
    report = checked(LinkDevice(), [BY_NAME["lost-link"]], link_can_be_lost=False)

    assert left_out(report) == ["lost-link"]


def test_a_device_that_is_never_at_rest_cannot_be_tared_and_is_not_blamed() -> None:
    class Shaken(LinkDevice):
        def force_un(self) -> int:
            return 10_000_000 * (self.seq % 2)

    assert left_out(checked(Shaken(), [BY_NAME["tare"]])) == ["tare"]


def test_a_device_that_hangs_up_fails_that_check_and_is_tried_with_the_others() -> None:
    device = LinkDevice()
    transport = LinkTransport(device)

    def hang_up_on(piece: FrameRejected, now_s: float) -> None:
        del piece, now_s
        transport.hang_up()

    device.refuse = hang_up_on  # type: ignore[method-assign] # the fault of this one test
    checks = [BY_NAME["bad-crc"], BY_NAME["replies"]]
    report = asyncio.run(check_bench(Bench(LinkPeer(transport)), checks=checks))

    assert failed(report) == ["bad-crc"]
    assert transport.opened == 2


def test_what_a_device_babbles_before_its_first_answer_is_not_held_against_it() -> None:
    device = LinkDevice()
    device.put(b"boot\0ready\0", 0.001)

    assert failed(checked(device, [BY_NAME["sound-frames"]])) == []


def test_a_check_that_starts_the_stream_leaves_the_device_idle() -> None:
    class Watched(LinkDevice):
        streamed_to_the_end = True

        def link_lost(self) -> None:
            self.streamed_to_the_end = self.streaming
            super().link_lost()

    device = Watched()

    assert failed(checked(device, [BY_NAME["start"]])) == []
    assert not device.streamed_to_the_end


def test_a_device_that_answers_nothing_is_an_error_that_says_so() -> None:
    class Mute(LinkDevice):
        deaf = True

        def receive(self, data: bytes, now_s: float) -> None:
            del data, now_s

    with pytest.raises(TransportTimeout, match=r"does not answer: .* nor anything else"):
        checked(Mute())


def test_of_a_device_without_a_right_answer_it_is_said_what_came_instead() -> None:
    class AnotherTag(LinkDevice):
        def answers(self, request: Request, now_s: float) -> Iterator[Message]:
            for said in super().answers(request, now_s):
                yield replace(said, tag=request.tag ^ 1) if isinstance(said, Reply) else said

    class CrcHighByteFirst(LinkDevice):
        def wire(self, message: Message) -> bytes:
            said = cobs_decoded(super().wire(message)[:-1]) or b""
            return cobs_encoded(said[:-2] + said[:-3:-1]) + b"\0"

    with pytest.raises(TransportTimeout, match="but frames: 5 of type 0x2f"):
        checked(AnotherTag())
    with pytest.raises(TransportTimeout, match=r"but frames: \d refused \(bad_checksum\)"):
        checked(CrcHighByteFirst())


def test_verdicts_are_told_as_they_fall() -> None:
    told: list[Verdict] = []
    url = "sim:?model=tissuesense-link&speed=0"
    report = asyncio.run(check_device(url, clock=ManualClock(), tell=told.append))

    assert tuple(told) == report.verdicts
    assert [verdict.check for verdict in told] == list(CHECKS)


@pytest.mark.parametrize("more", ["", "&rate_hz=1000", "&kind=indentation", "&invert=1"])
def test_the_simulated_device_conforms(more: str) -> None:
    url = f"sim:?model=tissuesense-link&speed=0{more}"
    report = asyncio.run(check_device(url, clock=ManualClock()))

    assert failed(report) == []
    assert left_out(report) == ["missing-capability", "marker"]


@pytest.mark.parametrize("url", ["sim:?model=progressor", "serial:///dev/ttyX?model=mark10"])
def test_another_wire_is_refused_before_anything_is_opened(url: str) -> None:
    with pytest.raises(ConfigurationError, match="Only devices that speak TissueSense Link"):
        asyncio.run(check_device(url, clock=ManualClock()))


def test_the_report_counts_what_it_lists() -> None:
    document = checked(LinkDevice()).to_dict()

    verdicts = [row["verdict"] for row in document["checks"]]
    assert document["counts"] == {word: verdicts.count(word) for word in document["counts"]}
    assert sum(document["counts"].values()) == len(CHECKS)
