"""A norm is used where its source states how it was taken and that agrees; else there is none."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.course.norms import (
    CAVEAT,
    Norm,
    place_among_norms,
    published_norms,
    read_norms,
)
from tissuesense.core.errors import ConfigurationError, UsageError
from tissuesense.core.protocol import Protocol
from tissuesense.core.units import NEWTON_PER_KGF, NEWTON_PER_LBF

TAKEN = Protocol(tip_area_cm2=1.0, target_rate_kpa_s=50.0, stop_mode="verbal_peak")
# Made up, and complete as no published one is.
COMPLETE = Norm(
    site="thenar",
    sex="female",
    marks=(("lower quartile", 200.0), ("median", 300.0), ("upper quartile", 400.0)),
    protocol=TAKEN,
    source="made up for this test",
    n=50,
)
ROW = """
[[norm]]
site = "thenar"
sex = "female"
unit = "kPa"
marks = [["median", 300.0], ["upper quartile", 400.0]]
source = "somebody"
"""


def placed(value: float, **other: object) -> tuple[Norm | None, str]:
    protocol = replace(TAKEN, **other)  # type: ignore[arg-type] # fields of it
    found = place_among_norms(
        value, site="thenar", sex="female", protocol=protocol, norms=(COMPLETE,)
    )
    return found.norm, found.sentence


def shipped(site: str, sex: str) -> dict[str, float]:
    (norm,) = (n for n in published_norms() if (n.site, n.sex) == (site, sex))
    return dict(norm.marks)


def test_the_printed_quartiles_are_shipped_in_kpa() -> None:
    assert list(shipped("trapezius_upper", "male").values()) == pytest.approx([243.6, 368.1, 502.6])
    assert list(shipped("trapezius_upper", "female").values()) == pytest.approx(
        [161.1, 243.7, 361.4]
    )
    assert list(shipped("tibialis_anterior", "female").values()) == pytest.approx(
        [224.9, 369.3, 503.1]
    )
    assert shipped("masseter", "female") == pytest.approx(
        {"value that 90.8 % exceed": 1.50 * 98.0665}
    )


def test_the_slip_of_the_public_file_is_corrected_and_said() -> None:
    """It prints 529.7 kPa beside 53.97 N, 5.51 kgf and 12.14 lbf, on 1 cm2."""
    median = shipped("tibialis_anterior", "male")["median"]
    assert median == pytest.approx(539.7)
    assert median == pytest.approx(10 * 5.51 * NEWTON_PER_KGF, abs=1.0)
    assert median == pytest.approx(10 * 12.14 * NEWTON_PER_LBF, abs=1.0)
    (norm,) = (n for n in published_norms() if (n.site, n.sex) == ("tibialis_anterior", "male"))
    assert "529.7" in norm.note


@pytest.mark.parametrize("norm", published_norms(), ids=lambda norm: f"{norm.site}-{norm.sex}")
def test_no_shipped_norm_is_compared_without_its_rate_and_stop_being_stated(norm: Norm) -> None:
    sex = "female" if norm.sex == "both" else norm.sex
    found = place_among_norms(300.0, site=norm.site, sex=sex, protocol=TAKEN)
    assert found.norm is None
    assert "does not state the rate" in found.sentence
    assert found.sentence.startswith("No comparable norm")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (199.0, "below the lower quartile (200 kPa): more sensitive than that"),
        (200.0, "between the lower quartile (200 kPa) and the median (300 kPa)"),
        (399.0, "between the median (300 kPa) and the upper quartile (400 kPa)"),
        (400.0, "above the upper quartile (400 kPa): less sensitive than that"),
    ],
)
def test_where_a_value_lies_is_said_in_words_with_the_caveat(value: float, says: str) -> None:
    norm, sentence = placed(value)
    assert norm is COMPLETE
    assert says in sentence
    assert "50 persons" in sentence
    assert CAVEAT in sentence


@given(value=st.floats(1, 2000), more=st.floats(0, 500))
def test_a_higher_threshold_never_lies_lower(value: float, more: float) -> None:
    order = [None, *(name for name, _ in COMPLETE.marks)]

    def at(kpa: float) -> int:
        found = place_among_norms(
            kpa, site="thenar", sex="female", protocol=TAKEN, norms=(COMPLETE,)
        )
        return order.index(found.above)

    assert at(value) <= at(value + more)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"tip_area_cm2": 0.5}, "tips differ"),
        ({"target_rate_kpa_s": 30.0}, "differ in rate"),
        ({"target_rate_kpa_s": None}, "rate is not known"),
        ({"stop_mode": "button_patient"}, "different ways"),
        ({"stop_mode": None}, "stopped is not known"),
    ],
)
def test_another_protocol_has_no_comparable_norm(other: dict[str, object], why: str) -> None:
    norm, sentence = placed(300.0, **other)
    assert norm is None
    assert why in sentence


def test_another_site_another_sex_and_an_unknown_one_have_none() -> None:
    said = [
        place_among_norms(300.0, site=site, sex=sex, protocol=TAKEN, norms=(COMPLETE,)).sentence
        for site, sex in (("masseter", "female"), ("thenar", "male"), ("thenar", None))
    ]
    assert "no published values of masseter" in said[0]
    assert "of the other sex" in said[1]
    assert "sex is not stated" in said[2]


def test_a_threshold_is_positive() -> None:
    with pytest.raises(UsageError, match="positive pressure"):
        placed(0.0)


def test_a_file_of_ones_own_is_read() -> None:
    (norm,) = read_norms(ROW.replace('"kPa"', '"N"') + "tip_area_cm2 = 0.5\nn = 12\n")
    assert norm.marks == (("median", 6000.0), ("upper quartile", 8000.0))
    assert (norm.n, norm.protocol) == (12, Protocol(tip_area_cm2=0.5))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (ROW.replace('source = "somebody"', ""), "lacks its source"),
        (ROW.replace('"somebody"', '""'), "lacks its source"),
        (ROW.replace('"kPa"', '"psi"'), "'psi', which is no unit"),
        (ROW.replace('"kPa"', '"N"'), "lacks the area of its tip"),
        (ROW.replace('"female"', '"women"'), "of no sex 'women'"),
        (ROW.replace("400.0", "300.0"), "positive and rise"),
        (ROW + "rate = 50\n", "unknown key rate"),
        ("norm = ", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_row(wrong: str, why: str) -> None:
    with pytest.raises(ConfigurationError, match=why):
        read_norms(wrong)
