"""The page of the record names every kind, and each of its examples is one, with every key."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from tissuesense.record.entry import Entry
from tissuesense.record.statements import KINDS, json_schema, read_statement, statement_json

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "record.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^### `(\w+)`\n(.+?)^```json\n(.+?)^```", re.MULTILINE | re.DOTALL)
SECTIONS = {name: (words, example) for name, words, example in SECTION.findall(PAGE)}


def test_every_kind_that_is_entered_has_its_section() -> None:
    assert set(SECTIONS) >= {kind for kind, row in KINDS.items() if row.entered}
    assert set(SECTIONS) <= set(KINDS)


def test_every_other_kind_is_named() -> None:
    assert [kind for kind in KINDS if f"`{kind}`" not in PAGE] == []


@pytest.mark.parametrize("kind", SECTIONS)
def test_example_is_a_statement_of_its_kind(kind: str) -> None:
    stated = json.loads(SECTIONS[kind][1])
    read = read_statement(kind, stated)
    told = statement_json(kind, read)
    assert {key: told[key] for key in stated if not isinstance(stated[key], str | list)} == {
        key: value for key, value in stated.items() if not isinstance(value, str | list)
    }


@pytest.mark.parametrize("kind", SECTIONS)
def test_example_has_every_key(kind: str) -> None:
    known = {field.name for field in fields(KINDS[kind].type)}
    assert set(json.loads(SECTIONS[kind][1])) - {"side"} == known - {"side"}


@pytest.mark.parametrize("kind", SECTIONS)
def test_words_of_an_enumeration_stand_beside_it(kind: str) -> None:
    """Every word that a kind of statement knows for its own keys can be read on the page."""
    schema = json_schema(kind)
    own = {
        part["$ref"].rpartition("/")[2]
        for value in schema["properties"].values()
        for part in (value, *value.get("anyOf", ()))
        if "$ref" in part
    }
    for name in own & schema.get("$defs", {}).keys():
        words = schema["$defs"][name].get("enum", [])
        shown = [word for word in words if re.search(rf"\b{re.escape(word)}", PAGE)]
        assert shown == words, name


def test_every_part_of_the_envelope_is_explained() -> None:
    table = PAGE.partition("## The ledger")[2].partition("\n## ")[0]
    assert [f.name for f in fields(Entry) if f"`{f.name}`" not in table] == []
