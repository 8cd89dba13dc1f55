#!/usr/bin/env python3
"""Write the vectors of TissueSense Link from its document alone.

It imports nothing of this project: it is a second implementation of the wire, made from
`firmware_interfaces/link/PROTOCOL.md`, that the codecs are held against. Run
``python tools/link_vectors.py`` after adding a vector; released ones are never changed.
"""

import json
import struct
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[1] / "firmware_interfaces" / "link" / "vectors"
TOP_OF_CLOCK = 2**32 - 1
UNKNOWN_PERCENT = 255
OVERLOAD = "the force is beyond the range"


class Said(NamedTuple):
    """Bytes on the wire, and what a program must read out of them."""

    wire: bytes
    events: tuple[dict[str, Any], ...] = ()


# The wire, by the letter of section 2


def crc(message: bytes) -> int:
    """CRC-16/CCITT-FALSE, bit by bit."""
    register = 0xFFFF
    for byte in message:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1) ^ (0x1021 if register & 0x8000 else 0)
            register &= 0xFFFF
    return register


def stuffed(data: bytes) -> bytes:
    """COBS, as in the paper: a code byte counts the bytes up to the next zero, itself included."""
    out, code = bytearray(1), 0
    for byte in data:
        if byte:
            out.append(byte)
        else:
            out[code], code = len(out) - code, len(out)
            out.append(0)
    out[code] = len(out) - code
    return bytes(out)


def frame(message: bytes) -> bytes:
    """Frame a message."""
    return stuffed(message + struct.pack("<H", crc(message))) + b"\0"


# What can be said, by sections 3 and 4


def number(steps: int, per_unit: int) -> float:
    """Return a number of the wire in its unit, rounded once."""
    return float(Fraction(steps, per_unit))


def sample_message(
    seq: int,
    time_us: int,
    force_un: int,
    depth_um: int | None = None,
    cm_s2: int | None = None,
    cdeg: int | None = None,
) -> bytes:
    """Return a SAMPLE without its frame."""
    kind = 0x10 if cdeg is None else 0x1C
    kind += (depth_um is not None) + 2 * (cm_s2 is not None)
    message = struct.pack("<BHIi", kind, seq, time_us, force_un)
    if depth_um is not None:
        message += struct.pack("<i", depth_um)[:3]
    if cm_s2 is not None:
        message += struct.pack("<h", cm_s2)
    if cdeg is not None:
        message += struct.pack("<h", cdeg)
    return message


def sample(
    seq: int,
    time_us: int,
    force_un: int,
    depth_um: int | None = None,
    cm_s2: int | None = None,
    cdeg: int | None = None,
    *,
    tail: bytes = b"",
) -> Said:
    """Return a SAMPLE; `tail` is what a later version may add."""
    event = {
        "type": "force",
        "force_n": number(force_un, 10**6),
        "t_device_s": number(time_us, 10**6),
    }
    if depth_um is not None:
        event["displacement_mm"] = number(depth_um, 1000)
    if cm_s2 is not None:
        event["acceleration_m_s2"] = number(cm_s2, 100)
    if cdeg is not None:
        event["angle_deg"] = number(cdeg, 100)
    message = sample_message(seq, time_us, force_un, depth_um, cm_s2, cdeg)
    return Said(frame(message + tail), (event,))


def missed(count: int) -> Said:
    """Return samples that were numbered and are not there."""
    return Said(b"", ({"type": "missed", "count": count},))


def marker(count: int, time_us: int, *, again: bool = False) -> Said:
    """Return a MARKER; one that is said again is no news."""
    event = {"type": "marker", "t_device_s": number(time_us, 10**6)}
    return Said(frame(struct.pack("<BBI", 0x18, count, time_us)), () if again else (event,))


def fault(code: int, time_us: int, kind: str, detail: str, *, state: int = 1) -> Said:
    """Return a FAULT that began."""
    event = {"type": "fault", "kind": kind, "detail": detail}
    return Said(frame(struct.pack("<BBBI", 0x19, code, state, time_us)), (event,))


def silent(message: bytes) -> Said:
    """Return a sound message of which nothing follows."""
    return Said(frame(message))


def facts(message: bytes, **known: float | str) -> Said:
    """Return a message by which the device states something of itself."""
    return Said(frame(message), ({"type": "facts", "facts": known},))


def hello(major: int = 1, minor: int = 0, can: int = 0xFF) -> Said:
    """Return a HELLO of a device that can do everything, at 80 of 320 samples a second."""
    message = struct.pack("<BBBHII", 0x20, major, minor, can, 80_000, 320_000)
    return facts(message, protocol=f"{major}.{minor}")


# Nothing on the wire but the HELLO that follows, unasked, while samples were coming.
RESTARTED = Said(b"", ({"type": "restarted"},))


def parts(what: int, text: str) -> list[bytes]:
    """Return the TEXT messages of a text."""
    data = text.encode()
    cuts = [data[i : i + 13] for i in range(0, len(data), 13)]
    last = len(cuts) - 1
    return [bytes((0x23, what, i | (0x80 if i == last else 0))) + cut for i, cut in enumerate(cuts)]


def text(what: int, words: str, **event: Any) -> Said:  # noqa: ANN401 - whatever JSON has
    """Return a whole text."""
    return Said(b"".join(map(frame, parts(what, words))), (event,))


def battery(percent: int, millivolt: int) -> Said:
    """Return a BATTERY; both numbers may be unknown."""
    known = {
        "type": "battery",
        "volts": number(millivolt, 1000) if millivolt else None,
        "percent": float(percent) if percent != UNKNOWN_PERCENT else None,
    }
    nothing = percent == UNKNOWN_PERCENT and not millivolt
    return Said(frame(struct.pack("<BBH", 0x24, percent, millivolt)), () if nothing else (known,))


def reply(tag: int, command: int, result: int, value: int = 0, refusal: str = "") -> Said:
    """Return a REPLY; one that refuses is a fault to be told."""
    event = {"type": "fault", "kind": "refused_command", "detail": refusal}
    wire = frame(struct.pack("<BBBBi", 0x2F, tag, command, result, value))
    return Said(wire, (event,) if refusal else ())


def refused(wire: bytes, why: str) -> Said:
    """Return bytes that must be refused."""
    return Said(wire, ({"type": "rejected", "why": why},))


def wire_of(*said: Said) -> bytes:
    """Return the bytes only."""
    return b"".join(one.wire for one in said)


PLAIN = sample(1, 2_000_000, 12_345_678)
PLAIN_MESSAGE = sample_message(1, 2_000_000, 12_345_678)
IDENTITY = (
    hello(),
    facts(struct.pack("<Biii", 0x21, -50_000_000, 250_000_000, 2_500),
          full_scale_n=250.0, resolution_n=0.0025),
    facts(struct.pack("<BBII", 0x22, 1, 100_000, 320),
          probe_area_cm2=1.0, probe_area_uncertainty_cm2=0.0032),
    text(1, "Muster Medizintechnik GmbH", type="facts",
         facts={"maker": "Muster Medizintechnik GmbH"}),
    text(2, "Kraftmesser Ü2", type="facts", facts={"device_model": "Kraftmesser Ü2"}),
    text(4, "2.1.0", type="facts", facts={"firmware": "2.1.0"}),
    text(5, "D-K-15070-2026-0042", type="facts", facts={"calibration_id": "D-K-15070-2026-0042"}),
    battery(64, 3_805),
    text(3, "MM2-000123", type="text", text="MM2-000123"),
    reply(1, 0x01, 0),
)  # fmt: skip

VALID: dict[str, tuple[str, tuple[Said, ...]]] = {
    "force": ("a sample of type 0x10", (PLAIN,)),
    "force_displacement": ("type 0x11", (sample(2, 2_012_500, 3_000_001, 4_321),)),
    "force_acceleration": ("type 0x12", (sample(3, 2_025_000, 1, None, 981),)),
    "all_three": ("type 0x13, the longest message of version 1",
                  (sample(4, 2_037_500, 7_654_321, 12_345, 1_234),)),
    "force_angle": ("type 0x1C of version 1.1", (sample(3, 2_025_000, 1, cdeg=4_525),)),
    "force_displacement_angle": ("type 0x1D of version 1.1, as long as the longest of 1.0",
                                 (sample(4, 2_037_500, 7_654_321, 12_345, None, -4_525),)),
    "force_acceleration_angle": ("type 0x1E of version 1.1",
                                 (sample(5, 2_050_000, 7_654_321, None, -981, 18_000),)),
    "ends_of_an_angle": ("the least and the largest number in the field of the angle",
                         (sample(6, 0, 0, cdeg=-(2**15)), sample(7, 12_500, 0, cdeg=2**15 - 1))),
    "unknown_sample": ("0x1F, which would have all four, is of no version",
        (sample(1, 0, 5), silent(b"\x1f" + PLAIN_MESSAGE[1:] + bytes(7)), sample(2, 12_500, 6))),
    "hello_of_1_1": ("a device of version 1.1 that has an angle", (hello(minor=1, can=0x100),)),
    "pull": ("negative force, height and acceleration",
             (sample(5, 2_050_000, -3_210_000, -250, -981),)),
    "largest_numbers": ("the largest number in each field",
                        (sample(65_535, TOP_OF_CLOCK, 2**31 - 1, 2**23 - 1, 2**15 - 1),)),
    "least_numbers": ("the least number in each field",
                      (sample(0, 0, -(2**31), -(2**23), -(2**15)),)),
    "minus_one": ("all bits set", (sample(65_535, TOP_OF_CLOCK, -1, -1, -1),)),
    "zeros_everywhere": ("COBS: all bytes of the payload are zero", (sample(0, 0, 0),)),
    "zeros_at_the_end": ("COBS: zeros before the CRC", (sample(0x0101, 0x01010101, 0, 0, 0),)),
    "every_other_byte_zero": ("COBS: a zero after each byte",
                              (sample(0x0001, 0x00010001, 0x00010001, 0x000100, 0x0100),)),
    "no_zero": ("COBS: no zero to be taken out", (sample(0x0101, 0x01010101, 0x01010101),)),
    "numbers_begin_again": ("seq 65535 is followed by 0",
                            tuple(sample((65_534 + i) % 65_536, i * 12_500, i) for i in range(4))),
    "clock_begins_again": ("time_us passes 2^32 between the samples; times are not unwrapped",
                           (sample(7, TOP_OF_CLOCK - 6_249, 1_000), sample(8, 6_250, 2_000))),
    "missed": ("seq 10, 11, 15: three did not arrive",
               (sample(10, 0, 5), sample(11, 12_500, 6), missed(3), sample(15, 62_500, 7))),
    "missed_where_numbers_begin_again": ("seq 65535, 2: two did not arrive",
               (sample(65_535, 0, 5), missed(2), sample(2, 37_500, 6))),
    "number_goes_back": ("seq 1000, 10: more than half the circle is no loss",
                         (sample(1_000, 0, 5), sample(10, 12_500, 6))),
    "numbers_after_start": ("after the reply to START the numbers may begin anywhere",
                            (sample(500, 0, 5), reply(9, 0x02, 0, 80_000), sample(7, 12_500, 6))),
    "device_started_again": ("an unasked HELLO: the device was switched on, nothing is missed",
                             (sample(500, 9_000_000, 5), RESTARTED, hello(),
                              sample(2, 25_000, 6))),
    "marker": ("a press", (marker(1, 3_000_000),)),
    "marker_said_again": ("the two repetitions are no presses",
        (marker(1, 3_000_000), sample(1, 3_001_000, 9_000_000), marker(1, 3_000_000, again=True),
         sample(2, 3_013_500, 9_100_000), marker(1, 3_000_000, again=True))),
    "two_presses": ("the second ends the repetition of the first",
        (marker(255, 3_000_000), sample(1, 3_001_000, 9_000_000), marker(0, 3_010_000),
         sample(2, 3_013_500, 9_100_000), marker(0, 3_010_000, again=True))),
    "press_after_reset": ("equal count, other time: a device that was reset counts from the start",
                          (marker(1, 3_000_000), marker(1, 500_000))),
    "battery": ("64 %, 3.805 V", (battery(64, 3_805),)),
    "battery_percent_unknown": ("255 is unknown", (battery(255, 3_805),)),
    "battery_voltage_unknown": ("0 mV is unknown", (battery(100, 0),)),
    "battery_unknown": ("both unknown: nothing is said", (battery(255, 0),)),
    "temperature": ("-3.25 degrees", (Said(
        frame(struct.pack("<Bh", 0x25, -325)), ({"type": "temperature", "celsius": -3.25},)),)),
    "overload": ("it begins, is said again, is over; what was kept back is not missed",
        (sample(1, 12_500, 499_000_000), fault(1, 25_000, "overload", OVERLOAD),
         silent(struct.pack("<BBBI", 0x19, 1, 1, 25_000)),
         silent(struct.pack("<BBBI", 0x19, 1, 0, 1_037_500)),
         sample(83, 1_037_500, 400_000_000))),
    "sensor_fault": ("code 2", (
        fault(2, 7, "sensor", "the sensor does not answer or makes no sense"),)),
    "low_battery": ("code 3", (fault(3, 7, "low_battery", "the gauge asks to be charged"),)),
    "clock_fault": ("code 4", (fault(4, 7, "sensor", "times cannot be trusted from here on"),)),
    "unknown_fault": ("a code of a later version", (fault(77, 7, "sensor", "unknown fault 77"),)),
    "identity": ("the whole answer to HELLO; texts in parts, cut in a letter", IDENTITY),
    "tip_unknown": ("an area of 0 says nothing", (silent(struct.pack("<BBII", 0x22, 0, 0, 0)),)),
    "range_of_a_pull_gauge": ("no force of pushing: no full scale",
        (facts(struct.pack("<BiiI", 0x21, -200_000_000, 0, 1_000), resolution_n=0.001),)),
    "text_lacks_a_part": ("the middle part was lost: no text; the next one is read",
        (silent(parts(3, "A-0123456789-0123456789-0123456789")[0]),
         silent(parts(3, "A-0123456789-0123456789-0123456789")[2]),
         text(3, "B-1", type="text", text="B-1"))),
    "text_without_end": ("its beginning was cut off: nothing",
                         (silent(parts(1, "Muster Medizintechnik GmbH")[1]),)),
    "text_of_unknown_kind": ("what 99 is not known", (silent(b"\x23\x63\x80secret"),)),
    "replies": ("what is done needs no word",
        (reply(1, 0x02, 0, 80_000), reply(2, 0x04, 0, -12_345), reply(255, 0x03, 0))),
    "refusals": ("each result that is not 0, an unknown one too", (
        reply(3, 0x05, 3, refusal="rate: not now"), reply(4, 0x05, 2, refusal="rate: bad argument"),
        reply(5, 0x04, 4, refusal="tare: failed"), reply(6, 0x0E, 1, refusal="14: unknown command"),
        reply(7, 0x02, 99, refusal="start: 99"))),
    "unknown_types": ("types of later versions and of makers between two samples",
        (sample(1, 0, 5), *(silent(bytes((kind,)) + PLAIN_MESSAGE[1:])
                            for kind in (0x00, 0x14, 0x1A, 0x26, 0x30, 0x7F, 0x80, 0xFF)),
         sample(2, 12_500, 6))),
    "echo": ("commands that come back: not for us", (
        silent(b"\x01\x07"), silent(struct.pack("<BBI", 0x05, 1, 80_000)), silent(b"\x0f\x00"))),
    "longer_payloads": ("bytes that a later version added are left alone",
        (sample(1, 0, 5, tail=b"\x11\x22"), sample(2, 12_500, 6, 7, tail=b"\x00"),
         facts(struct.pack("<BBII", 0x22, 1, 100_000, 0) + b"more", probe_area_cm2=1.0))),
    "longest_frame": ("64 bytes before the zero", (sample(1, 0, 5, tail=b"\xaa" * 50),)),
    "zeros_between": ("zeros in a row are no frames",
        (Said(b"\0"), sample(1, 0, 5), Said(b"\0\0\0"), sample(2, 12_500, 6), Said(b"\0"))),
    "several_in_one_piece": ("eight samples and a press",
        (*(sample(i, i * 12_500, i * 250_000) for i in range(8)), marker(1, 87_000))),
    "noise_between": ("what is refused costs no other frame",
        (sample(1, 0, 5), refused(b"\xff~#noise\r\n\0", "malformed"), sample(2, 12_500, 6),
         refused(b"\x01" * 300 + b"\0", "overlong"), sample(3, 25_000, 7),
         refused(stuffed(PLAIN_MESSAGE + b"\x00\x00") + b"\0", "bad_checksum"),
         sample(4, 37_500, 8))),
}  # fmt: skip

_FLIPPED = bytearray(PLAIN.wire)
_FLIPPED[9] ^= 0x10
_OTHER_START = struct.pack("<H", crc(b"\0\0" + PLAIN_MESSAGE))
SHORT = {
    "sample": PLAIN_MESSAGE,
    "sample_displacement": sample_message(1, 2, 3, 4),
    "sample_acceleration": sample_message(1, 2, 3, None, 5),
    "sample_all_three": sample_message(1, 2, 3, 4, 5),
    "sample_angle": sample_message(1, 2, 3, None, None, 6),
    "sample_displacement_angle": sample_message(1, 2, 3, 4, None, 6),
    "sample_acceleration_angle": sample_message(1, 2, 3, None, 5, 6),
    "marker": struct.pack("<BBI", 0x18, 1, 2),
    "fault": struct.pack("<BBBI", 0x19, 1, 1, 2),
    "hello": struct.pack("<BBBHII", 0x20, 1, 0, 0xFF, 80_000, 320_000),
    "range": struct.pack("<BiiI", 0x21, -1, 1, 1),
    "tip": struct.pack("<BBII", 0x22, 1, 100_000, 320),
    "text": b"\x23\x01\x80",
    "battery": struct.pack("<BBH", 0x24, 64, 3_805),
    "temperature": struct.pack("<Bh", 0x25, 2_150),
    "reply": struct.pack("<BBBBi", 0x2F, 1, 2, 0, 80_000),
    "rate_command": struct.pack("<BBI", 0x05, 1, 80_000),
}

INVALID: dict[str, tuple[str, bytes, tuple[str, ...]]] = {
    "one_bit_turned": ("a bit of the force turned on the way", bytes(_FLIPPED), ("bad_checksum",)),
    "crc_high_byte_first": ("the CRC the wrong way round",
        stuffed(PLAIN_MESSAGE + struct.pack(">H", crc(PLAIN_MESSAGE))) + b"\0", ("bad_checksum",)),
    "crc_of_another_start": ("a CRC that began with another value",
        stuffed(PLAIN_MESSAGE + _OTHER_START) + b"\0", ("bad_checksum",)),
    "crc_left_out": ("the message alone", stuffed(PLAIN_MESSAGE) + b"\0", ("bad_checksum",)),
    "not_stuffed": ("message and CRC as they are, cut at their zeros",
        PLAIN_MESSAGE + struct.pack("<H", crc(PLAIN_MESSAGE)) + b"\0", ("malformed",) * 4),
    "code_beyond_the_end": ("COBS: a code byte that counts more bytes than there are",
        bytes((PLAIN.wire[0] + 40,)) + PLAIN.wire[1:], ("malformed",)),
    "end_cut_off": ("the last bytes were lost", PLAIN.wire[:-5] + b"\0", ("malformed",)),
    "beginning_cut_off": ("the first bytes were lost", PLAIN.wire[4:], ("malformed",)),
    "zero_lost": ("two frames run together", PLAIN.wire[:-1] + PLAIN.wire, ("bad_checksum",)),
    "zero_inside": ("a byte became zero", PLAIN.wire[:3] + b"\0" + PLAIN.wire[4:],
                    ("truncated", "malformed")),
    "empty_message": ("a sound CRC of nothing", frame(b""), ("truncated",)),
    "one_byte": ("less than a CRC", b"\x02\xaa\0", ("truncated",)),
    "nothing_stuffed": ("COBS of nothing", b"\x01\0", ("truncated",)),
    "one_byte_too_long": ("65 bytes before the zero",
        frame(PLAIN_MESSAGE + b"\xaa" * 51), ("overlong",)),
    "overlong_with_a_frame_at_its_end": ("no number is looked for in the tail",
        b"\x02" * 70 + PLAIN.wire, ("overlong",)),
    "overlong_twice": ("each up to its zero",
        (b"\xff" * 500 + b"\0") * 2, ("overlong", "overlong")),
    "line_of_text": ("another wire", b"12.34 N\r\n\0", ("malformed",)),
    "battery_beyond_full": ("101 %", frame(b"\x24\x65\x00\x00"), ("malformed",)),
    "another_major_version": ("HELLO of version 2: none of its numbers is read",
        wire_of(Said(frame(struct.pack("<BBBHII", 0x20, 2, 0, 0, 80_000, 80_000))), PLAIN),
        ("another_version", "another_version")),
    **{f"short_{name}": ("one byte less than its layout", frame(message[:-1]), ("bad_length",))
       for name, message in SHORT.items()},
}  # fmt: skip


def documents() -> dict[Path, dict[str, Any]]:
    """Return what every file holds."""
    valid = {
        FOLDER / "valid" / f"{name}.json": _valid(source, said)
        for name, (source, said) in VALID.items()
    }
    valid[FOLDER / "valid" / "inverted.json"] = _valid(
        "the sign turned, as the device URL asked",
        (sample(1, 0, -5_250_000, 40), sample(2, 12_500, 1_000, 50)),
        turned=True,
    )
    invalid = {
        FOLDER / "invalid" / f"{name}.json": {
            "source": source,
            "hex": wire.hex(" "),
            "rejections": list(rejections),
        }
        for name, (source, wire, rejections) in INVALID.items()
    }
    return valid | invalid


def _valid(source: str, said: tuple[Said, ...], *, turned: bool = False) -> dict[str, Any]:
    events = [dict(event) for one in said for event in one.events]
    for event in events:
        if turned:
            event["force_n"] = -event["force_n"]
    return {
        "source": f"PROTOCOL.md: {source}",
        "confidence": "derived",
        "parameters": {"invert": True} if turned else {},
        "channel": None,
        "hex": wire_of(*said).hex(" "),
        "events": events,
    }


def main() -> None:
    """Write every file."""
    for path, document in documents().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text_of = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        path.write_text(text_of, encoding="utf-8")


if __name__ == "__main__":
    main()
