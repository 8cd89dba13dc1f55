"""Every stretch of a recording is found, and what resists it is told or refused with a reason."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.analysis.stretched_limb import Limb, Stretching, steady

from tissuesense.analysis.analyse import analyze
from tissuesense.analysis.estimators.stretch import analyse_stretch
from tissuesense.analysis.movement.stretch_law import count_speeds
from tissuesense.analysis.movement.stretch_result import StretchAnalysis
from tissuesense.core.arrays import FloatArray
from tissuesense.core.errors import NoColumn, UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import Recording, RecordingContext
from tissuesense.core.trace import Trace

STATED = {"limb_mass_kg": 1.4, "limb_centre_m": 0.18, "vertical_deg": 0.0}


def known(outcome: Outcome | None) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


def reason(outcome: Outcome | None) -> QualityFlag:
    assert isinstance(outcome, NotEstimable), outcome
    return outcome.reason


def agrees(analysis: StretchAnalysis, limb: Limb) -> None:
    session = analysis.session
    assert known(session.stiffness_n_m_rad).value == pytest.approx(limb.stiffness, rel=0.02)
    assert known(session.damping_n_m_s_rad).value == pytest.approx(limb.damping, rel=0.02)


def altered(recording: Recording, **columns: object) -> Recording:
    trace = recording.trace
    kept = {"t_s": trace.t_s} | dict(trace.columns()) | columns
    return replace(recording, trace=Trace(**kept))  # type: ignore[arg-type] # columns of arrays


@pytest.mark.parametrize("rate_hz", [30.0, 80.0, 200.0])
def test_spring_damper_weight_and_inertia_are_told_from_four_speeds(rate_hz: float) -> None:
    stretching = Stretching(rate_hz=rate_hz)
    analysis = analyse_stretch(stretching.recording())

    assert len(analysis.stretches) == 8
    agrees(analysis, stretching.limb)
    session = analysis.session
    assert known(session.limb_weight_n_m).value == pytest.approx(
        stretching.limb.weight_n_m, rel=0.03
    )
    assert known(session.limb_inertia_kg_m2).value == pytest.approx(0.06, rel=0.05)
    assert known(session.slack_angle_deg).value == pytest.approx(15.0, abs=2.0)
    assert analysis.flags == ()


def test_a_movement_of_even_speed_gives_the_same_law() -> None:
    stretching = Stretching(shape=steady)
    agrees(analyse_stretch(stretching.recording()), stretching.limb)


def test_ways_back_are_no_stretches_and_speeds_are_right() -> None:
    stretching = Stretching()
    found = analyse_stretch(stretching.recording()).stretches
    speeds = [stretch.peak_speed_deg_s for stretch in found]
    assert speeds == pytest.approx(stretching.speeds_deg_s, rel=0.05)
    assert all(stretch.start_deg == pytest.approx(30.0, abs=0.3) for stretch in found)
    assert all(stretch.end_deg == pytest.approx(110.0, abs=0.3) for stretch in found)


def test_torque_of_a_column_and_of_force_and_arm_are_one() -> None:
    by_force, by_torque = (
        analyse_stretch(Stretching(lever_m=arm).recording()).session for arm in (0.25, None)
    )
    assert known(by_force.damping_n_m_s_rad).value == pytest.approx(
        known(by_torque.damping_n_m_s_rad).value, rel=1e-6
    )


@pytest.mark.parametrize(("sign", "offset_deg"), [(1, -50.0), (-1, 170.0)])
def test_where_the_angle_counts_from_and_which_way_changes_nothing(
    sign: int, offset_deg: float
) -> None:
    plain = analyse_stretch(Stretching().recording()).session
    turned = analyse_stretch(
        Stretching(angle_sign=sign, angle_offset_deg=offset_deg).recording()
    ).session
    for name in ("stiffness_n_m_rad", "damping_n_m_s_rad", "work_difference_j"):
        assert known(getattr(turned, name)).value == pytest.approx(
            known(getattr(plain, name)).value, rel=0.01
        )
    assert known(turned.slack_angle_deg).value == pytest.approx(
        sign * known(plain.slack_angle_deg).value + offset_deg, abs=0.5
    )


@pytest.mark.parametrize("torque_sign", [1.0, -1.0], ids=["resisting", "signed as the angle"])
def test_a_falling_angle_takes_a_torque_of_either_sign(torque_sign: float) -> None:
    stretching = Stretching(angle_sign=-1, lever_m=None)
    recording = stretching.recording()
    torque = recording.trace.torque_n_m
    assert torque is not None
    agrees(analyse_stretch(altered(recording, torque_n_m=torque_sign * torque)), stretching.limb)


def test_a_force_the_wrong_way_round_is_flagged_and_not_turned() -> None:
    recording = Stretching().recording()
    assert recording.trace.force_n is not None
    analysis = analyse_stretch(altered(recording, force_n=-recording.trace.force_n))
    assert QualityFlag.WRONG_SIGN in analysis.flags
    assert known(analysis.session.stiffness_n_m_rad).value < 0


def test_without_a_lever_arm_nothing_that_needs_torque_is_given() -> None:
    recording = Stretching().recording()
    context = RecordingContext.from_dict({"kind": "stretch"})
    analysis = analyse_stretch(replace(recording, context=context))
    assert len(analysis.stretches) == 8
    assert analysis.flags == (QualityFlag.NO_LEVER_ARM,)
    assert reason(analysis.session.stiffness_n_m_rad) is QualityFlag.NO_LEVER_ARM
    assert "lever_arm_m" in analysis.sentence
    assert known(analysis.session.slow_range_end_deg).value == pytest.approx(110, abs=0.3)
    document = analysis.to_dict()
    assert document["session"]["damping_n_m_s_rad"] is None
    assert document["stretches"][0]["catch_angle_deg"] is None


def test_an_unsure_lever_arm_makes_everything_as_unsure() -> None:
    session = analyse_stretch(Stretching().recording(lever_arm_uncertainty_m=0.005)).session
    damping = known(session.damping_n_m_s_rad)
    assert damping.budget["lever arm"] == pytest.approx(0.02 * damping.value, rel=1e-6)


@pytest.mark.parametrize("speeds", [(30.0,), (10.0, 60.0, 10.0, 60.0), (50.0, 52.0, 55.0, 58.0)])
def test_fewer_than_three_speeds_tell_no_law(speeds: tuple[float, ...]) -> None:
    analysis = analyse_stretch(Stretching(speeds_deg_s=speeds).recording())
    assert len(analysis.stretches) == len(speeds)
    assert reason(analysis.session.stiffness_n_m_rad) is QualityFlag.TOO_FEW_SPEEDS
    assert reason(analysis.session.damping_n_m_s_rad) is QualityFlag.TOO_FEW_SPEEDS
    assert QualityFlag.TOO_FEW_SPEEDS in analysis.flags


def test_speeds_count_as_one_within_a_quarter() -> None:
    assert count_speeds([10, 12, 30, 33, 90]) == 3
    assert count_speeds([]) == 0


@pytest.mark.parametrize("vertical_deg", [0.0, -90.0], ids=["from the vertical", "from the level"])
@pytest.mark.parametrize(("rate_hz", "sign"), [(50.0, 1), (100.0, -1), (200.0, 1)])
def test_a_weight_that_is_not_stated_leaves_the_stiffness_under_a_rough_torque(
    vertical_deg: float, rate_hz: float, sign: int
) -> None:
    rough = Stretching(
        limb=Limb(vertical_deg=vertical_deg),
        rate_hz=rate_hz,
        angle_sign=sign,
        angle_noise_deg=0.2,
        torque_noise_n_m=0.08,
    )
    agrees(analyse_stretch(rough.recording()), rough.limb)


@pytest.mark.parametrize("sway_n_m", [0.0, 0.05], ids=["steady", "a wandering hand"])
def test_a_spring_and_a_damper_alone_lose_no_stiffness_to_a_weight(sway_n_m: float) -> None:
    plain = Stretching(limb=Limb(mass_kg=0.0, inertia=0.0), sway_n_m=sway_n_m, seed=4)
    session = analyse_stretch(plain.recording()).session
    assert known(session.stiffness_n_m_rad).value == pytest.approx(4.0, rel=0.02)
    assert known(session.damping_n_m_s_rad).value == pytest.approx(0.35, rel=0.04)
    low, high = known(session.limb_weight_n_m).ci95
    assert low <= 0.0 <= high


def test_where_a_limb_that_hangs_askew_counts_from_needs_no_stating() -> None:
    askew = Stretching(limb=Limb(vertical_deg=35.0))
    agrees(analyse_stretch(askew.recording()), askew.limb)


def test_over_a_small_range_the_weight_has_to_be_stated() -> None:
    small = Stretching(travel_deg=25.0)
    fitted = analyse_stretch(small.recording())
    assert reason(fitted.session.stiffness_n_m_rad) is QualityFlag.WEIGHT_NOT_SEPARATED
    assert known(fitted.session.damping_n_m_s_rad).value == pytest.approx(0.35, rel=0.02)
    with_weight = known(fitted.session.stiffness_with_weight_n_m_rad)
    assert with_weight.value > 4.0
    stated = analyse_stretch(small.recording(**STATED, limb_mass_uncertainty_kg=0.01))
    assert known(stated.session.stiffness_n_m_rad).value == pytest.approx(4.0, rel=0.03)
    assert stated.to_dict()["session"]["limb_weight"] == "stated"


def test_a_mass_of_nought_says_that_the_weight_is_taken_off_already() -> None:
    weightless = Stretching(limb=Limb(mass_kg=0.0))
    session = analyse_stretch(weightless.recording(limb_mass_kg=0)).session
    assert known(session.stiffness_n_m_rad).value == pytest.approx(4.0, rel=0.005)


def test_a_stiffness_that_grows_with_the_angle_is_no_spring_beside_a_stated_weight() -> None:
    stiffening = Stretching(limb=Limb(stiffening=1.0))
    analysis = analyse_stretch(stiffening.recording(**STATED))
    assert reason(analysis.session.stiffness_n_m_rad) is QualityFlag.POOR_FIT
    assert known(analysis.session.damping_n_m_s_rad).value == pytest.approx(0.35, rel=0.03)
    assert all(stretch.catch_angle_deg is None for stretch in analysis.stretches)


def test_a_catch_is_found_in_the_fast_stretches_alone_and_leaves_the_law_as_it_is() -> None:
    caught = Stretching(limb=Limb(catch_deg=75.0))
    analysis = analyse_stretch(caught.recording(**STATED))
    for stretch, speed in zip(analysis.stretches, caught.speeds_deg_s, strict=True):
        if speed > caught.limb.catch_above_deg_s:
            assert known(stretch.catch_angle_deg).value == pytest.approx(75.0, abs=5.0)
        else:
            assert stretch.catch_angle_deg is None
    agrees(analysis, caught.limb)
    plain = analyse_stretch(Stretching().recording(**STATED)).session
    more = known(analysis.session.work_difference_j).value - known(plain.work_difference_j).value
    assert more > 0.3
    assert known(analysis.session.catch_to_end_deg).value == pytest.approx(35.0, abs=4.0)
    assert known(analysis.session.catch_deg_per_deg_s).ci95[0] < 0.1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("height_n_m", [0.3, 0.5, 0.8])
def test_a_small_catch_never_enters_the_damping_unsaid(height_n_m: float, seed: int) -> None:
    limb = Limb(catch_deg=65.0, catch_n_m=height_n_m)
    session = analyse_stretch(Stretching(limb=limb, shape=steady, seed=seed).recording())
    damping = known(session.session.damping_n_m_s_rad)
    told = abs(damping.value / limb.damping - 1) < 0.05
    assert told or QualityFlag.POOR_FIT in session.flags
    assert abs(damping.value - limb.damping) < 3 * damping.u


def test_a_hand_that_wanders_is_no_fault_of_the_law() -> None:
    analysis = analyse_stretch(Stretching(sway_n_m=0.1).recording())
    assert QualityFlag.POOR_FIT not in analysis.flags


def test_a_catch_of_a_falling_angle_is_told_as_the_recording_counts_it() -> None:
    turned = Stretching(limb=Limb(catch_deg=75.0), angle_sign=-1, angle_offset_deg=170.0)
    analysis = analyse_stretch(turned.recording())
    caught = [known(s.catch_angle_deg).value for s in analysis.stretches if s.catch_angle_deg]
    assert caught == pytest.approx([95.0] * 4, abs=5.0)
    assert known(analysis.session.catch_to_end_deg).value == pytest.approx(35.0, abs=4.0)


def test_a_slip_of_the_hand_rejects_its_stretch_and_no_other() -> None:
    analysis = analyse_stretch(Stretching(slip_in=3).recording())
    assert [s.index for s in analysis.stretches if not s.accepted] == [4]
    assert analysis.stretches[3].flags == (QualityFlag.SLIP,)
    agrees(analysis, Limb())


def giving_way(stretching: Stretching, index: int) -> Recording:
    """Return a recording whose torque falls slowly to a half in the second half of a stretch."""
    recording, (_, spans) = stretching.recording(), stretching.way()
    force, (start_s, end_s) = recording.trace.force_n, spans[index]
    assert force is not None
    t_s, middle_s = recording.trace.t_s, (start_s + end_s) / 2
    fallen = np.where(t_s < end_s, np.clip((t_s - middle_s) / 1.2, 0.0, 1.0), 0.0)
    return altered(recording, force_n=force * (1 - 0.5 * fallen))


def test_a_hand_that_gives_way_slowly_is_told_by_the_repeat_at_that_speed() -> None:
    stretching = Stretching()
    analysis = analyse_stretch(giving_way(stretching, 1))
    assert [s.index for s in analysis.stretches if not s.accepted] == [2]
    assert analysis.flags == ()
    agrees(analysis, stretching.limb)


def test_without_a_repeat_what_does_not_fit_stays_and_is_said_of_the_session() -> None:
    once = Stretching(speeds_deg_s=(5.0, 30.0, 90.0, 180.0))
    analysis = analyse_stretch(giving_way(once, 1))
    assert all(stretch.accepted for stretch in analysis.stretches)
    assert QualityFlag.POOR_FIT in analysis.flags


@pytest.mark.parametrize("rate_hz", [20.0, 30.0, 50.0])
def test_few_samples_show_a_catch_too(rate_hz: float) -> None:
    caught = Stretching(limb=Limb(catch_deg=75.0), sway_n_m=0.03, rate_hz=rate_hz)
    told = [
        stretch.catch_angle_deg is not None
        for seed in range(5)
        for stretch in analyse_stretch(caught.but(seed=seed).recording()).stretches
    ]
    fast = [speed > caught.limb.catch_above_deg_s for speed in caught.speeds_deg_s] * 5
    missed = sum(is_fast and not is_told for is_fast, is_told in zip(fast, told, strict=True))
    assert missed <= 2
    assert not any(is_told and not is_fast for is_fast, is_told in zip(fast, told, strict=True))


def test_what_sets_a_limb_going_at_once_is_no_wrong_reading() -> None:
    def jerky(share: FloatArray) -> FloatArray:
        speed = np.minimum(np.minimum(share, 1 - share) / 0.18, 1)
        way = np.concatenate(([0.0], np.cumsum((speed[1:] + speed[:-1]) / 2)))
        return np.asarray(way / way[-1])

    abrupt = Stretching(shape=jerky, limb=Limb(vertical_deg=-90.0), torque_noise_n_m=0.06)
    analysis = analyse_stretch(abrupt.recording())
    assert analysis.flags == ()
    assert all(stretch.catch_angle_deg is None for stretch in analysis.stretches)


def test_a_pause_on_the_way_leaves_one_stretch() -> None:
    analysis = analyse_stretch(Stretching(pause_at=0.5).recording())
    assert len(analysis.stretches) == 8
    agrees(analysis, Limb())


def test_a_stretch_with_a_gap_does_not_count() -> None:
    stretching = Stretching()
    recording = stretching.recording()
    _, spans = stretching.way()
    start_s, end_s = spans[1]
    kept = ~((recording.trace.t_s > start_s + 0.8) & (recording.trace.t_s < end_s - 0.8))
    columns = {name: values[kept] for name, values in recording.trace.columns()}
    analysis = analyse_stretch(altered(recording, t_s=recording.trace.t_s[kept], **columns))
    assert QualityFlag.GAP in analysis.stretches[1].flags
    assert not analysis.stretches[1].accepted
    agrees(analysis, stretching.limb)


def test_without_damping_nothing_is_said_to_grow_with_speed() -> None:
    analysis = analyse_stretch(Stretching(limb=Limb(damping=0.0), seed=3).recording())
    low, high = known(analysis.session.damping_n_m_s_rad).ci95
    assert low < 0 < high
    assert "No part" in analysis.sentence
    assert "grew" in analyse_stretch(Stretching().recording()).sentence


def test_stillness_is_no_movement() -> None:
    t_s = np.arange(500) / 50
    angle = np.random.default_rng(1).normal(20, 0.1, t_s.size)
    trace = Trace(t_s=t_s, angle_deg=angle, force_n=np.zeros(t_s.size))
    context = RecordingContext.from_dict({"kind": "stretch", "lever_arm_m": 0.2})
    analysis = analyse_stretch(Recording(trace=trace, context=context))
    assert analysis.stretches == ()
    assert analysis.flags == (QualityFlag.NO_MOVEMENT,)
    assert analysis.to_dict()["session"]["stiffness_n_m_rad"] is None


@pytest.mark.parametrize("column", ["angle_deg", "force_n"])
def test_a_missing_column_is_named(column: str) -> None:
    recording = Stretching().recording()
    with pytest.raises(NoColumn, match=column):
        analyse_stretch(altered(recording, **{column: None}))


@pytest.mark.parametrize(
    "stated", [{"lever_arm_m": 0}, {"lever_arm_m": "long"}, {"limb_mass_kg": -1}]
)
def test_an_impossible_limb_is_refused_by_name(stated: dict[str, object]) -> None:
    with pytest.raises(UsageError, match=next(iter(stated))):
        analyse_stretch(Stretching().recording(**stated))


def test_the_document_has_the_contracts_keys_and_no_grade() -> None:
    document = analyze(Stretching().recording()).to_dict()
    assert document["kind"] == "stretch"
    assert set(document["stretches"][0]) >= {"peak_speed_deg_s", "catch_angle_deg"}
    assert set(document["session"]["stiffness_n_m_rad"]) == {"value", "u", "ci95"}
    assert not any("ashworth" in key or "tardieu" in key for key in str(document).lower().split())


def test_every_number_is_a_row_and_finite() -> None:
    rows = analyse_stretch(Stretching().recording()).findings()
    assert {row.item for row in rows} == {"stretch", "session"}
    numbers = [row.value for row in rows if not isinstance(row.value, NotEstimable)]
    assert all(math.isfinite(n.value if isinstance(n, Estimate) else n) for n in numbers)


def test_no_row_complains_of_what_a_good_session_has_no_need_of() -> None:
    rows = analyse_stretch(Stretching().recording()).findings()
    assert not [row.quantity for row in rows if isinstance(row.value, NotEstimable)]
    assert "catch_to_end_deg" not in {row.quantity for row in rows}


def test_stiffness_and_damping_have_a_row_with_the_reason_where_they_are_unknown() -> None:
    rows = analyse_stretch(Stretching(speeds_deg_s=(30.0,)).recording()).findings()
    session = {row.quantity: row.value for row in rows if row.item == "session"}
    for name in ("stiffness_n_m_rad", "damping_n_m_s_rad"):
        value = session[name]
        assert isinstance(value, NotEstimable)
        assert value.reason is QualityFlag.TOO_FEW_SPEEDS


def test_every_stretch_says_when_it_was() -> None:
    analysis = analyse_stretch(Stretching().recording())
    rows = [row for row in analysis.findings() if row.quantity in {"start_s", "end_s"}]
    stated = [(s.start_s, s.end_s) for s in analysis.stretches]
    assert list(zip(*[iter(row.value for row in rows)] * 2, strict=True)) == stated
