"""The page on exports has a section for every format, with the losses that the program declares."""

import re
from pathlib import Path

import pytest

from tissuesense.export.registry import FORMATS
from tissuesense.export.tables.readme import LOSSES
from tissuesense.export.tables.schema import EVERY_TABLE

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "export.md").read_text(encoding="utf-8")
SECTIONS = {
    heading.strip("`"): text
    for heading, text in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
}


def listed(section: str) -> list[str]:
    return re.findall(r"^- (.+)$", SECTIONS[section], flags=re.MULTILINE)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_what_it_loses_and_nothing_else(name: str) -> None:
    losses = FORMATS[name].losses
    assert losses
    assert listed(name) == [sentence for sentence in losses if sentence not in LOSSES]


def test_what_all_tables_leave_out_is_told_once() -> None:
    assert listed("The tables") == list(LOSSES)


def test_every_table_is_told() -> None:
    told = re.findall(r"^\| `(\w+)` \| (.+?) \|", SECTIONS["The tables"], flags=re.MULTILINE)
    assert told == [(table.name, table.title) for table in EVERY_TABLE]
