"""Every quality flag is explained, and one that is said to be unused is unused."""

import re
from pathlib import Path

import pytest

import tissuesense
from tissuesense.core.quality import QualityFlag
from tissuesense.record.historic import HistoricFlag

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "flags.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]*) \|", PAGE, flags=re.MULTILINE)
SOURCE = Path(tissuesense.__path__[0])
# Floors that only put words to a flag or carry it on.
ONLY_TALK = {"core/quality.py", "core/flag_words.py", "guidance/words.py"}


def raised(flag: QualityFlag) -> bool:
    """Return whether any code names the flag in order to raise it."""
    name = re.compile(rf"\bQualityFlag\.{flag.name}\b")
    return any(
        name.search(path.read_text(encoding="utf-8"))
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE).as_posix() not in ONLY_TALK
    )


@pytest.mark.parametrize("flag", [*QualityFlag, *HistoricFlag])
def test_every_flag_has_its_rule_in_words(flag: str) -> None:
    assert flag in {word for word, _, _ in ROWS}


def test_no_row_explains_a_flag_that_is_gone() -> None:
    assert {word for word, _, _ in ROWS} <= {*QualityFlag, *HistoricFlag}


@pytest.mark.parametrize("flag", QualityFlag)
def test_a_flag_is_said_to_be_unused_only_where_it_is(flag: QualityFlag) -> None:
    said_unused = any("not raised" in rule for word, _, rule in ROWS if word == flag)

    assert said_unused is not raised(flag)
