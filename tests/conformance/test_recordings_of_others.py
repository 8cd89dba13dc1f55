"""Recordings and series that nobody here made are followed at least as closely as was published.

They are not part of the project, and these tests are collected only where the environment variable
TISSUESENSE_RECORDINGS names their folder; `docs/reference/fractional-relaxation.md` lists them with
what was measured. Each is a table of comma-separated columns under one line of names.
"""

import os
from pathlib import Path

import numpy as np

from tissuesense.analysis.viscoelastic.creep import fit_creep
from tissuesense.analysis.viscoelastic.power_law_relaxation import power_law_relaxation
from tissuesense.analysis.viscoelastic.relaxation_fractional import fit_fractional
from tissuesense.analysis.viscoelastic.relaxation_spectrum import relaxation_spectrum
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate

FOLDER = Path(os.environ["TISSUESENSE_RECORDINGS"])


def recording(name: str) -> FloatArray:
    """Return the columns of a recording."""
    table = np.genfromtxt(FOLDER / f"{name}.csv", delimiter=",", skip_header=1)
    _, first = np.unique(table[:, 0], return_index=True)
    return np.asarray(table[first].T)


def test_a_published_series_of_31_terms_is_followed_more_closely_than_its_own_data_were() -> None:
    """Its terms miss the curve that they were fitted to by 0.25 % of the modulus."""
    time_s, modulus = recording("prony31_master_curve")
    found = relaxation_spectrum(time_s, modulus, relative=True)

    assert found.relative_rms < 0.0025
    tau_s, share = recording("prony31_terms")
    instantaneous = 1739.03
    at_s = np.geomspace(time_s[0], time_s[-1], 400)
    series = instantaneous * (1 - share.sum() + np.exp(-at_s[:, np.newaxis] / tau_s) @ share)
    again = relaxation_spectrum(at_s, series, relative=True)
    assert again.relative_rms < 0.0025


def test_fish_muscle_over_five_decades() -> None:
    """Best published curve of a fractional model: 0.42 % of the modulus."""
    time_s, modulus = recording("relaxation_fish_muscle")
    found = fit_fractional(time_s, modulus, relative=True)

    assert found.relative_rms < 0.0042
    order = found.parameters["order"]
    early = found.parameters["early_order"]
    assert isinstance(order, Estimate)
    assert isinstance(early, Estimate)
    assert 0.1 < early.value < 0.13
    assert 0.65 < order.value < 0.75


def test_seven_decades_of_a_polymer() -> None:
    """Best published curve of a spring beside a spring and a springpot: 0.95 %, approximated."""
    time_s, modulus = recording("relaxation_hdpe")
    found = fit_fractional(time_s, modulus, model="fractional_zener", relative=True)

    assert found.relative_rms < 0.010


def test_meat_that_was_pressed_slowly_and_held() -> None:
    """Log force over log time is straight, R^2 0.99, as Kobayashi (2024) found in muscle."""
    meats = sorted(FOLDER.glob("meat_*.csv"))
    assert meats
    for path in meats:
        time_s, force, depth_mm = recording(path.stem)
        ramp_s = float(time_s[force.argmax()])
        line = power_law_relaxation(
            time_s, force, ramp_s=ramp_s, exponent=2.0, window_s=(0.3, 20.0)
        )
        curve = fit_fractional(time_s, force, ramp_s=ramp_s, exponent=2.0, depth_mm=depth_mm)

        assert line.r_squared is not None
        assert line.r_squared > 0.99, path.stem
        assert curve.relative_rms < 0.007, path.stem


def test_creep_of_mucus_and_of_a_polymer() -> None:
    mucus_s, mucus = recording("creep_mucus")
    polymer_s, polymer = recording("creep_polystyrene_130")

    assert fit_creep(mucus_s, mucus, force_n=1.0).relative_rms < 0.005
    assert fit_creep(polymer_s, polymer, force_n=1.0).relative_rms < 0.015
