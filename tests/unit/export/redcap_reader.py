"""A strict reader of a REDCap dictionary with its records, from REDCap's rules alone."""

import csv
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

# The template's header row, as the project's notes on interchange quote it.
HEADER = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels",Field Note,'
    "Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,"
    "Identifier?,Branching Logic (Show field only if...),Required Field?,Custom Alignment,"
    "Question Number (surveys only),Matrix Group Name,Matrix Ranking?,Field Annotation"
)
VARIABLE = re.compile(r"[a-z][a-z0-9_]{0,25}")
VALID = {
    "": re.compile(r".*", flags=re.DOTALL),
    "integer": re.compile(r"[-+]?\d+"),
    "number": re.compile(r"[-+]?\d*\.?\d+([eE][-+]?\d+)?"),
    "date_ymd": re.compile(r"\d{4}-\d\d-\d\d"),
    "datetime_seconds_ymd": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"),
}
FIXED = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance"]


@dataclass
class Field:
    form: str
    kind: str
    validation: str
    identifier: bool
    choices: dict[str, str] = field(default_factory=dict)


@dataclass
class Row:
    record: str
    form: str
    instance: int | None
    cells: dict[str, str]


def read_dictionary(path: Path) -> dict[str, Field]:
    """Return the fields by variable, refusing what REDCap would refuse."""
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[0] == HEADER
    fields: dict[str, Field] = {}
    forms: list[str] = []
    for row in csv.DictReader(text.splitlines(), strict=True):
        name = row["Variable / Field Name"]
        assert VARIABLE.fullmatch(name), name
        assert name not in fields, name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", row["Form Name"])
        assert row["Field Label"]
        if not forms or forms[-1] != row["Form Name"]:
            forms.append(row["Form Name"])
        kind = row["Field Type"]
        assert kind in {"text", "notes", "radio", "yesno"}
        told = row["Choices, Calculations, OR Slider Labels"]
        assert bool(told) is (kind == "radio")
        pairs = [choice.split(", ", 1) for choice in told.split(" | ")] if told else []
        choices = {code: label for code, label in pairs}  # noqa: C416 - dict() hides that a choice is a pair
        assert len(choices) == len(pairs)
        assert all(re.fullmatch(r"-?\w+", code) and label for code, label in choices.items())
        validation = row["Text Validation Type OR Show Slider Number"]
        assert not validation or (kind == "text" and validation in VALID)
        assert row["Identifier?"] in {"", "y"}
        fields[name] = Field(row["Form Name"], kind, validation, row["Identifier?"] == "y", choices)
    assert next(iter(fields)) == "record_id"
    assert len(set(forms)) == len(forms), "the fields of a form stand together"
    return fields


def read_records(path: Path, fields: dict[str, Field]) -> list[Row]:
    """Return the rows with choices in words, refusing what does not fit the dictionary."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader)
        assert header[:3] == FIXED
        assert set(header[3:]) <= set(fields)
        assert len(set(header)) == len(header)
        rows = [_row(dict(zip(header, cells, strict=True)), fields) for cells in reader]
    seen = [(row.record, row.form, row.instance) for row in rows]
    assert len(set(seen)) == len(seen), "an instance stands once"
    return rows


def _row(cells: dict[str, str], fields: dict[str, Field]) -> Row:
    record, form, instance = (cells.pop(name) for name in FIXED)
    first = next(iter(fields.values())).form
    assert record
    assert bool(form) is bool(instance)
    told: dict[str, str] = {}
    for name, cell in cells.items():
        if cell:
            assert fields[name].form == (form or first), f"{name} is no field of {form}"
            told[name] = _checked(cell, fields[name])
    return Row(record, form or first, int(instance) if instance else None, told)


def _checked(cell: str, field_: Field) -> str:
    assert VALID[field_.validation].fullmatch(cell), cell
    if field_.kind == "yesno":
        assert cell in {"0", "1"}
    if field_.kind == "radio":
        return field_.choices[cell]
    if field_.validation.startswith("datetime"):
        datetime.fromisoformat(cell)
    return cell
