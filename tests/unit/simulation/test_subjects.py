"""Claim: every invented person is known at every place, and differs where its words say."""

import itertools

import pytest

from tissuesense.core.errors import ConfigurationError
from tissuesense.core.site import Side
from tissuesense.simulation.subjects import SIDES, SITES, SUBJECTS, site_truth


@pytest.mark.parametrize("place", list(itertools.product(SUBJECTS, SITES, SIDES)), ids=str)
def test_every_subject_is_known_everywhere(place: tuple[str, str, Side]) -> None:
    truth = site_truth(*place)
    assert 100.0 < truth.threshold_kpa < truth.tolerance_kpa
    assert truth.tissue.equilibrium > 0.0


@pytest.mark.parametrize("site", SITES)
def test_the_relaxed_subject_is_alike_on_both_sides(site: str) -> None:
    assert site_truth("relaxed", site, Side.LEFT) == site_truth("relaxed", site, Side.RIGHT)


def test_the_tender_side_hurts_sooner_and_is_no_firmer() -> None:
    left, right = (site_truth("tender_left", "trapezius_upper", side) for side in SIDES)
    assert left.threshold_kpa < 0.7 * right.threshold_kpa
    assert left.tissue == right.tissue


def test_the_firm_side_is_firmer_and_no_more_tender() -> None:
    left, right = (site_truth("firm_left", "levator_scapulae", side) for side in SIDES)
    assert left.tissue.equilibrium > 1.3 * right.tissue.equilibrium
    assert left.threshold_kpa == right.threshold_kpa


def test_tenderness_of_the_neck_leaves_the_shin_alone() -> None:
    tender, relaxed = (
        site_truth(name, "tibialis_anterior", Side.LEFT) for name in ("tender_left", "relaxed")
    )
    assert tender == relaxed


def test_widespread_tenderness_reaches_the_shin() -> None:
    shin = site_truth("tender_everywhere", "tibialis_anterior", Side.RIGHT)
    ordinary = site_truth("relaxed", "tibialis_anterior", Side.RIGHT)
    assert shin.threshold_kpa < 0.6 * ordinary.threshold_kpa


@pytest.mark.parametrize(
    ("place", "known"),
    [
        (("nobody", "trapezius_upper", Side.LEFT), "relaxed"),
        (("relaxed", "elbow", Side.LEFT), "tibialis_anterior"),
        (("relaxed", "trapezius_upper", Side.MIDLINE), "right"),
    ],
)
def test_an_unknown_name_is_refused_with_those_that_are_known(
    place: tuple[str, str, Side], known: str
) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        site_truth(*place)
    assert known in refusal.value.known
    assert known in refusal.value.hint
