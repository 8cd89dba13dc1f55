"""Plain lines of text, as microcontroller sketches print them: the wire for a gauge of one's own.

There is no standard for such lines (sketches for the HX711 bridge amplifier print whatever their
author liked), so this grammar is ours::

    line          = reading | stop | comment
    reading       = [time ","] (force | labelled) {"," motion}
                  | [time " ms,"] motion {"," motion}   a gauge that measures no force
                  | whole (tab | ";") force          the whole number is a time or a raw count
    labelled      = label (":" | "=") number ...     one of the labels says that it is the force
    stop          = [time ","] "stop"                the client signalled
    comment       = "#" anything                     a banner, a name
    time          = whole milliseconds since the board started, 0 to 4294967295, ["ms"]
    force         = decimal [unit]                   unit: N, kgf, gf, lbf, ozf, ..., or unit=
    motion        = decimal ("mm" | "deg" | "m/s2")  displacement, angle, acceleration; each once

What tells the fields apart: a motion always says its unit, a time is a whole number without sign
or with ``ms``, and never stands alone. So ``12.5`` is a force, ``1234,12.5`` a time and a force,
``12,3.2 mm`` a force and a displacement; ``12.5,3.2`` and ``12,5 N``, which may have a decimal
comma, are refused rather than guessed at. Without a force a line needs an angle or an
acceleration, and its time needs its unit: ``1234 ms,34.2 deg``, for ``1234,34.2 deg`` is a force
of 1234 and an angle. Behind a tab or a semicolon sketches print raw counts as
often as milliseconds: the force is read, the whole number is not used. A label must be one that can
only mean the force; ``Reading: 12.3 lbs calibration_factor: -7050`` is 12.3 lbf, a calibration
factor alone is nothing. Where neither line nor label says the unit, a labelled or tabulated force
has a decimal point: raw counts have none.
"""

import re
from collections.abc import Sequence
from functools import partial

from tissuesense.core.printable import printable
from tissuesense.devices.codec import (
    Codec,
    DeviceText,
    Event,
    ForceReading,
    MarkerPressed,
    MotionReading,
    Rejection,
    WireSample,
)
from tissuesense.devices.framing import LineFramer, rejected
from tissuesense.devices.printed import DECIMAL, ForceText
from tissuesense.devices.profile import (
    BleLink,
    Confidence,
    DeviceProfile,
    SerialLink,
    WireParameters,
)
from tissuesense.devices.simulate import print_force
from tissuesense.devices.text_codec import TextCodec

_LONGEST_LINE = 96
_UNITS = frozenset({"n", "mn", "kn", "kgf", "kg", "gf", "g", "lbf", "lb", "lbs", "ozf", "oz"})
_UNIT = rb"(?i:" + "|".join(sorted(_UNITS)).encode() + rb")"
_TIME = re.compile(rb"(?P<ms>\d{1,10})(?P<unit>[ \t]*ms)?")
_MOTION = re.compile(rb"(" + DECIMAL + rb")[ \t]*(mm|deg|m/s2)")
_COLUMNS = {b"mm": "displacement_mm", b"deg": "angle_deg", b"m/s2": "acceleration_m_s2"}
# A bare displacement is the display of a calliper, of which nobody could say what it touches.
_ENOUGH_ALONE = {"angle_deg", "acceleration_m_s2"}
_STOP = b"stop"
_CLOCK_PERIOD_MS = 2**32  # millis() of Arduino counts in 32 bits

# What the serial monitor of the Arduino IDE puts before each line of a log.
_MONITOR_STAMP = re.compile(rb"\A\d\d:\d\d:\d\d\.\d{3} -> ")
_BEHIND_WHOLE_NUMBER = re.compile(rb"\d{1,10}[ \t]*[\t;][ \t]*([+-]?[.\d].*)")
_SAYS_MORE_THAN_A_COUNT = re.compile(rb"[.A-Za-z]")
_LABELLED = re.compile(
    rb"(?P<label>[A-Za-z][\w ./-]*?)[ \t]*(?:[(\[](?P<unit>" + _UNIT + rb")[)\]][ \t]*)?[:=][ \t]*"
    rb"(?P<force>" + DECIMAL + rb"(?:[ \t]*" + _UNIT + rb")?)(?:[ \t,;|]+|$)"
)
# "12,5 N" is 12.5 N to much of the world, and would be 5 N at 12 ms here.
_MAYBE_DECIMAL_COMMA = re.compile(rb"\d{1,3},\d{1,3}[ \t]*[A-Za-z]*")
_LABEL_WORD = re.compile(rb"[a-z0-9]+")
_NAMES_A_FORCE = frozenset({b"force", b"load", b"weight", b"mass", b"reading"})
_MAY_STAND_BY = frozenset({b"one", b"current", b"measured", b"cell", b"output", b"val", b"value"})


def text_line_codec(parameters: WireParameters) -> Codec:
    """Decode one line at a time; nothing is ever sent to the board."""
    force = ForceText(
        units=_UNITS,
        assumed_newton_per_unit=parameters.assumed_newton_per_unit,
        sign=parameters.sign,
    )
    lines = LineFramer(_LONGEST_LINE, joined_midway=parameters.joined_midway)
    return TextCodec(PROFILE.model, lines, partial(_decode, force))


def _decode(force: ForceText, line: bytes, t_host_s: float) -> Sequence[Event]:
    line = _MONITOR_STAMP.sub(b"", line)
    if line.startswith(b"#"):
        return [DeviceText(text=printable(line[1:].decode("utf-8", errors="replace").strip()))]
    if _MAYBE_DECIMAL_COMMA.fullmatch(line):
        return [rejected(Rejection.MALFORMED, line)]
    fields = [field.strip(b" \t") for field in line.split(b",")]
    motion = _take_motion(fields)
    t_device_s = _take_time(fields, alone=not _ENOUGH_ALONE.isdisjoint(motion))
    if not fields:
        return [MotionReading(t_device_s=t_device_s, t_host_s=t_host_s, **motion)]
    if len(fields) == 1 and fields[0].lower() == _STOP and not motion:
        return [MarkerPressed(t_device_s=t_device_s, t_host_s=t_host_s)]
    force_n = _newtons(force, b",".join(fields))
    if not isinstance(force_n, float):
        return [rejected(force_n, line)]
    return [ForceReading(force_n=force_n, t_device_s=t_device_s, t_host_s=t_host_s, **motion)]


def _newtons(force: ForceText, text: bytes) -> float | Rejection:
    """Return the force that `text` states in one of the forms of the grammar."""
    if b":" in text or b"=" in text:
        stated = _labelled_force(text)
    elif behind := _BEHIND_WHOLE_NUMBER.fullmatch(text):
        stated = behind[1]
    else:
        return force.newtons(text)
    if stated is None or not _SAYS_MORE_THAN_A_COUNT.search(stated):
        return Rejection.MALFORMED
    return force.newtons(stated)


def _labelled_force(text: bytes) -> bytes | None:
    """Return the one number whose label says force, with its unit; None for none or several."""
    forces, end = [], 0
    while end < len(text):
        item = _LABELLED.match(text, end)
        if item is None:
            return None
        words = set(_LABEL_WORD.findall(item["label"].lower()))
        if words & _NAMES_A_FORCE and words <= _NAMES_A_FORCE | _MAY_STAND_BY:
            forces.append(item["force"] + (item["unit"] or b""))
        end = item.end()
    return forces[0] if len(forces) == 1 else None


def _take_motion(fields: list[bytes]) -> dict[str, float]:
    """Take the last fields that say how something moves, by column, each column once.

    A displacement alone is left where it is: no force stands before it.
    """
    motion: dict[str, float] = {}
    while fields and (match := _MOTION.fullmatch(fields[-1])) and _COLUMNS[match[2]] not in motion:
        if len(fields) == 1 and match[2] == b"mm" and _ENOUGH_ALONE.isdisjoint(motion):
            break
        motion[_COLUMNS[match[2]]] = float(match[1])
        del fields[-1]
    return motion


def _take_time(fields: list[bytes], *, alone: bool) -> float | None:
    """Take the first field when it is a time, in seconds.

    Parameters
    ----------
    alone
        Nothing need come behind it, if it says its unit.
    """
    match = _TIME.fullmatch(fields[0]) if fields else None
    if match is None or int(match["ms"]) >= _CLOCK_PERIOD_MS:
        return None
    if len(fields) == 1 and not (alone and match["unit"]):
        return None
    del fields[0]
    return int(match["ms"]) / 1e3


class TextLineEncoder:
    """A board that prints each sample as it comes, with its time.

    It prints newtons with their unit; where the parameters state a unit, that unit without its
    name. A board that measures no force prints the unit of its time.
    """

    def __init__(self, parameters: WireParameters) -> None:
        self._parameters = parameters

    def samples(self, samples: Sequence[WireSample]) -> bytes:
        """Return a line for each sample, and one more where the client signalled."""
        return "".join(self._lines_of(sample) for sample in samples).encode("ascii")

    def reply(self, request: bytes) -> bytes:
        """Stay silent."""
        del request
        return b""

    def _lines_of(self, sample: WireSample) -> str:
        time_ms = round(sample.t_s * 1e3) % _CLOCK_PERIOD_MS
        fields = [f"{time_ms}", print_force(sample.force_n, self._parameters)]
        if not sample.senses_force:
            fields = [f"{time_ms} ms"]
        fields += [
            f"{value:.4f} {unit.decode()}"
            for unit, column in _COLUMNS.items()
            if (value := getattr(sample, column)) is not None
        ]
        return ",".join(fields) + "\r\n" + (f"{time_ms},stop\r\n" if sample.marker else "")


# Nordic Semiconductor's UART service, which boards with a radio use for lines.
_NORDIC_UART = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
_WRITE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
_NOTIFY = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"

PROFILE = DeviceProfile(
    model="text-line",
    title="Text lines (HX711 and other microcontroller sketches)",
    codec=text_line_codec,
    encoder=TextLineEncoder,
    confidence=Confidence.CONVENTION,
    # An Arduino Uno or Nano resets when the port opens and is silent for one or two seconds.
    serial=SerialLink(baud=115_200, settle_s=2.0),
    ble=BleLink(service=_NORDIC_UART, notify=(_NOTIFY,), write=_WRITE),
    clock_period_s=_CLOCK_PERIOD_MS / 1e3,
    push_sign="positive",
    columns=("force_n", "displacement_mm", "acceleration_m_s2", "angle_deg"),
    parameters=("baud", "unit", "invert"),
    notes=(
        "Lines such as '1234,12.34 N,3.210 mm': time in ms and displacement may be absent, the "
        "unit too if unit= states it. Angle ('34.2 deg') and acceleration ('9.81 m/s2') may follow "
        "the force or stand without one: '1234 ms,34.2 deg'. Lines such as 'Reading: 12.3 lbs' "
        "are read as well; a sketch's greeting is left out and counted, which is no harm. 'stop' "
        "is the client's signal, '#' begins a comment. An HX711 gives 10 or 80 samples a second."
    ),
    sources={"grammar": "this project"},
)
