"""Adaptive threshold by yes/no answers: QUEST+ over threshold, slope and lapse rate.

The client says whether a press was painful. The chance of "yes" rises with the logarithm of the
pressure, ``P(felt) = lapse + (1 - 2 lapse) Phi((ln x - ln threshold) / slope)``, and the next
pressure is the one whose answer is expected to leave the least entropy over the three parameters.
A hand never delivers the pressure that was asked for: the answer is scored at the one delivered.

Source: Watson AB (2017) QUEST+: a general multidimensional Bayesian adaptive psychometric method,
J Vis 17(3):10.
"""

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, xlogy

from tissuesense.core.arrays import FloatArray, column
from tissuesense.core.errors import UsageError
from tissuesense.core.quantity import Estimate


class QuestPlus:
    """One run; the prior is flat on the grid.

    Parameters
    ----------
    intensities
        Pressures that may be asked for, kPa.
    thresholds
        Grid of thresholds, kPa.
    slopes
        Grid of slopes: standard deviations in ln units.
    lapses
        Grid of lapse rates, from 0 to below 0.5: how often an answer does not mean anything.

    Raises
    ------
    UsageError
        When a grid is empty, not finite or outside its range.

    Examples
    --------
    >>> grid = [100, 150, 200, 300, 400, 600]
    >>> quest = QuestPlus(grid, grid, [0.1, 0.2], [0.01])
    >>> quest.update(250, felt=True)
    >>> quest.update(180, felt=False)
    >>> 180 < quest.threshold.value < 250
    True
    """

    def __init__(
        self, intensities: ArrayLike, thresholds: ArrayLike, slopes: ArrayLike, lapses: ArrayLike
    ) -> None:
        self._intensities = _grid(intensities, "intensities", above=0.0)
        self._thresholds = _grid(thresholds, "thresholds", above=0.0)
        self._slopes = _grid(slopes, "slopes", above=0.0)
        self._lapses = _grid(lapses, "lapses", above=-1e-300, below=0.5)
        self._shape = (self._thresholds.size, self._slopes.size, self._lapses.size)
        self._log_thresholds = np.log(self._thresholds)
        # Shape (intensities, parameters): the chance of "yes", and what is left unknown of an
        # answer when the parameters are known. Both are needed for every choice of a stimulus.
        self._felt = np.stack([self._chance(x).ravel() for x in self._intensities])
        self._answer_entropy = -(
            xlogy(self._felt, self._felt) + xlogy(1 - self._felt, 1 - self._felt)
        )
        self._row = {float(x): i for i, x in enumerate(self._intensities)}
        self._posterior = np.full(self._felt.shape[1], 1 / self._felt.shape[1])

    def next_intensity(self) -> float:
        """Return the pressure, in kPa, whose answer is expected to teach most.

        The entropy that an answer is expected to leave is that of the parameters, less what the
        answer tells of them: the entropy of the answer less that which it keeps when the
        parameters are known.
        """
        felt = self._felt @ self._posterior
        entropy = -(xlogy(felt, felt) + xlogy(1 - felt, 1 - felt))
        told = entropy - self._answer_entropy @ self._posterior
        return float(self._intensities[int(np.argmax(told))])

    def update(self, intensity: float, felt: bool) -> None:  # noqa: FBT001 - the contract's signature
        """Score an answer at the pressure that was delivered, on the grid or not.

        Raises
        ------
        UsageError
            When `intensity` is not a positive number, or `felt` neither true nor false.
        """
        pressure = _pressure(intensity)
        if felt not in (True, False):  # a missing answer (None, NaN) is no answer
            raise UsageError(f"felt must be True or False, not {felt!r}.")
        row = self._row.get(pressure)
        chance = self._chance(pressure).ravel() if row is None else self._felt[row]
        yes = self._posterior * chance
        updated = yes if felt else self._posterior - yes
        total = float(np.add.reduce(updated))
        if total > 0:  # an answer that no parameter allows says nothing about which one is right
            updated *= 1 / total
            self._posterior = updated

    @property
    def posterior(self) -> FloatArray:
        """Probability of each grid point, shape (thresholds, slopes, lapses)."""
        return self._posterior.reshape(self._shape)

    @property
    def threshold(self) -> Estimate:
        """The threshold in kPa: mean and spread over the logarithm, interval by quantiles."""
        weights = self.posterior.sum(axis=(1, 2))
        mean = float(weights @ self._log_thresholds)
        spread = math.sqrt(max(float(weights @ np.square(self._log_thresholds - mean)), 0.0))
        order = np.argsort(self._thresholds)
        reached = np.cumsum(weights[order])
        low, high = (
            float(self._thresholds[order][min(int(np.searchsorted(reached, p)), reached.size - 1)])
            for p in (0.025, 0.975)
        )
        value = math.exp(mean)
        return Estimate(
            value=value, standard_uncertainty=value * spread, unit="kPa", interval95=(low, high)
        )

    def _chance(self, intensity: float) -> FloatArray:
        """Return the chance of "yes" at every grid point."""
        distance = math.log(intensity) - self._log_thresholds
        rising = ndtr(distance[:, None] / self._slopes[None, :])
        chance: FloatArray = self._lapses + (1 - 2 * self._lapses) * rising[:, :, None]
        return chance


def _pressure(intensity: float) -> float:
    try:
        pressure = float(intensity)
    except (TypeError, ValueError) as err:
        raise UsageError(f"intensity must be one pressure in kPa, not {intensity!r}.") from err
    if not (math.isfinite(pressure) and pressure > 0):
        raise UsageError(f"intensity must be a positive pressure in kPa, not {intensity}.")
    return pressure


def _grid(values: ArrayLike, name: str, *, above: float, below: float = math.inf) -> FloatArray:
    grid = column(np.atleast_1d(np.asarray(values, dtype=np.float64)), name)
    if not grid.size:
        raise UsageError(f"{name} is empty.")
    if not ((grid > above) & (grid < below)).all():
        limits = f"above {max(above, 0):g}" if math.isinf(below) else f"from 0 to below {below:g}"
        raise UsageError(f"{name} must lie {limits}; they reach from {grid.min()} to {grid.max()}.")
    return grid
