"""Whatever a side-car may say can be stated as KEY=VALUE, once, and its value is read as JSON."""

import pytest

from tissuesense.cli.state_option import with_state
from tissuesense.core.errors import UsageError


@pytest.mark.parametrize(
    ("pair", "stated"),
    [
        ("lever_arm_m=0.25", {"lever_arm_m": 0.25}),
        ("trials=3", {"trials": 3}),
        ("joint=elbow", {"joint": "elbow"}),
        ('joint="elbow"', {"joint": "elbow"}),
        ("ratings=[[12.5, 6]]", {"ratings": [[12.5, 6]]}),
        ('site_ppt_kpa={"value": 320, "u": 15}', {"site_ppt_kpa": {"value": 320, "u": 15}}),
        ("note=a=b", {"note": "a=b"}),
        ("note=", {"note": ""}),
        ("lever_arm_m=NaN", {"lever_arm_m": "NaN"}),
        ("lever_arm_m=0,25", {"lever_arm_m": "0,25"}),
    ],
)
def test_a_value_is_json_where_it_is_some(pair: str, stated: dict[str, object]) -> None:
    assert with_state([pair], {}) == stated


def test_options_of_their_own_are_stated_with_them_unless_they_say_nothing() -> None:
    assert with_state(["joint=knee"], {"kind": "rom", "site": None}) == {
        "joint": "knee",
        "kind": "rom",
    }
    assert with_state(None, {}) == {}


@pytest.mark.parametrize("pair", ["lever_arm_m", "=3", "Lever=3", "lever arm=3", ""])
def test_what_is_no_pair_is_refused(pair: str) -> None:
    with pytest.raises(UsageError, match="KEY=VALUE"):
        with_state([pair], {})


@pytest.mark.parametrize("state", [["a=1", "a=2"], ["kind=tap"]])
def test_nothing_is_stated_twice(state: list[str]) -> None:
    with pytest.raises(UsageError, match="stated twice"):
        with_state(state, {"kind": "rom"})
