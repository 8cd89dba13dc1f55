"""Claim: force alone gives the answer of hand and tissue to being held, and says it is that."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from tests.unit.analysis.pressed_tissue import Columns, Gauge, Pressing, pressed

from tissuesense.analysis.estimators.indentation import analyse_indentation
from tissuesense.analysis.press_hold.result import IndentationPress
from tissuesense.analysis.viscoelastic.ramp_hold import springpot_response
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, Outcome
from tissuesense.core.recording import RecordingContext

LONG = Pressing(presses=1, hold_s=12.0)
SPEED = {
    "hand_speed_mm_s": 10.0,
    "hand_speed_uncertainty_mm_s": 1.5,
    "hand_speed_source": "metronome",
}


def alone(
    columns: Columns | None = None,
    *,
    displacement: bool = False,
    side_car: Mapping[str, Any] | None = None,
) -> IndentationPress:
    context = RecordingContext.from_dict({"kind": "indentation", **(side_car or {})})
    recording = (columns or pressed(LONG)).recording(displacement=displacement, context=context)
    (press,) = analyse_indentation(recording).presses
    return press


def value(outcome: Outcome | None) -> float:
    assert isinstance(outcome, Estimate)
    return outcome.value


def flat() -> Columns:
    """Hold 15 N for 5 s."""
    t = np.arange(-2, 10, 0.0125)
    noise = np.random.default_rng(1).normal(0, 0.02, t.size)
    return Columns(t_s=t, force_n=np.interp(t, [0, 1, 6, 6.5], [0, 15, 15, 0]) + noise, way_mm=t)


@pytest.mark.parametrize("displacement", [True, False])
def test_the_response_is_that_of_the_hold_at_the_stated_times(displacement: bool) -> None:
    press = alone(displacement=displacement)
    found = press.force_alone.responses

    assert list(found) == [5.0, 10.0]  # the hold of 12 s did not reach 20
    # Both branches of the tissue, pressed for a second, have faded to this after 5 and 10 s.
    assert value(found[5.0]) == pytest.approx(0.266, abs=0.01)
    assert value(found[5.0]) < value(found[10.0]) < value(press.relaxation_fraction) + 0.01


def test_an_unseen_hand_is_told() -> None:
    assert QualityFlag.HAND_UNKNOWN in alone().flags
    assert QualityFlag.HAND_UNKNOWN not in alone(displacement=True).flags


def test_a_stop_vouches_for_the_hand() -> None:
    stopped = {"depth_stop": True}

    assert QualityFlag.HAND_UNKNOWN not in alone(side_car=stopped).flags
    assert QualityFlag.CREEP in alone(flat()).flags
    assert QualityFlag.CREEP not in alone(flat(), side_car=stopped).flags


def test_a_held_force_has_no_response() -> None:
    found = alone(flat()).force_alone

    assert found.responses == {}
    assert found.springpot is None
    assert found.steadiness is not None


def test_a_press_that_turns_has_no_hold_to_speak_of() -> None:
    press = alone(pressed(Pressing(presses=1, hold_s=0.0)), side_car=SPEED)
    found = press.force_alone.to_dict()

    assert found["hold_response"] == []
    assert found["springpot"] is None
    assert found["steadiness"] is None
    assert found["apparent_stiffness_n_mm"] is not None
    assert QualityFlag.HAND_UNKNOWN not in press.flags


def test_the_stiffness_is_that_of_the_loading_over_the_speed() -> None:
    seen = alone(displacement=True)
    found = alone(side_car=SPEED).force_alone

    assert value(found.apparent_stiffness_n_mm) == pytest.approx(
        value(seen.secant_stiffness_n_mm), rel=0.02
    )
    assert isinstance(found.apparent_stiffness_n_mm, Estimate)
    assert found.apparent_stiffness_n_mm.u >= 0.15 * found.apparent_stiffness_n_mm.value
    assert found.to_dict()["hand_speed_source"] == "metronome"


def test_there_is_no_apparent_stiffness_beside_a_real_one_nor_without_a_speed() -> None:
    for press in (alone(), alone(displacement=True, side_car=SPEED)):
        assert press.force_alone.apparent_stiffness_n_mm is None
        assert press.force_alone.hand_speed_source is None


@pytest.mark.parametrize("missing", SPEED)
def test_a_speed_needs_all_of_its_keys(missing: str) -> None:
    stated = {key: one for key, one in SPEED.items() if key != missing}
    with pytest.raises(UsageError, match=missing):
        alone(side_car=stated)


@pytest.mark.parametrize("stated", ["yes", 1, None])
def test_a_stop_is_true_or_false(stated: object) -> None:
    with pytest.raises(UsageError, match="depth_stop"):
        alone(side_car={"depth_stop": stated})


def powered(exponent: float, power: float) -> Columns:
    """Press a springpot in for 1 s, hold it for 15 s, let it go."""
    t = np.arange(-2, 20, 0.0125)
    touched, held_s = t > 0, np.clip(t, 0, 16)
    force = np.zeros_like(t)
    force[touched] = 20 * springpot_response(held_s[touched], 1.0, exponent, power)
    force *= np.clip((16.5 - t) / 0.5, 0, 1)
    noise = np.random.default_rng(2).normal(0, 0.02, t.size)
    return Columns(t_s=t, force_n=force + noise, way_mm=t)


@pytest.mark.parametrize("power", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("exponent", [0.05, 0.12])
def test_the_springpot_is_told_whatever_the_power_of_the_depth(
    exponent: float, power: float
) -> None:
    springpot = alone(powered(exponent, power)).force_alone.springpot

    assert springpot is not None
    assert springpot.broken is None
    assert value(springpot.exponent) == pytest.approx(exponent, rel=0.05)
    assert isinstance(springpot.exponent, Estimate)
    low, high = springpot.exponent.ci95
    assert low <= exponent <= high


def test_a_trembling_hand_is_less_steady() -> None:
    calm = pressed(LONG)
    tremor = 0.2 * np.sin(2 * np.pi * 9 * calm.t_s)
    shaken = Columns(t_s=calm.t_s, force_n=calm.force_n + tremor, way_mm=calm.way_mm)
    quiet, loud = (alone(columns).force_alone.plain for columns in (calm, shaken))

    assert loud["tremor_8_12_hz_rms_n"] == pytest.approx(0.2 / math.sqrt(2), rel=0.1)
    assert quiet["tremor_8_12_hz_rms_n"] < 0.02


def test_many_samples_a_second_cost_no_more_noise() -> None:
    """Averaged to what tremor needs, a noisy fast gauge shows as little of it as a slow one."""
    fast = alone(pressed(LONG, Gauge(rate_hz=1600.0, noise_n=0.2))).force_alone.plain
    assert fast["tremor_15_40_hz_rms_n"] < 0.05


@pytest.mark.parametrize("displacement", [True, False])
def test_twice_the_gain_changes_no_share_and_no_exponent(displacement: bool) -> None:
    columns = pressed(LONG)
    double = Columns(t_s=columns.t_s, force_n=2 * columns.force_n, way_mm=columns.way_mm)
    one, two = (alone(c, displacement=displacement) for c in (columns, double))

    for name, found in one.force_alone.outcomes.items():
        assert value(two.force_alone.outcomes[name]) == pytest.approx(value(found), rel=1e-6)
    assert value(two.relaxation_fraction) == pytest.approx(value(one.relaxation_fraction), rel=1e-6)
    if displacement:
        assert value(two.power_exponent) == pytest.approx(value(one.power_exponent), rel=0.002)
        assert value(two.energy_loss_ratio) == pytest.approx(value(one.energy_loss_ratio), abs=1e-4)


def test_every_number_of_it_is_a_finding() -> None:
    press = alone(side_car=SPEED)
    names = {row.quantity for row in press.findings()}

    assert names >= {
        "hold_response_5s",
        "hold_response_10s",
        "springpot_exponent",
        "apparent_stiffness_n_mm",
        "sway_cv",
        "tremor_8_12_hz_rms_n",
        "twitches",
    }
    assert "hold_response_20s" not in names
