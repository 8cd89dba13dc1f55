"""Claim: press and hold agree with the closed forms of viscoelasticity, and intervals are honest.

Closed forms: a standard linear solid (springs k_inf and k, time constant tau) under a ramp of
speed v gives ``k_inf v t + k v tau (1 - exp(-t / tau))``; in the hold each branch dies out
exponentially.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.conformance.examiner.generator import generate
from tests.conformance.examiner.truth import IndentationTruth, Known
from tests.unit.analysis.pressed_tissue import Gauge, Pressing, pressed, tissue_force

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.hypertonia import index
from tissuesense.analysis.indentation_result import IndentationPress
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.trace import Trace

SPEED_MM_S = 5.0
RAMP_S = 1.0
SOLID = (1.0, ((0.8, 2.0),))
TWO_TERMS = (0.6, ((0.5, 0.3), (0.4, 4.0)))
Material = tuple[float, tuple[tuple[float, float], ...]]


def ramp_force(material: Material, t_s: float) -> float:
    equilibrium, branches = material
    force = equilibrium * SPEED_MM_S * t_s
    return force + sum(k * SPEED_MM_S * tau * (1 - math.exp(-t_s / tau)) for k, tau in branches)


def held_force(material: Material, t_s: float) -> float:
    equilibrium, branches = material
    force = equilibrium * SPEED_MM_S * RAMP_S
    return force + sum(
        k * SPEED_MM_S * tau * (1 - math.exp(-RAMP_S / tau)) * math.exp(-(t_s - RAMP_S) / tau)
        for k, tau in branches
    )


def secant(material: Material) -> float:
    peak = ramp_force(material, RAMP_S)
    low, high = (
        brentq(lambda t, share=share: ramp_force(material, t) - share * peak, 0, RAMP_S)
        for share in (0.2, 0.8)
    )
    return float(0.6 * peak / (SPEED_MM_S * (high - low)))


def press_of(t_s: FloatArray, force_n: FloatArray, way_mm: FloatArray) -> IndentationPress:
    trace = Trace(t_s=t_s, force_n=force_n, displacement_mm=way_mm)
    context = RecordingContext(kind=RecordingKind.INDENTATION)
    (press,) = analyse_indentation(Recording(trace=trace, context=context)).presses
    return press


def sampled(
    force: Callable[[float], float], way: Callable[[float], float], end_s: float
) -> IndentationPress:
    """Sample a press that begins at 0 with a quiet gauge, 200 times a second."""
    rng = np.random.default_rng(3)
    t = np.arange(-2, end_s + 2, 0.005)
    noise = rng.normal(0, 0.005, t.size)
    return press_of(
        t, np.array([max(force(x), 0.0) for x in t]) + noise, np.array([way(x) for x in t])
    )


def value(outcome: object) -> float:
    assert isinstance(outcome, Estimate)
    return outcome.value


@pytest.mark.parametrize("material", [SOLID, TWO_TERMS], ids=["one branch", "two branches"])
@pytest.mark.parametrize("hold_s", [4.0, 9.0])
def test_ramp_and_hold_of_a_linear_solid(material: Material, hold_s: float) -> None:
    leave_s = RAMP_S + hold_s

    def force(t: float) -> float:
        if t <= 0 or t > leave_s:
            return 0.0
        return ramp_force(material, t) if t <= RAMP_S else held_force(material, t)

    def way(t: float) -> float:
        return SPEED_MM_S * min(max(t, 0), RAMP_S, max((leave_s + 0.2 - t) / 0.2, 0))

    press = sampled(force, way, leave_s + 0.2)

    assert press.peak_n == pytest.approx(ramp_force(material, RAMP_S), rel=0.005)
    assert press.hold_s == pytest.approx(hold_s, abs=0.02)
    assert value(press.secant_stiffness_n_mm) == pytest.approx(secant(material), rel=0.005)
    expected = 1 - held_force(material, leave_s) / ramp_force(material, RAMP_S)
    assert value(press.relaxation_fraction) == pytest.approx(expected, abs=0.004)


def triangular_force(t: float) -> float:
    """Return the force of going in for 1 s and out for 1 s at 5 mm/s."""
    if t <= 0 or t > 2:
        return 0.0
    if t <= 1:
        return ramp_force(SOLID, t)
    ((k, tau),) = SOLID[1]
    branch = k * SPEED_MM_S * tau
    turned = branch * (1 - math.exp(-1 / tau)) + branch
    return max(SPEED_MM_S * (2 - t) + turned * math.exp(-(t - 1) / tau) - branch, 0.0)


def test_energy_loss_of_a_triangular_cycle() -> None:
    """In 1 s, out 1 s at 5 mm/s: 0.200090 of the work is lost, force clipped at zero."""
    press = sampled(triangular_force, lambda t: SPEED_MM_S * max(min(t, 2 - t), 0), 2)

    assert value(press.energy_loss_ratio) == pytest.approx(0.200090, abs=0.003)


def test_intervals_cover_the_truth_and_are_not_idle() -> None:
    """Sharp corners and a still hand: what is left is noise, and the interval knows it."""
    pressing = Pressing(presses=1)
    way = pressing.way()
    force = tissue_force(way)
    stops, leaves = (2000 + round(1000 * s) for s in (pressing.load_s, 5.0))
    loading = slice(2000, stops + 1)
    peak = force[stops]
    low, high = np.interp([0.2 * peak, 0.8 * peak], force[loading], way[loading])
    truth = {
        "secant_stiffness_n_mm": 0.6 * peak / (high - low),
        "relaxation_fraction": 1 - force[leaves] / peak,
        "energy_loss_ratio": 1
        + np.trapezoid(force[leaves:], way[leaves:]) / np.trapezoid(force[loading], way[loading]),
    }
    covered: dict[str, list[bool]] = {name: [] for name in truth}
    for seed in range(150):
        gauge = Gauge(seed=seed, rate_hz=100.0, noise_n=0.08)
        (press,) = analyse_indentation(pressed(pressing, gauge).recording()).presses
        for name, true in truth.items():
            low, high = getattr(press, name).coverage_interval()
            covered[name].append(bool(low <= true <= high))
            assert high - low < 0.15 * true
    assert {name: np.mean(hits) >= 0.90 for name, hits in covered.items()} == dict.fromkeys(
        truth, True
    )


def examined(
    count: int, seed: int, *, blind: bool = False
) -> list[tuple[Known, tuple[IndentationPress, ...]]]:
    """Analyse recordings of trembling hands on many tissues; `blind` without displacement."""
    found = []
    for known in generate("indentation", count, seed):
        recording = known.recording
        if blind:
            trace = Trace(t_s=recording.trace.t_s, force_n=recording.trace.force_n)
            recording = replace(recording, trace=trace)
        found.append((known, analyse_indentation(recording).presses))
    return found


def covered(estimate: object, true: float) -> bool:
    assert isinstance(estimate, Estimate)
    low, high = estimate.coverage_interval()
    return low <= true <= high


def test_intervals_cover_the_truth_of_hands_that_cannot_hold_still() -> None:
    hits: dict[str, list[bool]] = {"secant": [], "energy loss": [], "relaxation": []}
    for known, presses in examined(200, 6):
        for truth, press in zip(known.presses, presses, strict=True):
            assert isinstance(truth, IndentationTruth)
            hits["secant"].append(covered(press.secant_stiffness_n_mm, truth.secant_n_mm))
            if isinstance(press.energy_loss_ratio, Estimate):
                hits["energy loss"].append(covered(press.energy_loss_ratio, truth.energy_loss))
            if truth.relaxation is not None and isinstance(press.relaxation_fraction, Estimate):
                hits["relaxation"].append(covered(press.relaxation_fraction, truth.relaxation))

    assert all(len(hit) > 300 for hit in hits.values())
    shares = {name: float(np.mean(hit)) for name, hit in hits.items()}
    # 500 presses know a share to about one hundredth; the promise is 0.92 to 0.98.
    assert all(0.91 <= share <= 0.985 for share in shares.values()), shares


def test_the_force_alone_tells_the_relaxation_within_two_hundredths() -> None:
    """A sway at the wrong moment may look like letting go; a press that turned is never held."""
    errors, hits, refused = [], [], 0
    for known, presses in examined(150, 8, blind=True):
        for truth, press in zip(known.presses, presses, strict=True):
            assert isinstance(truth, IndentationTruth)
            found = press.relaxation_fraction
            if truth.relaxation is None:
                assert not isinstance(found, Estimate)
            elif isinstance(found, Estimate):
                errors.append(math.fabs(found.value - truth.relaxation))
                hits.append(covered(found, truth.relaxation))
            else:
                refused += 1

    assert refused <= 0.03 * len(errors)
    assert np.quantile(errors, 0.9) <= 0.02
    assert np.mean(hits) >= 0.92


@pytest.mark.parametrize("rate_hz", [20.0, 40.0, 250.0])
def test_a_sharp_turn_between_two_samples_is_within_the_interval(rate_hz: float) -> None:
    """In 1 s, out 1 s, wherever the samples fall; the loss is known to six decimals."""
    hits = []
    for phase in np.linspace(0, 1, 25, endpoint=False):
        rng = np.random.default_rng(int(1000 * phase))
        t = (np.arange(-2 * rate_hz, 4 * rate_hz) + phase) / rate_hz
        force = np.array([triangular_force(x) for x in t]) + rng.normal(0, 0.005, t.size)
        way = SPEED_MM_S * np.maximum(np.minimum(t, 2 - t), 0) + rng.normal(0, 0.01, t.size)
        hits.append(covered(press_of(t, force, way).energy_loss_ratio, 0.200090))
    assert np.mean(hits) >= 0.88


def repeats(
    rng: np.random.Generator, n: int, mean: float, correlation: float, sds: tuple[float, float]
) -> dict[str, FloatArray]:
    mixed = correlation * sds[0] * sds[1]
    covariance = [[sds[0] ** 2, mixed], [mixed, sds[1] ** 2]]
    logs = rng.multivariate_normal([mean, mean], covariance, n)
    return {"tangent_stiffness_n_mm": np.exp(logs[:, 0]), "fung_b_per_mm": np.exp(logs[:, 1])}


@pytest.mark.parametrize(
    ("n", "correlation", "sds"),
    [(3, 0.0, (0.06, 0.05)), (3, 0.6, (0.06, 0.05)), (4, 0.3, (0.06, 0.06)), (5, 0.8, (0.1, 0.06))],
)
def test_intervals_of_the_index_cover_it(
    n: int, correlation: float, sds: tuple[float, float]
) -> None:
    rng = np.random.default_rng([n, int(10 * correlation)])
    true = 100 * math.expm1(0.12)
    hits = []
    for _ in range(800):
        found = index(
            repeats(rng, n, 0.12, correlation, sds), repeats(rng, n, 0.0, correlation, sds)
        )
        if found.percent is not None:
            low, high = found.percent.coverage_interval()
            hits.append(low <= true <= high)
    assert len(hits) >= 780
    assert 0.92 <= np.mean(hits) <= 0.985


@pytest.mark.parametrize("n", [3, 4, 5])
def test_intervals_of_a_single_component_cover_it(n: int) -> None:
    rng = np.random.default_rng(n)
    true = 100 * math.expm1(0.1)
    hits = []
    for _ in range(1000):
        site, reference = (np.exp(rng.normal(mean, 0.06, n)) for mean in (0.1, 0.0))
        found = index({"tap_frequency_hz": site}, {"tap_frequency_hz": reference})
        assert found.percent is not None
        low, high = found.percent.coverage_interval()
        hits.append(low <= true <= high)
    assert 0.93 <= np.mean(hits) <= 0.97
