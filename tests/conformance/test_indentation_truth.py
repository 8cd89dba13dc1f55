"""Claim: press and hold agree with the closed forms of viscoelasticity, and intervals are honest.

Closed forms: a standard linear solid (springs k_inf and k, time constant tau) under a ramp of
speed v gives ``k_inf v t + k v tau (1 - exp(-t / tau))``; in the hold each branch dies out
exponentially.
"""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.signal import lfilter
from tests.conformance.examiner.generator import generate
from tests.conformance.examiner.truth import IndentationTruth, Known
from tests.unit.analysis.pressed_tissue import Columns, Gauge, Pressing, pressed, tissue_force

import tissuesense as ts
from tissuesense.analysis.estimators.indentation import analyse_indentation, read_presses
from tissuesense.analysis.press_hold.result import IndentationPress
from tissuesense.analysis.press_hold.tangent_stiffness import tangents
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome
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


def pairs(press: IndentationPress, truth: IndentationTruth) -> dict[str, tuple[object, object]]:
    """Return what was found and what is true, of all that there may be both."""
    drifted = QualityFlag.HAND_DRIFT in press.flags
    tangents = {
        f"tangent {t.at_n:g} N": (t.stiffness_n_mm, truth.tangents_n_mm.get(t.at_n))
        for t in press.tangents
    }
    return {
        "secant": (press.secant_stiffness_n_mm, truth.secant_n_mm),
        **tangents,
        "power": (press.power_exponent, truth.power),
        "fung": (press.fung_b_per_mm, truth.fung_b_per_mm),
        "energy loss": (press.energy_loss_ratio, truth.energy_loss),
        "relaxation": (
            press.relaxation_fraction,
            truth.relaxation_still if drifted else truth.relaxation,
        ),
    }


def test_intervals_cover_the_truth_of_hands_that_cannot_hold_still() -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    for known, presses in examined(200, 6):
        for truth, press in zip(known.presses, presses, strict=True):
            assert isinstance(truth, IndentationTruth)
            for name, (found, true) in pairs(press, truth).items():
                if isinstance(found, Estimate) and isinstance(true, float):
                    hits[name].append(covered(found, true))

    assert all(len(hit) > 150 for hit in hits.values())
    shares = {name: round(float(np.mean(hit)), 3) for name, hit in hits.items()}
    # So many presses know a share to one hundredth or two; the promise is 0.92 to 0.98.
    assert all(0.90 <= share <= 0.99 for share in shares.values()), shares


Examined = list[tuple[Known, tuple[IndentationPress, ...]]]


@pytest.fixture(scope="module")
def blind() -> Examined:
    return examined(110, 8, blind=True)


def test_the_response_at_stated_times_is_within_its_interval(blind: Examined) -> None:
    errors, hits = [], []
    for known, presses in blind:
        for truth, press in zip(known.presses, presses, strict=True):
            assert isinstance(truth, IndentationTruth)
            for after_s, lost in truth.responses.items():
                found = press.force_alone.responses.get(after_s)
                if isinstance(found, Estimate):
                    errors.append(math.fabs(found.value - lost))
                    hits.append(covered(found, lost))

    assert len(hits) > 200
    assert np.quantile(errors, 0.9) <= 0.02
    assert np.mean(hits) >= 0.91


def test_the_force_alone_tells_the_relaxation_within_two_hundredths(blind: Examined) -> None:
    """A sway at the wrong moment may look like letting go; a press that turned is never held."""
    errors, hits, refused = [], [], 0
    for known, presses in blind:
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


ONE_PRESS = Pressing(presses=1, hold_s=4.0, pause_s=2.0)


def force_of(way_mm: FloatArray, law: str) -> FloatArray:
    if law == "power":
        return tissue_force(way_mm, exponent=1.6)
    bent_mm = np.expm1(0.18 * np.maximum(way_mm, 0)) / 0.18
    return tissue_force(bent_mm, stiffness=0.8, exponent=1.0)


def truths_of(law: str) -> dict[str, float]:
    """Return the law's parameter, the slopes of the loading curve, the place of contact."""
    way = ONE_PRESS.way()
    loading = slice(2000, 3001)
    force = force_of(way, law)[loading]
    slopes = np.gradient(force, way[loading])
    truths = {f"tangent {at:g} N": float(np.interp(at, force, slopes)) for at in (5.0, 10.0)}
    return truths | {"law": 0.18 if law == "fung" else 1.6, "contact": -4.0}


def told(noise_n: float, seed: int, law: str) -> dict[str, Outcome]:
    """Return the same as told of a press whose force has a hand's noise, each value after the last.

    Without fitting the relaxation, which takes the most time and says nothing of these.
    """
    way = ONE_PRESS.way()
    gauge = Gauge(seed=seed, rate_hz=60.0, noise_n=noise_n, noise_mm=0.01)
    t, indicated, moved = gauge.columns(way, force_of(way, law))
    white = np.random.default_rng(seed).normal(0, noise_n, t.size)
    swaying = lfilter([math.sqrt(1 - 0.5**2)], [1, -0.5], white)
    read = read_presses(Columns(t_s=t, force_n=indicated + swaying, way_mm=moved).recording())
    (course,), (found,) = read.courses, read.laws
    assert found.contact is not None
    contact = Estimate(value=found.contact.at, standard_uncertainty=found.contact.u, unit="mm")
    slopes = tangents(read.signal, course, found.fits)
    return {f"tangent {t.at_n:g} N": t.stiffness_n_mm for t in slopes} | {
        "law": found.fung_b_per_mm if law == "fung" else found.power_exponent,
        "contact": contact,
    }


@pytest.mark.parametrize("law", ["power", "fung"])
def test_intervals_of_the_law_hold_it_in_500_presses_of_a_swaying_hand(law: str) -> None:
    truths = truths_of(law)
    hits: dict[str, list[bool]] = {name: [] for name in truths}
    for seed in range(500):
        found = told(0.05, seed, law)
        for name, true in truths.items():
            if isinstance(found[name], Estimate):
                hits[name].append(covered(found[name], true))

    shares = {name: round(float(np.mean(hit)), 3) for name, hit in hits.items()}
    assert all(len(hit) >= 480 for hit in hits.values())
    # 500 presses know a share to about one hundredth; the promise is 0.92 to 0.98.
    assert all(0.91 <= share <= 0.99 for share in shares.values()), shares


def by_link(seed: int) -> Recording:
    """Press a linear solid in for 1 s, hold 12 s; 60 to 100 packets a second, one in 50 lost."""
    rng = np.random.default_rng(seed)
    t = np.cumsum(rng.uniform(1 / 100, 1 / 60, 1400)) - 2
    t = t[rng.random(t.size) > 0.02]
    equilibrium, ((weight, tau),) = SOLID
    ramp = np.minimum(t, RAMP_S)
    since = np.maximum(t - RAMP_S, 0)
    force = equilibrium * ramp + weight * tau * (1 - np.exp(-ramp / tau)) * np.exp(-since / tau)
    letting_go = np.clip((13.4 - t) / 0.4, 0, 1) * (t > 0)
    way = SPEED_MM_S * ramp * letting_go
    trace = Trace(
        t_s=t,
        force_n=SPEED_MM_S * force * letting_go + rng.normal(2, 0.02, t.size),
        displacement_mm=way + rng.normal(0, 0.01, t.size),
    )
    return Recording(trace=trace, context=RecordingContext(kind=RecordingKind.INDENTATION))


@pytest.mark.parametrize("seed", range(6))
def test_a_wireless_link_leaves_stiffness_and_time_constant_within_two_percent(seed: int) -> None:
    (press,) = ts.analyze(by_link(seed)).to_dict()["presses"]
    equilibrium, ((weight, tau),) = SOLID
    (term,) = press["relaxation"]["terms"]
    share = term["weight"]["value"]

    assert term["tau_s"]["value"] == pytest.approx(tau, rel=0.02)
    assert share == pytest.approx(weight / (equilibrium + weight), rel=0.02)
    assert press["secant_stiffness_n_mm"]["value"] == pytest.approx(secant(SOLID), rel=0.02)
    assert press["power_exponent"]["value"] == pytest.approx(1.0, abs=0.02)
