"""Claim: the simulated hand wanders, trembles and lets go as its numbers say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.simulation.grid import STEP_S, steps, travelled, wandering
from tissuesense.simulation.operator import (
    STEADY_HAND,
    Hand,
    lead_in,
    letting_go,
    speed_profile,
    tremor,
)


def test_wandering_has_the_spread_and_the_memory_it_is_asked_for() -> None:
    process = wandering(0.1, 0.5, steps(2000.0), np.random.default_rng(1))
    lag = steps(0.5)
    memory = np.mean(process[:-lag] * process[lag:]) / np.var(process)
    assert np.std(process) == pytest.approx(0.1, rel=0.05)
    assert memory == pytest.approx(np.exp(-1), abs=0.05)


def test_wandering_is_as_wide_at_its_first_value_as_later() -> None:
    firsts = [wandering(0.1, 0.5, 2, np.random.default_rng(i))[0] for i in range(2000)]
    assert np.std(firsts) == pytest.approx(0.1, rel=0.05)


def test_a_steady_hand_keeps_its_rate_after_the_soft_touch() -> None:
    speed = speed_profile(STEADY_HAND, 50.0, steps(3.0), np.random.default_rng(1))
    assert np.allclose(speed[steps(0.5) :], 50.0)
    assert speed[0] == 0.0
    assert np.all(np.diff(speed) >= 0.0)
    # A linear toe of length T costs half its length: 0.15 to 0.25 s of ramp.
    lag_s = 3.0 - travelled(speed)[-1] / 50.0
    assert 0.15 <= lag_s <= 0.26


def test_even_a_restless_hand_never_turns_back_on_the_ramp() -> None:
    restless = Hand(wander=0.8)
    speed = speed_profile(restless, 50.0, steps(60.0), np.random.default_rng(2))
    assert speed[1:].min() > 0.0


def test_tremor_has_its_size_and_its_frequency() -> None:
    shake = tremor(Hand(tremor=0.01), steps(10.0), np.random.default_rng(3)) - 1.0
    spectrum = np.fft.rfft(shake)
    peak_hz = np.fft.rfftfreq(shake.size, STEP_S)[np.argmax(np.hypot(spectrum.real, spectrum.imag))]
    assert np.std(shake) == pytest.approx(0.01, rel=0.02)
    assert 8.0 <= peak_hz <= 10.0


@given(
    start=st.floats(20.0, 1000.0),
    speed_in=st.floats(0.0, 100.0),
    speed_out=st.floats(300.0, 2000.0),
)
def test_letting_go_ends_off_the_skin_after_no_more_than_a_last_push(
    start: float, speed_in: float, speed_out: float
) -> None:
    path = letting_go(start, speed_in, speed_out)
    assert path[-1] == 0.0
    assert path.min() == 0.0
    assert path.max() <= start + 0.05 * speed_in
    top = int(np.argmax(path))
    assert np.all(np.diff(path[top:]) <= 0.0)


def test_knocks_come_as_often_as_asked_and_well_before_the_press() -> None:
    leads = [lead_in(Hand(knock_share=0.3), np.random.default_rng(i)) for i in range(1000)]
    knocks = [(lead, force_n) for lead, force_n in leads if force_n.max() > 0]
    assert len(knocks) / 1000 == pytest.approx(0.3, abs=0.05)
    assert all(3.0 * 0.9 <= force_n.max() <= 12.0 for _, force_n in knocks)
    assert min(lead - force_n.size for lead, force_n in knocks) > steps(1.5)
