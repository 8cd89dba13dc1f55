"""A place on the body is a word and a side, said the same way everywhere."""

import pytest

from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, Side, parse_side


@pytest.mark.parametrize(
    ("side", "other"),
    [(Side.LEFT, Side.RIGHT), (Side.RIGHT, Side.LEFT), (Side.MIDLINE, Side.MIDLINE)],
)
def test_the_opposite_of_a_site_is_the_same_site_on_the_other_side(side: Side, other: Side) -> None:
    assert BodySite("masseter", side).opposite == BodySite("masseter", other)


def test_a_site_is_said_in_words() -> None:
    assert BodySite("trapezius_upper", Side.LEFT).words == "left trapezius upper"


def test_the_midline_is_not_said() -> None:
    assert BodySite("sternum", Side.MIDLINE).words == "sternum"


def test_a_side_given_as_text_becomes_a_side() -> None:
    assert BodySite("masseter", "right").side is Side.RIGHT  # type: ignore[arg-type]  # as read from JSON


def test_sites_sort_by_name_and_then_side() -> None:
    left, right = BodySite("masseter", Side.LEFT), BodySite("masseter", Side.RIGHT)
    assert sorted([BodySite("thenar", Side.LEFT), right, left])[:2] == [left, right]


@pytest.mark.parametrize(
    "name",
    ["", "a", "Trapezius", "upper trapezius", "2nd_rib", "_x", "a" * 65, "thenar\n", "péroné"],
)
def test_a_name_that_is_not_a_plain_word_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="site"):
        BodySite(name, Side.LEFT)


@pytest.mark.parametrize("text", ["", "Left", "l", "both", None, 3, [1]])
def test_what_is_not_a_side_is_refused(text: object) -> None:
    with pytest.raises(UsageError, match="left, right or midline"):
        parse_side(text)  # type: ignore[arg-type]  # as read from JSON
