"""From what a gauge indicates to newtons, with the uncertainty that the calibration leaves."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import CalibrationError, UsageError

_ZERO3 = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``force_n = offset_n + gain * indicated + curvature_per_n * indicated**2``.

    Attributes
    ----------
    covariance
        3 x 3 covariance of (offset, gain, curvature), in matching units.
    residual_n
        Standard uncertainty that the curve leaves at every force (repeatability, resolution).
    range_n
        Indicated forces that the calibration covers.
    """

    identifier: str
    instrument: str
    gain: float = 1.0
    offset_n: float = 0.0
    curvature_per_n: float = 0.0
    covariance: tuple[tuple[float, float, float], ...] = field(default=_ZERO3)
    residual_n: float = 0.0
    range_n: tuple[float, float] = (-math.inf, math.inf)
    performed_on: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        coefficients = (self.gain, self.offset_n, self.curvature_per_n, self.residual_n)
        if not all(math.isfinite(c) for c in coefficients):
            raise UsageError("Calibration coefficients must be finite.")
        if self.gain == 0:
            raise UsageError("A calibration gain of 0 would erase every force.")
        if self.residual_n < 0:
            raise UsageError(f"A standard uncertainty is not negative, not {self.residual_n}.")
        if not self.range_n[0] < self.range_n[1]:
            raise UsageError(f"A calibrated range goes from low to high, not {self.range_n}.")
        matrix = np.asarray(self.covariance, dtype=np.float64)
        if matrix.shape != (3, 3) or not np.allclose(matrix, matrix.T):
            raise UsageError("A calibration covariance is a symmetric 3 x 3 matrix.")
        if np.linalg.eigvalsh(matrix).min() < -1e-12 * max(1.0, float(np.trace(matrix))):
            raise UsageError("A calibration covariance must not have negative variances.")

    def check(self, *, instrument: str | None, on: date | None) -> None:
        """Refuse to be used for another instrument or after the validity has ended.

        Raises
        ------
        CalibrationError
            When it does not apply.
        """
        if instrument is not None and instrument != self.instrument:
            raise CalibrationError(
                f"Calibration {self.identifier} is of instrument '{self.instrument}', "
                f"not of '{instrument}'.",
                hint="Choose the calibration of this gauge.",
            )
        if on is not None and self.valid_until is not None and on > self.valid_until:
            raise CalibrationError(
                f"Calibration {self.identifier} was valid until {self.valid_until}.",
                hint="Check the gauge with known masses and calibrate it again.",
            )

    def apply(self, indicated_n: FloatArray) -> FloatArray:
        """Return the force for what the gauge indicated, shape (n,)."""
        x = column(indicated_n, "indicated_n")
        return self.offset_n + x * (self.gain + x * self.curvature_per_n)

    def standard_uncertainty_n(self, indicated_n: FloatArray) -> FloatArray:
        """Return the standard uncertainty of each applied force, shape (n,).

        Raises
        ------
        CalibrationError
            When a value lies outside the range that was calibrated.
        """
        x = column(indicated_n, "indicated_n")
        low, high = self.range_n
        if x.size and (x.min() < low or x.max() > high):
            worst = float(x.max() if x.max() > high else x.min())
            raise CalibrationError(
                f"An indicated force of {worst:.2f} N lies outside the calibrated range "
                f"{low:g} to {high:g} N.",
                hint="Calibrate over the range that is used.",
            )
        sensitivity = np.stack([np.ones_like(x), x, x * x])
        variance = np.einsum("in,ij,jn->n", sensitivity, np.asarray(self.covariance), sensitivity)
        return np.asarray(np.sqrt(np.maximum(variance, 0.0) + self.residual_n**2))

    def difference_uncertainty_n(self, low_n: float, high_n: float) -> float:
        """Return the standard uncertainty of a force above a baseline; the offset cancels."""
        step = np.array([0.0, high_n - low_n, high_n**2 - low_n**2])
        variance = float(step @ np.asarray(self.covariance) @ step)
        return math.sqrt(max(variance, 0.0) + 2 * self.residual_n**2)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for a side-car or a record; `from_dict` reads it back exactly."""
        low, high = self.range_n
        return {
            "id": self.identifier,
            "instrument": self.instrument,
            "gain": self.gain,
            "offset_n": self.offset_n,
            "curvature_per_n": self.curvature_per_n,
            "covariance": [list(row) for row in self.covariance],
            "residual_n": self.residual_n,
            "range_n": [low if math.isfinite(low) else None, high if math.isfinite(high) else None],
            "performed_on": self.performed_on.isoformat() if self.performed_on else None,
            "valid_until": self.valid_until.isoformat() if self.valid_until else None,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Calibration":
        """Read what `to_dict` wrote.

        Raises
        ------
        UsageError
            When a field is missing or of the wrong kind.
        """
        if not isinstance(data, Mapping):
            raise UsageError(f"A calibration must be an object with fields, not {data!r}.")
        try:
            low, high = data.get("range_n") or (None, None)
            first, second, third = (
                (float(a), float(b), float(c)) for a, b, c in data.get("covariance") or _ZERO3
            )
            return cls(
                identifier=str(data["id"]),
                instrument=str(data["instrument"]),
                gain=float(data.get("gain", 1.0)),
                offset_n=float(data.get("offset_n", 0.0)),
                curvature_per_n=float(data.get("curvature_per_n", 0.0)),
                covariance=(first, second, third),
                residual_n=float(data.get("residual_n", 0.0)),
                range_n=(
                    -math.inf if low is None else float(low),
                    math.inf if high is None else float(high),
                ),
                performed_on=_day(data.get("performed_on")),
                valid_until=_day(data.get("valid_until")),
            )
        except (KeyError, TypeError, ValueError) as err:
            raise UsageError(f"A calibration could not be read: {err!r}.") from err


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
