"""Claim: a dose is measured from contact to release, and says what it cannot know."""

import json

import numpy as np
import pytest
from tests.unit.analysis.dosed import TWO_LEVELS, analysed, dose_recording, only_dose, times

import tissuesense as ts
from tissuesense.core.errors import NoColumn, NoProbeArea, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace

CONTRACT_KEYS = (
    "start_s", "end_s", "levels_kpa", "impulse_kpa_s", "holds", "alternations", "rate_kpa_s",
    "travel_mm", "speed_mm_s", "flags",
)  # fmt: skip


def test_a_dose_goes_from_contact_to_release() -> None:
    dose = only_dose()
    assert dose.start_s == pytest.approx(5.0, abs=0.1)
    assert dose.end_s == pytest.approx(32.5, abs=0.1)
    assert dose.levels_kpa == pytest.approx([100, 200], rel=0.01)
    assert dose.alternations == 2
    assert dose.pattern == "alternating"


def test_its_impulse_is_the_area_under_the_pressure() -> None:
    area_n_s = 5 + 80 + 0.6 * 15 + 9.4 * 20 + 0.6 * 15 + 7.4 * 10 + 0.25 * 10
    dose = only_dose()
    assert dose.impulse_kpa_s.value == pytest.approx(10 * area_n_s, rel=0.003)
    assert dose.mean_kpa.value * dose.contact_s == pytest.approx(dose.impulse_kpa_s.value)


def test_the_rate_is_that_of_the_rises() -> None:
    assert only_dose().rate_kpa_s == pytest.approx((100 + 100 / 0.6) / 2, rel=0.03)


def test_a_rise_between_few_samples_still_has_its_rate() -> None:
    brisk = [(5, 0), (5.4, 20), (20, 20), (20.3, 0)]
    assert only_dose(brisk, rate_hz=10.0).rate_kpa_s == pytest.approx(500, rel=0.1)


def test_the_document_has_the_contracts_keys_and_is_plain_data() -> None:
    document = ts.analyze(dose_recording()).to_dict()
    (dose,) = document["doses"]
    assert set(CONTRACT_KEYS) <= set(dose)
    assert {"start_s", "seconds", "mean_kpa"} <= set(dose["holds"][0])
    assert isinstance(dose["impulse_kpa_s"], float)
    assert json.loads(json.dumps(document)) == document


def test_two_doses_are_apart_when_the_hand_rests_between_them() -> None:
    again = [(t + 45, n) for t, n in TWO_LEVELS]
    found = analysed([*TWO_LEVELS, *again], seconds=90.0)
    first, second = found.doses
    assert (first.index, second.index) == (1, 2)
    assert found.session.n_doses == 2
    assert found.session.contact_s == pytest.approx(first.contact_s + second.contact_s)
    assert found.session.alternations == 4


def test_a_moment_off_the_skin_is_a_lift_within_one_dose_and_ends_a_hold() -> None:
    corners = [(5, 0), (6, 20), (12, 20), (12.2, 0), (13.5, 0), (13.8, 20), (20, 20), (20.3, 0)]
    dose = only_dose(corners)
    assert dose.lifts == 1
    assert dose.alternations == 0
    assert [round(hold.stay.seconds) for hold in dose.holds] == [6, 6]
    assert dose.contact_s == pytest.approx(dose.end_s - dose.start_s - 1.3, abs=0.2)


def test_what_the_doses_share_adds_up_and_the_rest_averages_out() -> None:
    again = [(t + 45, n) for t, n in TWO_LEVELS]
    found = analysed(
        [*TWO_LEVELS, *again],
        seconds=90.0,
        side_car={"probe_area_uncertainty_cm2": 0.02, "site_ppt_kpa": 250},
    )
    total, (first, second) = found.session.impulse_kpa_s, [d.impulse_kpa_s for d in found.doses]
    assert isinstance(total, Estimate)
    assert total.budget["probe area"] == pytest.approx(0.02 * total.value)
    assert total.budget["reading"] == pytest.approx(
        np.hypot(first.budget["reading"], second.budget["reading"])
    )


def test_time_above_shares_of_the_threshold_needs_the_threshold() -> None:
    above = only_dose(side_car={"site_ppt_kpa": 250}).seconds_above
    assert above is not None
    # Above 125 kPa and 175 kPa only around the hold at 200 kPa; never above 250 kPa.
    assert above[0.5] == pytest.approx(9.4 + 2 * 0.45, abs=0.1)
    assert above[0.7] == pytest.approx(9.4 + 2 * 0.15, abs=0.1)
    assert above[1.0] == 0.0

    unknown = analysed()
    assert unknown.doses[0].seconds_above is None
    assert unknown.doses[0].mean_ppt_share is None
    assert unknown.to_dict()["doses"][0]["seconds_above_ppt_share"] is None
    assert QualityFlag.NO_PPT in unknown.flags


def test_the_share_of_the_threshold_carries_the_thresholds_uncertainty() -> None:
    dose = only_dose(side_car={"site_ppt_kpa": {"value": 250, "u": 25}})
    share = dose.mean_ppt_share
    assert share is not None
    assert share.value == pytest.approx(dose.mean_kpa.value / 250)
    assert share.u == pytest.approx(0.1 * share.value, rel=0.05)
    assert dose.holds[0].ppt_share == pytest.approx(0.4, rel=0.02)


def test_ratings_meet_the_pressure_of_their_time() -> None:
    told = {"ratings": [[20, 6.5], [10, 3], [36, 0]], "good_pain_band": [3, 6]}
    found = analysed(side_car=told)
    (dose,) = found.doses
    assert [(r.rating.t_s, round(r.kpa, -1), r.good_pain) for r in dose.ratings] == [
        (10.0, 100.0, True),
        (20.0, 200.0, False),
    ]
    assert dose.to_dict()["highest_rating"] == 6.5
    assert dose.to_dict()["good_pain_share"] == 0.5
    assert found.session.ratings_outside == 1


def test_without_a_band_four_to_seven_is_good_pain() -> None:
    told = {"ratings": [[10, 3.9], [11, 4], [12, 7], [13, 7.1]]}
    good = [rated.good_pain for rated in only_dose(side_car=told).ratings]
    assert good == [False, True, True, False]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("ratings", "6"),
        ("ratings", [6]),
        ("ratings", [[10]]),
        ("ratings", [[10, "six"]]),
        ("ratings", [[10, 11]]),
        ("ratings", [[True, 5]]),
        ("good_pain_band", [7, 4]),
        ("good_pain_band", 5),
        ("site_ppt_kpa", -1),
        ("site_ppt_kpa", {"value": 300, "u": -1}),
        ("site_ppt_kpa", {"u": 3}),
        ("site_ppt_kpa", "high"),
        ("tool_radius_mm", 0),
        ("displacement_axis", "sideways"),
        ("technique", 3),
    ],
)
def test_a_key_that_cannot_be_is_named(key: str, value: object) -> None:
    with pytest.raises(UsageError, match=key):
        analysed(side_car={key: value})


def test_signals_of_the_client_are_listed() -> None:
    marker = (np.abs(times(40.0) - 20.0) < 0.3).astype(np.float64)
    assert only_dose(marker=marker).stop_signals_s == pytest.approx([19.7], abs=0.02)


def test_a_pressure_without_an_area_is_refused() -> None:
    trace = dose_recording().trace
    with pytest.raises(NoProbeArea):
        ts.analyze(Recording(trace=trace, context=RecordingContext.from_dict({"kind": "dose"})))


def test_a_recording_without_force_is_refused() -> None:
    bare = Recording(
        trace=Trace(t_s=times(5.0), displacement_mm=times(5.0)),
        context=RecordingContext.from_dict({"kind": "dose", "probe_area_cm2": 1}),
    )
    with pytest.raises(NoColumn, match="force_n"):
        ts.analyze(bare)


def test_nothing_pressed_is_no_dose_and_no_number() -> None:
    found = analysed([(0, 0), (40, 0)])
    assert found.doses == ()
    assert isinstance(found.session.impulse_kpa_s, NotEstimable)
    assert found.to_dict()["session"]["impulse_kpa_s"] is None
    assert QualityFlag.NO_PRESS in found.flags


def test_few_samples_are_no_dose() -> None:
    assert analysed(seconds=0.04).doses == ()


def test_a_short_dose_has_no_hold_and_says_so() -> None:
    dose = only_dose([(5, 0), (5.5, 20), (7, 20), (7.3, 0)])
    assert dose.holds == ()
    assert dose.longest_hold_s == 0.0
    assert QualityFlag.NO_HOLD in dose.flags
    assert dose.rate_kpa_s == pytest.approx(400, rel=0.1)


def test_pressing_when_the_recording_ends_is_flagged_and_less_certain() -> None:
    cut = only_dose([(5, 0), (6, 15), (40, 15)])
    whole = only_dose([(5, 0), (6, 15), (37, 15), (37.3, 0)])
    assert QualityFlag.NOT_RELEASED in cut.flags
    # A zero that was seen once may have moved by 0.1 N, which is 1 kPa.
    assert cut.mean_kpa.u > 1.0 > whole.mean_kpa.u


def test_the_wrong_way_round_is_told_and_not_measured() -> None:
    found = analysed([(0, 0), (10, 0), (11, -15), (30, -15), (31, 0), (40, 0)])
    assert found.doses == ()
    assert QualityFlag.WRONG_SIGN in found.flags


def test_a_stretch_without_readings_is_flagged_and_less_certain() -> None:
    whole = dose_recording()
    kept = (whole.trace.t_s < 18) | (whole.trace.t_s > 19.5)
    assert whole.trace.force_n is not None
    torn = Recording(
        trace=Trace(t_s=whole.trace.t_s[kept], force_n=whole.trace.force_n[kept]),
        context=whole.context,
    )
    (dose,) = ts.analyze(torn).to_dict()["doses"]
    (before,) = ts.analyze(whole).to_dict()["doses"]
    assert "gap" in dose["flags"]
    assert dose["impulse"]["u"] > before["impulse"]["u"]
    assert dose["impulse_kpa_s"] == pytest.approx(before["impulse_kpa_s"], rel=0.01)


def test_a_gauge_at_its_end_is_flagged() -> None:
    assert QualityFlag.CLIP in only_dose(side_car={"full_scale_n": 20.2}).flags
    assert QualityFlag.CLIP not in only_dose(side_car={"full_scale_n": 200}).flags


def test_gliding_gives_travel_and_speed_and_standing_gives_none() -> None:
    way_mm = np.interp(times(40.0), [5, 8, 28, 40], [0, 0, 60, 60])
    held = [(5, 0), (6, 8), (32, 8), (32.5, 0)]
    glided = only_dose(held, displacement_mm=way_mm)
    assert glided.travel is not None
    assert glided.travel.mm == pytest.approx(60, rel=0.02)
    assert glided.travel.mm_s == pytest.approx(3, rel=0.06)
    assert glided.pattern == "gliding"

    stood = analysed(held)
    assert stood.doses[0].travel is None
    assert stood.doses[0].pattern == "sustained"
    assert QualityFlag.NO_TRAVEL in stood.flags


def test_a_displacement_into_the_skin_is_no_travel() -> None:
    way_mm = np.interp(times(40.0), [5, 8, 28, 40], [0, 0, 60, 60])
    found = analysed(displacement_mm=way_mm, side_car={"displacement_axis": "depth"})
    assert found.doses[0].travel is None


def test_an_angle_travels_along_its_arc() -> None:
    angle_deg = np.interp(times(40.0), [8, 28], [0, 90])
    dose = only_dose(angle_deg=angle_deg, side_car={"tool_radius_mm": 40})
    assert dose.travel is not None
    assert dose.travel.mm == pytest.approx(40 * np.pi / 2, rel=0.02)
    assert only_dose(angle_deg=angle_deg).travel is None


def test_what_the_therapist_states_is_kept_beside_what_was_found() -> None:
    found = analysed(side_car={"technique": "neuromuscular"}).to_dict()
    assert found["session"]["technique"] == "neuromuscular"
    assert found["doses"][0]["pattern"] == "alternating"


def test_every_number_is_a_row() -> None:
    rows = analysed(side_car={"site_ppt_kpa": 250}).findings()
    of_dose = {row.quantity: row.value for row in rows if row.item == "dose"}
    of_session = {row.quantity for row in rows if row.item == "session"}
    assert isinstance(of_dose["impulse_kpa_s"], Estimate)
    assert of_dose["holds"] == 3
    assert "seconds_above_70_percent_ppt" in of_dose
    assert {"n_doses", "contact_s", "impulse_kpa_s", "longest_hold_s", "holds"} <= of_session


@pytest.mark.parametrize("lead_s", [0.0, 0.5])
def test_a_recording_that_begins_and_ends_in_the_moment_of_contact_has_its_zero_there(
    lead_s: float,
) -> None:
    t_s = np.arange(0.0, 40.0, 0.02)
    corners = lead_s + np.array([0.0, 0.5, 20.0, 20.5, 38.5, 39.0])
    force_n = np.interp(t_s, corners, [0.0, 10.0, 10.0, 20.0, 20.0, 0.0])
    force_n += 0.05 * np.random.default_rng(2).standard_normal(t_s.size)
    shown = t_s <= 39.0 + 2 * lead_s
    context = RecordingContext.from_dict({"kind": "dose", "probe_area_cm2": 1.0})
    trace = Trace(t_s=t_s[shown], force_n=force_n[shown])
    (dose,) = ts.analyze(Recording(trace=trace, context=context)).to_dict()["doses"]

    assert dose["levels_kpa"] == pytest.approx([100.0, 200.0], abs=3.0)


def test_every_hold_has_its_rows_for_a_timeline() -> None:
    holds = [finding for finding in analysed(TWO_LEVELS).findings() if finding.item == "hold"]

    assert [f.quantity for f in holds if f.index == 1] == ["start_s", "seconds", "mean_kpa"]
    assert {f.index for f in holds} == {1, 2, 3}
