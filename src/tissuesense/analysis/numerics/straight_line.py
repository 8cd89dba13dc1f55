"""A least-squares line, and the inverse question of where it reaches a given height.

Source of the inverse interval: Fieller EC (1954) Some problems in interval estimation, J R Stat Soc
B 16:175-185. It is bounded only where the slope is beyond doubt; a symmetric interval would hide
that.
"""

import math
from dataclasses import dataclass

from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome, coverage_factor

FEWEST_POINTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightLine:
    """The line ``y = y_mean + slope (x - x_mean)``.

    Attributes
    ----------
    slope
        With Student's t on n - 2 degrees of freedom.
    spread_x
        Sum of (x - x_mean) squared.
    residual_sd
        Scatter about the line.
    """

    n: int
    x_mean: float
    y_mean: float
    slope: Estimate
    spread_x: float
    residual_sd: float

    def reaching(self, y: float, *, unit: str) -> Outcome:
        """Return the x where the line is at height `y`, with Fieller's 95 % interval."""
        b, s = self.slope.value, self.residual_sd
        t = coverage_factor(self.n - 2)
        g = (t * s / b) ** 2 / self.spread_x if b else math.inf
        if g >= 1:
            return NotEstimable(
                reason=QualityFlag.UNBOUNDED,
                detail="The line might as well be level: no interval holds the place that is "
                "asked for. More stimuli, further apart, are needed.",
            )
        off = (y - self.y_mean) / b
        spread = off**2 / self.spread_x
        half = t * s / math.fabs(b) * math.sqrt((1 - g) / self.n + spread)
        return Estimate(
            value=self.x_mean + off,
            standard_uncertainty=s / math.fabs(b) * math.sqrt(1 / self.n + spread),
            unit=unit,
            dof=self.n - 2,
            interval95=(
                self.x_mean + (off - half) / (1 - g),
                self.x_mean + (off + half) / (1 - g),
            ),
        )


def straight_line(x: FloatArray, y: FloatArray, *, unit: str) -> StraightLine | None:
    """Fit a line to at least three points at two places; None for fewer.

    Parameters
    ----------
    x, y
        Shape (n,).
    unit
        Of the slope.
    """
    x_mean, y_mean = float(x.mean()) if x.size else 0.0, float(y.mean()) if y.size else 0.0
    dx, dy = x - x_mean, y - y_mean
    spread_x = float(dx @ dx)
    if x.size < FEWEST_POINTS or not spread_x > 0:
        return None
    slope = float(dx @ dy) / spread_x
    left = dy - slope * dx
    residual_sd = math.sqrt(float(left @ left) / (x.size - 2))
    return StraightLine(
        n=x.size,
        x_mean=x_mean,
        y_mean=y_mean,
        slope=Estimate(
            value=slope,
            standard_uncertainty=residual_sd / math.sqrt(spread_x),
            unit=unit,
            dof=x.size - 2,
        ),
        spread_x=spread_x,
        residual_sd=residual_sd,
    )
