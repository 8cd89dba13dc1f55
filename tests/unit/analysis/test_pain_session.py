"""A session's value is the mean of its accepted trials; only their scatter shrinks with number."""

import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from tissuesense.analysis.pain_session import summarise, too_spread
from tissuesense.analysis.pain_trials import PainTrial
from tissuesense.core.quality import QualityFlag
from tissuesense.core.quantity import Estimate, NotEstimable, Outcome

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


def known(outcome: Outcome) -> Estimate:
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
