"""From what a client tells, the muscles that are commonly checked, and where to compare."""

import pytest
from tests.unit.anatomy.small_catalogue import SMALL

from tissuesense.anatomy.begin import where_to_begin
from tissuesense.anatomy.catalogue import read_catalogue
from tissuesense.anatomy.checklist import Checklist, ChecklistItem
from tissuesense.anatomy.heard import HeardComplaint, Noted
from tissuesense.core.site import BodySite, ComplaintKind, Side

HEADACHE = HeardComplaint(kind=ComplaintKind.HEADACHE)
NUMB_LEFT_HAND = HeardComplaint(kind=ComplaintKind.NUMBNESS, region="left hand")


def items(checklist: Checklist) -> dict[str, ChecklistItem]:
    return {item.muscle.id: item for item in checklist.items}


def heard(kind: ComplaintKind, region: str = "", side: Side | None = None) -> Checklist:
    return where_to_begin([HeardComplaint(kind=kind, region=region, side=side)])


def test_headache_and_a_numb_left_hand_lead_to_neck_temple_and_chest() -> None:
    found = items(where_to_begin([HEADACHE, NUMB_LEFT_HAND]))

    assert found.keys() >= {
        "suboccipitals",
        "trapezius_upper",
        "temporalis",
        "scalenes",
        "infraspinatus",
        "pectoralis_minor",
    }
    assert not found["scalenes"].can_press
    assert found["scalenes"].how.startswith("Palpation only")
    assert found["trapezius_upper"].can_press


def test_the_side_is_taken_from_the_words_of_the_place() -> None:
    found = items(where_to_begin([HEADACHE, NUMB_LEFT_HAND]))

    assert found["pectoralis_minor"].sides == (Side.LEFT,)
    assert found["pectoralis_minor"].comparisons == (BodySite("pectoralis_minor", Side.RIGHT),)
    assert found["temporalis"].sides == (Side.LEFT, Side.RIGHT)
    assert found["temporalis"].comparisons == ()


def test_a_stated_side_goes_before_the_words() -> None:
    found = heard(ComplaintKind.PAIN, "right shoulder, it began on the left", Side.RIGHT)
    assert all(item.sides == (Side.RIGHT,) for item in found.items)


@pytest.mark.parametrize("side", [None, Side.MIDLINE])
def test_a_complaint_of_no_side_concerns_both(side: Side | None) -> None:
    assert heard(ComplaintKind.PAIN, "neck", side).items[0].sides == (Side.LEFT, Side.RIGHT)


def test_two_reasons_put_a_muscle_above_one() -> None:
    first = where_to_begin([HEADACHE, NUMB_LEFT_HAND]).items[0]

    assert first.muscle.id == "trapezius_upper"
    assert len(first.reasons) == 2


def test_every_reason_says_commonly_checked_for() -> None:
    found = where_to_begin(
        [HEADACHE, NUMB_LEFT_HAND],
        postures=[Noted(id="forward_head")],
        habits=[Noted(id="running")],
    )
    reasons = [reason for item in found.items for reason in item.reasons]

    assert all(reason.startswith("Commonly checked for ") for reason in reasons)
    assert any("numbness or tingling of arm or hand, left:" in reason for reason in reasons)


def test_a_place_within_another_places_words_is_not_taken_for_it() -> None:
    back_of_the_thigh = items(heard(ComplaintKind.PAIN, "back of the thigh"))

    assert "biceps_femoris" in back_of_the_thigh
    assert "multifidus_lumbar" not in back_of_the_thigh


def test_a_place_counts_as_a_whole_word_alone() -> None:
    assert "masseter" not in items(heard(ComplaintKind.PAIN, "heart, early"))


def test_hand_thumb_side_leads_to_hand_and_to_thumb_side() -> None:
    told = heard(ComplaintKind.NUMBNESS, "Left hand, thumb side")
    assert len(items(told)["scalenes"].reasons) == 2


def test_a_place_that_leads_nowhere_gives_the_general_list_and_says_so() -> None:
    nowhere = heard(ComplaintKind.NUMBNESS, "my Aunt Agatha")

    assert nowhere.items == heard(ComplaintKind.NUMBNESS).items
    (note,) = nowhere.notes
    assert "not one that the catalogue knows" in note
    assert "Agatha" not in note


def test_nothing_told_is_said() -> None:
    empty = where_to_begin()

    assert empty.items == ()
    assert empty.notes == ("Nothing was told or seen that the catalogue knows muscles for.",)


def test_an_unknown_posture_adds_nothing_and_the_near_one_is_named() -> None:
    found = where_to_begin([HEADACHE], postures=[Noted(id="forward_hed")])

    assert found.items == where_to_begin([HEADACHE]).items
    (note,) = found.notes
    assert note.endswith("adds nothing (near it: forward_head).")


def test_a_habit_is_no_posture() -> None:
    assert where_to_begin(postures=[Noted(id="desk_work")]).items == ()


def test_a_raised_left_shoulder_leads_to_the_left_side() -> None:
    found = where_to_begin(postures=[Noted(id="raised_shoulder", side=Side.LEFT)])
    assert {item.sides for item in found.items} == {(Side.LEFT,)}


def test_partners_are_offered_as_follow_ups() -> None:
    item = items(where_to_begin([NUMB_LEFT_HAND]))["infraspinatus"]

    assert item.follow_ups[0] == "teres_minor"
    assert "subscapularis" in item.follow_ups


@pytest.mark.parametrize(
    ("kind", "region", "control"),
    [
        (ComplaintKind.HEADACHE, "", "tibialis_anterior"),
        (ComplaintKind.PAIN, "neck", "tibialis_anterior"),
        (ComplaintKind.PAIN, "calf", "first_dorsal_interosseous"),
        (ComplaintKind.REDUCED_ROM, "hip", "first_dorsal_interosseous"),
    ],
)
def test_the_control_site_is_far_from_the_complaint(
    kind: ComplaintKind, region: str, control: str
) -> None:
    assert heard(kind, region).control.muscle.id == control


def test_hand_and_foot_together_leave_the_shoulder_as_control() -> None:
    numb = [
        HeardComplaint(kind=ComplaintKind.NUMBNESS, region=place) for place in ("wrist", "toes")
    ]
    # The nerves of the arm begin at the neck, so that a numb arm concerns the shoulder too.
    assert "none of the catalogue's is far" in where_to_begin(numb).control.reason


def test_the_control_of_a_left_complaint_lies_on_the_right() -> None:
    control = heard(ComplaintKind.PAIN, "shoulder", Side.LEFT).control
    assert control.sites == (BodySite("tibialis_anterior", Side.RIGHT),)


def test_the_checklist_names_the_catalogue_it_was_made_from() -> None:
    assert where_to_begin([HEADACHE]).catalogue_version == "0.1"


def test_a_catalogue_may_know_no_places() -> None:
    small = read_catalogue(SMALL, "clinic.toml")
    told = where_to_begin([NUMB_LEFT_HAND], known=small)

    assert [item.muscle.id for item in told.items] == ["front"]
    assert told.catalogue_version == "t1"
