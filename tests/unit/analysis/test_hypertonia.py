"""Claim: the hypertonia index weighs what was measured once, and says when it cannot tell."""

import doctest
import json
import math
from collections.abc import Mapping
from types import ModuleType

import numpy as np
import pytest

import tissuesense as ts
from tissuesense.analysis import hypertonia
from tissuesense.analysis.agreement import repeats
from tissuesense.analysis.course import conditions
from tissuesense.analysis.hypertonia import (
    COMPONENTS,
    Component,
    HypertoniaIndex,
    ReferenceKind,
    index,
    percent_of,
)
from tissuesense.analysis.numerics.combination import combine
from tissuesense.analysis.sides import asymmetry
from tissuesense.core.errors import UsageError
from tissuesense.core.quality import QualityFlag

STIFF = {"tangent_stiffness_n_mm": [1.30, 1.34, 1.27], "fung_b_per_mm": [0.122, 0.118, 0.121]}
SOFT = {"tangent_stiffness_n_mm": [1.01, 1.00, 0.97], "fung_b_per_mm": [0.101, 0.102, 0.098]}


def weights(found: HypertoniaIndex) -> dict[str, float]:
    return {component.name: component.weight for component in found.components}


def component(found: HypertoniaIndex, name: str) -> Component:
    return next(part for part in found.components if part.name == name)


def test_it_is_an_everyday_name() -> None:
    assert ts.hypertonia.index is index


def test_the_worked_example_of_two_independent_components() -> None:
    """Stiffness up 22 % (6 %), exponent up 8 % (5 %): +13.5 %, 95 % from +5.3 to +22.4 %."""
    combined = combine(np.log([1.22, 1.08]), np.diag([0.06**2, 0.05**2]))
    percent = percent_of(combined)

    assert combined.weights == pytest.approx([25 / 61, 36 / 61])
    assert combined.standard_uncertainty == pytest.approx(0.0384, abs=5e-5)
    assert percent.value == pytest.approx(13.5, abs=0.05)
    assert percent.coverage_interval() == pytest.approx((5.3, 22.4), abs=0.05)


def test_the_worked_example_from_single_values_whose_errors_are_known() -> None:
    site = {"tangent_stiffness_n_mm": [1.22], "power_exponent": [1.08]}
    reference = {"tangent_stiffness_n_mm": [1.0], "power_exponent": [1.0]}
    known = {"tangent_stiffness_n_mm": 0.06, "power_exponent": 0.05}
    found = index(site, reference, sem_of_ratio=known)

    assert list(weights(found).values()) == pytest.approx([0.41, 0.59], abs=0.005)
    assert found.percent is not None
    assert math.log1p(found.percent.value / 100) == pytest.approx(0.127, abs=5e-4)
    assert found.percent.value == pytest.approx(13.5, abs=0.05)
    assert found.percent.ci95 == pytest.approx((5.3, 22.4), abs=0.05)
    assert found.state == "higher"
    assert index(site, reference).state == "not enough data"


def test_a_stiffer_site_is_higher() -> None:
    found = index(STIFF, SOFT)

    assert found.state == "higher"
    assert found.percent is not None
    assert 20 < found.percent.value < 31
    assert found.mdc_percent is not None
    assert found.mdc_percent > 0
    assert found.flags == ()


def test_exchanging_the_sides_turns_the_sign() -> None:
    higher, lower = index(STIFF, SOFT), index(SOFT, STIFF)

    assert higher.percent is not None
    assert lower.percent is not None
    assert lower.state == "lower"
    assert math.log1p(lower.percent.value / 100) == pytest.approx(
        -math.log1p(higher.percent.value / 100)
    )


def test_a_site_against_itself_shows_no_change() -> None:
    found = index(SOFT, SOFT)

    assert found.state == "no detectable change"
    assert found.percent is not None
    assert found.percent.value == pytest.approx(0, abs=1e-9)


def test_each_component_tells_its_own_ratio() -> None:
    part = component(index(STIFF, SOFT), "tangent_stiffness_n_mm")
    ratio = np.exp(np.mean(np.log(STIFF[part.name])) - np.mean(np.log(SOFT[part.name])))

    assert part.percent == pytest.approx(100 * (ratio - 1))
    assert part.log_ratio == pytest.approx(math.log(ratio))
    assert (part.n_site, part.n_reference) == (3, 3)


def test_weights_are_those_of_the_best_linear_combination() -> None:
    site, reference = (
        np.log([side["tangent_stiffness_n_mm"], side["fung_b_per_mm"]]) for side in (STIFF, SOFT)
    )
    pooled = (np.cov(site) + np.cov(reference)) / 2 * (2 / 3)
    shrunk = pooled * np.array([[1.0, 0.8], [0.8, 1.0]])
    solved = np.linalg.solve(shrunk, np.ones(2))

    found = weights(index(STIFF, SOFT))
    assert list(found.values()) == pytest.approx(solved / solved.sum())


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (("secant_stiffness_n_mm", "tangent_stiffness_n_mm"), "tangent_stiffness_n_mm"),
        (("tap_frequency_hz", "tap_stiffness_n_m"), "tap_stiffness_n_m"),
        (("tap_frequency_hz", "secant_stiffness_n_mm"), "secant_stiffness_n_mm"),
        (("power_exponent", "fung_b_per_mm"), "fung_b_per_mm"),
    ],
)
def test_one_degree_of_freedom_has_one_vote(given: tuple[str, str], counted: str) -> None:
    site = {name: [1.2, 1.3, 1.25] for name in given}
    found = index(site, {name: [1.0, 1.1, 1.05] for name in given})

    assert weights(found) == {name: float(name == counted) for name in COMPONENTS if name in given}
    assert found.leave_one_out_percent is None


@pytest.mark.parametrize("shown", ["relaxation_fraction", "log_decrement"])
def test_a_component_without_a_known_sign_is_shown_and_not_counted(shown: str) -> None:
    extra = {shown: [0.5, 0.6, 0.4]}
    found = index(STIFF | extra, SOFT | {shown: [0.1, 0.2, 0.15]})

    assert component(found, shown).weight == 0
    assert component(found, shown).percent is not None
    assert found.percent == index(STIFF, SOFT).percent


def test_only_components_that_do_not_count_are_not_enough() -> None:
    found = index({"log_decrement": [1.0, 1.1]}, {"log_decrement": [1.2, 1.3]})

    assert found.state == "not enough data"
    assert found.components[0].percent is not None


@pytest.mark.parametrize(
    ("site", "reference"),
    [
        ({}, {}),
        ({"secant_stiffness_n_mm": [1.2]}, {"secant_stiffness_n_mm": [1.0, 1.1, 1.0]}),
        ({"secant_stiffness_n_mm": [1.2, 1.1]}, {"secant_stiffness_n_mm": []}),
        ({"secant_stiffness_n_mm": [1.2, 1.1]}, {"fung_b_per_mm": [0.1, 0.2]}),
    ],
)
def test_fewer_than_two_repeats_on_a_side_are_not_enough(
    site: Mapping[str, list[float]], reference: Mapping[str, list[float]]
) -> None:
    found = index(site, reference)

    assert found.state == "not enough data"
    assert (found.percent, found.mdc_percent) == (None, None)
    assert found.flags == (QualityFlag.TOO_FEW,)
    assert {part.name for part in found.components} == {*site, *reference}


def test_components_that_point_apart_are_shown_and_the_index_withheld() -> None:
    found = index(STIFF, SOFT | {"fung_b_per_mm": [0.150, 0.151, 0.149]})

    assert found.state == "components disagree"
    assert (found.percent, found.mdc_percent) == (None, None)
    assert found.flags == (QualityFlag.COMPONENTS_DISAGREE,)
    assert component(found, "tangent_stiffness_n_mm").log_ratio is not None


def test_the_range_with_one_component_left_out_spans_the_components() -> None:
    found = index(STIFF, SOFT)

    alone = sorted(part.percent for part in found.components if part.percent is not None)
    assert found.leave_one_out_percent == pytest.approx(tuple(alone))


def test_repeats_of_unequal_number_are_used() -> None:
    found = index(STIFF | {"fung_b_per_mm": [0.122, 0.118]}, SOFT)

    assert found.state == "higher"
    assert component(found, "fung_b_per_mm").n_site == 2


def test_rounded_repeats_do_not_make_it_exact() -> None:
    found = index({"tap_frequency_hz": [15.0, 15.0]}, {"tap_frequency_hz": [14.0, 14.0]})

    assert found.percent is not None
    assert found.percent.standard_uncertainty > 0
    assert found.state == "higher"


def test_repeats_that_were_rounded_alike_do_not_tell_a_difference_of_one_digit() -> None:
    found = index({"tap_frequency_hz": [15.1] * 3}, {"tap_frequency_hz": [15.0] * 3})

    assert found.state == "no detectable change"


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        ({"stiffness": [1.0, 2.0]}, "stiffness"),
        ({"fung_b_per_mm": [0.1, math.nan]}, "fung_b_per_mm"),
        ({"fung_b_per_mm": [0.1, 0.0]}, "fung_b_per_mm.*positive"),
        ({"fung_b_per_mm": [[0.1, 0.2]]}, "fung_b_per_mm.*one-dimensional"),
        ({"fung_b_per_mm": 0.1}, "fung_b_per_mm.*one-dimensional"),
        ({"fung_b_per_mm": ["a", "b"]}, "fung_b_per_mm"),
    ],
)
@pytest.mark.parametrize("argument", ["site", "reference"])
def test_a_wrong_argument_is_named(
    argument: str, bad: dict[str, list[float]], complaint: str
) -> None:
    arguments = {"site": SOFT, "reference": SOFT} | {argument: bad}

    with pytest.raises(UsageError, match=complaint) as raised:
        index(arguments["site"], arguments["reference"])
    assert str(raised.value).startswith(argument)


def test_more_repeats_narrow_the_interval() -> None:
    few, many = (
        index(STIFF, SOFT),
        index(
            {name: values * 3 for name, values in STIFF.items()},
            {name: values * 3 for name, values in SOFT.items()},
        ),
    )

    assert few.percent is not None
    assert many.percent is not None
    assert many.percent.standard_uncertainty < few.percent.standard_uncertainty
    assert many.percent.dof > few.percent.dof


def test_a_side_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(UsageError, match=r"^reference"):
        index(SOFT, [1.0, 2.0])  # type: ignore[arg-type]  # the claim is about a wrong type


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("other side", "than on the other side"),
        ("own baseline", "than at its own baseline"),
        ("antagonist", "than in the opposing muscle"),
    ],
)
def test_it_says_what_it_was_compared_with(kind: ReferenceKind, words: str) -> None:
    twice = {name: [2 * value for value in values] for name, values in SOFT.items()}
    found = index(twice, SOFT, reference_kind=kind)

    assert (found.reference_kind, found.state) == (kind, "higher")
    assert words in found.sentence
    assert "under this protocol" in found.sentence.lower()


def test_a_population_is_no_reference() -> None:
    with pytest.raises(UsageError, match="reference_kind is 'population'"):
        index(STIFF, SOFT, reference_kind="population")  # type: ignore[arg-type] # the claim


def test_another_muscle_is_flagged_and_proves_little() -> None:
    beside, against = index(STIFF, SOFT), index(STIFF, SOFT, reference_kind="antagonist")

    assert beside.percent is not None
    assert against.percent is not None
    assert against.percent.value == beside.percent.value
    assert against.percent.u > 2 * beside.percent.u
    assert against.state == "no detectable change"
    assert against.flags == (QualityFlag.OTHER_MUSCLE,)
    assert "muscles differ without any change" in against.sentence


def test_a_baseline_of_another_day_is_compared_with_what_days_differ_by() -> None:
    within, between = index(STIFF, SOFT), index(STIFF, SOFT, reference_kind="own baseline")
    precise = index(
        STIFF,
        SOFT,
        reference_kind="own baseline",
        sem_between_visits=dict.fromkeys(STIFF, 0.001),
    )

    assert within.percent is not None
    assert between.percent is not None
    assert precise.percent is not None
    assert within.percent.u < precise.percent.u < between.percent.u
    assert set(between.percent.budget) == {"scatter of repeats", "between visits"}
    assert (between.between_visits_is_prior, precise.between_visits_is_prior) == (True, False)


def test_between_visits_more_is_needed_than_within_one() -> None:
    found = index(STIFF, SOFT)
    known = index(STIFF, SOFT, sem_between_visits=dict.fromkeys(STIFF, 0.05))

    assert found.mdc_percent is not None
    assert found.mdc_between_visits_percent is not None
    assert known.mdc_between_visits_percent is not None
    assert found.mdc_percent < known.mdc_between_visits_percent < found.mdc_between_visits_percent


def test_the_change_between_visits_of_a_single_known_component() -> None:
    """1.96 sqrt(2) sqrt(SEM of one side squared + that of the other squared)."""
    name = "tap_frequency_hz"
    found = index(
        {name: [15.0]}, {name: [15.0]}, sem_of_ratio={name: 1e-9}, sem_between_visits={name: 0.04}
    )

    assert found.mdc_between_visits_percent is not None
    assert math.log1p(found.mdc_between_visits_percent / 100) == pytest.approx(
        1.959964 * math.sqrt(2) * math.hypot(0.04, 0.04)
    )


def test_repeats_beyond_the_gate_are_flagged_and_still_counted() -> None:
    scattered = {"tap_frequency_hz": [14.0, 15.0, 16.0]}
    found = index(scattered, {"tap_frequency_hz": [12.0, 12.1, 12.0]})

    assert found.percent is not None
    assert found.flags == (QualityFlag.TRIAL_SPREAD,)
    assert component(found, "tap_frequency_hz").flags == (QualityFlag.TRIAL_SPREAD,)


def test_hopeless_repeats_of_every_component_are_not_enough_data() -> None:
    found = index({"tap_frequency_hz": [10.0, 15.0, 20.0]}, {"tap_frequency_hz": [12.0, 16.0, 9.0]})

    assert (found.state, found.percent) == ("not enough data", None)
    assert found.flags == (QualityFlag.TRIAL_SPREAD,)
    assert component(found, "tap_frequency_hz").percent is not None


def test_a_hopeless_component_leaves_its_place_to_the_next_of_its_family() -> None:
    site = {"tangent_stiffness_n_mm": [1.0, 2.0, 0.5], "secant_stiffness_n_mm": [1.2, 1.25, 1.22]}
    reference = {name: [1.0, 1.02, 1.01] for name in site}
    found = index(site, reference)

    assert weights(found) == {"tangent_stiffness_n_mm": 0.0, "secant_stiffness_n_mm": 1.0}
    assert found.flags == (QualityFlag.TRIAL_SPREAD,)


@pytest.mark.parametrize("name", ["ppt_kpa", "latent_threshold_kpa", "vas", "pain_nrs"])
def test_pain_is_refused_with_the_place_where_it_belongs(name: str) -> None:
    with pytest.raises(UsageError, match="pain never enters") as raised:
        index(STIFF | {name: [300.0, 310.0]}, SOFT)
    assert "modulation" in raised.value.hint


@pytest.mark.parametrize("argument", ["sem_of_ratio", "sem_between_visits"])
@pytest.mark.parametrize("given", [{"fung_b_per_mm": 0.0}, {"fung_b_per_mm": math.nan}, {"k": 0.1}])
def test_a_wrong_error_is_named(argument: str, given: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=f"^{argument}"):
        index(STIFF, SOFT, **{argument: given})  # type: ignore[arg-type] # the claim


@pytest.mark.parametrize("correlation", [-0.1, 1.0, math.nan])
def test_a_correlation_is_0_to_below_1(correlation: float) -> None:
    with pytest.raises(UsageError, match="repeat_correlation"):
        index(STIFF, SOFT, repeat_correlation=correlation)


def test_presses_that_follow_one_another_are_worth_less() -> None:
    sides = [{"secant_stiffness_n_mm": side["tangent_stiffness_n_mm"]} for side in (STIFF, SOFT)]
    alone, following = index(*sides), index(*sides, repeat_correlation=0.3)

    assert alone.percent is not None
    assert following.percent is not None
    assert following.percent.value == pytest.approx(alone.percent.value)
    assert following.percent.u > 1.2 * alone.percent.u


def test_a_small_difference_of_sides_is_told_to_be_usual() -> None:
    small = index({"tap_frequency_hz": [15.0, 15.01]}, {"tap_frequency_hz": [14.0, 14.01]})
    large = index({"tap_frequency_hz": [18.0, 18.01]}, {"tap_frequency_hz": [14.0, 14.01]})

    assert (small.state, large.state) == ("higher", "higher")
    assert "without complaints differ as much" in small.sentence
    assert "without complaints" not in large.sentence


def test_it_counts_the_repeats_behind_it() -> None:
    found = index(STIFF | {"fung_b_per_mm": [0.122, 0.118]}, SOFT)

    assert found.repeats == (2, 3)
    assert "2 and 3 repeats" in found.sentence


@pytest.mark.parametrize("reference", [SOFT, {}, SOFT | {"fung_b_per_mm": [0.150, 0.151, 0.149]}])
def test_as_plain_data_it_says_the_same(reference: Mapping[str, list[float]]) -> None:
    found = index(STIFF, reference)
    told = json.loads(json.dumps(found.to_dict()))

    assert (told["state"], told["sentence"]) == (found.state, found.sentence)
    assert told["percent"] == (found.percent and found.percent.to_dict())
    assert [part["name"] for part in told["components"]] == [p.name for p in found.components]
    assert told["flags"] == [str(flag) for flag in found.flags]


@pytest.mark.parametrize(
    "module", [asymmetry, conditions, hypertonia, repeats], ids=lambda module: str(module.__name__)
)
def test_the_examples_in_the_code_print_what_they_say(module: ModuleType) -> None:
    done = doctest.testmod(module)
    assert done.attempted
    assert not done.failed
