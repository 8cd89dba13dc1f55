"""A clinic starts from the published scatter and ends with its own; studies are planned from it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tissuesense as ts
from tissuesense.core.errors import UsageError

NECK = "trapezius_upper"


def pairs(sem_ln: float, persons: int) -> list[list[float]]:
    """Return two values of each person whose logarithms differ by ``sqrt(2) sem_ln``."""
    return [[300.0, 300.0 * math.exp(math.sqrt(2) * sem_ln)]] * persons


def test_the_usual_start_and_a_few_repeats_of_ones_own() -> None:
    """Usual .122 counting 10, own .08 of 4: .11162, to the digits of that rounded start."""
    found = ts.reliability.clinic_sem(pairs(0.08, 4), prior=0.122)
    assert found.own == pytest.approx(0.08)
    assert found.own_df == 4
    assert found.sem == pytest.approx(0.11162, abs=1e-5)
    assert ts.reliability.clinic_sem(pairs(0.08, 4)).sem == pytest.approx(0.11162, abs=3e-4)


def test_without_repeats_it_is_the_published_figure() -> None:
    found = ts.reliability.clinic_sem([], site=NECK, scale="kPa")
    assert found.sem == pytest.approx(20.6)
    assert found.mdc95 == pytest.approx(57.10, abs=0.01)
    assert found.prior_source is not None
    assert "Walton" in found.prior_source
    assert ts.reliability.clinic_sem([], site="tibialis_anterior", scale="kPa").mdc95 == (
        pytest.approx(116.97, abs=0.01)
    )


def test_the_published_figures_are_in_kpa_with_their_sources() -> None:
    by_sem = {round(row.sem, 2): row for row in ts.reliability.published_sems()}
    assert set(by_sem) == {20.6, 42.2, 11.77, 62.7}
    assert all(row.source for row in by_sem.values())
    assert by_sem[62.7].between == "raters"


@given(persons=st.integers(1, 200))
def test_it_lies_between_the_two_and_moves_to_ones_own(persons: int) -> None:
    found, more = (ts.reliability.clinic_sem(pairs(0.08, n)) for n in (persons, persons + 1))
    assert found.prior is not None
    assert 0.08 < found.sem < found.prior
    assert more.sem < found.sem
    assert more.own_share > found.own_share


def test_of_many_repeats_the_start_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    kpa = np.exp(rng.normal(5.6, 0.3, (3000, 1)) + rng.normal(0, 0.15, (3000, 2)))
    assert ts.reliability.clinic_sem(list(kpa)).sem == pytest.approx(0.15, rel=0.04)


def test_a_site_without_a_published_figure_has_only_ones_own() -> None:
    found = ts.reliability.clinic_sem([[310, 290], [205, 225]], site="thenar", scale="kPa")
    assert found.prior is None
    assert found.sem == pytest.approx(math.sqrt(200))
    assert found.own_share == 1.0
    assert "no published one" in found.sentence


def test_a_single_value_says_nothing_of_scatter() -> None:
    assert ts.reliability.clinic_sem([[300.0], []]).own is None


def test_it_says_whose_figure_it_is() -> None:
    assert "29 % of that rests on this clinic's own" in (
        ts.reliability.clinic_sem(pairs(0.08, 4)).sentence
    )


def test_nothing_at_all_and_no_threshold_are_refused() -> None:
    with pytest.raises(UsageError, match="no published standard error of thenar"):
        ts.reliability.clinic_sem([], site="thenar", scale="kPa")
    with pytest.raises(UsageError, match=r"repeats\[1\] holds a value that is not positive"):
        ts.reliability.clinic_sem([[300, 310], [0, 20]])


@pytest.mark.parametrize(("change", "sem"), [(0.2, 0.122), (30.0, 26.0)])
def test_a_study_of_that_size_shows_the_change_four_times_in_five(
    change: float, sem: float
) -> None:
    n = ts.reliability.sample_size_paired(change, sem, drop_out=0.0)
    rng = np.random.default_rng(2)
    means = rng.normal(change, math.sqrt(2) * sem, (20_000, n)).mean(axis=1)
    seen = np.mean(np.abs(means) > 1.959964 * math.sqrt(2 / n) * sem)
    assert 0.79 <= seen <= 0.88  # a whole number of persons is a little more than needed


def test_those_who_drop_out_are_asked_beforehand() -> None:
    assert ts.reliability.sample_size_paired(10.0, 40.0, drop_out=0.15) == math.ceil(
        1.15 * 2 * ((1.959964 + 0.841621) * 4) ** 2
    )


@given(change=st.floats(-3, 3), more=st.floats(0, 1))
def test_a_larger_change_is_seen_more_often(change: float, more: float) -> None:
    chance = ts.reliability.chance_to_detect
    larger = change + math.copysign(more, change)
    assert chance(change, 0.5) <= chance(larger, 0.5) + 1e-12
    assert chance(change, 0.5) == pytest.approx(chance(-change, 0.5))


@pytest.mark.parametrize(
    "call",
    [
        lambda: ts.reliability.sample_size_paired(0.0, 1.0),
        lambda: ts.reliability.sample_size_paired(1.0, 0.0),
        lambda: ts.reliability.sample_size_paired(1.0, 1.0, power=1.0),
        lambda: ts.reliability.chance_to_detect(1.0, -1.0),
    ],
)
def test_what_cannot_be_planned_is_refused(call: object) -> None:
    with pytest.raises(UsageError):
        call()  # type: ignore[operator] # one of the above


def test_the_tap_starts_from_the_published_week_with_care() -> None:
    """0.8 Hz of 15 Hz, half as large again, until six sessions were repeated."""
    start = ts.reliability.clinic_sem([], quantity="tap_frequency_hz")
    few = ts.reliability.clinic_sem([[15.0, 15.3], [14.0, 14.2]], quantity="tap_frequency_hz")

    assert start.sem == pytest.approx(1.5 * 0.8 / 15)
    assert few.sem == start.sem
    assert (few.is_prior, few.own_share) == (True, 0.0)
    assert "0 % of that rests on this clinic's own" in few.sentence


def test_from_six_repeated_sessions_on_ones_own_count() -> None:
    repeats = [[15.0, 15.3], [14.0, 14.2], [16.0, 16.1, 16.2]]
    found = ts.reliability.clinic_sem(repeats, quantity="tap_frequency_hz")

    assert found.own is not None
    assert (found.is_prior, found.own_df) == (False, 4)
    assert found.sem == pytest.approx(ts.reliability.blended_sem(0.8 / 15, 10, found.own, 4))
    assert found.own < found.sem < 0.8 / 15


def test_angles_err_in_degrees_wherever_they_are() -> None:
    repeats = [[0.0, 3.0], [-2.0, 1.0], [90.0, 93.0]]
    found = ts.reliability.clinic_sem(repeats, quantity="range_deg")

    assert (found.scale, found.is_prior) == ("degree", False)
    assert found.own == pytest.approx(math.sqrt(4.5))
    assert "degree" in found.sentence


def test_repeats_of_one_rater_go_before_those_of_two() -> None:
    assert ts.reliability.clinic_sem([], quantity="range_deg").prior == pytest.approx(3.44)


def test_a_stated_start_is_taken_as_it_is() -> None:
    assert ts.reliability.clinic_sem([], quantity="tap_frequency_hz", prior=0.03).sem == 0.03


@pytest.mark.parametrize(
    ("quantity", "scale", "why"),
    [
        ("tap_frequency_hz", "Hz", "not on the scale 'Hz'"),
        ("range_deg", "ln", "not on the scale 'ln'"),
        ("colour", None, "No usual measurement error is known of 'colour'"),
    ],
)
def test_a_scale_or_a_quantity_that_is_not_known_is_refused(
    quantity: str, scale: str | None, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        ts.reliability.clinic_sem([], quantity=quantity, scale=scale)


@pytest.mark.parametrize(
    "quantity", ["tap_frequency_hz", "tap_stiffness_n_m", "log_decrement", "range_deg"]
)
def test_published_figures_name_where_they_were_read(quantity: str) -> None:
    for row in ts.reliability.published_sems(quantity):
        assert not row.convention
        assert any(digit in row.source for digit in "0123456789")


def test_what_nobody_published_is_called_a_convention() -> None:
    (row,) = ts.reliability.published_sems("tangent_stiffness_n_mm")
    assert row.convention
    assert "convention" in row.source
