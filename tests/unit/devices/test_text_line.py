"""A line of text is a reading, a stop or a comment by our grammar, and never by a guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.core.errors import LocalProtocolError
from tissuesense.devices.catalog.text_line import TextLineEncoder, text_line_codec
from tissuesense.devices.codec import (
    Command,
    DeviceText,
    Event,
    ForceReading,
    FrameRejected,
    MarkerPressed,
    MotionReading,
    Rejection,
    WireSample,
)
from tissuesense.devices.profile import WireParameters

IN_NEWTON = WireParameters(unit="N")


def read(line: bytes, parameters: WireParameters = IN_NEWTON) -> Event:
    (event,) = text_line_codec(parameters).receive(line + b"\n", 7.0)
    return event


def reading(
    force_n: float, t_device_s: float | None = None, displacement_mm: float | None = None
) -> ForceReading:
    return ForceReading(
        force_n=force_n, t_device_s=t_device_s, t_host_s=7.0, displacement_mm=displacement_mm
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"12.5", reading(12.5)),
        (b"12", reading(12.0)),
        (b"1234,12.5", reading(12.5, 1.234)),
        (b"12.5,3.2 mm", reading(12.5, None, 3.2)),
        (b"12,3.2mm", reading(12.0, None, 3.2)),
        (b"0,-12.5 N,-3.2 mm", reading(-12.5, 0.0, -3.2)),
        (b"4294967295,1 N", reading(1.0, 4294967.295)),
    ],
)
def test_the_fields_of_a_reading_are_told_apart(line: bytes, expected: ForceReading) -> None:
    assert read(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            b"12 N,34.2 deg",
            ForceReading(force_n=12.0, t_device_s=None, t_host_s=7.0, angle_deg=34.2),
        ),
        (
            b"1234,12 N,9.81 m/s2,-3.2 mm,34deg",
            ForceReading(
                force_n=12.0,
                t_device_s=1.234,
                t_host_s=7.0,
                displacement_mm=-3.2,
                acceleration_m_s2=9.81,
                angle_deg=34.0,
            ),
        ),
        (b"12,34.2 deg", ForceReading(force_n=12.0, t_device_s=None, t_host_s=7.0, angle_deg=34.2)),
        (b"34.2 deg", MotionReading(t_device_s=None, t_host_s=7.0, angle_deg=34.2)),
        (
            b"12 ms,-9.81 m/s2, 0.5 mm",
            MotionReading(
                t_device_s=0.012, t_host_s=7.0, displacement_mm=0.5, acceleration_m_s2=-9.81
            ),
        ),
    ],
)
def test_a_motion_says_its_unit_with_or_without_a_force(line: bytes, expected: Event) -> None:
    assert read(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        b"1 N,2 deg,3 deg",
        b"2 deg,1 N",
        b"1 N,2 deg,",
        b"1 N,2e1 deg",
        b"1 N,nan deg",
        b"1 N,2 degrees",
        b"1 N,2 m/s",
        b"1 ms,3.2 mm",
        b"1 ms",
        b"1.5 ms,2 deg",
        b"-1 ms,2 deg",
        b"4294967296 ms,2 deg",
        b"2 deg,stop",
        b"12,34 deg",
    ],
)
def test_a_motion_in_doubt_gives_no_number_at_all(line: bytes) -> None:
    assert isinstance(read(line), FrameRejected)


@pytest.mark.parametrize(
    "line",
    [b"12.5,3.2", b"-12,3.2", b"12 N,3.2", b"1,2,3", b"1,2,3,4", b"1,2 mm,3", b","],
)
def test_fields_that_could_mean_something_else_are_refused(line: bytes) -> None:
    event = read(line)
    assert isinstance(event, FrameRejected)
    assert event.why is Rejection.MALFORMED


@pytest.mark.parametrize(
    ("line", "force_n"),
    [
        (b"Reading: 12.3 N calibration_factor: -7050.00", 12.3),
        (b"calibration_factor: -7050.00 Reading: 12.3 N", 12.3),
        (b"one reading:\t-0.5\t| average:\t-0.4", -0.5),
        (b"Load_cell output val: 12.34", 12.34),
        (b"FORCE=12 N", 12.0),
        (b"Weight (mN): 1500", 1.5),
        (b"Min:0,Max:100,Force:12.5", 12.5),
        (b"1234\t12.5", 12.5),
        (b"8433344 ; -12 N", -12.0),
        (b"18:56:24.402 -> 12.5", 12.5),
    ],
)
def test_a_force_is_read_where_its_label_or_its_place_leaves_no_doubt(
    line: bytes, force_n: float
) -> None:
    assert read(line) == reading(force_n)


def test_a_labelled_force_may_stand_between_time_and_displacement() -> None:
    assert read(b"1234,Force: 12.5 N,3.2 mm") == reading(12.5, 1.234, 3.2)


@pytest.mark.parametrize(
    "line",
    [
        b"Reading: 8433344",
        b"1234\t12",
        b"12.5\t1234",
        b"12\t8433344.5 miles",
        b"1234;12,5",
        b"load:0x3fff0030,len:1184",
        b"Force: 1.5 N Load: 2.5 N",
        b"Reading: 12.3 units",
        b"Reading: 1.5.2 N",
        b"Force: 12.5 N trailing words",
        b": 12.5 N",
        b"12:34:56",
    ],
)
def test_counts_and_doubts_are_refused(line: bytes) -> None:
    assert isinstance(read(line), FrameRejected)


_LABELS = st.sampled_from(
    [
        "calibration_factor",
        "Calibration value",
        "Zero factor",
        "tare weight",
        "max load",
        "known mass",
        "offset",
        "raw reading",
        "HX711 reading",
        "average force",
        "Load_cell 1 output val",
        "target",
    ]
)
_NUMBERS = st.floats(min_value=-1e6, max_value=1e6).map("{:.2f}".format)


@given(
    labels=st.lists(_LABELS, min_size=1, max_size=3), number=_NUMBERS, sign=st.sampled_from(":=")
)
def test_a_label_of_something_else_never_becomes_a_force(
    labels: list[str], number: str, sign: str
) -> None:
    line = " ".join(f"{label}{sign} {number} N" for label in labels)
    assert isinstance(read(line.encode()), FrameRejected)


@given(label=_LABELS, other=_NUMBERS, number=_NUMBERS)
def test_what_stands_beside_a_labelled_force_does_not_change_it(
    label: str, other: str, number: str
) -> None:
    for line in (f"Reading: {number} N {label}: {other}", f"{label}: {other} Reading: {number} N"):
        assert read(line.encode()) == reading(float(number))


@pytest.mark.parametrize("line", [b"stop", b"STOP", b"Stop", b" stop "])
def test_stop_is_the_clients_signal(line: bytes) -> None:
    assert read(line) == MarkerPressed(t_device_s=None, t_host_s=7.0)


def test_a_stop_may_carry_the_boards_time() -> None:
    assert read(b"1234,stop") == MarkerPressed(t_device_s=1.234, t_host_s=7.0)


@pytest.mark.parametrize("line", [b"stopped", b"stop,1 mm", b"1 N,stop", b"non-stop"])
def test_stop_stands_alone(line: bytes) -> None:
    assert isinstance(read(line), FrameRejected)


def test_a_comment_cannot_steer_the_terminal_that_shows_it() -> None:
    event = read("# température \x1b[2J\x07 °C".encode())
    assert event == DeviceText(text="température \ufffd[2J\ufffd °C")


def test_a_board_listens_to_nobody() -> None:
    with pytest.raises(LocalProtocolError, match="text-line") as raised:
        text_line_codec(IN_NEWTON).encode(Command.TARE)
    assert "talks by itself" in raised.value.hint


def test_a_stream_joined_midway_loses_its_first_line() -> None:
    codec = text_line_codec(WireParameters(unit="N", joined_midway=True))
    assert codec.receive(b"2.5\n13.5\n", 7.0) == [reading(13.5)]


def test_the_simulated_board_prints_time_force_displacement_and_stop() -> None:
    board = TextLineEncoder(WireParameters())
    samples = [
        WireSample(t_s=1.2344, force_n=12.34),
        WireSample(t_s=1.247, force_n=-1.0, displacement_mm=3.21, marker=True),
    ]
    assert board.samples(samples) == (
        b"1234,12.3400 N\r\n1247,-1.0000 N,3.2100 mm\r\n1247,stop\r\n"
    )
    assert board.reply(b"anything\r\n") == b""


def test_the_simulated_board_prints_what_moves_and_leaves_out_a_force_that_it_does_not_sense() -> (
    None
):
    board = TextLineEncoder(WireParameters())
    samples = [
        WireSample(t_s=1.2, force_n=2.0, acceleration_m_s2=-9.81, angle_deg=34.5),
        WireSample(t_s=1.3, angle_deg=34.5, senses_force=False),
    ]
    assert board.samples(samples) == (
        b"1200,2.0000 N,34.5000 deg,-9.8100 m/s2\r\n1300 ms,34.5000 deg\r\n"
    )


def test_the_simulated_board_prints_a_stated_unit_without_its_name() -> None:
    board = TextLineEncoder(WireParameters(unit="kgf", invert=True))
    assert board.samples([WireSample(t_s=0.0, force_n=9.80665)]) == b"0,-1.0000\r\n"


def test_the_simulated_boards_clock_wraps_at_32_bits() -> None:
    board = TextLineEncoder(WireParameters())
    sent = board.samples([WireSample(t_s=4294967.296 + 0.011, force_n=1.0)])
    assert sent == b"11,1.0000 N\r\n"
