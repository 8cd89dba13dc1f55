"""Relaxation within the published range of living limbs is read from a hold of 20 seconds."""

import numpy as np
import pytest

from tissuesense.analysis.viscoelastic.ramp_hold import branch_response
from tissuesense.analysis.viscoelastic.relaxation_fractional import compare_models
from tissuesense.analysis.viscoelastic.relaxation_spectrum import relaxation_spectrum


@pytest.mark.parametrize(
    ("alpha", "tau_s"), [(0.029, 0.5), (0.277, 0.5), (0.029, 8.93), (0.277, 8.93)]
)
def test_legs_within_the_published_range_are_read_from_a_hold_of_20_seconds(
    alpha: float, tau_s: float
) -> None:
    """Zheng and Mak (1999): G = 1 - alpha + alpha exp(-t / tau), alpha 0.029 to 0.277."""
    time_s = np.arange(1.0, 21.0, 1 / 40)
    relaxed = 1 - alpha + alpha * branch_response(time_s, 1.0, tau_s)
    force = 10 * relaxed + 0.01 * np.random.default_rng(1).standard_normal(time_s.size)
    ranked = compare_models(time_s, force, ramp_s=1.0)
    spectrum = relaxation_spectrum(time_s, force, ramp_s=1.0, per_decade=10)

    excess = {one.model: one.excess for one in ranked}
    assert excess["prony1"] < 4
    # Much closer to the truth than one noisy sample is.
    assert np.std(spectrum.predict(time_s) - 10 * relaxed) < 0.005
