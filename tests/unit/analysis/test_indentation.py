"""Claim: a press-and-hold recording gives what it can, and says why it does not give the rest."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.analysis.pressed_tissue import (
    LEAD_S,
    Columns,
    Gauge,
    Pressing,
    pressed,
    tissue_force,
)

from tissuesense.analysis.estimators.indentation import ESTIMATOR, analyse_indentation
from tissuesense.analysis.press_hold.result import IndentationAnalysis, IndentationPress
from tissuesense.core.calibration import Calibration
from tissuesense.core.errors import CalibrationError, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.trace import Trace

PERIOD_S = Pressing().period_s


def analysed(columns: Columns, *, displacement: bool = True) -> IndentationAnalysis:
    return analyse_indentation(columns.recording(displacement=displacement))


def value(outcome: Outcome) -> float:
    assert isinstance(outcome, Estimate)
    return outcome.value


def reason(outcome: Outcome) -> QualityFlag:
    assert isinstance(outcome, NotEstimable)
    return outcome.reason


def numbers(press: IndentationPress) -> tuple[float, float, float]:
    return (
        value(press.secant_stiffness_n_mm),
        value(press.energy_loss_ratio),
        value(press.relaxation_fraction),
    )


def test_the_estimator_serves_indentation() -> None:
    assert ESTIMATOR.kinds == {RecordingKind.INDENTATION}


def test_every_press_is_found_where_it_begins() -> None:
    found = analysed(pressed()).presses

    assert [press.index for press in found] == [1, 2, 3]
    begin = [press.contact_s for press in found]
    assert begin[0] == pytest.approx(LEAD_S, abs=0.05)


def test_depth_is_measured_from_contact_and_not_from_the_sensors_zero() -> None:
    press = analysed(pressed()).presses[0]

    assert press.contact_mm == pytest.approx(-4.0, abs=0.1)
    assert press.depth_mm == pytest.approx(10.0, abs=0.1)


def test_hold_is_as_long_as_it_was() -> None:
    for press in analysed(pressed()).presses:
        assert press.hold_s == pytest.approx(4.0, abs=0.05)


def test_session_gives_medians_of_the_accepted_presses() -> None:
    found = analysed(pressed())

    stiffness = [value(press.secant_stiffness_n_mm) for press in found.presses]
    assert found.n_accepted == 3
    assert value(found.secant_stiffness_n_mm) == np.median(stiffness)
    assert found.cv == pytest.approx(np.std(stiffness, ddof=1) / np.mean(stiffness))


def test_session_uncertainty_widens_with_the_scatter_of_presses() -> None:
    found = analysed(pressed())

    median = found.relaxation_fraction
    single = found.presses[1].relaxation_fraction
    assert isinstance(median, Estimate)
    assert isinstance(single, Estimate)
    assert median.dof == 2
    assert median.standard_uncertainty > single.standard_uncertainty


def test_one_press_keeps_its_own_numbers_and_is_called_too_few() -> None:
    found = analysed(pressed(Pressing(presses=1)))

    assert found.secant_stiffness_n_mm == found.presses[0].secant_stiffness_n_mm
    assert found.cv is None
    assert QualityFlag.TOO_FEW in found.flags


def test_without_displacement_the_force_still_relaxes() -> None:
    columns = pressed()
    blind = analysed(columns, displacement=False)

    for press, seen in zip(blind.presses, analysed(columns).presses, strict=True):
        assert reason(press.secant_stiffness_n_mm) is QualityFlag.NO_DISPLACEMENT
        assert reason(press.energy_loss_ratio) is QualityFlag.NO_DISPLACEMENT
        assert (press.contact_mm, press.depth_mm) == (None, None)
        assert QualityFlag.NO_DISPLACEMENT in press.flags
        assert value(press.relaxation_fraction) == pytest.approx(
            value(seen.relaxation_fraction), abs=0.02
        )
    assert QualityFlag.NO_DISPLACEMENT in blind.flags


@pytest.mark.parametrize("displacement", [True, False])
@pytest.mark.parametrize("hold_s", [0.02, 0.5])
def test_a_press_held_for_less_than_a_second_has_no_relaxation(
    hold_s: float, displacement: bool
) -> None:
    found = analysed(pressed(Pressing(hold_s=hold_s)), displacement=displacement)

    assert len(found.presses) == 3
    for press in found.presses:
        assert reason(press.relaxation_fraction) is QualityFlag.NO_HOLD
        assert QualityFlag.NO_HOLD in press.flags
        assert press.accepted
    assert reason(found.relaxation_fraction) is QualityFlag.TOO_FEW


@pytest.mark.parametrize("rate_hz", [20.0, 80.0, 1000.0])
@pytest.mark.parametrize("stroke_s", [0.2, 0.3, 0.4])
def test_a_stroke_of_the_hand_is_a_press_where_the_tip_is_seen_to_move(
    stroke_s: float, rate_hz: float
) -> None:
    fast = Pressing(load_s=stroke_s, hold_s=0.0, unload_s=stroke_s)
    columns = pressed(fast, Gauge(rate_hz=rate_hz))

    assert len(analysed(columns).presses) == 3
    parked = replace(columns, way_mm=np.full_like(columns.way_mm, -4.0))
    assert stroke_s > 0.3 or not analysed(parked).presses


@pytest.mark.parametrize("load_s", [0.5, 3.0])
def test_a_short_hold_after_a_slow_or_fast_ramp_is_still_seen(load_s: float) -> None:
    found = analysed(pressed(Pressing(hold_s=1.3, load_s=load_s, unload_s=load_s)))

    for press in found.presses:
        assert press.hold_s == pytest.approx(1.3, abs=0.1)


@pytest.mark.parametrize("slip_mm", [0.8, -0.8])
def test_a_hand_that_drifts_is_told_from_tissue_that_relaxes(slip_mm: float) -> None:
    still = analysed(pressed()).relaxation_fraction
    found = analysed(pressed(Pressing(slip_mm=slip_mm)))

    assert all(QualityFlag.HAND_DRIFT in press.flags for press in found.presses)
    assert [press.hold_motion_mm for press in found.presses] == pytest.approx(
        [slip_mm] * 3, abs=0.1
    )
    assert value(found.relaxation_fraction) == pytest.approx(value(still), abs=0.01)
    assert isinstance(found.relaxation_fraction, Estimate)
    assert isinstance(still, Estimate)
    assert found.presses[0].relaxation_fraction != still


@pytest.mark.parametrize("slip_mm", [2.5, -1.3])
def test_a_hand_that_drifts_far_has_no_relaxation(slip_mm: float) -> None:
    found = analysed(pressed(Pressing(slip_mm=slip_mm)))

    assert all(reason(p.relaxation_fraction) is QualityFlag.HAND_DRIFT for p in found.presses)
    assert reason(found.relaxation_fraction) is QualityFlag.TOO_FEW
    assert isinstance(found.secant_stiffness_n_mm, Estimate)


@pytest.mark.parametrize("slip_mm", [0.5, -0.5])
def test_a_twentieth_of_the_depth_is_a_tenth_of_the_force_and_is_flagged(slip_mm: float) -> None:
    """Half a millimetre at 10 mm where force goes with the square: (0.95 / 1)^2 = 0.9025."""
    pressing, gauge = Pressing(slip_mm=slip_mm), Gauge()
    way = pressing.way()
    elastic = tissue_force(way, exponent=2.0, equilibrium=1.0, branches=())
    t, force, moved = gauge.columns(way, elastic)
    found = analysed(Columns(t_s=t, force_n=force, way_mm=moved))

    for press in found.presses:
        assert QualityFlag.HAND_DRIFT in press.flags
        assert value(press.relaxation_fraction) == pytest.approx(0, abs=0.02)


def test_a_held_force_is_creep_and_no_relaxation() -> None:
    pressing, gauge = Pressing(presses=2), Gauge()
    way = pressing.way()
    force = 1.5 * np.minimum(way, pressing.depth_mm)
    held = way >= pressing.depth_mm
    since = np.cumsum(held) * 0.001 % pressing.hold_s
    t, indicated, moved = gauge.columns(way + np.where(held, 1 - np.exp(-since / 2), 0), force)

    found = analysed(Columns(t_s=t, force_n=indicated, way_mm=moved))

    for press in found.presses:
        assert QualityFlag.CREEP in press.flags
        assert reason(press.relaxation_fraction) is QualityFlag.CREEP


def test_a_recording_that_ends_in_the_hold_has_no_energy_loss() -> None:
    columns = pressed(Pressing(presses=1))
    kept = columns.t_s < LEAD_S + 4.0
    press = analysed(
        Columns(t_s=columns.t_s[kept], force_n=columns.force_n[kept], way_mm=columns.way_mm[kept])
    ).presses[0]

    assert reason(press.energy_loss_ratio) is QualityFlag.NOT_RELEASED
    assert QualityFlag.NOT_RELEASED in press.flags
    assert isinstance(press.secant_stiffness_n_mm, Estimate)
    assert press.hold_s == pytest.approx(3.0, abs=0.05)


def test_a_recording_that_begins_in_the_press_does_not_know_the_loading() -> None:
    columns = pressed(Pressing(presses=1))
    kept = columns.t_s > LEAD_S + 0.7
    press = analysed(
        Columns(t_s=columns.t_s[kept], force_n=columns.force_n[kept], way_mm=columns.way_mm[kept])
    ).presses[0]

    assert (press.contact_s, press.contact_mm, press.depth_mm) == (None, None, None)
    assert reason(press.secant_stiffness_n_mm) is QualityFlag.PRELOAD
    assert not press.accepted


def test_a_displacement_that_stands_still_gives_no_stiffness() -> None:
    columns = pressed()

    for press in analysed(replace(columns, way_mm=0 * columns.way_mm)).presses:
        assert reason(press.secant_stiffness_n_mm) is QualityFlag.POOR_FIT
        assert not press.accepted
        assert press.peak_n == pytest.approx(12.6, abs=0.5)


def test_a_displacement_that_is_turned_round_is_left_out_and_told() -> None:
    columns = pressed()
    found = analysed(replace(columns, way_mm=-columns.way_mm))

    assert QualityFlag.WRONG_SIGN in found.flags
    for press in found.presses:
        assert isinstance(press.secant_stiffness_n_mm, NotEstimable)
        assert press.contact_mm is None
        assert press.peak_n == pytest.approx(12.6, abs=0.5)


@pytest.mark.parametrize("displacement", [True, False])
def test_a_force_that_is_turned_round_is_told_and_not_measured(*, displacement: bool) -> None:
    columns = pressed()
    found = analysed(replace(columns, force_n=-columns.force_n), displacement=displacement)

    assert QualityFlag.WRONG_SIGN in found.flags
    assert found.presses == ()


def test_a_recording_that_begins_and_ends_pressed_in_is_not_upside_down() -> None:
    columns = pressed()
    kept = (columns.t_s > LEAD_S + 1.5) & (columns.t_s < LEAD_S + PERIOD_S + 2)
    found = analysed(
        Columns(t_s=columns.t_s[kept], force_n=columns.force_n[kept], way_mm=columns.way_mm[kept])
    )

    assert QualityFlag.WRONG_SIGN not in found.flags


def test_few_samples_of_the_loading_are_told_and_widen_what_rests_on_them() -> None:
    dense, few = (analysed(pressed(Pressing(), Gauge(rate_hz=rate))) for rate in (80.0, 10.0))

    for one, other in zip(dense.presses, few.presses, strict=True):
        assert QualityFlag.SAMPLE_RATE not in one.flags
        assert QualityFlag.SAMPLE_RATE in other.flags
        for outcomes in (
            (one.secant_stiffness_n_mm, other.secant_stiffness_n_mm),
            (one.energy_loss_ratio, other.energy_loss_ratio),
            (one.power_exponent, other.power_exponent),
        ):
            narrow, wide = (out for out in outcomes if isinstance(out, Estimate))
            assert wide.u > 3 * narrow.u


def test_too_few_samples_of_the_loading_give_neither_stiffness_nor_law() -> None:
    (press,) = analysed(pressed(Pressing(presses=1, load_s=0.4), Gauge(rate_hz=10.0))).presses

    for outcome in (press.secant_stiffness_n_mm, press.energy_loss_ratio, press.power_exponent):
        assert reason(outcome) is QualityFlag.SAMPLE_RATE
    assert not press.accepted


def bump(columns: Columns, at_s: float, seconds: float, height_n: float) -> Columns:
    inside = (columns.t_s >= at_s) & (columns.t_s < at_s + seconds)
    shape = np.sin(np.pi * (columns.t_s - at_s) / seconds)
    return replace(columns, force_n=columns.force_n + np.where(inside, height_n * shape, 0))


def test_knocks_between_presses_are_not_presses() -> None:
    clean = pressed()
    knocked = clean
    for at_s in (0.7, LEAD_S + PERIOD_S - 1.5, LEAD_S + 2 * PERIOD_S - 1.2):
        knocked = bump(knocked, at_s, 0.15, 25.0)

    found, expected = analysed(knocked).presses, analysed(clean).presses
    assert len(found) == 3
    for press, other in zip(found, expected, strict=True):
        assert numbers(press) == pytest.approx(numbers(other), abs=0.005)


def test_resting_lightly_between_presses_is_not_a_press_and_not_the_zero() -> None:
    clean = pressed()
    resting = (clean.t_s > LEAD_S + PERIOD_S - 2.0) & (clean.t_s < LEAD_S + PERIOD_S - 0.7)
    found = analysed(replace(clean, force_n=clean.force_n + 1.5 * resting)).presses

    assert len(found) == 3
    assert found[1].peak_n == pytest.approx(analysed(clean).presses[1].peak_n, abs=0.02)


def test_staying_on_the_skin_through_a_pause_does_not_move_the_zero() -> None:
    clean = pressed()
    staying = (clean.t_s > LEAD_S + 5.5) & (clean.t_s < LEAD_S + PERIOD_S + 0.2)
    force = np.where(staying, np.maximum(clean.force_n, 3.0 + 1.3), clean.force_n)
    found = analysed(replace(clean, force_n=force)).presses

    assert len(found) == 3
    assert found[1].peak_n == pytest.approx(analysed(clean).presses[1].peak_n, abs=0.05)


def test_resting_before_a_press_is_flagged_as_preload() -> None:
    clean = pressed()
    resting = (clean.t_s > LEAD_S - 1.0) & (clean.t_s < LEAD_S + 0.3)
    force = np.where(resting, np.maximum(clean.force_n, 3.0 + 1.0), clean.force_n)
    found = analysed(replace(clean, force_n=force)).presses

    assert len(found) == 3
    assert QualityFlag.PRELOAD in found[0].flags
    assert QualityFlag.PRELOAD not in found[1].flags


def test_wild_readings_are_left_out_and_said() -> None:
    clean = pressed()
    force, way = clean.force_n.copy(), clean.way_mm.copy()
    force[[100, 260, 400, 900]] = [200.0, -200.0, 0.0, 500.0]
    way[[300, 700]] = 99.0
    found = analysed(replace(clean, force_n=force, way_mm=way))

    assert QualityFlag.SPIKES in found.flags
    for press, other in zip(found.presses, analysed(clean).presses, strict=True):
        assert numbers(press) == pytest.approx(numbers(other), abs=0.01)


def test_a_drifting_zero_is_followed_and_flagged() -> None:
    clean = pressed()
    drifting = replace(clean, force_n=clean.force_n + np.linspace(0, 1.6, clean.t_s.size))
    found = analysed(drifting).presses

    assert all(QualityFlag.DRIFT in press.flags for press in found)
    for press, other in zip(found, analysed(clean).presses, strict=True):
        assert numbers(press) == pytest.approx(numbers(other), abs=0.01)


def test_an_unstable_zero_widens_the_uncertainty() -> None:
    clean = pressed()
    drifting = replace(clean, force_n=clean.force_n + np.linspace(0, 3.0, clean.t_s.size))

    before = analysed(clean).presses[0].secant_stiffness_n_mm
    after = analysed(drifting).presses[0].secant_stiffness_n_mm
    assert isinstance(before, Estimate)
    assert isinstance(after, Estimate)
    assert after.budget["baseline"] > 5 * before.budget["baseline"]


def test_a_tare_that_was_applied_is_said() -> None:
    zeroed = pressed(gauge=Gauge(offset_n=0.0))

    assert QualityFlag.TARE_APPLIED in analysed(pressed()).flags
    assert QualityFlag.TARE_APPLIED not in analysed(zeroed).flags


def test_a_press_that_meets_the_end_of_the_scale_is_not_accepted() -> None:
    columns = pressed()
    clipped = replace(columns, force_n=np.minimum(columns.force_n, 14.0))
    context = RecordingContext(kind=RecordingKind.INDENTATION, full_scale_n=14.0)
    found = analyse_indentation(clipped.recording(context=context))

    assert found.n_accepted == 0
    assert all(QualityFlag.CLIP in press.flags for press in found.presses)


def test_a_press_with_a_long_gap_is_not_accepted() -> None:
    columns = pressed()
    kept = (columns.t_s < LEAD_S + 0.4) | (columns.t_s > LEAD_S + 0.9)
    found = analysed(
        Columns(t_s=columns.t_s[kept], force_n=columns.force_n[kept], way_mm=columns.way_mm[kept])
    )

    assert QualityFlag.GAP in found.presses[0].flags
    assert [press.accepted for press in found.presses] == [False, True, True]


@pytest.mark.parametrize("n", [0, 1, 2, 4, 50])
def test_too_little_to_see_a_press_is_no_press(n: int) -> None:
    columns = pressed()
    found = analysed(
        Columns(t_s=columns.t_s[:n], force_n=columns.force_n[:n], way_mm=columns.way_mm[:n])
    )

    assert found.presses == ()
    assert QualityFlag.NO_PRESS in found.flags
    assert found.to_dict()["session"]["n_accepted"] == 0


def test_a_recording_without_force_is_refused() -> None:
    with pytest.raises(UsageError, match="force_n"):
        analyse_indentation(Recording(trace=Trace(t_s=np.arange(5.0))))


def calibrated(calibration: Calibration) -> RecordingContext:
    return RecordingContext(kind=RecordingKind.INDENTATION, calibration=calibration)


def test_a_calibration_is_applied_and_leaves_its_uncertainty() -> None:
    columns = pressed()
    gain = Calibration(
        identifier="C-1",
        instrument="gauge",
        gain=1.1,
        offset_n=4.0,
        covariance=((0.04, 0, 0), (0, 0.02**2, 0), (0, 0, 0)),
    )
    plain = analysed(columns).presses[0].secant_stiffness_n_mm
    scaled = analyse_indentation(columns.recording(context=calibrated(gain))).presses[0]
    secant = scaled.secant_stiffness_n_mm

    assert isinstance(plain, Estimate)
    assert isinstance(secant, Estimate)
    assert secant.value == pytest.approx(1.1 * plain.value, rel=1e-6)
    assert secant.budget["calibration"] / secant.value == pytest.approx(0.02 / 1.1, rel=0.01)


def test_forces_beyond_the_calibration_are_refused() -> None:
    narrow = Calibration(identifier="C-2", instrument="gauge", range_n=(0.0, 10.0))

    with pytest.raises(CalibrationError):
        analyse_indentation(pressed().recording(context=calibrated(narrow)))


PRESS_KEYS = {
    "index",
    "contact_s",
    "contact_mm",
    "peak_n",
    "depth_mm",
    "secant_stiffness_n_mm",
    "tangent_stiffness_n_mm",
    "fung",
    "power_exponent",
    "energy_loss_ratio",
    "hold_s",
    "relaxation_fraction",
    "relaxation",
    "accepted",
    "flags",
}
SESSION_KEYS = {
    "n_accepted",
    "secant_stiffness_n_mm",
    "relaxation_fraction",
    "energy_loss_ratio",
    "cv",
}
BESIDE_THE_CONTRACT = {
    "contact_u_mm",
    "loading_rate_n_s",
    "speed_mm_s",
    "hold_motion_mm",
    "creep",
    "force_only",
    "effective_modulus_kpa",
}
BESIDE_THE_SESSION = {
    "tangent_stiffness_n_mm",
    "fung",
    "power_exponent",
    "relaxation_equilibrium_fraction",
    "effective_modulus_kpa",
    "robust_sd_n_mm",
    "low_n",
}


@pytest.mark.parametrize("displacement", [True, False])
def test_the_document_has_every_key_of_the_contract(displacement: bool) -> None:
    document = analysed(pressed(), displacement=displacement).to_dict()

    assert list(document) == ["presses", "session"]
    assert all(set(p) == PRESS_KEYS | BESIDE_THE_CONTRACT for p in document["presses"])
    assert set(document["session"]) == SESSION_KEYS | BESIDE_THE_SESSION


def test_a_number_with_uncertainty_is_written_as_value_u_and_interval() -> None:
    press = analysed(pressed()).to_dict()["presses"][0]
    quantity = {"value", "u", "ci95"}

    assert [set(tangent) for tangent in press["tangent_stiffness_n_mm"]] == 2 * [
        {"at_n"} | quantity
    ]
    assert set(press["power_exponent"]) == quantity
    relaxation = press["relaxation"]
    assert set(relaxation) == {"model", "equilibrium_fraction", "terms", "rms_percent"}
    assert set(relaxation["equilibrium_fraction"]) == quantity
    assert all(set(term) == {"weight", "tau_s"} for term in relaxation["terms"])


def test_the_speed_of_pressing_is_reported() -> None:
    for press in analysed(pressed(Pressing(load_s=2.0))).presses:
        assert press.rate.speed_mm_s == pytest.approx(5.0, abs=0.3)
        assert press.rate.force_n_s is not None
        rise_s = 0.6 * press.peak_n / press.rate.force_n_s
        assert rise_s == pytest.approx(2.0 * (0.86 - 0.34), rel=0.1)  # of a power of 1.5


def test_every_number_is_a_finding() -> None:
    found = analysed(pressed())
    rows = {(row.item, row.index, row.quantity): row.value for row in found.findings()}

    assert rows["press", 2, "peak_n"] == found.presses[1].peak_n
    assert rows["press", 3, "relaxation_fraction"] == found.presses[2].relaxation_fraction
    assert rows["session", None, "energy_loss_ratio"] == found.energy_loss_ratio
    assert (
        rows["press", 1, "tangent_stiffness_5n_n_mm"] == found.presses[0].tangents[0].stiffness_n_mm
    )
    named = {name for item, index, name in rows if (item, index) == ("press", 1)}
    assert named >= {
        "fung_a_n",
        "fung_b_per_mm",
        "power_exponent",
        "speed_mm_s",
        "relaxation_equilibrium_fraction",
        "relaxation_tau_1_s",
        "relaxation_weight_1",
    }
