"""Without the identity, nothing that anybody wrote in own words is handed out."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from tests.unit.export.whole_record import whole_record

from tissuesense.core.site import ComplaintKind
from tissuesense.export.own_words import _WORDS, WITHHELD, without_words
from tissuesense.export.tables.schema import OF_CLIENTS
from tissuesense.record.document import record_json
from tissuesense.record.history import ClientRecord


def own_words(record: ClientRecord) -> set[str]:
    """Return every text of a field that is for own words."""
    found: set[str] = set()

    def look(said: Any) -> None:  # noqa: ANN401 - any statement
        for name in _WORDS.get(type(said), ()):
            found.add(getattr(said, name))
        for field in fields(said):
            value = getattr(said, field.name)
            for part in value if isinstance(value, tuple) else ():
                if hasattr(part, "__dataclass_fields__"):
                    look(part)

    for entry in (*record.entries, *(e for v in record.visits for e in v.entries)):
        look(entry.statement)
        found.add(entry.reason)
    return found - {""}


def test_every_kind_of_own_words_is_tried_and_withheld() -> None:
    record = whole_record()
    assert len(own_words(record)) > 20
    assert own_words(without_words(record)) == {WITHHELD}
    assert all(visit.visit.reason in {"", WITHHELD} for visit in without_words(record).visits)


def test_what_tables_hold_back_is_held_back_here_too() -> None:
    record = whole_record()
    held_back = {
        (f"{table.name}.{column.name}", said)
        for table in OF_CLIENTS
        for row in map(table.row, table.rows(record) if table.rows else ())
        for column, said in zip(table.columns, row, strict=True)
        if column.private and said and said not in tuple(ComplaintKind)
    }
    assert ("retakes.why", "coughed") in held_back
    stays = set(_texts(record_json(without_words(record))))
    assert [where for where, said in held_back if said in stays] == []


def _texts(content: object) -> Iterator[str]:
    if isinstance(content, dict | list):
        for each in content.values() if isinstance(content, dict) else content:
            yield from _texts(each)
    elif isinstance(content, str):
        yield content


def test_all_else_stays() -> None:
    record = whole_record()
    before, after = record_json(record), record_json(without_words(record))
    assert [v["measurements"] for v in after["visits"]] != []
    for one, other in zip(before["visits"], after["visits"], strict=True):
        assert [m["findings"] for m in one["measurements"]] == [
            m["findings"] for m in other["measurements"]
        ]
        assert [s["kind"] for s in one["statements"]] == [s["kind"] for s in other["statements"]]


def test_every_field_that_is_named_exists() -> None:
    for kind, names in _WORDS.items():
        assert set(names) <= {field.name for field in fields(kind)}
