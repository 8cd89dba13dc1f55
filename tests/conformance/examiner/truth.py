"""What is known about a generated recording and must be found again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tissuesense.core.arrays import FloatArray
from tissuesense.core.recording import Recording

Parameters = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class PressTruth:
    """One press towards a pain threshold.

    Attributes
    ----------
    threshold_kpa, threshold_at_row_kpa
        Pressure at the stop signal, or at the release or the knee; and at the first marked row.
    rate_kpa_s, rate_mean_kpa_s
        Theil-Sen slope, and mean slope, of the noise-free ramp from 20 % of the threshold to it.
    """

    start_s: float
    end_s: float
    threshold_time_s: float
    threshold_kpa: float
    threshold_at_row_kpa: float
    latent_kpa: float
    rate_kpa_s: float
    rate_mean_kpa_s: float
    censored: bool = False
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndentationTruth:
    """One press with displacement; no relaxation where the press was not held.

    Attributes
    ----------
    contact_mm
        Where the force begins.
    tangents_n_mm
        Slope of the loading curve at the stated forces that the press went well beyond.
    power, fung_b_per_mm
        Of the tissue's elastic law: one of the two.
    relaxation, relaxation_still
        As the hand held, and had it held still.
    equilibrium
        Share of the elastic force that never relaxes; of the first press alone.
    responses
        Seconds after the hold began -> share of the force that was lost by then, hand and all.
    """

    start_s: float
    end_s: float
    contact_mm: float
    secant_n_mm: float
    tangents_n_mm: Mapping[float, float]
    power: float | None
    fung_b_per_mm: float | None
    energy_loss: float
    relaxation: float | None
    relaxation_still: float | None
    equilibrium: float | None
    responses: Mapping[float, float] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A recording and the truth about it."""

    recording: Recording
    presses: tuple[PressTruth | IndentationTruth, ...]
    parameters: Parameters


def theil_sen(t_s: FloatArray, values: FloatArray) -> float:
    """Return the median of the slopes between all pairs of points."""
    first, second = np.triu_indices(t_s.size, 1)
    return float(np.median((values[second] - values[first]) / (t_s[second] - t_s[first])))
