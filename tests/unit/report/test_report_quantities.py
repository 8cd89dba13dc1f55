"""A number is printed with fixed decimals, a real minus sign, and its uncertainty as part of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.report.quantities import interval, measured, number, signed, spread


@pytest.mark.parametrize(
    ("value", "u", "unit", "printed"),
    [
        (312.4, 14.2, "kPa", "312 ± 14 kPa"),
        (2.306, 0.081, "N/mm", "2.31 ± 0.08 N/mm"),
        (312.4, 0.2, "kPa", "312 ± <1 kPa"),
        (2.306, 0.0004, "N/mm", "2.31 ± <0.01 N/mm"),
        (312.4, None, "kPa", "312 kPa"),
    ],
)
def test_uncertainty_is_part_of_the_number(
    value: float, u: float | None, unit: str, printed: str
) -> None:
    assert str(measured(value, u, unit)) == printed


@given(st.floats(-1e6, 1e6), st.sampled_from(("kPa", "N/mm", "%", "s")))
def test_nothing_has_no_sign_and_a_minus_is_no_hyphen(value: float, unit: str) -> None:
    printed = number(value, unit)

    assert "-" not in printed
    assert not re.fullmatch(r"\N{MINUS SIGN}[0.]+", printed)


@given(st.floats(-1e4, 1e4))
def test_a_difference_always_shows_its_direction(percent: float) -> None:
    printed = signed(percent)

    assert (printed == "0") is (abs(percent) <= 0.5)
    assert printed == "0" or printed.startswith("+" if percent > 0 else "\N{MINUS SIGN}")


@given(st.floats(0, 1e3))
def test_an_uncertainty_is_never_printed_as_zero(u: float) -> None:
    assert re.search("[1-9]", spread(u, "kPa"))


def test_an_interval_is_told_in_words() -> None:
    assert interval(-1.2, 4.6, "%") == "\N{MINUS SIGN}1 to 5"
