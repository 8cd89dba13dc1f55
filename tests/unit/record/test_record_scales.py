"""Clinical scales are ordered words: 1+ is a grade of its own, and nothing else is accepted."""

import pytest

from tissuesense.core.errors import UsageError
from tissuesense.record.scales import AshworthGrade, TardieuEntry, parse_ashworth


def test_one_plus_lies_between_one_and_two_and_is_neither() -> None:
    ranks = [parse_ashworth(text).rank for text in ("0", "1", "1+", "2", "3", "4")]
    assert ranks == [0, 1, 2, 3, 4, 5]
    assert parse_ashworth("1+") is not parse_ashworth("1")


@pytest.mark.parametrize("grade", AshworthGrade)
def test_every_grade_keeps_its_word_and_has_its_own_meaning(grade: AshworthGrade) -> None:
    assert parse_ashworth(str(grade)) is grade
    assert [other for other in AshworthGrade if other.meaning == grade.meaning] == [grade]


@pytest.mark.parametrize("text", ["", "5", "1.5", "+1", "-1", "two"])
def test_what_is_no_grade_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="Modified Ashworth"):
        parse_ashworth(text)


def test_a_tardieu_entry_gives_the_range_that_speed_took() -> None:
    entry = TardieuEntry(quality=2, r1_deg=60.0, r2_deg=95.0)
    assert entry.r2_minus_r1_deg == 35.0
    assert TardieuEntry(quality=1, r2_deg=95.0).r2_minus_r1_deg is None
    assert len({TardieuEntry(quality=q).meaning for q in range(6)}) == 6


@pytest.mark.parametrize(
    ("quality", "r1_deg"), [(-1, None), (6, None), (2, float("nan")), (2, float("inf"))]
)
def test_what_is_off_the_tardieu_scale_is_refused(quality: int, r1_deg: float | None) -> None:
    with pytest.raises(UsageError):
        TardieuEntry(quality=quality, r1_deg=r1_deg)
