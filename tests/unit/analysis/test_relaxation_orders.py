"""Claim: an exponential more never fits worse, and a curve of many decades gets those it needs."""

import numpy as np
import pytest

from tissuesense.analysis.relaxation import Relaxation, fit
from tissuesense.analysis.viscoelastic.ramp_hold import springpot_response
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag

MOST = 6
EVEN_S = np.arange(0.0, 20.0, 1 / 40)
DECADES_S = np.geomspace(0.01, 1e5, 211)


def rms_percent(found: Relaxation) -> float:
    assert found.rms_percent is not None
    return found.rms_percent


def power_law(time_s: FloatArray, order: float, seed: int) -> FloatArray:
    noise_n = np.random.default_rng(seed).normal(0.0, 0.01, time_s.size)
    return np.asarray(2.0 + 8.0 * (1 + time_s) ** -order + noise_n)


def ramped(order: float, seed: int) -> FloatArray:
    noise_n = np.random.default_rng(seed).normal(0.0, 0.02, EVEN_S.size)
    return np.asarray(10.0 * springpot_response(EVEN_S, 1.0, order, 1.5) + noise_n)


@pytest.mark.parametrize("order", [0.1, 0.3, 0.6])
@pytest.mark.parametrize("kind", ["step", "ramp", "decades", "decades from a step"])
def test_one_exponential_more_never_fits_worse(kind: str, order: float) -> None:
    seed = round(10 * order)
    time_s, force_n = {
        "step": (EVEN_S, power_law(EVEN_S, order, seed)),
        "ramp": (EVEN_S, ramped(order, seed)),
        "decades": (DECADES_S, power_law(DECADES_S, order, seed)),
        "decades from a step": (DECADES_S, 10 * DECADES_S**-order),
    }[kind]
    found = [rms_percent(fit(time_s, force_n, terms=n)) for n in range(1, MOST + 1)]

    for more, less in zip(found[1:], found[:-1], strict=True):
        assert more <= less * (1 + 1e-6)
    assert found[3] < found[0] / 2


@pytest.mark.parametrize("seed", range(4))
def test_an_order_is_the_same_whether_it_was_found_or_asked_for(seed: int) -> None:
    for time_s, force_n in ((EVEN_S, ramped(0.3, seed)), (DECADES_S, 10 * DECADES_S**-0.2)):
        found = fit(time_s, force_n)
        asked = fit(time_s, force_n, terms=len(found.terms))

        assert asked.rms_percent == found.rms_percent
        assert asked.predict(time_s) == pytest.approx(found.predict(time_s), rel=1e-12)


def test_an_exponential_in_each_of_seven_decades_is_found() -> None:
    taus = 10.0 ** np.arange(-2, 5)
    weights = np.array([0.1, 0.15, 0.1, 0.2, 0.1, 0.15, 0.1])
    time_s = np.concatenate(([0.0], np.geomspace(1e-3, 1e5, 400)))
    clean = 0.1 + weights @ np.exp(-time_s / taus[:, np.newaxis])
    errors = np.random.default_rng(1).normal(0.0, 0.001, time_s.size)
    found = fit(time_s, 500 * clean * (1 + errors))

    assert len(found.terms) == taus.size
    assert found.flags == ()
    for term, tau_s, weight in zip(found.terms, taus, weights, strict=True):
        assert term.tau_s is not None
        assert term.weight is not None
        assert term.tau_s.value == pytest.approx(tau_s, rel=0.05)
        assert term.weight.value == pytest.approx(weight, abs=0.005)


def test_of_a_force_that_falls_by_decades_the_last_is_followed_as_well_as_the_first() -> None:
    time_s = np.geomspace(1e-3, 1e7, 300)
    force_n = 100 * time_s**-0.3  # a thousandth is left
    found = fit(time_s, force_n)

    assert len(found.terms) > MOST
    assert QualityFlag.CREEP not in found.flags
    assert found.predict(time_s) == pytest.approx(force_n, rel=0.06)


def test_rare_samples_late_in_a_hold_do_not_hide_what_happens_early() -> None:
    time_s = np.concatenate((np.arange(0.0, 2.0, 0.01), np.arange(2.0, 300.0, 2.0)))
    noise_n = np.random.default_rng(2).normal(0.0, 0.01, time_s.size)
    force_n = 4 + 3 * np.exp(-time_s / 0.2) + 3 * np.exp(-time_s / 60) + noise_n
    found = fit(time_s, force_n, terms=2)

    assert found.flags == ()
    assert found.terms[0].tau_s is not None
    assert found.terms[0].tau_s.value == pytest.approx(0.2, rel=0.02)


def test_forty_exponentials_may_be_asked_for() -> None:
    found = fit(DECADES_S, power_law(DECADES_S, 0.3, 1), terms=40)

    assert len(found.terms) == 40
    assert np.isfinite(found.predict(DECADES_S)).all()
