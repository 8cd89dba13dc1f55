"""Values under different protocols are refused or come with a warning, and are never converted."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.course.change import change_over_visits
from tissuesense.analysis.course.comparability import Comparable, comparable
from tissuesense.analysis.course.measured_change import Measured, change_of_measured
from tissuesense.analysis.pain.latency import STOP_MODES
from tissuesense.core.errors import UsageError
from tissuesense.core.protocol import Protocol
from tissuesense.core.recording import ReactionLatency

USUAL = Protocol(
    tip_area_cm2=1.0,
    tip_shape="round flat",
    target_rate_kpa_s=50.0,
    stop_mode="verbal_peak",
    aggregation="all",
    trials=3,
)
PROTOCOLS = st.builds(
    Protocol,
    tip_area_cm2=st.sampled_from([None, 0.5, 0.785, 1.0]),
    tip_shape=st.sampled_from([None, "round flat", "spherical"]),
    target_rate_kpa_s=st.sampled_from([None, 30.0, 50.0, 98.0665]),
    stop_mode=st.sampled_from([None, *STOP_MODES]),
    aggregation=st.sampled_from([None, "all", "last_two"]),
    trials=st.sampled_from([None, 2, 3]),
)


def test_the_same_protocol_is_comparable() -> None:
    found = comparable(USUAL, USUAL)
    assert (found.verdict, found.reasons, found.rate_artefact_kpa) == (Comparable.YES, (), 0.0)


@pytest.mark.parametrize(
    ("other", "verdict", "says"),
    [
        ({"tip_area_cm2": 0.785}, "refuse", r"tips differ \(1 and 0.785 cm2\)"),
        ({"tip_area_cm2": 1.009}, "yes", "same way"),  # what 0.05 mm make
        ({"tip_area_cm2": None}, "refuse", "area of a tip is not known"),
        ({"tip_shape": "spherical"}, "refuse", "round flat and spherical"),
        ({"tip_shape": None}, "yes", "same way"),
        ({"stop_mode": "button_patient"}, "refuse", "verbal_peak and button_patient"),
        ({"stop_mode": None}, "warn", "stopped is not known"),
        ({"target_rate_kpa_s": 70.0}, "warn", r"\+11.0 kPa"),
        ({"target_rate_kpa_s": 30.0}, "warn", r"-11.0 kPa"),
        ({"target_rate_kpa_s": 50.2}, "yes", "same way"),
        ({"target_rate_kpa_s": None}, "warn", "rate is not known"),
        ({"aggregation": "last_two"}, "warn", "all and last_two"),
        ({"trials": 2}, "warn", "3 presses, the other of 2"),
    ],
)
def test_what_differs_is_said(other: dict[str, object], verdict: str, says: str) -> None:
    found = comparable(USUAL, replace(USUAL, **other))  # type: ignore[arg-type] # fields of it
    assert found.verdict == verdict
    assert re.search(says, found.sentence)


def test_buttons_of_the_client_differ_by_their_link_alone() -> None:
    wired = replace(USUAL, stop_mode="button_patient")
    assert comparable(wired, replace(wired, stop_mode="button_patient_ble")).verdict == "warn"


def test_the_artefact_of_a_rate_is_judged_by_a_quarter_of_the_detectable_change() -> None:
    """20 kPa/s times 0.55 s are 11 kPa."""
    fast = replace(USUAL, target_rate_kpa_s=70.0)
    small, large = (comparable(USUAL, fast, mdc_kpa=mdc) for mdc in (44.1, 43.9))
    assert small.rate_artefact_kpa == pytest.approx(11.0)
    assert (small.artefact_matters, large.artefact_matters) == (False, True)
    assert "less than a quarter" in small.sentence
    assert "more than a quarter" in large.sentence


def test_a_measured_latency_goes_before_the_usual_one() -> None:
    fast = replace(USUAL, target_rate_kpa_s=70.0)
    own = ReactionLatency(mean_s=0.4, sd_s=0.05)
    assert comparable(USUAL, fast, latency=own).rate_artefact_kpa == pytest.approx(8.0)


def test_hands_that_differ_a_little_are_no_reason_and_much_are_one() -> None:
    def of(rate: float) -> str:
        return comparable(USUAL, USUAL, achieved_kpa_s=(50.0, rate), mdc_kpa=57.0).verdict

    assert (of(55.0), of(80.0)) == ("yes", "warn")


@given(a=PROTOCOLS, b=PROTOCOLS)
def test_the_verdict_does_not_depend_on_the_order(a: Protocol, b: Protocol) -> None:
    there, back = comparable(a, b), comparable(b, a)
    assert there.verdict == back.verdict
    assert (there.rate_artefact_kpa is None) == (back.rate_artefact_kpa is None)
    if there.rate_artefact_kpa is not None and back.rate_artefact_kpa is not None:
        assert there.rate_artefact_kpa == pytest.approx(-back.rate_artefact_kpa)


@given(a=PROTOCOLS, b=PROTOCOLS)
def test_a_sentence_says_every_reason_and_no_verdict_is_without(a: Protocol, b: Protocol) -> None:
    found = comparable(a, b)
    assert (found.verdict == Comparable.YES) == (not found.reasons)
    assert all(reason in found.sentence for reason in found.reasons)


def visits(*others: Protocol, rates: tuple[float, ...] = (50.0, 50.0, 50.0)) -> list[Measured]:
    protocols = (USUAL, *others)
    return [
        Measured(day=7.0 * i, value=kpa, protocol=protocol, rate_kpa_s=rate)
        for i, (kpa, protocol, rate) in enumerate(
            zip((240.0, 330.0, 350.0), protocols, rates, strict=True)
        )
    ]


def test_visits_of_one_protocol_change_as_their_numbers_do() -> None:
    found = change_of_measured(visits(USUAL, USUAL))
    assert found.change == change_over_visits([0, 7, 14], [240, 330, 350])
    assert found.change is not None
    assert found.sentence == found.change.sentence


def test_no_change_is_computed_across_tips() -> None:
    found = change_of_measured(visits(USUAL, replace(USUAL, tip_area_cm2=0.5)))
    assert found.change is None
    assert found.comparison.verdict == "refuse"
    assert found.sentence.startswith("No change is computed. Not comparable: the tips differ")


def test_a_change_across_rates_comes_with_its_artefact() -> None:
    fast = replace(USUAL, target_rate_kpa_s=98.0665)
    found = change_of_measured(visits(fast, fast, rates=(50.0, 98.0, 98.0)))
    assert found.change is not None
    assert found.comparison.rate_artefact_kpa == pytest.approx(48.0 * 0.55)
    assert found.comparison.artefact_matters
    assert found.sentence.endswith("more than a quarter of the minimal detectable change.")


def test_a_day_without_a_value_has_no_protocol_to_object_to() -> None:
    series = visits(replace(USUAL, tip_area_cm2=0.5), USUAL)
    series[1] = replace(series[1], value=None)
    assert change_of_measured(series).change is not None


def test_a_press_that_was_refused_is_no_other_protocol() -> None:
    found = change_of_measured(visits(replace(USUAL, trials=2), USUAL))
    assert found.comparison.verdict == "yes"


def test_no_visits_are_no_series() -> None:
    with pytest.raises(UsageError, match="visits is empty"):
        change_of_measured([])
