"""The BIDS-inspired tree names its files by BIDS's rules, tells every column, claims nothing."""

import csv
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tests.unit.export.read_back import every_text, rows_of
from tests.unit.export.whole_record import IDENTITY, TRICKY, whole_record, whole_request

from tissuesense.export.registry import FORMATS

BIDS = FORMATS["bids"]
PHYSIO = re.compile(
    r"sub-[A-Za-z0-9]+_ses-[A-Za-z0-9]+_task-[a-z]+_acq-[A-Za-z0-9]+_run-\d\d_physio\.tsv\.gz"
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bids") / "whole"
    records = (whole_record(), whole_record(11))
    BIDS.write(whole_request(out, identified=True, records=records))
    return out


def document(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def test_every_measurement_has_its_samples_where_bids_would_look(whole: Path) -> None:
    found = sorted(whole.glob("sub-*/ses-*/beh/*.tsv.gz"))
    measured = [m for seed in (7, 11) for m in whole_record(seed).measurements()]
    assert len(found) == len(measured)
    traces = {m.measurement.id: m for m in measured}
    for path in found:
        assert PHYSIO.fullmatch(path.name)
        assert path.name.startswith(f"{path.parts[-4]}_{path.parts[-3]}_")
        told = document(path.with_name(path.name.removesuffix(".tsv.gz") + ".json"))
        measured_ = traces.pop(told["Recording"]["measurement"])
        trace = measured_.measurement.trace
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            samples = list(zip(*csv.reader(file, delimiter="\t"), strict=True))
        assert told["Columns"] == ["time_s", *(name for name, _ in trace.columns())]
        assert [float(cell) for cell in samples[0]] == trace.t_s.tolist()
        for cells, (_, values) in zip(samples[1:], trace.columns(), strict=True):
            assert [float(cell) for cell in cells] == values.tolist()
        assert told["SamplingFrequency"] == trace.sample_rate_hz
        assert told["StartTime"] == trace.t_s[0]
        assert told["force_n"]["Units"] == "N"
        assert told["Void"] is (measured_.void is not None)
    assert traces == {}


def test_participants_and_sessions_are_labelled_as_their_folders(whole: Path) -> None:
    frame = pd.read_csv(whole / "participants.tsv", sep="\t", na_values="n/a")
    assert sorted(frame["participant_id"]) == sorted(p.name for p in whole.glob("sub-*"))
    for subject in frame["participant_id"]:
        path = whole / subject / f"{subject}_sessions.tsv"
        sessions = pd.read_csv(path, sep="\t")["session_id"].tolist()
        assert sorted(sessions) == sorted(p.name for p in (whole / subject).glob("ses-*"))


def test_every_table_is_described(whole: Path) -> None:
    for path in [*whole.glob("*.tsv"), *whole.glob("phenotype/*.tsv")]:
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file, delimiter="\t"))
        told = document(path.with_suffix(".json"))
        assert list(told) == header
        assert all(column["Description"] for column in told.values())
    assert document(whole / "phenotype" / "manual.json")["tenderness"]["Levels"]["2"] == "winces"


def test_text_and_numbers_read_back(whole: Path) -> None:
    notes = rows_of(whole / "phenotype" / "notes.tsv", delimiter="\t", nothing="n/a")
    assert notes[0]["free"] == TRICKY
    values = rows_of(whole / "phenotype" / "values.tsv", delimiter="\t", nothing="n/a")
    computed = [
        f for seed in (7, 11) for m in whole_record(seed).measurements() for f in m.computed
    ]
    assert [row["value"] for row in values] == [finding.value for finding in computed]


def test_nothing_claims_to_be_valid_bids(whole: Path) -> None:
    description = document(whole / "dataset_description.json")
    assert "BIDSVersion" not in description
    assert "not claimed to be valid BIDS" in description["Note"]
    page = " ".join((whole / "README").read_text(encoding="utf-8").split())
    assert "not claimed to be valid BIDS" in page
    assert "SamplingFrequency is the usual rate" in page


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        BIDS.write(whole_request(tmp_path / name))
    for path in (tmp_path / "a").rglob("*"):
        if path.is_file():
            twin = tmp_path / "b" / path.relative_to(tmp_path / "a")
            assert path.read_bytes() == twin.read_bytes()


def test_nobody_is_named_unless_it_was_asked_for(tmp_path: Path) -> None:
    BIDS.write(whole_request(tmp_path / "out"))
    assert IDENTITY.name not in every_text(tmp_path / "out")
    assert not (tmp_path / "out" / "phenotype" / "identity.tsv").exists()
