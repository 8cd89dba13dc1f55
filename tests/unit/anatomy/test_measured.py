"""After measuring, hand and sensor move muscles up, in words, and neither is overruled."""

import pytest

from tissuesense.anatomy.begin import where_to_begin
from tissuesense.anatomy.checklist import Checklist, ChecklistItem
from tissuesense.anatomy.heard import HeardComplaint
from tissuesense.anatomy.measured import SiteReading, rank_after_measuring
from tissuesense.core.errors import UsageError
from tissuesense.core.site import BodySite, ComplaintKind, Side

BEFORE = where_to_begin([HeardComplaint(kind=ComplaintKind.PAIN, region="neck", side=Side.LEFT)])


def reading(
    name: str,
    side: Side = Side.LEFT,
    *,
    tenderness: int | None = None,
    tone: int | None = None,
    kpa: float | None = None,
    at_least: bool = False,
) -> SiteReading:
    return SiteReading(
        site=BodySite(name, side),
        tenderness=tenderness,
        tone=tone,
        threshold_kpa=kpa,
        at_least=at_least,
    )


def item(checklist: Checklist, id_: str) -> ChecklistItem:
    return next(row for row in checklist.items if row.muscle.id == id_)


def found(id_: str, *readings: SiteReading, factor: float = 1.4) -> ChecklistItem:
    return item(rank_after_measuring(BEFORE, readings, detectable_factor=factor), id_)


def test_nothing_measured_changes_nothing() -> None:
    assert rank_after_measuring(BEFORE, []) == BEFORE


def test_what_was_found_tender_and_firm_moves_up_and_says_why() -> None:
    after = rank_after_measuring(BEFORE, [reading("longus_colli", tenderness=3, tone=2)])

    assert BEFORE.items[0].muscle.id != "longus_colli"
    assert after.items[0].muscle.id == "longus_colli"
    assert after.items[0].found == (
        "Left: tenderness to the hand 3 of 3 (withdraws).",
        "Left: the hand felt it hard.",
    )


def test_no_tenderness_is_said_and_moves_nothing() -> None:
    same = found("scalenes", reading("scalenes", tenderness=0))

    assert same.found_score == 0
    assert same.found == ("Left: tenderness to the hand 0 of 3 (none).",)


def test_a_slack_muscle_is_said_and_moves_nothing_down() -> None:
    same = found("scalenes", reading("scalenes", tone=-2))

    assert same.rank_score == item(BEFORE, "scalenes").rank_score
    assert same.found == ("Left: the hand felt it slack.",)


def pair(left: float, right: float, *, at_least: bool = False) -> tuple[SiteReading, SiteReading]:
    return (
        reading("trapezius_upper", kpa=left, at_least=at_least),
        reading("trapezius_upper", Side.RIGHT, kpa=right),
    )


def test_a_side_that_is_lower_than_the_other_by_more_than_error_moves_up() -> None:
    low = found("trapezius_upper", *pair(200, 300))

    assert low.found_score == 2
    assert [said.rpartition(": ")[2] for said in low.found] == [
        "lower, and larger than measurement error.",
        "higher, and larger than measurement error.",
    ]
    assert low.found[0].startswith("Left: pressure threshold 200 kPa, other side 300 kPa: ")


def test_a_difference_within_error_is_said_and_moves_nothing() -> None:
    same = found("trapezius_upper", *pair(250, 300))

    assert same.found_score == 0
    assert all("within measurement error" in sentence for sentence in same.found)


def test_a_clients_own_statistics_may_tell_a_smaller_difference() -> None:
    assert found("trapezius_upper", *pair(250, 300), factor=1.1).found_score == 2


def test_a_press_without_pain_is_no_number_but_may_be_known_to_be_higher() -> None:
    ended = reading("trapezius_upper", Side.RIGHT, kpa=900, at_least=True)
    low = found("trapezius_upper", reading("trapezius_upper", kpa=300), ended)

    assert low.found_score == 2
    assert "other side at least 900 kPa: lower" in low.found[0]


def test_a_press_without_pain_near_the_other_side_says_that_nothing_is_known() -> None:
    same = found("trapezius_upper", *pair(300, 310, at_least=True))

    assert same.found_score == 0
    assert "at least 300 kPa, other side 310 kPa: not known to differ" in same.found[0]


def test_a_threshold_of_less_than_half_the_control_site_counts_a_little() -> None:
    control = reading("tibialis_anterior", Side.RIGHT, kpa=500)
    low = found("trapezius_upper", reading("trapezius_upper", kpa=200), control)

    assert low.found_score == 1
    assert "less than half of the client's own control site (500 kPa)" in low.found[0]


def test_of_two_sides_the_more_striking_one_counts() -> None:
    both = found(
        "trapezius_upper",
        reading("trapezius_upper", tenderness=2),
        reading("trapezius_upper", Side.RIGHT, tenderness=3),
    )
    assert both.found_score == 3
    assert len(both.found) == 2


@pytest.mark.parametrize(
    ("tenderness", "kpa", "said"),
    [
        (3, 300, "it is tender to the hand and its threshold is not lower"),
        (0, 100, "it is not tender to the hand and its threshold is lower"),
    ],
)
def test_hand_and_sensor_that_differ_both_stand(tenderness: int, kpa: float, said: str) -> None:
    left = reading("trapezius_upper", tenderness=tenderness, kpa=kpa)
    both = found("trapezius_upper", left, reading("trapezius_upper", Side.RIGHT, kpa=300))

    (differing,) = (sentence for sentence in both.found if "both stand" in sentence)
    assert said in differing


def test_a_muscle_that_nobody_told_of_comes_in_when_it_is_tender() -> None:
    after = rank_after_measuring(BEFORE, [reading("soleus", Side.RIGHT, tenderness=2)])
    new = item(after, "soleus")

    assert new.sides == (Side.RIGHT,)
    assert new.reasons == ("Nothing that was told leads here; hand or sensor found it.",)


def test_a_muscle_that_nobody_told_of_stays_out_when_nothing_was_found() -> None:
    after = rank_after_measuring(BEFORE, [reading("soleus", tenderness=0)])
    assert after.items == BEFORE.items


def test_a_tender_control_site_is_told() -> None:
    after = rank_after_measuring(BEFORE, [reading("tibialis_anterior", tenderness=2)])

    assert after.items == BEFORE.items
    assert after.notes == ("The control site, Tibialis anterior, was tender too (2 of 3).",)


def test_a_site_that_is_no_muscle_is_counted_and_not_named() -> None:
    after = rank_after_measuring(BEFORE, [reading("agatha", tenderness=3)])
    assert after.notes == ("1 of the sites are no muscles of the catalogue and were left out.",)


def test_two_readings_of_one_site_are_refused() -> None:
    with pytest.raises(UsageError, match="two readings of the left scalenes"):
        rank_after_measuring(BEFORE, [reading("scalenes"), reading("scalenes")])


def test_a_factor_of_one_is_refused() -> None:
    with pytest.raises(UsageError, match="above 1, not 1"):
        rank_after_measuring(BEFORE, [], detectable_factor=1)


@pytest.mark.parametrize(
    "wrong", [{"tenderness": 4}, {"tone": 3}, {"kpa": 0.0}, {"kpa": float("nan")}]
)
def test_a_reading_out_of_its_scale_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        reading("scalenes", **wrong)  # type: ignore[arg-type] # each is of its own type


def test_two_presses_without_pain_say_nothing_of_the_sides() -> None:
    ended = (
        reading("trapezius_upper", kpa=900, at_least=True),
        reading("trapezius_upper", Side.RIGHT, kpa=900, at_least=True),
    )
    assert found("trapezius_upper", *ended).found == ()


def test_a_press_without_pain_is_not_held_against_the_control_site() -> None:
    control = reading("tibialis_anterior", Side.RIGHT, kpa=500)
    ended = reading("trapezius_upper", kpa=100, at_least=True)
    assert found("trapezius_upper", ended, control).found == ()


def test_a_threshold_near_that_of_the_control_site_moves_nothing() -> None:
    control = reading("tibialis_anterior", Side.RIGHT, kpa=500)
    assert found("trapezius_upper", reading("trapezius_upper", kpa=300), control).found == ()
