"""The catch of a stretch, or a slip: resistance changes at once beyond spring, damper and mass.

Looked for in one stretch by itself, as a rise or a fall that stays or fades, beside a law of motion
that is free to be that stretch's own: tissue that stiffens towards its end makes no catch, nor does
an inertia that is a little off. After A. D. Pandyan and others (Clin Biomech 16 (2001), 859-865),
who read the departure from a linear resistance.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.movement.stretch_noise import NoisyFit
from tissuesense.analysis.movement.stretch_points import StretchPoints
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate

_RISES_S = (0.02, 0.05, 0.12, 0.3)
_POWERS = (1, 2)  # it sets in at once, or softly
_FADES_S = (0.15, 0.4, math.inf)
_PLACES = 41
_FIRST_SHARE, _LAST_SHARE = 0.08, 0.92
_LEAST_CATCH, _LEAST_SLIP = 0.06, 0.2  # of the range of the torque
_FEWEST_POINTS = 10
_SETS_IN_S = 0.01  # when a rise that sets in softly has begun is no sharper than this


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """Least log-likelihood ratio, doubled, and the vaguest angle, as a share of the way."""

    ratio: float
    vague: float


_SUSPECTED = _Limits(ratio=9.0, vague=0.3)
_CERTAIN = _Limits(ratio=22.0, vague=0.12)  # so few false ones that a session seldom has any


@dataclass(frozen=True, slots=True, kw_only=True)
class SuddenChange:
    """Where the torque leaves the law of the limb at once.

    Attributes
    ----------
    rises
        A catch; else the hand slipped, or the muscle gave way.
    """

    angle_deg: Estimate
    rises: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidates:
    """Where and how a stretch may change: c of them, for m points.

    Attributes
    ----------
    at_s
        When each begins, shape (c,).
    courses
        How each goes on at the points, for a height of 1, shape (m, c).
    """

    at_s: FloatArray
    courses: FloatArray


def candidates(points: StretchPoints) -> Candidates:
    """Return every change that is looked for in a stretch."""
    first_s, last_s = points.at_s[[0, -1]]
    places = np.linspace(_FIRST_SHARE, _LAST_SHARE, _PLACES) * (last_s - first_s) + first_s
    since = np.maximum(points.sample_s[:, None] - places, 0.0)
    courses = [
        points.filters[0] @ (-np.expm1(-((since / rise) ** power)) * np.exp(-since / fade))
        for rise, power, fade in itertools.product(_RISES_S, _POWERS, _FADES_S)
    ]
    return Candidates(at_s=np.tile(places, len(courses)), courses=np.concatenate(courses, axis=1))


def suspect_change(
    points: StretchPoints, tried: Candidates, quiet: NoisyFit, angle_u_deg: float
) -> SuddenChange | None:
    """Look for a sudden change before the law of the limb is known: beside the stretch's own.

    Noise of the angle makes such a law too weak, so that some are suspected where there is none;
    what is suspected is left out of the joint fit, and `find_change` then decides.

    Parameters
    ----------
    points
        Of one stretch, closely spaced.
    tried
        Its `candidates`.
    quiet
        How the torque scatters where nothing catches.
    angle_u_deg
        Of one reading of the angle.
    """
    if points.at_s.size < _FEWEST_POINTS:
        return None
    law = np.column_stack((points.angle_rad, points.speed_rad_s, points.acceleration_rad_s2))
    design = np.column_stack((law, _parabola(points)))
    by_angle = np.asarray(np.linalg.lstsq(design, points.torque_n_m)[0][:3], dtype=np.float64)
    noise = quiet.noise_of(points, by_angle)
    look = _Look(points=points, tried=tried, design=design, noise=noise, angle_u_deg=angle_u_deg)
    return look.search(points.torque_n_m, _SUSPECTED)


def find_change(
    points: StretchPoints, tried: Candidates, fit: NoisyFit, angle_u_deg: float
) -> SuddenChange | None:
    """Return where a stretch catches or slips, as the points count the angle.

    Looked for in what the joint `fit` leaves, beside a parabola in the angle.
    """
    if points.at_s.size < _FEWEST_POINTS:
        return None
    left = points.torque_n_m - points.design() @ fit.coefficients
    look = _Look(
        points=points,
        tried=tried,
        design=_parabola(points),
        noise=fit.noise_of(points),
        angle_u_deg=angle_u_deg,
    )
    return look.search(left, _CERTAIN)


def _parabola(points: StretchPoints) -> FloatArray:
    angle = points.angle_rad - points.angle_rad.mean()
    return np.asarray(np.power.outer(angle, np.arange(3.0)), dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """One stretch, the smooth columns that may explain it, shape (m, d), and its noise."""

    points: StretchPoints
    tried: Candidates
    design: FloatArray
    noise: FloatArray
    angle_u_deg: float

    def search(self, torque_n_m: FloatArray, limits: _Limits) -> SuddenChange | None:
        """Look for the change that explains most of a torque beside the smooth columns."""
        triangle = np.linalg.cholesky(self.noise)
        whitened = np.linalg.solve(
            triangle, np.column_stack((self.design, torque_n_m, self.tried.courses))
        )
        width = self.design.shape[1]
        basis, _ = np.linalg.qr(whitened[:, :width])
        rest = whitened[:, width:] - basis @ (basis.T @ whitened[:, width:])
        freedom = rest.shape[0] - width - 1
        rise_and_fall = _best_each_way(rest, freedom)
        first = next((one for one in rise_and_fall if self._stands_out(one, limits)), None)
        if first is None:
            return None
        found = self._change(first, limits)
        if found is None or not found.rises:
            return found
        # What rises again after a slip is no catch.
        along = rest[:, 1 + first.place]
        along = along / math.sqrt(first.length)
        second = _best_each_way(rest - np.outer(along, along @ rest), freedom - 1)[0]
        earlier = self.tried.at_s[second.place] < self.tried.at_s[first.place]
        if not second.rises and earlier and self._stands_out(second, limits):
            return self._change(second, limits) or found
        return found

    def _stands_out(self, best: "_Best", limits: _Limits) -> bool:
        height = abs(best.height) * float(self.tried.courses[:, best.place].max())
        least = _LEAST_CATCH if best.rises else _LEAST_SLIP
        enough = height >= least * float(np.ptp(self.points.torque_n_m))
        return enough and bool(best.gains[best.place] >= limits.ratio)

    def _change(self, best: "_Best", limits: _Limits) -> SuddenChange | None:
        angle = _angle(self.points, self.tried.at_s, best.gains, self.angle_u_deg)
        if angle.u > limits.vague * float(np.degrees(np.ptp(self.points.angle_rad))):
            return None
        return SuddenChange(angle_deg=angle, rises=best.rises)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Best:
    """The candidate that explains most, and the gains of all that go its way, shape (c,)."""

    place: int
    height: float
    length: float
    gains: FloatArray

    @property
    def rises(self) -> bool:
        return self.height > 0


def _best_each_way(rest: FloatArray, freedom: int) -> list[_Best]:
    """Return the best rise and the best fall, the better first.

    The candidates stand beside the torque, in white noise.
    """
    torque, seen = rest[:, 0], rest[:, 1:]
    lengths = np.maximum(np.einsum("mc,mc->c", seen, seen), 1e-12)
    heights = (torque @ seen) / lengths
    gains = heights**2 * lengths
    scatter = (float(torque @ torque) - float(gains.max())) / freedom
    found = []
    for this_way in (heights > 0, heights < 0):
        of_this = np.where(this_way, gains, 0.0)
        place = int(np.argmax(of_this))
        found.append(
            _Best(
                place=place,
                height=float(heights[place]),
                length=float(lengths[place]),
                gains=of_this / max(scatter, 1.0),
            )
        )
    return sorted(found, key=lambda one: -float(one.gains.max()))


def changes_from_s(points: StretchPoints, change: SuddenChange) -> float:
    """Return the time from which on a stretch may have changed."""
    earliest_deg = change.angle_deg.value - 2 * change.angle_deg.u
    passed = np.flatnonzero(points.angle_rad >= math.radians(earliest_deg))
    return float(points.at_s[passed[0]] if passed.size else points.at_s[-1])


def _angle(
    points: StretchPoints, at_s: FloatArray, gains: FloatArray, angle_u_deg: float
) -> Estimate:
    """Return the mean angle of the candidates, weighed by how likely each is."""
    weight = np.exp((gains - gains.max()) / 2)
    weight /= weight.sum()
    angle = np.degrees(np.interp(at_s, points.at_s, points.angle_rad))
    mean = float(weight @ angle)
    spread = math.sqrt(float(weight @ (angle - mean) ** 2))
    # Between two candidates nothing is told apart.
    step_s = at_s[1] - at_s[0]
    speed = float(np.degrees(np.interp(float(weight @ at_s), points.at_s, points.speed_rad_s)))
    budget = {
        "onset": spread,
        "places tried": abs(speed) * float(step_s) / math.sqrt(12.0),
        "definition": abs(speed) * _SETS_IN_S,
        "angle": angle_u_deg,
    }
    return Estimate.from_budget(mean, budget, unit="deg")
