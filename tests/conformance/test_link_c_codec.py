"""The C codec and the Python codec read and write the same: vectors, random frames, noise."""

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.link_c import FOLDER, SHORT, LinkC, Verdict

from tissuesense.devices.codec import FrameRejected, Rejection
from tissuesense.devices.link.frames import LinkFramer, frame
from tissuesense.devices.link.messages import (
    Battery,
    FaultChange,
    Hello,
    Marker,
    Message,
    Range,
    Reply,
    Request,
    Sample,
    SensorTemperature,
    Text,
    Tip,
    decode,
    encode,
)

VECTORS = FOLDER.parent / "link" / "vectors"
VALID, INVALID = (sorted((VECTORS / kind).glob("*.json")) for kind in ("valid", "invalid"))
RANDOM_FRAMES = 100_000
# By field: the bits of a number, and whether it has a sign.
WIDTHS = {
    "seq": (16, False),
    "displacement_um": (24, True),
    "acceleration_cm_s2": (16, True),
    "angle_cdeg": (16, True),
    "capabilities": (16, False),
    "millivolt": (16, False),
    "centi_celsius": (16, True),
    "force_un": (32, True),
    "least_un": (32, True),
    "most_un": (32, True),
    "value": (32, True),
} | dict.fromkeys(
    ("time_us", "rate_mhz", "fastest_mhz", "resolution_un", "area", "area_u"), (32, False)
)
KINDS = (Sample, Marker, FaultChange, Hello, Range, Tip, Battery, SensorTemperature, Reply)


def python_decoded(pieces: list[bytes]) -> list[Verdict]:
    framer = LinkFramer()
    return [
        _verdict(piece.why if isinstance(piece, FrameRejected) else decode(piece))
        for data in pieces
        for piece in framer.receive(data)
    ]


def _verdict(found: Verdict) -> Verdict:
    return SHORT.get(found, found) if isinstance(found, Rejection) else found


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


class Dice:
    """Random messages with values at the ends of their ranges more often than chance has it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._drawn: Iterator[int] = iter(
            ()
        )  # numbers are drawn in bulk: one by one takes longer than the codecs

    def below(self, sides: int) -> int:
        value = next(self._drawn, None)
        if value is None:
            self._drawn = iter(self._rng.integers(0, 2**63, 100_000).tolist())
            value = next(self._drawn)
        return value % sides

    def number(self, bits: int, signed: bool) -> int:
        value = (self.below(1 << bits), 0, (1 << bits) - 1, 1 << (bits - 1))[
            max(self.below(12) - 8, 0)
        ]
        return value - (1 << bits) if signed and value >> (bits - 1) else value

    def message(self) -> Message:
        choice = self.below(len(KINDS) + 2)
        if choice == len(KINDS):
            command = 1 + self.below(15)
            rate_mhz = self.number(32, False) if command == 5 else None
            return Request(command=command, tag=self.below(256), rate_mhz=rate_mhz)
        if choice > len(KINDS):
            data = self._rng.bytes(self.below(14))
            return Text(what=self.below(256), part=self.below(256), data=data)
        kind = KINDS[choice]
        values = {
            field.name: self.number(*WIDTHS.get(field.name, (8, False))) for field in fields(kind)
        }
        for optional in ("displacement_um", "acceleration_cm_s2", "angle_cdeg"):
            if optional in values and self.below(2):
                del values[optional]
        if values.keys() >= {"displacement_um", "acceleration_cm_s2", "angle_cdeg"}:
            del values["angle_cdeg"]  # there is no room for all
        return kind(**values)

    def pieces(self, stream: bytes) -> Iterator[bytes]:
        """Cut a stream anywhere."""
        start = 0
        while start < len(stream):
            end = start + 1 + self.below(50)
            yield stream[start:end]
            start = end

    def damaged(self, stream: bytes) -> bytes:
        """Change, lose and put in bytes, on average one in two frames."""
        spoiled = bytearray(stream)
        for _ in range(len(stream) // 32):
            place = self.below(len(spoiled))
            match self.below(4):
                case 0:
                    spoiled[place] = self.below(256)
                case 1:
                    del spoiled[place]
                case 2:
                    spoiled[place:place] = self._rng.bytes(self.below(4))
                case _:
                    spoiled[place] = 0
        return bytes(spoiled)


@pytest.fixture
def dice(rng: np.random.Generator) -> Dice:
    return Dice(rng)


def test_random_frames_are_written_and_read_alike_however_they_are_cut(
    link_c: LinkC, dice: Dice
) -> None:
    messages = [dice.message() for _ in range(RANDOM_FRAMES)]
    frames = [frame(encode(message)) for message in messages]
    assert [link_c.encode(message) for message in messages] == frames
    stream = b"".join(frames)
    assert link_c.decoded(list(dice.pieces(stream))) == messages
    assert python_decoded(list(dice.pieces(stream))) == messages


def test_damaged_streams_get_the_same_verdicts(link_c: LinkC, dice: Dice) -> None:
    stream = dice.damaged(b"".join(frame(encode(dice.message())) for _ in range(40_000)))
    verdicts = link_c.decoded(list(dice.pieces(stream)))
    assert verdicts == python_decoded([stream])
    assert {v for v in verdicts if isinstance(v, Rejection)} >= {
        Rejection.MALFORMED,
        Rejection.BAD_CHECKSUM,
        Rejection.BAD_LENGTH,
    }


@given(st.lists(st.binary(max_size=90)))
def test_any_bytes_get_the_same_verdicts(link_c: LinkC, pieces: list[bytes]) -> None:
    assert link_c.decoded(pieces) == python_decoded(pieces)


@given(st.binary(min_size=1, max_size=61), st.data())
def test_any_message_is_framed_and_judged_alike(
    link_c: LinkC, message: bytes, data: st.DataObject
) -> None:
    framed = link_c.framed(message)
    assert framed == frame(message)
    assert len(framed) == len(message) + link_c.lib.TSL_FRAMING
    cut = data.draw(st.integers(0, len(framed)))
    pieces = [framed[:cut], framed[cut:]]
    assert link_c.decoded(pieces) == python_decoded(pieces)


@pytest.mark.parametrize("size", [1, 2, 16, 59, 60, 61])
@pytest.mark.parametrize("fill", [b"\x00", b"\x01", b"\xff", b"\x00\x01", b"\x01\x00"])
def test_frames_of_every_edge_of_zeros_come_back(link_c: LinkC, size: int, fill: bytes) -> None:
    message = (fill * size)[:size]
    framed = link_c.framed(message)
    assert framed[:-1] == cobs.encode(cobs.decode(framed[:-1]))
    assert cobs.decode(framed[:-1])[:-2] == message
    assert link_c.decoded([framed]) == python_decoded([framed])


def test_what_fits_no_frame_is_not_framed(link_c: LinkC) -> None:
    assert link_c.framed(b"") == b""
    assert link_c.framed(bytes(62)) == b""


def test_the_longest_frame_is_taken_and_one_byte_more_is_not(link_c: LinkC) -> None:
    longest = link_c.framed(b"\x18" + bytes(range(60)))
    assert len(longest) == 65
    assert [type(verdict) for verdict in link_c.decoded([longest])] == [Marker]
    overlong = frame(b"\x18" + bytes(range(61)))
    whole = frame(encode(Marker(count=1, time_us=2)))
    expected = [Rejection.OVERLONG, Marker(count=1, time_us=2)]
    assert link_c.decoded([overlong, whole]) == expected
    assert link_c.decoded([overlong[:65]]) == expected[:1]


def test_bad_frames_are_counted(link_c: LinkC) -> None:
    decoder, message = link_c.ffi.new("tsl_decoder *"), link_c.ffi.new("tsl_message *")
    link_c.lib.tsl_decoder_init(decoder)
    good = frame(encode(Marker(count=1, time_us=2)))
    unknown = frame(b"\x7f")
    for byte in b"\x05ab\0" + good + b"\0\0" + unknown + b"x" * 200 + b"\0" + good[1:]:
        link_c.lib.tsl_receive_byte(decoder, byte, message)
    assert decoder.refused == 3


def test_a_decoder_may_lie_in_memory_that_holds_anything(link_c: LinkC) -> None:
    decoder, message = link_c.ffi.new("tsl_decoder *"), link_c.ffi.new("tsl_message *")
    link_c.ffi.memmove(decoder, b"\x07" * link_c.ffi.sizeof("tsl_decoder"), 8)
    link_c.lib.tsl_decoder_init(decoder)
    good = frame(encode(Marker(count=1, time_us=2)))
    verdicts = [link_c.lib.tsl_receive_byte(decoder, byte, message) for byte in good]
    assert verdicts[-1] == link_c.lib.TSL_MESSAGE
    assert decoder.refused == 0


def test_the_checksum_has_its_check_value(link_c: LinkC) -> None:
    assert link_c.lib.tsl_crc16(b"123456789", 9) == 0x29B1
    assert link_c.lib.tsl_crc16(b"", 0) == 0xFFFF


@pytest.mark.parametrize(
    "message",
    [
        Sample(seq=0, time_us=0, force_un=0, displacement_um=2**23),
        Sample(seq=0, time_us=0, force_un=0, displacement_um=-(2**23) - 1),
        Sample(seq=0, time_us=0, force_un=0, displacement_um=1, acceleration_cm_s2=2, angle_cdeg=3),
        Request(command=0, tag=1),
    ],
)
def test_what_does_not_fit_the_wire_is_not_encoded(link_c: LinkC, message: Message) -> None:
    assert link_c.encode(message) == b""


def test_a_text_that_is_too_long_is_not_encoded(link_c: LinkC) -> None:
    message = link_c.ffi.new("tsl_message *", {"type": 0x23, "as": {"text": {"length": 14}}})
    frame_bytes = link_c.ffi.new("uint8_t[20]")
    assert link_c.lib.tsl_encode(message, frame_bytes) == 0


@pytest.mark.parametrize("path", VALID + INVALID, ids=lambda path: path.stem)
def test_every_shared_vector_is_read_as_python_reads_it(link_c: LinkC, path: Path) -> None:
    data = bytes.fromhex(load(path)["hex"])
    whole = link_c.decoded([data])
    assert whole == python_decoded([data])
    assert whole == link_c.decoded([data[i : i + 1] for i in range(len(data))])


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_every_valid_vector_gives_its_forces(link_c: LinkC, path: Path) -> None:
    vector = load(path)
    found = [v for v in link_c.decoded([bytes.fromhex(vector["hex"])]) if isinstance(v, Sample)]
    wanted = [event for event in vector["events"] if event["type"] == "force"]
    sign = -1 if vector["parameters"].get("invert") else 1
    assert [sign * v.force_un for v in found] == [round(e["force_n"] * 1e6) for e in wanted]
    assert [v.time_us for v in found] == [round(e["t_device_s"] * 1e6) for e in wanted]


def test_there_are_shared_vectors() -> None:
    assert VALID
    assert INVALID
