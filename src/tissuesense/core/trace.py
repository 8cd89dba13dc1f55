"""A trace: the columns that a sensor gave, on one strictly increasing time axis."""

import enum
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from tissuesense.core.arrays import FloatArray, column, frozen
from tissuesense.core.errors import UsageError
from tissuesense.core.timebase import usual_rate_hz


class ClockSource(enum.StrEnum):
    """Whose clock the times are of."""

    DEVICE = "device"
    HOST = "host"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """Samples as they were indicated: nothing filtered, nothing tared.

    Every column is float64 of shape (n,) and read-only; columns that the sensor does not have are
    None. Two traces are equal when their content is.

    Attributes
    ----------
    t_s
        Strictly increasing time.
    force_n
        Pressing is positive.
    marker
        1 while the client's stop signal is on, else 0.
    """

    t_s: FloatArray
    force_n: FloatArray | None = None
    displacement_mm: FloatArray | None = None
    acceleration_m_s2: FloatArray | None = None
    angle_deg: FloatArray | None = None
    torque_n_m: FloatArray | None = None
    marker: FloatArray | None = None
    clock: ClockSource = ClockSource.FILE

    def __post_init__(self) -> None:
        object.__setattr__(self, "t_s", column(self.t_s, "t_s"))
        for name, values in self.columns():
            object.__setattr__(self, name, column(values, name))
            if values.size != self.t_s.size:
                raise UsageError(f"{name} has {values.size} samples where t_s has {self.t_s.size}.")
        back = np.flatnonzero(self.t_s[1:] <= self.t_s[:-1])  # a difference could overflow
        if back.size:
            raise UsageError(f"t_s must increase strictly; it does not at index {back[0] + 1}.")

    def columns(self) -> Iterator[tuple[str, FloatArray]]:
        """Yield (name, values) of every column that is there, time left out."""
        for name in COLUMN_NAMES:
            values = getattr(self, name)
            if values is not None:
                yield name, values

    @property
    def size(self) -> int:
        """Number of samples."""
        return int(self.t_s.size)

    @property
    def duration_s(self) -> float:
        """From the first sample to the last."""
        return float(self.t_s[-1] - self.t_s[0]) if self.size else 0.0

    @property
    def sample_rate_hz(self) -> float | None:
        """Samples a second outside gaps; None for fewer than two samples."""
        return usual_rate_hz(self.t_s)

    @property
    def sha256(self) -> str:
        """Hash of names and values of every column, little endian; the trace's identity."""
        digest = hashlib.sha256()
        for name, values in (("t_s", self.t_s), *self.columns()):
            digest.update(name.encode() + b"\0" + values.astype("<f8").tobytes())
        return digest.hexdigest()

    def between(self, start_s: float, end_s: float) -> "Trace":
        """Return the part with start <= time <= end."""
        first = np.searchsorted(self.t_s, start_s, side="left")
        last = np.searchsorted(self.t_s, end_s, side="right")
        part = slice(int(first), int(last))
        return Trace(
            t_s=self.t_s[part],
            clock=self.clock,
            **{name: values[part] for name, values in self.columns()},
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trace) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)


COLUMN_NAMES = tuple(f.name for f in fields(Trace) if f.name not in {"t_s", "clock"})


class TraceBuilder:
    """Collect rows as they arrive; give a `Trace` at any moment.

    Its columns are those of the first row, and of every other. The marker alone may come later.
    """

    def __init__(self, clock: ClockSource) -> None:
        self._clock = clock
        self._t_s: list[float] = []
        self._columns: dict[str, list[float]] = {}
        self._marks_s: list[float] = []

    def __len__(self) -> int:
        return len(self._t_s)

    def add(
        self,
        t_s: float,
        force_n: float | None = None,
        displacement_mm: float | None = None,
        acceleration_m_s2: float | None = None,
        angle_deg: float | None = None,
    ) -> bool:
        """Add one row; return False, adding nothing, when its time is not later than the last.

        Raises
        ------
        UsageError
            When a column is there for some rows only.
        """
        if self._t_s and t_s <= self._t_s[-1]:
            return False
        stated = (
            ("force_n", force_n),
            ("displacement_mm", displacement_mm),
            ("acceleration_m_s2", acceleration_m_s2),
            ("angle_deg", angle_deg),
        )
        row = {name: value for name, value in stated if value is not None}
        if not self._t_s:
            self._columns = {name: [] for name in row}
        for name in row.keys() ^ self._columns.keys():
            raise UsageError(f"A trace has a value of {name} for every row or for none.")
        self._t_s.append(t_s)
        for name, value in row.items():
            self._columns[name].append(value)
        return True

    def mark(self, t_s: float) -> None:
        """Note that the client signalled at `t_s`."""
        self._marks_s.append(t_s)

    @property
    def marks_s(self) -> tuple[float, ...]:
        """When the client signalled, in trace time."""
        return tuple(self._marks_s)

    def build(self) -> Trace:
        """Return everything so far; the marker is 1 at the first sample at or after each signal."""
        t_s = np.array(self._t_s, dtype=np.float64)
        marker = None
        if self._marks_s:
            marker = np.zeros(t_s.size)
            rows = np.searchsorted(t_s, self._marks_s)
            marker[rows[rows < t_s.size]] = 1.0
        return Trace(
            t_s=t_s,
            marker=None if marker is None else frozen(marker),
            clock=self._clock,
            **{name: np.array(values, dtype=np.float64) for name, values in self._columns.items()},
        )
