"""Stiffnesses, taps and ranges of motion are compared only where they were taken alike."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.course.comparability import Comparable
from tissuesense.analysis.course.conditions import Conditions, comparable_conditions
from tissuesense.analysis.course.measured_change import Measured, change_of_measured
from tissuesense.core.errors import UsageError

PRESS: Conditions = {"tip_area_cm2": 1.0, "at_n": 10.0, "speed_mm_s": 5.0, "peak_n": 15.0}
TAP: Conditions = {"tap_mass_kg": 0.0185, "preload_n": 0.18}
TURN: Conditions = {"movement": "passive knee extension", "speed_deg_s": 60.0}


@pytest.mark.parametrize(
    ("quantity", "usual", "other", "verdict", "says"),
    [
        ("tangent_stiffness_n_mm", PRESS, {}, "yes", "in the same way"),
        ("tangent_stiffness_n_mm", PRESS, {"tip_area_cm2": 0.5}, "refuse", "1 and 0.5 cm2"),
        ("tangent_stiffness_n_mm", PRESS, {"at_n": 5.0}, "refuse", "10 and 5 N"),
        ("tangent_stiffness_n_mm", PRESS, {"speed_mm_s": 20.0}, "warn", "the speeds differ"),
        ("tangent_stiffness_n_mm", PRESS, {"speed_mm_s": 6.0}, "yes", ""),
        ("secant_stiffness_n_mm", PRESS, {"at_n": 5.0}, "yes", ""),
        ("secant_stiffness_n_mm", PRESS, {"peak_n": 30.0}, "warn", "the forces pressed to"),
        ("tap_frequency_hz", TAP, {"tap_mass_kg": 0.034}, "refuse", "the tapping masses"),
        ("tap_frequency_hz", TAP, {"preload_n": 1.0}, "warn", "the preloads"),
        ("range_deg", TURN, {"movement": "active knee extension"}, "refuse", "active knee"),
        ("range_deg", TURN, {"speed_deg_s": 10.0}, "yes", ""),
        ("stiffness_n_m_rad", TURN, {"speed_deg_s": 10.0}, "warn", "60 and 10 degrees/s"),
        ("something_new", TURN, {"movement": "another"}, "yes", ""),
    ],
)
def test_what_a_number_belongs_to_decides(
    quantity: str, usual: Conditions, other: Conditions, verdict: str, says: str
) -> None:
    found = comparable_conditions(quantity, usual, {**usual, **other})

    assert found.verdict == verdict
    assert says in found.sentence


@pytest.mark.parametrize("key", ["tip_area_cm2", "at_n"])
def test_what_would_refuse_and_is_not_known_is_a_warning(key: str) -> None:
    unknown = {name: value for name, value in PRESS.items() if name != key}

    assert comparable_conditions("tangent_stiffness_n_mm", PRESS, unknown).verdict == "warn"


CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        "tip_area_cm2": st.sampled_from((0.5, 1.0)),
        "at_n": st.sampled_from((5.0, 10.0)),
        "speed_mm_s": st.floats(1, 20),
    },
)


@given(a=CONDITIONS, b=CONDITIONS)
def test_the_order_does_not_matter(a: Conditions, b: Conditions) -> None:
    there, back = (
        comparable_conditions("tangent_stiffness_n_mm", *pair) for pair in ((a, b), (b, a))
    )

    assert there.verdict == back.verdict
    assert (there.verdict == Comparable.YES) == (not there.reasons)


def course(quantity: str, conditions: Conditions, *values: float) -> list[Measured]:
    return [
        Measured(day=7.0 * day, value=value, quantity=quantity, conditions=conditions)
        for day, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("quantity", "conditions", "values"),
    [
        ("tangent_stiffness_n_mm", PRESS, (1.5, 1.5, 0.7, 0.7)),
        ("tap_frequency_hz", TAP, (18.0, 18.1, 12.0, 12.1)),
        ("range_deg", TURN, (60.0, 61.0, 95.0, 96.0)),
    ],
)
def test_every_quantity_has_a_course(
    quantity: str, conditions: Conditions, values: tuple[float, ...]
) -> None:
    visits = course(quantity, conditions, *values)
    found = change_of_measured(visits, baseline_visits=2)

    assert found.change is not None
    assert found.change.verdict == "very likely"
    assert found.sentence == found.change.sentence
    alike = change_of_measured([replace(v, value=values[0]) for v in visits], baseline_visits=2)
    assert alike.change is not None
    assert alike.change.verdict == "cannot tell"


def test_stiffness_at_another_force_is_another_quantity() -> None:
    visits = course("tangent_stiffness_n_mm", PRESS, 1.5, 0.7, 0.7)
    visits[2] = replace(visits[2], conditions={**PRESS, "at_n": 5.0})
    found = change_of_measured(visits)

    assert found.change is None
    assert found.sentence.startswith("No change is computed. Not comparable: the forces")


def test_a_course_is_of_one_quantity() -> None:
    mixed = course("tap_frequency_hz", TAP, 15.0) + course("range_deg", TURN, 60.0)
    with pytest.raises(UsageError, match="not of range_deg and tap_frequency_hz"):
        change_of_measured(mixed)
