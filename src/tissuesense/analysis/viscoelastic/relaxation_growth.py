"""One exponential more: never a worse fit than with one less.

A search that begins anywhere may end anywhere. So the next order begins at the best of the one
before, with a branch added where it explains most of what is left; and over many decades of time
also at the times around which stiffnesses gather that are not negative, on a fixed grid of times
(C. L. Lawson and R. J. Hanson 1974). At worst the added branch has no stiffness.
"""

import numpy as np
from scipy.optimize import nnls

from tissuesense.analysis.viscoelastic.relaxation_fitted import Fitted, Record, assembled, fit_terms
from tissuesense.core.arrays import FloatArray

# Of the squared residuals; less is rounding.
_LEAST_GAIN = 1e-9


def one_more(lower: Fitted, record: Record) -> Fitted:
    """Return the fit with one exponential more; its squared residuals are at most as large."""
    course = lower.course.from_shape(lower.shape)
    log_tau = record.window.brought_in(lower.log_tau)
    place = _most_wanted(lower, record)
    unused = np.append(lower.log_tau, record.window.widest(log_tau))
    if place is None:
        return _without_stiffness(lower, record, unused)
    starts = [np.append(lower.log_tau, place)]
    if record.window.wide:
        starts.extend(_gathered(lower, record))
    fits = [fit_terms(course, record, start) for start in starts]
    best = min(fits, key=lambda fit: fit.squares)
    if best.squares > lower.squares:
        best = fit_terms(course, record, np.append(log_tau, unused[-1]))
    return best if best.squares <= lower.squares else _without_stiffness(lower, record, unused)


def _without_stiffness(lower: Fitted, record: Record, log_tau: FloatArray) -> Fitted:
    theta = np.concatenate((log_tau, lower.shape))
    return assembled(lower.course, record, theta, np.append(lower.amplitudes, 0.0))


def _most_wanted(lower: Fitted, record: Record) -> float | None:
    """Return the log time constant of the branch that explains most of the residuals.

    None where none of positive stiffness explains any.
    """
    logs = record.window.grid
    rows = record.basis(lower.course, np.concatenate((logs, lower.shape)))[1:]
    known = record.basis(lower.course, lower.theta)[np.flatnonzero(lower.amplitudes > 0)]
    basis, _ = np.linalg.qr(known.T)
    new = rows - (rows @ basis) @ basis.T
    left = lower.of_blocks - basis @ (basis.T @ lower.of_blocks)
    length = np.einsum("ij,ij->i", new, new)
    explained = np.maximum(new @ left, 0.0)
    gain = np.divide(
        explained**2, length, out=np.zeros_like(length), where=length > _LEAST_GAIN * length.max()
    )
    best = int(np.argmax(gain))
    return float(logs[best]) if gain[best] > _LEAST_GAIN * (left @ left) else None


def _gathered(lower: Fitted, record: Record) -> list[FloatArray]:
    """Return the times around which stiffnesses on a grid gather, where they are enough."""
    logs = record.window.grid
    rows = record.basis(lower.course, np.concatenate((logs, lower.shape)))
    sizes = nnls(rows.T, record.blocks.means(record.force_n / record.scale))[0][1:]
    there = sizes > 0
    places, sizes = logs[there], sizes[there]
    while places.size > lower.terms + 1:
        # Of neighbours those merge that lose least by it.
        pairs = sizes[1:] * sizes[:-1] / (sizes[1:] + sizes[:-1]) * np.diff(places) ** 2
        i = int(np.argmin(pairs))
        both = sizes[i] + sizes[i + 1]
        places[i + 1] = (sizes[i] * places[i] + sizes[i + 1] * places[i + 1]) / both
        sizes[i + 1] = both
        places, sizes = np.delete(places, i), np.delete(sizes, i)
    return [places] if places.size == lower.terms + 1 else []
