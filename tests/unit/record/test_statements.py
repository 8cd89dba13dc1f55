"""Whatever a kind of statement can say, JSON says too and gives back equal; all else is refused."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.record.statements_drawn import OF_FIELDS, statements

from tissuesense.core.errors import UsageError
from tissuesense.record.care import Phase
from tissuesense.record.statements import (
    KINDS,
    body_of,
    json_schema,
    kind_named,
    read_statement,
    statement_json,
    statement_of,
)

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
WRONG_VALUES: tuple[Any, ...] = (True, 1.5, "words", [], {}, [[1]], None)


@pytest.mark.parametrize("kind", OF_FIELDS)
@settings(max_examples=25)
@given(data=st.data())
def test_statement_comes_back_equal(kind: str, data: st.DataObject) -> None:
    statement = data.draw(statements(kind))
    written = json.loads(json.dumps(body_of(kind, statement), allow_nan=False))
    assert statement_of(kind, written) == statement
    assert body_of(kind, statement_of(kind, written)) == written


@pytest.mark.parametrize("kind", OF_FIELDS)
@settings(max_examples=5)
@given(data=st.data())
def test_unknown_key_is_refused_by_name(kind: str, data: st.DataObject) -> None:
    written = statement_json(kind, data.draw(statements(kind)))
    with pytest.raises(UsageError, match="no 'surplus'"):
        read_statement(kind, written | {"surplus": 1})


@pytest.mark.parametrize("kind", OF_FIELDS)
@settings(max_examples=10)
@given(data=st.data())
def test_wrong_value_is_refused_and_never_read_as_something_near(
    kind: str, data: st.DataObject
) -> None:
    written = statement_json(kind, data.draw(statements(kind)))
    key = data.draw(st.sampled_from(sorted(written)))
    wrong = written | {key: data.draw(st.sampled_from(WRONG_VALUES))}
    try:
        read = read_statement(kind, wrong)
    except UsageError:
        return
    # What is taken says the same again: a number for a number, never "1.5" for 1.5.
    assert as_told(statement_json(kind, read)[key]) == as_told(wrong[key])


def as_told(value: object) -> tuple[type, object]:
    return (float, value) if type(value) is int else (type(value), value)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_has_a_schema_that_names_its_fields(kind: str) -> None:
    schema = json_schema(kind)
    assert set(schema["properties"]) == {field.name for field in fields(KINDS[kind].type)}
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("kind", OF_FIELDS)
def test_missing_key_is_named(kind: str) -> None:
    required = json_schema(kind).get("required", [])
    if required:
        with pytest.raises(UsageError, match=r"missing|needs its"):
            read_statement(kind, {})
    else:
        assert read_statement(kind, {}) == KINDS[kind].type()


def test_unknown_kind_lists_the_known_ones() -> None:
    with pytest.raises(UsageError) as caught:
        kind_named("feeling")
    assert "complaint" in caught.value.hint


@pytest.mark.parametrize("said", ["Jane Roe, Main Street 1", "TS-7QK47"])
@pytest.mark.parametrize("kind", OF_FIELDS)
def test_what_somebody_typed_is_not_repeated(kind: str, said: str) -> None:
    name = fields(KINDS[kind].type)[0].name
    with pytest.raises(UsageError) as caught:
        read_statement(kind, {name: [said]})
    assert said not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(
    "stated",
    [
        {},
        {"per_week": 2, "every_weeks": 1},
        {"per_week": 0},
        {"per_week": 3, "per_week_to": 2},
        {"per_week_to": 3},
        {"per_week": 15},
        {"every_weeks": 5, "weeks": 0},
        {"per_week": float("inf")},
    ],
    ids=str,
)
def test_phase_without_one_rhythm_is_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Phase(**stated)


def test_surroundings_fill_in_what_was_left_out_and_nothing_else() -> None:
    place = {"site": "trapezius_upper", "side": "left"}
    filled = read_statement("palpation", place, visit="V-1", found_at=AT)
    assert (filled.visit, filled.found_at) == ("V-1", AT)
    told = read_statement("complaint", {"kind": "pain"}, visit="V-1", found_at=AT)
    assert statement_json("complaint", told)["kind"] == "pain"


@pytest.mark.parametrize("nested", [200, 5000])
def test_input_that_is_nested_too_deeply_is_refused(nested: int) -> None:
    deep: Any = "x"
    for _ in range(nested):
        deep = [deep]
    with pytest.raises(UsageError):
        read_statement("complaint", {"kind": "pain", "note": deep})
