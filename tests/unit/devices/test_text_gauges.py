"""What text gauges share: refusals stand in order, a simulated display does what its table says."""

from tissuesense.devices.codec import (
    Command,
    DeviceText,
    Event,
    ForceReading,
    FrameRejected,
    Rejection,
    WireSample,
)
from tissuesense.devices.framing import LineFramer
from tissuesense.devices.printed import ForceText
from tissuesense.devices.profile import WireParameters
from tissuesense.devices.simulate import ShownForce, each_byte
from tissuesense.devices.text_codec import TextCodec


def _spell(line: bytes, t_host_s: float) -> list[Event]:
    del t_host_s
    return [DeviceText(text=letter) for letter in line.decode("ascii")]


def test_a_line_may_say_nothing_or_much_and_refusals_stand_where_they_came() -> None:
    codec = TextCodec("made-up", LineFramer(2), _spell)
    events = codec.receive(b"ab\nlong\nc\n", 0.0)
    said = [event.text if isinstance(event, DeviceText) else "refused" for event in events]
    assert said == ["a", "b", "refused", "c"]


def test_blanks_between_sign_and_digits_are_read_only_where_the_gauge_prints_them() -> None:
    apart = ForceText(units={"n"}, sign_apart=True)
    assert apart.decode(b"-  2.5 N", 7.0) == [
        ForceReading(force_n=-2.5, t_device_s=None, t_host_s=7.0)
    ]
    (refused,) = ForceText(units={"n"}).decode(b"- 2.5 N", 7.0)
    assert refused == FrameRejected(why=Rejection.MALFORMED, data=b"- 2.5 N")


def test_a_simulated_display_reads_zeroes_and_answers_by_its_table() -> None:
    gauge = ShownForce(
        WireParameters(),
        {b"R": Command.READ, b"Z": Command.TARE, b"ID": b"me\r\n"},
        unknown=b"?\r\n",
    )
    gauge.samples([WireSample(t_s=0.0, force_n=4.0)])
    assert gauge.reply(b"r\rz\rR\rid\rx\r") == b"4.0000 N\r\n0.0000 N\r\nme\r\n?\r\n"
    gauge.samples([WireSample(t_s=1.0, force_n=5.0)])
    assert gauge.reply(b"R\r") == b"1.0000 N\r\n"
    assert gauge.reply(b"x" * 100 + b"\r") == b"?\r\n"


def test_a_simulated_display_streams_between_start_and_stop_and_says_when_it_zeroed() -> None:
    gauge = ShownForce(
        WireParameters(),
        {b"G": Command.START, b"H": Command.STOP, b"Z": Command.TARE},
        tared=b"!",
        end=b"\r",
        requests=each_byte,
    )
    two = [WireSample(t_s=0.0, force_n=4.0), WireSample(t_s=0.1, force_n=5.0)]
    assert gauge.samples(two) == b""
    assert gauge.reply(b"GZ") == b"!"
    assert gauge.samples(two) == b"-1.0000 N\r0.0000 N\r"
    assert gauge.reply(b"H") == b""
    assert gauge.samples(two) == b""
