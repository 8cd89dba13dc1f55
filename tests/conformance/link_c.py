"""The C side of TissueSense Link in Python: compiled with sanitizers, spoken to in our words."""

import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cffi import FFI  # type: ignore[import-untyped] # cffi ships no types
from tests.system_programs import needed

from tissuesense.devices.codec import Rejection
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
)

FOLDER = Path(__file__).parents[2] / "firmware_interfaces" / "c"
SOURCES = (FOLDER / "tissuesense_link.c", FOLDER / "porting" / "tsl_device.c")
INCLUDES = [f"-I{FOLDER}", f"-I{FOLDER / 'porting'}"]
WARNINGS = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Werror"]
SANITIZED = ["-g", "-O1", "-fno-sanitize-recover=all", "-fsanitize=undefined"]

# What a piece of a stream was, in the words of both codecs; None: good, and of no known type.
Verdict = Message | Rejection | None

# Python has two words for what C calls too short: no message at all, and a part of one.
SHORT = {Rejection.TRUNCATED: Rejection.BAD_LENGTH}


def compiled(output: Path, *arguments: str | Path, compiler: str = "gcc") -> Path:
    """Compile with every warning an error."""
    command = [needed(compiler), *WARNINGS, *INCLUDES, *map(str, arguments), "-o", str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return output


class LinkC:
    """The C codec and device core.

    Attributes
    ----------
    ffi, lib
        As cffi has them, for what is not wrapped here.
    """

    def __init__(self, folder: Path) -> None:
        library = compiled(folder / "link.so", *SANITIZED, "-fPIC", "-shared", *SOURCES)
        self.ffi = FFI()
        self.ffi.cdef(_declarations(folder))
        self.lib: Any = self.ffi.dlopen(str(library))

    def encode(self, message: Message) -> bytes:
        """Return the frame that C makes of a message."""
        frame = self.ffi.new("uint8_t[]", self.lib.TSL_LONGEST_FRAME)
        size = self.lib.tsl_encode(self._to_c(message), frame)
        return bytes(self.ffi.buffer(frame, size))

    def framed(self, message: bytes) -> bytes:
        """Return the frame that C makes of the bytes of any message."""
        frame = self.ffi.new("uint8_t[]", len(message) + self.lib.TSL_FRAMING)
        return bytes(self.ffi.buffer(frame, self.lib.tsl_frame(message, len(message), frame)))

    def decoder(self) -> Callable[[bytes], list[Verdict]]:
        """Begin a conversation; the function returned is fed with what comes."""
        decoder = self.ffi.new("tsl_decoder *")
        self.lib.tsl_decoder_init(decoder)
        return lambda data: list(self._received(decoder, data))

    def decoded(self, pieces: Sequence[bytes]) -> list[Verdict]:
        """Return what a whole stream says."""
        receive = self.decoder()
        return [verdict for piece in pieces for verdict in receive(piece)]

    def _received(self, decoder: Any, data: bytes) -> Iterator[Verdict]:  # noqa: ANN401 - cffi has no types
        message, verdict = self.ffi.new("tsl_message *"), self.ffi.new("tsl_verdict *")
        buffer = self.ffi.from_buffer(data)
        taken = 0
        while taken < len(data):
            taken += self.lib.tsl_receive(
                decoder, buffer + taken, len(data) - taken, message, verdict
            )
            if verdict[0] == self.lib.TSL_MESSAGE:
                yield _from_c(message)
            elif verdict[0] != self.lib.TSL_PENDING:
                yield self._refusals()[verdict[0]]

    def _refusals(self) -> dict[int, Rejection | None]:
        return {
            self.lib.TSL_IGNORED: None,
            self.lib.TSL_OVERLONG: Rejection.OVERLONG,
            self.lib.TSL_BAD_COBS: Rejection.MALFORMED,
            self.lib.TSL_BAD_CRC: Rejection.BAD_CHECKSUM,
            self.lib.TSL_TOO_SHORT: Rejection.BAD_LENGTH,
        }

    def _to_c(self, message: Message) -> Any:  # noqa: ANN401 - cffi has no types
        kind, member, values = _as_c(message)
        return self.ffi.new("tsl_message *", {"type": kind, "as": {member: values}})


def _declarations(folder: Path) -> str:
    """Return the headers as cffi reads them: preprocessed, with no header of the system."""
    for name in ("stdint.h", "stddef.h"):
        (folder / name).touch()
    arguments = ["-E", "-P", "-nostdinc", f"-I{folder}", *INCLUDES]
    header = FOLDER / "porting" / "tsl_device.h"
    done = subprocess.run(
        [needed("gcc"), *arguments, str(header)], capture_output=True, text=True, check=True
    )
    return done.stdout


def _as_c(message: Message) -> tuple[int, str, dict[str, Any]]:
    """Return type, member of the union, and its fields."""
    match message:
        case Request(command=kind, tag=tag, rate_mhz=rate_mhz):
            return kind, "command", {"tag": tag, "rate_mHz": rate_mhz or 0}
        case Sample():
            has = (message.displacement_um is not None, message.acceleration_cm_s2 is not None)
            plain = 0x10 if message.angle_cdeg is None else 0x1C
            return (
                plain + has[0] + 2 * has[1],
                "sample",
                {
                    "seq": message.seq,
                    "time_us": message.time_us,
                    "force_uN": message.force_un,
                    "displacement_um": message.displacement_um or 0,
                    "acceleration_cm_s2": message.acceleration_cm_s2 or 0,
                    "angle_cdeg": message.angle_cdeg or 0,
                },
            )
        case Text(what=what, part=part, data=data):
            return 0x23, "text", {"what": what, "part": part, "length": len(data), "bytes": data}
        case _:
            kind, member, names = _MEMBERS[type(message)]
            return kind, member, {c: getattr(message, ours) for c, ours in names.items()}


_MEMBERS: dict[type, tuple[int, str, dict[str, str]]] = {
    Marker: (0x18, "marker", {"count": "count", "time_us": "time_us"}),
    FaultChange: (0x19, "fault", {"code": "code", "state": "state", "time_us": "time_us"}),
    Hello: (
        0x20,
        "hello",
        {
            "version_major": "major",
            "version_minor": "minor",
            "capabilities": "capabilities",
            "rate_mHz": "rate_mhz",
            "fastest_mHz": "fastest_mhz",
        },
    ),
    Range: (
        0x21,
        "range",
        {"least_uN": "least_un", "most_uN": "most_un", "resolution_uN": "resolution_un"},
    ),
    Tip: (
        0x22,
        "tip",
        {"shape": "shape", "area_mm2_1000": "area", "area_u_mm2_1000": "area_u"},
    ),
    Battery: (0x24, "battery", {"percent": "percent", "millivolt": "millivolt"}),
    SensorTemperature: (0x25, "temperature", {"centi_celsius": "centi_celsius"}),
    Reply: (
        0x2F,
        "reply",
        {"tag": "tag", "command": "command", "result": "result", "value": "value"},
    ),
}
_BY_TYPE = {kind: (ours, member, names) for ours, (kind, member, names) in _MEMBERS.items()}


def _from_c(message: Any) -> Message:  # noqa: ANN401 - cffi has no types
    kind = message.type
    inside = getattr(message, "as")
    if kind <= 0x0F:
        rate_mhz = inside.command.rate_mHz if kind == 0x05 else None
        return Request(command=kind, tag=inside.command.tag, rate_mhz=rate_mhz)
    if kind <= 0x13 or 0x1C <= kind <= 0x1E:
        sample = inside.sample
        return Sample(
            seq=sample.seq,
            time_us=sample.time_us,
            force_un=sample.force_uN,
            displacement_um=sample.displacement_um if kind & 1 else None,
            acceleration_cm_s2=sample.acceleration_cm_s2 if kind & 2 else None,
            angle_cdeg=sample.angle_cdeg if kind >= 0x1C else None,
        )
    if kind == 0x23:
        text = inside.text
        return Text(what=text.what, part=text.part, data=bytes(text.bytes)[: text.length])
    ours, member, names = _BY_TYPE[kind]
    values = getattr(inside, member)
    made: Message = ours(**{mine: getattr(values, c) for c, mine in names.items()})
    return made
