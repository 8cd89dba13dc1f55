"""A catalogue that breaks a rule is refused, and the message names file, muscle and rule."""

import pytest
from tests.unit.anatomy.small_catalogue import SMALL

from tissuesense.anatomy.catalogue import catalogue, read_catalogue
from tissuesense.core.errors import ConfigurationError, DuplicateEntryError

FRONT_SITE = '[[muscle.front.site]]\nid = "middle"\nlandmark = "in the middle"\nposition = "supine"'
FRONT_CEILING = 'reach = "direct"\nceiling_n = 80\nuberon = ["UBERON:0000001"]'


def refusal(text: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        read_catalogue(text, "clinic.toml")
    assert refused.value.message.startswith("clinic.toml: ")
    return refused.value.message


def broken(old: str, new: str) -> str:
    assert old in SMALL
    return refusal(SMALL.replace(old, new, 1))


def test_the_small_catalogue_itself_keeps_every_rule() -> None:
    assert list(read_catalogue(SMALL, "clinic.toml").muscles) == ["front", "rear", "inner", "outer"]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('antagonists = ["rear"]', 'antagonists = ["gone"]', "front: its antagonists name 'gone'"),
        ("synergists = []", 'synergists = ["gone"]', "front: its synergists name 'gone'"),
        ("synergists = []", 'synergists = ["front"]', "front: it is among its own synergists"),
        ("synergists = []", 'synergists = ["rear"]', "its synergist and its antagonist"),
        (
            'antagonists = ["rear"]',
            'antagonists = ["inner"]',
            "front: its antagonist 'inner' does not name it in turn",
        ),
        ('reach = "direct"', 'reach = "indirect"', "front: its reach is indirect and reach_reason"),
        (
            'reach = "direct"',
            'reach = "not_pressed"\nreach_reason = "an artery"',
            "front: it is not pressed, and yet it has a pressing site",
        ),
        (FRONT_SITE, "", "front: it may be pressed, and has no site"),
        ("ceiling_n = 80", "", "front: it may be pressed, and has no site or no ceiling"),
        ("ceiling_n = 80", "ceiling_n = 180", "front: its ceiling is 180 N"),
        ("ceiling_n = 80", "ceiling_n = 0.5", "front: its ceiling is 0.5 N"),
        ('region = "arm"', 'region = "neck"', "front: its ceiling is 80 N; 5 to 60 N"),
        ("UBERON:0000001", "UBERON:17", "front: 'UBERON:17' is no uberon code"),
        ("FMA:1234", "1234", "front: '1234' is no fma code"),
        ('codes = "book"', 'codes = "unsourced"', "front: its codes have no source"),
        ('actions = "book"', 'actions = "tome"', "front: the source of its actions, 'tome'"),
        ('actions = ["moves the arm"]', "actions = []", "front: it has no actions"),
        ('nerve = "a nerve of front"', 'nerve = ""', "front: it has no nerve"),
        ('aliases = ["front_too"]', 'aliases = ["rear"]', "front: its alias 'rear' is a muscle"),
        ('aliases = ["front_too"]', 'aliases = ["rear_too"]', "front: its alias 'rear_too' leads"),
        ('aliases = ["front_too"]', 'aliases = ["Front"]', "lower-case words joined by _"),
        ('id = "middle"', 'id = "Middle!"', "front: an id is lower-case words"),
        (FRONT_SITE, f"{FRONT_SITE}\n{FRONT_SITE}", "front: two of its sites have one id"),
        ('region = "arm"', 'region = "arm"\nsides = []', "front: its sides are left and right"),
        ('{ muscle = "front"', '{ muscle = "gone"', "complaint headache: it names 'gone'"),
        ("weight = 2", "weight = 9", "complaint headache: the weight of 'front' is 1, 2 or 3"),
        (
            'kind = "headache"',
            'kind = "headache"\nwords = ["Back-Head"]',
            "'Back-Head' could never be met: 'back head' could",
        ),
        ('kind = "headache"', "", "complaint headache: a complaint has a kind"),
        ('kind = "headache"', 'kind = "pain"', "headache has 0 patterns without words"),
        ('reason = "of headache"', 'reason = "", source = "tome"', "the source of 'front', 'tome'"),
        ("[complaint.headache]", "[complaint.front]", "complaint front: an id is"),
        ('muscle = "front"\nnot_for', 'muscle = "gone"\nnot_for', "the control 'gone' is no"),
        ('version = "t1"', "", "the catalogue has no version"),
        ('version = "t1"', "version = 1", "the version is text"),
        ('version = "t1"', 'version = "t1"\nmusle = 1', "a catalogue has no 'musle'"),
        ('version = "t1"', 'version = "t1', "this is not TOML"),
        ("[complaint.pain]", "[posture.pain]", "posture pain: a complaint has a kind"),
        ('nerve = "a nerve of front"', 'nervus = "x"', "muscle front: nerve: field required"),
        ('nerve = "a nerve of front"', "nerve = 7", "muscle front: nerve: input should be"),
        ('region = "arm"', 'region = "limb"', "muscle front: region: input should be"),
        ("looked_up = true", 'looked_up = "yes"', "source book: looked_up: input should be"),
    ],
)  # fmt: skip
def test_each_broken_rule_is_named(old: str, new: str, named: str) -> None:
    assert named in broken(old, new)


def test_a_muscle_may_not_name_one_partner_twice_over_in_a_pattern() -> None:
    row = '{ muscle = "front", weight = 2, reason = "of pain" }'
    assert "complaint pain: it names a muscle twice" in broken(row, f"{row}, {row}")


def test_a_complaint_needs_four_muscles() -> None:
    before, named, after = SMALL.rpartition('complaints = ["headache", ')
    said = refusal(before + named.replace('"headache", ', "") + after)
    assert "headache has 3 muscles; each complaint has 4 or more" in said


def test_a_complaint_needs_the_muscle_to_name_it_too() -> None:
    said = broken(
        'complaints = ["headache", "numbness_tingling"', 'complaints = ["numbness_tingling"'
    )
    assert "it names 'front', whose complaints do not have headache" in said


def test_a_muscles_id_is_checked_as_well() -> None:
    assert "muscle Front" in refusal(SMALL.replace("front", "Front"))


def test_an_antagonism_that_is_listed_may_go_one_way() -> None:
    one_way = '\n[[one_way]]\nmuscle = "front"\nantagonist = "inner"\nreason = "of one side only"'
    text = SMALL.replace('antagonists = ["rear"]', 'antagonists = ["rear", "inner"]', 1) + one_way
    assert read_catalogue(text, "clinic.toml").muscles["front"].antagonists == ("rear", "inner")


def test_an_exception_for_muscles_that_are_not_there_is_refused() -> None:
    one_way = '\n[[one_way]]\nmuscle = "front"\nantagonist = "gone"\nreason = "none"'
    assert "one_way names front and gone" in refusal(SMALL + one_way)


def test_a_catalogue_without_a_control_site_is_refused() -> None:
    assert "there is no control site" in broken(
        '[[control]]\nmuscle = "front"\nnot_for = ["arm"]', ""
    )


def test_a_clinic_may_add_to_the_shipped_catalogue() -> None:
    clinic = """
version = "clinic 3"
[habit.violin]
name = "playing the violin"
muscles = [{ muscle = "levator_scapulae", weight = 3, reason = "holds the shoulder up" }]
"""
    both = read_catalogue(clinic, "clinic.toml", base=catalogue())

    assert both.version == f"{catalogue().version}+clinic 3"
    assert both.patterns.keys() == {*catalogue().patterns, "violin"}


def test_a_clinic_may_not_redefine_a_shipped_muscle() -> None:
    again = 'version = "2"\n' + SMALL[SMALL.index("[muscle.front]") : SMALL.index("[muscle.rear]")]
    with pytest.raises(DuplicateEntryError, match=r"clinic\.toml: the muscle 'front' is there"):
        read_catalogue(again, "clinic.toml", base=read_catalogue(SMALL, "base.toml"))


def test_one_id_may_not_be_a_posture_and_a_habit() -> None:
    text = (
        SMALL + '\n[posture.stoop]\nname = "a"\nmuscles = []\n[habit.stoop]\nname = "b"\nmuscles=[]'
    )
    assert "'stoop' is a habit and something else too" in refusal(text)


def test_a_list_that_is_a_table_is_refused() -> None:
    assert "one_way is a list" in refusal(SMALL + '\n[one_way]\nmuscle = "front"')


def test_a_table_that_is_a_list_is_refused() -> None:
    assert "each habit is a table of its own" in refusal(SMALL + '\n[[habit]]\nname = "violin"')


def test_a_posture_has_no_words_of_a_place() -> None:
    posture = '\n[posture.stoop]\nname = "a stoop"\nwords = ["neck"]\nmuscles = []'
    assert "only a complaint has words of a place" in refusal(SMALL + posture)
