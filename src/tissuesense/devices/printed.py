"""Forces printed as decimal text, such as ``-18.78 lbF``."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from tissuesense.core.units import newton_per_unit
from tissuesense.devices.codec import Event, ForceReading, Rejection
from tissuesense.devices.framing import rejected

# ``float()`` would also take 1_0, nan, inf, blanks and the digits of other scripts.
DECIMAL = rb"[+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})"
# What printf and Arduino's Print say for a number that is none.
NOT_FINITE = rb"[+-]?(?:nan|inf(?:inity)?|ovf)"

_SIGN_APART = re.compile(rb"^([+-]) +")
_PRINTED = re.compile(
    rb"(?:(?P<number>" + DECIMAL + rb")|(?i:" + NOT_FINITE + rb"))[ \t]*(?P<unit>"
    # Torque is printed as a product: no force, but a unit.
    rb"(?:[A-Za-z]+(?:\.[A-Za-z]+)*)?)"
)


def untimed(force_n: float, t_host_s: float) -> ForceReading:
    """Return the reading of a gauge without a clock; a zero whose sign was turned is no -0.0."""
    return ForceReading(force_n=force_n + 0.0, t_device_s=None, t_host_s=t_host_s)


@dataclass(slots=True, kw_only=True)
class ForceText:
    """How a model prints forces, and in which unit this gauge last did.

    Attributes
    ----------
    units
        Units that the model prints, lower-case.
    assumed_newton_per_unit
        What a number without a unit counts; None refuses it. So does a gauge that has named
        another unit itself: that line lost its unit, or the gauge was set to numbers alone.
    sign
        -1 turns the sign of the wire, so that pushing comes out positive.
    sign_apart
        Blanks may stand between the sign and the digits.
    """

    units: Collection[str]
    assumed_newton_per_unit: float | None = None
    sign: float = 1.0
    sign_apart: bool = False
    _named_newton_per_unit: float | None = field(default=None, init=False)

    def decode(self, line: bytes, t_host_s: float) -> list[Event]:
        """Return what a line says that holds a force and nothing else."""
        force = self.newtons(line)
        if not isinstance(force, float):
            return [rejected(force, line)]
        return [untimed(force, t_host_s)]

    def newtons(self, text: bytes) -> float | Rejection:
        """Return the force that `text` states, or why it states none."""
        match = _PRINTED.fullmatch(_SIGN_APART.sub(rb"\1", text) if self.sign_apart else text)
        if match is None:
            return Rejection.MALFORMED
        if match["number"] is None:
            return Rejection.NOT_FINITE
        factor = self._newton_per(match["unit"].decode("ascii"))
        if factor is None:
            return Rejection.BAD_UNIT
        return self.sign * factor * float(match["number"])

    def _newton_per(self, unit: str) -> float | None:
        if not unit:
            contradicted = self._named_newton_per_unit not in {None, self.assumed_newton_per_unit}
            return None if contradicted else self.assumed_newton_per_unit
        if unit.lower() not in self.units:
            return None
        self._named_newton_per_unit = newton_per_unit(unit)
        return self._named_newton_per_unit
