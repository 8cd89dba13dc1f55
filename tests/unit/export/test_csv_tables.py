"""A folder of CSV is whole or not there, and every text, number and trace reads back the same."""

import csv
import io
import json
import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tests.unit.export.read_back import every_text, rows_of
from tests.unit.export.whole_record import IDENTITY, TRICKY, whole_record, whole_request
from tests.unit.record.strategies import client_records, texts

from tissuesense.analysis.analyse import analyze
from tissuesense.core.errors import FileWriteError, TissueSenseError, UsageError
from tissuesense.export.registry import FORMATS
from tissuesense.export.tables.cells import cell, shielded, unshielded
from tissuesense.export.tables.schema import TABLES
from tissuesense.files.trace_csv import read_trace
from tissuesense.record.history import ClientRecord
from tissuesense.record.people import Identity

CSV = FORMATS["csv"]
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "''")  # noqa: RUF001 - the wide form is meant


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("csv") / "whole"
    CSV.write(whole_request(out, identified=True))
    return out


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(FORMULAS))
def test_any_text_survives_its_shield(text: str) -> None:
    assert unshielded(shielded(text)) == text
    assert not shielded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_reads_back_to_the_last_bit(number: float) -> None:
    again = float(cell(number))
    assert again == number
    assert math.copysign(1, again) == math.copysign(1, number)


# Shrinking would write thousands of folders, for minutes.
@given(record=client_records(), words=texts | st.sampled_from(FORMULAS))
@settings(max_examples=25, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_any_record_reads_back(
    record: ClientRecord, words: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    out = tmp_path_factory.mktemp("any") / "out"
    request = replace(
        whole_request(out, records=(record,)), identity=lambda _client: Identity(name=words)
    )
    CSV.write(request)

    values = rows_of(out / "values.csv")
    computed = [finding for m in record.measurements() for finding in m.computed]
    assert [(row["value"], row["u"]) for row in values] == [
        (finding.value, finding.standard_uncertainty) for finding in computed
    ]
    notes = [row["note"] for row in rows_of(out / "manual.csv")]
    assert notes == [f.note or None for visit in record.visits for f in visit.manual_findings]
    assert rows_of(out / "identity.csv")[0]["name"] == (words or None)


def test_every_table_is_there_and_no_other(whole: Path) -> None:
    assert {path.stem for path in whole.glob("*.csv")} == {t.name for t in TABLES} | {"identity"}


def test_pandas_reads_the_same_numbers(whole: Path) -> None:
    frame = pd.read_csv(whole / "values.csv")
    computed = [finding for m in whole_record().measurements() for finding in m.computed]
    for given_, finding in zip(frame["value"].tolist(), computed, strict=True):
        assert given_ == finding.value or (math.isnan(given_) and finding.value is None)


def test_text_with_quotes_lines_and_a_formula_reads_back(whole: Path) -> None:
    assert rows_of(whole / "notes.csv")[0]["free"] == TRICKY
    frame = pd.read_csv(whole / "notes.csv", dtype=str, keep_default_na=False)
    assert frame["free"].str.removeprefix("'").tolist() == [TRICKY]


def test_no_cell_of_any_table_is_a_formula(whole: Path) -> None:
    for path in whole.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                for told in row:
                    if told[:1] in {"=", "+", "-", "@", "\t", "\r"}:
                        float(told)


def test_the_traces_are_those_of_the_record_and_analyse_the_same(whole: Path) -> None:
    measurements = {m.measurement.id: m for m in whole_record().measurements()}
    paths = sorted((whole / "traces").glob("*.csv"))
    assert {path.stem for path in paths} == set(measurements)
    for path in paths:
        record = measurements[path.stem]  # type: ignore[index] # a str names it as well
        recording = read_trace(path)
        assert recording.trace.sha256 == record.measurement.trace_sha256
        found = [getattr(f.value, "value", f.value) for f in analyze(recording).findings()]
        known = [finding.value for finding in record.findings]
        assert [value for value in found if isinstance(value, float)] == [
            value for value in known if value is not None
        ]
        side_car = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        assert side_car["void"] is (record.void is not None)


def test_nobody_is_named_unless_it_was_asked_for(tmp_path: Path) -> None:
    CSV.write(whole_request(tmp_path / "out"))
    told = every_text(tmp_path / "out")
    assert not (tmp_path / "out" / "identity.csv").exists()
    for secret in (IDENTITY.name, IDENTITY.phone, IDENTITY.email, "R. Tester", "long drives"):
        assert secret not in told


def test_the_page_says_what_was_left_out(tmp_path: Path) -> None:
    CSV.write(whole_request(tmp_path / "out"))
    page = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    plain = " ".join(page.split())
    assert "3 amended statements" in plain
    for sentence in CSV.losses:
        assert sentence in plain


def test_what_is_there_is_never_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="not an empty folder"):
        CSV.write(whole_request(out))
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    with pytest.raises(UsageError, match="not an empty folder"):
        CSV.write(whole_request(out / "mine.txt"))
    assert (out / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_is_filled_and_folders_above_are_made(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    CSV.write(whole_request(tmp_path / "empty"))
    CSV.write(whole_request(tmp_path / "a" / "b"))
    assert (tmp_path / "empty" / "values.csv").exists()
    assert (tmp_path / "a" / "b" / "values.csv").exists()


def test_an_export_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def records() -> Iterator[ClientRecord]:
        yield whole_record()
        raise UsageError("The next record cannot be read.")

    request = replace(whole_request(tmp_path / "out"), records=records())
    with pytest.raises(TissueSenseError, match="next record"):
        CSV.write(request)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_refuses_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FileWriteError) as refused:
        CSV.write(whole_request(tmp_path / "file" / "out"))
    assert refused.value.hint


def test_records_are_taken_one_after_the_other(tmp_path: Path) -> None:
    begun: list[int] = []

    def records() -> Iterator[ClientRecord]:
        for seed in (7, 11):
            # The folder in the making shows what has been written of those before.
            (part,) = tmp_path.iterdir()
            begun.append(len(list((part / "traces").glob("*.csv"))))
            yield whole_record(seed)

    CSV.write(replace(whole_request(tmp_path / "out"), records=records()))
    assert begun == [0, 4]


def test_no_clients_give_tables_without_rows(tmp_path: Path) -> None:
    CSV.write(whole_request(tmp_path / "out", records=()))
    assert rows_of(tmp_path / "out" / "participants.csv") == []
    assert len(rows_of(tmp_path / "out" / "codebook.csv")) > 300


def test_the_codebook_tells_every_column(whole: Path) -> None:
    told = {(row["table"], row["column"]) for row in rows_of(whole / "codebook.csv")}
    for path in whole.glob("*.csv"):
        header = next(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert {(path.stem, name) for name in header} <= told
