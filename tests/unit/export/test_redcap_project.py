"""Dictionary and records fit REDCap's rules and one another, and hold the record."""

from pathlib import Path

import pytest
from tests.unit.export.read_back import every_text
from tests.unit.export.redcap_reader import Row, read_dictionary, read_records
from tests.unit.export.whole_record import IDENTITY, TRICKY, whole_record, whole_request

from tissuesense.export.formats.redcap import HEADERS, variable
from tissuesense.export.registry import FORMATS
from tissuesense.export.tables.schema import EVERY_TABLE, OF_CLIENTS

REDCAP = FORMATS["redcap"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("redcap") / "whole"
    records = (whole_record(), whole_record(11))
    REDCAP.write(whole_request(out, identified=True, records=records))
    return out


@pytest.fixture(scope="module")
def rows(whole: Path) -> list[Row]:
    return read_records(whole / "records.csv", read_dictionary(whole / "data_dictionary.csv"))


def test_there_are_eighteen_headers() -> None:
    assert len(HEADERS) == len(set(HEADERS)) == 18


def test_every_variable_is_short_and_its_own() -> None:
    names = [variable(table, column) for table in EVERY_TABLE for column in table.columns]
    assert len(set(names)) == len(names)
    assert [name for name in names if len(name) > 26] == []


def test_every_form_is_filled(rows: list[Row]) -> None:
    assert {row.form for row in rows} == {table.name for table in OF_CLIENTS}


def test_instances_are_counted_from_one_for_each_client(rows: list[Row]) -> None:
    for record in (whole_record(), whole_record(11)):
        mine = [row for row in rows if row.record == record.client.id]
        assert [row.instance for row in mine if row.form == "participants"] == [None]
        measured = [row.instance for row in mine if row.form == "measurements"]
        assert measured == [1, 2, 3, 4]


def test_numbers_and_words_are_those_of_the_record(rows: list[Row]) -> None:
    mine = [row.cells for row in rows if row.record == whole_record().client.id]
    values = [float(cells["val_value"]) for cells in mine if "val_value" in cells]
    computed = [f.value for m in whole_record().measurements() for f in m.computed]
    assert values == [value for value in computed if value is not None]
    (joint,) = (cells for cells in mine if "joi_joint" in cells)
    assert (joint["joi_ashworth"], joint["joi_side"], joint["joi_pain"]) == ("1+", "left", "1")
    (note,) = (cells for cells in mine if "soa_free" in cells)
    assert note["soa_free"].removeprefix("'") == TRICKY
    manual = next(cells for cells in mine if "man_tenderness" in cells)
    assert (manual["man_tenderness"], manual["man_tone"]) == ("winces", "firm")


def test_what_tells_who_somebody_is_is_marked(whole: Path) -> None:
    fields = read_dictionary(whole / "data_dictionary.csv")
    for name in ("who_name", "who_birth_date", "soa_free", "vis_practitioner", "com_region"):
        assert fields[name].identifier
    for name in ("val_value", "man_tenderness", "record_id"):
        assert not fields[name].identifier


def test_words_are_coded_from_one_and_grades_by_themselves(whole: Path) -> None:
    fields = read_dictionary(whole / "data_dictionary.csv")
    assert list(fields["man_side"].choices) == ["1", "2", "3"]
    assert list(fields["man_tone"].choices) == ["-2", "-1", "0", "1", "2"]


def test_the_identity_is_a_file_apart(whole: Path, tmp_path: Path) -> None:
    assert IDENTITY.name in (whole / "identity.csv").read_text(encoding="utf-8")
    assert IDENTITY.name not in (whole / "records.csv").read_text(encoding="utf-8")
    REDCAP.write(whole_request(tmp_path / "out"))
    assert not (tmp_path / "out" / "identity.csv").exists()
    assert IDENTITY.name not in every_text(tmp_path / "out")
    fields = read_dictionary(tmp_path / "out" / "data_dictionary.csv")
    assert "who_name" not in fields
    read_records(tmp_path / "out" / "records.csv", fields)


def test_the_page_warns_that_a_dictionary_replaces_everything(whole: Path) -> None:
    page = " ".join((whole / "README.txt").read_text(encoding="utf-8").split())
    assert "REPLACES ALL INSTRUMENTS" in page
