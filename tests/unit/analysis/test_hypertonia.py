"""Claim: the hypertonia index weighs what was measured once, and says when it cannot tell."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

import tissuesense as ts
from tissuesense.analysis.combination import combine
from tissuesense.analysis.hypertonia import (
    COMPONENTS,
    Component,
    HypertoniaIndex,
    index,
    percent_of,
)
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
        index(**arguments)
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
