"""What a figure draws is the stored recording, and its marks lie where the stored numbers say."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.report.practice import full_visit, measured, simulated_spec

from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.report.curves import press_holds, ramps
from tissuesense.report.readings import Reading

PPT = simulated_spec("trapezius_upper", Side.RIGHT, RecordingKind.PPT)
INDENTATION = simulated_spec("trapezius_upper", Side.RIGHT, RecordingKind.INDENTATION)
# Reading noise, and the pressure that rises in one sampling step.
CLOSE_KPA = 3.0


@pytest.fixture(scope="module", params=(80.0, 1000.0), ids="{:g} Hz".format)
def thresholds(request: pytest.FixtureRequest) -> Reading:
    return Reading(measured(replace(PPT, rate_hz=request.param), minute=1))


def test_every_trial_is_drawn(thresholds: Reading) -> None:
    assert len(ramps(thresholds)) == len(thresholds.presses()) == 3


def test_the_threshold_lies_on_its_curve(thresholds: Reading) -> None:
    for ramp in ramps(thresholds):
        assert ramp.threshold is not None
        drawn = np.interp(ramp.threshold.t_s, ramp.t_s, ramp.pressure_kpa)
        assert drawn == pytest.approx(ramp.threshold.kpa, abs=CLOSE_KPA)


def test_the_corrected_threshold_lies_on_the_ramp_before_it(thresholds: Reading) -> None:
    for ramp in ramps(thresholds):
        assert ramp.threshold is not None
        assert ramp.latent is not None
        assert ramp.latent.t_s < ramp.threshold.t_s
        drawn = np.interp(ramp.latent.t_s, ramp.t_s, ramp.pressure_kpa)
        assert drawn == pytest.approx(ramp.latent.kpa, abs=CLOSE_KPA)


def test_a_ramp_begins_at_rest_and_ends_at_rest(thresholds: Reading) -> None:
    for ramp in ramps(thresholds):
        assert ramp.pressure_kpa[[0, -1]] == pytest.approx(0, abs=20)


def test_without_a_tip_there_is_no_pressure_to_draw(thresholds: Reading) -> None:
    bare = replace(thresholds.measurement, context=RecordingContext())

    assert ramps(Reading(replace(thresholds.record, measurement=bare))) == ()


def test_a_press_is_drawn_from_contact_to_letting_go() -> None:
    reading = Reading(measured(INDENTATION, minute=1))

    for press, drawn in zip(reading.presses(), press_holds(reading), strict=True):
        peak_n = press.value("peak_n")
        assert drawn.force_n.max() == pytest.approx(peak_n)
        assert drawn.force_n[[0, -1]] == pytest.approx(0, abs=0.05 * drawn.force_n.max())
        assert drawn.depth_mm is not None
        assert drawn.depth_mm[0] == pytest.approx(0, abs=0.2)
        assert drawn.hold_s is not None
        assert drawn.hold_s[1] <= drawn.t_s[-1]


def test_a_fast_gauge_does_not_make_a_larger_figure() -> None:
    fast = Reading(measured(replace(INDENTATION, rate_hz=3200.0), minute=1))

    assert all(press.t_s.size <= 1000 for press in press_holds(fast))
    assert all(np.all(np.diff(press.t_s) > 0) for press in press_holds(fast))


def test_a_rejected_press_is_drawn_as_such() -> None:
    first = full_visit().readings(RecordingKind.PPT)[0]

    assert [ramp.accepted for ramp in ramps(first)] == [p.accepted for p in first.presses()]
    assert [ramp.title for ramp in ramps(first) if not ramp.accepted] == [
        f"Press {press.index}: not used" for press in first.presses() if not press.accepted
    ]
