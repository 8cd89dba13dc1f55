"""A session's value is the mean of its accepted trials; only their scatter shrinks with number."""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from tissuesense.analysis.pain.aggregation import (
    Aggregation,
    PooledSd,
    aggregation_of,
    pooled_sd_of,
)
from tissuesense.analysis.pain.session import summarise, too_spread
from tissuesense.analysis.pain.trials import Grade, PainTrial
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome
from tissuesense.core.recording import RecordingContext

REFUSED = NotEstimable(reason=QualityFlag.CENSORED, detail="Higher than the limit.")
TRIAL = PainTrial(
    index=1,
    onset_s=1.0,
    threshold_time_s=7.0,
    peak_kpa=310.0,
    peak_time_s=7.1,
    release_s=7.1,
    threshold_kpa=REFUSED,
    threshold_source="marker",
    latent_threshold_kpa=REFUSED,
    ramp_rate_kpa_s=REFUSED,
    ramp_rate_cv=0.05,
    tare_n=0.0,
    accepted=True,
    flags=(),
)


def trials(values: Iterable[float], **budget: float) -> list[PainTrial]:
    return [
        replace(
            TRIAL,
            index=index,
            threshold_kpa=Estimate.from_budget(value, budget, unit="kPa"),
            latent_threshold_kpa=Estimate.from_budget(
                value - 15, budget | {"reaction time": 5.0}, unit="kPa"
            ),
        )
        for index, value in enumerate(values, start=1)
    ]


def known(outcome: Outcome | None) -> Estimate:
    assert isinstance(outcome, Estimate)
    return outcome


def test_three_trials_give_their_mean_and_its_scatter() -> None:
    session = summarise(trials([240, 300, 360], reading=0.5))
    ppt = known(session.ppt_kpa)
    assert ppt.value == pytest.approx(300.0)
    assert ppt.standard_uncertainty == pytest.approx(60 / math.sqrt(3))
    assert ppt.dof == pytest.approx(2.0)
    low, high = ppt.coverage_interval()
    assert (high - low) / 2 == pytest.approx(4.3027 * 60 / math.sqrt(3), rel=1e-4)
    assert session.n_accepted == 3
    assert "arithmetic mean" in session.rule


def test_what_all_trials_share_does_not_shrink_with_their_number() -> None:
    for count in (2, 5, 50):
        values = np.tile([299.0, 301.0], count)
        ppt = known(summarise(trials(values, **{"probe area": 3.0, "calibration": 4.0})).ppt_kpa)
        repeatability = float(np.std(values, ddof=1)) / math.sqrt(values.size)
        assert ppt.budget["probe area"] == pytest.approx(3.0)
        assert ppt.budget["calibration"] == pytest.approx(4.0)
        assert ppt.standard_uncertainty == pytest.approx(math.hypot(5.0, repeatability))


def test_what_each_trial_has_of_its_own_is_in_the_scatter_already() -> None:
    ppt = known(summarise(trials([290, 310], reading=9.0, resolution=9.0)).ppt_kpa)
    assert set(ppt.budget) == {"repeatability"}


def test_the_reaction_time_is_one_and_the_same_in_all_trials() -> None:
    session = summarise(trials([299, 301] * 20, **{"probe area": 3.0}))
    assert known(session.latent_ppt_kpa).value == pytest.approx(285.0)
    assert known(session.latent_ppt_kpa).budget["reaction time"] == pytest.approx(5.0)
    assert "reaction time" not in known(session.ppt_kpa).budget


def test_a_source_that_some_trials_have_is_their_mean() -> None:
    mixed = [*trials([290], calibration=2.0), *trials([310], calibration=4.0), *trials([300])]
    assert known(summarise(mixed).ppt_kpa).budget["calibration"] == pytest.approx(3.0)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_trials_give_no_value(count: int) -> None:
    session = summarise(trials([300.0] * count))
    for outcome in (session.ppt_kpa, session.latent_ppt_kpa):
        assert isinstance(outcome, NotEstimable)
        assert outcome.reason is QualityFlag.TOO_FEW
        assert "press again" in outcome.detail
    assert session.n_accepted == count


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        ([], False),
        ([300], False),
        ([300, 300], False),
        ([300, 380, 340], False),  # largest over smallest 1.27, CV 12 %
        ([300, 391, 340], True),  # 1.303
        ([100, 123], False),  # CV 14.6 %
        ([100, 125], True),  # CV 15.7 %
    ],
)
def test_trials_that_differ_too_much_ask_for_another(values: list[float], spread: bool) -> None:
    assert too_spread(trials(values)) is spread


def rejected(index: int, at_least_kpa: float | None = None) -> PainTrial:
    return replace(
        TRIAL,
        index=index,
        accepted=False,
        at_least_kpa=at_least_kpa,
        flags=(QualityFlag.CENSORED if at_least_kpa else QualityFlag.SLIP,),
    )


# -- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kpa", "counted"),
    [
        (Aggregation.ALL, 310.0, 4),
        (Aggregation.DROP_FIRST, 340.0, 3),
        (Aggregation.LAST_TWO, 360.0, 2),
        (Aggregation.MEDIAN, 310.0, 4),
    ],
)
def test_each_rule_counts_its_trials_and_says_which(
    rule: Aggregation, kpa: float, counted: int
) -> None:
    session = summarise(trials([220, 300, 320, 400]), rule)
    assert known(session.ppt_kpa).value == pytest.approx(kpa)
    assert (session.n_accepted, session.n_counted) == (4, counted)
    assert session.rule == rule.rule
    assert session.to_dict()["aggregation"] == rule.value


def test_the_first_press_is_the_first_that_was_made_not_the_first_that_was_accepted() -> None:
    first, *others = trials([220, 300, 320])
    spoilt = replace(first, accepted=False)
    session = summarise([spoilt, *others], Aggregation.DROP_FIRST)
    assert known(session.ppt_kpa).value == pytest.approx(310)
    assert session.n_counted == 2


def test_a_rule_that_leaves_one_trial_gives_no_value() -> None:
    session = summarise(trials([300, 310]), Aggregation.DROP_FIRST)
    assert isinstance(session.ppt_kpa, NotEstimable)
    assert (session.grade, session.n_accepted) == (Grade.C, 2)


def test_a_median_stays_where_one_press_went_astray_and_is_less_certain() -> None:
    values = [298.0, 300.0, 302.0, 301.0, 520.0]
    mean, median = (
        known(summarise(trials(values), rule).ppt_kpa)
        for rule in (Aggregation.ALL, Aggregation.MEDIAN)
    )
    assert median.value == pytest.approx(301)
    assert mean.value > 340
    assert median.u == pytest.approx(math.sqrt(math.pi / 2) * mean.u)


def test_rules_are_read_from_the_side_car() -> None:
    assert aggregation_of(RecordingContext()) is Aggregation.ALL
    stated = RecordingContext.from_dict({"aggregation": "last_two"})
    assert aggregation_of(stated) is Aggregation.LAST_TWO
    with pytest.raises(UsageError, match="no aggregation 'best'") as refused:
        aggregation_of(RecordingContext(extra={"aggregation": "best"}))
    assert "drop_first" in (refused.value.hint or "")


# -- scatter known from many visits --------------------------------------------------------------


def test_a_pooled_scatter_takes_the_place_of_that_of_three_presses() -> None:
    values = trials([240, 300, 360], **{"probe area": 3.0})
    pooled = known(summarise(values, pooled=PooledSd(sd_ln=0.12, dof=20)).ppt_kpa)
    assert pooled.budget["repeatability"] == pytest.approx(0.12 * 300 / math.sqrt(3))
    assert pooled.dof == pytest.approx(20, rel=0.1)
    low, high = pooled.ci95
    own_low, own_high = known(summarise(values).ppt_kpa).ci95
    assert high - low < (own_high - own_low) / 2


def test_a_pooled_scatter_is_read_from_the_side_car() -> None:
    stated = RecordingContext(extra={"within_person_sd_ln": {"sd": 0.1, "dof": 12}})
    assert pooled_sd_of(stated) == PooledSd(sd_ln=0.1, dof=12)
    assert pooled_sd_of(RecordingContext()) is None


@pytest.mark.parametrize("wrong", [0.1, {"sd": 0.1}, {"sd": 0, "dof": 3}, {"sd": "a", "dof": 3}])
def test_a_pooled_scatter_that_makes_no_sense_is_refused(wrong: object) -> None:
    with pytest.raises(UsageError, match="within_person_sd_ln"):
        pooled_sd_of(RecordingContext(extra={"within_person_sd_ln": wrong}))


# -- grades --------------------------------------------------------------------------------------


def test_a_spotless_session_is_an_a() -> None:
    assert summarise(trials([290, 300, 310])).grade is Grade.A


def test_a_remark_a_rejected_press_or_a_wide_spread_makes_a_b() -> None:
    good = trials([290, 300, 310])
    remarked = [*good[:2], replace(good[2], flags=(QualityFlag.DWELL,))]
    for series in (remarked, [*good, rejected(4)], trials([200, 300])):
        assert summarise(series).grade is Grade.B


def test_without_a_value_the_grade_is_c() -> None:
    assert summarise([]).grade is Grade.C
    assert summarise([*trials([300]), rejected(2)]).grade is Grade.C


def test_a_wide_spread_or_too_few_ask_for_another_press() -> None:
    asked = {
        name: summarise(series).to_dict()["further_trial"]
        for name, series in {
            "wide": trials([200, 300]),
            "few": trials([300]),
            "good": trials([300, 305]),
        }.items()
    }
    assert asked == {"wide": True, "few": True, "good": False}


# -- logarithms and limits -----------------------------------------------------------------------


def test_the_geometric_mean_stands_beside() -> None:
    """240, 300 and 360 kPa have the geometric mean 295.95; sd of the logarithms 0.20307."""
    session = summarise(trials([240, 300, 360]))
    geometric = known(session.geometric_mean_kpa)
    assert geometric.value == pytest.approx(295.945, abs=0.001)
    assert geometric.u == pytest.approx(295.945 * 0.20307 / math.sqrt(3), rel=1e-3)
    low, high = geometric.ci95
    assert low * high == pytest.approx(geometric.value**2)


def test_limits_enter_as_limits_and_never_as_numbers() -> None:
    """400, 500, 600, 700 and twice at least 1000: 728.6, where 661.8 takes the limit for real."""
    series = [*trials([400, 500, 600, 700]), rejected(5, 1000.0), rejected(6, 1000.0)]
    session = summarise(series)
    assert session.n_censored == 2
    assert known(session.censored_geometric_mean_kpa).value == pytest.approx(728.6, abs=0.1)
    assert known(session.ppt_kpa).value == pytest.approx(550)
    assert session.n_accepted == 4


def test_without_a_limit_there_is_nothing_censored() -> None:
    session = summarise([*trials([400, 500]), rejected(3)])
    assert session.n_censored == 0
    assert session.censored_geometric_mean_kpa is None
    assert session.to_dict()["censored_geometric_mean_kpa"] is None


def test_limits_alone_give_no_value() -> None:
    session = summarise([*trials([400]), rejected(2, 1000.0), rejected(3, 1000.0)])
    assert isinstance(session.censored_geometric_mean_kpa, NotEstimable)
    assert isinstance(session.ppt_kpa, NotEstimable)


@pytest.mark.parametrize(
    ("rule", "limits"),
    [
        (Aggregation.ALL, 2),
        (Aggregation.MEDIAN, 2),
        (Aggregation.DROP_FIRST, 1),
        (Aggregation.LAST_TWO, 1),
    ],
)
def test_a_rule_leaves_out_limits_as_it_leaves_out_trials(rule: Aggregation, limits: int) -> None:
    later = [replace(trial, index=trial.index + 1) for trial in trials([400, 500, 600])]
    series = [rejected(1, 900.0), *later, rejected(5, 1000.0)]
    assert summarise(series, rule).n_censored == limits


def test_the_budget_of_the_session_is_written_with_its_sentence() -> None:
    written = summarise(trials([240, 300, 360], calibration=2.0)).to_dict()["budget"]
    assert [row["source"] for row in written["sources"]] == ["repeatability", "calibration"]
    assert "how the presses differ" in written["says"]
