"""The pressure that each press of a series delivered is read from the gauge."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.analysis.pressed_train import pressed_train, without

from tissuesense.analysis.sensory.delivered_pressure import delivered_presses, evenness
from tissuesense.core.calibration import Calibration
from tissuesense.core.contact import ContactTip
from tissuesense.core.errors import NoProbeArea
from tissuesense.core.quality import QualityFlag
from tissuesense.core.recording import Recording

LEVELS = (300.0, 320.0, 290.0, 310.0, 305.0, 298.0)


def delivered(recording: Recording) -> list[float]:
    return [press.pressure_kpa.value for press in delivered_presses(recording)]


@pytest.mark.parametrize("rate_hz", [20, 80, 1000])
@pytest.mark.parametrize("area_cm2", [0.5, 1.0, 1.77])
def test_each_press_is_read_at_its_plateau(rate_hz: float, area_cm2: float) -> None:
    recording = pressed_train(LEVELS, rate_hz=rate_hz, area_cm2=area_cm2)

    assert delivered(recording) == pytest.approx(LEVELS, abs=1.0)


def test_a_tip_that_stays_on_the_skin_between_presses_takes_nothing_from_them() -> None:
    assert delivered(pressed_train(LEVELS, resting_kpa=20)) == pytest.approx(LEVELS, abs=1.0)


def test_a_zero_that_drifts_takes_nothing_from_them() -> None:
    assert delivered(pressed_train(LEVELS, drift_n_s=0.1)) == pytest.approx(LEVELS, abs=1.0)


def test_presses_minutes_apart_have_each_their_own_zero() -> None:
    found = delivered(pressed_train(LEVELS, on_s=5, off_s=20, rate_hz=40, drift_n_s=0.01))

    assert found == pytest.approx(LEVELS, abs=1.0)


def test_the_time_between_presses_is_that_between_their_halves() -> None:
    even = evenness(delivered_presses(pressed_train(LEVELS, on_s=1.0, off_s=1.5)))

    assert even is not None
    assert even.period_s == pytest.approx(2.5, abs=0.02)
    assert even.pause_s == pytest.approx(1.5, abs=0.03)


def test_the_spread_of_the_presses_is_that_of_their_levels() -> None:
    even = evenness(delivered_presses(pressed_train(LEVELS)))

    assert even is not None
    assert even.cv == pytest.approx(np.std(LEVELS, ddof=1) / np.mean(LEVELS), rel=0.02)


def test_presses_that_grow_drift_upwards() -> None:
    even = evenness(delivered_presses(pressed_train([300, 310, 320, 330, 340])))

    assert even is not None
    assert even.drift == pytest.approx(40 / 320, rel=0.03)


def test_two_presses_are_too_few_to_tell_how_even_they_are() -> None:
    assert evenness(delivered_presses(pressed_train(LEVELS[:2]))) is None


def test_a_press_at_the_end_of_the_range_is_flagged() -> None:
    first, second, *_ = delivered_presses(pressed_train([250, 340, 250], full_scale_n=31))

    assert first.flags == ()
    assert QualityFlag.CLIP in second.flags


def test_a_press_whose_middle_is_lost_is_flagged() -> None:
    recording = without(pressed_train(LEVELS), 3.2, 3.75)

    first, second, *_ = delivered_presses(recording)
    assert QualityFlag.GAP in first.flags
    assert second.flags == ()


def test_a_steady_hold_is_no_gauge_at_its_end() -> None:
    recording = pressed_train(LEVELS)
    assert recording.trace.force_n is not None
    still = np.round(recording.trace.force_n)
    coarse = replace(recording, trace=replace(recording.trace, force_n=still))

    assert all(press.flags == () for press in delivered_presses(coarse))


def test_an_uncertain_area_is_part_of_the_uncertainty() -> None:
    recording = pressed_train(LEVELS)
    tip = ContactTip(area_cm2=1.0, area_uncertainty_cm2=0.02)
    unsure = replace(recording, context=replace(recording.context, tip=tip))
    (known, *_), (press, *_) = delivered_presses(recording), delivered_presses(unsure)

    assert 0 < known.pressure_kpa.u < 1
    assert press.pressure_kpa.u == pytest.approx(0.02 * press.pressure_kpa.value, rel=0.02)


def test_a_calibration_corrects_the_pressure_and_adds_its_uncertainty() -> None:
    recording = pressed_train(LEVELS)
    gain = Calibration(
        identifier="C-1",
        instrument="gauge",
        gain=1.1,
        covariance=((0, 0, 0), (0, 0.02**2, 0), (0, 0, 0)),
    )
    context = replace(recording.context, instrument="gauge", calibration=gain)
    found = delivered_presses(replace(recording, context=context))

    for press, level in zip(found, LEVELS, strict=True):
        assert press.pressure_kpa.value == pytest.approx(1.1 * level, abs=1.0)
        assert press.pressure_kpa.budget["calibration"] == pytest.approx(0.02 * level, rel=0.02)


def test_force_without_an_area_is_no_pressure() -> None:
    with pytest.raises(NoProbeArea):
        delivered_presses(pressed_train(LEVELS, area_cm2=None))
