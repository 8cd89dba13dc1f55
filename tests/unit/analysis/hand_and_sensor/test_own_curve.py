"""A therapist's own curve: what was measured at each grade, and how sure that is."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tissuesense.analysis.hand_and_sensor.calibration import calibration_curve
from tissuesense.analysis.hand_and_sensor.comparison import TENDERNESS, TONE
from tissuesense.core.quality import QualityFlag

KPA = {0: [300, 310, 320, 330, 340, 350, 360], 1: [230, 240, 250, 260, 270, 280], 2: [150] * 4}
GRADES = [grade for grade, values in KPA.items() for _ in values]
VALUES = [value for values in KPA.values() for value in values]


def test_each_grade_has_its_median_its_middle_half_and_its_number() -> None:
    none, one, two, three = calibration_curve(GRADES, VALUES).grades

    assert (none.median, none.quartiles, none.n) == (330, (315, 345), 7)
    assert (one.median, one.n) == (255, 6)
    assert (two.median, two.n, two.flags) == (None, 4, (QualityFlag.TOO_FEW,))
    assert (three.median, three.n) == (None, 0)


def test_the_interval_of_the_median_is_the_one_of_order_statistics() -> None:
    # Tables of the sign test: of 6 and 7 values the extremes, of 9 the second, of 20 the sixth.
    for n, rank in ((6, 1), (7, 1), (9, 2), (20, 6), (40, 14)):
        values = np.arange(1, n + 1)
        row = calibration_curve([1] * n, values).grades[1]
        assert row.interval95 == (rank, n + 1 - rank)
    assert calibration_curve([1] * 5, np.arange(1, 6)).grades[1].interval95 is None


def test_it_is_told_in_the_words_of_the_therapist() -> None:
    none, one, two = calibration_curve(GRADES, VALUES).sentences

    assert none == (
        "When you grade tenderness 0, the pain threshold is usually 315 to 345 kPa "
        "(median 330, 95 % interval 300 to 360, 7 sites)."
    )
    assert "grade tenderness 1" in one
    assert two == "When you grade tenderness 2: not enough data (4 sites, 5 are needed)."


@given(st.permutations([120.0, 150.0, 180.0, 240.0]))
def test_the_fitted_line_never_goes_the_other_way(medians: list[float]) -> None:
    grades = [grade for grade in range(4) for _ in range(5)]
    values = np.repeat(medians, 5) * np.tile([0.9, 0.95, 1, 1.05, 1.1], 4)
    curve = calibration_curve(grades, values)
    line = [row.fitted for row in curve.grades if row.fitted is not None]

    assert all(a >= b or math.isclose(a, b) for a, b in itertools.pairwise(line))
    # Pooling moves nothing on the whole.
    assert np.log(line).mean() == pytest.approx(np.log(medians).mean())
    alike = sum(math.isclose(a, b) for a, b in itertools.pairwise(line))
    assert len(curve.alike) == alike
    assert sum("does not get lower" in said for said in curve.sentences) == alike


def test_the_line_of_tone_rises() -> None:
    grades = [0] * 5 + [1] * 5
    values = [1.0] * 5 + [1.4] * 5
    zero, one = calibration_curve(grades, values, comparison=TONE).grades[2:4]
    assert zero.fitted == pytest.approx(1.0)
    assert one.fitted == pytest.approx(1.4)
    assert "stiffness is usually 1.4 to 1.4 N/mm" in one.sentence


def test_sites_of_one_client_are_not_so_many_clients() -> None:
    clients = np.repeat(np.linspace(200, 400, 12), 4)
    groups = np.repeat(np.arange(12), 4).tolist()
    alike = clients * np.tile([0.999, 1, 1.001, 1.002], 12)
    plain = calibration_curve([1] * 48, alike).grades[1].interval95
    known = calibration_curve([1] * 48, alike, groups=groups).grades[1].interval95

    assert plain is not None
    assert known is not None
    assert known[1] - known[0] > 1.5 * (plain[1] - plain[0])
    # Of 12 independent clients it would be the third from either end.
    assert 0.5 * (known[0] + known[1]) == pytest.approx(300, rel=0.05)


def test_clients_who_do_not_resemble_themselves_change_nothing() -> None:
    values = np.random.default_rng(4).permutation(np.linspace(200, 400, 48))
    values[0::2], values[1::2] = np.sort(values)[::2], np.sort(values)[::-1][::2]  # unlike pairs
    groups = np.repeat(np.arange(24), 2).tolist()
    one, other = (
        calibration_curve([1] * 48, values, groups=labels).grades[1].interval95
        for labels in (None, groups)
    )
    assert one == other


def test_few_clients_give_a_median_and_no_interval() -> None:
    row = calibration_curve([1] * 28, np.arange(1, 29), groups=[i % 7 for i in range(28)]).grades[1]
    assert row.median == 14.5
    assert row.interval95 is None
    assert "95 %" not in row.sentence


def test_a_press_that_ended_at_its_limit_makes_what_lies_there_at_least_that() -> None:
    values = [300, 350, 400, 600, 600, 600, 600]
    row = calibration_curve([0] * 7, values, at_least=[value == 600 for value in values]).grades[0]
    assert row.quartiles == (375, 600)
    assert "usually 375 to at least 600 kPa (median at least 600" in row.sentence


def test_nobody_examined_yet() -> None:
    curve = calibration_curve([], [], comparison=TENDERNESS)
    assert curve.sentences == ()
    assert [row.n for row in curve.grades] == [0, 0, 0, 0]
