"""QUEST+ asks where an answer teaches most and believes the pressure that was delivered."""

import numpy as np
import pytest
from scipy.special import ndtr

from tissuesense.analysis.sensory.quest_plus import QuestPlus
from tissuesense.core.errors import UsageError

GRID_KPA = np.geomspace(60, 1200, 81)
LAPSE = 0.01
SLOPE = 0.10


def _quest() -> QuestPlus:
    return QuestPlus(GRID_KPA[::4], GRID_KPA, [0.05, 0.1, 0.2], [LAPSE])


def _expected_entropy(quest: QuestPlus, x: float) -> float:
    """By the definition: the posterior after each answer, weighed by how likely that answer is."""
    distance = np.log(x) - np.log(GRID_KPA)
    felt = LAPSE + (1 - 2 * LAPSE) * ndtr(
        distance[:, None, None] / np.array([0.05, 0.1, 0.2])[:, None]
    )
    total = 0.0
    for chance in (felt, 1 - felt):
        joint = quest.posterior * chance
        after = joint / joint.sum()
        total -= joint.sum() * float((after * np.log(np.maximum(after, 1e-300))).sum())
    return total


def test_the_next_stimulus_leaves_the_least_expected_entropy() -> None:
    quest = _quest()
    for x, felt in ((200.0, False), (420.0, True), (300.0, False)):
        quest.update(x, felt=felt)
        entropies = [_expected_entropy(quest, float(x)) for x in GRID_KPA[::4]]
        assert quest.next_intensity() == GRID_KPA[::4][int(np.argmin(entropies))]


def test_it_starts_in_the_middle_and_knows_nothing() -> None:
    quest = _quest()
    assert quest.threshold.value == pytest.approx((60 * 1200) ** 0.5)
    assert quest.threshold.ci95[0] < 70
    assert quest.threshold.ci95[1] > 1000


def test_an_answer_moves_the_threshold_to_its_side_and_is_a_probability() -> None:
    quest = _quest()
    before = quest.threshold.value
    quest.update(300.0, felt=True)
    assert quest.threshold.value < before
    assert quest.posterior.sum() == pytest.approx(1.0)


def test_the_delivered_pressure_counts_and_not_the_one_asked_for() -> None:
    asked, delivered = _quest(), _quest()
    asked.update(300.0, felt=False)
    delivered.update(361.0, felt=False)  # not on the grid
    assert delivered.threshold.value > asked.threshold.value


def _rmse(presses: int, *, by_delivered: bool) -> float:
    rng = np.random.default_rng([presses, 1])
    errors = []
    for _ in range(200):
        truth = float(np.exp(rng.normal(np.log(300), 0.3)))
        quest = _quest()
        for _ in range(presses):
            asked = quest.next_intensity()
            delivered = asked * float(np.exp(rng.normal(0, 0.15)))
            chance = LAPSE + (1 - 2 * LAPSE) * ndtr(np.log(delivered / truth) / SLOPE)
            quest.update(delivered if by_delivered else asked, felt=bool(rng.random() < chance))
        errors.append(np.log(quest.threshold.value / truth))
    return float(np.sqrt(np.mean(np.square(errors))))


def test_it_finds_the_threshold_and_scoring_the_delivered_pressure_is_what_does_it() -> None:
    assert _rmse(12, by_delivered=True) < 0.07
    assert _rmse(12, by_delivered=True) < _rmse(12, by_delivered=False)


def test_more_presses_know_more() -> None:
    assert _rmse(20, by_delivered=True) < _rmse(6, by_delivered=True)


@pytest.mark.parametrize("felt", [True, False])
def test_a_pressure_on_the_grid_is_scored_as_one_beside_it(felt: bool) -> None:
    """On the grid the chances are looked up, beside it they are computed."""
    on, beside = _quest(), _quest()
    x = float(GRID_KPA[40])
    for _ in range(3):
        on.update(x, felt=felt)
        beside.update(x * (1 + 1e-12), felt=felt)
    np.testing.assert_allclose(on.posterior, beside.posterior, rtol=1e-8, atol=1e-300)
    assert on.posterior.sum() == pytest.approx(1.0)


def test_its_interval_holds_the_truth() -> None:
    rng = np.random.default_rng(9)
    inside = []
    for _ in range(300):
        truth = float(rng.choice(GRID_KPA[20:60]))
        quest = _quest()
        for _ in range(8):
            x = quest.next_intensity()
            chance = LAPSE + (1 - 2 * LAPSE) * ndtr(np.log(x / truth) / SLOPE)
            quest.update(x, felt=bool(rng.random() < chance))
        low, high = quest.threshold.ci95
        inside.append(low <= truth <= high)
    assert np.mean(inside) >= 0.92


def test_an_answer_that_nothing_allows_is_survived() -> None:
    quest = QuestPlus([100.0], [100.0], [0.001], [0.0])
    quest.update(1000.0, felt=False)
    assert quest.threshold.value == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("grids", "why"),
    [
        (([], [1.0], [0.1], [0.0]), "intensities is empty"),
        (([1.0], [-1.0], [0.1], [0.0]), "thresholds must lie above 0"),
        (([1.0], [1.0], [0.0], [0.0]), "slopes must lie above 0"),
        (([1.0], [1.0], [0.1], [0.5]), "lapses must lie from 0"),
    ],
)
def test_a_wrong_grid_is_refused(grids: tuple[list[float], ...], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        QuestPlus(*grids)


def test_a_wrong_stimulus_is_refused() -> None:
    with pytest.raises(UsageError, match="intensity"):
        _quest().update(-3.0, felt=True)


@pytest.mark.parametrize("answer", [None, float("nan"), "no", 2])
def test_an_answer_that_was_not_given_is_not_scored_as_yes(answer: object) -> None:
    with pytest.raises(UsageError, match="felt"):
        _quest().update(300.0, answer)  # type: ignore[arg-type] # that is what is tested
