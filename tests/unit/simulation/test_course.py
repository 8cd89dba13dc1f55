"""An invented person changes over weeks as the course says, and from day to day a little."""

import numpy as np
import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.recording import RecordingKind
from tissuesense.core.site import Side
from tissuesense.simulation.course import Course, day_factors
from tissuesense.simulation.session import simulated_client, simulated_recording
from tissuesense.simulation.spec import SessionSpec
from tissuesense.simulation.subjects import SUBJECTS, site_truth

COURSE = Course(threshold=1.6, firmness=0.8)
# Smallest change of one person's threshold that 95 % of unchanged pairs of days stay below, from
# the usual scatter of thresholds between days (see analysis.course.clinic_sem).
MINIMAL_CHANGE = 1.40


def test_a_course_begins_at_nothing_and_ends_at_its_factors() -> None:
    assert COURSE.at(0.0) == Course()
    late = COURSE.at(60.0)
    assert late.threshold == pytest.approx(1.6, rel=1e-3)
    assert late.firmness == pytest.approx(0.8, rel=1e-3)


def test_a_course_never_turns_back() -> None:
    thresholds = [COURSE.at(week).threshold for week in range(12)]
    assert thresholds == sorted(thresholds)


@pytest.mark.parametrize(
    ("subject", "site", "side", "beyond"),
    [
        ("desk_worker", "trapezius_upper", Side.LEFT, True),
        ("desk_worker", "levator_scapulae", Side.LEFT, False),
        ("desk_worker", "suboccipitals", Side.LEFT, False),
        ("rounded_shoulders", "pectoralis_minor", Side.LEFT, True),
        ("rounded_shoulders", "infraspinatus", Side.LEFT, False),
        ("runner", "erector_spinae_lumbar", Side.RIGHT, False),
        ("runner", "gluteus_medius", Side.LEFT, True),
    ],
)
def test_some_places_change_more_than_measuring_errs_and_some_do_not(
    subject: str, site: str, side: Side, beyond: bool
) -> None:
    before, after = (site_truth(subject, site, side, week=week) for week in (0.0, 11.0))
    ratio = after.threshold_kpa / before.threshold_kpa
    assert (max(ratio, 1.0 / ratio) > MINIMAL_CHANGE) is beyond


def test_one_place_grows_more_tender() -> None:
    hip = [site_truth("runner", "gluteus_medius", Side.LEFT, week=w).threshold_kpa for w in (0, 8)]
    assert hip[1] < hip[0]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_the_shin_stays_as_it_is(subject: str) -> None:
    before, after = (
        site_truth(subject, "tibialis_anterior", Side.RIGHT, week=week) for week in (0.0, 30.0)
    )
    assert before == after


def test_days_differ_by_some_percent_and_favour_neither_side() -> None:
    drawn = [day_factors("p", "q", seed, week).threshold for seed in range(40) for week in range(9)]
    logs = np.log(drawn)
    assert abs(float(logs.mean())) < 0.02
    assert 0.04 < float(logs.std()) < 0.08


def test_all_of_one_day_meets_the_same_person() -> None:
    assert day_factors("p", "q", 1, 2.0) == day_factors("p", "q", 1, 2.1)
    assert day_factors("p", "q", 1, 2.0) != day_factors("p", "q", 1, 3.0)
    assert day_factors("p", "q", 1, 2.0) != day_factors("p", "r", 1, 2.0)


def test_a_session_of_a_later_week_meets_the_changed_place() -> None:
    spec = SessionSpec(subject="desk_worker", week=0.0)
    early = np.mean([simulated_client(_on(spec, 0.0, seed)).threshold_kpa for seed in range(30)])
    late = np.mean([simulated_client(_on(spec, 11.0, seed)).threshold_kpa for seed in range(30)])
    assert late > MINIMAL_CHANGE * early


def test_the_same_week_gives_the_same_samples_and_another_one_others() -> None:
    first, again, later = (
        simulated_recording(SessionSpec(subject="runner", week=week), 1).trace
        for week in (1.0, 1.0, 2.0)
    )
    assert first.sha256 == again.sha256
    assert first.sha256 != later.sha256


def test_a_treated_place_is_less_tender_and_less_firm_for_now() -> None:
    before = SessionSpec(subject="runner", week=1.0).place
    after = SessionSpec(subject="runner", week=1.0, treated=True).place
    assert after.threshold_kpa > before.threshold_kpa
    assert after.firmness < before.firmness


def test_the_threshold_that_a_treatment_is_told_is_that_of_the_week() -> None:
    def told(week: str) -> float:
        spec = SessionSpec.from_query({"subject": "desk_worker", "kind": "dose", "week": week})
        return float(spec.context().to_dict()["site_ppt_kpa"])

    assert told("11") > told("0")


@pytest.mark.parametrize("query", [{"week": "-1"}, {"week": "nan"}, {"treated": "perhaps"}])
def test_a_week_and_a_treatment_that_cannot_be_are_refused(query: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        SessionSpec.from_query(query)


def _on(spec: SessionSpec, week: float, seed: int) -> SessionSpec:
    return SessionSpec(subject=spec.subject, week=week, seed=seed, kind=RecordingKind.PPT)
