"""The C device core does what the protocol asks of a device, whatever board it is put on."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.link_c import LinkC

from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import (
    Ask,
    Battery,
    Capability,
    FaultChange,
    FaultCode,
    Hello,
    Marker,
    Message,
    Range,
    Reply,
    Request,
    Result,
    Sample,
    Text,
    TextKind,
    Tip,
    decode,
    encode,
    text_parts,
)

STEP_US = 12_500
MOST_UN = 100_000_000
OVERLOADED, BROKEN = "overloaded", "broken"
Reading = int | str | None


class Bench:
    """A board in Python under the device core in C: time stands unless a test moves it."""

    def __init__(
        self,
        link_c: LinkC,
        *,
        leave_out: Sequence[str] = (),
        kept_un: int | None = None,
        **facts: object,
    ) -> None:
        self._c = link_c
        self.now_us = 2**32 - 100_000  # the clock starts again soon
        self.next: Reading = None
        self.more: dict[str, int] = {}
        self.pressed = False
        self.kept_un = kept_un
        self.can_keep = True
        self.settable_mhz = 500_000
        self._framer = LinkFramer()
        self._sent = b""
        self._alive: list[Any] = []  # cffi frees what nobody holds
        self._device = link_c.ffi.new("tsl_device *")
        self._port = self._make_port(leave_out)
        self._facts = self._make_facts(facts)
        link_c.lib.tsl_device_init(self._device, self._port, self._facts)

    def ask(self, command: int, tag: int = 1, rate_mhz: int | None = None) -> list[Message]:
        """Send a command and return what comes at once."""
        self.hear(frame(encode(Request(command=command, tag=tag, rate_mhz=rate_mhz))))
        return self.said()

    def hear(self, data: bytes) -> None:
        self._c.lib.tsl_device_receive(self._device, data, len(data))

    def poll(self, reading: Reading = None, after_us: int = STEP_US, **more: int) -> list[Message]:
        """Let time pass, poll once, and return what was said."""
        self.now_us = (self.now_us + after_us) % 2**32
        self.next, self.more = reading, more
        self._c.lib.tsl_device_poll(self._device)
        return self.said()

    def said(self) -> list[Message]:
        """Return what was sent since the last call; all of it must be good."""
        pieces = self._framer.receive(self._sent)
        self._sent = b""
        messages = [decode(piece) for piece in pieces if isinstance(piece, bytes)]
        assert len(messages) == len(pieces)
        return [m for m in messages if not isinstance(m, str | None)]

    def lose_link(self) -> None:
        self._c.lib.tsl_device_link_lost(self._device)

    def note_fault(self, code: FaultCode, on: bool) -> None:
        self._c.lib.tsl_device_fault(self._device, code, on)

    def _callback(self, signature: str, function: Callable[..., object]) -> object:
        made = self._c.ffi.callback(signature, function)
        self._alive.append(made)
        return made

    def _make_port(self, leave_out: Sequence[str]) -> object:
        functions: dict[str, tuple[str, Callable[..., object]]] = {
            "read_force": ("tsl_sensor_state(void *, tsl_reading *)", self._read_force),
            "clock_us": ("uint32_t(void *)", lambda _: self.now_us),
            "send": ("void(void *, uint8_t *, size_t)", self._send),
            "button": ("int(void *)", lambda _: self.pressed),
            "load_tare": ("int(void *, int32_t *)", self._load_tare),
            "save_tare": ("int(void *, int32_t)", self._save_tare),
            "set_rate": ("uint32_t(void *, uint32_t)", self._set_rate),
            "battery": ("void(void *, tsl_battery *)", self._battery),
        }
        return self._c.ffi.new(
            "tsl_port *",
            {
                name: self._callback(signature.replace("(", "(*)(", 1), function)
                for name, (signature, function) in functions.items()
                if name not in leave_out
            },
        )

    def _make_facts(self, facts: dict[str, object]) -> object:
        stated: dict[str, object] = {
            "maker": "Maker",
            "serial": "No. 7",
            "rate_mHz": 80_000,
            "fastest_mHz": 500_000,
            "range": {"least_uN": -MOST_UN, "most_uN": MOST_UN, "resolution_uN": 10},
            "tip": {"shape": 1, "area_mm2_1000": 100_000, "area_u_mm2_1000": 500},
        } | facts
        for name, value in stated.items():
            if isinstance(value, str):
                stated[name] = self._c.ffi.new("char[]", value.encode())
                self._alive.append(stated[name])
        return self._c.ffi.new("tsl_facts *", stated)

    # What the board does

    def _read_force(self, _: object, reading: Any) -> int:  # noqa: ANN401 - cffi has no types
        wanted, self.next = self.next, None
        for name, value in self.more.items():
            setattr(reading, name, value)
        if wanted is None:
            return 0
        if isinstance(wanted, str):
            return {OVERLOADED: 2, BROKEN: 3}[wanted]
        reading.force_uN = wanted
        return 1

    def _send(self, _: object, data: Any, size: int) -> None:  # noqa: ANN401 - cffi has no types
        assert size <= 20
        self._sent += bytes(self._c.ffi.buffer(data, size))

    def _load_tare(self, _: object, tare_un: Any) -> int:  # noqa: ANN401 - cffi has no types
        if self.kept_un is None:
            return 0
        tare_un[0] = self.kept_un
        return 1

    def _save_tare(self, _: object, tare_un: int) -> int:
        if self.can_keep:
            self.kept_un = tare_un
        return self.can_keep

    def _set_rate(self, _: object, rate_mhz: int) -> int:
        return min(rate_mhz, self.settable_mhz)

    def _battery(self, _: object, battery: Any) -> None:  # noqa: ANN401 - cffi has no types
        battery.millivolt = 3700


@pytest.fixture
def bench(link_c: LinkC) -> Bench:
    return Bench(link_c)


@pytest.fixture
def streaming(bench: Bench) -> Bench:
    bench.ask(Ask.START)
    return bench


def done(command: int, value: int = 0, tag: int = 1) -> Reply:
    return Reply(tag=tag, command=command, result=Result.DONE, value=value)


def refused(command: int, result: Result, tag: int = 1) -> Reply:
    return Reply(tag=tag, command=command, result=result, value=0)


def forces(messages: list[Message]) -> list[int]:
    return [m.force_un for m in messages if isinstance(m, Sample)]


def fault(state: int, time_us: int, code: FaultCode = FaultCode.OVERLOAD) -> FaultChange:
    return FaultChange(code=code, state=state, time_us=time_us)


# Who it is


def test_hello_is_answered_in_the_order_of_the_protocol(link_c: LinkC) -> None:
    bench = Bench(link_c, model="Link", firmware="1.2", calibration="C-11")
    can = Capability.TARE | Capability.BUTTON | Capability.BATTERY
    can |= Capability.RATE | Capability.TARE_KEPT
    assert bench.ask(Ask.HELLO, tag=200) == [
        Hello(major=1, minor=1, capabilities=can, rate_mhz=80_000, fastest_mhz=500_000),
        Range(least_un=-MOST_UN, most_un=MOST_UN, resolution_un=10),
        Tip(shape=1, area=100_000, area_u=500),
        *text_parts(TextKind.MAKER, "Maker"),
        *text_parts(TextKind.MODEL, "Link"),
        *text_parts(TextKind.FIRMWARE, "1.2"),
        *text_parts(TextKind.CALIBRATION, "C-11"),
        Battery(percent=255, millivolt=3700),
        *text_parts(TextKind.SERIAL, "No. 7"),
        done(Ask.HELLO, tag=200),
    ]


def test_what_a_board_lacks_is_not_claimed_and_not_obeyed(link_c: LinkC) -> None:
    lacking = ("button", "load_tare", "save_tare", "set_rate", "battery")
    bench = Bench(link_c, leave_out=lacking)
    hello, *rest = bench.ask(Ask.HELLO)
    assert isinstance(hello, Hello)
    assert hello.capabilities == Capability.TARE
    assert not any(isinstance(message, Battery) for message in rest)
    assert bench.ask(Ask.BATTERY) == [refused(Ask.BATTERY, Result.UNKNOWN_COMMAND)]
    assert bench.ask(Ask.RATE, rate_mhz=1) == [refused(Ask.RATE, Result.UNKNOWN_COMMAND)]
    bench.poll(0)  # and nothing that is absent is called


@pytest.mark.parametrize("size", [1, 12, 13, 14, 26, 27, 65, 66, 200])
def test_a_text_is_sent_in_parts_of_which_there_are_at_most_five(link_c: LinkC, size: int) -> None:
    text = ("0123456789" * 20)[:size]
    parts = [m for m in Bench(link_c, serial=text).ask(Ask.HELLO) if isinstance(m, Text)]
    assert parts[1:] == text_parts(TextKind.SERIAL, text[:65])


def test_an_empty_text_is_not_sent(link_c: LinkC) -> None:
    answer = Bench(link_c, maker="", serial="").ask(Ask.HELLO)
    assert not any(isinstance(message, Text) for message in answer)


# Commands


def test_an_unknown_command_is_answered_and_an_unknown_type_is_not(bench: Bench) -> None:
    for command in (0x08, 0x0F):
        answer = [refused(command, Result.UNKNOWN_COMMAND, tag=9)]
        assert bench.ask(command, tag=9) == answer
    for kind in (0x00, 0x10, 0x2F, 0x30, 0x80, 0xFF):
        bench.hear(frame(bytes((kind,)) + bytes(20)))
    assert bench.said() == []


def test_a_command_too_short_is_not_answered(bench: Bench) -> None:
    bench.hear(frame(b"\x02") + frame(b"\x05\x01\x02\x03"))
    assert bench.said() == []


def test_a_command_with_more_than_it_needs_is_obeyed(bench: Bench) -> None:
    bench.hear(frame(b"\x02\x01more from a later version"))
    assert bench.said() == [done(Ask.START, 80_000)]


def test_the_battery_is_told_when_asked(bench: Bench) -> None:
    assert bench.ask(Ask.BATTERY) == [Battery(percent=255, millivolt=3700), done(Ask.BATTERY)]


def test_a_rate_is_set_to_the_nearest_and_is_that_of_the_next_start(bench: Bench) -> None:
    assert bench.ask(Ask.RATE, rate_mhz=900_000) == [done(Ask.RATE, 500_000)]
    assert bench.ask(Ask.START) == [done(Ask.START, 500_000)]
    assert bench.ask(Ask.RATE, rate_mhz=0) == [refused(Ask.RATE, Result.BAD_ARGUMENT)]
    bench.settable_mhz = 0
    assert bench.ask(Ask.RATE, rate_mhz=1) == [refused(Ask.RATE, Result.FAILED)]
    assert bench.ask(Ask.START) == [done(Ask.START, 500_000)]


# Samples


def test_nothing_is_said_before_start_and_after_stop(bench: Bench) -> None:
    bench.pressed = True
    assert bench.poll(5) + bench.poll(OVERLOADED) == []
    assert bench.ask(Ask.START) == [done(Ask.START, 80_000)]
    bench.poll(5)
    assert bench.ask(Ask.STOP) == [done(Ask.STOP)]
    assert bench.ask(Ask.STOP) == [done(Ask.STOP)]
    assert bench.poll(6) + bench.poll(BROKEN) == []


def test_samples_are_numbered_and_timed(streaming: Bench) -> None:
    for number in range(20):
        time_us = (streaming.now_us + STEP_US) % 2**32
        assert streaming.poll(-number) == [Sample(seq=number, time_us=time_us, force_un=-number)]
        assert streaming.poll(None, after_us=10) == []


def test_a_board_may_know_better_when_a_sample_was_taken(streaming: Bench) -> None:
    assert streaming.poll(7, time_us=4) == [Sample(seq=0, time_us=4, force_un=7)]


def test_samples_that_the_board_lost_use_up_their_numbers(streaming: Bench) -> None:
    messages = [streaming.poll(1), streaming.poll(1, missed=3), streaming.poll(1, missed=65_535)]
    assert [m.seq for (m,) in messages if isinstance(m, Sample)] == [0, 4, 4]


def test_a_sample_has_what_the_facts_promise(link_c: LinkC) -> None:
    for parts in range(4):
        for has_angle in (False, True):
            can = parts | (Capability.ANGLE if has_angle else 0)
            bench = Bench(link_c, capabilities=can)
            bench.ask(Ask.START)
            (sample,) = bench.poll(1, displacement_um=-9, acceleration_cm_s2=-5, angle_cdeg=-7)
            assert isinstance(sample, Sample)
            assert sample.displacement_um == (-9 if parts & 1 else None)
            assert sample.acceleration_cm_s2 == (-5 if parts & 2 else None)
            # There is no room for all.
            assert sample.angle_cdeg == (-7 if has_angle and parts != 3 else None)


def test_numbers_go_on_after_stop_and_start(streaming: Bench) -> None:
    streaming.poll(1)
    streaming.ask(Ask.STOP)
    streaming.ask(Ask.TARE)
    for _ in range(8):
        streaming.poll(0)
    streaming.ask(Ask.START)
    (sample,) = streaming.poll(1)
    assert isinstance(sample, Sample)
    assert sample.seq == 1


def test_a_lost_link_ends_everything(streaming: Bench) -> None:
    streaming.ask(Ask.TARE)
    streaming.hear(b"\x05half")
    streaming.lose_link()
    for _ in range(9):
        assert streaming.poll(1) == []
    assert streaming.ask(Ask.HELLO)[-1] == done(Ask.HELLO)


# Faults


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (OVERLOADED, FaultCode.OVERLOAD),
        (MOST_UN + 1, FaultCode.OVERLOAD),
        (-MOST_UN - 1, FaultCode.OVERLOAD),
        (BROKEN, FaultCode.SENSOR),
    ],
)
def test_a_fault_stands_in_the_place_of_samples(
    streaming: Bench, reading: Reading, code: FaultCode
) -> None:
    streaming.poll(MOST_UN)
    told = streaming.poll(reading)
    assert told == [fault(1, streaming.now_us, code)]
    assert streaming.poll(reading) == []
    over, sample = streaming.poll(-MOST_UN)
    assert over == fault(0, streaming.now_us, code)
    assert isinstance(sample, Sample)
    assert sample.seq == 3


def test_a_fault_that_lasts_is_repeated_each_second_unchanged(streaming: Bench) -> None:
    first = streaming.poll(OVERLOADED)
    messages = [m for _ in range(3 * 80) for m in streaming.poll(OVERLOADED)]
    assert messages == first * 3
    assert streaming.poll(0)[0] == fault(0, streaming.now_us)


@pytest.mark.parametrize("command", [Ask.HELLO, Ask.START])
def test_who_begins_anew_is_told_anew(streaming: Bench, command: Ask) -> None:
    first = streaming.poll(OVERLOADED)
    streaming.ask(command)
    assert streaming.poll(OVERLOADED) == first
    assert streaming.poll(OVERLOADED) == []


def test_a_fault_that_ended_unheard_is_not_told(streaming: Bench) -> None:
    streaming.poll(OVERLOADED)
    streaming.ask(Ask.STOP)
    streaming.poll(1)
    streaming.ask(Ask.START)
    assert forces(streaming.poll(1)) == [1]


def test_one_fault_follows_another(streaming: Bench) -> None:
    streaming.poll(OVERLOADED)
    assert streaming.poll(BROKEN) == [
        fault(0, streaming.now_us),
        fault(1, streaming.now_us, FaultCode.SENSOR),
    ]


def test_a_fault_of_the_board_is_told_once_and_keeps_no_sample_back(bench: Bench) -> None:
    bench.note_fault(FaultCode.LOW_BATTERY, on=True)
    noted_us = bench.now_us
    assert bench.said() == []
    bench.ask(Ask.START)
    low, sample = bench.poll(5)
    assert low == fault(1, noted_us, FaultCode.LOW_BATTERY)
    assert isinstance(sample, Sample)
    bench.note_fault(FaultCode.LOW_BATTERY, on=True)
    assert bench.said() == []
    bench.note_fault(FaultCode.LOW_BATTERY, on=False)
    assert bench.said() == [fault(0, bench.now_us, FaultCode.LOW_BATTERY)]


# The button


def open_button(bench: Bench) -> None:
    bench.pressed = False
    bench.poll(None)
    bench.poll(None, after_us=50_000)


def test_a_press_is_told_at_once_and_after_each_of_two_samples(streaming: Bench) -> None:
    open_button(streaming)
    streaming.pressed = True
    (press,) = streaming.poll(None)
    assert press == Marker(count=1, time_us=streaming.now_us)
    heard = [streaming.poll(number) for number in range(3)]
    assert [messages[1:] for messages in heard] == [[press], [press], []]


def test_a_bouncing_button_is_one_press(streaming: Bench) -> None:
    open_button(streaming)
    presses = []
    for contact in (1, 0, 1, 1, 0, 1, 0, 0, 1, 0):
        streaming.pressed = bool(contact)
        presses += streaming.poll(None, after_us=2_000)
    assert len(presses) == 1
    open_button(streaming)
    streaming.pressed = True
    (second,) = streaming.poll(None)
    assert isinstance(second, Marker)
    assert second.count == 2


def test_a_button_that_is_held_is_one_press_and_one_held_at_power_on_none(bench: Bench) -> None:
    bench.pressed = True
    bench.ask(Ask.START)
    assert bench.poll(None) == []
    open_button(bench)
    bench.pressed = True
    assert [bench.poll(None) for _ in range(100)].count([]) == 99


def test_an_overload_delays_the_repetition_of_a_press(streaming: Bench) -> None:
    open_button(streaming)
    streaming.pressed = True
    (press,) = streaming.poll(None)
    assert press not in streaming.poll(OVERLOADED)
    assert streaming.poll(0)[-1] == press


@pytest.mark.parametrize("command", [Ask.HELLO, Ask.START, Ask.STOP])
def test_a_new_beginning_ends_the_repetition(streaming: Bench, command: Ask) -> None:
    open_button(streaming)
    streaming.pressed = True
    streaming.poll(None)
    streaming.ask(command)
    assert not any(isinstance(message, Marker) for message in streaming.poll(1))


# The tare


def test_a_tare_is_the_mean_of_eight_readings_and_is_kept(streaming: Bench) -> None:
    streaming.ask(Ask.TARE, tag=77)
    said = [m for force_un in range(1000, 1008) for m in streaming.poll(force_un)]
    assert forces(said) == list(range(1000, 1008))
    assert said[-1] == done(Ask.TARE, 1004, tag=77)  # 1003.5, rounded away from zero
    assert forces(streaming.poll(1004)) == [0]
    assert streaming.kept_un == 1004
    assert streaming.ask(Ask.UNTARE) == [done(Ask.UNTARE)]
    assert forces(streaming.poll(1004)) == [1004]
    assert streaming.kept_un == 0


def test_each_tare_begins_anew(bench: Bench) -> None:
    for force_un in (-4000, 60, 61):
        bench.ask(Ask.TARE)
        said = [m for _ in range(8) for m in bench.poll(force_un)]
        assert said == [done(Ask.TARE, force_un)]


def test_a_tare_that_was_kept_is_in_force_after_power_on(link_c: LinkC) -> None:
    bench = Bench(link_c, kept_un=-250)
    bench.ask(Ask.START)
    assert forces(bench.poll(0)) == [250]


def test_a_tare_works_while_nothing_streams(bench: Bench) -> None:
    bench.ask(Ask.TARE)
    assert [m for _ in range(8) for m in bench.poll(-6)] == [done(Ask.TARE, -6)]


def test_a_slow_sensor_is_tared_with_what_came_in_time(bench: Bench) -> None:
    bench.ask(Ask.TARE)
    assert bench.poll(8, after_us=100_000) + bench.poll(10, after_us=100_000) == []
    assert bench.poll(None, after_us=200_000) == [done(Ask.TARE, 9)]


@pytest.mark.parametrize(
    ("reading", "result"),
    [(None, Result.FAILED), (BROKEN, Result.FAILED), (MOST_UN + 1, Result.NOT_NOW)],
)
def test_a_tare_of_nothing_is_refused(bench: Bench, reading: Reading, result: Result) -> None:
    bench.ask(Ask.TARE)
    assert bench.poll(reading, after_us=400_000) == [refused(Ask.TARE, result)]


def test_a_second_tare_waits_for_the_first(bench: Bench) -> None:
    bench.ask(Ask.TARE, tag=1)
    assert bench.ask(Ask.TARE, tag=2) == [refused(Ask.TARE, Result.NOT_NOW, tag=2)]
    assert [m for _ in range(8) for m in bench.poll(3)] == [done(Ask.TARE, 3, tag=1)]


def test_a_tare_that_cannot_be_kept_is_not_in_force(streaming: Bench) -> None:
    streaming.can_keep = False
    streaming.ask(Ask.TARE)
    said = [m for _ in range(8) for m in streaming.poll(50)]
    assert said[-1] == refused(Ask.TARE, Result.FAILED)
    assert forces(streaming.poll(50)) == [50]


def test_the_range_is_that_of_the_force_before_the_tare(streaming: Bench) -> None:
    streaming.ask(Ask.TARE)
    for _ in range(8):
        streaming.poll(-MOST_UN)
    assert forces(streaming.poll(MOST_UN)) == [2 * MOST_UN]
    assert forces(streaming.poll(MOST_UN + 1)) == []


def test_what_the_wire_has_no_room_for_is_an_overload(link_c: LinkC) -> None:
    widest = {"least_uN": -(2**31), "most_uN": 2**31 - 1, "resolution_uN": 1}
    bench = Bench(link_c, range=widest)
    bench.ask(Ask.TARE)
    for _ in range(8):
        bench.poll(-2)
    bench.ask(Ask.START)
    assert forces(bench.poll(2**31 - 3)) == [2**31 - 1]
    assert bench.poll(2**31 - 2) == [fault(1, bench.now_us)]


# From counts to force

COUNTS = st.integers(-(2**24), 2**24)


@given(COUNTS, COUNTS, COUNTS.filter(bool), st.integers(-(2**31), 2**31 - 1))
def test_counts_become_the_nearest_micronewton(
    link_c: LinkC, counts: int, zero: int, span: int, span_un: int
) -> None:
    exact = Fraction((counts - zero) * span_un, span)
    found = link_c.lib.tsl_counts_to_uN(counts, zero, span, span_un)
    clipped = min(max(exact, Fraction(-(2**31))), Fraction(2**31 - 1))
    assert abs(found - clipped) <= Fraction(1, 2)
