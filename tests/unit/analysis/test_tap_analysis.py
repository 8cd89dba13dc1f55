"""A recording of taps gives each tap's numbers with the closed form's values, and their medians."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from tissuesense.analysis import hypertonia
from tissuesense.analysis.estimators.tap import analyse_taps
from tissuesense.analysis.taps.result import TapAnalysis
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import NoColumn, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import Recording, RecordingContext, RecordingKind
from tissuesense.core.site import Side
from tissuesense.core.trace import Trace
from tissuesense.simulation.subjects import site_truth
from tissuesense.simulation.tap_strike import TAP_MASS_KG, TapStrike, tap_strike

# Frequency, decrement -> stiffness N/m, deformation mm, peak m/s2, recovery ms, recovery ratio, for
# 0.40 N over 15 ms on 34 g: worked out apart from this program, every 0.01 ms.
CLOSED_FORM = (
    (12.0, 1.0, 208.4, 1.747, 10.707, 22.93, 0.866),
    (15.0, 1.2, 336.4, 1.294, 12.804, 18.67, 0.829),
    (18.0, 1.6, 525.8, 0.948, 14.663, 16.10, 0.815),
    (15.0, 0.8, 317.0, 1.418, 13.220, 18.02, 0.781),
)


def strike(frequency_hz: float = 15.0, decrement: float = 1.2) -> TapStrike:
    whole = (2 * math.pi * frequency_hz) ** 2 * (1 + (decrement / (2 * math.pi)) ** 2)
    return TapStrike(
        index=0,
        onset_s=0.3,
        mass_kg=TAP_MASS_KG,
        spring_n_m=TAP_MASS_KG * whole,
        log_decrement=decrement,
        tilt_rad=0.1,
    )


def recorded(
    taps: Sequence[TapStrike],
    rate_hz: float = 1000.0,
    noise: float = 0.02,
    extra: FloatArray | None = None,
    context: Mapping[str, float | None] = MappingProxyType({}),
) -> Recording:
    t_s = np.arange(0.0, sum(tap.seconds for tap in taps), 1 / rate_hz)
    acceleration, start_s = np.zeros(t_s.size), 0.0
    for tap in taps:
        rows = (t_s >= start_s) & (t_s < start_s + tap.seconds)
        acceleration[rows] = tap.at(t_s[rows] - start_s)["acceleration_m_s2"]
        start_s += tap.seconds
    acceleration += noise * np.random.default_rng(3).standard_normal(t_s.size)
    acceleration += 0.0 if extra is None else extra
    side_car = {"kind": "tap", "tap_mass_kg": TAP_MASS_KG} | dict(context)
    stated = {name: value for name, value in side_car.items() if value is not None}
    return Recording(
        trace=Trace(t_s=t_s, acceleration_m_s2=acceleration),
        context=RecordingContext.from_dict(stated),
    )


def value(outcome: Outcome) -> float:
    assert isinstance(outcome, Estimate), outcome
    return outcome.value


@pytest.mark.parametrize("rate_hz", [400.0, 1000.0, 3200.0])
@pytest.mark.parametrize("row", CLOSED_FORM, ids=lambda row: f"{row[0]:g} Hz, {row[1]:g}")
def test_every_number_is_that_of_the_closed_form(row: tuple[float, ...], rate_hz: float) -> None:
    frequency_hz, decrement, stiffness, deformation, peak, recovery_ms, ratio = row
    (tap,) = analyse_taps(recorded([strike(frequency_hz, decrement)], rate_hz)).taps
    assert tap.accepted
    assert tap.flags == ()
    assert tap.frequency_hz.value == pytest.approx(frequency_hz, rel=0.003)
    assert tap.log_decrement.value == pytest.approx(decrement, abs=0.01)
    assert value(tap.stiffness_n_m) == pytest.approx(stiffness, rel=0.01)
    assert value(tap.deformation_mm) == pytest.approx(deformation, rel=0.01)
    assert value(tap.peak_m_s2) == pytest.approx(peak, rel=0.01)
    assert 1e3 * value(tap.recovery_time_s) == pytest.approx(recovery_ms, rel=0.01)
    assert isinstance(tap.recovery_ratio, Estimate)
    assert abs(tap.recovery_ratio.value - ratio) < 2 * tap.recovery_ratio.u + 0.001
    assert tap.onset_s == pytest.approx(0.3, abs=1 / rate_hz)
    assert tap.release_s == pytest.approx(0.315, abs=1 / rate_hz)


def test_stiffness_exceeds_that_of_the_spring_by_what_the_damping_adds() -> None:
    (tap,) = analyse_taps(recorded([strike()])).taps
    phi = math.atan(1.2 / (2 * math.pi))
    spring = value(tap.oscillator_stiffness_n_m)
    assert spring == pytest.approx(313.0, rel=0.005)
    assert value(tap.stiffness_n_m) / spring == pytest.approx(
        math.exp(2 * phi * math.tan(phi)), rel=0.005
    )


def test_recovery_is_told_from_either_beginning() -> None:
    (tap,) = analyse_taps(recorded([strike()], 3200.0)).taps
    phi = math.atan(1.2 / (2 * math.pi))
    apart_s = value(tap.recovery_from_peak_s) - value(tap.recovery_time_s)
    assert apart_s == pytest.approx(2 * phi / (2 * math.pi * 15.0), rel=0.01)


def test_the_spectrum_peaks_near_the_swing_and_not_at_it() -> None:
    (tap,) = analyse_taps(recorded([strike(15.0, 1.6)], 3200.0)).taps
    assert abs(tap.spectral_peak_hz / 15.0 - 1) < 0.04


def test_a_tissue_that_turns_while_it_is_pushed_is_integrated_there() -> None:
    stiff = strike(33.0, 0.8)
    (tap,) = analyse_taps(recorded([stiff], 3200.0)).taps
    truth = stiff.truth(0.0)
    assert value(tap.deformation_mm) == pytest.approx(truth.deformation_mm, rel=0.01)
    assert isinstance(tap.stiffness_n_m, Estimate)
    assert abs(tap.stiffness_n_m.value - truth.stiffness_n_m) < 3 * tap.stiffness_n_m.u


def test_a_lone_sample_off_the_swing_is_not_taken_for_the_push() -> None:
    extra = np.zeros(1200)
    extra[324] = 0.5  # while the tissue is still coming back
    (tap,) = analyse_taps(recorded([strike()], extra=extra)).taps
    assert tap.release_s == pytest.approx(0.315, abs=0.001)
    assert value(tap.stiffness_n_m) == pytest.approx(336.4, rel=0.01)


def test_an_upside_down_sensor_changes_nothing() -> None:
    recording = recorded([strike()])
    assert recording.trace.acceleration_m_s2 is not None
    turned = replace(
        recording,
        trace=Trace(t_s=recording.trace.t_s, acceleration_m_s2=-recording.trace.acceleration_m_s2),
    )
    (one,), (other,) = analyse_taps(recording).taps, analyse_taps(turned).taps
    for name, found in one.quantities().items():
        assert value(other.quantities()[name]) == pytest.approx(value(found), rel=1e-6)


def test_without_a_mass_there_is_no_stiffness_and_the_rest_stays() -> None:
    found = analyse_taps(recorded([strike()], context={"tap_mass_kg": None}))
    (tap,) = found.taps
    assert isinstance(tap.stiffness_n_m, NotEstimable)
    assert isinstance(tap.oscillator_stiffness_n_m, NotEstimable)
    assert QualityFlag.NO_TAP_MASS in tap.flags
    assert QualityFlag.NO_TAP_MASS in found.flags
    assert tap.accepted
    assert value(tap.deformation_mm) == pytest.approx(1.294, rel=0.01)
    assert found.to_dict()["taps"][0]["stiffness_n_m"] is None
    assert "tap_stiffness_n_m" not in found.components()


def test_what_is_not_known_of_the_mass_is_in_the_stiffness_and_repeats_do_not_lessen_it() -> None:
    found = analyse_taps(recorded([strike()] * 5, context={"tap_mass_uncertainty_kg": 0.001}))
    (tap, *_) = found.taps
    assert isinstance(tap.stiffness_n_m, Estimate)
    assert tap.stiffness_n_m.budget["mass"] == pytest.approx(tap.stiffness_n_m.value / 34, rel=0.01)
    centre = found.session["stiffness_n_m"].centre
    assert isinstance(centre, Estimate)
    assert centre.u > 0.99 * tap.stiffness_n_m.budget["mass"]


def test_few_samples_a_second_leave_the_release_open() -> None:
    (tap,) = analyse_taps(recorded([strike(25.0, 0.8)], 100.0)).taps
    assert isinstance(tap.stiffness_n_m, NotEstimable)
    assert tap.stiffness_n_m.reason is QualityFlag.SAMPLE_RATE
    assert QualityFlag.SAMPLE_RATE in tap.flags
    assert tap.frequency_hz.value == pytest.approx(25.0, rel=0.01)


def test_a_recording_that_begins_within_the_swing_has_no_stiffness_and_counts() -> None:
    whole = recorded([strike()])
    found = analyse_taps(replace(whole, trace=whole.trace.between(0.32, 1.2)))
    (tap,) = found.taps
    assert tap.frequency_hz.value == pytest.approx(15.0, rel=0.003)
    assert isinstance(tap.stiffness_n_m, NotEstimable)
    assert tap.flags == (QualityFlag.NO_PUSH,)
    assert tap.accepted
    assert tap.onset_s is None


def session(subject: str, count: int, seed: int) -> TapAnalysis:
    place = site_truth(subject, "trapezius_upper", Side.LEFT)
    rng = np.random.default_rng(seed)
    return analyse_taps(recorded([tap_strike(place, index, rng) for index in range(count)]))


@pytest.mark.parametrize("count", [3, 5])
def test_a_set_gives_medians_with_their_scatter(count: int) -> None:
    found = session("relaxed", count, 1)
    assert [tap.index for tap in found.taps] == list(range(1, count + 1))
    assert found.n_accepted == count
    assert found.flags == ()
    document = found.to_dict()["session"]
    for name in ("frequency_hz", "log_decrement", "stiffness_n_m"):
        each = [value(tap.quantities()[name]) for tap in found.taps]
        assert document[name]["value"] == pytest.approx(float(np.median(each)))
        assert document["cv"][name] == pytest.approx(np.std(each, ddof=1) / np.mean(each))
        assert document[name]["u"] > 0
    json.dumps(found.to_dict(), allow_nan=False)


def test_taps_that_differ_by_more_than_three_percent_are_told() -> None:
    found = analyse_taps(recorded([strike(14.0), strike(15.0), strike(16.0)]))
    assert QualityFlag.TRIAL_SPREAD in found.flags


def test_one_tap_is_too_few_and_keeps_its_own_uncertainty() -> None:
    found = analyse_taps(recorded([strike()]))
    assert QualityFlag.TOO_FEW in found.flags
    assert found.session["frequency_hz"].centre == found.taps[0].frequency_hz


def test_a_spoilt_tap_does_not_count() -> None:
    taps = [strike(), strike(20.0), strike(), strike()]
    again = np.zeros(4800)
    again[1200 + 440 : 1200 + 450] = 8.0
    found = analyse_taps(recorded(taps, extra=again))
    assert [tap.accepted for tap in found.taps] == [True, False, True, True]
    assert QualityFlag.BOUNCE in found.taps[1].flags
    assert value(found.session["frequency_hz"].centre) == pytest.approx(15.0, rel=0.003)


def test_a_tissue_that_does_not_come_back_is_told() -> None:
    t_s = np.arange(0.0, strike().seconds, 1 / 3200.0)
    since = (t_s - 0.3) / 0.015
    # Within the push a stroke in and to rest again: 1 mm deeper, and no speed left of it.
    stroke = np.where((since >= 0) & (since < 1), np.sin(2 * np.pi * since), 0.0)
    extra = stroke * 0.001 * 2 * np.pi / 0.015**2
    (tap,) = analyse_taps(recorded([strike()], 3200.0, extra=extra)).taps
    assert QualityFlag.NOT_RECOVERED in tap.flags
    assert not tap.accepted


def test_components_are_ready_for_the_index_and_show_the_firmer_side() -> None:
    firm, soft = session("firm_left", 5, 1).components(), session("relaxed", 5, 2).components()
    assert set(firm) == {"tap_frequency_hz", "tap_stiffness_n_m", "log_decrement"}
    assert all(array.shape == (5,) for array in firm.values())
    index = hypertonia.index(firm, soft)
    assert index.state == "higher"
    counted = [part.name for part in index.components if part.weight > 0]
    assert len(counted) == 1  # frequency and stiffness are one fact


def test_every_number_of_the_document_is_a_row_of_the_table() -> None:
    found = session("relaxed", 3, 1)
    rows = {(row.item, row.index, row.quantity): row.value for row in found.findings()}
    for tap in found.to_dict()["taps"]:
        for name, quantity in tap.items():
            if isinstance(quantity, dict):
                assert value_of(rows["tap", tap["index"], name]) == quantity["value"]
    assert ("session", None, "stiffness_n_m") in rows
    assert ("session", None, "cv_frequency_hz") in rows
    forbidden = "my" + "oton"
    assert forbidden not in json.dumps(found.to_dict()).lower()


def value_of(outcome: Outcome | float) -> float:
    assert isinstance(outcome, Estimate)
    return outcome.value


def test_no_tap_is_invented_in_noise_and_a_knock_is_told_from_a_tap() -> None:
    silent = analyse_taps(noise_only())
    assert silent.taps == ()
    assert silent.flags[0] is QualityFlag.NO_TAP
    assert silent.to_dict()["session"]["frequency_hz"] is None
    knocked = analyse_taps(noise_only(knock=True))
    assert knocked.taps == ()
    assert QualityFlag.NO_SWING in knocked.flags


def noise_only(*, knock: bool = False) -> Recording:
    t_s = np.arange(0.0, 3.0, 0.001)
    acceleration = 0.05 * np.random.default_rng(1).standard_normal(t_s.size) - 9.8
    if knock:
        acceleration[1000:1050] += 15 * np.sin(np.linspace(0, np.pi, 50))
    context = RecordingContext(kind=RecordingKind.TAP, tap_mass_kg=TAP_MASS_KG)
    return Recording(trace=Trace(t_s=t_s, acceleration_m_s2=acceleration), context=context)


def test_a_recording_without_acceleration_or_samples() -> None:
    t_s = np.arange(5.0)
    with pytest.raises(NoColumn, match="acceleration_m_s2"):
        analyse_taps(Recording(trace=Trace(t_s=t_s, force_n=t_s)))
    few = analyse_taps(Recording(trace=Trace(t_s=t_s, acceleration_m_s2=t_s)))
    assert few.taps == ()


@pytest.mark.parametrize("key", ["tap_mass_uncertainty_kg", "full_scale_m_s2"])
def test_a_side_car_key_that_is_no_positive_number_is_named(key: str) -> None:
    with pytest.raises(UsageError, match=key):
        analyse_taps(recorded([strike()], context={key: -1.0}))
