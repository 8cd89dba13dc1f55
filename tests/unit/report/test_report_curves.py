"""What a figure draws is the stored recording, and its marks lie where the stored numbers say."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.report.practice import full_visit, measured, simulated_spec

from tissuesense.core.calibration import Calibration
from tissuesense.core.quality import QualitySummary
from tissuesense.core.recording import RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.core.trace import Trace
from tissuesense.report.curves import press_holds, ramps
from tissuesense.report.figures.press_hold import PressHold
from tissuesense.report.figures.ramp import Ramp
from tissuesense.report.readings import Reading
from tissuesense.simulation.spec import SessionSpec

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


@pytest.mark.parametrize(
    ("spec", "draw", "begin"), [(PPT, ramps, "onset_s"), (INDENTATION, press_holds, "contact_s")]
)
def test_a_line_is_broken_where_readings_are_missing(
    spec: SessionSpec, draw: Callable[[Reading], tuple[Ramp | PressHold, ...]], begin: str
) -> None:
    record = measured(spec, minute=1)
    start_s = (Reading(record).presses()[0].value(begin) or 0.0) + 2.0
    lost = (start_s, start_s + 0.4)
    trace = record.measurement.trace
    kept = (trace.t_s <= lost[0]) | (trace.t_s >= lost[1])
    torn = replace(
        record.measurement,
        trace=Trace(
            t_s=trace.t_s[kept],
            clock=trace.clock,
            **{name: values[kept] for name, values in trace.columns()},
        ),
        quality=QualitySummary(gaps=(lost,)),
    )

    broken = draw(Reading(replace(record, measurement=torn)))[0]

    values = broken.pressure_kpa if isinstance(broken, Ramp) else broken.force_n
    assert broken.t_s[np.isnan(values)] == pytest.approx([2.0])
    assert np.all(np.diff(broken.t_s) > 0)


def test_a_calibration_is_applied_before_drawing() -> None:
    record = measured(PPT, minute=1)
    doubling = Calibration(identifier="C-1", instrument="any", gain=2.0)
    context = replace(record.measurement.context, calibration=doubling)
    torn = replace(record, measurement=replace(record.measurement, context=context))

    plain, doubled = ramps(Reading(record))[0], ramps(Reading(torn))[0]

    rises = [np.ptp(ramp.pressure_kpa) for ramp in (plain, doubled)]
    assert rises[1] == pytest.approx(2 * rises[0])
