"""A manual finding is read as stated or refused; nothing is guessed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tissuesense.core.errors import UsageError
from tissuesense.record.statements import read_statement
from tissuesense.record.visit import Block, ManualFinding

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
PLACE = {"site": "trapezius_upper", "side": "left"}


def read(**stated: Any) -> ManualFinding:  # noqa: ANN401 - what JSON can hold
    found: ManualFinding = read_statement("palpation", stated, visit="V-1", found_at=NOW)
    return found


def test_all_that_is_stated_is_kept() -> None:
    found = read(**PLACE, tenderness=3, tone=-2, note="taut band", block="post")
    assert (found.tenderness, found.tone, found.note) == (3, -2, "taut band")
    assert (found.site.words, found.block, found.found_at) == (
        "left trapezius upper",
        Block.POST,
        NOW,
    )


def test_what_was_not_examined_is_absent_and_not_zero() -> None:
    found = read(**PLACE)
    assert found.tenderness is None
    assert found.tone is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenderness": 4},
        {"tenderness": -1},
        {"tenderness": 1.0},
        {"tenderness": True},
        {"tenderness": "2"},
        {"tone": 3},
        {"note": 5},
        {"note": "half a \ud83d"},
        {"block": "before"},
        {"side": "both"},
        {"side": None},
        {"site": "Trapezius upper"},
        {"tendernes": 2},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        read(**(PLACE | wrong))


@pytest.mark.parametrize("missing", ["site", "side"])
def test_finding_without_a_place_is_refused_by_name(missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        read(**{key: value for key, value in PLACE.items() if key != missing})
