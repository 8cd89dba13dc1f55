"""How tissue stiffens as it is pressed in: its elastic law, with the relaxation taken out.

Tissue relaxes while it is pressed, so that force against depth bends less the slower the hand is.
In Fung's quasi-linear theory the force is an elastic response to the depth that fades through a
sum of branches (Biomechanics, 2nd ed. 1993, 7.6). Here the branches follow the measured motion;
their time constants stand on a grid, fine enough for any fading, and their weights are solved for
along with contact and law. What is left is the law of tissue that is pressed faster than it
relaxes.

Tissue that was pressed a moment ago still yields. A later press keeps the contact and the fading of
the first, and what the earlier ones left behind is solved for.
"""

import math
from dataclasses import dataclass

import numpy as np

from tissuesense.analysis.numerics.local_fit import correlation_inflation
from tissuesense.analysis.numerics.separable import Columns, SeparableFit, fit_separable
from tissuesense.analysis.press_hold.elastic_law import ElasticLaw
from tissuesense.analysis.viscoelastic.motion_response import Branches
from tissuesense.core.arrays import FloatArray

_TAU_RATIO = 2.2
# Faster than the one share of the loading, or slower than the other of the press, none can be told.
_FASTEST_SHARE = 0.12
_SLOWEST_SHARE = 1.5
# How far the weight of one branch may be off, as a share of all of them, where the data do not say:
# branches next to each other can take each other's place.
_WEIGHT_U = 0.1
# What a later press takes over from the first is uncertain too; measured on simulated presses.
_TAKEN_OVER = 3.0
# What a law and a fading that are nearly right leave out; measured likewise.
_WIDENED = 1.1
_RIDGE = 1e-13
_LEFT_BEHIND, _LEFT_BEHIND_U = 0.9, 0.08
_RISEN_SHARE = 0.05
_TINY = 1e-9
_MOST_EXPLAINED = 1 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Path:
    """Where the tip was at increasing times, shape (n,) each."""

    t_s: FloatArray
    way_mm: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PressedSamples:
    """One press from its contact on.

    Attributes
    ----------
    path
        Where the tip was, shape (n,).
    force_n, sd_n
        Force there; how far it may be off, an error of the depth included. Shape (n,).
    contact_mm, depth_mm
        First idea of where the tissue begins and of how deep it was pressed.
    rest_mm, rest_n
        Where the tip was before it set off, and the force there: a level that tilts is 0 nowhere
        else.
    loading_s
        How long the loading took.
    """

    path: Path
    force_n: FloatArray
    sd_n: FloatArray
    contact_mm: float
    depth_mm: float
    rest_mm: float
    rest_n: float
    loading_s: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ElasticFit:
    """One law fitted to one press; depths count as shares of `depth_mm`.

    Attributes
    ----------
    contact_mm
        Where the rested tissue begins.
    begins_mm, begins_u_mm
        Where the force begins, with its standard uncertainty: there, or deeper in tissue that has
        not come back yet.
    parameter, size_n
        Of the law, and what it has to be multiplied by, were the tissue pressed at once.
    covariance, per_newton
        Of contact (as a share), parameter and size, shape (3, 3); how they change with an error of
        the unloaded level, shape (3,).
    taus_s, weights
        The fading: how much never fades, and how much with each time constant; they add to 1.
    tilt_n_mm
        How much the force rises with displacement where there is no tissue.
    rms_n
        Size of what the law leaves unexplained.
    misfit, worth
        Sum of squared residuals in units of their uncertainty; how many independent ones there
        are.
    tilt_evidence
        By how much the logarithm of the likelihood would rise, to first order, were the level
        tilted; below 0 for a level that falls with displacement.
    """

    law: ElasticLaw
    depth_mm: float
    contact_mm: float
    begins_mm: float
    begins_u_mm: float
    parameter: float
    size_n: float
    covariance: FloatArray
    per_newton: FloatArray
    taus_s: FloatArray
    weights: FloatArray
    tilt_n_mm: float
    rms_n: float
    misfit: float
    worth: float
    tilt_evidence: float = 0.0

    @property
    def parameter_u(self) -> float:
        """Standard uncertainty of `parameter`."""
        return math.sqrt(float(self.covariance[1, 1]))

    def force_n(self, path: Path) -> FloatArray:
        """Return the force on rested tissue along a path, shape (n,)."""
        share = (path.way_mm - self.contact_mm) / self.depth_mm
        elastic = self.law.response(share, self.parameter)[0]
        every = _with_itself(Branches(path.t_s, self.taus_s), elastic)
        return np.asarray(self.size_n * (self.weights @ every))


def fit_rested(pressed: PressedSamples, law: ElasticLaw, *, tilt: float = 0.0) -> ElasticFit | None:
    """Fit a law to a press of rested tissue; None where the search does not settle.

    With a `tilt` of 1 or -1 the force without tissue rises or falls evenly with displacement, as
    the spring of a depth collar makes it.
    """
    taus = _taus_s(pressed)
    branches = Branches(pressed.path.t_s, taus)
    beside = pressed.path.way_mm - pressed.rest_mm
    share = (pressed.path.way_mm - pressed.contact_mm) / pressed.depth_mm

    def columns(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        elastic = _SHIFT * law.response(share - theta[0], float(theta[1]))
        every = _with_itself(branches, elastic)
        if tilt:
            every = np.concatenate(
                (every, [[tilt * beside, np.zeros_like(beside), np.zeros_like(beside)]])
            )
        every = np.moveaxis(every, 0, -1) / pressed.sd_n[:, np.newaxis]
        return every[0], every[1:]

    start = np.array([0.0, law.start])
    force_n = pressed.force_n - (pressed.rest_n if tilt else 0.0)
    fit = fit_separable(columns, force_n / pressed.sd_n, start, nonnegative=True)
    weights = fit.amplitudes[: taus.size + 1]
    size = float(weights.sum())
    if not (_settled(fit, law, 1) and size > 0):
        return None
    covariance, per_newton = _spread(columns, fit, size, 1 / pressed.sd_n)
    summing = np.zeros((3, 2 + fit.amplitudes.size))
    summing[0, 0] = summing[1, 1] = 1.0
    summing[2, 2 : 3 + taus.size] = 1.0
    covariance = summing @ covariance @ summing.T
    contact_mm = pressed.contact_mm + float(fit.theta[0]) * pressed.depth_mm
    return ElasticFit(
        law=law,
        depth_mm=pressed.depth_mm,
        contact_mm=contact_mm,
        begins_mm=contact_mm,
        begins_u_mm=math.sqrt(float(covariance[0, 0])) * pressed.depth_mm,
        parameter=float(fit.theta[1]),
        size_n=size,
        covariance=covariance,
        per_newton=summing @ per_newton,
        taus_s=taus,
        weights=weights / size,
        tilt_n_mm=tilt * float(fit.amplitudes[-1]) if tilt else 0.0,
        tilt_evidence=0.0 if tilt else _evidence(columns, fit, beside / pressed.sd_n),
        **_goodness(pressed, fit),
    )


def fit_again(pressed: PressedSamples, before: Path, first: ElasticFit) -> ElasticFit | None:
    """Fit the law of `first` to a later press of the same place.

    `before` is where the tip was until then, shape (m,). What the earlier presses left behind is
    reckoned as if the skin had followed the tip, and multiplied by a number that is fitted too.
    """
    t, law, weights = pressed.path.t_s, first.law, first.weights
    earlier, share = (
        (path.way_mm - first.contact_mm) / first.depth_mm for path in (before, pressed.path)
    )
    while_pressed = Branches(t, first.taus_s)
    until_then = Branches(before.t_s, first.taus_s)
    since = np.exp(-(t - before.t_s[-1]) / first.taus_s[:, np.newaxis])

    def columns(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        elastic, _, along = law.response(share, float(theta[0]))
        now = np.tensordot(weights, _with_itself(while_pressed, np.stack((elastic, along))), 1)
        elastic, _, along = law.response(earlier, float(theta[0]))
        ends = until_then.responses(np.stack((elastic, along)))[..., -1]
        left = np.einsum("k,kj,kn->jn", weights[1:], ends, since)
        force, by_parameter = now + theta[1] * left
        slopes = np.stack((by_parameter, left[0])) / pressed.sd_n
        return (force / pressed.sd_n)[:, np.newaxis], slopes[:, :, np.newaxis]

    start = np.array([first.parameter, _LEFT_BEHIND])
    force_n = pressed.force_n
    if first.tilt_n_mm:
        beside_n = first.tilt_n_mm * (pressed.path.way_mm - pressed.rest_mm)
        force_n = force_n - pressed.rest_n - beside_n
    fit = fit_separable(columns, force_n / pressed.sd_n, start)
    size = float(fit.amplitudes[0])
    if not (_settled(fit, law, 0) and size > 0):
        return None
    covariance = first.covariance.copy()
    covariance[2] *= size / first.size_n
    covariance[:, 2] *= size / first.size_n
    own = np.ix_([0, 2], [0, 2])
    covariance[1:, 1:] += _TAKEN_OVER**2 * fit.covariance[own]
    goodness = _goodness(pressed, fit)
    begins_mm, steepness = _rise(pressed.path.way_mm, columns(fit.theta)[0][:, 0] * pressed.sd_n)
    return ElasticFit(
        law=law,
        depth_mm=first.depth_mm,
        contact_mm=first.contact_mm,
        begins_mm=begins_mm,
        begins_u_mm=math.hypot(
            first.begins_u_mm,
            _TAKEN_OVER * goodness["rms_n"] / (size * steepness),
            _LEFT_BEHIND_U * (begins_mm - first.contact_mm),
        ),
        parameter=float(fit.theta[0]),
        size_n=size,
        covariance=covariance,
        per_newton=first.per_newton,
        taus_s=first.taus_s,
        weights=weights,
        tilt_n_mm=first.tilt_n_mm,
        **goodness,
    )


# Response, slope by the contact, slope by the parameter, of a response with its slope by depth.
_SHIFT = np.array([1.0, -1.0, 1.0])[:, np.newaxis]


def _with_itself(branches: Branches, elastic: FloatArray) -> FloatArray:
    """Return what never fades and every branch, shape (k + 1, ..., n), of (..., n) responses."""
    return np.concatenate((elastic[np.newaxis], branches.responses(elastic)))


def _taus_s(pressed: PressedSamples) -> FloatArray:
    """Return the grid of time constants that this press can tell."""
    t = pressed.path.t_s
    fastest = max(_FASTEST_SHARE * pressed.loading_s, 2 * float(np.median(np.diff(t))))
    slowest = max(_SLOWEST_SHARE * float(t[-1] - t[0]), 2 * fastest)
    count = 1 + math.ceil(math.log(slowest / fastest) / math.log(_TAU_RATIO))
    return np.geomspace(fastest, slowest, count)


def _rise(way_mm: FloatArray, force: FloatArray) -> tuple[float, float]:
    """Return where a modelled force leaves 0 for good, and how steeply it rises from there."""
    top = int(np.argmax(force))
    below = np.flatnonzero(force[:top] <= 0)
    at = int(below[-1]) if below.size else 0
    share = max(0.0, -float(force[at]) / max(float(force[at + 1] - force[at]), _TINY))
    begins_mm = float(way_mm[at] + min(share, 1.0) * (way_mm[at + 1] - way_mm[at]))
    risen = at + 1 + int(np.argmax(force[at + 1 : top + 1] >= _RISEN_SHARE * force[top]))
    travel = max(float(way_mm[risen]) - begins_mm, _TINY)
    return begins_mm, max(float(force[risen]), _TINY) / travel


def _settled(fit: SeparableFit, law: ElasticLaw, place: int) -> bool:
    return fit.settled and law.least < float(fit.theta[place]) < law.most


def _spread(
    columns: Columns, fit: SeparableFit, size: float, level: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the covariance of theta and amplitudes, none held, and what a step by `level` does.

    A weight of 0 is as uncertain as any other, so that those which the fit left out count too; that
    weights are no larger than all together is what keeps neighbours apart.
    """
    phi, slopes = columns(fit.theta)
    jacobian = np.concatenate(((slopes @ fit.amplitudes).T, phi), axis=1)
    variance = fit.squares / max(fit.residuals.size - fit.free, 1)
    variance = _WIDENED**2 * max(variance * correlation_inflation(fit.residuals), 1.0)
    known = np.zeros(jacobian.shape[1])
    known[fit.theta.size :] = 1 / (_WEIGHT_U * size) ** 2
    information = jacobian.T @ jacobian / variance + np.diag(known)
    scale = 1 / np.sqrt(np.maximum(np.diag(information), _TINY))
    scaled = information * np.outer(scale, scale) + _RIDGE * np.eye(scale.size)
    covariance = np.linalg.inv(scaled) * np.outer(scale, scale)
    return np.asarray(covariance), np.asarray(covariance @ (jacobian.T @ level) / variance)


def _evidence(columns: Columns, fit: SeparableFit, column: FloatArray) -> float:
    """Return what one more column would add to the logarithm of the likelihood, with its sign.

    To first order: the column less what the parameters, free to move, can do of it.
    """
    phi, slopes = columns(fit.theta)
    basis, _ = np.linalg.qr(
        np.concatenate(((slopes @ fit.amplitudes).T, phi[:, fit.amplitudes > 0]), axis=1)
    )
    alone = column - basis @ (basis.T @ column)
    along = float(alone @ fit.residuals)
    explained = along * along / max(float(alone @ alone), _TINY)
    share = min(explained / max(fit.squares, _TINY), _MOST_EXPLAINED)
    worth = fit.residuals.size / correlation_inflation(fit.residuals)
    return math.copysign(-worth * math.log1p(-share) / 2, along)


def _goodness(pressed: PressedSamples, fit: SeparableFit) -> dict[str, float]:
    missed_n = fit.residuals * pressed.sd_n
    return {
        "rms_n": math.sqrt(float(missed_n @ missed_n) / missed_n.size),
        "misfit": fit.squares,
        "worth": missed_n.size / correlation_inflation(fit.residuals),
    }
