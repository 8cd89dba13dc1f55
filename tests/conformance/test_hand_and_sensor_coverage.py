"""Intervals of agreement hold the truth of a simulated practice as often as they say.

One latent tenderness, which the hand grades 0 to 3 and the sensor measures, each with its own
error; half of everything belongs to the client where a client has several sites.
"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pytest

from tissuesense.analysis.hand_and_sensor.calibration import calibration_curve
from tissuesense.analysis.hand_and_sensor.cases import IntArray
from tissuesense.analysis.hand_and_sensor.rank_agreement import rank_agreement
from tissuesense.analysis.hand_and_sensor.sensor_grades import graded_by_sensor
from tissuesense.analysis.hand_and_sensor.weighted_kappa import weighted_kappa
from tissuesense.core.arrays import FloatArray
from tissuesense.core.quantity import Estimate, Outcome

RUNS = 500
SITES_OF_TRUTH = 100_000
GRADES = (0, 1, 2, 3)
# Where the hand's own feeling turns from one grade to the next, in standard deviations.
TURNS = (-0.4, 0.5, 1.3)
PRACTICES = [(20, 1), (40, 1), (100, 1), (8, 4), (15, 0), (40, 0)]  # clients, sites; 0: 1 to 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """Examined sites of some clients."""

    hand: list[int]
    kpa: FloatArray
    client: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a practice without end would show."""

    rho: float
    somers_d: float
    medians: tuple[float, ...]
    hand: IntArray
    kpa: FloatArray

    def kappa(self, grades: tuple[int, ...]) -> float:
        """Return that of the hand and of the sensor put on these grades of its scale."""
        kept = np.isin(self.hand, grades)
        put = np.array(grades)[put_on_scale(self.kpa[kept], [self.medians[g] for g in grades])]
        return known(weighted_kappa(self.hand[kept].tolist(), put.tolist(), GRADES).kappa).value


def known(outcome: Outcome) -> Estimate:
    assert isinstance(outcome, Estimate)
    return outcome


def put_on_scale(kpa: FloatArray, medians: list[float]) -> IntArray:
    cuts = np.sqrt(np.array(medians[:-1]) * np.array(medians[1:]))
    return np.asarray(np.searchsorted(-cuts, -kpa), np.int64)


def practice(rng: np.random.Generator, sizes: IntArray, shared: float) -> Practice:
    """Draw one; `shared` is how much of each variance is the latent tenderness."""
    client = np.repeat(np.arange(sizes.size), sizes)

    def drawn() -> FloatArray:
        own = rng.normal(size=client.size)
        if client.size == sizes.size:
            return own
        return np.asarray(math.sqrt(0.5) * (rng.normal(size=sizes.size)[client] + own))

    latent, by_hand, by_sensor = drawn(), drawn(), drawn()
    felt, measured = (
        math.sqrt(shared) * latent + math.sqrt(1 - shared) * error for error in (by_hand, by_sensor)
    )
    return Practice(
        hand=np.searchsorted(TURNS, felt).tolist(),
        kpa=np.exp(5.6 - 0.3 * measured),
        client=client.tolist(),
    )


def sizes_of(rng: np.random.Generator, clients: int, sites: int) -> IntArray:
    return np.full(clients, sites) if sites else rng.integers(1, 9, clients)


@lru_cache
def truth(shared: float) -> Truth:
    endless = practice(np.random.default_rng(0), np.ones(SITES_OF_TRUTH, np.int64), shared)
    hand = np.array(endless.hand)
    ranks = rank_agreement(endless.hand, endless.kpa)
    return Truth(
        rho=known(ranks.rho).value,
        somers_d=known(ranks.somers_d).value,
        medians=tuple(float(np.median(endless.kpa[hand == grade])) for grade in GRADES),
        hand=hand,
        kpa=endless.kpa,
    )


class Tally:
    """How often intervals held the truth."""

    def __init__(self) -> None:
        self.held: Counter[str] = Counter()
        self.given: Counter[str] = Counter()

    def add(self, name: str, interval: tuple[float, float] | None, true: float) -> None:
        if interval is not None:
            self.given[name] += 1
            self.held[name] += interval[0] <= true <= interval[1]

    def share(self, name: str) -> float:
        return self.held[name] / self.given[name]


def interval_of(outcome: Outcome) -> tuple[float, float] | None:
    return outcome.ci95 if isinstance(outcome, Estimate) else None


@pytest.mark.parametrize("shared", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("clients", "sites"), PRACTICES)
def test_coefficients(clients: int, sites: int, shared: float) -> None:
    rng, true, tally = np.random.default_rng(5), truth(shared), Tally()
    true_kappa = true.kappa(GRADES)
    for _ in range(RUNS):
        one = practice(rng, sizes_of(rng, clients, sites), shared)
        ranks = rank_agreement(one.hand, one.kpa, groups=one.client)
        tally.add("rho", interval_of(ranks.rho), true.rho)
        tally.add("Somers' D", interval_of(ranks.somers_d), true.somers_d)
        put = put_on_scale(one.kpa, list(true.medians)).tolist()
        kappa = weighted_kappa(one.hand, put, GRADES, groups=one.client).kappa
        tally.add("kappa", interval_of(kappa), true_kappa)

    assert min(tally.given.values()) >= 0.95 * RUNS
    for name in tally.given:  # 500 runs tell 0.95 from 0.92
        assert 0.915 <= tally.share(name) <= 0.99, name


@pytest.mark.parametrize("shared", [0.1, 0.5, 0.9])
@pytest.mark.parametrize(("clients", "sites"), PRACTICES[1:])
def test_kappa_with_cut_points_of_the_same_practice(
    clients: int, sites: int, shared: float
) -> None:
    """It is a little below what cut points known for certain would give, and not far."""
    rng, true, tally = np.random.default_rng(6), truth(shared), Tally()
    kappas: dict[tuple[int, ...], float] = {}
    apart = []
    for _ in range(RUNS):
        one = practice(rng, sizes_of(rng, clients, sites), shared)
        found = graded_by_sensor(one.hand, one.kpa, groups=one.client)
        if isinstance(found.kappa.kappa, Estimate):
            if found.grades not in kappas:
                kappas[found.grades] = true.kappa(found.grades)
            aim = kappas[found.grades]
            tally.add("kappa", found.kappa.kappa.ci95, aim)
            apart.append(found.kappa.kappa.value - aim)

    assert 0.9 <= tally.share("kappa") <= 0.99
    assert -0.06 < np.mean(apart) < 0.02


@pytest.mark.parametrize(("clients", "sites"), PRACTICES[1:])
def test_the_median_at_a_grade(clients: int, sites: int) -> None:
    rng, true, tally = np.random.default_rng(7), truth(0.5), Tally()
    for _ in range(RUNS):
        one = practice(rng, sizes_of(rng, clients, sites), 0.5)
        for row in calibration_curve(one.hand, one.kpa, groups=one.client).grades:
            tally.add(str(row.grade), row.interval95, true.medians[row.grade])

    # Order statistics are never too narrow for independent cases, and wider than need be for few.
    for grade, given in tally.given.items():
        assert given < RUNS / 4 or 0.93 <= tally.share(grade) <= 0.999, grade


def test_without_knowing_the_clients_the_intervals_are_too_narrow() -> None:
    """Ten clients with six sites each, all of which are as tender as the client."""
    rng, tally = np.random.default_rng(8), Tally()
    for _ in range(RUNS):
        kpa = np.repeat(np.exp(rng.normal(5.6, 0.3, 10)), 6) * np.exp(rng.normal(0, 0.03, 60))
        for name, groups in (("known", [i // 6 for i in range(60)]), ("unknown", None)):
            row = calibration_curve([1] * 60, kpa, groups=groups).grades[1]
            tally.add(name, row.interval95, math.exp(5.6))

    assert tally.share("known") >= 0.93
    assert tally.share("unknown") < 0.75
