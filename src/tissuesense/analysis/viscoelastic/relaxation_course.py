"""What was done to the tissue while it relaxed: a step, a ramp that was held, or any motion.

Each course gives the rows of a model that is linear in its stiffnesses: the elastic response and
what each Maxwell branch makes of it, for time constants and the few numbers that shape the
course, all searched for together.
"""

from dataclasses import dataclass, replace
from typing import Protocol, Self

import numpy as np

from tissuesense.analysis.viscoelastic.motion_response import (
    fading_response,
    fading_response_and_slope,
)
from tissuesense.analysis.viscoelastic.relaxation_law import Law, Linear
from tissuesense.core.arrays import FloatArray

# A master curve may span thirty decades; a hand's press does not.
_LARGEST_LOG, _LARGEST_LOG_AFTER_STEP = 25.0, 90.0
_GONE = 200.0
_NEARLY_NOTHING = 1e-9
_DEEPEST_CONTACT = 0.9
# Of end, law's number and contact, those that the shape of a ramp holds: by the law's place in it,
# and its size.
_SHAPE = {(None, 1): [0], (None, 2): [0, 2], (1, 3): [0, 1, 2]}


class Course(Protocol):
    """A press, as a model of its force."""

    @property
    def time_s(self) -> FloatArray:
        """Return the times of the samples, increasing, shape (n,)."""
        ...

    @property
    def shape(self) -> FloatArray:
        """Return where the search begins for the numbers of the course, shape (s,)."""
        ...

    @property
    def law(self) -> Law | None:
        """Return how the elastic response grows with depth; None of a step."""
        ...

    @property
    def law_at(self) -> int | None:
        """Return where in the shape the law's number stands; None where there is none."""
        ...

    def from_shape(self, shape: FloatArray) -> Self:
        """Return the same course, its search begun elsewhere."""
        ...

    def linear(self, shape: FloatArray) -> Self:
        """Return the same course without a law to search for, begun at a shape that has one."""
        ...

    def rows(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the rows and their derivatives for `theta`: m log time constants, the shape.

        The rows, shape (1 + m, n), are the elastic response and each branch's; the derivatives
        have the shape (m + s, 1 + m, n).
        """
        ...

    def responses(self, theta: FloatArray, at_s: FloatArray) -> FloatArray:
        """Return the rows at other times, shape (1 + m, k)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """Full depth at the first sample, and held."""

    time_s: FloatArray
    shape: FloatArray
    law: Law | None = None
    law_at: int | None = None

    def from_shape(self, shape: FloatArray) -> Self:
        """Return itself: there is nothing to search for."""
        del shape
        return self

    def linear(self, shape: FloatArray) -> Self:
        """See `Course`."""
        del shape
        return self

    def rows(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Course`."""
        phi = self.responses(theta, self.time_s)
        d_phi = np.zeros((theta.size, *phi.shape))
        for i, tau_s in enumerate(time_constants(theta, _LARGEST_LOG_AFTER_STEP)):
            d_phi[i, i + 1] = phi[i + 1] * ((self.time_s - self.time_s[0]) / tau_s)
        return phi, d_phi

    def responses(self, theta: FloatArray, at_s: FloatArray) -> FloatArray:
        """See `Course`."""
        since = at_s - self.time_s[0]
        taus_s = time_constants(theta, _LARGEST_LOG_AFTER_STEP)
        branches = [faded(np.maximum(since, 0.0) / tau_s) for tau_s in taus_s]
        return np.asarray(np.stack([np.ones_like(since), *branches]) * (since >= 0))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ramp:
    """Constant speed to an end that is searched for, then held.

    The shape is the end in s; then the law's code, where it has one; then the contact in s, where
    that is searched for instead of being known.
    """

    time_s: FloatArray
    shape: FloatArray
    law: Law
    contact_s: float
    shortest_s: float

    @property
    def law_at(self) -> int | None:
        """See `Course`."""
        return None if isinstance(self.law, Linear) else 1

    def from_shape(self, shape: FloatArray) -> Self:
        """See `Course`."""
        return replace(self, shape=shape)

    def linear(self, shape: FloatArray) -> Self:
        """See `Course`."""
        return replace(self, law=Linear(), shape=np.delete(shape, 1))

    def rows(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Course`."""
        taus = time_constants(theta[: theta.size - self.shape.size])
        phi = np.zeros((taus.size + 1, self.time_s.size))
        d_phi = np.zeros((theta.size, *phi.shape))
        # A spring is a branch that never fades.
        for i, rate in enumerate((0.0, *(1 / taus))):
            by_log_tau = d_phi[i - 1, i] if i > 0 else np.zeros_like(self.time_s)
            of_shape = d_phi[taus.size :, i]
            self._branch(theta[taus.size :], float(rate), phi[i], by_log_tau, of_shape)
        return phi, d_phi

    def responses(self, theta: FloatArray, at_s: FloatArray) -> FloatArray:
        """See `Course`."""
        order = np.argsort(at_s)
        rows = replace(self, time_s=at_s[order]).rows(theta)[0]
        back = np.empty_like(rows)
        back[:, order] = rows
        return back

    def _branch(
        self,
        shape: FloatArray,
        rate: float,
        force: FloatArray,
        by_log_tau: FloatArray,
        of_shape: FloatArray,
    ) -> None:
        """Write a branch's force and its derivatives, to log tau and to the shape."""
        law_at = self.law_at
        begin = 1 if law_at is None else 2
        contact_s = float(shape[begin]) if shape.size > begin else self.contact_s
        ramp_s = max(float(shape[0]) - contact_s, self.shortest_s)
        since = self.time_s - contact_s
        touched, held = (int(i) for i in np.searchsorted(since, [0.0, ramp_s], side="right"))
        share = np.append(since[touched:held] / ramp_s, 1.0)
        code = 0.0 if law_at is None else float(shape[law_at])
        value, by_log_x, by_code, by_share = self.law.ramped(share, rate * ramp_s, code)
        by_ramp, by_time = (by_log_x - share * by_share) / ramp_s, by_share / ramp_s
        of_ramp = np.stack((by_ramp, by_code, -by_time - by_ramp))[_SHAPE[law_at, shape.size]]
        ramp, hold = slice(touched, held), slice(held, None)
        force[ramp], by_log_tau[ramp], of_shape[:, ramp] = (
            value[:-1],
            -by_log_x[:-1],
            of_ramp[:, :-1],
        )

        # In the hold the depth no longer grows: the branch only fades.
        u = (since[held:] - ramp_s) * rate
        fading = faded(u)
        last, last_by_log_x = float(value[-1]), float(by_log_x[-1])
        later_end = (last_by_log_x + rate * ramp_s * last) / ramp_s
        at_end = np.array((later_end, float(by_code[-1]), last * rate - later_end))
        force[hold] = last * fading
        by_log_tau[hold] = (last * u - last_by_log_x) * fading
        np.multiply.outer(at_end[_SHAPE[law_at, shape.size]], fading, out=of_shape[:, hold])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Motion:
    """The depth as it was measured.

    The shape is the law's code, where it has one; then the depth of the contact in mm, where that
    is searched for and not 0.
    """

    time_s: FloatArray
    shape: FloatArray
    law: Law
    depth_mm: FloatArray

    @property
    def law_at(self) -> int | None:
        """See `Course`."""
        return None if isinstance(self.law, Linear) else 0

    def from_shape(self, shape: FloatArray) -> Self:
        """See `Course`."""
        return replace(self, shape=shape)

    def linear(self, shape: FloatArray) -> Self:
        """See `Course`."""
        return replace(self, law=Linear(), shape=np.delete(shape, 0))

    def rows(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """See `Course`."""
        taus = time_constants(theta[: theta.size - self.shape.size])
        elastic = self._elastic(theta[taus.size :])
        phi = np.empty((taus.size + 1, self.time_s.size))
        d_phi = np.zeros((theta.size, *phi.shape))
        phi[0], d_phi[taus.size :, 0] = elastic[0], elastic[1:]
        for i, tau_s in enumerate(taus):
            h, d_phi[i, i + 1] = fading_response_and_slope(self.time_s, elastic, tau_s)
            phi[i + 1], d_phi[taus.size :, i + 1] = h[0], h[1:]
        return phi, d_phi

    def responses(self, theta: FloatArray, at_s: FloatArray) -> FloatArray:
        """See `Course`."""
        taus = time_constants(theta[: theta.size - self.shape.size])
        g = self._elastic(theta[taus.size :])[0]
        every_s = np.union1d(self.time_s, at_s)
        every_g = np.interp(every_s, self.time_s, g, left=0.0)
        rows = [every_g, *(fading_response(every_s, every_g, tau_s) for tau_s in taus)]
        return np.stack(rows)[:, np.searchsorted(every_s, at_s)]

    def _elastic(self, shape: FloatArray) -> FloatArray:
        """Return g, and its derivatives with respect to the shape, shape (1 + s, n)."""
        law_at = self.law_at
        begin = 0 if law_at is None else 1
        deepest = float(self.depth_mm.max())
        contact_mm = (
            min(float(shape[begin]), _DEEPEST_CONTACT * deepest) if shape.size > begin else 0.0
        )
        reach = deepest - contact_mm
        share = (self.depth_mm - contact_mm) / reach
        pressed = share > _NEARLY_NOTHING
        share = np.where(pressed, share, _NEARLY_NOTHING)
        g, by_code, by_share = self.law.response(share, 0.0 if law_at is None else float(shape[0]))
        rows = [g, by_code][: 1 + begin]
        if shape.size > begin:
            rows.append(np.where(pressed, by_share * (share - 1), 0.0) / reach)
        return np.stack(rows)


def faded(u: FloatArray) -> FloatArray:
    """Return ``exp(-u)``, 0 instead of numbers so small that reckoning with them is slow."""
    return np.exp(-u) * (u < _GONE)


def time_constants(logs: FloatArray, largest: float = _LARGEST_LOG) -> FloatArray:
    """Return them from their logarithms, held where a search that runs away would overflow."""
    return np.asarray(np.exp(np.clip(logs, -largest, largest)))
