"""Numbers of another instrument or an earlier time, taken in without the samples they came from."""

import enum
import re
import statistics
from dataclasses import dataclass
from datetime import datetime

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite
from tissuesense.record.checks import check_finite, check_moment, check_text
from tissuesense.record.visit import Block

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class HistoricFlag(enum.StrEnum):
    """What is to be known of a number before it is used."""

    RAW_ABSENT = "raw_absent"
    TIME_UNKNOWN = "time_unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricQuantity:
    """One quantity as another instrument gave it.

    Attributes
    ----------
    name
        Never the name of a number that this program computes: `myotonpro_stiffness` and
        `tap_stiffness` are two things, and no chart puts them on one line.
    values
        Every value that the file gives, one a tap or a trial, in the file's order.
    unit
        UCUM.
    method
        How the instrument came by it, as far as is known.
    """

    name: str
    values: tuple[float, ...]
    unit: str
    method: str = ""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise UsageError("The name of a quantity is a lower-case word such as peak_force.")
        if not self.values:
            raise UsageError(f"{self.name} has no value.")
        for value in self.values:
            check_finite(self.name, value)
        check_text("unit", self.unit, required=True)
        check_text("method", self.method)

    @property
    def n(self) -> int:
        """How many values there are."""
        return len(self.values)

    @property
    def value(self) -> float:
        """The median of the values; their spread says how well it is known."""
        return statistics.median(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricMeasurement:
    """What was measured at one site, elsewhere or before; the samples are not there any more.

    Attributes
    ----------
    measured_at
        With flag ``time_unknown`` only the day is known, and the hour is noon.
    instrument
        Make and serial number, as far as is known.
    source_sha256
        SHA-256 of the file that it was taken from.
    site_as_named
        What the file calls the site.
    circumstances
        What else the file says of the place and of the muscle: "Central, Lying, Relaxed".
    probe_area_cm2
        Area of the tip; a quantity that is a pressure is not kept without it.
    """

    site: BodySite
    measured_at: datetime
    instrument: str
    quantities: tuple[HistoricQuantity, ...]
    source_sha256: str
    block: Block = Block.PRE
    site_as_named: str = ""
    circumstances: str = ""
    probe_area_cm2: float | None = None
    flags: tuple[HistoricFlag, ...] = (HistoricFlag.RAW_ABSENT,)

    def __post_init__(self) -> None:
        check_moment("measured_at", self.measured_at)
        for name in ("instrument", "site_as_named", "circumstances"):
            check_text(name, getattr(self, name))
        if not self.quantities:
            raise UsageError("A historic measurement needs at least one quantity.")
        if len({quantity.name for quantity in self.quantities}) < len(self.quantities):
            raise UsageError("A historic measurement names a quantity twice.")
        if not _SHA256.fullmatch(self.source_sha256):
            raise UsageError("source_sha256 is the SHA-256 of a file, 64 hexadecimal digits.")
        check_finite("probe_area_cm2", self.probe_area_cm2)
        if self.probe_area_cm2 is not None and self.probe_area_cm2 <= 0:
            raise UsageError("probe_area_cm2 must be positive.")
        if HistoricFlag.RAW_ABSENT not in self.flags:
            raise UsageError("A historic measurement has no samples; its flag raw_absent says so.")

    def quantity(self, name: str) -> HistoricQuantity | None:
        """Return one quantity; None where the file had none of that name."""
        return next((quantity for quantity in self.quantities if quantity.name == name), None)
