"""A Sauter reply is seven characters from a question on, and no two make a number nobody sent."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import ConfigurationError, LocalProtocolError
from tissuesense.devices.catalog.sauter_fh import SauterCodec, sauter_encoder
from tissuesense.devices.codec import (
    Codec,
    Command,
    Event,
    ForceReading,
    FrameRejected,
    Rejection,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

IN_NEWTON = WireParameters(unit="N")
Fate = Literal["prompt", "late", "lost"]
# A reply, where it breaks off, and what becomes of its tail.
BROKEN_REPLIES = st.lists(
    st.tuples(
        st.integers(min_value=-99999, max_value=99999),
        st.integers(min_value=0, max_value=7),
        st.sampled_from(["prompt", "prompt", "late", "lost"]),
    ),
    max_size=30,
)


def ask(codec: Codec, answer: bytes) -> list[Event]:
    assert codec.encode(Command.READ) == b"9"
    return list(codec.receive(answer, 0.0))


def forces(events: list[Event]) -> list[float]:
    return [event.force_n for event in events if isinstance(event, ForceReading)]


def whys(events: list[Event]) -> list[Rejection]:
    return [event.why for event in events if isinstance(event, FrameRejected)]


def test_it_must_be_told_its_unit() -> None:
    with pytest.raises(ConfigurationError, match="sauter-fh") as raised:
        SauterCodec(WireParameters())
    assert "unit=N" in raised.value.hint


def test_commands_are_single_characters() -> None:
    codec = SauterCodec(IN_NEWTON)
    assert codec.encode(Command.READ) == b"9"
    assert codec.encode(Command.TARE) == b"2"
    with pytest.raises(LocalProtocolError, match=r"sauter-fh.*start"):
        codec.encode(Command.START)


@pytest.mark.parametrize(
    ("reply", "unit", "force_n"),
    [
        (b"0011.70", "N", 11.70),
        (b"1021.15", "N", -21.15),
        (b"100.005", "kN", -5.0),
        (b"000.005", "kN", 5.0),
        (b"0001.00", "kgf", 9.80665),
        (b"1000.00", "N", 0.0),
    ],
)
def test_the_first_character_is_the_direction_and_no_digit(
    reply: bytes, unit: str, force_n: float
) -> None:
    assert forces(ask(SauterCodec(WireParameters(unit=unit)), reply)) == [pytest.approx(force_n)]


@pytest.mark.parametrize("cut", range(1, 7))
def test_half_a_reply_spoils_the_next_and_the_one_after_counts(cut: int) -> None:
    codec = SauterCodec(IN_NEWTON)
    assert ask(codec, b"0011.70"[:cut]) == []
    assert ask(codec, b"0012.00") == []
    events = ask(codec, b"0013.00")
    assert whys(events) == [Rejection.TRUNCATED]
    assert forces(events) == [13.0]
    assert forces(ask(codec, b"0014.00")) == [14.0]


@pytest.mark.parametrize("cut", range(1, 7))
def test_the_late_tail_of_half_a_reply_shifts_nothing(cut: int) -> None:
    codec = SauterCodec(IN_NEWTON)
    ask(codec, b"1011.10"[:cut])
    assert ask(codec, b"1011.10"[cut:] + b"1012.00") == []
    assert forces(ask(codec, b"1013.00")) == [-13.0]


@pytest.mark.parametrize("surplus", [b"0", b"1", b"\r\n", b"0011"])
def test_a_byte_too_many_spoils_the_next_reply_and_the_one_after_counts(surplus: bytes) -> None:
    codec = SauterCodec(IN_NEWTON)
    assert forces(ask(codec, b"0011.70" + surplus)) == [11.7]
    assert ask(codec, b"0012.00") == []
    assert forces(ask(codec, b"0013.00")) == [13.0]


def test_a_reply_that_makes_no_sense_spoils_the_next() -> None:
    codec = SauterCodec(IN_NEWTON)
    assert whys(ask(codec, b"70001.1")) == [Rejection.MALFORMED]
    assert ask(codec, b"0012.00") == []
    events = ask(codec, b"0013.00")
    assert (whys(events), forces(events)) == ([Rejection.TRUNCATED], [13.0])


def test_a_shifted_reply_is_known_by_its_point() -> None:
    """One digit too many in front: 1 and 0011.7 would be a pull of 11.7."""
    codec = SauterCodec(IN_NEWTON)
    assert forces(ask(codec, b"0011.60")) == [11.6]
    assert whys(ask(codec, b"10011.70")) == [Rejection.MALFORMED]


def test_a_unit_changed_on_the_gauge_is_refused_once_it_shows() -> None:
    codec = SauterCodec(IN_NEWTON)
    assert forces(ask(codec, b"0011.60")) == [11.6]
    assert whys(ask(codec, b"000.011")) == [Rejection.MALFORMED]


def test_a_lost_reply_costs_itself_alone() -> None:
    codec = SauterCodec(IN_NEWTON)
    assert ask(codec, b"") == []
    assert forces(ask(codec, b"0012.00")) == [12.0]


def test_a_whole_reply_that_comes_late_is_a_reading() -> None:
    codec = SauterCodec(IN_NEWTON)
    assert ask(codec, b"") == []
    assert forces(ask(codec, b"0011.000012.00")) == [11.0, 12.0]


@given(broken=BROKEN_REPLIES)
def test_whatever_breaks_off_every_number_was_sent(broken: list[tuple[int, int, Fate]]) -> None:
    """A tail may come as late as the next question; the wire is dry when silence led to one."""
    codec, late, silent = SauterCodec(IN_NEWTON), b"", False
    sent_n, heard_n = set(), []
    for hundredths, cut, fate in broken:
        shown = f"{-hundredths / 100:+07.2f}"
        sent_n.add(hundredths / 100)
        reply = {"-": b"0", "+": b"1"}[shown[0]] + shown[1:].encode()
        arrives, tail = reply[:cut], reply[cut:]
        if fate == "prompt" or (fate == "late" and silent):
            arrives, tail = reply, b""
        events = ask(codec, late + arrives)
        heard_n += forces(events)
        late, silent = (tail if fate == "late" else b""), not events and not silent
    assert set(heard_n) <= sent_n


@given(broken=BROKEN_REPLIES)
def test_after_any_trouble_the_third_answer_counts(broken: list[tuple[int, int, Fate]]) -> None:
    codec = SauterCodec(IN_NEWTON)
    for _, cut, _ in broken:
        ask(codec, b"0011.70"[:cut])
    ask(codec, b"0012.00")
    ask(codec, b"0012.00")
    assert forces(ask(codec, b"0013.00"))[-1:] == [13.0]


def test_zeroing_is_no_question() -> None:
    codec = SauterCodec(IN_NEWTON)
    assert ask(codec, b"0011") == []
    codec.encode(Command.TARE)
    assert forces(list(codec.receive(b".70", 0.0))) == [11.7]


def test_the_simulated_gauge_answers_single_characters() -> None:
    codec, gauge = SauterCodec(IN_NEWTON), sauter_encoder(IN_NEWTON)
    assert gauge.reply(b"9") == b""
    assert gauge.samples([WireSample(t_s=0.0, force_n=11.7)]) == b""
    assert gauge.reply(b"99") == b"0011.700011.70"
    gauge.samples([WireSample(t_s=1.0, force_n=-21.15)])
    assert gauge.reply(b"9") == b"1021.15"
    assert gauge.reply(codec.encode(Command.TARE)) == b""
    assert gauge.reply(b"9\rx6") == b"0000.00"


def test_the_simulated_display_ends_where_six_characters_end() -> None:
    gauge = sauter_encoder(IN_NEWTON)
    gauge.samples([WireSample(t_s=0.0, force_n=5000.0)])
    assert gauge.reply(b"9") == b"0999.99"
    gauge = sauter_encoder(WireParameters(unit="kN", invert=True))
    gauge.samples([WireSample(t_s=0.0, force_n=5000.0)])
    assert gauge.reply(b"9") == b"105.000"
