"""The porting guide's example is a Link device: it is compiled, and run in virtual time."""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.conformance.link_c import FOLDER, INCLUDES, SOURCES
from tests.system_programs import needed

from tissuesense.devices.codec import FrameRejected
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import (
    Ask,
    Capability,
    FaultChange,
    FaultCode,
    Hello,
    Marker,
    Message,
    Reply,
    Request,
    Result,
    Sample,
    decode,
    encode,
)

EXAMPLE = FOLDER / "porting" / "examples" / "hx711_arduino"
BOARD = FOLDER / "test" / "arduino"
WARNINGS = ["-std=gnu++11", "-Wall", "-Wextra", "-Wshadow", "-pedantic", "-Werror"]
SANITIZED = ["-g", "-fno-sanitize-recover=all", "-fsanitize=address,undefined"]
LIGHT_N, HALF_N = 1000 * 49.03325 / 1963042, 49.03325 / 2
STEP_US = 12_500


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("board")
    objects = []
    for source in SOURCES:
        objects.append(str(folder / f"{source.stem}.o"))
        command = [needed("gcc"), *SANITIZED, *INCLUDES, "-c", str(source), "-o", objects[-1]]
        subprocess.run(command, check=True)
    places = [*INCLUDES, f"-I{BOARD}", f"-I{EXAMPLE}", "-include", "Arduino.h"]
    command = [needed("g++"), *WARNINGS, *SANITIZED, *places, str(BOARD / "board.cpp"), *objects]
    program = folder / "board"
    subprocess.run([*command, "-o", str(program)], check=True)
    return program


def run(board: Path, memory: Path, *commands: Ask) -> list[Message]:
    """Run for four virtual seconds; return what the sketch said."""
    asked = [frame(encode(Request(command=c, tag=tag))) for tag, c in enumerate(commands)]
    done = subprocess.run([board, memory], input=b"".join(asked), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    said = []
    for piece in LinkFramer().receive(done.stdout):
        assert not isinstance(piece, FrameRejected)
        message = decode(piece)
        assert message is not None
        assert not isinstance(message, str)
        said.append(message)
    return said


@pytest.fixture(scope="module")
def said(board: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Message]:
    return run(board, tmp_path_factory.mktemp("memory") / "eeprom", Ask.HELLO, Ask.START)


def samples_in(said: list[Message]) -> list[Sample]:
    return [message for message in said if isinstance(message, Sample)]


def test_it_says_what_it_can(said: list[Message]) -> None:
    hello = said[0]
    assert isinstance(hello, Hello)
    assert hello.capabilities == Capability.TARE | Capability.BUTTON | Capability.TARE_KEPT
    assert hello.rate_mhz == 80_000
    replies = [message for message in said if isinstance(message, Reply)]
    assert [reply.result for reply in replies] == [Result.DONE] * 2


def test_counts_become_newtons(said: list[Message]) -> None:
    forces = np.array([[s.time_us / 1e6, s.force_un / 1e6] for s in samples_in(said)])
    light, half = forces[forces[:, 0] < 1.0, 1], forces[forces[:, 0] > 1.02, 1]
    assert light == pytest.approx(LIGHT_N, abs=1e-6)
    assert half == pytest.approx(HALF_N, abs=1e-4)
    assert min(light.size, half.size) > 70


def test_it_keeps_the_amplifier_s_pace_and_numbers_what_was_due(said: list[Message]) -> None:
    samples = samples_in(said)
    numbers = np.array([sample.seq for sample in samples])
    times = np.array([sample.time_us for sample in samples])
    steps = np.diff(times) / np.diff(numbers)
    np.testing.assert_allclose(steps, STEP_US, atol=STEP_US / 10)


def test_overload_and_silence_are_told_and_give_no_number(said: list[Message]) -> None:
    faults = [message for message in said if isinstance(message, FaultChange)]
    assert [(fault.code, fault.state) for fault in faults] == [
        (FaultCode.OVERLOAD, 1),
        (FaultCode.OVERLOAD, 0),
        (FaultCode.SENSOR, 1),
        (FaultCode.SENSOR, 0),
    ]
    begins_and_ends_us = [2_000_000, 2_200_000, 3_000_000, 3_200_000]
    times_us = [fault.time_us for fault in faults]
    assert times_us == pytest.approx(begins_and_ends_us, abs=2.1 * STEP_US)
    assert not any(
        2_000_000 + STEP_US < sample.time_us < 2_200_000
        or 3_000_000 + STEP_US < sample.time_us < 3_200_000
        for sample in samples_in(said)
    )


def test_the_bouncing_button_is_one_marker_at_its_first_edge(said: list[Message]) -> None:
    markers = [message for message in said if isinstance(message, Marker)]
    assert len(markers) == 3
    assert len(set(markers)) == 1
    assert markers[0].time_us == pytest.approx(1_500_000, abs=500)


def test_the_tare_outlives_the_power(board: Path, tmp_path: Path) -> None:
    memory = tmp_path / "eeprom"
    tared = run(board, memory, Ask.TARE, Ask.START)
    (tare_un,) = (m.value for m in tared if isinstance(m, Reply) and m.command == Ask.TARE)
    assert tare_un / 1e6 == pytest.approx(LIGHT_N, abs=1e-6)
    later = samples_in(run(board, memory, Ask.START))
    assert later[0].force_un == 0
