"""A printed force is a plain decimal number with a unit of its model, and nothing else is."""

import pytest

from tissuesense.devices.codec import Rejection
from tissuesense.devices.printed import ForceText, untimed

GRAMS_AND_NEWTONS = ForceText(units={"n", "gf"})


@pytest.mark.parametrize(
    ("text", "newtons"),
    [
        (b"4.285 N", 4.285),
        (b"-4.285N", -4.285),
        (b"+4 n", 4.0),
        (b"4. N", 4.0),
        (b"-.5 N", -0.5),
        (b"1000 gF", 9.80665),
        (b"000012.5\tN", 12.5),
    ],
)
def test_a_number_with_a_unit_is_a_force(text: bytes, newtons: float) -> None:
    assert GRAMS_AND_NEWTONS.newtons(text) == pytest.approx(newtons, rel=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"N",
        b".",
        b"- 1 N",
        b" 1 N",
        b"1 N ",
        b"1\xa0N",
        b"1_0 N",
        b"1e3 N",
        b"0x1F N",
        b"1,5 N",
        b"1 N 2",
        b"\xd9\xa1 N",
        b"1 \xc2\xb5N",
        b"1234567890 N",
        b"NaN1 N",
    ],
)
def test_anything_else_is_malformed(text: bytes) -> None:
    assert GRAMS_AND_NEWTONS.newtons(text) is Rejection.MALFORMED


@pytest.mark.parametrize("text", [b"nan", b"NaN N", b"-inf N", b"Infinity", b"ovf N"])
def test_the_words_for_no_number_are_told_apart(text: bytes) -> None:
    assert GRAMS_AND_NEWTONS.newtons(text) is Rejection.NOT_FINITE


def test_a_unit_of_another_model_is_refused() -> None:
    assert GRAMS_AND_NEWTONS.newtons(b"1 lbf") is Rejection.BAD_UNIT


def test_a_number_without_unit_needs_a_stated_one() -> None:
    assert GRAMS_AND_NEWTONS.newtons(b"1") is Rejection.BAD_UNIT
    assert ForceText(units={"n"}, assumed_newton_per_unit=9.80665).newtons(b"2") == 19.6133


def test_a_printed_unit_beats_the_stated_one() -> None:
    assert ForceText(units={"n"}, assumed_newton_per_unit=9.80665).newtons(b"2 N") == 2.0


def test_the_stated_unit_does_not_stand_in_for_another_that_the_gauge_has_named() -> None:
    force = ForceText(units={"n", "lbf"}, assumed_newton_per_unit=1.0)
    assert force.newtons(b"5.00") == 5.0
    assert force.newtons(b"5.00 lbF") == pytest.approx(22.241108076)
    assert force.newtons(b"5.00") is Rejection.BAD_UNIT
    assert force.newtons(b"5.00 N") == 5.0
    assert force.newtons(b"5.00") == 5.0


def test_the_sign_of_the_wire_is_turned_where_asked() -> None:
    assert ForceText(units={"n"}, sign=-1.0).newtons(b"-2 N") == 2.0


@pytest.mark.parametrize("unit", [b"N.m", b"kgf.cm", b"lbf.in"])
def test_a_torque_is_refused_for_its_unit(unit: bytes) -> None:
    assert GRAMS_AND_NEWTONS.newtons(b"1.5 " + unit) is Rejection.BAD_UNIT


@pytest.mark.parametrize("text", [b"1 N.", b"1 .N", b"1 N..m", b"1 N.1"])
def test_a_point_elsewhere_makes_no_unit(text: bytes) -> None:
    assert GRAMS_AND_NEWTONS.newtons(text) is Rejection.MALFORMED


def test_a_zero_whose_sign_was_turned_is_written_without_a_minus() -> None:
    assert str(untimed(-1.0 * 0.0, 0.0).force_n) == "0.0"
