"""Claim: what one press leaves for the next is told, and a conditioning press left out."""

import numpy as np
import pytest
from tests.unit.analysis.pressed_tissue import STEP_S, Columns, Gauge, Pressing, tissue_force

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.press_hold.result import IndentationAnalysis
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate


def session(factors: list[float], *, seed: int = 0, pause_s: float = 3.0) -> IndentationAnalysis:
    """Press a tissue that is `factors` times as stiff from press to press and does not relax."""
    pressing = Pressing(presses=len(factors), pause_s=pause_s)
    way = pressing.way()
    press = np.maximum((STEP_S * np.arange(way.size) - 1.5) // pressing.period_s, 0).astype(int)
    stiffness = np.array([*factors, factors[-1]])[press]
    force = stiffness * tissue_force(way, equilibrium=1.0, branches=())
    t, indicated, moved = Gauge(seed=seed).columns(way, force)
    return analyse_indentation(Columns(t_s=t, force_n=indicated, way_mm=moved).recording())


@pytest.mark.parametrize("first", [1.25, 0.8])
@pytest.mark.parametrize("others", [2, 3, 4])
def test_a_first_press_unlike_the_others_is_left_out(first: float, others: int) -> None:
    found = session([first, *([1.0] * others)])

    assert QualityFlag.CONDITIONING in found.presses[0].flags
    assert [press.accepted for press in found.presses] == [False] + [True] * others
    alone = session([1.0] * others)
    assert isinstance(found.secant_stiffness_n_mm, Estimate)
    assert isinstance(alone.secant_stiffness_n_mm, Estimate)
    assert found.secant_stiffness_n_mm.value == pytest.approx(
        alone.secant_stiffness_n_mm.value, rel=0.01
    )


def test_with_one_other_nobody_can_say_which_is_right() -> None:
    found = session([1.3, 1.0])

    assert found.n_accepted == 2
    assert not any(QualityFlag.CONDITIONING in press.flags for press in found.presses)


def test_like_presses_are_not_called_conditioning() -> None:
    for seed in range(10):
        found = session([1.0, 1.0, 1.0], seed=seed)
        assert not any(QualityFlag.CONDITIONING in press.flags for press in found.presses)


def test_a_first_press_within_the_scatter_of_the_others_counts() -> None:
    found = session([1.1, 0.9, 1.05, 1.12, 0.92])

    assert found.n_accepted == 5


@pytest.mark.parametrize(("pause_s", "short"), [(3.0, True), (20.0, False)])
def test_tissue_that_had_no_time_to_recover_is_said(pause_s: float, short: bool) -> None:
    pressing = Pressing(presses=2, pause_s=pause_s, hold_s=8.0)
    way = pressing.way()
    force = tissue_force(way, equilibrium=0.6, branches=((0.4, 3.0),))
    t, indicated, moved = Gauge().columns(way, force)
    first, second = analyse_indentation(
        Columns(t_s=t, force_n=indicated, way_mm=moved).recording()
    ).presses

    assert QualityFlag.SHORT_REST not in first.flags
    assert (QualityFlag.SHORT_REST in second.flags) is short


@pytest.mark.parametrize(("last", "wide"), [(1.03, False), (1.35, True)])
def test_presses_that_scatter_by_more_than_a_tenth_are_said(last: float, wide: bool) -> None:
    found = session([1.0, last, 1.0, 2 - last])

    assert (QualityFlag.TRIAL_SPREAD in found.flags) is wide
    assert found.low_n


def test_the_session_has_the_median_of_every_number() -> None:
    found = session([1.0, 1.04, 0.98])
    exponents = [press.power_exponent for press in found.presses]

    assert isinstance(found.power_exponent, Estimate)
    assert found.power_exponent.value == np.median(
        [one.value for one in exponents if isinstance(one, Estimate)]
    )
    assert [tangent.at_n for tangent in found.tangents] == [5.0, 10.0]
    at_five = [press.tangents[0].stiffness_n_mm for press in found.presses]
    median = found.tangents[0].stiffness_n_mm
    assert isinstance(median, Estimate)
    assert median.value == np.median([one.value for one in at_five if isinstance(one, Estimate)])
